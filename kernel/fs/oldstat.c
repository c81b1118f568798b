/*
 * oldstat.c: stat, lstat and fstat with the narrow structure of i386's first calls; -EOVERFLOW where it cannot say it.
 *
 * Only for machines whose ABI has them. Read next: stat.c.
 */
#include "kernel/fs/internal.h"
#include "kernel/arch.h"

long sys_stat(const char __user *name, void __user *buf)
{
	struct kstat stat;
	int ret = vfs_fstatat(AT_FDCWD, name, 0, &stat);

	return ret ? ret : cp_old_stat(&stat, buf);
}

long sys_lstat(const char __user *name, void __user *buf)
{
	struct kstat stat;
	int ret = vfs_fstatat(AT_FDCWD, name, AT_SYMLINK_NOFOLLOW, &stat);

	return ret ? ret : cp_old_stat(&stat, buf);
}

long sys_fstat(unsigned int fd, void __user *buf)
{
	struct kstat stat;
	int ret = vfs_fstat(fd, &stat);

	return ret ? ret : cp_old_stat(&stat, buf);
}
