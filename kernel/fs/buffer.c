/*
 * buffer.c: blocks inside the pages of a page cache, one buffer head each.
 *
 * Two kinds of page carry them: those of a block device, where filesystems keep their metadata (a 4 KiB page may
 * hold blocks of several owners), and those of a file whose blocks must be known one by one.
 *
 * Owns:   the ring of buffer heads of a page, from attach_buffers to try_to_free_buffers.
 * Locks:  the page lock guards the ring's existence against reclaim; mapping->private_lock of the device guards finding a
 *         buffer and dropping the ring, and the private_list of inodes; BH_Lock serialises I/O on one buffer.
 * Read next: mpage.c (several pages a bio), ext2/ (who uses this), mm/filemap.c (who calls the aops).
 *
 * As 2.6.20 fs/buffer.c; a page's b_data needs no kmap, since device mappings stay out of high memory.
 */
#include "kernel/fs/buffer.h"
#include "kernel/sched.h"
#include "kernel/lib/string.h"
#include "mm/pagemap.h"
#include "mm/highmem.h"
#include "mm/slab.h"
#include "mm/swap.h"

static struct kmem_cache *bh_cache;
/* Orders the last two completions of one page's buffers, which may come on two CPUs. */
static DEFINE_SPINLOCK(page_end_lock, RANK_DEVICE);

void buffer_init(void)
{
	bh_cache = kmem_cache_create("buffer_head", sizeof(struct buffer_head), 0,
				     SLAB_RECLAIM_ACCOUNT | SLAB_PANIC, NULL, NULL);
}

#define page_buffers(page)	((struct buffer_head *)page_private(page))
#define for_each_buffer(bh, head, i) \
	for ((bh) = (head), (i) = 0; (i) == 0 || (bh) != (head); (bh) = (bh)->b_this_page, (i)++)

bool page_has_buffers(const struct page *page)
{
	return PagePrivate(page);
}

/* Kernel address of a metadata buffer's bytes. => its page is not in high memory */
char *bh_data(struct buffer_head *bh)
{
	return (char *)lowmem_page_address(bh->b_page) + bh->b_offset;
}

static void set_page_buffers_ring(struct page *page, struct buffer_head *head)
{
	get_page(page);
	set_page_private(page, (unsigned long)head);
	SetPagePrivate(page);
}

/*
 * Give @page a ring of heads of @size bytes each.
 * => page locked, no buffers yet; may sleep, does not fail: this is on the way to freeing memory.
 */
static struct buffer_head *attach_buffers(struct page *page, unsigned int size, unsigned long state)
{
	struct buffer_head *head = NULL, *tail = NULL;

	for (int offset = (int)(PAGE_SIZE - size); offset >= 0; offset -= (int)size) {
		struct buffer_head *bh = kmem_cache_zalloc(bh_cache, GFP_NOFS | __GFP_NOFAIL);

		bh->b_state = state;
		bh->b_page = page;
		bh->b_size = size;
		bh->b_offset = (unsigned)offset;
		INIT_LIST_HEAD(&bh->b_assoc_buffers);
		bh->b_this_page = head;
		head = bh;
		if (!tail)
			tail = bh;
	}
	ASSERT(tail);		/* a block is no larger than a page */
	tail->b_this_page = head;
	set_page_buffers_ring(page, head);
	return head;
}

static struct buffer_head *page_ring(struct page *page, struct inode *inode)
{
	unsigned long state = 0;

	if (page_has_buffers(page))
		return page_buffers(page);
	if (PageUptodate(page))
		state |= 1UL << BH_Uptodate;
	if (PageDirty(page))
		state |= 1UL << BH_Dirty;
	return attach_buffers(page, 1u << inode->i_blkbits, state);
}

/* ---- I/O on one buffer ------------------------------------------------------------------------------------- */

void lock_buffer(struct buffer_head *bh)
{
	wait_queue_head_t *q = bit_waitqueue(&bh->b_state, BH_Lock);

	while (test_and_set_bit(BH_Lock, &bh->b_state)) {
		blk_run_address_space(bh->b_page->mapping);
		wait_event(*q, !buffer_locked(bh));
	}
}

static bool trylock_buffer(struct buffer_head *bh)
{
	return !test_and_set_bit(BH_Lock, &bh->b_state);
}

void unlock_buffer(struct buffer_head *bh)
{
	clear_bit_unlock(BH_Lock, &bh->b_state);
	smp_mb();
	wake_up_bit(&bh->b_state, BH_Lock);
}

/* => may sleep; the caller holds a reference. */
void wait_on_buffer(struct buffer_head *bh)
{
	wait_queue_head_t *q = bit_waitqueue(&bh->b_state, BH_Lock);

	if (buffer_locked(bh)) {
		blk_run_queue(bh->b_bdev->bd_disk->queue);
		wait_event(*q, !buffer_locked(bh));
	}
}

static void end_bio_buffer(struct bio *bio)
{
	struct buffer_head *bh = bio->bi_private;
	int uptodate = bio->bi_error == 0;

	bio_put(bio);
	bh->b_end_io(bh, uptodate);
}

/* Start I/O on a locked, mapped buffer whose b_end_io is set. => may sleep */
static void submit_bh(int rw, struct buffer_head *bh)
{
	struct bio *bio = bio_alloc(GFP_NOIO, 1);

	ASSERT(buffer_locked(bh) && buffer_mapped(bh));
	bio->bi_bdev = bh->b_bdev;
	bio->bi_sector = bh->b_blocknr * (bh->b_size >> SECTOR_SHIFT);
	bio->bi_private = bh;
	bio->bi_end_io = end_bio_buffer;
	bio_add_page(bio, bh->b_page, bh->b_size, bh->b_offset);
	submit_bio(rw, bio);
}

/* Ends I/O on a lone buffer; drops the reference that the I/O held. */
static void end_buffer_read_sync(struct buffer_head *bh, int uptodate)
{
	if (uptodate)
		set_buffer_uptodate(bh);
	else
		clear_buffer_uptodate(bh);
	unlock_buffer(bh);
	brelse(bh);
}

static void note_write_error(struct buffer_head *bh)
{
	set_buffer_write_io_error(bh);
	mapping_set_error(bh->b_page->mapping, -EIO);
	if (bh->b_assoc_map)
		mapping_set_error(bh->b_assoc_map, -EIO);
	printk(KERN_ERR "%s: block %llu was not written: I/O error\n", bh->b_bdev->bd_disk->disk_name,
	       (unsigned long long)bh->b_blocknr);
}

static void end_buffer_write_sync(struct buffer_head *bh, int uptodate)
{
	if (!uptodate)
		note_write_error(bh);
	unlock_buffer(bh);
	brelse(bh);
}

/* Start reading or writing of buffers that need it; those under I/O already are left. => may sleep */
void ll_rw_block(int rw, int nr, struct buffer_head *bhs[])
{
	for (int i = 0; i < nr; i++) {
		struct buffer_head *bh = bhs[i];
		bool wanted;

		if (!trylock_buffer(bh))
			continue;
		wanted = rw == WRITE ? test_and_clear_bit(BH_Dirty, &bh->b_state) : !buffer_uptodate(bh);
		if (!wanted) {
			unlock_buffer(bh);
			continue;
		}
		get_bh(bh);
		bh->b_end_io = rw == WRITE ? end_buffer_write_sync : end_buffer_read_sync;
		submit_bh(rw, bh);
	}
}

/* Write @bh now if dirty, and wait for it. 0 or -EIO. => may sleep */
int sync_dirty_buffer(struct buffer_head *bh)
{
	lock_buffer(bh);
	if (!test_and_clear_bit(BH_Dirty, &bh->b_state)) {
		unlock_buffer(bh);
		return buffer_write_io_error(bh) ? -EIO : 0;
	}
	clear_buffer_write_io_error(bh);
	get_bh(bh);
	bh->b_end_io = end_buffer_write_sync;
	submit_bh(WRITE, bh);
	wait_on_buffer(bh);
	return buffer_write_io_error(bh) ? -EIO : 0;
}

/* ---- Metadata: blocks of the device's page cache -------------------------------------------------------------- */

static struct buffer_head *buffer_in_page(struct page *page, sector_t block)
{
	struct buffer_head *bh;
	int i;

	for_each_buffer(bh, page_buffers(page), i) {
		if (buffer_mapped(bh) && bh->b_blocknr == block) {
			get_bh(bh);
			return bh;
		}
	}
	return NULL;
}

static pgoff_t block_page_index(sector_t block, unsigned int size)
{
	return (pgoff_t)(block >> (PAGE_SHIFT - ilog2(size)));
}

/* The cached buffer of @block, referenced, if there is one. => may not sleep */
struct buffer_head *__find_get_block(struct block_device *bdev, sector_t block, unsigned int size)
{
	struct address_space *mapping = bdev->bd_inode->i_mapping;
	struct page *page = find_get_page(mapping, block_page_index(block, size));
	struct buffer_head *bh = NULL;

	if (!page)
		return NULL;
	spin_lock(&mapping->private_lock);
	if (page_has_buffers(page))
		bh = buffer_in_page(page, block);
	spin_unlock(&mapping->private_lock);
	put_page(page);
	if (bh)
		mark_page_accessed(bh->b_page);
	return bh;
}

static void map_device_page(struct page *page, struct block_device *bdev, unsigned int size)
{
	sector_t block = (sector_t)page->index << (PAGE_SHIFT - ilog2(size));
	sector_t end = (sector_t)i_size_read(bdev->bd_inode) / size;
	struct buffer_head *bh;
	int i;

	for_each_buffer(bh, page_buffers(page), i) {
		if (!buffer_mapped(bh) && block < end) {
			bh->b_bdev = bdev;
			bh->b_blocknr = block;
			set_buffer_mapped(bh);
		}
		block++;
	}
}

/*
 * The buffer of @block, its contents perhaps not read. NULL for a block that the device does not have. Never for lack of
 * memory: the file system could not tell that from a broken disk.
 * => may sleep; brelse it.
 */
struct buffer_head *__getblk(struct block_device *bdev, sector_t block, unsigned int size)
{
	struct address_space *mapping = bdev->bd_inode->i_mapping;
	struct buffer_head *bh = __find_get_block(bdev, block, size);
	struct page *page;

	if (bh)
		return bh;
	page = find_or_create_page(mapping, block_page_index(block, size), GFP_NOFS | __GFP_NOFAIL);
	if (!page)
		return NULL;
	page_ring(page, bdev->bd_inode);
	spin_lock(&mapping->private_lock);
	map_device_page(page, bdev, size);
	bh = buffer_in_page(page, block);
	spin_unlock(&mapping->private_lock);
	unlock_page(page);
	put_page(page);
	return bh;
}

/* As __getblk, with contents. NULL also for a read error. */
struct buffer_head *__bread(struct block_device *bdev, sector_t block, unsigned int size)
{
	struct buffer_head *bh = __getblk(bdev, block, size);

	if (!bh || buffer_uptodate(bh))
		return bh;
	lock_buffer(bh);
	if (buffer_uptodate(bh)) {
		unlock_buffer(bh);
		return bh;
	}
	get_bh(bh);
	bh->b_end_io = end_buffer_read_sync;
	submit_bh(READ, bh);
	wait_on_buffer(bh);
	if (buffer_uptodate(bh))
		return bh;
	brelse(bh);
	return NULL;
}

/* Give a reference back. NULL is fine. => any context */
void brelse(struct buffer_head *bh)
{
	if (bh) {
		ASSERT(atomic_read(&bh->b_count) > 0);
		atomic_dec(&bh->b_count);
	}
}

/* The contents changed: written by writeback, or earlier by those who need an order. => may not sleep; contents complete */
void mark_buffer_dirty(struct buffer_head *bh)
{
	ASSERT(buffer_uptodate(bh));
	if (!test_and_set_bit(BH_Dirty, &bh->b_state))
		__set_page_dirty_nobuffers(bh->b_page);
}

/* As mark_buffer_dirty, and fsync of @inode writes it: indirect blocks and the like. */
void mark_buffer_dirty_inode(struct buffer_head *bh, struct inode *inode)
{
	struct address_space *mapping = &inode->i_data, *buffers = bh->b_page->mapping;

	mark_buffer_dirty(bh);
	spin_lock(&buffers->private_lock);
	mapping->assoc_mapping = buffers;
	if (list_empty(&bh->b_assoc_buffers)) {
		list_add_tail(&bh->b_assoc_buffers, &mapping->private_list);
		bh->b_assoc_map = mapping;
	}
	spin_unlock(&buffers->private_lock);
}

static void leave_inode_list(struct buffer_head *bh)
{
	list_del_init(&bh->b_assoc_buffers);
	bh->b_assoc_map = NULL;
}

/* The next buffer on an inode's list, taken off it and referenced. */
static struct buffer_head *take_assoc_buffer(struct list_head *list, spinlock_t *lock)
{
	struct buffer_head *bh = NULL;

	spin_lock(lock);
	if (!list_empty(list)) {
		bh = list_entry(list->next, struct buffer_head, b_assoc_buffers);
		leave_inode_list(bh);
		get_bh(bh);
	}
	spin_unlock(lock);
	return bh;
}

/* Write the metadata that mark_buffer_dirty_inode gathered, and wait. 0 or -EIO. => may sleep */
int sync_mapping_buffers(struct address_space *mapping)
{
	struct address_space *buffers = mapping->assoc_mapping;
	struct buffer_head *bh;
	int error = 0;

	if (!buffers)
		return 0;
	while ((bh = take_assoc_buffer(&mapping->private_list, &buffers->private_lock)) != NULL) {
		int one = sync_dirty_buffer(bh);

		brelse(bh);
		if (one)
			error = one;
	}
	return error;
}

/* The inode goes: its metadata buffers stay dirty, but nobody will fsync it. */
void invalidate_inode_buffers(struct inode *inode)
{
	struct address_space *mapping = &inode->i_data;
	struct buffer_head *bh;

	if (!mapping->assoc_mapping)
		return;
	while ((bh = take_assoc_buffer(&mapping->private_list, &mapping->assoc_mapping->private_lock)) != NULL)
		brelse(bh);
}

/* The block is free: whatever its buffer holds must never reach the disk. Drops the caller's reference. */
void bforget(struct buffer_head *bh)
{
	struct address_space *buffers = bh->b_page->mapping;

	clear_buffer_dirty(bh);
	if (buffers) {
		spin_lock(&buffers->private_lock);
		if (!list_empty(&bh->b_assoc_buffers))
			leave_inode_list(bh);
		spin_unlock(&buffers->private_lock);
	}
	brelse(bh);
}

/* @block becomes file data: an old metadata buffer of it is cleaned, and writing that is under way is waited for. */
void unmap_underlying_metadata(struct block_device *bdev, sector_t block)
{
	struct buffer_head *old = __find_get_block(bdev, block, bdev->bd_block_size);

	if (old) {
		clear_buffer_dirty(old);
		wait_on_buffer(old);
		bforget(old);
	}
}

/* ---- Pages of files: reading ------------------------------------------------------------------------------- */

/* One buffer of a page is done; the last of them ends the page. */
static bool last_of_page(struct buffer_head *bh, enum bh_state_bits async)
{
	struct buffer_head *other;
	unsigned long flags;
	bool last = true;

	spin_lock_irqsave(&page_end_lock, flags);
	clear_bit(async, &bh->b_state);
	unlock_buffer(bh);
	for (other = bh->b_this_page; other != bh; other = other->b_this_page)
		if (test_bit(async, &other->b_state))
			last = false;
	spin_unlock_irqrestore(&page_end_lock, flags);
	return last;
}

static void end_buffer_async_read(struct buffer_head *bh, int uptodate)
{
	struct page *page = bh->b_page;
	struct buffer_head *each;
	bool whole = true;
	int i;

	if (uptodate)
		set_buffer_uptodate(bh);
	else
		SetPageError(page);
	if (!last_of_page(bh, BH_Async_Read))
		return;
	for_each_buffer(each, page_buffers(page), i)
		whole = whole && buffer_uptodate(each);
	if (whole && !PageError(page))
		SetPageUptodate(page);
	unlock_page(page);
}

static void zero_buffer(struct buffer_head *bh)
{
	memclear_highpage_flush(bh->b_page, bh->b_offset, bh->b_size);
	set_buffer_uptodate(bh);
}

/* Where is @bh's block? Holes and blocks behind the end become zeros. 0 or -errno. */
static int map_for_read(struct inode *inode, struct buffer_head *bh, sector_t block, sector_t end, get_block_t *get_block)
{
	int error = 0;

	if (buffer_mapped(bh))
		return 0;
	if (block < end)
		error = get_block(inode, block, bh, 0);
	if (!error && !buffer_mapped(bh))
		zero_buffer(bh);
	return error;
}

static sector_t blocks_of(struct inode *inode)
{
	return (sector_t)((i_size_read(inode) + (1 << inode->i_blkbits) - 1) >> inode->i_blkbits);
}

/*
 * Read a page block by block.
 * => page locked, and unlocked when the read ends. 0 (errors show as PG_error). May sleep.
 */
int block_read_full_page(struct page *page, get_block_t *get_block)
{
	struct inode *inode = page->mapping->host;
	struct buffer_head *bh, *head = page_ring(page, inode), *wanted[PAGE_SIZE / 512];
	sector_t block = (sector_t)page->index << (PAGE_SHIFT - inode->i_blkbits), end = blocks_of(inode);
	int i, nr = 0;

	for_each_buffer(bh, head, i) {
		if (!buffer_uptodate(bh) && map_for_read(inode, bh, block, end, get_block))
			SetPageError(page);
		else if (!buffer_uptodate(bh))
			wanted[nr++] = bh;
		block++;
	}
	if (!nr) {
		if (!PageError(page))
			SetPageUptodate(page);
		unlock_page(page);
		return 0;
	}
	for (i = 0; i < nr; i++) {
		lock_buffer(wanted[i]);
		wanted[i]->b_end_io = end_buffer_async_read;
		set_bit(BH_Async_Read, &wanted[i]->b_state);
	}
	for (i = 0; i < nr; i++) {
		if (buffer_uptodate(wanted[i]))		/* it was metadata of somebody, read meanwhile */
			end_buffer_async_read(wanted[i], 1);
		else
			submit_bh(READ, wanted[i]);
	}
	return 0;
}

/* ---- Pages of files: writing -------------------------------------------------------------------------------- */

static void end_buffer_async_write(struct buffer_head *bh, int uptodate)
{
	struct page *page = bh->b_page;

	if (!uptodate) {
		note_write_error(bh);
		SetPageError(page);
	}
	if (last_of_page(bh, BH_Async_Write))
		end_page_writeback(page);
}

/* Each dirty buffer inside the file gets a block. 0 or -errno (ENOSPC, EIO). */
static int map_dirty_buffers(struct page *page, struct inode *inode, get_block_t *get_block)
{
	sector_t block = (sector_t)page->index << (PAGE_SHIFT - inode->i_blkbits), end = blocks_of(inode);
	struct buffer_head *bh;
	int i, error = 0;

	for_each_buffer(bh, page_buffers(page), i) {
		if (block >= end) {
			clear_buffer_dirty(bh);		/* behind the end: mapped memory, not file */
			set_buffer_uptodate(bh);
		} else if (buffer_dirty(bh) && !buffer_mapped(bh)) {
			error = get_block(inode, block, bh, 1);
			if (error)
				return error;
			if (buffer_new(bh)) {
				clear_buffer_new(bh);
				unmap_underlying_metadata(bh->b_bdev, bh->b_blocknr);
			}
		}
		block++;
	}
	return 0;
}

/* What got no block is lost; fsync will tell. A page that stays dirty would hold its inode for ever. */
static void drop_unmapped(struct page *page, int error)
{
	struct buffer_head *bh;
	int i;

	SetPageError(page);
	mapping_set_error(page->mapping, error);
	for_each_buffer(bh, page_buffers(page), i)
		if (!buffer_mapped(bh))
			clear_buffer_dirty(bh);
}

/* Lock those to write and mark them. How many there are. */
static int lock_dirty_buffers(struct page *page, struct writeback_control *wbc)
{
	struct buffer_head *bh;
	int i, nr = 0;

	for_each_buffer(bh, page_buffers(page), i) {
		if (!buffer_mapped(bh))
			continue;
		if (wbc->sync_mode != WB_SYNC_NONE || !wbc->nonblocking) {
			lock_buffer(bh);
		} else if (!trylock_buffer(bh)) {
			redirty_page_for_writepage(wbc, page);
			continue;
		}
		if (test_and_clear_bit(BH_Dirty, &bh->b_state)) {
			bh->b_end_io = end_buffer_async_write;
			set_bit(BH_Async_Write, &bh->b_state);
			nr++;
		} else {
			unlock_buffer(bh);
		}
	}
	return nr;
}

static void submit_async_writes(struct page *page)
{
	struct buffer_head *bh, *head = page_buffers(page), *todo[PAGE_SIZE / 512];
	int i, nr = 0;

	/* The ring may go as soon as the last write ends: note all before the first is submitted. */
	for_each_buffer(bh, head, i)
		if (test_bit(BH_Async_Write, &bh->b_state))
			todo[nr++] = bh;
	for (i = 0; i < nr; i++)
		submit_bh(WRITE, todo[i]);
}

static int write_page_buffers(struct page *page, struct inode *inode, get_block_t *get_block,
			      struct writeback_control *wbc)
{
	int error, nr;

	if (!page_has_buffers(page))
		attach_buffers(page, 1u << inode->i_blkbits, 1UL << BH_Uptodate | 1UL << BH_Dirty);
	error = map_dirty_buffers(page, inode, get_block);
	if (error)			/* those that have a block are written all the same */
		drop_unmapped(page, error);
	nr = lock_dirty_buffers(page, wbc);
	set_page_writeback(page);
	unlock_page(page);
	if (nr)
		submit_async_writes(page);
	else
		end_page_writeback(page);
	return error;
}

/*
 * Write the dirty blocks of @page, giving blocks to those that have none; zeros behind the file's end.
 * => page locked and clean_for_io in, unlocked out, under writeback until the I/O ends. 0 or -errno. May sleep.
 */
int block_write_full_page(struct page *page, get_block_t *get_block, struct writeback_control *wbc)
{
	struct inode *inode = page->mapping->host;
	loff_t size = i_size_read(inode);
	pgoff_t end_index = (pgoff_t)(size >> PAGE_SHIFT);
	unsigned int offset = (unsigned)(size & (PAGE_SIZE - 1));

	if (page->index < end_index)
		return write_page_buffers(page, inode, get_block, wbc);
	if (page->index > end_index || !offset) {
		block_invalidatepage(page, 0);		/* truncated while it waited */
		unlock_page(page);
		return 0;
	}
	memclear_highpage_flush(page, offset, (unsigned)PAGE_SIZE - offset);
	return write_page_buffers(page, inode, get_block, wbc);
}

/* A new block that the write [from, to) covers in part: the rest is zeros. */
static void zero_new_edges(struct buffer_head *bh, unsigned int from, unsigned int to)
{
	unsigned int start = bh->b_offset, end = start + bh->b_size;

	if (from > start)
		memclear_highpage_flush(bh->b_page, start, min(from, end) - start);
	if (to < end)
		memclear_highpage_flush(bh->b_page, max(to, start), end - max(to, start));
}

/* Make @bh ready for a write of [from, to). *read: its old contents are being read. 0 or -errno. */
static int prepare_buffer(struct inode *inode, struct buffer_head *bh, sector_t block, unsigned int from,
			  unsigned int to, get_block_t *get_block, bool *read)
{
	bool covered = from <= bh->b_offset && to >= bh->b_offset + bh->b_size;
	int error;

	*read = false;
	clear_buffer_new(bh);
	if (!buffer_mapped(bh)) {
		error = get_block(inode, block, bh, 1);
		if (error)
			return error;
		if (buffer_new(bh)) {
			unmap_underlying_metadata(bh->b_bdev, bh->b_blocknr);
			if (PageUptodate(bh->b_page))
				set_buffer_uptodate(bh);
			else if (!covered)
				zero_new_edges(bh, from, to);
			return 0;
		}
	}
	if (PageUptodate(bh->b_page))
		set_buffer_uptodate(bh);
	if (!buffer_uptodate(bh) && !covered) {
		ll_rw_block(READ, 1, &bh);
		*read = true;
	}
	return 0;
}

/* A write that failed half-way must not show what was on the disk before: new blocks become zeros. */
static void zero_new_buffers(struct page *page, unsigned int from, unsigned int to)
{
	struct buffer_head *bh;
	int i;

	for_each_buffer(bh, page_buffers(page), i) {
		if (bh->b_offset >= to || bh->b_offset + bh->b_size <= from || !buffer_new(bh))
			continue;
		clear_buffer_new(bh);
		zero_buffer(bh);
		mark_buffer_dirty(bh);
	}
}

/*
 * Bytes [from, to) of @page will be overwritten: their blocks exist, and what the write leaves of them is read.
 * => page locked. 0, -ENOSPC, -EIO …; may sleep.
 */
int block_prepare_write(struct page *page, unsigned from, unsigned to, get_block_t *get_block)
{
	struct inode *inode = page->mapping->host;
	struct buffer_head *bh, *head = page_ring(page, inode), *wait[2];
	sector_t block = (sector_t)page->index << (PAGE_SHIFT - inode->i_blkbits);
	int i, nr = 0, error = 0;
	bool read;

	for_each_buffer(bh, head, i) {
		if (bh->b_offset < to && bh->b_offset + bh->b_size > from) {
			error = prepare_buffer(inode, bh, block, from, to, get_block, &read);
			if (error)
				break;
			if (read)
				wait[nr++] = bh;
		}
		block++;
	}
	while (nr--) {
		wait_on_buffer(wait[nr]);
		if (!buffer_uptodate(wait[nr]) && !error)
			error = -EIO;
	}
	if (error)
		zero_new_buffers(page, from, to);
	return error;
}

/* Bytes [from, to) were written: dirty their blocks, and the file's size follows. => page locked */
int generic_commit_write(struct file *file, struct page *page, unsigned from, unsigned to)
{
	struct inode *inode = page->mapping->host;
	loff_t pos = page_offset(page) + to;
	struct buffer_head *bh;
	bool whole = true;
	int i;

	for_each_buffer(bh, page_buffers(page), i) {
		if (bh->b_offset < to && bh->b_offset + bh->b_size > from) {
			set_buffer_uptodate(bh);
			clear_buffer_new(bh);
			mark_buffer_dirty(bh);
		}
		whole = whole && buffer_uptodate(bh);
	}
	if (whole)
		SetPageUptodate(page);
	if (pos > i_size_read(inode)) {
		i_size_write(inode, pos);
		mark_inode_dirty(inode);
	}
	return 0;
}

/* The file ends at @from now: the rest of that block becomes zeros, on disk too in time. 0 or -errno. => may sleep */
int block_truncate_page(struct address_space *mapping, loff_t from, get_block_t *get_block)
{
	struct inode *inode = mapping->host;
	unsigned int size = 1u << inode->i_blkbits, in_page = (unsigned)(from & (PAGE_SIZE - 1));
	unsigned int start = in_page & ~(size - 1);
	struct buffer_head map = { .b_size = size };
	struct page *page;
	int error;

	if (!(in_page & (size - 1)))
		return 0;
	error = get_block(inode, (sector_t)(from >> inode->i_blkbits), &map, 0);
	if (error || !buffer_mapped(&map))	/* a hole stays one: the cached page's rest is zero already */
		return error;
	page = grab_cache_page(mapping, (pgoff_t)(from >> PAGE_SHIFT));
	if (!page)
		return -ENOMEM;
	error = -EIO;
	if (!PageUptodate(page)) {
		mapping->a_ops->readpage(NULL, page);
		lock_page(page);
		if (!PageUptodate(page) || page->mapping != mapping)
			goto out;
	}
	error = block_prepare_write(page, start, start + size, get_block);
	if (!error) {
		memclear_highpage_flush(page, in_page, start + size - in_page);
		generic_commit_write(NULL, page, start, in_page);
	}
out:
	unlock_page(page);
	put_page(page);
	return error;
}

/* ---- Pages and their rings ------------------------------------------------------------------------------------ */

int __set_page_dirty_buffers(struct page *page)
{
	struct address_space *mapping = page->mapping;
	struct buffer_head *bh;
	int i;

	if (!mapping)
		return !TestSetPageDirty(page);
	spin_lock(&mapping->private_lock);
	if (page_has_buffers(page))
		for_each_buffer(bh, page_buffers(page), i)
			set_buffer_dirty(bh);
	spin_unlock(&mapping->private_lock);
	return __set_page_dirty_nobuffers(page);
}

static void discard_buffer(struct buffer_head *bh)
{
	lock_buffer(bh);
	clear_buffer_dirty(bh);
	clear_buffer_mapped(bh);
	clear_buffer_new(bh);
	bh->b_bdev = NULL;
	unlock_buffer(bh);
}

/* Bytes from @offset on are no longer file. => page locked, not under writeback; may sleep */
void block_invalidatepage(struct page *page, unsigned long offset)
{
	struct buffer_head *bh;
	int i;

	if (!page_has_buffers(page))
		return;
	for_each_buffer(bh, page_buffers(page), i)
		if (bh->b_offset >= offset)
			discard_buffer(bh);
	if (offset == 0)
		try_to_free_buffers(page);
}

static bool buffer_busy(const struct buffer_head *bh)
{
	return atomic_read(&bh->b_count) || buffer_dirty(bh) || buffer_locked(bh);
}

static void free_ring(struct buffer_head *head)
{
	struct buffer_head *bh = head, *next;

	do {
		next = bh->b_this_page;
		kmem_cache_free(bh_cache, bh);
		bh = next;
	} while (bh != head);
}

/* Take the ring off @page if no buffer is in use or dirty. => private_lock held, if the page has a mapping */
static struct buffer_head *detach_ring(struct page *page)
{
	struct buffer_head *bh, *head = page_buffers(page);
	int i;

	for_each_buffer(bh, head, i)
		if (buffer_busy(bh))
			return NULL;
	for_each_buffer(bh, head, i)
		if (!list_empty(&bh->b_assoc_buffers))
			leave_inode_list(bh);
	ClearPagePrivate(page);
	set_page_private(page, 0);
	return head;
}

/* 1: the page has no buffers any more. => page locked, not under writeback; may not sleep */
int try_to_free_buffers(struct page *page)
{
	struct address_space *mapping = page->mapping;
	struct buffer_head *head;

	if (PageWriteback(page))
		return 0;
	if (!mapping) {
		head = detach_ring(page);
	} else {
		spin_lock(&mapping->private_lock);
		head = detach_ring(page);
		spin_unlock(&mapping->private_lock);
	}
	if (!head)
		return 0;
	free_ring(head);
	put_page(page);
	return 1;
}

/* Which device block holds block @block of the file; 0 for a hole. */
sector_t generic_block_bmap(struct address_space *mapping, sector_t block, get_block_t *get_block)
{
	struct buffer_head tmp = { .b_size = 1u << mapping->host->i_blkbits };

	if (get_block(mapping->host, block, &tmp, 0))
		return 0;
	return buffer_mapped(&tmp) ? tmp.b_blocknr : 0;
}

/* ---- The device itself as a file ------------------------------------------------------------------------------- */

static int blkdev_get_block(struct inode *inode, sector_t block, struct buffer_head *bh, int create)
{
	if (block >= (sector_t)i_size_read(inode) >> inode->i_blkbits)
		return create ? -ENOSPC : 0;
	bh->b_bdev = inode->i_bdev;
	bh->b_blocknr = block;
	set_buffer_mapped(bh);
	return 0;
}

static int blkdev_readpage(struct file *file, struct page *page)
{
	return block_read_full_page(page, blkdev_get_block);
}

static int blkdev_writepage(struct page *page, struct writeback_control *wbc)
{
	return block_write_full_page(page, blkdev_get_block, wbc);
}

static int blkdev_prepare_write(struct file *file, struct page *page, unsigned from, unsigned to)
{
	return block_prepare_write(page, from, to, blkdev_get_block);
}

static int blkdev_releasepage(struct page *page, gfp_t gfp)
{
	return try_to_free_buffers(page);
}

const struct address_space_operations def_blk_aops = {
	.readpage = blkdev_readpage,
	.writepage = blkdev_writepage,
	.set_page_dirty = __set_page_dirty_buffers,
	.prepare_write = blkdev_prepare_write,
	.commit_write = generic_commit_write,
	.invalidatepage = block_invalidatepage,
	.releasepage = blkdev_releasepage,
};
