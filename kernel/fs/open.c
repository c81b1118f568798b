/*
 * open.c: opening files, asking whether one may, and the process's own directories.
 *
 * Locks:  none of its own; i_writecount is atomic.
 * Read next: namei.c (the walk), attr.c (truncate, as O_TRUNC does), file_table.c.
 */
#include "kernel/fs/internal.h"

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

/* ---- access -------------------------------------------------------------------------------------------------------- */

/* As access(2): by the real ids, unless AT_EACCESS. */
long sys_faccessat2(int dfd, const char __user *name, int mode, int flags)
{
	uid_t uid = current->fsuid;
	gid_t gid = current->fsgid;
	struct inode *inode;
	struct path path;
	int ret;

	if (mode & ~(R_OK | W_OK | X_OK) || flags & ~(AT_EACCESS | AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	if (!(flags & AT_EACCESS)) {
		current->fsuid = current->uid;
		current->fsgid = current->gid;
	}
	ret = user_path_at(dfd, name, at_lookup_flags(flags), &path);
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
