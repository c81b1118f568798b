#ifndef _SYS_UIO_H
#define _SYS_UIO_H

#include "kernel/uapi/uio.h"
#include <sys/types.h>

ssize_t readv(int fd, const struct iovec *iov, int n);
ssize_t writev(int fd, const struct iovec *iov, int n);

#endif
