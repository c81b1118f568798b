/*
 * page-writeback.c: dirty pages: counting them, holding back who makes too many, writing them out.
 *
 * Owns:   PG_dirty and PG_writeback of cached pages with the tags of their tree and the counters Dirty and Writeback; the
 *         limits; the timer of periodic writeback.
 * Locks:  tree_lock for the tags; the page lock while dirtiness turns into writeback.
 * Read next: pdflush.c (the threads), kernel/fs/fs-writeback.c (which inodes, in which order).
 *
 *	set_page_dirty          clear_page_dirty_for_io       set_page_writeback         end_page_writeback
 *	clean ────► dirty, tag DIRTY ────► (page locked) ────► writeback, tag WRITEBACK ────► clean
 *	              ▲ background: over 10 %, or older than 30 s; the writer himself: over 40 % of dirtyable memory
 */
#include "mm/pagemap.h"
#include "mm/internal.h"
#include "mm/swap.h"
#include "mm/rmap.h"
#include "mm/backing-dev.h"
#include "kernel/fs/buffer.h"
#include "kernel/timer.h"
#include "kernel/sched.h"

#define MAX_WRITEBACK_PAGES	1024	/* of one inode before the next gets its turn */
#define RATELIMIT_OVER_LIMIT	8	/* pages between two checks while the limit is exceeded */

int dirty_background_ratio = 10;		/* percent of dirtyable memory */
int vm_dirty_ratio = 40;
int dirty_writeback_interval = 5 * HZ;
int dirty_expire_interval = 30 * HZ;

static long ratelimit_pages = 32;		/* pages that a CPU dirties between two checks */
static bool dirty_exceeded;			/* a hint: somebody is being throttled */
static DEFINE_PER_CPU(unsigned long, dirtied);	/* pages since this CPU's last check */
static struct timer_list wb_timer;

/* ---- limits ------------------------------------------------------------------------------------- */

struct dirty_limits {
	unsigned long background, dirty;	/* pages */
};

/* The ratios, of memory below high memory; less when programs fill most of it. */
static struct dirty_limits get_dirty_limits(void)
{
	unsigned long available = totalram_pages - totalhigh_pages;
	unsigned long used = global_page_state(NR_FILE_MAPPED) + global_page_state(NR_ANON_PAGES);
	long unmapped = 100 - (long)(used * 100 / totalram_pages);
	long dirty = max(min((long)vm_dirty_ratio, unmapped / 2), 5L), background = dirty_background_ratio;

	if (background >= dirty)
		background = dirty / 2;
	return (struct dirty_limits){ .background = (unsigned long)background * available / 100,
				      .dirty = (unsigned long)dirty * available / 100 };
}

static unsigned long dirty_and_writeback(void)
{
	return global_page_state(NR_FILE_DIRTY) + global_page_state(NR_WRITEBACK);
}

/* Write until this task has done its share or the limit holds again. */
static void balance_dirty_pages(struct address_space *mapping)
{
	struct backing_dev_info *bdi = mapping->backing_dev_info;
	long share = ratelimit_pages + ratelimit_pages / 2, written = 0;
	struct dirty_limits limits = get_dirty_limits();

	while (dirty_and_writeback() > limits.dirty) {
		struct writeback_control wbc = { .bdi = bdi, .sync_mode = WB_SYNC_NONE, .nr_to_write = share, .range_cyclic = 1 };

		dirty_exceeded = true;
		if (global_page_state(NR_FILE_DIRTY)) {
			writeback_inodes(&wbc);
			written += share - wbc.nr_to_write;
			if (written >= share)
				break;
		}
		congestion_wait(1, HZ / 10);
		limits = get_dirty_limits();
	}
	if (dirty_exceeded && dirty_and_writeback() <= limits.dirty)
		dirty_exceeded = false;
	if (!test_bit(BDI_pdflush, &bdi->state) && global_page_state(NR_FILE_DIRTY) > limits.background)
		wakeup_pdflush(0);
}

/*
 * A page of @mapping was dirtied. Now and then, and often when memory is full of dirt, this throttles the caller.
 * => may sleep for long; no locks that writing needs
 */
void balance_dirty_pages_ratelimited(struct address_space *mapping)
{
	unsigned long limit = dirty_exceeded ? RATELIMIT_OVER_LIMIT : (unsigned long)ratelimit_pages;

	if (!bdi_cap_account_dirty(mapping->backing_dev_info) || ++__get_cpu_var(dirtied) < limit)
		return;
	__get_cpu_var(dirtied) = 0;
	balance_dirty_pages(mapping);
}

void throttle_vm_writeout(void)
{
	struct dirty_limits limits = get_dirty_limits();

	while (global_page_state(NR_WRITEBACK) > limits.dirty + limits.dirty / 10)
		congestion_wait(1, HZ / 10);
}

/* ---- the threads' work ---------------------------------------------------------------------------------- */

/* pdflush: write until the background limit holds and @min_pages are done. */
static void background_writeout(unsigned long min_pages)
{
	long left = (long)min_pages;

	for (;;) {
		struct writeback_control wbc = { .sync_mode = WB_SYNC_NONE, .nonblocking = 1, .range_cyclic = 1,
						 .nr_to_write = MAX_WRITEBACK_PAGES };

		if (global_page_state(NR_FILE_DIRTY) <= get_dirty_limits().background && left <= 0)
			return;
		writeback_inodes(&wbc);
		left -= MAX_WRITEBACK_PAGES - wbc.nr_to_write;
		if (wbc.nr_to_write > 0 || wbc.pages_skipped > 0) {	/* less than asked for */
			if (!wbc.encountered_congestion)
				return;
			congestion_wait(1, HZ / 10);
		}
	}
}

/* Let a pdflush thread write @nr_pages (0: all that is dirty). => does not sleep; nothing happens if all are busy */
void wakeup_pdflush(long nr_pages)
{
	if (!nr_pages)
		nr_pages = (long)global_page_state(NR_FILE_DIRTY);
	pdflush_operation(background_writeout, (unsigned long)nr_pages);
}

/* pdflush, every 5 s: write what has been dirty for 30 s. */
static void wb_kupdate(unsigned long unused)
{
	unsigned long oldest = jiffies - (unsigned long)dirty_expire_interval, next = jiffies + (unsigned long)dirty_writeback_interval;
	long left = (long)global_page_state(NR_FILE_DIRTY) + MAX_WRITEBACK_PAGES;

	while (left > 0) {
		struct writeback_control wbc = { .sync_mode = WB_SYNC_NONE, .older_than_this = &oldest, .nonblocking = 1,
						 .for_kupdate = 1, .range_cyclic = 1, .nr_to_write = MAX_WRITEBACK_PAGES };

		writeback_inodes(&wbc);
		if (wbc.nr_to_write > 0) {
			if (!wbc.encountered_congestion)
				break;
			congestion_wait(1, HZ / 10);
		}
		left -= MAX_WRITEBACK_PAGES - wbc.nr_to_write;
	}
	if (time_before(next, jiffies + HZ))
		next = jiffies + HZ;
	if (dirty_writeback_interval)
		mod_timer(&wb_timer, jiffies_to_ns(next));
}

static void wb_timer_fn(struct timer_list *timer)
{
	if (pdflush_operation(wb_kupdate, 0) < 0)
		mod_timer(&wb_timer, jiffies_to_ns(jiffies + HZ));	/* all are busy */
}

void writeback_set_interval(void)
{
	if (dirty_writeback_interval)
		mod_timer(&wb_timer, jiffies_to_ns(jiffies + (unsigned long)dirty_writeback_interval));
	else
		del_timer(&wb_timer);
}

/* => after the zones are known and pdflush runs */
void __init page_writeback_init(void)
{
	ratelimit_pages = (long)totalram_pages / (num_online_cpus() * 32);
	ratelimit_pages = min(max(ratelimit_pages, 16L), (long)(4096 * 1024 / PAGE_SIZE));
	setup_timer(&wb_timer, wb_timer_fn);
	writeback_set_interval();
}

/* ---- writing one file's pages --------------------------------------------------------------------------------- */

/* Write the locked @page of @mapping, if it is still to be written. => unlocked out; the writeback's error or 0 */
static int write_tagged_page(struct address_space *mapping, struct page *page, struct writeback_control *wbc)
{
	int error;

	if (page->mapping != mapping)
		goto unlock;
	if (wbc->sync_mode != WB_SYNC_NONE)
		wait_on_page_writeback(page);
	if (PageWriteback(page) || !clear_page_dirty_for_io(page))
		goto unlock;
	error = mapping->a_ops->writepage(page, wbc);
	mapping_set_error(mapping, error);
	return error;
unlock:
	unlock_page(page);
	return 0;
}

/* One sweep over the dirty pages [*@index, @end]. True: @wbc's quota is done, or the device is congested. */
static bool write_tagged_range(struct address_space *mapping, struct writeback_control *wbc, pgoff_t *index, pgoff_t end, int *error)
{
	struct pagevec pvec;
	bool enough = false;

	pagevec_init(&pvec, 0);
	while (!enough && *index <= end && pagevec_lookup_tag(&pvec, mapping, index, PAGECACHE_TAG_DIRTY, PAGEVEC_SIZE)) {
		for (unsigned long i = 0; i < pvec.nr && !enough; i++) {
			struct page *page = pvec.pages[i];
			int ret;

			lock_page(page);
			if (page->index > end) {
				unlock_page(page);
				enough = true;
				*index = end + 1;
				break;
			}
			ret = write_tagged_page(mapping, page, wbc);
			if (ret && !*error)
				*error = ret;
			if (--wbc->nr_to_write <= 0 && wbc->sync_mode == WB_SYNC_NONE)
				enough = true;
			if (wbc->nonblocking && bdi_write_congested(mapping->backing_dev_info)) {
				wbc->encountered_congestion = 1;
				enough = true;
			}
			if (enough)
				*index = page->index + 1;
		}
		pagevec_release(&pvec);
		cond_resched();
	}
	return enough;
}

/*
 * ->writepages by ->writepage: the dirty pages of the range, or, cyclic, from where the last time ended. 0 or the first error.
 * => may sleep; pages are on their way to the device afterwards, not there
 */
int generic_writepages(struct address_space *mapping, struct writeback_control *wbc)
{
	pgoff_t index = (pgoff_t)(wbc->range_start >> PAGE_SHIFT), end = (pgoff_t)(wbc->range_end >> PAGE_SHIFT);
	int error = 0;

	if (!mapping->a_ops->writepage)
		return 0;
	if (wbc->nonblocking && bdi_write_congested(mapping->backing_dev_info)) {
		wbc->encountered_congestion = 1;
		return 0;
	}
	if (!wbc->range_cyclic) {
		write_tagged_range(mapping, wbc, &index, end, &error);
		return error;
	}
	index = mapping->writeback_index;
	if (!write_tagged_range(mapping, wbc, &index, ~0UL, &error) && mapping->writeback_index) {
		pgoff_t stop = mapping->writeback_index - 1;	/* from the beginning, up to where we began */

		index = 0;
		write_tagged_range(mapping, wbc, &index, stop, &error);
	}
	mapping->writeback_index = index;
	return error;
}

int do_writepages(struct address_space *mapping, struct writeback_control *wbc)
{
	if (wbc->nr_to_write <= 0)
		return 0;
	return mapping->a_ops->writepages ? mapping->a_ops->writepages(mapping, wbc) : generic_writepages(mapping, wbc);
}

/* ---- a page's state ---------------------------------------------------------------------------------------------- */

/* The file's address space; NULL for anonymous pages, and for those that have left the cache. */
struct address_space *page_mapping(struct page *page)
{
	return PageAnon(page) ? NULL : page->mapping;
}

/* ->set_page_dirty of who keeps no buffers: dirty, tagged, counted, the inode on its list. 1: it was clean. => does not sleep */
int __set_page_dirty_nobuffers(struct page *page)
{
	struct address_space *mapping = page_mapping(page);
	unsigned long flags;

	if (TestSetPageDirty(page))
		return 0;
	if (!mapping)
		return 1;
	spin_lock_irqsave(&mapping->tree_lock, flags);
	if (page->mapping == mapping) {		/* not truncated meanwhile */
		if (bdi_cap_account_dirty(mapping->backing_dev_info)) {
			__inc_zone_page_state(page, NR_FILE_DIRTY);
			current->oublock += PAGE_SIZE / 512;
		}
		radix_tree_tag_set(&mapping->page_tree, page->index, PAGECACHE_TAG_DIRTY);
	}
	spin_unlock_irqrestore(&mapping->tree_lock, flags);
	if (mapping->host)
		__mark_inode_dirty(mapping->host, I_DIRTY_PAGES);
	return 1;
}

int set_page_dirty(struct page *page)
{
	struct address_space *mapping = page_mapping(page);

	if (!mapping)
		return PageDirty(page) ? 0 : !TestSetPageDirty(page);
	return mapping->a_ops->set_page_dirty ? mapping->a_ops->set_page_dirty(page) : __set_page_dirty_buffers(page);
}

/* => may sleep: the lock keeps the inode alive for who holds no other reference to it */
int set_page_dirty_lock(struct page *page)
{
	int ret;

	lock_page(page);
	ret = set_page_dirty(page);
	unlock_page(page);
	return ret;
}

/* ->writepage cannot write @page now: dirty again, and not counted as written. 0. => page locked */
int redirty_page_for_writepage(struct writeback_control *wbc, struct page *page)
{
	wbc->pages_skipped++;
	return __set_page_dirty_nobuffers(page);
}

/*
 * @page is about to be written: from here on whoever writes to it makes it dirty anew, through a mapping, too.
 * 1: it was dirty, write it now. => page locked. The tag DIRTY stays until set_page_writeback: a page is never untagged
 * while it has something to write.
 */
int clear_page_dirty_for_io(struct page *page)
{
	struct address_space *mapping = page_mapping(page);

	ASSERT(PageLocked(page));
	if (!mapping || !bdi_cap_account_dirty(mapping->backing_dev_info))
		return TestClearPageDirty(page);
	if (page_mkclean(page))
		set_page_dirty(page);		/* what the entries knew is the page's now */
	if (!TestClearPageDirty(page))
		return 0;
	dec_zone_page_state(page, NR_FILE_DIRTY);
	return 1;
}

/* The write of @page has ended; were we the ones to say so? => any context */
int test_clear_page_writeback(struct page *page)
{
	struct address_space *mapping = page_mapping(page);
	unsigned long flags;
	int was = 0;

	if (!mapping)
		return TestClearPageWriteback(page);
	spin_lock_irqsave(&mapping->tree_lock, flags);
	if (TestClearPageWriteback(page)) {
		was = 1;
		radix_tree_tag_clear(&mapping->page_tree, page->index, PAGECACHE_TAG_WRITEBACK);
		__dec_zone_page_state(page, NR_WRITEBACK);
	}
	spin_unlock_irqrestore(&mapping->tree_lock, flags);
	return was;
}

/* @page is being written. 1: it was already. => page locked */
int test_set_page_writeback(struct page *page)
{
	struct address_space *mapping = page_mapping(page);
	unsigned long flags;
	int was;

	if (!mapping)
		return TestSetPageWriteback(page);
	spin_lock_irqsave(&mapping->tree_lock, flags);
	was = TestSetPageWriteback(page);
	if (!was) {
		radix_tree_tag_set(&mapping->page_tree, page->index, PAGECACHE_TAG_WRITEBACK);
		__inc_zone_page_state(page, NR_WRITEBACK);
	}
	if (!PageDirty(page))
		radix_tree_tag_clear(&mapping->page_tree, page->index, PAGECACHE_TAG_DIRTY);
	spin_unlock_irqrestore(&mapping->tree_lock, flags);
	return was;
}

void set_page_writeback(struct page *page)
{
	test_set_page_writeback(page);
}
