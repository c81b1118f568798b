/*
 * readahead.c: pages are read before they are asked for, when a file is read in order.
 *
 * Owns:   each open file's file_ra_state.
 * Locks:  none: two readers of one file may confuse its state, which costs some I/O.
 * Read next: filemap.c:do_generic_mapping_read, which calls page_cache_readahead for each page.
 *
 *	     current window          ahead window
 *	  |------------------|----------------------------|	the reader walks through the current window, while the ahead
 *	  start         +size = ahead_start     +ahead_size	window is being read. When he crosses into it, it becomes
 *	       ^ offset						current, and the next one, larger, is sent out.
 *
 * Sizes: from 4 pages (or what the first request says) up, by 4 and by 2, to ra_pages. Reading elsewhere closes both
 * windows. Pages lost before they were used (RA_FLAG_MISS) make the next window smaller; 256 in a row that were in
 * the cache anyway (RA_FLAG_INCACHE) end the looking, until one is missing.
 */
#include "mm/pagemap.h"
#include "mm/swap.h"
#include "mm/backing-dev.h"
#include "kernel/sched.h"

#define VM_MIN_READAHEAD	16	/* KiB */
#define VM_MAX_CACHE_HIT	256	/* pages found in a row before we stop looking */
#define FORCE_CHUNK		((2UL << 20) >> PAGE_SHIFT)	/* of a forced readahead: bounds the pages that are in nobody's use */

struct backing_dev_info default_backing_dev_info = {
	.ra_pages = VM_MAX_READAHEAD * 1024 / PAGE_SIZE,
};

/* A file just opened: its first read, at 0, counts as in order. */
void file_ra_state_init(struct file_ra_state *ra, struct address_space *mapping)
{
	*ra = (struct file_ra_state){ .ra_pages = mapping->backing_dev_info->ra_pages, .prev_page = ~0UL };
}

/* What memory allows of a readahead of @nr pages. */
unsigned long max_sane_readahead(unsigned long nr)
{
	pg_data_t *pgdat = NODE_DATA(numa_node_id());
	unsigned long room = 0;

	for (int i = 0; i < MAX_NR_ZONES; i++)
		room += pgdat->node_zones[i].nr_inactive + pgdat->node_zones[i].free_pages;
	return min(nr, room / 2);
}

/* ---- sending pages out ----------------------------------------------------------------------- */

static void drop_page_list(struct list_head *pages)
{
	while (!list_empty(pages)) {
		struct page *page = list_last_entry(pages, struct page, lru);

		list_del(&page->lru);
		put_page(page);
	}
}

/*
 * ->readpages for a filesystem that has nothing better: enter each page of the list (by page->lru, index set, last
 * first) into the cache and call @filler on it. 0, or @filler's error; what is left is dropped.
 */
int read_cache_pages(struct address_space *mapping, struct list_head *pages, int (*filler)(void *, struct page *), void *data)
{
	int error = 0;

	while (!list_empty(pages) && !error) {
		struct page *page = list_last_entry(pages, struct page, lru);

		list_del(&page->lru);
		if (!add_to_page_cache_lru(page, mapping, page->index, GFP_KERNEL))
			error = filler(data, page);
		put_page(page);
	}
	drop_page_list(pages);
	return error;
}

static int call_readpage(void *file, struct page *page)
{
	return page->mapping->a_ops->readpage(file, page);
}

/* All pages are allocated before the first one is sent out, so that the requests can be one. How many were missing. */
static int read_range(struct address_space *mapping, struct file *file, pgoff_t offset, unsigned long nr)
{
	loff_t size = i_size_read(mapping->host);
	pgoff_t end_index, index;
	LIST_HEAD(pages);
	int missing = 0;

	if (!size)
		return 0;
	end_index = (pgoff_t)((size - 1) >> PAGE_SHIFT);
	for (index = offset; index - offset < nr && index <= end_index; index++) {
		struct page *page = find_get_page(mapping, index);

		if (page) {
			put_page(page);
			continue;
		}
		page = alloc_page(mapping_gfp_mask(mapping) | __GFP_COLD | __GFP_NORETRY | __GFP_NOWARN);
		if (!page)
			break;
		page->index = index;
		list_add(&page->lru, &pages);
		missing++;
	}
	if (!missing)
		return 0;
	if (mapping->a_ops->readpages) {
		mapping->a_ops->readpages(file, mapping, &pages, (unsigned)missing);
		drop_page_list(&pages);
	} else {
		read_cache_pages(mapping, &pages, call_readpage, file);
	}
	return missing;
}

/* Read what is missing of @nr pages; -1 if the device has enough to do. => may sleep */
int do_page_cache_readahead(struct address_space *mapping, struct file *file, pgoff_t offset, unsigned long nr)
{
	if (test_bit(BDI_read_congested, &mapping->backing_dev_info->state))
		return -1;
	return read_range(mapping, file, offset, nr);
}

/* The same for who asks by name (readahead, madvise): piece by piece, congested or not. Pages read or -EINVAL. */
int force_page_cache_readahead(struct address_space *mapping, struct file *file, pgoff_t offset, unsigned long nr)
{
	int done = 0;

	if (!mapping->a_ops->readpage && !mapping->a_ops->readpages)
		return -EINVAL;
	while (nr) {
		unsigned long chunk = min(nr, FORCE_CHUNK);

		done += read_range(mapping, file, offset, chunk);
		offset += chunk;
		nr -= chunk;
		cond_resched();
	}
	return done;
}

/* ---- the windows ---------------------------------------------------------------------------------- */

static unsigned long min_window(const struct file_ra_state *ra)
{
	return min(ra->ra_pages, VM_MIN_READAHEAD * 1024 / PAGE_SIZE);
}

/* For a first request of @req pages: the larger, the sooner at the maximum. */
static unsigned long initial_window(unsigned long req, unsigned long most)
{
	unsigned long size = req <= 1 ? 1 : 1UL << (ilog2(req - 1) + 1);

	if (size <= most / 32)
		return size * 4;
	return size <= most / 4 ? size * 2 : most;
}

static unsigned long next_window(struct file_ra_state *ra)
{
	unsigned long most = ra->ra_pages, least = min_window(ra), cur = ra->size;

	if (ra->flags & RA_FLAG_MISS) {
		ra->flags &= ~(unsigned long)RA_FLAG_MISS;
		return max(cur > 2 ? cur - 2 : 0, least);
	}
	return min(cur < most / 16 ? cur * 4 : cur * 2, most);
}

static void windows_off(struct file_ra_state *ra)
{
	ra->start = ra->size = ra->ahead_start = ra->ahead_size = 0;
}

/* A window's worth was looked up and @missing of it read. Too many in a row were there already: stop looking. False then. */
static bool note_hits(struct file_ra_state *ra, int missing, unsigned long nr)
{
	if (missing < 0)
		return true;
	if (missing) {
		ra->cache_hit = 0;
		return true;
	}
	ra->cache_hit += nr;
	if (ra->cache_hit < VM_MAX_CACHE_HIT)
		return true;
	windows_off(ra);
	ra->flags |= RA_FLAG_INCACHE;
	return false;
}

/* Send out the ahead window; false: the device is congested, ask again later. */
static bool make_ahead_window(struct address_space *mapping, struct file_ra_state *ra, struct file *file, bool force)
{
	int missing;

	ra->ahead_size = next_window(ra);
	ra->ahead_start = ra->start + ra->size;
	missing = force ? read_range(mapping, file, ra->ahead_start, ra->ahead_size)
			: do_page_cache_readahead(mapping, file, ra->ahead_start, ra->ahead_size);
	if (missing < 0)
		ra->ahead_start = ra->ahead_size = 0;
	note_hits(ra, missing, ra->ahead_size);
	return missing >= 0;
}

/* In order, and no window yet: the first one; a request as large as that takes its ahead window along. */
static void open_windows(struct address_space *mapping, struct file_ra_state *ra, struct file *file, pgoff_t offset, unsigned long req)
{
	ra->start = offset;
	ra->size = initial_window(req, ra->ra_pages);
	if (!note_hits(ra, read_range(mapping, file, ra->start, ra->size), ra->size))
		return;
	if (req >= ra->ra_pages)
		make_ahead_window(mapping, ra, file, true);
}

/* In order within the windows: when the request's last page crosses into the ahead window, both move on. */
static void move_windows(struct address_space *mapping, struct file_ra_state *ra, struct file *file)
{
	if (!ra->ahead_size && !make_ahead_window(mapping, ra, file, false))
		return;
	if (ra->prev_page >= ra->ahead_start) {
		ra->start = ra->ahead_start;
		ra->size = ra->ahead_size;
		if (make_ahead_window(mapping, ra, file, false))
			ra->prev_page = min(ra->prev_page, ra->ahead_start + ra->ahead_size - 1);
	}
}

/*
 * The reader is about to read @req_size pages from @offset on: start what he will want next. The page before which he
 * should call again.
 * => may sleep for memory, does not wait for I/O
 */
pgoff_t page_cache_readahead(struct address_space *mapping, struct file_ra_state *ra, struct file *file, pgoff_t offset,
			     unsigned long req_size)
{
	unsigned long size;
	bool sequential;

	if (offset == ra->prev_page && --req_size)	/* from within the page where the last read ended */
		offset++;
	sequential = offset == ra->prev_page + 1;
	ra->prev_page = offset;
	if (!req_size || !ra->ra_pages || (ra->flags & RA_FLAG_INCACHE))
		return offset + 1;
	size = min(req_size, ra->ra_pages);
	ra->prev_page += size - 1;
	if (!sequential) {
		windows_off(ra);
		note_hits(ra, do_page_cache_readahead(mapping, file, offset, size), size);
	} else if (!ra->size) {
		open_windows(mapping, ra, file, offset, size);
	} else {
		move_windows(mapping, ra, file);
	}
	return ra->prev_page + 1;
}

/*
 * Page @offset was not in the cache when its turn came: readahead was off, or the page was lost again before it was used.
 */
void handle_ra_miss(struct address_space *mapping, struct file_ra_state *ra, pgoff_t offset)
{
	ra->flags |= RA_FLAG_MISS;
	ra->flags &= ~(unsigned long)RA_FLAG_INCACHE;
	ra->cache_hit = 0;
}
