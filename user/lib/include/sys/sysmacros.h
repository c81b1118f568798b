/*
 * Device numbers, encoded as mknod and stat carry them.
 */
#ifndef _SYS_SYSMACROS_H
#define _SYS_SYSMACROS_H

#define makedev(ma, mi) \
	((dev_t)(((mi) & 0xff) | ((ma) & 0xfff) << 8 | ((mi) & 0xfff00) << 12))
#define major(dev)	((unsigned int)((dev) >> 8 & 0xfff))
#define minor(dev)	((unsigned int)(((dev) & 0xff) | ((dev) >> 12 & 0xfff00)))

#endif
