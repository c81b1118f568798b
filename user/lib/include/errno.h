#ifndef _ERRNO_H
#define _ERRNO_H

#include "kernel/uapi/errno.h"

#define ENOTSUP	EOPNOTSUPP

extern __thread int errno;

#endif
