/*
 * vmscan.c: getting pages back: from the LRU lists' ends and from shrinkable caches.
 *
 * Owns:   the scanning debts of each zone (nr_scan_*), its priority, all_unreclaimable; the threads "kswapd"; the shrinkers.
 * Locks:  lru_lock, briefly, to take a batch of pages off a list; then each page's lock, only ever tried.
 * Read next: rmap.c (unmapping), page_alloc.c (who asks), oom_kill.c (when all this brings nothing).
 *
 *	active ──shrink_active_list──► inactive ──shrink_inactive_list──► a batch of 32 ──reclaim_page──► free
 *	   ▲                               ▲                                       │ ACTIVATE │ KEEP
 *	   └───────────────────────────────┴───────────────────────────────────────┘──────────┘
 *
 * Priority 12 scans 1/4096 of the lists, 0 all of them. There is no swap: anonymous pages go back to the active list.
 */
#include "mm/swap.h"
#include "mm/internal.h"
#include "mm/pagemap.h"
#include "mm/rmap.h"
#include "mm/slab.h"
#include "mm/backing-dev.h"
#include "kernel/sched.h"
#include "kernel/arch.h"

#define SWAP_CLUSTER_MAX	32
#define SHRINK_BATCH		128

int vm_swappiness = 60;

struct scan_control {
	unsigned long nr_scanned, nr_reclaimed;
	gfp_t gfp;
	int may_writepage;
	int swappiness;
	int all_unreclaimable;		/* every zone seen so far */
	int order;			/* kswapd's */
};

/* ---- shrinkers ---------------------------------------------------------------------------------- */

struct shrinker {
	shrinker_t fn;
	struct list_head list;
	int seeks;
	long nr;			/* objects owed from the last time; a hint */
};

static LIST_HEAD(shrinker_list);
static DECLARE_RWSEM(shrinker_rwsem, RANK_CHAIN_MUTEX);

struct shrinker *set_shrinker(int seeks, shrinker_t fn)
{
	struct shrinker *s = kmalloc(sizeof(*s), GFP_KERNEL);

	if (!s)
		return NULL;
	*s = (struct shrinker){ .fn = fn, .seeks = seeks };
	down_write(&shrinker_rwsem);
	list_add_tail(&s->list, &shrinker_list);
	up_write(&shrinker_rwsem);
	return s;
}

void remove_shrinker(struct shrinker *s)
{
	down_write(&shrinker_rwsem);
	list_del(&s->list);
	up_write(&shrinker_rwsem);
	kfree(s);
}

/* One cache's share. What it freed. */
static unsigned long shrink_one_cache(struct shrinker *s, unsigned long scanned, gfp_t gfp, unsigned long lru_pages)
{
	unsigned long objects = (unsigned long)max(s->fn(0, gfp), 0), freed = 0;
	long todo = s->nr + (long)((u64)scanned * 4 / (unsigned)s->seeks * objects / (lru_pages + 1));

	todo = max(min(todo, 2 * (long)objects), 0L);
	s->nr = 0;
	for (; todo >= SHRINK_BATCH; todo -= SHRINK_BATCH) {
		int before = s->fn(0, gfp), left = s->fn(SHRINK_BATCH, gfp);

		if (left < 0)
			break;
		freed += (unsigned long)max(before - left, 0);
		count_vm_events(SLABS_SCANNED, SHRINK_BATCH);
		cond_resched();
	}
	s->nr += todo;
	return freed;
}

/*
 * Shrink every cache in proportion: as large a part of it as @scanned is of @lru_pages, adjusted by cost. Objects freed.
 * => may sleep; registering a shrinker makes everybody skip this
 */
unsigned long shrink_slab(unsigned long scanned, gfp_t gfp, unsigned long lru_pages)
{
	unsigned long freed = 0;
	struct shrinker *s;

	if (!scanned)
		scanned = SWAP_CLUSTER_MAX;
	if (!down_read_trylock(&shrinker_rwsem))
		return 1;
	list_for_each_entry(s, &shrinker_list, list)
		freed += shrink_one_cache(s, scanned, gfp, lru_pages);
	up_read(&shrinker_rwsem);
	return freed;
}

/* ---- one page ----------------------------------------------------------------------------------------- */

/* What becomes of a page taken from the inactive list. */
enum page_fate {
	PAGE_KEEP,		/* back to the inactive list */
	PAGE_KEEP_UNLOCKED,	/* the same; its lock is gone already */
	PAGE_ACTIVATE,		/* to the active list */
	PAGE_FREE,		/* out of the cache: ours alone */
};

int remove_mapping(struct address_space *mapping, struct page *page)
{
	bool alone;

	ASSERT(PageLocked(page));
	spin_lock_irq(&mapping->tree_lock);
	alone = page->mapping == mapping && page_count(page) == 2;
	smp_rmb();		/* the count first: who still has a reference may make the page dirty before he drops it */
	alone = alone && !PageDirty(page);
	if (alone)
		__remove_from_page_cache(page);
	spin_unlock_irq(&mapping->tree_lock);
	if (alone)
		__put_page(page);
	return alone;
}

static bool may_write_to_queue(struct backing_dev_info *bdi)
{
	return (current->flags & PF_SWAPWRITE) || !bdi_write_congested(bdi) || bdi == current->backing_dev_info;
}

/* Start to write the locked, dirty @page. PAGE_FREE: it is clean now and locked: go on with it. */
static enum page_fate pageout(struct page *page, struct address_space *mapping)
{
	struct writeback_control wbc = { .sync_mode = WB_SYNC_NONE, .nr_to_write = SWAP_CLUSTER_MAX, .nonblocking = 1, .for_reclaim = 1,
					 .range_end = (loff_t)(~0ULL >> 1) };
	int error;

	if (page_count(page) != 2 + (PagePrivate(page) ? 1 : 0))	/* somebody is using it */
		return PAGE_KEEP;
	if (!mapping || !mapping->a_ops->writepage)
		return PAGE_ACTIVATE;
	if (!may_write_to_queue(mapping->backing_dev_info))
		return PAGE_KEEP;
	if (clear_page_dirty_for_io(page)) {
		SetPageReclaim(page);		/* when it is written it shall be the next to go */
		error = mapping->a_ops->writepage(page, &wbc);
		mapping_set_error(mapping, error);
		if (!PageWriteback(page))
			ClearPageReclaim(page);	/* it was synchronous, or failed */
		inc_zone_page_state(page, NR_VMSCAN_WRITE);
		if (PageWriteback(page) || PageDirty(page) || !trylock_page(page))
			return PAGE_KEEP_UNLOCKED;
		if (PageDirty(page) || PageWriteback(page))
			return PAGE_KEEP;
	}
	return PAGE_FREE;
}

/* Is the file that @page belongs to mapped by somebody, or the page itself? */
static bool mapping_in_use(struct page *page)
{
	struct address_space *mapping = page_mapping(page);

	return page_mapped(page) || (mapping && !prio_tree_empty(&mapping->i_mmap));
}

/* => page locked, off the lists, referenced once by us */
static enum page_fate reclaim_page(struct page *page, struct scan_control *sc)
{
	struct address_space *mapping;
	enum page_fate fate;
	int referenced;

	sc->nr_scanned++;
	if (page_mapped(page))
		sc->nr_scanned++;
	if (PageWriteback(page))
		return PAGE_KEEP;
	referenced = page_referenced(page, 1);
	if ((referenced && mapping_in_use(page)) || PageAnon(page))
		return PAGE_ACTIVATE;
	mapping = page_mapping(page);
	if (mapping && !bdi_cap_writeback_dirty(mapping->backing_dev_info))
		return PAGE_ACTIVATE;		/* memory is its only place */
	if (page_mapped(page) && mapping) {
		int ret = try_to_unmap(page, 0);

		if (ret != SWAP_SUCCESS)
			return ret == SWAP_FAIL ? PAGE_ACTIVATE : PAGE_KEEP;
	}
	if (PageDirty(page)) {
		if (referenced || !(sc->gfp & __GFP_FS) || !sc->may_writepage)
			return PAGE_KEEP;
		fate = pageout(page, mapping);
		if (fate != PAGE_FREE)
			return fate;
		mapping = page_mapping(page);
	}
	if (PagePrivate(page)) {
		if (!try_to_release_page(page, sc->gfp))
			return PAGE_ACTIVATE;
		if (!mapping)			/* truncated, and only its buffers kept it alive */
			return page_count(page) == 1 ? PAGE_FREE : PAGE_KEEP;
	}
	return mapping && remove_mapping(mapping, page) ? PAGE_FREE : PAGE_KEEP;
}

/* ---- lists ------------------------------------------------------------------------------------------------ */

/* Take up to @nr pages off the end of @src. *@scanned: how many were looked at. => lru_lock held; pages referenced */
static unsigned long isolate_lru_pages(unsigned long nr, struct list_head *src, struct list_head *dst, unsigned long *scanned)
{
	unsigned long taken = 0, n;

	for (n = 0; n < nr && !list_empty(src); n++) {
		struct page *page = list_last_entry(src, struct page, lru);

		ASSERT(PageLRU(page));
		if (likely(get_page_unless_zero(page))) {
			ClearPageLRU(page);
			list_move(&page->lru, dst);
			taken++;
		} else {
			list_move(&page->lru, src);	/* being freed by somebody who waits for our lock */
		}
	}
	*scanned = n;
	return taken;
}

/* All pages of @list to the list that PG_active says. => lru_lock not held */
static void putback_lru_pages(struct zone *zone, struct list_head *list)
{
	struct pagevec pvec;

	pagevec_init(&pvec, 1);
	spin_lock_irq(&zone->lru_lock);
	while (!list_empty(list)) {
		struct page *page = list_last_entry(list, struct page, lru);

		list_del(&page->lru);
		SetPageLRU(page);
		add_page_to_list(zone, page);
		if (!pagevec_add(&pvec, page)) {
			spin_unlock_irq(&zone->lru_lock);
			release_pages(pvec.pages, (int)pvec.nr, 1);
			pvec.nr = 0;
			spin_lock_irq(&zone->lru_lock);
		}
	}
	spin_unlock_irq(&zone->lru_lock);
	release_pages(pvec.pages, (int)pvec.nr, 1);
}

/* Free what can be freed of @list; the others stay on it. The pages freed. */
static unsigned long shrink_page_list(struct list_head *list, struct scan_control *sc)
{
	unsigned long freed = 0;
	struct pagevec freed_pvec;
	LIST_HEAD(kept);

	pagevec_init(&freed_pvec, 1);
	while (!list_empty(list)) {
		struct page *page = list_last_entry(list, struct page, lru);
		enum page_fate fate = PAGE_KEEP_UNLOCKED;

		cond_resched();
		list_del(&page->lru);
		if (trylock_page(page))
			fate = reclaim_page(page, sc);
		if (fate == PAGE_ACTIVATE) {
			SetPageActive(page);
			count_vm_event(PGACTIVATE);
		}
		if (fate != PAGE_KEEP_UNLOCKED)
			unlock_page(page);
		if (fate != PAGE_FREE) {
			list_add(&page->lru, &kept);
			continue;
		}
		freed++;
		if (!pagevec_add(&freed_pvec, page)) {
			release_pages(freed_pvec.pages, (int)freed_pvec.nr, 1);
			freed_pvec.nr = 0;
		}
	}
	release_pages(freed_pvec.pages, (int)freed_pvec.nr, 1);
	list_splice(&kept, list);
	return freed;
}

static unsigned long shrink_inactive_list(unsigned long max_scan, struct zone *zone, struct scan_control *sc)
{
	unsigned long scanned_all = 0, reclaimed = 0;

	lru_add_drain();
	while (scanned_all < max_scan) {
		unsigned long scanned, taken, freed;
		LIST_HEAD(pages);

		spin_lock_irq(&zone->lru_lock);
		taken = isolate_lru_pages(SWAP_CLUSTER_MAX, &zone->inactive_list, &pages, &scanned);
		zone->nr_inactive -= taken;
		zone->pages_scanned += scanned;
		spin_unlock_irq(&zone->lru_lock);
		if (!scanned)
			break;
		scanned_all += scanned;
		freed = shrink_page_list(&pages, sc);
		reclaimed += freed;
		if (current->flags & PF_KSWAPD) {
			count_zone_vm_events(PGSCAN_KSWAPD, zone, (long)scanned);
			count_vm_events(KSWAPD_STEAL, (long)freed);
		} else {
			count_zone_vm_events(PGSCAN_DIRECT, zone, (long)scanned);
		}
		count_zone_vm_events(PGSTEAL, zone, (long)freed);
		putback_lru_pages(zone, &pages);
	}
	return reclaimed;
}

static bool zone_is_near_oom(struct zone *zone)
{
	return zone->pages_scanned >= (zone->nr_active + zone->nr_inactive) * 3;
}

/* Shall mapped pages leave the active list? The harder reclaim is, and the more of memory is mapped, the sooner. */
static bool reclaim_mapped(struct zone *zone, struct scan_control *sc, int priority)
{
	unsigned long used = global_page_state(NR_FILE_MAPPED) + global_page_state(NR_ANON_PAGES);
	long distress = 100 >> min(zone->prev_priority, priority);
	long mapped_ratio = (long)(used * 100 / totalram_pages);

	return zone_is_near_oom(zone) || mapped_ratio / 2 + distress + sc->swappiness >= 100;
}

static void shrink_active_list(unsigned long nr, struct zone *zone, struct scan_control *sc, int priority)
{
	bool mapped_too = reclaim_mapped(zone, sc, priority);
	unsigned long scanned, taken, moved = 0;
	LIST_HEAD(pages);
	LIST_HEAD(sorted);

	lru_add_drain();
	spin_lock_irq(&zone->lru_lock);
	taken = isolate_lru_pages(nr, &zone->active_list, &pages, &scanned);
	zone->pages_scanned += scanned;
	zone->nr_active -= taken;
	spin_unlock_irq(&zone->lru_lock);

	while (!list_empty(&pages)) {
		struct page *page = list_last_entry(&pages, struct page, lru);

		cond_resched();
		list_move(&page->lru, &sorted);
		if (page_mapped(page) && (!mapped_too || (PageAnon(page) && !total_swap_pages) || page_referenced(page, 0)))
			continue;		/* stays active */
		ClearPageActive(page);
		moved++;
	}
	putback_lru_pages(zone, &sorted);
	count_vm_events(PGDEACTIVATE, (long)moved);
	count_zone_vm_events(PGREFILL, zone, (long)scanned);
}

/* Adds to a list's debt of scanning; what of it is due now. */
static unsigned long scan_due(unsigned long *debt, unsigned long list, int priority)
{
	unsigned long due;

	*debt += (list >> priority) + 1;
	due = *debt >= SWAP_CLUSTER_MAX ? *debt : 0;
	if (due)
		*debt = 0;
	return due;
}

/* The pages freed. => may sleep */
static unsigned long shrink_zone(int priority, struct zone *zone, struct scan_control *sc)
{
	unsigned long active = scan_due(&zone->nr_scan_active, zone->nr_active, priority);
	unsigned long inactive = scan_due(&zone->nr_scan_inactive, zone->nr_inactive, priority), freed = 0;

	atomic_inc(&zone->reclaim_in_progress);
	while (active || inactive) {
		unsigned long part = min(active, (unsigned long)SWAP_CLUSTER_MAX);

		if (part)
			shrink_active_list(part, zone, sc, priority);
		active -= part;
		part = min(inactive, (unsigned long)SWAP_CLUSTER_MAX);
		if (part)
			freed += shrink_inactive_list(part, zone, sc);
		inactive -= part;
	}
	throttle_vm_writeout();
	atomic_dec(&zone->reclaim_in_progress);
	return freed;
}

/* ---- direct reclaim ----------------------------------------------------------------------------------------- */

static unsigned long shrink_zones(int priority, struct zone **zones, struct scan_control *sc)
{
	unsigned long freed = 0;

	sc->all_unreclaimable = 1;
	for (; *zones; zones++) {
		struct zone *zone = *zones;

		if (!populated_zone(zone))
			continue;
		zone->prev_priority = min(zone->prev_priority, priority);
		if (zone->all_unreclaimable && priority != DEF_PRIORITY)
			continue;		/* kswapd looks whether it still is */
		sc->all_unreclaimable = 0;
		freed += shrink_zone(priority, zone, sc);
	}
	return freed;
}

static void add_reclaimed_slab(unsigned long *reclaimed)
{
	if (current->reclaim_state) {
		*reclaimed += current->reclaim_state->reclaimed_slab;
		current->reclaim_state->reclaimed_slab = 0;
	}
}

unsigned long try_to_free_pages(struct zone **zones, gfp_t gfp)
{
	struct scan_control sc = { .gfp = gfp, .may_writepage = 1, .swappiness = vm_swappiness };
	unsigned long lru_pages = 0, total_scanned = 0, reclaimed = 0;
	struct zone **z;
	int priority;

	count_vm_event(ALLOCSTALL);
	for (z = zones; *z; z++)
		lru_pages += (*z)->nr_active + (*z)->nr_inactive;

	for (priority = DEF_PRIORITY; priority >= 0; priority--) {
		sc.nr_scanned = 0;
		reclaimed += shrink_zones(priority, zones, &sc);
		shrink_slab(sc.nr_scanned, gfp, lru_pages);
		add_reclaimed_slab(&reclaimed);
		total_scanned += sc.nr_scanned;
		if (reclaimed >= SWAP_CLUSTER_MAX)
			break;
		if (total_scanned > SWAP_CLUSTER_MAX + SWAP_CLUSTER_MAX / 2)
			wakeup_pdflush((long)total_scanned);	/* much of it is dirty, then */
		if (sc.nr_scanned && priority < DEF_PRIORITY - 2)
			congestion_wait(1, HZ / 10);
	}
	for (z = zones; *z; z++)
		(*z)->prev_priority = max(priority, 0);
	return reclaimed >= SWAP_CLUSTER_MAX || !sc.all_unreclaimable ? max(reclaimed, 1UL) : 0;
}

/* ---- kswapd ---------------------------------------------------------------------------------------------------- */

/* The highest zone of @pgdat that is short of pages_high; -1: none. */
static int highest_needy_zone(pg_data_t *pgdat, int order, int priority)
{
	for (int i = MAX_NR_ZONES - 1; i >= 0; i--) {
		struct zone *zone = &pgdat->node_zones[i];

		if (!populated_zone(zone) || (zone->all_unreclaimable && priority != DEF_PRIORITY))
			continue;
		if (!zone_watermark_ok(zone, (unsigned)order, zone->pages_high, 0, 0))
			return i;
	}
	return -1;
}

/* One zone's turn; false: it is still short. */
static bool balance_zone(struct zone *zone, int end_zone, int priority, unsigned long lru_pages, struct scan_control *sc)
{
	unsigned long slab;
	bool ok;

	if (!populated_zone(zone) || (zone->all_unreclaimable && priority != DEF_PRIORITY))
		return true;
	ok = zone_watermark_ok(zone, (unsigned)sc->order, zone->pages_high, end_zone, 0);
	zone->prev_priority = min(zone->prev_priority, priority);
	sc->nr_scanned = 0;
	sc->nr_reclaimed += shrink_zone(priority, zone, sc);
	slab = shrink_slab(sc->nr_scanned, GFP_KERNEL, lru_pages);
	add_reclaimed_slab(&sc->nr_reclaimed);
	if (!slab && zone->pages_scanned >= (zone->nr_active + zone->nr_inactive) * 6)
		zone->all_unreclaimable = 1;
	return ok;
}

/* Work until all zones of @pgdat are at pages_high, or nothing helps. */
static void balance_pgdat(pg_data_t *pgdat, int order)
{
	struct scan_control sc = { .gfp = GFP_KERNEL, .may_writepage = 1, .swappiness = vm_swappiness, .order = order };
	int priority, i;

	count_vm_event(PAGEOUTRUN);
	for (priority = DEF_PRIORITY; priority >= 0; priority--) {
		int end_zone = highest_needy_zone(pgdat, order, priority);
		unsigned long lru_pages = 0, scanned = 0;
		bool all_ok = true;

		if (end_zone < 0)
			break;
		for (i = 0; i <= end_zone; i++)
			lru_pages += pgdat->node_zones[i].nr_active + pgdat->node_zones[i].nr_inactive;
		for (i = 0; i <= end_zone; i++) {	/* against the allocator's order: both do not meet in one zone */
			all_ok &= balance_zone(&pgdat->node_zones[i], end_zone, priority, lru_pages, &sc);
			scanned += sc.nr_scanned;
		}
		if (all_ok || sc.nr_reclaimed >= SWAP_CLUSTER_MAX)
			break;
		if (scanned && priority < DEF_PRIORITY - 2)
			congestion_wait(1, HZ / 10);
	}
	for (i = 0; i < MAX_NR_ZONES; i++)
		pgdat->node_zones[i].prev_priority = max(priority, 0);
}

static int kswapd(void *arg)
{
	struct reclaim_state reclaim_state = { 0 };
	pg_data_t *pgdat = arg;
	DEFINE_WAIT(wait);

	current->reclaim_state = &reclaim_state;
	current->flags |= PF_MEMALLOC | PF_SWAPWRITE | PF_KSWAPD;
	for (;;) {
		int order;

		prepare_to_wait(&pgdat->kswapd_wait, &wait, TASK_INTERRUPTIBLE);
		if (!READ_ONCE(pgdat->kswapd_max_order))
			schedule();
		finish_wait(&pgdat->kswapd_wait, &wait);
		order = xchg(&pgdat->kswapd_max_order, 0) - 1;	/* kept plus one: 0 is "nobody asks" */
		if (order >= 0)
			balance_pgdat(pgdat, order);
	}
	return 0;
}

void wakeup_kswapd(struct zone *zone, int order)
{
	pg_data_t *pgdat = zone->zone_pgdat;

	if (!populated_zone(zone) || !pgdat->kswapd)
		return;
	if (zone_watermark_ok(zone, (unsigned)order, zone->pages_low, 0, 0))
		return;
	if (pgdat->kswapd_max_order < order + 1)
		pgdat->kswapd_max_order = order + 1;
	if (waitqueue_active(&pgdat->kswapd_wait))
		wake_up_interruptible(&pgdat->kswapd_wait);
}

void __init kswapd_init(void)
{
	pg_data_t *pgdat;

	for_each_online_pgdat(pgdat) {
		struct task_struct *p = kthread_run(kswapd, pgdat, "kswapd%d", pgdat->node_id);

		if (IS_ERR(p))
			panic("no memory for kswapd");
		pgdat->kswapd = p;
	}
}
