#ifndef _SCHED_H
#define _SCHED_H

#include <string.h>
#include <sys/types.h>
#include "kernel/uapi/sched.h"

#define sched_param	__kernel_sched_param

#define CPU_SETSIZE	1024

typedef struct {
	unsigned long bits[CPU_SETSIZE / __LONG_WIDTH__];
} cpu_set_t;

#define CPU_ZERO(s)	memset((s), 0, sizeof(cpu_set_t))
#define CPU_SET(c, s)	((void)((s)->bits[(c) / __LONG_WIDTH__] |= 1UL << (c) % __LONG_WIDTH__))
#define CPU_CLR(c, s)	((void)((s)->bits[(c) / __LONG_WIDTH__] &= ~(1UL << (c) % __LONG_WIDTH__)))
#define CPU_ISSET(c, s)	((s)->bits[(c) / __LONG_WIDTH__] >> (c) % __LONG_WIDTH__ & 1)

/* After arg: pid_t *parent_tid, void *tls, pid_t *child_tid, as the flags ask. */
int clone(int (*fn)(void *), void *stack, int flags, void *arg, ...);
int sched_yield(void);
int sched_setaffinity(pid_t pid, size_t size, const cpu_set_t *set);
int sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set);
int sched_getcpu(void);

#endif
