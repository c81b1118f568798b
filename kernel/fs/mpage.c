/*
 * mpage.c: reading ahead with bios of many pages.
 *
 * Owns:   the bio that is being filled while pages of one readahead follow each other on the disk.
 * Read next: buffer.c:block_read_full_page, for a page whose blocks do not lie together.
 *
 * As 2.6.20 fs/mpage.c, reading only: writing goes by buffers, which the queue merges.
 */
#include "kernel/fs/buffer.h"
#include "mm/pagemap.h"
#include "mm/highmem.h"
#include "mm/swap.h"

struct mpage_run {
	struct bio *bio;		/* being filled, or NULL */
	sector_t next_sector;		/* that would continue it */
	get_block_t *get_block;
};

static void mpage_end_read(struct bio *bio)
{
	for (int i = 0; i < bio->bi_vcnt; i++) {
		struct page *page = bio->bi_io_vec[i].bv_page;

		if (bio->bi_error)
			SetPageError(page);
		else
			SetPageUptodate(page);
		unlock_page(page);
	}
	bio_put(bio);
}

static void mpage_submit(struct mpage_run *run)
{
	if (run->bio) {
		run->bio->bi_end_io = mpage_end_read;
		submit_bio(READ, run->bio);
		run->bio = NULL;
	}
}

/* First block on the device of a page whose blocks all lie together; false when they do not, or some have none. */
static bool page_is_contiguous(struct page *page, get_block_t *get_block, struct block_device **bdev, sector_t *first)
{
	struct inode *inode = page->mapping->host;
	unsigned int blocks = 1u << (PAGE_SHIFT - inode->i_blkbits);
	sector_t block = (sector_t)page->index * blocks;
	sector_t last = (sector_t)((i_size_read(inode) + (1 << inode->i_blkbits) - 1) >> inode->i_blkbits);

	if (page_has_buffers(page) || block + blocks > last)
		return false;
	for (unsigned int i = 0; i < blocks; i++) {
		struct buffer_head bh = { .b_size = 1u << inode->i_blkbits };

		if (get_block(inode, block + i, &bh, 0) || !buffer_mapped(&bh))
			return false;
		if (i == 0) {
			*first = bh.b_blocknr;
			*bdev = bh.b_bdev;
		} else if (bh.b_blocknr != *first + i) {
			return false;
		}
	}
	return true;
}

/* => page locked; unlocked when its read ends. */
static void mpage_read_one(struct mpage_run *run, struct page *page, unsigned int left)
{
	struct inode *inode = page->mapping->host;
	struct block_device *bdev = NULL;
	sector_t first = 0, sector;

	if (!page_is_contiguous(page, run->get_block, &bdev, &first)) {
		mpage_submit(run);
		block_read_full_page(page, run->get_block);
		return;
	}
	sector = first << (inode->i_blkbits - SECTOR_SHIFT);
	if (run->bio && (sector != run->next_sector || !bio_add_page(run->bio, page, PAGE_SIZE, 0)))
		mpage_submit(run);
	if (!run->bio) {
		run->bio = bio_alloc(GFP_NOFS, min(left, (unsigned)BIO_MAX_PAGES));
		run->bio->bi_bdev = bdev;
		run->bio->bi_sector = sector;
		bio_add_page(run->bio, page, PAGE_SIZE, 0);
	}
	run->next_sector = sector + (PAGE_SIZE >> SECTOR_SHIFT);
}

/*
 * Read the new pages of @pages (by ->lru, lowest index last), one bio as long as they lie together on the disk.
 * => takes the list's references; pages that are in the cache by now are dropped. 0. May sleep.
 */
int mpage_readpages(struct address_space *mapping, struct list_head *pages, unsigned nr_pages, get_block_t *get_block)
{
	struct mpage_run run = { .get_block = get_block };

	while (!list_empty(pages)) {
		struct page *page = list_entry(pages->prev, struct page, lru);

		list_del(&page->lru);
		if (!add_to_page_cache_lru(page, mapping, page->index, GFP_KERNEL))
			mpage_read_one(&run, page, nr_pages);
		put_page(page);
		nr_pages--;
	}
	mpage_submit(&run);
	return 0;
}

/* One page, by the same way. */
int mpage_readpage(struct page *page, get_block_t *get_block)
{
	struct mpage_run run = { .get_block = get_block };

	mpage_read_one(&run, page, 1);
	mpage_submit(&run);
	return 0;
}
