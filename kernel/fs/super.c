/*
 * super.c: mounted filesystems as objects, and the kinds there are.
 *
 * Owns:   the list of superblocks, the list of filesystem types, anonymous device numbers.
 * Locks:  sb_lock for the lists and s_count; s_umount keeps one from coming or going while it is written or remounted.
 * Read next: namespace.c (where they are mounted).
 *
 *	s_active: mounts. The last one gone: kill_sb.     s_count: who only looks (sync). The last one gone: freed.
 */
#include "kernel/fs/internal.h"
#include "kernel/fs/buffer.h"
#include "kernel/fs/seq_file.h"

DEFINE_SPINLOCK(sb_lock, RANK_SB);
LIST_HEAD(super_blocks);			/* [sb_lock] oldest first */

static DEFINE_SPINLOCK(file_systems_lock, RANK_LEAF);
static struct file_system_type *file_systems;	/* file_systems_lock; types are never removed */
static atomic_t next_anon_minor;
static const struct super_operations no_super_ops;

/* 0 or -EBUSY: the name is taken. */
int register_filesystem(struct file_system_type *fs)
{
	struct file_system_type **p;
	int ret = 0;

	spin_lock(&file_systems_lock);
	for (p = &file_systems; *p && strcmp((*p)->name, fs->name); p = &(*p)->next)
		;
	if (*p)
		ret = -EBUSY;
	else
		*p = fs;
	spin_unlock(&file_systems_lock);
	return ret;
}

/* NULL: no such type. */
struct file_system_type *get_fs_type(const char *name)
{
	struct file_system_type *fs;

	spin_lock(&file_systems_lock);
	for (fs = file_systems; fs && strcmp(fs->name, name); fs = fs->next)
		;
	spin_unlock(&file_systems_lock);
	return fs;
}

/* /proc/filesystems */
int filesystems_show(struct seq_file *m, void *data)
{
	for (struct file_system_type *fs = READ_ONCE(file_systems); fs; fs = READ_ONCE(fs->next))
		seq_printf(m, "%s\t%s\n", fs->requires_dev ? "" : "nodev", fs->name);
	return 0;
}

/* A device number for a filesystem that has no device: major 0. */
dev_t new_anon_dev(void)
{
	return MKDEV(0, (unsigned)atomic_inc_return(&next_anon_minor));
}

static struct super_block *alloc_super(struct file_system_type *type, int flags)
{
	struct super_block *sb = kzalloc(sizeof(*sb), GFP_KERNEL);

	if (!sb)
		return NULL;
	INIT_LIST_HEAD(&sb->s_inodes);
	INIT_LIST_HEAD(&sb->s_dirty);
	INIT_LIST_HEAD(&sb->s_io);
	init_rwsem(&sb->s_umount, RANK_S_UMOUNT);
	mutex_init(&sb->s_vfs_rename_mutex, RANK_S_VFS_RENAME);
	sb->s_count = 1;
	atomic_set(&sb->s_active, 1);
	sb->s_type = type;
	sb->s_op = &no_super_ops;
	sb->s_flags = (unsigned)flags;
	sb->s_maxbytes = MAX_LFS_FILESIZE;
	sb->s_blocksize = PAGE_SIZE;
	sb->s_blocksize_bits = PAGE_SHIFT;
	return sb;
}

/* Drop a look at @sb: the last one takes it off the list and frees it. => sb_lock held in and out */
void put_super_locked(struct super_block *sb)
{
	assert_held(&sb_lock);
	if (--sb->s_count)
		return;
	list_del(&sb->s_list);
	kfree(sb);
}

/* Fill a new one and put it on the list. => eats @sb on failure */
static struct super_block *fill_and_list(struct super_block *sb, void *data, int (*fill_super)(struct super_block *, void *, int))
{
	int ret;

	down_write(&sb->s_umount);
	spin_lock(&sb_lock);
	list_add_tail(&sb->s_list, &super_blocks);
	spin_unlock(&sb_lock);
	ret = fill_super(sb, data, !!(sb->s_flags & MS_SILENT));
	if (!ret)
		sb->s_flags |= MS_ACTIVE;
	up_write(&sb->s_umount);
	if (ret) {
		deactivate_super(sb);
		return ERR_PTR(ret);
	}
	return sb;
}

static struct super_block *share_bdev_super(struct block_device *bdev, struct file_system_type *type, int flags)
{
	struct super_block *sb;

	spin_lock(&sb_lock);
	list_for_each_entry(sb, &super_blocks, s_list)
		if (sb->s_bdev == bdev && atomic_read(&sb->s_active))
			break;
	if (&sb->s_list == &super_blocks)
		sb = ERR_PTR(-EBUSY);	/* claimed by something else: swap, a mount not yet finished */
	else if (sb->s_type != type || ((sb->s_flags ^ (unsigned)flags) & MS_RDONLY) || !sb->s_root ||
		 !atomic_inc_not_zero(&sb->s_active))
		sb = ERR_PTR(-EBUSY);
	spin_unlock(&sb_lock);
	return sb;
}

/* The disk that @dev names: a device node's path, or (while there is no root yet) a disk's name. ERR_PTR */
static struct block_device *lookup_bdev(const char *dev)
{
	struct block_device *bdev;
	struct inode *inode;
	struct path path;
	int ret;

	if (!current->fs->root) {
		bdev = bdget_disk_by_name(dev);
		return bdev ? bdev : ERR_PTR(-ENODEV);
	}
	ret = kern_path(dev, LOOKUP_FOLLOW, &path);
	if (ret)
		return ERR_PTR(ret);
	inode = path.dentry->d_inode;
	if (!S_ISBLK(inode->i_mode)) {
		bdev = ERR_PTR(-ENOTBLK);
	} else if (path.mnt->mnt_flags & MNT_NODEV) {
		bdev = ERR_PTR(-EACCES);
	} else {
		bdev = bdget(inode->i_rdev);
		bdev = bdev ? bdev : ERR_PTR(-ENXIO);
	}
	path_put(&path);
	return bdev;
}

/*
 * The superblock of a filesystem on a disk: the one that is mounted already, or a new one.
 * => may sleep. ERR_PTR: no such disk, -EBUSY used otherwise, or fill_super's
 */
struct super_block *get_sb_bdev(struct file_system_type *type, int flags, const char *dev, void *data,
				int (*fill_super)(struct super_block *, void *, int))
{
	struct block_device *bdev = lookup_bdev(dev);
	struct super_block *sb;
	int ret;

	if (IS_ERR(bdev))
		return (struct super_block *)bdev;
	sb = alloc_super(type, flags);
	if (!sb)
		return ERR_PTR(-ENOMEM);
	ret = bd_claim(bdev, sb);
	if (ret) {
		kfree(sb);
		return share_bdev_super(bdev, type, flags);
	}
	sb->s_bdev = bdev;
	sb->s_dev = bdev->bd_dev;
	strlcpy(sb->s_id, bdev->bd_disk->disk_name, sizeof(sb->s_id));
	return fill_and_list(sb, data, fill_super);
}

/* A new superblock without a device. ERR_PTR */
struct super_block *get_sb_nodev(struct file_system_type *type, int flags, void *data,
				 int (*fill_super)(struct super_block *, void *, int))
{
	struct super_block *sb = alloc_super(type, flags);

	if (!sb)
		return ERR_PTR(-ENOMEM);
	sb->s_dev = new_anon_dev();
	strlcpy(sb->s_id, type->name, sizeof(sb->s_id));
	return fill_and_list(sb, data, fill_super);
}

/* The only superblock of its type: all mounts show the same. ERR_PTR */
struct super_block *get_sb_single(struct file_system_type *type, int flags, void *data,
				  int (*fill_super)(struct super_block *, void *, int))
{
	struct super_block *sb, *found = NULL;

	spin_lock(&sb_lock);
	list_for_each_entry(sb, &super_blocks, s_list)
		if (sb->s_type == type && atomic_inc_not_zero(&sb->s_active)) {
			found = sb;
			break;
		}
	spin_unlock(&sb_lock);
	return found ? found : get_sb_nodev(type, flags, data, fill_super);
}

/* Write everything, drop all dentries and inodes, tell the filesystem. => last user; may sleep */
static void generic_shutdown_super(struct super_block *sb)
{
	struct dentry *root = sb->s_root;

	if (root) {
		sb->s_root = NULL;
		shrink_dcache_parent(root);
		shrink_dcache_sb(sb);
		dput(root);
		sync_inodes_sb(sb, 0);
		sync_inodes_sb(sb, 1);
		if (sb->s_op->sync_fs)
			sb->s_op->sync_fs(sb, 1);
		sb->s_flags &= ~MS_ACTIVE;
		invalidate_inodes(sb);
		if (sb->s_op->write_super && sb->s_dirt)
			sb->s_op->write_super(sb);
		if (sb->s_op->put_super)
			sb->s_op->put_super(sb);
	}
	if (invalidate_inodes(sb))
		printk(KERN_ERR "fs: inodes of %s are in use after it was unmounted\n", sb->s_id);
}

void kill_block_super(struct super_block *sb)
{
	struct block_device *bdev = sb->s_bdev;

	generic_shutdown_super(sb);
	sync_blockdev(bdev);
	bd_release(bdev);
}

void kill_anon_super(struct super_block *sb)
{
	generic_shutdown_super(sb);
}

/* One mount less; the last takes the filesystem down. => may sleep */
void deactivate_super(struct super_block *sb)
{
	if (!atomic_dec_and_test(&sb->s_active))
		return;
	down_write(&sb->s_umount);
	sb->s_type->kill_sb(sb);
	up_write(&sb->s_umount);
	spin_lock(&sb_lock);
	put_super_locked(sb);
	spin_unlock(&sb_lock);
}

void iterate_supers(void (*fn)(struct super_block *sb, long arg), long arg)
{
	struct super_block *sb, *next;

	spin_lock(&sb_lock);
	for (sb = list_first_entry(&super_blocks, struct super_block, s_list); &sb->s_list != &super_blocks; sb = next) {
		sb->s_count++;
		spin_unlock(&sb_lock);
		down_read(&sb->s_umount);
		if (sb->s_root)
			fn(sb, arg);
		up_read(&sb->s_umount);
		spin_lock(&sb_lock);
		next = list_next_entry(sb, s_list);	/* our count keeps it on the list */
		put_super_locked(sb);
	}
	spin_unlock(&sb_lock);
}

static void write_one_super(struct super_block *sb, long arg)
{
	if (sb->s_dirt && sb->s_op->write_super)
		sb->s_op->write_super(sb);
}

/* Superblocks that are dirty themselves. => may sleep */
void sync_supers(void)
{
	iterate_supers(write_one_super, 0);
}

static void sync_one_filesystem(struct super_block *sb, long wait)
{
	if (!(sb->s_flags & MS_RDONLY) && sb->s_op->sync_fs)
		sb->s_op->sync_fs(sb, (int)wait);
}

void sync_filesystems(int wait)
{
	iterate_supers(sync_one_filesystem, wait);
}

/* ---- changes and read-only --------------------------------------------------------------------------------------------- */

static DECLARE_WAIT_QUEUE_HEAD(freeze_wait);

int sb_start_write(struct super_block *sb)
{
	atomic_inc_return(&sb->s_writers);	/* a full barrier: either sb_freeze sees us, or we see it */
	if (likely(!READ_ONCE(sb->s_frozen)))
		return 0;
	sb_end_write(sb);
	return -EROFS;
}

void sb_end_write(struct super_block *sb)
{
	ASSERT_OP(atomic_read(&sb->s_writers), >, 0);
	if (atomic_dec_and_test(&sb->s_writers) && READ_ONCE(sb->s_frozen))
		wake_up_all(&freeze_wait);
}

void sb_freeze(struct super_block *sb)
{
	WRITE_ONCE(sb->s_frozen, true);
	smp_mb();
	wait_event(freeze_wait, !atomic_read(&sb->s_writers));
}

void sb_thaw(struct super_block *sb)
{
	WRITE_ONCE(sb->s_frozen, false);
}

/* Is a regular file of @sb open for writing, or unlinked and still open? Then it cannot become read-only. */
static bool has_writers(struct super_block *sb)
{
	struct inode *inode;
	bool found = false;

	spin_lock(&inode_lock);
	list_for_each_entry(inode, &sb->s_inodes, i_sb_list)
		if (S_ISREG(inode->i_mode) && (atomic_read(&inode->i_writecount) > 0 ||
					       (!inode->i_nlink && atomic_read(&inode->i_count)))) {
			found = true;
			break;
		}
	spin_unlock(&inode_lock);
	return found;
}

/*
 * Change @sb's flags. MS_FORCE_RO in @flags makes it read-only whoever writes. => s_umount held for write; may sleep.
 * 0, -EBUSY: files are open for writing
 */
int do_remount_sb(struct super_block *sb, int flags, char *data)
{
	bool to_ro = (flags & MS_RDONLY) && !(sb->s_flags & MS_RDONLY);
	int ret = 0;

	shrink_dcache_sb(sb);
	if (to_ro) {
		sb_freeze(sb);
		if (!(flags & MS_FORCE_RO) && has_writers(sb)) {
			sb_thaw(sb);
			return -EBUSY;
		}
		sync_inodes_sb(sb, 0);
		sync_inodes_sb(sb, 1);
	}
	flags &= ~MS_FORCE_RO;
	if (sb->s_op->remount_fs)
		ret = sb->s_op->remount_fs(sb, &flags, data);
	if (!ret) {
		sb->s_flags = (sb->s_flags & ~(unsigned long)MS_RMT_MASK) | ((unsigned)flags & MS_RMT_MASK);
		if (to_ro && sb->s_bdev)
			ret = sync_blockdev(sb->s_bdev);
	}
	if (to_ro)
		sb_thaw(sb);	/* now MS_RDONLY keeps changes away */
	return ret;
}
