/*
 * fs-writeback.c: from dirty inodes to the disk.
 *
 * Owns:   each superblock's s_dirty and s_io lists, the order in which inodes are written; sync and its family.
 * Locks:  inode_lock for lists and i_state; an inode being written has I_LOCK, which waiters wait for.
 * Read next: mm/page-writeback.c (the pages of one file), mm/pdflush.c (who calls writeback_inodes).
 *
 *	mark_inode_dirty ─► s_dirty (oldest last) ─► s_io (this round's) ─► writepages, then write_inode
 *	                       └──────── dirtied again, or skipped ◄─┘
 */
#include "kernel/fs/internal.h"
#include "kernel/fs/buffer.h"
#include "kernel/timer.h"

/*
 * @inode needs writing, as @flags say. The time it first got dirty decides when it is its turn.
 * => may not sleep; called with page-table locks held
 */
void __mark_inode_dirty(struct inode *inode, int flags)
{
	struct super_block *sb = inode->i_sb;
	bool was_dirty;

	smp_mb();	/* the change is visible before the flag is looked at */
	if ((READ_ONCE(inode->i_state) & (unsigned)flags) == (unsigned)flags)
		return;
	spin_lock(&inode_lock);
	was_dirty = inode->i_state & I_DIRTY;
	inode->i_state |= (unsigned)flags;
	/* One being written goes back to a list when that ends; one without a name is on no list, unless a device's. */
	if (!was_dirty && !(inode->i_state & (I_LOCK | I_FREEING)) &&
	    (S_ISBLK(inode->i_mode) || !hlist_unhashed(&inode->i_hash))) {
		inode->dirtied_when = jiffies;
		list_move(&inode->i_list, &sb->s_dirty);
	}
	spin_unlock(&inode_lock);
}

static int write_inode(struct inode *inode, int sync)
{
	return inode->i_sb->s_op->write_inode ? inode->i_sb->s_op->write_inode(inode, sync) : 0;
}

/* Where an inode belongs after it was written. */
static void requeue_inode(struct inode *inode, struct writeback_control *wbc)
{
	struct super_block *sb = inode->i_sb;

	if (inode->i_state & I_FREEING)
		return;
	if (!(inode->i_state & I_DIRTY) && mapping_tagged(inode->i_mapping, PAGECACHE_TAG_DIRTY))
		inode->i_state |= I_DIRTY_PAGES;	/* nr_to_write ran out, or pages were skipped */
	if (!(inode->i_state & I_DIRTY)) {
		list_move(&inode->i_list, atomic_read(&inode->i_count) ? &inode_in_use : &inode_unused);
		return;
	}
	if (!wbc->for_kupdate || !(inode->i_state & I_DIRTY_PAGES))
		inode->dirtied_when = jiffies;	/* others first; kupdate comes back to it soon */
	list_move(&inode->i_list, &sb->s_dirty);
}

/* Write pages, then the inode. => inode_lock held in and out, dropped meanwhile; the inode is referenced or I_WILL_FREE */
static int sync_single_inode(struct inode *inode, struct writeback_control *wbc)
{
	bool wait = wbc->sync_mode == WB_SYNC_ALL;
	unsigned long dirty = inode->i_state & I_DIRTY;
	int ret, err;

	ASSERT(!(inode->i_state & I_LOCK));
	inode->i_state |= I_LOCK;
	inode->i_state &= ~(unsigned long)I_DIRTY;
	spin_unlock(&inode_lock);

	ret = do_writepages(inode->i_mapping, wbc);
	if (dirty & (I_DIRTY_SYNC | I_DIRTY_DATASYNC)) {
		err = write_inode(inode, wait);
		ret = ret ? ret : err;
	}
	if (wait) {
		err = filemap_fdatawait(inode->i_mapping);
		ret = ret ? ret : err;
	}

	spin_lock(&inode_lock);
	inode->i_state &= ~(unsigned long)I_LOCK;
	requeue_inode(inode, wbc);
	wake_up_inode(inode);
	return ret;
}

/* As above, for one that somebody else may be writing: skipped, or waited for. => inode_lock held in and out */
static int writeback_single_inode(struct inode *inode, struct writeback_control *wbc)
{
	if (wbc->sync_mode != WB_SYNC_ALL && inode->i_state & I_LOCK) {
		list_move(&inode->i_list, &inode->i_sb->s_dirty);
		return 0;
	}
	while (inode->i_state & I_LOCK) {
		__iget(inode);
		spin_unlock(&inode_lock);
		wait_on_inode(inode);
		iput(inode);	/* never the last: the caller has one */
		spin_lock(&inode_lock);
	}
	return sync_single_inode(inode, wbc);
}

/* The dirty inodes of @sb, oldest first, within @wbc's limits. => inode_lock held in and out; s_umount held */
static void sync_sb_inodes(struct super_block *sb, struct writeback_control *wbc)
{
	const unsigned long start = jiffies;

	if (!wbc->for_kupdate || list_empty(&sb->s_io))
		list_splice_init(&sb->s_dirty, &sb->s_io);
	while (!list_empty(&sb->s_io)) {
		struct inode *inode = list_last_entry(&sb->s_io, struct inode, i_list);
		struct backing_dev_info *bdi = inode->i_mapping->backing_dev_info;
		long skipped = wbc->pages_skipped;

		if (!bdi_cap_writeback_dirty(bdi) || (wbc->bdi && bdi != wbc->bdi)) {
			list_move(&inode->i_list, &sb->s_dirty);
			continue;
		}
		if (wbc->nonblocking && bdi_write_congested(bdi)) {
			wbc->encountered_congestion = 1;
			list_move(&inode->i_list, &sb->s_dirty);
			continue;
		}
		if (time_after(inode->dirtied_when, start))	/* dirtied since: it would never end */
			break;
		if (wbc->older_than_this && time_after(inode->dirtied_when, *wbc->older_than_this))
			break;
		if (inode->i_state & (I_FREEING | I_WILL_FREE)) {
			list_move(&inode->i_list, &sb->s_dirty);
			continue;
		}
		__iget(inode);
		writeback_single_inode(inode, wbc);
		if (wbc->pages_skipped != skipped && inode->i_state & I_DIRTY)
			list_move(&inode->i_list, &sb->s_dirty);
		spin_unlock(&inode_lock);
		iput(inode);
		cond_resched();
		spin_lock(&inode_lock);
		if (wbc->nr_to_write <= 0)
			break;
	}
	if (!list_empty(&sb->s_io))
		list_splice_tail_init(&sb->s_io, &sb->s_dirty);
}

/*
 * Write dirty inodes of all filesystems until @wbc is content. => may sleep; a filesystem on its way in or out is
 * passed over
 */
void writeback_inodes(struct writeback_control *wbc)
{
	struct super_block *sb, *last = NULL;	/* last: still counted, so that the list can be followed from it */

	spin_lock(&sb_lock);
	list_for_each_entry_reverse(sb, &super_blocks, s_list) {
		if (list_empty(&sb->s_dirty) && list_empty(&sb->s_io))
			continue;
		sb->s_count++;
		spin_unlock(&sb_lock);
		if (down_read_trylock(&sb->s_umount)) {
			if (sb->s_root) {
				spin_lock(&inode_lock);
				sync_sb_inodes(sb, wbc);
				spin_unlock(&inode_lock);
			}
			up_read(&sb->s_umount);
		}
		spin_lock(&sb_lock);
		if (last)
			put_super_locked(last);
		last = sb;
		if (wbc->nr_to_write <= 0)
			break;
	}
	if (last)
		put_super_locked(last);
	spin_unlock(&sb_lock);
}

/* Pages whose writing began earlier, perhaps of inodes that are clean and unused by now. => may sleep */
static void wait_sb_inodes(struct super_block *sb)
{
	struct inode *inode, *last = NULL;	/* last: its reference keeps our place in the list */

	spin_lock(&inode_lock);
	list_for_each_entry(inode, &sb->s_inodes, i_sb_list) {
		if (inode->i_state & (I_FREEING | I_WILL_FREE) ||
		    !mapping_tagged(inode->i_mapping, PAGECACHE_TAG_WRITEBACK))
			continue;
		__iget(inode);
		spin_unlock(&inode_lock);
		iput(last);
		last = inode;
		filemap_fdatawait(inode->i_mapping);
		spin_lock(&inode_lock);
	}
	spin_unlock(&inode_lock);
	iput(last);
}

/* All dirty inodes of @sb; @wait: they are on the disk on return. => s_umount held; may sleep */
void sync_inodes_sb(struct super_block *sb, int wait)
{
	struct writeback_control wbc = {
		.sync_mode = wait ? WB_SYNC_ALL : WB_SYNC_NONE, .nr_to_write = LONG_MAX / 2, .range_end = LLONG_MAX,
	};

	spin_lock(&inode_lock);
	sync_sb_inodes(sb, &wbc);
	spin_unlock(&inode_lock);
	if (wait)
		wait_sb_inodes(sb);
}

/* @inode and its pages, now. => the caller has a reference, or it is I_WILL_FREE; may sleep. 0 or -errno */
int write_inode_now(struct inode *inode, int sync)
{
	struct writeback_control wbc = {
		.nr_to_write = LONG_MAX, .sync_mode = sync ? WB_SYNC_ALL : WB_SYNC_NONE, .range_end = LLONG_MAX,
	};
	int ret = 0;

	might_sleep();
	if (!bdi_cap_writeback_dirty(inode->i_mapping->backing_dev_info))
		return 0;
	wait_on_inode(inode);
	spin_lock(&inode_lock);
	if (inode->i_state & I_LOCK)	/* again: somebody is quicker */
		ret = writeback_single_inode(inode, &wbc);
	else
		ret = sync_single_inode(inode, &wbc);
	spin_unlock(&inode_lock);
	return ret;
}

/* ---- sync ------------------------------------------------------------------------------------------------- */

static void sync_one_sb(struct super_block *sb, long wait)
{
	sync_inodes_sb(sb, (int)wait);
	if (sb->s_bdev)
		sync_blockdev(sb->s_bdev);
}

/* Everything dirty, everywhere: first started, then waited for. => may sleep */
long do_sync(void)
{
	wakeup_pdflush(0);
	iterate_supers(sync_one_sb, 0);
	sync_supers();
	sync_filesystems(0);
	sync_filesystems(1);
	iterate_supers(sync_one_sb, 1);
	return 0;
}

/*
 * @file's data and what is needed to find it, on the disk. => may sleep; -EINVAL for what cannot be synced.
 * Reports an earlier failed write of this file once (AS_EIO, AS_ENOSPC).
 */
int vfs_fsync(struct file *file, struct dentry *dentry, int datasync)
{
	struct address_space *mapping = file->f_mapping;
	int ret, err;

	if (!file->f_op->fsync)
		return -EINVAL;
	ret = filemap_fdatawrite(mapping);
	mutex_lock(&mapping->host->i_mutex);
	err = file->f_op->fsync(file, dentry, datasync);
	ret = ret ? ret : err;
	mutex_unlock(&mapping->host->i_mutex);
	err = filemap_fdatawait(mapping);
	return ret ? ret : err;
}

static long do_fsync(unsigned int fd, int datasync)
{
	struct file *file = fget(fd);
	int ret;

	if (!file)
		return -EBADF;
	ret = vfs_fsync(file, file->f_dentry, datasync);
	fput(file);
	return ret;
}

long sys_sync(void)
{
	return do_sync();
}

long sys_fsync(unsigned int fd)
{
	return do_fsync(fd, 0);
}

long sys_fdatasync(unsigned int fd)
{
	return do_fsync(fd, 1);
}

long sys_syncfs(unsigned int fd)
{
	struct file *file = fget(fd);
	struct super_block *sb;

	if (!file)
		return -EBADF;
	sb = file->f_dentry->d_sb;
	down_read(&sb->s_umount);
	sync_inodes_sb(sb, 0);
	if (sb->s_op->sync_fs)
		sb->s_op->sync_fs(sb, 1);
	sync_one_sb(sb, 1);
	up_read(&sb->s_umount);
	fput(file);
	return 0;
}

/* sync_file_range(2): the pages of the whole file stand for the range's. */
long sys_sync_file_range(int fd, loff_t offset, loff_t nbytes, unsigned int flags)
{
	struct file *file;
	long ret = 0;
	mode_t mode;

	if (flags & ~(unsigned)(SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER))
		return -EINVAL;
	if (offset < 0 || nbytes < 0 || nbytes > (loff_t)(~0ULL >> 1) - offset)
		return -EINVAL;
	file = fget((unsigned)fd);
	if (!file)
		return -EBADF;
	mode = file->f_dentry->d_inode->i_mode;
	if (!S_ISREG(mode) && !S_ISBLK(mode) && !S_ISDIR(mode) && !S_ISLNK(mode)) {
		fput(file);
		return -ESPIPE;
	}
	if (flags & SYNC_FILE_RANGE_WAIT_BEFORE)
		ret = filemap_fdatawait(file->f_mapping);
	if (!ret && flags & SYNC_FILE_RANGE_WRITE)
		ret = filemap_flush(file->f_mapping);
	if (!ret && flags & SYNC_FILE_RANGE_WAIT_AFTER)
		ret = filemap_fdatawait(file->f_mapping);
	fput(file);
	return ret;
}
