/*
 * Limits that a program may count on.
 */
#ifndef UAPI_LIMITS_H
#define UAPI_LIMITS_H

#define NGROUPS_MAX	65536
#define ARG_MAX		131072
#define LINK_MAX	32000
#define MAX_CANON	255
#define MAX_INPUT	255
#define NAME_MAX	255
#define PATH_MAX	4096
#define PIPE_BUF	4096

/* Longest single argument or environment string of execve. */
#define MAX_ARG_STRLEN	131072

/* Symbolic links followed in one lookup before ELOOP. */
#define MAXSYMLINKS	40

#endif
