/*
 * statfs(2) in its two widths. A word is a long on 64-bit ISAs, where both are one.
 */
#ifndef UAPI_STATFS_H
#define UAPI_STATFS_H

#include "kernel/uapi/types.h"

#define __statfs_word	__kernel_ulong_t

struct __kernel_statfs {
	__statfs_word f_type;
	__statfs_word f_bsize;
	__statfs_word f_blocks;
	__statfs_word f_bfree;
	__statfs_word f_bavail;
	__statfs_word f_files;
	__statfs_word f_ffree;
	struct { int val[2]; } f_fsid;
	__statfs_word f_namelen;
	__statfs_word f_frsize;
	__statfs_word f_flags;
	__statfs_word f_spare[4];
};

struct __kernel_statfs64 {
	__statfs_word f_type;
	__statfs_word f_bsize;
	__u64 f_blocks;
	__u64 f_bfree;
	__u64 f_bavail;
	__u64 f_files;
	__u64 f_ffree;
	struct { int val[2]; } f_fsid;
	__statfs_word f_namelen;
	__statfs_word f_frsize;
	__statfs_word f_flags;
	__statfs_word f_spare[4];
};

#define EXT2_SUPER_MAGIC	0xEF53
#define PROC_SUPER_MAGIC	0x9fa0
#define TMPFS_MAGIC		0x01021994
#define RAMFS_MAGIC		0x858458f6
#define PIPEFS_MAGIC		0x50495045
#define SYSFS_MAGIC		0x62656572
#define BDEVFS_MAGIC		0x62646576

#define ST_RDONLY	0x0001
#define ST_NOSUID	0x0002
#define ST_NODEV	0x0004
#define ST_NOEXEC	0x0008
#define ST_SYNCHRONOUS	0x0010
#define ST_VALID	0x0020

#endif
