/*
 * libfs.c: what filesystems without a disk share, and the operations that do nothing.
 *
 * Owns:   directories that are kept in the dentry cache (ramfs, tmpfs, /dev): reading and changing them; the mount behind pipes.
 * Read next: ramfs.c.
 */
#include "kernel/fs/internal.h"
#include "kernel/uapi/dirent.h"

const struct inode_operations empty_iops;
const struct address_space_operations empty_aops;
const struct file_operations empty_fops;
struct backing_dev_info noop_backing_dev_info = {
	.capabilities = BDI_CAP_NO_ACCT_DIRTY | BDI_CAP_NO_WRITEBACK,
};

static int no_open(struct inode *inode, struct file *file)
{
	return -ENXIO;
}

const struct file_operations no_open_fops = { .open = no_open };

/* What getdents calls the type of @mode. */
unsigned int dt_type(mode_t mode)
{
	return (mode & S_IFMT) >> 12;
}

/* For directories: read(2) of them. */
ssize_t generic_read_dir(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	return -EISDIR;
}

int simple_statfs(struct dentry *dentry, struct kstatfs *buf)
{
	buf->f_type = (long)dentry->d_sb->s_magic;
	buf->f_bsize = PAGE_SIZE;
	buf->f_namelen = NAME_MAX;
	return 0;
}

const struct super_operations simple_super_operations = { .statfs = simple_statfs };

/* ---- directories that are in the dentry cache as a whole ---------------------------------------------------
 *
 * A child's position is its place in d_subdirs; new ones go to the front. A directory is read from the back, so that
 * positions count from the oldest: names made meanwhile come last, and one removed makes those behind it move up.
 */
static bool is_listed(const struct dentry *child)
{
	return !d_unhashed(child) && child->d_inode;
}

/* The @n-th listed child, or the one after @prev (whose reference is dropped). Referenced; NULL at the end. */
static struct dentry *next_child(struct dentry *dir, struct dentry *prev, loff_t n)
{
	struct list_head *at;
	struct dentry *child = NULL;

	spin_lock(&dcache_lock);
	if (prev)
		n = 0;
	for (at = prev ? prev->d_child.prev : dir->d_subdirs.prev; at != &dir->d_subdirs; at = at->prev) {
		child = list_entry(at, struct dentry, d_child);
		if (is_listed(child) && n-- == 0)
			break;
	}
	child = at == &dir->d_subdirs ? NULL : dget_locked(child);
	spin_unlock(&dcache_lock);
	dput(prev);
	return child;
}

/* => i_mutex held; dentries of such a directory are pinned, so nothing is looked up */
int dcache_readdir(struct file *file, void *ctx, filldir_t fill)
{
	struct dentry *dir = file->f_dentry, *child;

	if (file->f_pos == 0) {
		if (fill(ctx, ".", 1, 0, dir->d_inode->i_ino, DT_DIR))
			return 0;
		file->f_pos++;
	}
	if (file->f_pos == 1) {
		if (fill(ctx, "..", 2, 1, dir->d_parent->d_inode->i_ino, DT_DIR))
			return 0;
		file->f_pos++;
	}
	for (child = next_child(dir, NULL, file->f_pos - 2); child; child = next_child(dir, child, 0)) {
		if (fill(ctx, child->d_name.name, (int)child->d_name.len, file->f_pos, child->d_inode->i_ino,
			 dt_type(child->d_inode->i_mode)))
			break;
		file->f_pos++;
	}
	dput(child);
	return 0;
}

const struct file_operations simple_dir_operations = {
	.llseek = generic_file_llseek, .read = generic_read_dir, .readdir = dcache_readdir, .fsync = simple_sync_file,
};

/* There is nothing below the cache to write to. */
int simple_sync_file(struct file *file, struct dentry *dentry, int datasync)
{
	return 0;
}

/* ---- trees that live in the dentry cache: a name's existence is one reference to its dentry (pinned) ----------- */

#define DIRENT_SIZE	20	/* what a name adds to its directory's size, as Linux shows it */

static void touch_dir(struct inode *dir)
{
	dir->i_mtime = dir->i_ctime = current_fs_time(dir->i_sb);
}

/* @dentry, in @dir, names @inode from now on (whose reference is taken over). => the directory's i_mutex held */
void simple_add_entry(struct inode *dir, struct dentry *dentry, struct inode *inode)
{
	d_instantiate(dentry, inode);
	dget(dentry);	/* it exists */
	dir->i_size += DIRENT_SIZE;
	touch_dir(dir);
}

int simple_link(struct dentry *old, struct inode *dir, struct dentry *dentry)
{
	struct inode *inode = old->d_inode;

	inode->i_nlink++;
	inode->i_ctime = current_fs_time(inode->i_sb);
	atomic_inc(&inode->i_count);
	simple_add_entry(dir, dentry, inode);
	return 0;
}

static bool dir_is_empty(struct dentry *dir)
{
	struct dentry *child;
	bool empty = true;

	spin_lock(&dcache_lock);
	list_for_each_entry(child, &dir->d_subdirs, d_child)
		if (!d_unhashed(child) && child->d_inode)
			empty = false;
	spin_unlock(&dcache_lock);
	return empty;
}

int simple_unlink(struct inode *dir, struct dentry *dentry)
{
	struct inode *inode = dentry->d_inode;

	inode->i_nlink--;
	inode->i_ctime = current_fs_time(inode->i_sb);
	dir->i_size -= DIRENT_SIZE;
	touch_dir(dir);
	dput(dentry);	/* exists no more */
	return 0;
}

int simple_rmdir(struct inode *dir, struct dentry *dentry)
{
	if (!dir_is_empty(dentry))
		return -ENOTEMPTY;
	dentry->d_inode->i_nlink--;
	simple_unlink(dir, dentry);
	dir->i_nlink--;
	return 0;
}

int simple_rename(struct inode *old_dir, struct dentry *old, struct inode *new_dir, struct dentry *new)
{
	bool is_dir = S_ISDIR(old->d_inode->i_mode);

	if (new->d_inode) {
		if (is_dir && !dir_is_empty(new))
			return -ENOTEMPTY;
		if (is_dir)
			new->d_inode->i_nlink--;
		simple_unlink(new_dir, new);
		if (is_dir)
			new_dir->i_nlink--;
	}
	if (is_dir) {
		old_dir->i_nlink--;
		new_dir->i_nlink++;
	}
	old_dir->i_size -= DIRENT_SIZE;
	new_dir->i_size += DIRENT_SIZE;
	touch_dir(old_dir);
	touch_dir(new_dir);
	old->d_inode->i_ctime = new_dir->i_ctime;
	return 0;
}

/* A name that is not in the dentry cache does not exist, and need not be remembered. */
static int always_delete(struct dentry *dentry)
{
	return 1;
}

static const struct dentry_operations kept_dentry_ops = { .d_delete = always_delete };

struct dentry *simple_lookup(struct inode *dir, struct dentry *dentry)
{
	if (dentry->d_name.len > NAME_MAX)
		return ERR_PTR(-ENAMETOOLONG);
	dentry->d_op = &kept_dentry_ops;
	d_add(dentry, NULL);
	return NULL;
}

/* Unpin what exists, so that the shutdown finds everything unused. => last user */
static void unpin_tree(struct dentry *root)
{
	struct dentry *this = root, *child;

	while (this) {
		spin_lock(&dcache_lock);
		child = list_empty(&this->d_subdirs) ? NULL : list_first_entry(&this->d_subdirs, struct dentry, d_child);
		spin_unlock(&dcache_lock);
		if (child) {
			this = child;
			continue;
		}
		child = this;
		this = this == root ? NULL : this->d_parent;
		if (this) {
			d_drop(child);
			dput(child);
		}
	}
}

void kill_litter_super(struct super_block *sb)
{
	if (sb->s_root) {
		shrink_dcache_parent(sb->s_root);
		unpin_tree(sb->s_root);
	}
	kill_anon_super(sb);
}

/* ---- objects without a name in the tree --------------------------------------------------------------------- */

static struct vfsmount *anon_mnt;

static int anon_fill_super(struct super_block *sb, void *data, int silent)
{
	struct inode *root;

	sb->s_flags |= MS_NOUSER;
	sb->s_magic = PIPEFS_MAGIC;
	sb->s_op = &simple_super_operations;
	root = new_inode(sb);
	if (!root)
		return -ENOMEM;
	root->i_mode = S_IFDIR | 0600;
	sb->s_root = d_alloc_root(root);
	if (!sb->s_root) {
		iput(root);
		return -ENOMEM;
	}
	return 0;
}

static struct super_block *anon_get_sb(struct file_system_type *type, int flags, const char *dev, void *data)
{
	return get_sb_nodev(type, flags, data, anon_fill_super);
}

static struct file_system_type anon_fs_type = { .name = "anon", .get_sb = anon_get_sb, .kill_sb = kill_anon_super };

/* See fs.h. => may sleep; owned by the caller's fsuid */
struct inode *new_anon_inode(mode_t mode)
{
	struct inode *inode = new_inode(anon_mnt->mnt_sb);

	if (!inode)
		return NULL;
	inode->i_mode = mode;
	inode->i_uid = current->fsuid;
	inode->i_gid = current->fsgid;
	inode->i_atime = inode->i_mtime = inode->i_ctime = current_fs_time(inode->i_sb);
	return inode;
}

/* See fs.h. ERR_PTR(-ENFILE, -ENOMEM); the inode's reference is eaten even then. => may sleep */
struct file *alloc_file_pseudo(struct vfsmount *mnt, struct inode *inode, const char *name, unsigned int flags,
			       const struct file_operations *fop)
{
	struct qstr text = { name, (unsigned)strlen(name), 0 };
	struct file *file = get_empty_filp();
	struct dentry *dentry;

	if (IS_ERR(file)) {
		iput(inode);
		return file;
	}
	/* Below the root, though not to be found there, where it is to be shown with a path. */
	dentry = d_alloc(mnt->mnt_sb->s_flags & MS_NOUSER ? NULL : mnt->mnt_root, &text);
	if (!dentry) {
		put_filp(file);
		iput(inode);
		return ERR_PTR(-ENOMEM);
	}
	dentry->d_sb = inode->i_sb;
	d_instantiate(dentry, inode);
	file->f_dentry = dentry;
	file->f_vfsmnt = mntget(mnt);
	file->f_mapping = inode->i_mapping;
	file->f_flags = flags;
	file->f_mode = ((flags + 1) & O_ACCMODE);
	if (fop->llseek && fop->llseek != no_llseek)
		file->f_mode |= FMODE_LSEEK | FMODE_PREAD | FMODE_PWRITE | FMODE_ATOMIC_POS;
	file->f_op = fop;
	file_ra_state_init(&file->f_ra, file->f_mapping);
	return file;
}

struct file *alloc_file_anon(struct inode *inode, const char *name, unsigned int flags, const struct file_operations *fop)
{
	return alloc_file_pseudo(anon_mnt, inode, name, flags, fop);
}

/* => boot, mounts are up */
void libfs_init(void)
{
	anon_mnt = kern_mount(&anon_fs_type);
	if (IS_ERR(anon_mnt))
		panic("no anonymous filesystem: %ld", PTR_ERR(anon_mnt));
}
