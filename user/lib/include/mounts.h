/*
 * What is mounted, line by line from /proc/mounts.
 */
#ifndef _MOUNTS_H
#define _MOUNTS_H

#include <stdio.h>

struct mount_entry {
	char *device, *dir, *type, *options;	/* within line */
	char line[1024];
};

FILE *open_mounts(void);	/* fclose() it; or says why not, and exits with status 1 */
int next_mount(FILE *f, struct mount_entry *m);	/* 1, or 0 at the end */

#endif
