#ifndef _FCNTL_H
#define _FCNTL_H

#include <sys/types.h>
#include "kernel/uapi/fcntl.h"

/* fcntl takes the wide form through F_GETLK64 and its kin on i386. */
#define flock __kernel_flock64

int open(const char *path, int flags, ...);
int openat(int dirfd, const char *path, int flags, ...);
int creat(const char *path, mode_t mode);
int fcntl(int fd, int cmd, ...);
int posix_fadvise(int fd, off_t off, off_t len, int advice);
int fallocate(int fd, int mode, off_t off, off_t len);
int sync_file_range(int fd, off_t off, off_t len, unsigned int flags);

#endif
