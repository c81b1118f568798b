#ifndef _SYS_IOCTL_H
#define _SYS_IOCTL_H

#include "kernel/uapi/ioctl.h"
#include "kernel/uapi/termios.h"

int ioctl(int fd, unsigned long req, ...);

#endif
