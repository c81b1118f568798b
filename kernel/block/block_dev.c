/*
 * block_dev.c: a block device as a file with a page cache of its own.
 *
 * Owns:   all block_devices; the internal filesystem "bdev", whose inodes' pages are the devices' contents.
 *         A mounted filesystem's metadata lives in these pages (kernel/fs/buffer.c).
 * Locks:  bdev_lock for openers and claims. The list itself only grows, at boot.
 * Read next: kernel/fs/buffer.c.
 */
#include "kernel/block/blk.h"
#include "kernel/block/internal.h"
#include "kernel/fs/fs.h"
#include "kernel/fs/buffer.h"
#include "kernel/sched.h"
#include "kernel/uaccess.h"
#include "kernel/uapi/ioctl.h"
#include "kernel/uapi/mount.h"
#include "mm/pagemap.h"
#include "mm/slab.h"

static DEFINE_SPINLOCK(bdev_lock, RANK_LEAF);
static LIST_HEAD(bdev_list);
static struct vfsmount *bdev_mnt;

static const struct super_operations bdev_sops = { 0 };

static int bdev_fill_super(struct super_block *sb, void *data, int silent)
{
	struct inode *root;

	(void)data; (void)silent;
	sb->s_op = &bdev_sops;
	sb->s_magic = 0x62646576;	/* "bdev" */
	sb->s_blocksize = PAGE_SIZE;
	sb->s_blocksize_bits = PAGE_SHIFT;
	root = new_inode(sb);
	if (!root)
		return -ENOMEM;
	root->i_mode = S_IFDIR | 0700;
	sb->s_root = d_alloc_root(root);
	return sb->s_root ? 0 : -ENOMEM;
}

static struct super_block *bdev_get_sb(struct file_system_type *type, int flags, const char *dev, void *data)
{
	(void)dev;
	return get_sb_nodev(type, flags, data, bdev_fill_super);
}

static struct file_system_type bdev_fs_type = {
	.name = "bdev",
	.get_sb = bdev_get_sb,
	.kill_sb = kill_anon_super,
};

/* => boot, after vfs_init. */
void block_init(void)
{
	bio_init();
	blk_queue_init();
	bdev_mnt = kern_mount(&bdev_fs_type);
	if (IS_ERR(bdev_mnt))
		panic("no memory for the block devices' filesystem");
	buffer_init();
}

static struct inode *bdev_inode(struct block_device *bdev, struct gendisk *disk)
{
	struct inode *inode = new_inode(bdev_mnt->mnt_sb);

	if (!inode)
		return NULL;
	inode->i_mode = S_IFBLK | 0600;
	inode->i_ino = inode->i_rdev = bdev->bd_dev;
	inode->i_bdev = bdev;
	inode->i_blkbits = (unsigned)ffs((int)bdev->bd_block_size) - 1;
	inode->i_size = (loff_t)disk->capacity << SECTOR_SHIFT;
	inode->i_fop = &def_blk_fops;
	inode->i_data.a_ops = &def_blk_aops;
	inode->i_data.backing_dev_info = &disk->queue->backing_dev_info;
	mapping_set_gfp_mask(&inode->i_data, GFP_USER);	/* never high memory: buffers are reached by address */
	insert_inode_hash(inode);
	return inode;
}

/* Largest block, up to a page, that divides the device. */
static unsigned int natural_block_size(sector_t capacity)
{
	unsigned int size = 512;

	while (size < PAGE_SIZE && !((capacity << SECTOR_SHIFT) & size))
		size <<= 1;
	return size;
}

int bdev_register(struct gendisk *disk)
{
	struct block_device *bdev = kzalloc(sizeof(*bdev), GFP_KERNEL);

	if (!bdev)
		return -ENOMEM;
	bdev->bd_dev = MKDEV(disk->major, disk->minor);
	bdev->bd_disk = disk;
	bdev->bd_block_size = natural_block_size(disk->capacity);
	bdev->bd_inode = bdev_inode(bdev, disk);
	if (!bdev->bd_inode) {
		kfree(bdev);
		return -ENOMEM;
	}
	list_add_tail(&bdev->bd_list, &bdev_list);
	return 0;
}

/* NULL: no such device. Block devices live for ever: no reference is taken. */
struct block_device *bdget(dev_t dev)
{
	struct block_device *bdev;

	list_for_each_entry(bdev, &bdev_list, bd_list)
		if (bdev->bd_dev == dev)
			return bdev;
	return NULL;
}

/* A filesystem takes the device for itself. 0 or -EBUSY. */
int bd_claim(struct block_device *bdev, struct super_block *sb)
{
	int error = 0;

	spin_lock(&bdev_lock);
	if (bdev->bd_super && bdev->bd_super != sb)
		error = -EBUSY;
	else
		bdev->bd_super = sb;
	spin_unlock(&bdev_lock);
	return error;
}

void bd_release(struct block_device *bdev)
{
	spin_lock(&bdev_lock);
	bdev->bd_super = NULL;
	spin_unlock(&bdev_lock);
}

/*
 * The size of the device's blocks, for all its buffers; cached pages with other buffers are written and dropped.
 * => 0, -EINVAL for a size that is no power of two from 512 to a page. May sleep.
 */
int set_blocksize(struct block_device *bdev, unsigned int size)
{
	if (size < 512 || size > PAGE_SIZE || !is_power_of_2(size))
		return -EINVAL;
	if (size != bdev->bd_block_size) {
		sync_blockdev(bdev);
		bdev->bd_block_size = size;
		bdev->bd_inode->i_blkbits = (unsigned)ffs((int)size) - 1;
		truncate_inode_pages(bdev->bd_inode->i_mapping, 0);
	}
	return 0;
}

/* Write what is dirty in the device's page cache and wait. 0 or -EIO. => may sleep */
int sync_blockdev(struct block_device *bdev)
{
	return bdev ? filemap_write_and_wait(bdev->bd_inode->i_mapping) : 0;
}

/* Forget clean cached pages: the next read asks the device. => may sleep */
void invalidate_bdev(struct block_device *bdev)
{
	invalidate_mapping_pages(bdev->bd_inode->i_mapping, 0, ~0UL);
}

/* Pages of all devices' caches: "Buffers" of /proc/meminfo. */
unsigned long nr_blockdev_pages(void)
{
	struct block_device *bdev;
	unsigned long n = 0;

	list_for_each_entry(bdev, &bdev_list, bd_list)
		n += READ_ONCE(bdev->bd_inode->i_data.nrpages);
	return n;
}

static int blkdev_open(struct inode *inode, struct file *file)
{
	struct block_device *bdev = bdget(inode->i_rdev);

	if (!bdev)
		return -ENXIO;
	spin_lock(&bdev_lock);
	bdev->bd_openers++;
	spin_unlock(&bdev_lock);
	file->f_mapping = bdev->bd_inode->i_mapping;
	file_ra_state_init(&file->f_ra, file->f_mapping);
	return 0;
}

static int blkdev_release(struct inode *inode, struct file *file)
{
	struct block_device *bdev = file->f_mapping->host->i_bdev;
	bool last;

	(void)inode;
	spin_lock(&bdev_lock);
	last = --bdev->bd_openers == 0;
	spin_unlock(&bdev_lock);
	return last ? sync_blockdev(bdev) : 0;
}

static loff_t blkdev_llseek(struct file *file, loff_t offset, int whence)
{
	loff_t size = i_size_read(file->f_mapping->host), pos = offset;

	if (whence == SEEK_END)
		pos = (loff_t)((u64)pos + (u64)size);
	else if (whence == SEEK_CUR)
		pos = (loff_t)((u64)pos + (u64)file->f_pos);
	else if (whence != SEEK_SET)
		return -EINVAL;
	if (pos < 0 || pos > size)
		return -EINVAL;
	file->f_pos = pos;
	return pos;
}

/* A device does not grow: writing ends at its last byte, and behind it is no space. */
static ssize_t blkdev_write(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	loff_t size = i_size_read(file->f_mapping->host);

	if (*pos < 0)
		return -EINVAL;
	if (*pos >= size)
		return count ? -ENOSPC : 0;
	if ((u64)count > (u64)(size - *pos))
		count = (size_t)(size - *pos);
	return generic_file_write(file, buf, count, pos);
}

static int blkdev_fsync(struct file *file, struct dentry *dentry, int datasync)
{
	(void)dentry; (void)datasync;
	return sync_blockdev(file->f_mapping->host->i_bdev);
}

static long blkdev_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct block_device *bdev = file->f_mapping->host->i_bdev;
	sector_t capacity = bdev->bd_disk->capacity;

	switch (cmd) {
	case BLKGETSIZE:
		if (capacity > ~0UL)
			return -EFBIG;
		return put_user((unsigned long)capacity, (unsigned long __user *)arg);
	case BLKGETSIZE64:
		return put_user((u64)capacity << SECTOR_SHIFT, (u64 __user *)arg);
	case BLKSSZGET:
		return put_user(1 << SECTOR_SHIFT, (int __user *)arg);
	case BLKBSZGET:
		return put_user((int)bdev->bd_block_size, (int __user *)arg);
	case BLKROGET:
		return put_user(0, (int __user *)arg);
	case BLKFLSBUF:
		if (!capable_root())
			return -EACCES;
		sync_blockdev(bdev);
		invalidate_bdev(bdev);
		return 0;
	default:
		return -ENOTTY;
	}
}

const struct file_operations def_blk_fops = {
	.llseek = blkdev_llseek,
	.read = generic_file_read,
	.write = blkdev_write,
	.mmap = generic_file_mmap,
	.open = blkdev_open,
	.release = blkdev_release,
	.fsync = blkdev_fsync,
	.ioctl = blkdev_ioctl,
};
