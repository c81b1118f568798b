/*
 * truncate.c: taking pages out of a file's cache: for good, since the file is shorter (truncate), or because they are
 * in the way (invalidate).
 *
 * Owns:   nothing of its own.
 * Locks:  the page lock of each page; the mapping is looked at again after it was got.
 * Read next: memory.c:vmtruncate, which unmaps first; the filesystem frees the blocks afterwards.
 */
#include "mm/pagemap.h"
#include "mm/internal.h"
#include "mm/swap.h"
#include "mm/rmap.h"
#include "mm/backing-dev.h"
#include "mm/highmem.h"
#include "kernel/fs/buffer.h"
#include "kernel/sched.h"

/* The filesystem's data on @page from @offset on are void. => page locked; may sleep */
void do_invalidatepage(struct page *page, unsigned long offset)
{
	void (*invalidate)(struct page *, unsigned long) = page->mapping->a_ops->invalidatepage;

	if (!invalidate)
		invalidate = block_invalidatepage;
	invalidate(page, offset);
}

/* @page need not be written any more: its data are gone. => page locked */
void cancel_dirty_page(struct page *page)
{
	struct address_space *mapping = page->mapping;

	if (!TestClearPageDirty(page) || !mapping)
		return;
	if (bdi_cap_account_dirty(mapping->backing_dev_info))
		dec_zone_page_state(page, NR_FILE_DIRTY);
}

/* => page locked, not under writeback. If the filesystem cannot let go of it, it stays on the LRU, as nobody's. */
static void truncate_complete_page(struct address_space *mapping, struct page *page)
{
	if (page->mapping != mapping)
		return;
	if (PagePrivate(page))
		do_invalidatepage(page, 0);
	cancel_dirty_page(page);	/* after the buffers: they must not make it dirty again */
	ClearPageUptodate(page);
	ClearPageMappedToDisk(page);
	remove_from_page_cache(page);
	put_page(page);
}

/* The file ends at @partial bytes of @page. => page locked */
static void truncate_partial_page(struct page *page, unsigned long partial)
{
	memclear_highpage_flush(page, (unsigned int)partial, (unsigned int)(PAGE_SIZE - partial));
	if (PagePrivate(page))
		do_invalidatepage(page, partial);
}

/* Drop pages [@start, @end] that can be had without waiting. */
static void truncate_quickly(struct address_space *mapping, pgoff_t start, pgoff_t end)
{
	struct pagevec pvec;
	pgoff_t next = start;

	pagevec_init(&pvec, 0);
	while (next <= end && pagevec_lookup(&pvec, mapping, next, PAGEVEC_SIZE)) {
		for (unsigned long i = 0; i < pvec.nr; i++) {
			struct page *page = pvec.pages[i];

			next = page->index + 1;
			if (page->index > end || !trylock_page(page))
				continue;
			if (page->mapping == mapping && !PageWriteback(page))
				truncate_complete_page(mapping, page);
			unlock_page(page);
		}
		pagevec_release(&pvec);
		cond_resched();
		if (!next)
			break;
	}
}

/* Drop all pages [@start, @end], waiting for each; again from @start until there is none. */
static void truncate_patiently(struct address_space *mapping, pgoff_t start, pgoff_t end)
{
	struct pagevec pvec;
	pgoff_t next = start;

	pagevec_init(&pvec, 0);
	for (;;) {
		cond_resched();
		if (!pagevec_lookup(&pvec, mapping, next, PAGEVEC_SIZE) || pvec.pages[0]->index > end) {
			pagevec_release(&pvec);
			if (next == start)
				return;
			next = start;
			continue;
		}
		for (unsigned long i = 0; i < pvec.nr && pvec.pages[i]->index <= end; i++) {
			struct page *page = pvec.pages[i];

			lock_page(page);
			wait_on_page_writeback(page);
			next = max(next, page->index + 1);
			truncate_complete_page(mapping, page);
			unlock_page(page);
		}
		pagevec_release(&pvec);
	}
}

/*
 * Drop the pages of bytes [@lstart, @lend] from the cache, dirty ones, too; zero the tail of the page where @lstart lies.
 * => @lend is the last byte of a page; i_size is set already, so no new page appears; may sleep
 */
void truncate_inode_pages_range(struct address_space *mapping, loff_t lstart, loff_t lend)
{
	pgoff_t start = (pgoff_t)((lstart + (loff_t)PAGE_SIZE - 1) >> PAGE_SHIFT), end = (pgoff_t)(lend >> PAGE_SHIFT);
	unsigned long partial = (unsigned long)lstart & ~PAGE_MASK;
	struct page *page;

	ASSERT((lend & (loff_t)~PAGE_MASK) == (loff_t)~PAGE_MASK);
	if (!mapping->nrpages)
		return;
	truncate_quickly(mapping, start, end);
	page = partial ? find_lock_page(mapping, start - 1) : NULL;
	if (page) {
		wait_on_page_writeback(page);
		truncate_partial_page(page, partial);
		unlock_page(page);
		put_page(page);
	}
	truncate_patiently(mapping, start, end);
}

void truncate_inode_pages(struct address_space *mapping, loff_t lstart)
{
	truncate_inode_pages_range(mapping, lstart, (loff_t)-1);
}

/* ---- invalidation: only the cache goes ------------------------------------------------------------ */

/* Out of the cache, if it is clean and nobody else uses it. 1: done. => page locked */
static int invalidate_complete_page(struct address_space *mapping, struct page *page)
{
	if (page->mapping != mapping || (PagePrivate(page) && !try_to_release_page(page, 0)))
		return 0;
	return remove_mapping(mapping, page);
}

/*
 * Drop pages [@start, @end] that are clean, unlocked, unmapped and not being written: nobody will notice. How many.
 * => never waits for I/O
 */
unsigned long invalidate_mapping_pages(struct address_space *mapping, pgoff_t start, pgoff_t end)
{
	unsigned long dropped = 0;
	struct pagevec pvec;
	pgoff_t next = start;

	pagevec_init(&pvec, 0);
	while (next <= end && pagevec_lookup(&pvec, mapping, next, PAGEVEC_SIZE)) {
		for (unsigned long i = 0; i < pvec.nr; i++) {
			struct page *page = pvec.pages[i];

			next = page->index + 1;
			if (page->index > end || !trylock_page(page))
				continue;
			if (!PageDirty(page) && !PageWriteback(page) && !page_mapped(page))
				dropped += (unsigned long)invalidate_complete_page(mapping, page);
			unlock_page(page);
		}
		pagevec_release(&pvec);
		cond_resched();
		if (!next)
			break;
	}
	return dropped;
}
