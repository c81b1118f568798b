/*
 * ramfs.c: a filesystem whose only home is memory: names live in the dentry cache, data in the page cache.
 *
 * Owns:   its inodes.
 * Locks:  the VFS's i_mutex of the directory.
 * Read next: libfs.c (such directories), devices.c (/dev is one), tmpfs.c (the same with limits).
 *
 * Mount options: mode=, uid=, gid=. It has no limits: those are tmpfs.c's.
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

static int ramfs_mknod(struct inode *dir, struct dentry *dentry, mode_t mode, dev_t dev)
{
	struct inode *inode = ramfs_new_inode(dir->i_sb, dir, mode, dev);

	if (!inode)
		return -ENOMEM;
	simple_add_entry(dir, dentry, inode);
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

static const struct inode_operations ramfs_file_iops;
static const struct inode_operations ramfs_dir_iops = {
	.create = ramfs_create, .lookup = simple_lookup, .link = simple_link, .unlink = simple_unlink,
	.symlink = ramfs_symlink, .mkdir = ramfs_mkdir, .rmdir = simple_rmdir, .mknod = ramfs_mknod,
	.rename = simple_rename,
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

static struct file_system_type ramfs_type = { .name = "ramfs", .get_sb = ramfs_get_sb, .kill_sb = kill_litter_super };

void ramfs_init(void)
{
	register_filesystem(&ramfs_type);
}
