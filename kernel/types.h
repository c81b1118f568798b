#ifndef KERNEL_TYPES_H
#define KERNEL_TYPES_H

#include "kernel/compiler.h"

typedef __UINT8_TYPE__	u8;
typedef __UINT16_TYPE__	u16;
typedef __UINT32_TYPE__	u32;
typedef unsigned long long u64;
typedef __INT8_TYPE__	s8;
typedef __INT16_TYPE__	s16;
typedef __INT32_TYPE__	s32;
typedef long long	s64;

typedef __SIZE_TYPE__	size_t;
typedef long		ssize_t;
typedef unsigned long	uintptr_t;
typedef _Bool		bool;
#define true	1
#define false	0
#define NULL	((void *)0)

typedef s64		loff_t;		/* a position in a file, bytes */
typedef u64		sector_t;	/* 512-byte sectors, whatever the device's own block is */
typedef unsigned long	pgoff_t;	/* a position in a file, pages */
typedef unsigned int	gfp_t;		/* mm/gfp.h */
typedef unsigned int	mode_t;
typedef int		pid_t;
typedef unsigned int	uid_t;
typedef unsigned int	gid_t;
typedef u32		dev_t;		/* major << 20 | minor */
typedef unsigned long	ino_t;

#define MKDEV(ma, mi)	(((dev_t)(ma) << 20) | (mi))
#define MAJOR(dev)	((dev) >> 20)
#define MINOR(dev)	((dev) & 0xfffff)
/* A device number as user programs have it (Linux's makedev). */
#define new_encode_dev(dev)	((MINOR(dev) & 0xff) | MAJOR(dev) << 8 | (MINOR(dev) & ~0xffu) << 12)
#define new_decode_dev(dev)	MKDEV((dev) >> 8 & 0xfff, ((dev) & 0xff) | ((dev) >> 12 & 0xfff00))

typedef struct { int counter; } atomic_t;
typedef struct { long counter; } atomic_long_t;

#include <asm/types.h>	/* phys_t: a physical address, 64 bits wherever memory may lie above 4 GiB */

#define BITS_PER_LONG	(8 * (int)sizeof(long))
#define NR_CPUS		8

#endif
