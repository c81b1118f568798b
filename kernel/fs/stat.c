/*
 * stat.c: what a file is like, and its filesystem: stat, statx, readlink, statfs.
 *
 * The layouts of struct stat are the ISA's (cp_new_stat; oldstat.c where there is a narrow one); statx's is shared.
 * Read next: attr.c.
 */
#include "kernel/fs/internal.h"
#include "kernel/arch.h"

void generic_fillattr(struct inode *inode, struct kstat *stat)
{
	*stat = (struct kstat){
		.ino = inode->i_ino, .dev = inode->i_sb->s_dev, .mode = inode->i_mode, .nlink = inode->i_nlink,
		.uid = inode->i_uid, .gid = inode->i_gid, .rdev = inode->i_rdev, .size = i_size_read(inode),
		.atime = inode->i_atime, .mtime = inode->i_mtime, .ctime = inode->i_ctime,
		.blksize = inode->i_sb->s_blocksize, .blocks = inode->i_blocks,
	};
}

int vfs_getattr(struct vfsmount *mnt, struct dentry *dentry, struct kstat *stat)
{
	struct inode *inode = dentry->d_inode;

	if (inode->i_op->getattr)
		return inode->i_op->getattr(mnt, dentry, stat);
	generic_fillattr(inode, stat);
	return 0;
}

/* @flags: AT_SYMLINK_NOFOLLOW, AT_EMPTY_PATH; others that ask for nothing here are allowed. */
int vfs_fstatat(int dfd, const char __user *name, unsigned int flags, struct kstat *stat)
{
	struct path path;
	int ret;

	if (flags & ~(unsigned)(AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH | AT_STATX_SYNC_TYPE))
		return -EINVAL;
	ret = user_path_at(dfd, name, at_lookup_flags((int)flags), &path);
	if (ret)
		return ret;
	ret = vfs_getattr(path.mnt, path.dentry, stat);
	path_put(&path);
	return ret;
}

int vfs_fstat(unsigned int fd, struct kstat *stat)
{
	struct file *file = fget(fd);
	int ret;

	if (!file)
		return -EBADF;
	ret = vfs_getattr(file->f_vfsmnt, file->f_dentry, stat);
	fput(file);
	return ret;
}

/* The wide structure: newfstatat and fstat on RISC-V, stat64 and its kin on i386. */
long sys_newfstatat(int dfd, const char __user *name, void __user *buf, unsigned int flags)
{
	struct kstat stat;
	int ret = vfs_fstatat(dfd, name, flags, &stat);

	return ret ? ret : cp_new_stat(&stat, buf);
}

long sys_newfstat(unsigned int fd, void __user *buf)
{
	struct kstat stat;
	int ret = vfs_fstat(fd, &stat);

	return ret ? ret : cp_new_stat(&stat, buf);
}

long sys_stat64(const char __user *name, void __user *buf)
{
	return sys_newfstatat(AT_FDCWD, name, buf, 0);
}

long sys_fstat64(unsigned int fd, void __user *buf)
{
	return sys_newfstat(fd, buf);
}

long sys_fstatat64(int dfd, const char __user *name, void __user *buf, unsigned int flags)
{
	return sys_newfstatat(dfd, name, buf, flags);
}

long sys_lstat64(const char __user *name, void __user *buf)
{
	return sys_newfstatat(AT_FDCWD, name, buf, AT_SYMLINK_NOFOLLOW);
}

static struct statx_timestamp statx_time(const struct ktimespec *t)
{
	return (struct statx_timestamp){ .tv_sec = t->tv_sec, .tv_nsec = (u32)t->tv_nsec };
}

long sys_statx(int dfd, const char __user *name, unsigned int flags, unsigned int mask, struct statx __user *buf)
{
	struct kstat stat;
	struct statx x;
	int ret;

	if (mask & STATX__RESERVED || (flags & AT_STATX_SYNC_TYPE) == AT_STATX_SYNC_TYPE)
		return -EINVAL;
	ret = vfs_fstatat(dfd, name, flags, &stat);
	if (ret)
		return ret;
	x = (struct statx){
		.stx_mask = STATX_BASIC_STATS, .stx_blksize = (u32)stat.blksize, .stx_nlink = stat.nlink,
		.stx_uid = stat.uid, .stx_gid = stat.gid, .stx_mode = (u16)stat.mode, .stx_ino = stat.ino,
		.stx_size = (u64)stat.size, .stx_blocks = stat.blocks, .stx_atime = statx_time(&stat.atime),
		.stx_mtime = statx_time(&stat.mtime), .stx_ctime = statx_time(&stat.ctime),
		.stx_rdev_major = MAJOR(stat.rdev), .stx_rdev_minor = MINOR(stat.rdev),
		.stx_dev_major = MAJOR(stat.dev), .stx_dev_minor = MINOR(stat.dev),
	};
	return copy_to_user(buf, &x, sizeof(x)) ? -EFAULT : 0;
}

/* The link's text as far as @size goes, without NUL. Bytes, or -errno. */
int generic_readlink_user(struct dentry *dentry, char __user *buf, int size)
{
	char *page = (char *)__get_free_page(GFP_KERNEL);
	int len;

	if (!page)
		return -ENOMEM;
	len = dentry->d_inode->i_op->readlink(dentry, page, PAGE_SIZE);
	if (len > size)
		len = size;
	if (len > 0 && copy_to_user(buf, page, (unsigned)len))
		len = -EFAULT;
	free_page((unsigned long)page);
	return len;
}

long sys_readlinkat(int dfd, const char __user *name, char __user *buf, int size)
{
	struct path path;
	int ret;

	if (size <= 0)
		return -EINVAL;
	ret = user_path_at(dfd, name, LOOKUP_EMPTY, &path);
	if (ret)
		return ret;
	if (path.dentry->d_inode->i_op->readlink) {
		touch_atime(path.mnt, path.dentry);
		ret = generic_readlink_user(path.dentry, buf, size);
	} else {
		ret = -EINVAL;
	}
	path_put(&path);
	return ret;
}

long sys_readlink(const char __user *name, char __user *buf, int size)
{
	return sys_readlinkat(AT_FDCWD, name, buf, size);
}

/* ---- statfs -------------------------------------------------------------------------------------------------------- */

int vfs_statfs(struct dentry *dentry, struct kstatfs *buf)
{
	struct super_block *sb = dentry->d_sb;
	int ret;

	*buf = (struct kstatfs){ .f_namelen = NAME_MAX };
	ret = sb->s_op->statfs ? sb->s_op->statfs(dentry, buf) : -ENOSYS;
	if (!buf->f_frsize)
		buf->f_frsize = buf->f_bsize;
	return ret;
}

#define FILL_STATFS(to, st, flags) do {									\
	to = (__typeof__(to)){										\
		.f_type = (unsigned long)(st)->f_type, .f_bsize = (unsigned long)(st)->f_bsize,		\
		.f_blocks = (st)->f_blocks, .f_bfree = (st)->f_bfree, .f_bavail = (st)->f_bavail,	\
		.f_files = (st)->f_files, .f_ffree = (st)->f_ffree,					\
		.f_fsid = { { (int)(st)->f_fsid[0], (int)(st)->f_fsid[1] } },				\
		.f_namelen = (unsigned long)(st)->f_namelen, .f_frsize = (unsigned long)(st)->f_frsize,	\
		.f_flags = (flags),									\
	};												\
} while (0)

/* f_flags: ST_* are the mount's MS_* for those bits. */
static unsigned long statfs_flags(const struct path *path)
{
	return ST_VALID | ((path->dentry->d_sb->s_flags | (unsigned)path->mnt->mnt_flags) &
			   (MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_SYNCHRONOUS | MS_NOATIME));
}

static int put_statfs(const struct path *path, void __user *buf)
{
	struct __kernel_statfs out;
	struct kstatfs st;
	int ret = vfs_statfs(path->dentry, &st);

	if (ret)
		return ret;
	FILL_STATFS(out, &st, statfs_flags(path));
	if (out.f_blocks != st.f_blocks || out.f_files != st.f_files)
		return -EOVERFLOW;
	return copy_to_user(buf, &out, sizeof(out)) ? -EFAULT : 0;
}

static int put_statfs64(const struct path *path, void __user *buf)
{
	struct __kernel_statfs64 out;
	struct kstatfs st;
	int ret = vfs_statfs(path->dentry, &st);

	if (ret)
		return ret;
	FILL_STATFS(out, &st, statfs_flags(path));
	return copy_to_user(buf, &out, STATFS64_SIZE) ? -EFAULT : 0;
}

static long statfs_path(const char __user *name, void __user *buf, int (*put)(const struct path *, void __user *))
{
	struct path path;
	int ret = user_path_at(AT_FDCWD, name, LOOKUP_FOLLOW, &path);

	if (ret)
		return ret;
	ret = put(&path, buf);
	path_put(&path);
	return ret;
}

static long statfs_fd(unsigned int fd, void __user *buf, int (*put)(const struct path *, void __user *))
{
	struct file *file = fget(fd);
	int ret;

	if (!file)
		return -EBADF;
	ret = put(&(struct path){ file->f_vfsmnt, file->f_dentry }, buf);
	fput(file);
	return ret;
}

long sys_statfs(const char __user *name, struct statfs __user *buf)
{
	return statfs_path(name, buf, put_statfs);
}

long sys_fstatfs(unsigned int fd, struct statfs __user *buf)
{
	return statfs_fd(fd, buf, put_statfs);
}

/* The caller says how large it believes the structure to be. */
long sys_statfs64(const char __user *name, size_t size, struct statfs64 __user *buf)
{
	return size != STATFS64_SIZE ? -EINVAL : statfs_path(name, buf, put_statfs64);
}

long sys_fstatfs64(unsigned int fd, size_t size, struct statfs64 __user *buf)
{
	return size != STATFS64_SIZE ? -EINVAL : statfs_fd(fd, buf, put_statfs64);
}
