/*
 * dirs.c: making, removing and renaming names.
 *
 * Locks:  the directory's i_mutex around looking the name up and changing it; then the file's own (nested, child after
 *         parent). A rename across directories first takes s_vfs_rename_mutex, so that nobody moves an ancestor meanwhile;
 *         then the ancestor of the two before the other.
 * Read next: namei.c (the walk to the directory).
 */
#include "kernel/fs/internal.h"

static int check_sticky(struct inode *dir, struct inode *inode)
{
	return dir->i_mode & S_ISVTX && inode->i_uid != current->fsuid && dir->i_uid != current->fsuid && !capable_root();
}

/* May @victim be removed from @dir? => @dir's i_mutex held */
static int may_delete(struct inode *dir, struct dentry *victim, bool want_dir)
{
	int ret;

	if (!victim->d_inode)
		return -ENOENT;
	ret = permission(dir, MAY_WRITE | MAY_EXEC);
	if (ret)
		return ret;
	if (check_sticky(dir, victim->d_inode))
		return -EPERM;
	if (want_dir)
		return S_ISDIR(victim->d_inode->i_mode) ? 0 : -ENOTDIR;
	return S_ISDIR(victim->d_inode->i_mode) ? -EISDIR : 0;
}

static int may_create(struct inode *dir, struct dentry *child)
{
	if (child->d_inode)
		return -EEXIST;
	if (!dir->i_nlink)
		return -ENOENT;
	return permission(dir, MAY_WRITE | MAY_EXEC);
}

/* The last component of a LOOKUP_PARENT walk. => the directory's i_mutex held */
static struct dentry *lookup_last(struct nameidata *nd)
{
	if (nd->last.len > NAME_MAX)
		return ERR_PTR(-ENAMETOOLONG);
	return lookup_one(nd->path.dentry, &nd->last);
}

static bool last_has_slash(const struct nameidata *nd)
{
	return nd->last.name[nd->last.len] == '/';
}

/*
 * Where a new name goes: a negative dentry in a directory, whose i_mutex is held then; end with create_done.
 * ERR_PTR, and nothing is held. @is_dir: the name may end in a slash
 */
static struct dentry *create_begin(int dfd, const char __user *name, struct nameidata *nd, bool is_dir)
{
	char *text = getname(name);
	struct dentry *dentry = ERR_PTR(-EEXIST);
	int ret;

	if (IS_ERR(text))
		return (struct dentry *)text;
	ret = path_lookup_at(dfd, text, LOOKUP_PARENT, nd);
	if (ret) {
		putname(text);
		return ERR_PTR(ret);
	}
	ret = sb_start_write(nd->path.dentry->d_sb);
	if (ret) {
		putname(text);
		nd_release(nd);
		return ERR_PTR(ret);
	}
	mutex_lock(&nd->path.dentry->d_inode->i_mutex);
	if (nd->last_type == LAST_NORM)
		dentry = lookup_last(nd);
	if (!IS_ERR(dentry) && (dentry->d_inode || (!is_dir && last_has_slash(nd)))) {
		ret = dentry->d_inode ? -EEXIST : -ENOENT;
		dput(dentry);
		dentry = ERR_PTR(ret);
	}
	putname(text);
	if (IS_ERR(dentry)) {
		mutex_unlock(&nd->path.dentry->d_inode->i_mutex);
		sb_end_write(nd->path.dentry->d_sb);
		nd_release(nd);
	}
	return dentry;
}

static long create_done(struct nameidata *nd, struct dentry *dentry, int ret)
{
	mutex_unlock(&nd->path.dentry->d_inode->i_mutex);
	sb_end_write(nd->path.dentry->d_sb);
	dput(dentry);
	nd_release(nd);
	return ret;
}

/* A regular file. => @dir's i_mutex held; dentry negative */
static int vfs_create(struct inode *dir, struct dentry *dentry, mode_t mode)
{
	int ret = sb_start_write(dir->i_sb);

	if (ret)
		return ret;
	ret = may_create(dir, dentry);
	if (!ret)
		ret = dir->i_op->create ? dir->i_op->create(dir, dentry, (mode & 07777) | S_IFREG) : -EACCES;
	sb_end_write(dir->i_sb);
	return ret;
}

static int vfs_mknod(struct inode *dir, struct dentry *dentry, mode_t mode, dev_t dev)
{
	int ret = may_create(dir, dentry);

	if (ret)
		return ret;
	if ((S_ISCHR(mode) || S_ISBLK(mode)) && !capable_root())
		return -EPERM;
	return dir->i_op->mknod ? dir->i_op->mknod(dir, dentry, mode, dev) : -EPERM;
}

long sys_mknodat(int dfd, const char __user *name, mode_t mode, unsigned int dev)
{
	struct nameidata nd;
	struct dentry *dentry;
	struct inode *dir;
	int ret;

	mode &= S_IFMT | 07777;			/* a mode is 16 bits; what stands above them counts for nothing */
	if (S_ISDIR(mode))
		return -EPERM;
	if ((mode & S_IFMT) && !S_ISREG(mode) && !S_ISCHR(mode) && !S_ISBLK(mode) && !S_ISFIFO(mode) && !S_ISSOCK(mode))
		return -EINVAL;
	dentry = create_begin(dfd, name, &nd, false);
	if (IS_ERR(dentry))
		return PTR_ERR(dentry);
	dir = nd.path.dentry->d_inode;
	mode &= ~current->fs->umask;
	if (!(mode & S_IFMT) || S_ISREG(mode))
		ret = vfs_create(dir, dentry, mode);
	else
		ret = vfs_mknod(dir, dentry, mode, S_ISCHR(mode) || S_ISBLK(mode) ? new_decode_dev(dev) : 0);
	return create_done(&nd, dentry, ret);
}

long sys_mknod(const char __user *name, mode_t mode, unsigned int dev)
{
	return sys_mknodat(AT_FDCWD, name, mode, dev);
}

long sys_mkdirat(int dfd, const char __user *name, mode_t mode)
{
	struct nameidata nd;
	struct dentry *dentry = create_begin(dfd, name, &nd, true);
	struct inode *dir;
	int ret;

	if (IS_ERR(dentry))
		return PTR_ERR(dentry);
	dir = nd.path.dentry->d_inode;
	ret = may_create(dir, dentry);
	if (!ret)
		ret = dir->i_op->mkdir ? dir->i_op->mkdir(dir, dentry, mode & 01777 & ~current->fs->umask) : -EPERM;
	return create_done(&nd, dentry, ret);
}

long sys_mkdir(const char __user *name, mode_t mode)
{
	return sys_mkdirat(AT_FDCWD, name, mode);
}

long sys_symlinkat(const char __user *target, int dfd, const char __user *name)
{
	char *text = getname(target);
	struct nameidata nd;
	struct dentry *dentry;
	struct inode *dir;
	int ret;

	if (IS_ERR(text))
		return PTR_ERR(text);
	dentry = create_begin(dfd, name, &nd, false);
	if (IS_ERR(dentry)) {
		putname(text);
		return PTR_ERR(dentry);
	}
	dir = nd.path.dentry->d_inode;
	ret = may_create(dir, dentry);
	if (!ret)
		ret = dir->i_op->symlink ? dir->i_op->symlink(dir, dentry, text) : -EPERM;
	putname(text);
	return create_done(&nd, dentry, ret);
}

long sys_symlink(const char __user *target, const char __user *name)
{
	return sys_symlinkat(target, AT_FDCWD, name);
}

/* => @dir's i_mutex held */
static int vfs_link(struct dentry *old, struct vfsmount *old_mnt, struct nameidata *nd, struct dentry *new)
{
	struct inode *inode = old->d_inode, *dir = nd->path.dentry->d_inode;
	int ret = may_create(dir, new);

	if (ret)
		return ret;
	if (old_mnt != nd->path.mnt || dir->i_sb != inode->i_sb)
		return -EXDEV;
	if (S_ISDIR(inode->i_mode) || !dir->i_op->link)
		return -EPERM;
	mutex_lock_nested(&inode->i_mutex);
	ret = inode->i_nlink ? dir->i_op->link(old, dir, new) : -ENOENT;
	mutex_unlock(&inode->i_mutex);
	return ret;
}

long sys_linkat(int old_dfd, const char __user *old_name, int new_dfd, const char __user *new_name, int flags)
{
	unsigned int lookup = flags & AT_SYMLINK_FOLLOW ? LOOKUP_FOLLOW : 0;
	struct nameidata nd;
	struct dentry *dentry;
	struct path old;
	int ret;

	if (flags & ~(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	if (flags & AT_EMPTY_PATH) {
		if (!capable_root())
			return -ENOENT;
		lookup |= LOOKUP_EMPTY;
	}
	ret = user_path_at(old_dfd, old_name, lookup, &old);
	if (ret)
		return ret;
	dentry = create_begin(new_dfd, new_name, &nd, false);
	ret = (int)PTR_ERR(dentry);
	if (!IS_ERR(dentry))
		ret = (int)create_done(&nd, dentry, vfs_link(old.dentry, old.mnt, &nd, dentry));
	path_put(&old);
	return ret;
}

long sys_link(const char __user *old, const char __user *new)
{
	return sys_linkat(AT_FDCWD, old, AT_FDCWD, new, 0);
}

/* => @dir's i_mutex held */
static int vfs_rmdir(struct inode *dir, struct dentry *dentry)
{
	struct inode *inode = dentry->d_inode;
	int ret = may_delete(dir, dentry, true);

	if (ret)
		return ret;
	if (!dir->i_op->rmdir)
		return -EPERM;
	mutex_lock_nested(&inode->i_mutex);
	shrink_dcache_parent(dentry);
	ret = dentry->d_mounted ? -EBUSY : dir->i_op->rmdir(dir, dentry);
	mutex_unlock(&inode->i_mutex);
	if (!ret)
		d_delete(dentry);
	return ret;
}

/* => @dir's i_mutex held */
static int vfs_unlink(struct inode *dir, struct dentry *dentry)
{
	struct inode *inode = dentry->d_inode;
	int ret = may_delete(dir, dentry, false);

	if (ret)
		return ret;
	if (!dir->i_op->unlink)
		return -EPERM;
	mutex_lock_nested(&inode->i_mutex);
	ret = dentry->d_mounted ? -EBUSY : dir->i_op->unlink(dir, dentry);
	mutex_unlock(&inode->i_mutex);
	if (!ret)
		d_delete(dentry);
	return ret;
}

static int remove_error(int last_type, bool is_dir)
{
	if (!is_dir)
		return -EISDIR;
	return last_type == LAST_DOTDOT ? -ENOTEMPTY : last_type == LAST_DOT ? -EINVAL : -EBUSY;
}

static long do_remove(int dfd, const char __user *name, bool is_dir)
{
	char *text = getname(name);
	struct inode *inode = NULL, *dir;
	struct nameidata nd;
	struct dentry *dentry;
	int ret;

	if (IS_ERR(text))
		return PTR_ERR(text);
	ret = path_lookup_at(dfd, text, LOOKUP_PARENT, &nd);
	if (ret)
		goto out_name;
	if (nd.last_type != LAST_NORM) {
		ret = remove_error(nd.last_type, is_dir);
		goto out_nd;
	}
	dir = nd.path.dentry->d_inode;
	ret = sb_start_write(dir->i_sb);
	if (ret)
		goto out_nd;
	mutex_lock(&dir->i_mutex);
	dentry = lookup_last(&nd);
	ret = (int)PTR_ERR(dentry);
	if (!IS_ERR(dentry)) {
		inode = dentry->d_inode;
		if (inode)
			atomic_inc(&inode->i_count);	/* its blocks are freed after the locks are dropped */
		if (!is_dir && inode && last_has_slash(&nd))
			ret = S_ISDIR(inode->i_mode) ? -EISDIR : -ENOTDIR;
		else
			ret = is_dir ? vfs_rmdir(dir, dentry) : vfs_unlink(dir, dentry);
		dput(dentry);
	}
	mutex_unlock(&dir->i_mutex);
	iput(inode);
	sb_end_write(dir->i_sb);
out_nd:
	nd_release(&nd);
out_name:
	putname(text);
	return ret;
}

long sys_unlinkat(int dfd, const char __user *name, int flags)
{
	return flags & ~AT_REMOVEDIR ? -EINVAL : do_remove(dfd, name, flags & AT_REMOVEDIR);
}

long sys_unlink(const char __user *name)
{
	return do_remove(AT_FDCWD, name, false);
}

long sys_rmdir(const char __user *name)
{
	return do_remove(AT_FDCWD, name, true);
}

/* ---- rename ------------------------------------------------------------------------------------------------------ */

/* Locks both directories, the upper one first. */
static void lock_rename(struct dentry *a, struct dentry *b)
{
	if (a == b) {
		mutex_lock(&a->d_inode->i_mutex);
		return;
	}
	mutex_lock(&a->d_sb->s_vfs_rename_mutex);
	if (is_subdir(a, b))
		swap(a, b);
	mutex_lock(&a->d_inode->i_mutex);
	mutex_lock_nested(&b->d_inode->i_mutex);
}

static void unlock_rename(struct dentry *a, struct dentry *b)
{
	mutex_unlock(&a->d_inode->i_mutex);
	if (a != b) {
		mutex_unlock(&b->d_inode->i_mutex);
		mutex_unlock(&a->d_sb->s_vfs_rename_mutex);
	}
}

/* => lock_rename was called; the dentries are in these directories */
static int vfs_rename(struct inode *old_dir, struct dentry *old, struct inode *new_dir, struct dentry *new)
{
	struct inode *source = old->d_inode, *target = new->d_inode;
	bool is_dir = S_ISDIR(source->i_mode);
	int ret;

	if (source == target)
		return 0;	/* two names of one file: nothing happens */
	ret = may_delete(old_dir, old, is_dir);
	if (!ret)
		ret = target ? may_delete(new_dir, new, is_dir) : may_create(new_dir, new);
	if (ret)
		return ret;
	if (!old_dir->i_op->rename)
		return -EPERM;
	if (is_dir && new_dir != old_dir) {	/* its ".." will change */
		ret = permission(source, MAY_WRITE);
		if (ret)
			return ret;
	}
	if (target) {
		mutex_lock_nested(&target->i_mutex);
		if (is_dir)
			shrink_dcache_parent(new);
	}
	ret = old->d_mounted || new->d_mounted ? -EBUSY : old_dir->i_op->rename(old_dir, old, new_dir, new);
	if (target)
		mutex_unlock(&target->i_mutex);
	if (!ret)
		d_move(old, new);
	return ret;
}

/* Both directories are locked: look the names up, judge them, rename. */
static int rename_locked(struct nameidata *from, struct nameidata *to, unsigned int flags)
{
	struct dentry *old_dir = from->path.dentry, *new_dir = to->path.dentry, *old, *new;
	int ret;

	old = lookup_last(from);
	if (IS_ERR(old))
		return (int)PTR_ERR(old);
	new = lookup_last(to);
	if (IS_ERR(new)) {
		dput(old);
		return (int)PTR_ERR(new);
	}
	if (!old->d_inode)
		ret = -ENOENT;
	else if (new->d_inode && flags & RENAME_NOREPLACE)
		ret = -EEXIST;
	else if (!S_ISDIR(old->d_inode->i_mode) && (last_has_slash(from) || (!new->d_inode && last_has_slash(to))))
		ret = -ENOTDIR;
	else if (!S_ISDIR(old->d_inode->i_mode) && new->d_inode && last_has_slash(to))
		ret = -ENOTDIR;
	else if (is_subdir(new_dir, old))
		ret = -EINVAL;		/* into itself */
	else if (is_subdir(old_dir, new))
		ret = -ENOTEMPTY;	/* over its own ancestor */
	else
		ret = vfs_rename(old_dir->d_inode, old, new_dir->d_inode, new);
	dput(new);
	dput(old);
	return ret;
}

static int do_rename(int old_dfd, const char *old_name, int new_dfd, const char *new_name, unsigned int flags)
{
	struct nameidata from, to;
	int ret;

	ret = path_lookup_at(old_dfd, old_name, LOOKUP_PARENT, &from);
	if (ret)
		return ret;
	ret = path_lookup_at(new_dfd, new_name, LOOKUP_PARENT, &to);
	if (ret)
		goto out_from;
	if (from.path.mnt != to.path.mnt) {
		ret = -EXDEV;
	} else if (from.last_type != LAST_NORM || to.last_type != LAST_NORM) {
		ret = from.last_type == LAST_NORM && flags & RENAME_NOREPLACE ? -EEXIST : -EBUSY;
	} else if (!(ret = sb_start_write(from.path.dentry->d_sb))) {
		lock_rename(from.path.dentry, to.path.dentry);
		ret = rename_locked(&from, &to, flags);
		unlock_rename(from.path.dentry, to.path.dentry);
		sb_end_write(from.path.dentry->d_sb);
	}
	nd_release(&to);
out_from:
	nd_release(&from);
	return ret;
}

long sys_renameat2(int old_dfd, const char __user *old, int new_dfd, const char __user *new, unsigned int flags)
{
	char *from, *to;
	int ret;

	if (flags & ~(unsigned)RENAME_NOREPLACE)
		return -EINVAL;	/* exchange and whiteout: no filesystem here can */
	from = getname(old);
	if (IS_ERR(from))
		return PTR_ERR(from);
	to = getname(new);
	ret = (int)PTR_ERR(to);
	if (!IS_ERR(to)) {
		ret = do_rename(old_dfd, from, new_dfd, to, flags);
		putname(to);
	}
	putname(from);
	return ret;
}

long sys_renameat(int old_dfd, const char __user *old, int new_dfd, const char __user *new)
{
	return sys_renameat2(old_dfd, old, new_dfd, new, 0);
}

long sys_rename(const char __user *old, const char __user *new)
{
	return sys_renameat2(AT_FDCWD, old, AT_FDCWD, new, 0);
}

/* ---- open with O_CREAT ------------------------------------------------------------------------------------------- */

/*
 * The file that a LOOKUP_PARENT walk leads to, made if it does not exist. *created tells.
 * => nd is the caller's to release in any case; path is referenced on success. 0 or -errno
 */
int open_or_create(struct nameidata *nd, int flags, mode_t mode, struct path *path, bool *created)
{
	struct inode *dir;
	struct dentry *dentry;
	int ret;

	*created = false;
	for (;;) {
		if (nd->last_type == LAST_JUMP) {
			*path = nd->path;
			path_get(path);
			return 0;
		}
		if (nd->last_type != LAST_NORM || last_has_slash(nd))
			return -EISDIR;
		dir = nd->path.dentry->d_inode;
		mutex_lock(&dir->i_mutex);
		dentry = lookup_last(nd);
		if (!IS_ERR(dentry) && !dentry->d_inode) {
			ret = vfs_create(dir, dentry, mode & ~current->fs->umask);
			*created = !ret;
			if (ret) {
				dput(dentry);
				dentry = ERR_PTR(ret);
			}
		}
		mutex_unlock(&dir->i_mutex);
		if (IS_ERR(dentry))
			return (int)PTR_ERR(dentry);
		if (!*created && flags & O_EXCL) {
			dput(dentry);
			return -EEXIST;
		}
		if (flags & O_NOFOLLOW || !S_ISLNK(dentry->d_inode->i_mode))
			break;
		ret = nd_follow_last(nd, dentry);
		if (ret)
			return ret;
	}
	*path = (struct path){ mntget(nd->path.mnt), dentry };
	follow_mount(path);
	return 0;
}
