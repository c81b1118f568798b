/*
 * tmpfs.c: the directory half of tmpfs: mounting with limits, names, statfs. (The data half is mm/shmem.c.)
 *
 * Owns:   struct shmem_sb_info's limits and counts of inodes; shm_mnt, the mount without limits that files without a name are on.
 * Locks:  the VFS's i_mutex of a directory; stat_lock for the counts.
 * Read next: libfs.c (names kept in the dentry cache), mm/shmem.c.
 *
 * Options: size= and nr_blocks= (of data), nr_inodes= (links count, too: each pins a dentry), with k, m, g; size= also with %;
 * mode=, uid=, gid= of the root. No limit is said by 0. The default is half of memory.
 */
#include "kernel/fs/internal.h"
#include "mm/shmem.h"

#define DEFAULT_MODE	01777

struct vfsmount *shm_mnt;
static const struct inode_operations tmpfs_dir_iops;

static unsigned long default_max_blocks(void)
{
	return totalram_pages / 2;
}

static unsigned long default_max_inodes(void)
{
	return min(totalram_pages - totalhigh_pages, totalram_pages / 2);
}

/* ---- inodes ---------------------------------------------------------------------------------------------------- */

/* One inode, or one link, more. False: the limit is reached. */
static bool charge_inode(struct super_block *sb)
{
	struct shmem_sb_info *sbinfo = SHMEM_SB(sb);
	bool ok;

	spin_lock(&sbinfo->stat_lock);
	ok = !sbinfo->max_inodes || sbinfo->used_inodes < sbinfo->max_inodes;
	if (ok)
		sbinfo->used_inodes++;
	spin_unlock(&sbinfo->stat_lock);
	return ok;
}

static void uncharge_inode(struct super_block *sb)
{
	struct shmem_sb_info *sbinfo = SHMEM_SB(sb);

	spin_lock(&sbinfo->stat_lock);
	ASSERT(sbinfo->used_inodes);
	sbinfo->used_inodes--;
	spin_unlock(&sbinfo->stat_lock);
}

static int tmpfs_readlink(struct dentry *dentry, char *buf, size_t size)
{
	strlcpy(buf, dentry->d_inode->i_private, size);
	return (int)strlen(buf);
}

static const struct inode_operations tmpfs_symlink_iops = { .readlink = tmpfs_readlink };

/* See shmem.h. */
struct inode *tmpfs_new_inode(struct super_block *sb, const struct inode *dir, mode_t mode, dev_t dev)
{
	struct inode *inode;

	if (!charge_inode(sb))
		return ERR_PTR(-ENOSPC);
	inode = new_inode(sb);
	if (!inode) {
		uncharge_inode(sb);
		return ERR_PTR(-ENOMEM);
	}
	generic_set_owner(inode, dir, mode);
	inode->i_data.backing_dev_info = &noop_backing_dev_info;
	inode->i_atime = inode->i_mtime = inode->i_ctime = current_fs_time(sb);
	if (S_ISREG(mode)) {
		shmem_init_reg(inode);
	} else if (S_ISDIR(mode)) {
		inode->i_op = &tmpfs_dir_iops;
		inode->i_fop = &simple_dir_operations;
		inode->i_nlink = 2;
	} else if (S_ISLNK(mode)) {
		inode->i_op = &tmpfs_symlink_iops;
	} else {
		init_special_inode(inode, inode->i_mode, dev);
	}
	return inode;
}

/* Its pages are gone. => also when the mount goes */
static void tmpfs_clear_inode(struct inode *inode)
{
	if (S_ISLNK(inode->i_mode))
		kfree(inode->i_private);
	shmem_clear_inode(inode);
	uncharge_inode(inode->i_sb);
}

/* ---- names -------------------------------------------------------------------------------------------------------- */

static int tmpfs_mknod(struct inode *dir, struct dentry *dentry, mode_t mode, dev_t dev)
{
	struct inode *inode = tmpfs_new_inode(dir->i_sb, dir, mode, dev);

	if (IS_ERR(inode))
		return (int)PTR_ERR(inode);
	simple_add_entry(dir, dentry, inode);
	return 0;
}

static int tmpfs_create(struct inode *dir, struct dentry *dentry, mode_t mode)
{
	return tmpfs_mknod(dir, dentry, mode | S_IFREG, 0);
}

static int tmpfs_mkdir(struct inode *dir, struct dentry *dentry, mode_t mode)
{
	int error = tmpfs_mknod(dir, dentry, mode | S_IFDIR, 0);

	if (!error)
		dir->i_nlink++;
	return error;
}

static int tmpfs_symlink(struct inode *dir, struct dentry *dentry, const char *target)
{
	char *copy = kstrdup(target, GFP_KERNEL);
	struct inode *inode;

	if (!copy)
		return -ENOMEM;
	inode = tmpfs_new_inode(dir->i_sb, dir, S_IFLNK | 0777, 0);
	if (IS_ERR(inode)) {
		kfree(copy);
		return (int)PTR_ERR(inode);
	}
	inode->i_private = copy;
	inode->i_size = (loff_t)strlen(target);
	simple_add_entry(dir, dentry, inode);
	return 0;
}

static int tmpfs_link(struct dentry *old, struct inode *dir, struct dentry *dentry)
{
	return charge_inode(dir->i_sb) ? simple_link(old, dir, dentry) : -ENOSPC;
}

/* @dentry's name goes: if it is one of several, its own charge goes with it. */
static void uncharge_link(const struct dentry *dentry)
{
	const struct inode *inode = dentry->d_inode;

	if (inode && !S_ISDIR(inode->i_mode) && inode->i_nlink > 1)
		uncharge_inode(inode->i_sb);
}

static int tmpfs_unlink(struct inode *dir, struct dentry *dentry)
{
	uncharge_link(dentry);
	return simple_unlink(dir, dentry);
}

static int tmpfs_rename(struct inode *old_dir, struct dentry *old, struct inode *new_dir, struct dentry *new)
{
	uncharge_link(new);		/* a file is replaced without fail */
	return simple_rename(old_dir, old, new_dir, new);
}

static const struct inode_operations tmpfs_dir_iops = {
	.create = tmpfs_create, .lookup = simple_lookup, .link = tmpfs_link, .unlink = tmpfs_unlink,
	.symlink = tmpfs_symlink, .mkdir = tmpfs_mkdir, .rmdir = simple_rmdir, .mknod = tmpfs_mknod, .rename = tmpfs_rename,
};

/* ---- limits ------------------------------------------------------------------------------------------------------- */

/* "10", "64k", "50%" (of memory): pages, when it is a size in bytes. 0 or -EINVAL. */
static int parse_size(const char *text, bool bytes, unsigned long *pages)
{
	char *end;
	u64 n = memparse(text, &end);

	if (end == text)
		return -EINVAL;
	if (bytes && *end == '%') {
		n = n * ((u64)totalram_pages << PAGE_SHIFT) / 100;
		end++;
	}
	if (bytes)
		n = (n + PAGE_SIZE - 1) >> PAGE_SHIFT;
	*pages = (unsigned long)min_t(u64, n, ~0UL >> 1);
	return *end ? -EINVAL : 0;
}

static int parse_id(const char *text, unsigned int base, unsigned int *id)
{
	unsigned long n;

	if (kstrtoul(text, base, &n) || n > ~0U)
		return -EINVAL;
	*id = (unsigned int)n;
	return 0;
}

/* One "name=value" into @sbinfo. 0 or -EINVAL. */
static int parse_option(char *word, struct shmem_sb_info *sbinfo)
{
	char *value = strchr(word, '=');
	unsigned int mode;

	if (!value)
		return -EINVAL;
	*value++ = '\0';
	if (!strcmp(word, "size"))
		return parse_size(value, true, &sbinfo->max_blocks);
	if (!strcmp(word, "nr_blocks"))
		return parse_size(value, false, &sbinfo->max_blocks);
	if (!strcmp(word, "nr_inodes"))
		return parse_size(value, false, &sbinfo->max_inodes);
	if (!strcmp(word, "uid"))
		return parse_id(value, 10, &sbinfo->uid);
	if (!strcmp(word, "gid"))
		return parse_id(value, 10, &sbinfo->gid);
	if (strcmp(word, "mode") || parse_id(value, 8, &mode))
		return -EINVAL;
	sbinfo->mode = mode & 07777;
	return 0;
}

static int parse_options(char *options, struct shmem_sb_info *sbinfo)
{
	char *word;
	int error;

	while (options && (word = strsep(&options, ","))) {
		error = *word ? parse_option(word, sbinfo) : 0;
		if (error) {
			printk(KERN_ERR "tmpfs: bad mount option: %s\n", word);
			return error;
		}
	}
	return 0;
}

/* New limits, if what is there fits; a mount without a limit has not counted, so it cannot get one. 0 or -EINVAL. */
static int tmpfs_remount(struct super_block *sb, int *flags, char *data)
{
	struct shmem_sb_info *sbinfo = SHMEM_SB(sb), new = *sbinfo;
	int error = parse_options(data, &new);

	if (error)
		return error;
	spin_lock(&sbinfo->stat_lock);
	if (new.max_blocks && new.max_blocks != sbinfo->max_blocks && (!sbinfo->max_blocks || new.max_blocks < sbinfo->used_blocks))
		error = -EINVAL;
	if (new.max_inodes && new.max_inodes != sbinfo->max_inodes && (!sbinfo->max_inodes || new.max_inodes < sbinfo->used_inodes))
		error = -EINVAL;
	if (!error) {
		sbinfo->max_blocks = new.max_blocks;
		sbinfo->max_inodes = new.max_inodes;
	}
	spin_unlock(&sbinfo->stat_lock);
	return error;
}

static int tmpfs_statfs(struct dentry *dentry, struct kstatfs *buf)
{
	struct shmem_sb_info *sbinfo = SHMEM_SB(dentry->d_sb);

	buf->f_type = TMPFS_MAGIC;
	buf->f_bsize = PAGE_SIZE;
	buf->f_namelen = NAME_MAX;
	spin_lock(&sbinfo->stat_lock);
	if (sbinfo->max_blocks) {
		buf->f_blocks = sbinfo->max_blocks;
		buf->f_bfree = buf->f_bavail = sbinfo->max_blocks - sbinfo->used_blocks;
	}
	if (sbinfo->max_inodes) {
		buf->f_files = sbinfo->max_inodes;
		buf->f_ffree = sbinfo->max_inodes - sbinfo->used_inodes;
	}
	spin_unlock(&sbinfo->stat_lock);
	return 0;
}

/* For /proc/mounts: what is not as it would be by itself. */
static int tmpfs_show_options(struct vfsmount *mnt, char *buf, size_t size)
{
	struct shmem_sb_info *sbinfo = SHMEM_SB(mnt->mnt_sb);
	int n = 0;

	buf[0] = '\0';
	if (sbinfo->max_blocks != default_max_blocks())
		n += scnprintf(buf + n, size - (size_t)n, ",size=%luk", sbinfo->max_blocks << (PAGE_SHIFT - 10));
	if (sbinfo->max_inodes != default_max_inodes())
		n += scnprintf(buf + n, size - (size_t)n, ",nr_inodes=%lu", sbinfo->max_inodes);
	if (sbinfo->mode != DEFAULT_MODE)
		n += scnprintf(buf + n, size - (size_t)n, ",mode=%03o", sbinfo->mode);
	if (sbinfo->uid)
		n += scnprintf(buf + n, size - (size_t)n, ",uid=%u", sbinfo->uid);
	if (sbinfo->gid)
		n += scnprintf(buf + n, size - (size_t)n, ",gid=%u", sbinfo->gid);
	return n;
}

/* ---- mounting ------------------------------------------------------------------------------------------------------ */

static const struct super_operations tmpfs_super_ops = {
	.alloc_inode = shmem_alloc_inode, .destroy_inode = shmem_destroy_inode, .clear_inode = tmpfs_clear_inode,
	.statfs = tmpfs_statfs, .remount_fs = tmpfs_remount, .show_options = tmpfs_show_options,
};

static int fill_root(struct super_block *sb)
{
	struct shmem_sb_info *sbinfo = SHMEM_SB(sb);
	struct inode *root = tmpfs_new_inode(sb, NULL, S_IFDIR | sbinfo->mode, 0);

	if (IS_ERR(root))
		return (int)PTR_ERR(root);
	root->i_uid = sbinfo->uid;
	root->i_gid = sbinfo->gid;
	sb->s_root = d_alloc_root(root);
	if (sb->s_root)
		return 0;
	iput(root);
	return -ENOMEM;
}

static int fill_super(struct super_block *sb, unsigned long max_blocks, unsigned long max_inodes, void *data)
{
	struct shmem_sb_info *sbinfo = kzalloc(sizeof(*sbinfo), GFP_KERNEL);
	int error;

	if (!sbinfo)
		return -ENOMEM;
	spin_lock_init(&sbinfo->stat_lock, RANK_LEAF);
	sbinfo->max_blocks = max_blocks;
	sbinfo->max_inodes = max_inodes;
	sbinfo->mode = DEFAULT_MODE;
	sbinfo->uid = current->fsuid;
	sbinfo->gid = current->fsgid;
	sb->s_fs_info = sbinfo;
	sb->s_magic = TMPFS_MAGIC;
	error = parse_options(data, sbinfo);
	if (error)
		return error;
	sb->s_op = &tmpfs_super_ops;
	return fill_root(sb);
}

static int tmpfs_fill_super(struct super_block *sb, void *data, int silent)
{
	return fill_super(sb, default_max_blocks(), default_max_inodes(), data);
}

static int shm_fill_super(struct super_block *sb, void *data, int silent)
{
	return fill_super(sb, 0, 0, NULL);
}

static struct super_block *tmpfs_get_sb(struct file_system_type *type, int flags, const char *dev, void *data)
{
	return get_sb_nodev(type, flags, data, tmpfs_fill_super);
}

static struct super_block *shm_get_sb(struct file_system_type *type, int flags, const char *dev, void *data)
{
	return get_sb_nodev(type, flags, data, shm_fill_super);
}

static void tmpfs_kill_sb(struct super_block *sb)
{
	kill_litter_super(sb);
	kfree(sb->s_fs_info);
}

static void add_promised(struct inode *inode, void *sum)
{
	*(long *)sum += (long)shmem_promised(inode);
}

static void add_super(struct super_block *sb, long sum)
{
	if (sb->s_op == &tmpfs_super_ops)
		for_each_inode_of(sb, add_promised, (void *)sum);
}

/* See shmem.h. */
long shmem_accounted_pages(void)
{
	long pages = 0;

	iterate_supers(add_super, (long)&pages);
	return pages;
}

static struct file_system_type tmpfs_type = { .name = "tmpfs", .get_sb = tmpfs_get_sb, .kill_sb = tmpfs_kill_sb };
static struct file_system_type shm_type = { .name = "tmpfs", .get_sb = shm_get_sb, .kill_sb = tmpfs_kill_sb };

void __init tmpfs_init(void)
{
	shmem_init();
	register_filesystem(&tmpfs_type);
	shm_mnt = kern_mount(&shm_type);
	if (IS_ERR(shm_mnt))
		panic("no filesystem for shared memory: %ld", PTR_ERR(shm_mnt));
}
