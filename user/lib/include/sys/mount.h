#ifndef _SYS_MOUNT_H
#define _SYS_MOUNT_H

#include "kernel/uapi/mount.h"

int mount(const char *dev, const char *dir, const char *type, unsigned long flags,
	  const void *data);
int umount(const char *dir);
int umount2(const char *dir, int flags);

#endif
