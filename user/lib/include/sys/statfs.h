#ifndef _SYS_STATFS_H
#define _SYS_STATFS_H

#include "kernel/uapi/statfs.h"

/* The wide structure on both ISAs. */
#define statfs __kernel_statfs64

int statfs(const char *path, struct statfs *sf);
int fstatfs(int fd, struct statfs *sf);

#endif
