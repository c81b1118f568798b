/*
 * attr.c: who may change an inode's attributes, changing them, and the calls that do: truncate, chmod, chown, utimensat.
 *
 * Locks:  notify_change and below run under the inode's i_mutex.
 * Read next: stat.c.
 */
#include "kernel/fs/internal.h"
#include "kernel/uapi/time.h"
#include "mm/locking.h"

/* May the caller set these? 0, -EPERM. Drops set-gid from a mode whose group the caller is not in. */
int inode_change_ok(struct inode *inode, struct iattr *attr)
{
	unsigned int valid = attr->ia_valid;
	bool owner = current->fsuid == inode->i_uid, root = capable_root();

	if (valid & ATTR_FORCE)
		return 0;
	if (valid & ATTR_UID && !root && (!owner || attr->ia_uid != inode->i_uid))
		return -EPERM;
	if (valid & ATTR_GID && !root && (!owner || (attr->ia_gid != current->fsgid && attr->ia_gid != inode->i_gid)))
		return -EPERM;
	if (valid & ATTR_MODE) {
		gid_t gid = valid & ATTR_GID ? attr->ia_gid : inode->i_gid;

		if (!owner && !root)
			return -EPERM;
		if (gid != current->fsgid && !root)
			attr->ia_mode &= ~(mode_t)S_ISGID;
	}
	if (valid & (ATTR_MTIME_SET | ATTR_ATIME_SET) && !owner && !root)
		return -EPERM;
	return 0;
}

/* Put the attributes in place. 0, or vmtruncate's error. => i_mutex held; may sleep */
int inode_setattr(struct inode *inode, struct iattr *attr)
{
	unsigned int valid = attr->ia_valid;

	if (valid & ATTR_SIZE && attr->ia_size != i_size_read(inode)) {
		int ret = vmtruncate(inode, attr->ia_size);

		if (ret)
			return ret;
	}
	if (valid & ATTR_UID)
		inode->i_uid = attr->ia_uid;
	if (valid & ATTR_GID)
		inode->i_gid = attr->ia_gid;
	if (valid & ATTR_ATIME)
		inode->i_atime = attr->ia_atime;
	if (valid & ATTR_MTIME)
		inode->i_mtime = attr->ia_mtime;
	if (valid & ATTR_CTIME)
		inode->i_ctime = attr->ia_ctime;
	if (valid & ATTR_MODE)
		inode->i_mode = attr->ia_mode;
	mark_inode_dirty(inode);
	return 0;
}

/*
 * The one way to change attributes: times not given are now. A size must be new or carry ATTR_MTIME by the caller.
 * => i_mutex held; may sleep. 0 or -errno
 */
int notify_change(struct dentry *dentry, struct iattr *attr)
{
	struct inode *inode = dentry->d_inode;
	struct ktimespec now = current_fs_time(inode->i_sb);
	int ret;

	ret = sb_start_write(inode->i_sb);
	if (ret)
		return ret;
	ret = -EROFS;
	if (IS_RDONLY(inode))
		goto out;
	attr->ia_ctime = now;
	attr->ia_valid |= ATTR_CTIME;
	if (!(attr->ia_valid & ATTR_ATIME_SET))
		attr->ia_atime = now;
	if (!(attr->ia_valid & ATTR_MTIME_SET))
		attr->ia_mtime = now;
	if (attr->ia_valid & ATTR_SIZE)
		down_write(&inode->i_alloc_sem);
	if (inode->i_op->setattr) {
		ret = inode->i_op->setattr(dentry, attr);
	} else {
		ret = inode_change_ok(inode, attr);
		if (!ret)
			ret = inode_setattr(inode, attr);
	}
	if (attr->ia_valid & ATTR_SIZE)
		up_write(&inode->i_alloc_sem);
out:
	sb_end_write(inode->i_sb);
	return ret;
}

/* A new inode's mode, owner and group: the caller's, but the group of a set-gid directory. @dir may be NULL. */
void generic_set_owner(struct inode *inode, const struct inode *dir, mode_t mode)
{
	inode->i_mode = mode;
	inode->i_uid = current->fsuid;
	inode->i_gid = current->fsgid;
	if (dir && dir->i_mode & S_ISGID) {
		inode->i_gid = dir->i_gid;
		if (S_ISDIR(mode))
			inode->i_mode |= S_ISGID;
	}
}

/* ---- by name and by descriptor ------------------------------------------------------------------------------------ */

/* => i_mutex not held; may sleep */
static int change(struct dentry *dentry, struct iattr *attr)
{
	int ret;

	mutex_lock(&dentry->d_inode->i_mutex);
	ret = notify_change(dentry, attr);
	mutex_unlock(&dentry->d_inode->i_mutex);
	return ret;
}

/* What a call does to the file that it was led to, by a name or a descriptor. 0 or -errno. => may sleep */
typedef int (*change_fn)(struct dentry *dentry, const void *to);

static long change_at(int dfd, const char __user *name, int flags, change_fn fn, const void *to)
{
	struct path path;
	int ret;

	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	ret = user_path_at(dfd, name, at_lookup_flags(flags), &path);
	if (ret)
		return ret;
	ret = fn(path.dentry, to);
	path_put(&path);
	return ret;
}

static long change_fd(unsigned int fd, change_fn fn, const void *to)
{
	struct file *file = fget(fd);
	int ret;

	if (!file)
		return -EBADF;
	ret = file->f_mode & FMODE_PATH ? -EBADF : fn(file->f_dentry, to);
	fput(file);
	return ret;
}

/* ---- size ---------------------------------------------------------------------------------------------------------- */

/* @extra: more ATTR_* to set with the size. => may sleep */
int do_truncate(struct dentry *dentry, loff_t length, unsigned int extra)
{
	struct iattr attr = { .ia_valid = ATTR_SIZE | ATTR_MTIME | ATTR_FORCE | extra, .ia_size = length };

	return change(dentry, &attr);
}

/* Beyond the process's limit: SIGXFSZ. */
static int check_size(struct inode *inode, loff_t length)
{
	if (length > i_size_read(inode) && (u64)length > fsize_limit()) {
		send_sig(SIGXFSZ, current, 0);
		return -EFBIG;
	}
	return (u64)length > inode->i_sb->s_maxbytes ? -EFBIG : 0;
}

long sys_truncate64(const char __user *name, loff_t length)
{
	struct inode *inode;
	struct path path;
	int ret;

	if (length < 0)
		return -EINVAL;
	ret = user_path_at(AT_FDCWD, name, LOOKUP_FOLLOW, &path);
	if (ret)
		return ret;
	inode = path.dentry->d_inode;
	ret = S_ISDIR(inode->i_mode) ? -EISDIR : !S_ISREG(inode->i_mode) ? -EINVAL : permission(inode, MAY_WRITE);
	if (!ret)
		ret = check_size(inode, length);
	if (!ret)
		ret = get_write_access(inode);
	if (!ret) {
		ret = do_truncate(path.dentry, length, 0);
		put_write_access(inode);
	}
	path_put(&path);
	return ret;
}

long sys_ftruncate64(unsigned int fd, loff_t length)
{
	struct file *file;
	int ret;

	if (length < 0)
		return -EINVAL;
	file = fget(fd);
	if (!file)
		return -EBADF;
	ret = -EINVAL;
	if (S_ISREG(file->f_dentry->d_inode->i_mode) && file->f_mode & FMODE_WRITE)
		ret = check_size(file->f_dentry->d_inode, length);
	if (!ret)
		ret = do_truncate(file->f_dentry, length, ATTR_MTIME | ATTR_CTIME);
	fput(file);
	return ret;
}

long sys_truncate(const char __user *name, long length)
{
	return sys_truncate64(name, length);
}

long sys_ftruncate(unsigned int fd, unsigned long length)
{
	return sys_ftruncate64(fd, (long)length);
}

/* See fs.h. 0 or -errno. => may sleep */
int vfs_fallocate(struct file *file, int mode, loff_t offset, loff_t len)
{
	struct inode *inode = file->f_dentry->d_inode;
	int ret;

	if (offset < 0 || len <= 0)
		return -EINVAL;
	if (mode & FALLOC_FL_PUNCH_HOLE && !(mode & FALLOC_FL_KEEP_SIZE))
		return -EOPNOTSUPP;
	if (!(file->f_mode & FMODE_WRITE))
		return -EBADF;
	if (S_ISFIFO(inode->i_mode))
		return -ESPIPE;
	if (S_ISDIR(inode->i_mode))
		return -EISDIR;
	if (!S_ISREG(inode->i_mode) && !S_ISBLK(inode->i_mode))
		return -ENODEV;
	if ((u64)offset + (u64)len > inode->i_sb->s_maxbytes)
		return -EFBIG;
	if (!file->f_op->fallocate)
		return -EOPNOTSUPP;
	if (!(mode & FALLOC_FL_KEEP_SIZE)) {
		ret = check_size(inode, offset + len);
		if (ret)
			return ret;
	}
	ret = sb_start_write(inode->i_sb);
	if (ret)
		return ret;
	ret = IS_RDONLY(inode) ? -EROFS : (int)file->f_op->fallocate(file, mode, offset, len);
	sb_end_write(inode->i_sb);
	return ret;
}

long sys_fallocate(int fd, int mode, loff_t offset, loff_t len)
{
	struct file *file = fget((unsigned)fd);
	long ret;

	if (!file)
		return -EBADF;
	ret = vfs_fallocate(file, mode, offset, len);
	fput(file);
	return ret;
}

/* ---- mode and owner ------------------------------------------------------------------------------------------------ */

static int do_chmod(struct dentry *dentry, const void *mode)
{
	mode_t type = dentry->d_inode->i_mode & S_IFMT;
	struct iattr attr = { .ia_valid = ATTR_MODE, .ia_mode = (*(const mode_t *)mode & 07777) | type };

	return S_ISLNK(type) ? -EOPNOTSUPP : change(dentry, &attr);
}

long sys_fchmodat2(int dfd, const char __user *name, mode_t mode, int flags)
{
	return change_at(dfd, name, flags, do_chmod, &mode);
}

long sys_fchmodat(int dfd, const char __user *name, mode_t mode)
{
	return change_at(dfd, name, 0, do_chmod, &mode);
}

long sys_chmod(const char __user *name, mode_t mode)
{
	return change_at(AT_FDCWD, name, 0, do_chmod, &mode);
}

long sys_fchmod(unsigned int fd, mode_t mode)
{
	return change_fd(fd, do_chmod, &mode);
}

struct owner {
	uid_t uid;
	gid_t gid;
};

/* -1 leaves an id. Giving a file away takes its set-id bits. */
static int do_chown(struct dentry *dentry, const void *to)
{
	const struct owner *owner = to;
	struct inode *inode = dentry->d_inode;
	struct iattr attr = { .ia_uid = owner->uid, .ia_gid = owner->gid };
	int ret;

	mutex_lock(&inode->i_mutex);
	if (owner->uid != (uid_t)-1)
		attr.ia_valid |= ATTR_UID;
	if (owner->gid != (gid_t)-1)
		attr.ia_valid |= ATTR_GID;
	ret = inode_change_ok(inode, &attr);
	if (!ret && !S_ISDIR(inode->i_mode) && inode->i_mode & (S_ISUID | S_ISGID)) {
		attr.ia_valid |= ATTR_MODE | ATTR_FORCE;
		attr.ia_mode = inode->i_mode & ~(mode_t)S_ISUID;
		if (inode->i_mode & S_IXGRP)
			attr.ia_mode &= ~(mode_t)S_ISGID;
	}
	if (!ret)
		ret = notify_change(dentry, &attr);
	mutex_unlock(&inode->i_mutex);
	return ret;
}

long sys_fchownat(int dfd, const char __user *name, uid_t uid, gid_t gid, int flags)
{
	return change_at(dfd, name, flags, do_chown, &(struct owner){ uid, gid });
}

long sys_chown(const char __user *name, uid_t uid, gid_t gid)
{
	return sys_fchownat(AT_FDCWD, name, uid, gid, 0);
}

long sys_lchown(const char __user *name, uid_t uid, gid_t gid)
{
	return sys_fchownat(AT_FDCWD, name, uid, gid, AT_SYMLINK_NOFOLLOW);
}

long sys_fchown(unsigned int fd, uid_t uid, gid_t gid)
{
	return change_fd(fd, do_chown, &(struct owner){ uid, gid });
}

/* ---- times --------------------------------------------------------------------------------------------------------- */

static bool nsec_valid(s64 nsec)
{
	return nsec == UTIME_NOW || nsec == UTIME_OMIT || (nsec >= 0 && nsec < NSEC_PER_SEC);
}

/* Two times; NULL is now, now. */
static int do_utimes(struct dentry *dentry, const void *to)
{
	const struct __kernel_timespec *times = to;
	struct inode *inode = dentry->d_inode;
	struct iattr attr = { .ia_valid = ATTR_ATIME | ATTR_MTIME };
	bool now = !times;

	if (times) {
		if (!nsec_valid(times[0].tv_nsec) || !nsec_valid(times[1].tv_nsec))
			return -EINVAL;
		if (times[0].tv_nsec == UTIME_OMIT && times[1].tv_nsec == UTIME_OMIT)
			return 0;
		now = times[0].tv_nsec == UTIME_NOW && times[1].tv_nsec == UTIME_NOW;
	}
	if (now) {	/* who may write it may touch it */
		if (current->fsuid != inode->i_uid && !capable_root()) {
			int ret = permission(inode, MAY_WRITE);

			if (ret)
				return ret;
		}
		return change(dentry, &attr);
	}
	attr.ia_valid = ATTR_ATIME_SET | ATTR_MTIME_SET;	/* asks for ownership, whichever is set */
	attr.ia_atime = current_fs_time(inode->i_sb);
	attr.ia_mtime = attr.ia_atime;
	if (times[0].tv_nsec != UTIME_OMIT)
		attr.ia_valid |= ATTR_ATIME;
	if (times[0].tv_nsec < NSEC_PER_SEC)
		attr.ia_atime = (struct ktimespec){ times[0].tv_sec, (long)times[0].tv_nsec };
	if (times[1].tv_nsec != UTIME_OMIT)
		attr.ia_valid |= ATTR_MTIME;
	if (times[1].tv_nsec < NSEC_PER_SEC)
		attr.ia_mtime = (struct ktimespec){ times[1].tv_sec, (long)times[1].tv_nsec };
	return change(dentry, &attr);
}

/* See fs.h. */
long do_utimensat(int dfd, const char __user *name, const struct __kernel_timespec *times, int flags)
{
	if (name || dfd == AT_FDCWD)
		return change_at(dfd, name, flags, do_utimes, times);
	return flags ? -EINVAL : change_fd((unsigned)dfd, do_utimes, times);	/* futimens */
}

long sys_utimensat(int dfd, const char __user *name, const struct __kernel_timespec __user *utimes, int flags)
{
	struct __kernel_timespec times[2];

	if (utimes && copy_from_user(times, utimes, sizeof(times)))
		return -EFAULT;
	for (int i = 0; utimes && i < 2; i++)
		times[i].tv_nsec = (long)times[i].tv_nsec;	/* above a 32-bit program's long is padding */
	return do_utimensat(dfd, name, utimes ? times : NULL, flags);
}
