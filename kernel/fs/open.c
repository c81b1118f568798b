/*
 * open.c: opening files, and the calls that change what a name or descriptor leads to.
 *
 * Locks:  the inode's i_mutex around notify_change.
 * Read next: namei.c (the walk), attr.c (what notify_change does), file_table.c.
 */
#include "kernel/fs/internal.h"
#include "kernel/uapi/time.h"

/* Writing is fine unless the file is being executed; and the reverse. i_writecount: above 0 writers, below 0 executors. */
int get_write_access(struct inode *inode)
{
	int n = atomic_read(&inode->i_writecount), seen;

	for (; n >= 0; n = seen) {
		seen = atomic_cmpxchg(&inode->i_writecount, n, n + 1);
		if (seen == n)
			return 0;
	}
	return -ETXTBSY;
}

void put_write_access(struct inode *inode)
{
	atomic_dec(&inode->i_writecount);
}

int deny_write_access(struct file *file)
{
	struct inode *inode = file->f_dentry->d_inode;
	int n = atomic_read(&inode->i_writecount), seen;

	for (; n <= 0; n = seen) {
		seen = atomic_cmpxchg(&inode->i_writecount, n, n - 1);
		if (seen == n)
			return 0;
	}
	return -ETXTBSY;
}

void allow_write_access(struct file *file)
{
	if (file)
		atomic_inc(&file->f_dentry->d_inode->i_writecount);
}

/* ---- open ---------------------------------------------------------------------------------------------------------- */

/* Open what @path leads to; @file is new. Eats @path. 0 or -errno, and the file is gone. */
static int open_into(struct file *file, struct path *path, int flags)
{
	struct inode *inode = path->dentry->d_inode;
	int ret = 0;

	file->f_flags = (unsigned)flags;
	file->f_mode = ((unsigned)flags + 1) & O_ACCMODE;
	file->f_mode |= FMODE_LSEEK | FMODE_PREAD | FMODE_PWRITE;
	file->f_dentry = path->dentry;
	file->f_vfsmnt = path->mnt;
	file->f_mapping = inode->i_mapping;
	file->f_op = inode->i_fop;
	if (flags & O_PATH) {
		file->f_mode = FMODE_PATH;
		file->f_op = &empty_fops;
		return 0;
	}
	if (S_ISREG(inode->i_mode) || S_ISDIR(inode->i_mode))
		file->f_mode |= FMODE_ATOMIC_POS;
	if (file->f_mode & FMODE_WRITE && S_ISREG(inode->i_mode)) {
		ret = get_write_access(inode);
		if (ret)
			goto fail;
		file->f_mode |= FMODE_WRITER;
	}
	if (file->f_op->open)
		ret = file->f_op->open(inode, file);
	if (ret)
		goto fail_access;
	/* O_DIRECT stays as a wish: all data goes through the page cache. */
	file->f_flags &= ~(unsigned)(O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC);
	file_ra_state_init(&file->f_ra, file->f_mapping);
	return 0;

fail_access:
	if (file->f_mode & FMODE_WRITER)
		put_write_access(inode);
fail:
	put_filp(file);
	path_put(path);
	return ret;
}

/* See fs.h. ERR_PTR. => may sleep */
struct file *dentry_open(struct dentry *dentry, struct vfsmount *mnt, int flags)
{
	struct path path = { mnt, dentry };
	struct file *file = get_empty_filp();
	int ret;

	if (IS_ERR(file)) {
		path_put(&path);
		return file;
	}
	ret = open_into(file, &path, flags);
	return ret ? ERR_PTR(ret) : file;
}

/* MAY_* for open's access mode. */
static int open_acc_mode(int flags)
{
	int acc = ((flags + 1) & 1 ? MAY_READ : 0) | ((flags + 1) & 2 ? MAY_WRITE : 0);

	if (flags & O_TRUNC)
		acc |= MAY_WRITE;
	return acc;
}

/* May it be opened like this? O_TRUNC is done here. 0 or -errno. => may sleep */
int may_open(struct path *path, int acc_mode, int flags)
{
	struct inode *inode = path->dentry->d_inode;
	int ret;

	if (S_ISLNK(inode->i_mode))
		return -ELOOP;
	if (S_ISDIR(inode->i_mode) && acc_mode & MAY_WRITE)
		return -EISDIR;
	ret = permission(inode, acc_mode);
	if (ret)
		return ret;
	if ((S_ISCHR(inode->i_mode) || S_ISBLK(inode->i_mode)) && path->mnt->mnt_flags & MNT_NODEV)
		return -EACCES;
	if (flags & O_NOATIME && current->fsuid != inode->i_uid && !capable_root())
		return -EPERM;
	if (!(flags & O_TRUNC) || !S_ISREG(inode->i_mode))
		return 0;
	ret = get_write_access(inode);
	if (ret)
		return ret;
	ret = do_truncate(path->dentry, 0, ATTR_MTIME | ATTR_CTIME);
	put_write_access(inode);
	return ret;
}

static unsigned int open_lookup_flags(int flags)
{
	return (flags & O_NOFOLLOW ? 0 : LOOKUP_FOLLOW) | (flags & O_DIRECTORY ? LOOKUP_DIRECTORY : 0);
}

/* Find (or make) the file and check that it may be opened. path is referenced on success. */
static int open_path(int dfd, const char *name, int flags, mode_t mode, struct path *path)
{
	bool create = flags & O_CREAT, created = false;
	struct nameidata nd;
	int ret;

	if (create && flags & O_DIRECTORY)
		return -EINVAL;
	ret = path_lookup_at(dfd, name, create ? LOOKUP_PARENT : open_lookup_flags(flags), &nd);
	if (ret)
		return ret;
	if (create) {
		ret = open_or_create(&nd, flags, mode, path, &created);
	} else {
		*path = nd.path;
		nd.path.dentry = NULL;
	}
	nd_release(&nd);
	if (ret || flags & O_PATH)
		return ret;
	if (create && !created && S_ISDIR(path->dentry->d_inode->i_mode))
		ret = -EISDIR;
	else if (!created)	/* its mode binds later openers, not its maker */
		ret = may_open(path, open_acc_mode(flags), flags);
	if (ret)
		path_put(path);
	return ret;
}

/* Open the kernel string @name. ERR_PTR. => may sleep */
struct file *do_filp_open(int dfd, const char *name, int flags, mode_t mode)
{
	struct file *file;
	struct path path;
	int ret;

	if (flags & __O_TMPFILE)
		return ERR_PTR(-EOPNOTSUPP);
	if (flags & O_PATH)
		flags &= O_DIRECTORY | O_NOFOLLOW | O_PATH | O_CLOEXEC;
	file = get_empty_filp();	/* first: a file must not be made or cut when this fails */
	if (IS_ERR(file))
		return file;
	ret = open_path(dfd, name, flags, mode, &path);
	if (ret) {
		put_filp(file);
		return ERR_PTR(ret);
	}
	ret = open_into(file, &path, flags);
	return ret ? ERR_PTR(ret) : file;
}

struct file *filp_open(const char *path, int flags, mode_t mode)
{
	return do_filp_open(AT_FDCWD, path, flags, mode);
}

/* See fs.h. => may sleep */
struct file *open_exec(const char *name)
{
	struct file *file;
	struct path path;
	int ret = kern_path(name, LOOKUP_FOLLOW, &path);

	if (ret)
		return ERR_PTR(ret);
	ret = -EACCES;
	if (S_ISREG(path.dentry->d_inode->i_mode) && !(path.mnt->mnt_flags & MNT_NOEXEC))
		ret = permission(path.dentry->d_inode, MAY_EXEC);
	if (ret) {
		path_put(&path);
		return ERR_PTR(ret);
	}
	file = dentry_open(path.dentry, path.mnt, O_RDONLY);
	if (IS_ERR(file))
		return file;
	ret = deny_write_access(file);
	if (ret) {
		fput(file);
		return ERR_PTR(ret);
	}
	return file;
}

long sys_openat(int dfd, const char __user *name, int flags, mode_t mode)
{
	char *text = getname(name);
	struct file *file;
	int fd;

	if (IS_ERR(text))
		return PTR_ERR(text);
	fd = get_unused_fd_flags((unsigned)flags);
	if (fd >= 0) {
		file = do_filp_open(dfd, text, flags & ~O_CLOEXEC, mode & 07777);
		if (IS_ERR(file)) {
			put_unused_fd((unsigned)fd);
			fd = (int)PTR_ERR(file);
		} else {
			fd_install((unsigned)fd, file);
		}
	}
	putname(text);
	return fd;
}

long sys_open(const char __user *name, int flags, mode_t mode)
{
	return sys_openat(AT_FDCWD, name, flags, mode);
}

long sys_creat(const char __user *name, mode_t mode)
{
	return sys_openat(AT_FDCWD, name, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

/* ---- size ---------------------------------------------------------------------------------------------------------- */

/* @extra: more ATTR_* to set with the size. => may sleep */
int do_truncate(struct dentry *dentry, loff_t length, unsigned int extra)
{
	struct iattr attr = { .ia_valid = ATTR_SIZE | ATTR_MTIME | ATTR_FORCE | extra, .ia_size = length };
	int ret;

	mutex_lock(&dentry->d_inode->i_mutex);
	ret = notify_change(dentry, &attr);
	mutex_unlock(&dentry->d_inode->i_mutex);
	return ret;
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

/* fallocate(2): no filesystem here can set blocks aside yet. */
long sys_fallocate(int fd, int mode, loff_t offset, loff_t len)
{
	struct file *file;
	long ret = -EOPNOTSUPP;

	if (offset < 0 || len <= 0)
		return -EINVAL;
	file = fget((unsigned)fd);
	if (!file)
		return -EBADF;
	if (!(file->f_mode & FMODE_WRITE))
		ret = -EBADF;
	else if (S_ISFIFO(file->f_dentry->d_inode->i_mode))
		ret = -ESPIPE;
	fput(file);
	return ret;
}

/* ---- permission and ownership -------------------------------------------------------------------------------------- */

/* As access(2): by the real ids, unless AT_EACCESS. */
long sys_faccessat2(int dfd, const char __user *name, int mode, int flags)
{
	uid_t uid = current->fsuid;
	gid_t gid = current->fsgid;
	unsigned int lookup = (flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW) | (flags & AT_EMPTY_PATH ? LOOKUP_EMPTY : 0);
	struct inode *inode;
	struct path path;
	int ret;

	if (mode & ~(R_OK | W_OK | X_OK) || flags & ~(AT_EACCESS | AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	if (!(flags & AT_EACCESS)) {
		current->fsuid = current->uid;
		current->fsgid = current->gid;
	}
	ret = user_path_at(dfd, name, lookup, &path);
	if (!ret) {
		inode = path.dentry->d_inode;
		if (mode & X_OK && S_ISREG(inode->i_mode) && path.mnt->mnt_flags & MNT_NOEXEC)
			ret = -EACCES;
		else
			ret = mode ? permission(inode, mode) : 0;
		path_put(&path);
	}
	current->fsuid = uid;
	current->fsgid = gid;
	return ret;
}

long sys_faccessat(int dfd, const char __user *name, int mode)
{
	return sys_faccessat2(dfd, name, mode, 0);
}

long sys_access(const char __user *name, int mode)
{
	return sys_faccessat2(AT_FDCWD, name, mode, 0);
}

static int change(struct dentry *dentry, struct iattr *attr)
{
	int ret;

	mutex_lock(&dentry->d_inode->i_mutex);
	ret = notify_change(dentry, attr);
	mutex_unlock(&dentry->d_inode->i_mutex);
	return ret;
}

static int do_chmod(struct dentry *dentry, mode_t mode)
{
	struct iattr attr = { .ia_valid = ATTR_MODE };

	if (S_ISLNK(dentry->d_inode->i_mode))
		return -EOPNOTSUPP;
	attr.ia_mode = (mode & 07777) | (dentry->d_inode->i_mode & S_IFMT);
	return change(dentry, &attr);
}

/* -1 leaves an id. Giving a file away takes its set-id bits. */
static int do_chown(struct dentry *dentry, uid_t uid, gid_t gid)
{
	struct inode *inode = dentry->d_inode;
	struct iattr attr = { .ia_uid = uid, .ia_gid = gid };
	int ret;

	mutex_lock(&inode->i_mutex);
	if (uid != (uid_t)-1)
		attr.ia_valid |= ATTR_UID;
	if (gid != (gid_t)-1)
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

long sys_fchmodat2(int dfd, const char __user *name, mode_t mode, int flags)
{
	unsigned int lookup = (flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW) | (flags & AT_EMPTY_PATH ? LOOKUP_EMPTY : 0);
	struct path path;
	int ret;

	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	ret = user_path_at(dfd, name, lookup, &path);
	if (ret)
		return ret;
	ret = do_chmod(path.dentry, mode);
	path_put(&path);
	return ret;
}

long sys_fchmodat(int dfd, const char __user *name, mode_t mode)
{
	return sys_fchmodat2(dfd, name, mode, 0);
}

long sys_chmod(const char __user *name, mode_t mode)
{
	return sys_fchmodat2(AT_FDCWD, name, mode, 0);
}

long sys_fchmod(unsigned int fd, mode_t mode)
{
	struct file *file = fget(fd);
	int ret;

	if (!file)
		return -EBADF;
	ret = file->f_mode & FMODE_PATH ? -EBADF : do_chmod(file->f_dentry, mode);
	fput(file);
	return ret;
}

long sys_fchownat(int dfd, const char __user *name, uid_t uid, gid_t gid, int flags)
{
	unsigned int lookup = (flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW) | (flags & AT_EMPTY_PATH ? LOOKUP_EMPTY : 0);
	struct path path;
	int ret;

	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	ret = user_path_at(dfd, name, lookup, &path);
	if (ret)
		return ret;
	ret = do_chown(path.dentry, uid, gid);
	path_put(&path);
	return ret;
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
	struct file *file = fget(fd);
	int ret;

	if (!file)
		return -EBADF;
	ret = file->f_mode & FMODE_PATH ? -EBADF : do_chown(file->f_dentry, uid, gid);
	fput(file);
	return ret;
}

/* ---- times --------------------------------------------------------------------------------------------------------- */

static bool nsec_valid(s64 nsec)
{
	return nsec == UTIME_NOW || nsec == UTIME_OMIT || (nsec >= 0 && nsec < NSEC_PER_SEC);
}

/* @times: NULL is now, now. => i_mutex not held */
static int do_utimes(struct dentry *dentry, const struct __kernel_timespec *times)
{
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

static long utimes_at(int dfd, const char __user *name, const struct __kernel_timespec *times, int flags)
{
	unsigned int lookup = (flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW) | (flags & AT_EMPTY_PATH ? LOOKUP_EMPTY : 0);
	struct path path;
	int ret;

	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	if (!name && dfd != AT_FDCWD) {	/* futimens */
		struct file *file = flags ? NULL : fget((unsigned)dfd);

		if (!file)
			return flags ? -EINVAL : -EBADF;
		ret = do_utimes(file->f_dentry, times);
		fput(file);
		return ret;
	}
	ret = user_path_at(dfd, name, lookup, &path);
	if (ret)
		return ret;
	ret = do_utimes(path.dentry, times);
	path_put(&path);
	return ret;
}

long sys_utimensat(int dfd, const char __user *name, const struct __kernel_timespec __user *utimes, int flags)
{
	struct __kernel_timespec times[2];

	if (utimes && copy_from_user(times, utimes, sizeof(times)))
		return -EFAULT;
	for (int i = 0; utimes && i < 2; i++)
		times[i].tv_nsec = (long)times[i].tv_nsec;	/* above a 32-bit program's long is padding */
	return utimes_at(dfd, name, utimes ? times : NULL, flags);
}

long sys_utimensat_time32(int dfd, const char __user *name, const struct old_timespec32 __user *utimes, int flags)
{
	struct old_timespec32 old[2];
	struct __kernel_timespec times[2];

	if (utimes && copy_from_user(old, utimes, sizeof(old)))
		return -EFAULT;
	for (int i = 0; utimes && i < 2; i++)
		times[i] = (struct __kernel_timespec){ old[i].tv_sec, old[i].tv_nsec };
	return utimes_at(dfd, name, utimes ? times : NULL, flags);
}

/* utimes(2) of i386: microseconds. */
long sys_utimes_time32(const char __user *name, const struct old_timeval32 __user *utimes)
{
	struct old_timeval32 old[2];
	struct __kernel_timespec times[2];

	if (utimes && copy_from_user(old, utimes, sizeof(old)))
		return -EFAULT;
	for (int i = 0; utimes && i < 2; i++) {
		if (old[i].tv_usec < 0 || old[i].tv_usec >= 1000000)
			return -EINVAL;
		times[i] = (struct __kernel_timespec){ old[i].tv_sec, old[i].tv_usec * 1000LL };
	}
	return utimes_at(AT_FDCWD, name, utimes ? times : NULL, 0);
}

/* utime(2) of i386: seconds. */
long sys_utime32(const char __user *name, const int __user *utime)
{
	struct __kernel_timespec times[2] = { { 0, 0 }, { 0, 0 } };
	int seconds[2];

	if (utime && copy_from_user(seconds, utime, sizeof(seconds)))
		return -EFAULT;
	for (int i = 0; utime && i < 2; i++)
		times[i].tv_sec = seconds[i];
	return utimes_at(AT_FDCWD, name, utime ? times : NULL, 0);
}

/* ---- where we are -------------------------------------------------------------------------------------------------- */

/* Eats the path. @enter says what the new place is for. */
static int enter_dir(struct path *path, void (*enter)(struct fs_struct *, const struct path *))
{
	int ret = permission(path->dentry->d_inode, MAY_EXEC);

	if (ret)
		path_put(path);
	else
		enter(current->fs, path);
	return ret;
}

long sys_chdir(const char __user *name)
{
	struct path path;
	int ret = user_path_at(AT_FDCWD, name, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &path);

	return ret ? ret : enter_dir(&path, set_fs_pwd);
}

long sys_fchdir(unsigned int fd)
{
	struct file *file = fget(fd);
	struct path path;
	int ret = -ENOTDIR;

	if (!file)
		return -EBADF;
	if (S_ISDIR(file->f_dentry->d_inode->i_mode)) {
		path = (struct path){ file->f_vfsmnt, file->f_dentry };
		path_get(&path);
		ret = enter_dir(&path, set_fs_pwd);
	}
	fput(file);
	return ret;
}

long sys_chroot(const char __user *name)
{
	struct path path;
	int ret = user_path_at(AT_FDCWD, name, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &path);

	if (ret)
		return ret;
	if (!capable_root()) {
		path_put(&path);
		return -EPERM;
	}
	return enter_dir(&path, set_fs_root);
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
