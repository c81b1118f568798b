/*
 * inode.c: inodes, from their number to their end.
 *
 * Owns:   the inode hash, the in-use and unused lists, the life of each inode.
 * Locks:  inode_lock for lists and i_state; i_mutex for the contents. A count rises from zero only under inode_lock.
 * Read next: fs-writeback.c (dirty inodes), dcache.c (names that hold inodes).
 *
 *	iget_locked ─► I_NEW|I_LOCK, being filled ─► in use ⇄ unused (kept: a cache) ─► I_FREEING ─► I_CLEAR, gone
 *
 * Who finds an inode that is I_FREEING waits until it has left the hash, and looks again.
 */
#include "kernel/fs/internal.h"
#include "kernel/fs/buffer.h"

DEFINE_SPINLOCK(inode_lock, RANK_INODE);
LIST_HEAD(inode_in_use);			/* [il] */
LIST_HEAD(inode_unused);			/* [il] count zero, clean, newest first */
unsigned int nr_inodes, nr_unused_inodes;	/* [il] */

static struct kmem_cache *inode_cache;
static struct hlist_head *inode_hash;
static unsigned int inode_hash_bits;
unsigned long ihash_entries;			/* ihash_entries=; 0: by memory */
static unsigned long last_anon_ino;		/* [il] */

static struct hlist_head *i_bucket(const struct super_block *sb, ino_t ino)
{
	unsigned long h = ino * 0x9e3779b1UL + (unsigned long)sb / 64;

	h ^= h >> inode_hash_bits;
	return &inode_hash[h & ((1UL << inode_hash_bits) - 1)];
}

/* 64 bits by two words on some machines: the counter is odd while they do not belong together. */
loff_t i_size_read(const struct inode *inode)
{
	unsigned int seq;
	loff_t size;

	do {
		while ((seq = smp_load_acquire(&inode->i_size_seq)) & 1)
			cpu_relax();
		size = *(const volatile loff_t *)&inode->i_size;
		smp_rmb();
	} while (READ_ONCE(inode->i_size_seq) != seq);
	return size;
}

void i_size_write(struct inode *inode, loff_t size)
{
	WRITE_ONCE(inode->i_size_seq, inode->i_size_seq + 1);
	smp_wmb();
	*(volatile loff_t *)&inode->i_size = size;
	smp_store_release(&inode->i_size_seq, inode->i_size_seq + 1);
}

/* What stays true in a freed object of an inode cache. */
void address_space_init_once(struct address_space *mapping)
{
	memset(mapping, 0, sizeof(*mapping));
	INIT_RADIX_TREE(&mapping->page_tree, GFP_ATOMIC);
	spin_lock_init(&mapping->tree_lock, RANK_TREE);
	spin_lock_init(&mapping->i_mmap_lock, RANK_I_MMAP);
	spin_lock_init(&mapping->private_lock, RANK_PRIVATE);
	INIT_PRIO_TREE_ROOT(&mapping->i_mmap);
	INIT_LIST_HEAD(&mapping->private_list);
}

void inode_init_once(struct inode *inode)
{
	memset(inode, 0, sizeof(*inode));
	address_space_init_once(&inode->i_data);
	INIT_LIST_HEAD(&inode->i_list);
	INIT_LIST_HEAD(&inode->i_sb_list);
	INIT_LIST_HEAD(&inode->i_dentry);
	mutex_init(&inode->i_mutex, RANK_I_MUTEX);
	init_rwsem(&inode->i_alloc_sem, RANK_I_ALLOC);
}

static void inode_cache_ctor(void *obj, struct kmem_cache *cachep, unsigned long flags)
{
	inode_init_once(obj);
}

static struct inode *alloc_inode(struct super_block *sb)
{
	struct inode *inode = sb->s_op->alloc_inode ? sb->s_op->alloc_inode(sb) : kmem_cache_alloc(inode_cache, GFP_KERNEL);

	if (!inode)
		return NULL;
	inode->i_sb = sb;
	inode->i_blkbits = sb->s_blocksize_bits;
	atomic_set(&inode->i_count, 1);
	atomic_set(&inode->i_writecount, 0);
	inode->i_op = &empty_iops;
	inode->i_fop = &empty_fops;
	inode->i_nlink = 1;
	inode->i_mode = 0;
	inode->i_uid = 0;
	inode->i_gid = 0;
	inode->i_size = 0;
	inode->i_blocks = 0;
	inode->i_rdev = 0;
	inode->i_flags = 0;
	inode->i_state = 0;
	inode->i_version = 0;
	inode->i_pipe = NULL;
	inode->i_bdev = NULL;
	inode->i_flock = NULL;
	inode->i_private = NULL;
	inode->i_mapping = &inode->i_data;
	inode->i_data.host = inode;
	inode->i_data.a_ops = &empty_aops;
	inode->i_data.flags = 0;
	inode->i_data.writeback_index = 0;
	inode->i_data.assoc_mapping = NULL;
	mapping_set_gfp_mask(&inode->i_data, GFP_HIGHUSER);
	inode->i_data.backing_dev_info = sb->s_bdev ? sb->s_bdev->bd_inode->i_mapping->backing_dev_info
						    : &default_backing_dev_info;
	return inode;
}

static void destroy_inode(struct inode *inode)
{
	ASSERT(!inode->i_data.nrpages);
	if (inode->i_sb->s_op->destroy_inode)
		inode->i_sb->s_op->destroy_inode(inode);
	else
		kmem_cache_free(inode_cache, inode);
}

/* => inode_lock held */
void __iget(struct inode *inode)
{
	assert_held(&inode_lock);
	if (atomic_inc_return(&inode->i_count) > 1)
		return;
	if (!(inode->i_state & (I_DIRTY | I_LOCK)))
		list_move(&inode->i_list, &inode_in_use);
	nr_unused_inodes--;
}

static int inode_wait(void *word)
{
	schedule();
	return 0;
}

/* => may sleep; on return nobody fills or writes it, for now */
void wait_on_inode(struct inode *inode)
{
	might_sleep();
	wait_on_bit(&inode->i_state, I_LOCK_BIT, inode_wait, TASK_UNINTERRUPTIBLE);
}

void wake_up_inode(struct inode *inode)
{
	smp_mb();
	wake_up_bit(&inode->i_state, I_LOCK_BIT);
}

/* => inode_lock held in and out; dropped meanwhile, so whatever was found must be found again */
static void wait_on_freeing_inode(struct inode *inode)
{
	wait_queue_head_t *q = bit_waitqueue(&inode->i_state, I_LOCK_BIT);
	DEFINE_WAIT(wait);

	prepare_to_wait(q, &wait, TASK_UNINTERRUPTIBLE);
	spin_unlock(&inode_lock);
	schedule();
	finish_wait(q, &wait);
	spin_lock(&inode_lock);
}

/* => inode_lock held; may drop it and sleep before it looks again. Returns it without a reference. */
static struct inode *find_inode(struct super_block *sb, struct hlist_head *bucket, ino_t ino)
{
	struct inode *inode;
retry:
	hlist_for_each_entry(inode, bucket, i_hash) {
		if (inode->i_ino != ino || inode->i_sb != sb)
			continue;
		if (!(inode->i_state & (I_FREEING | I_CLEAR | I_WILL_FREE)))
			return inode;
		wait_on_freeing_inode(inode);
		goto retry;
	}
	return NULL;
}

static void link_inode(struct inode *inode, struct super_block *sb)
{
	list_add(&inode->i_list, &inode_in_use);
	list_add(&inode->i_sb_list, &sb->s_inodes);
	nr_inodes++;
}

/*
 * The inode @ino of @sb, referenced: the cached one, or a new one with I_NEW, which the caller fills and then
 * releases with unlock_new_inode. NULL without memory. => may sleep
 */
struct inode *iget_locked(struct super_block *sb, ino_t ino)
{
	struct hlist_head *bucket = i_bucket(sb, ino);
	struct inode *inode, *new = NULL;

	for (;;) {
		spin_lock(&inode_lock);
		inode = find_inode(sb, bucket, ino);
		if (inode)
			break;
		if (new) {
			new->i_ino = ino;
			new->i_state = I_LOCK | I_NEW;
			link_inode(new, sb);
			hlist_add_head(&new->i_hash, bucket);
			spin_unlock(&inode_lock);
			return new;
		}
		spin_unlock(&inode_lock);
		new = alloc_inode(sb);
		if (!new)
			return NULL;
	}
	__iget(inode);
	spin_unlock(&inode_lock);
	if (new)
		destroy_inode(new);
	wait_on_inode(inode);
	return inode;
}

void unlock_new_inode(struct inode *inode)
{
	spin_lock(&inode_lock);
	inode->i_state &= ~(unsigned long)(I_LOCK | I_NEW);
	spin_unlock(&inode_lock);
	wake_up_inode(inode);
}

/* See fs.h. */
struct inode *iget(struct super_block *sb, ino_t ino)
{
	struct inode *inode = iget_locked(sb, ino);

	if (inode && inode->i_state & I_NEW) {
		sb->s_op->read_inode(inode);
		unlock_new_inode(inode);
	}
	return inode;
}

/* A new inode of @sb, one reference, not hashed, with a number that the filesystem may overwrite. NULL without memory. */
struct inode *new_inode(struct super_block *sb)
{
	struct inode *inode = alloc_inode(sb);

	if (!inode)
		return NULL;
	spin_lock(&inode_lock);
	inode->i_ino = ++last_anon_ino;
	link_inode(inode, sb);
	spin_unlock(&inode_lock);
	return inode;
}

void insert_inode_hash(struct inode *inode)
{
	spin_lock(&inode_lock);
	hlist_add_head(&inode->i_hash, i_bucket(inode->i_sb, inode->i_ino));
	spin_unlock(&inode_lock);
}

void remove_inode_hash(struct inode *inode)
{
	spin_lock(&inode_lock);
	hlist_del_init(&inode->i_hash);
	spin_unlock(&inode_lock);
}

/* ---- the end of an inode ------------------------------------------------------------------------------- */

/*
 * What is left to do before the memory goes. => I_FREEING, no pages in its cache; may sleep.
 * A filesystem's delete_inode must end with it.
 */
void clear_inode(struct inode *inode)
{
	might_sleep();
	invalidate_inode_buffers(inode);
	ASSERT(!inode->i_data.nrpages);
	ASSERT(inode->i_state & I_FREEING);
	ASSERT(!(inode->i_state & I_CLEAR));
	wait_on_inode(inode);
	if (inode->i_sb->s_op->clear_inode)
		inode->i_sb->s_op->clear_inode(inode);
	inode->i_state = I_CLEAR | I_FREEING;
}

static void unlink_inode(struct inode *inode)
{
	assert_held(&inode_lock);
	list_del_init(&inode->i_list);
	list_del_init(&inode->i_sb_list);
	inode->i_state |= I_FREEING;
	nr_inodes--;
}

/* No name and no user: the file itself goes. => inode_lock in, not out */
static void generic_delete_inode(struct inode *inode)
{
	struct super_block *sb = inode->i_sb;
	const struct super_operations *op = sb->s_op;
	int frozen;

	unlink_inode(inode);
	spin_unlock(&inode_lock);
	frozen = sb_start_write(sb);
	if (op->delete_inode && !frozen) {
		op->delete_inode(inode);
	} else {	/* no disk, or one that takes no changes now: it is left there without a name */
		truncate_inode_pages(&inode->i_data, 0);
		clear_inode(inode);
	}
	if (!frozen)
		sb_end_write(sb);
	remove_inode_hash(inode);
	wake_up_inode(inode);
	destroy_inode(inode);
}

/* It has names: keep it in memory while the filesystem is mounted. => inode_lock in, not out */
static void generic_forget_inode(struct inode *inode)
{
	struct super_block *sb = inode->i_sb;

	if (!hlist_unhashed(&inode->i_hash)) {
		nr_unused_inodes++;
		if (!(inode->i_state & (I_DIRTY | I_LOCK)))
			list_move(&inode->i_list, &inode_unused);
		if (sb->s_flags & MS_ACTIVE) {
			spin_unlock(&inode_lock);
			return;
		}
		inode->i_state |= I_WILL_FREE;
		spin_unlock(&inode_lock);
		write_inode_now(inode, 1);
		spin_lock(&inode_lock);
		inode->i_state &= ~(unsigned long)I_WILL_FREE;
		nr_unused_inodes--;
		hlist_del_init(&inode->i_hash);
	}
	unlink_inode(inode);
	spin_unlock(&inode_lock);
	truncate_inode_pages(&inode->i_data, 0);
	clear_inode(inode);
	wake_up_inode(inode);
	destroy_inode(inode);
}

/* Drop a reference; the last one may delete the file. NULL is fine. => may sleep */
void iput(struct inode *inode)
{
	if (!inode)
		return;
	ASSERT(inode->i_state != I_CLEAR);
	if (inode->i_sb->s_op->put_inode)
		inode->i_sb->s_op->put_inode(inode);
	if (atomic_add_unless(&inode->i_count, -1, 1))
		return;
	spin_lock(&inode_lock);
	if (!atomic_dec_and_test(&inode->i_count))
		spin_unlock(&inode_lock);
	else if (!inode->i_nlink)
		generic_delete_inode(inode);
	else
		generic_forget_inode(inode);
}

/* See fs.h. => does not sleep */
void for_each_inode_of(struct super_block *sb, void (*fn)(struct inode *inode, void *arg), void *arg)
{
	struct inode *inode;

	spin_lock(&inode_lock);
	list_for_each_entry(inode, &sb->s_inodes, i_sb_list)
		fn(inode, arg);
	spin_unlock(&inode_lock);
}

static void dispose_list(struct list_head *list)
{
	while (!list_empty(list)) {
		struct inode *inode = list_first_entry(list, struct inode, i_list);

		spin_lock(&inode_lock);
		list_del_init(&inode->i_list);
		spin_unlock(&inode_lock);
		truncate_inode_pages(&inode->i_data, 0);
		clear_inode(inode);
		remove_inode_hash(inode);
		wake_up_inode(inode);
		destroy_inode(inode);
	}
}

/* From the cache onto @list, to be disposed of. */
static void take_unused(struct inode *inode, struct list_head *list)
{
	unlink_inode(inode);
	list_add(&inode->i_list, list);
	nr_unused_inodes--;
}

/*
 * A filesystem goes: drop its unused inodes. True: some are in use still.
 * => MS_ACTIVE is off, so that no unused ones come back; may sleep
 */
bool invalidate_inodes(struct super_block *sb)
{
	struct inode *inode, *next;
	LIST_HEAD(throw_away);
	bool busy = false;

	spin_lock(&inode_lock);
	list_for_each_entry_safe(inode, next, &sb->s_inodes, i_sb_list) {
		if (atomic_read(&inode->i_count) || inode->i_state & I_WILL_FREE)
			busy = true;
		else	/* what is dirty still could not be written, or has no disk */
			take_unused(inode, &throw_away);
	}
	spin_unlock(&inode_lock);
	dispose_list(&throw_away);
	return busy;
}

static bool can_unuse(struct inode *inode)
{
	return !inode->i_state && !atomic_read(&inode->i_count) && !inode->i_data.nrpages &&
	       list_empty(&inode->i_data.private_list);
}

/* Free up to @nr unused inodes, oldest first; those with pages in their cache lose these first. */
static void prune_icache(int nr)
{
	LIST_HEAD(freeable);

	spin_lock(&inode_lock);
	for (; nr > 0 && !list_empty(&inode_unused); nr--) {
		struct inode *inode = list_last_entry(&inode_unused, struct inode, i_list);

		list_move(&inode->i_list, &inode_unused);
		if (!can_unuse(inode)) {
			if (inode->i_state || atomic_read(&inode->i_count))
				continue;
			__iget(inode);
			spin_unlock(&inode_lock);
			invalidate_mapping_pages(&inode->i_data, 0, (pgoff_t)-1);
			sync_mapping_buffers(&inode->i_data);	/* an fsync after the next open would not find them */
			iput(inode);
			spin_lock(&inode_lock);
			continue;	/* it is unused again, at the front of the list: next time */
		}
		take_unused(inode, &freeable);
	}
	spin_unlock(&inode_lock);
	dispose_list(&freeable);
}

/* As shrink_dcache_memory, for inodes. */
int shrink_icache_memory(int nr, gfp_t gfp)
{
	if (nr) {
		if (!(gfp & __GFP_FS))
			return -1;
		prune_icache(nr);
	}
	return (int)nr_unused_inodes;
}

/* ---- kinds of inodes -------------------------------------------------------------------------------------- */

static int bad_inode_open(struct inode *inode, struct file *file)
{
	return -EIO;
}

static struct dentry *bad_inode_lookup(struct inode *dir, struct dentry *dentry)
{
	return ERR_PTR(-EIO);
}

static int bad_inode_permission(struct inode *inode, int mask)
{
	return -EIO;
}

static int bad_inode_setattr(struct dentry *dentry, struct iattr *attr)
{
	return -EIO;
}

static int bad_inode_getattr(struct vfsmount *mnt, struct dentry *dentry, struct kstat *stat)
{
	return -EIO;
}

static const struct file_operations bad_file_ops = { .open = bad_inode_open };
static const struct inode_operations bad_inode_ops = {
	.lookup = bad_inode_lookup, .permission = bad_inode_permission,
	.setattr = bad_inode_setattr, .getattr = bad_inode_getattr,
};

/* It could not be read: all that is done with it ends in EIO. */
void make_bad_inode(struct inode *inode)
{
	remove_inode_hash(inode);
	inode->i_mode = S_IFREG;
	inode->i_op = &bad_inode_ops;
	inode->i_fop = &bad_file_ops;
}

bool is_bad_inode(const struct inode *inode)
{
	return inode->i_op == &bad_inode_ops;
}

/* A device node, FIFO or socket: opening it leaves the filesystem. */
void init_special_inode(struct inode *inode, mode_t mode, dev_t rdev)
{
	inode->i_mode = mode;
	if (S_ISCHR(mode)) {
		inode->i_fop = &def_chr_fops;
		inode->i_rdev = rdev;
	} else if (S_ISBLK(mode)) {
		inode->i_fop = &def_blk_fops;
		inode->i_rdev = rdev;
	} else if (S_ISFIFO(mode)) {
		inode->i_fop = &def_fifo_fops;
	} else if (S_ISSOCK(mode)) {
		inode->i_fop = &no_open_fops;
	} else {
		printk(KERN_WARNING "fs: inode %lu of %s has the bad mode %o\n", inode->i_ino, inode->i_sb->s_id, mode);
		make_bad_inode(inode);
	}
}

/* ---- times ------------------------------------------------------------------------------------------------ */

struct ktimespec current_fs_time(struct super_block *sb)
{
	u64 now = ktime_get_real();

	return (struct ktimespec){ (s64)(now / NSEC_PER_SEC), (long)(now % NSEC_PER_SEC) };
}

/* The file was read. As relatime: the old time is moved only when it is not younger than the changes, or a day old. */
void touch_atime(struct vfsmount *mnt, struct dentry *dentry)
{
	struct inode *inode = dentry->d_inode;
	struct ktimespec now;

	if (IS_RDONLY(inode) || inode->i_sb->s_flags & MS_NOATIME || mnt->mnt_flags & MS_NOATIME)
		return;
	now = current_fs_time(inode->i_sb);
	if (timespec_after(&inode->i_atime, &inode->i_mtime) && timespec_after(&inode->i_atime, &inode->i_ctime) &&
	    now.tv_sec - inode->i_atime.tv_sec < 24 * 3600)
		return;
	inode->i_atime = now;
	mark_inode_dirty_sync(inode);
}

/* The file is written: mtime and ctime. => i_mutex held, or the race for the time does not matter */
void file_update_time(struct file *file)
{
	struct inode *inode = file->f_mapping->host;
	struct ktimespec now = current_fs_time(inode->i_sb);

	if (IS_RDONLY(inode))
		return;
	if (timespec_equal(&inode->i_mtime, &now) && timespec_equal(&inode->i_ctime, &now))
		return;
	inode->i_mtime = inode->i_ctime = now;
	mark_inode_dirty_sync(inode);
}

/* => boot, slab is up */
void inode_init(void)
{
	inode_cache = kmem_cache_create("inode_cache", sizeof(struct inode), 0, SLAB_RECLAIM_ACCOUNT | SLAB_PANIC,
					inode_cache_ctor, NULL);
	inode_hash = alloc_large_system_hash("Inode-cache", sizeof(*inode_hash), ihash_entries, 14, 0,
					     &inode_hash_bits, NULL, 0);
}
