/*
 * ramfs.c: a filesystem whose only home is memory: names live in the dentry cache, data in the page cache.
 *
 * Owns:   its directories, links and device nodes. One reference to each dentry is the file's existence (pinned).
 * Locks:  the VFS's i_mutex of the directory.
 * Read next: libfs.c (reading such directories), devices.c (/dev is one).
 *
 * Also mounted as "tmpfs". Mount options: mode=, uid=, gid=.
 */
#include "kernel/fs/internal.h"
#include "mm/highmem.h"

static const struct inode_operations ramfs_dir_iops, ramfs_file_iops;

static int ramfs_readpage(struct file *file, struct page *page)
{
	clear_highpage(page);
	SetPageUptodate(page);
	unlock_page(page);
	return 0;
}

static int ramfs_prepare_write(struct file *file, struct page *page, unsigned from, unsigned to)
{
	if (!PageUptodate(page) && to - from != PAGE_SIZE)
		clear_highpage(page);
	return 0;
}

static int ramfs_commit_write(struct file *file, struct page *page, unsigned from, unsigned to)
{
	struct inode *inode = page->mapping->host;
	loff_t end = page_offset(page) + to;

	SetPageUptodate(page);
	set_page_dirty(page);	/* dirty for good: reclaim leaves it alone */
	if (end > inode->i_size)
		i_size_write(inode, end);
	return 0;
}

static const struct address_space_operations ramfs_aops = {
	.readpage = ramfs_readpage, .prepare_write = ramfs_prepare_write, .commit_write = ramfs_commit_write,
	.set_page_dirty = __set_page_dirty_nobuffers,
};

static const struct file_operations ramfs_file_ops = {
	.llseek = generic_file_llseek, .read = generic_file_read, .write = generic_file_write,
	.mmap = generic_file_mmap, .fsync = simple_sync_file,
};

static int ramfs_readlink(struct dentry *dentry, char *buf, size_t size)
{
	strlcpy(buf, dentry->d_inode->i_private, size);
	return (int)strlen(buf);
}

static const struct inode_operations ramfs_symlink_iops = { .readlink = ramfs_readlink };

/*
 * A new inode of @sb; @dir (or NULL) gives its group if it is set-gid. NULL without memory. => may sleep
 */
struct inode *ramfs_new_inode(struct super_block *sb, const struct inode *dir, mode_t mode, dev_t dev)
{
	struct inode *inode = new_inode(sb);

	if (!inode)
		return NULL;
	generic_set_owner(inode, dir, mode);
	inode->i_data.backing_dev_info = &noop_backing_dev_info;
	inode->i_atime = inode->i_mtime = inode->i_ctime = current_fs_time(sb);
	if (S_ISREG(mode)) {
		inode->i_op = &ramfs_file_iops;
		inode->i_fop = &ramfs_file_ops;
		inode->i_data.a_ops = &ramfs_aops;
	} else if (S_ISDIR(mode)) {
		inode->i_op = &ramfs_dir_iops;
		inode->i_fop = &simple_dir_operations;
		inode->i_nlink = 2;
	} else if (S_ISLNK(mode)) {
		inode->i_op = &ramfs_symlink_iops;
	} else {
		init_special_inode(inode, inode->i_mode, dev);
	}
	return inode;
}

static void touch_dir(struct inode *dir)
{
	dir->i_mtime = dir->i_ctime = current_fs_time(dir->i_sb);
}

static int ramfs_mknod(struct inode *dir, struct dentry *dentry, mode_t mode, dev_t dev)
{
	struct inode *inode = ramfs_new_inode(dir->i_sb, dir, mode, dev);

	if (!inode)
		return -ENOMEM;
	d_instantiate(dentry, inode);
	dget(dentry);	/* it exists */
	dir->i_size += 20;
	touch_dir(dir);
	return 0;
}

static int ramfs_create(struct inode *dir, struct dentry *dentry, mode_t mode)
{
	return ramfs_mknod(dir, dentry, mode | S_IFREG, 0);
}

static int ramfs_mkdir(struct inode *dir, struct dentry *dentry, mode_t mode)
{
	int ret = ramfs_mknod(dir, dentry, mode | S_IFDIR, 0);

	if (!ret)
		dir->i_nlink++;
	return ret;
}

static int ramfs_symlink(struct inode *dir, struct dentry *dentry, const char *target)
{
	char *copy = kstrdup(target, GFP_KERNEL);
	int ret;

	if (!copy)
		return -ENOMEM;
	ret = ramfs_mknod(dir, dentry, S_IFLNK | 0777, 0);
	if (ret) {
		kfree(copy);
		return ret;
	}
	dentry->d_inode->i_private = copy;
	dentry->d_inode->i_size = (loff_t)strlen(target);
	return 0;
}

static int ramfs_link(struct dentry *old, struct inode *dir, struct dentry *dentry)
{
	struct inode *inode = old->d_inode;

	inode->i_nlink++;
	inode->i_ctime = current_fs_time(inode->i_sb);
	atomic_inc(&inode->i_count);
	d_instantiate(dentry, inode);
	dget(dentry);
	dir->i_size += 20;
	touch_dir(dir);
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

static int ramfs_unlink(struct inode *dir, struct dentry *dentry)
{
	struct inode *inode = dentry->d_inode;

	inode->i_nlink--;
	inode->i_ctime = current_fs_time(inode->i_sb);
	dir->i_size -= 20;
	touch_dir(dir);
	dput(dentry);	/* exists no more */
	return 0;
}

static int ramfs_rmdir(struct inode *dir, struct dentry *dentry)
{
	if (!dir_is_empty(dentry))
		return -ENOTEMPTY;
	dentry->d_inode->i_nlink--;
	ramfs_unlink(dir, dentry);
	dir->i_nlink--;
	return 0;
}

static int ramfs_rename(struct inode *old_dir, struct dentry *old, struct inode *new_dir, struct dentry *new)
{
	bool is_dir = S_ISDIR(old->d_inode->i_mode);

	if (new->d_inode) {
		if (is_dir && !dir_is_empty(new))
			return -ENOTEMPTY;
		if (is_dir)
			new->d_inode->i_nlink--;
		ramfs_unlink(new_dir, new);
		if (is_dir)
			new_dir->i_nlink--;
	}
	if (is_dir) {
		old_dir->i_nlink--;
		new_dir->i_nlink++;
	}
	old_dir->i_size -= 20;
	new_dir->i_size += 20;
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

static const struct dentry_operations ramfs_dentry_ops = { .d_delete = always_delete };

static struct dentry *ramfs_lookup(struct inode *dir, struct dentry *dentry)
{
	if (dentry->d_name.len > NAME_MAX)
		return ERR_PTR(-ENAMETOOLONG);
	dentry->d_op = &ramfs_dentry_ops;
	d_add(dentry, NULL);
	return NULL;
}

static const struct inode_operations ramfs_file_iops;
static const struct inode_operations ramfs_dir_iops = {
	.create = ramfs_create, .lookup = ramfs_lookup, .link = ramfs_link, .unlink = ramfs_unlink,
	.symlink = ramfs_symlink, .mkdir = ramfs_mkdir, .rmdir = ramfs_rmdir, .mknod = ramfs_mknod,
	.rename = ramfs_rename,
};

static void ramfs_clear_inode(struct inode *inode)
{
	if (S_ISLNK(inode->i_mode))
		kfree(inode->i_private);
}

static const struct super_operations ramfs_super_ops = {
	.statfs = simple_statfs, .clear_inode = ramfs_clear_inode,
};

/* "mode=1777,uid=0": other words are ignored, as they are by Linux's ramfs. */
static void parse_options(char *options, struct inode *root)
{
	char *word;

	while (options && (word = strsep(&options, ","))) {
		if (!strncmp(word, "mode=", 5))
			root->i_mode = S_IFDIR | (simple_strtoul(word + 5, NULL, 8) & 07777);
		else if (!strncmp(word, "uid=", 4))
			root->i_uid = (uid_t)simple_strtoul(word + 4, NULL, 10);
		else if (!strncmp(word, "gid=", 4))
			root->i_gid = (gid_t)simple_strtoul(word + 4, NULL, 10);
	}
}

/* => also devices.c's, for /dev */
int ramfs_fill_super(struct super_block *sb, void *data, int silent)
{
	struct inode *root;

	sb->s_magic = TMPFS_MAGIC;
	sb->s_op = &ramfs_super_ops;
	root = ramfs_new_inode(sb, NULL, S_IFDIR | 0755, 0);
	if (!root)
		return -ENOMEM;
	parse_options(data, root);
	sb->s_root = d_alloc_root(root);
	if (!sb->s_root) {
		iput(root);
		return -ENOMEM;
	}
	return 0;
}

static struct super_block *ramfs_get_sb(struct file_system_type *type, int flags, const char *dev, void *data)
{
	return get_sb_nodev(type, flags, data, ramfs_fill_super);
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

void ramfs_kill_sb(struct super_block *sb)
{
	if (sb->s_root) {
		shrink_dcache_parent(sb->s_root);
		unpin_tree(sb->s_root);
	}
	kill_anon_super(sb);
}

static struct file_system_type ramfs_type = { .name = "ramfs", .get_sb = ramfs_get_sb, .kill_sb = ramfs_kill_sb };
static struct file_system_type tmpfs_type = { .name = "tmpfs", .get_sb = ramfs_get_sb, .kill_sb = ramfs_kill_sb };

void ramfs_init(void)
{
	register_filesystem(&ramfs_type);
	register_filesystem(&tmpfs_type);
}
