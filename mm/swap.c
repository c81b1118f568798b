/*
 * swap.c: the way of pages onto the LRU lists, between them, and off them at their end. (Swapping is elsewhere.)
 *
 * Owns:   each CPU's pagevecs of pages on their way to a list; PG_lru, PG_active.
 * Locks:  zone->lru_lock, irq-safe, for the lists; a pagevec belongs to its CPU, and is not touched in interrupts.
 * Read next: vmscan.c, which takes pages off the lists' ends.
 *
 *	                     lru_cache_add            mark_page_accessed (2nd)
 *	new page ──► pagevec ─────────────► inactive ─────────────────────────► active
 *	                     lru_cache_add_active ──────────────────────────────►  │
 *	                                       ▲                                   │
 *	                                       └────── shrink_active_list ─────────┘
 *
 * A page on a list or in a pagevec: only the pagevec holds a reference. So the last put_page may find a page on a list,
 * and takes it off.
 */
#include "mm/swap.h"
#include "mm/internal.h"
#include "mm/pagemap.h"
#include "kernel/workqueue.h"

unsigned long total_swap_pages;
long nr_swap_pages;

static DEFINE_PER_CPU(struct pagevec, lru_add_pvecs);
static DEFINE_PER_CPU(struct pagevec, lru_add_active_pvecs);

/* The lock of @page's zone instead of *@zonep's, whose lock is held if it is not NULL. */
static void switch_lru_lock(struct zone **zonep, struct page *page)
{
	struct zone *zone = page ? page_zone(page) : NULL;

	if (zone == *zonep)
		return;
	if (*zonep)
		spin_unlock_irq(&(*zonep)->lru_lock);
	if (zone)
		spin_lock_irq(&zone->lru_lock);
	*zonep = zone;
}

/* ---- the end of a page --------------------------------------------------------------------------- */

static void put_compound_page(struct page *page)
{
	page = compound_head(page);
	if (put_page_testzero(page))
		get_compound_page_dtor(page)(page);
}

/* The last reference is gone. => any context */
static void free_last(struct page *page)
{
	if (PageLRU(page)) {
		struct zone *zone = page_zone(page);
		unsigned long flags;

		spin_lock_irqsave(&zone->lru_lock, flags);
		ClearPageLRU(page);
		del_page_from_lru(zone, page);
		spin_unlock_irqrestore(&zone->lru_lock, flags);
	}
	free_hot_page(page);
}

/* Drop a reference. => any context */
void put_page(struct page *page)
{
	if (unlikely(PageCompound(page)))
		put_compound_page(page);
	else if (put_page_testzero(page))
		free_last(page);
}

/*
 * Drop a reference of each of @nr pages; the last ones go to the CPU's cold or hot list.
 * => interrupts on; a zone's lru_lock is taken once for a run of its pages
 */
void release_pages(struct page **pages, int nr, int cold)
{
	struct zone *zone = NULL;
	struct pagevec free;

	pagevec_init(&free, cold);
	for (int i = 0; i < nr; i++) {
		struct page *page = pages[i];

		if (unlikely(PageCompound(page))) {
			switch_lru_lock(&zone, NULL);
			put_compound_page(page);
			continue;
		}
		if (!put_page_testzero(page))
			continue;
		if (PageLRU(page)) {
			switch_lru_lock(&zone, page);
			ASSERT(zone);
			ClearPageLRU(page);
			del_page_from_lru(zone, page);
		}
		if (!pagevec_add(&free, page)) {
			switch_lru_lock(&zone, NULL);
			__pagevec_free(&free);
		}
	}
	switch_lru_lock(&zone, NULL);
	__pagevec_free(&free);
}

/* ---- pagevecs ------------------------------------------------------------------------------------- */

/* Drop the references of all pages of @pvec; it is empty then. Pages on their way to a list get there first. */
void __pagevec_release(struct pagevec *pvec)
{
	lru_add_drain();
	release_pages(pvec->pages, (int)pvec->nr, (int)pvec->cold);
	pvec->nr = 0;
}

static void pagevec_lru_add(struct pagevec *pvec, bool active)
{
	struct zone *zone = NULL;
	unsigned long i;

	for (i = 0; i < pvec->nr; i++) {
		struct page *page = pvec->pages[i];

		switch_lru_lock(&zone, page);
		ASSERT(zone && !PageLRU(page) && !PageActive(page));
		if (active)
			SetPageActive(page);
		SetPageLRU(page);
		add_page_to_list(zone, page);
	}
	switch_lru_lock(&zone, NULL);
	release_pages(pvec->pages, (int)pvec->nr, (int)pvec->cold);
	pvec->nr = 0;
}

/* Put @page on the inactive list, soon. => not in interrupts; does not sleep */
void lru_cache_add(struct page *page)
{
	struct pagevec *pvec = &__get_cpu_var(lru_add_pvecs);

	get_page(page);
	if (!pagevec_add(pvec, page))
		pagevec_lru_add(pvec, false);
}

/* The same, onto the active list. */
void lru_cache_add_active(struct page *page)
{
	struct pagevec *pvec = &__get_cpu_var(lru_add_active_pvecs);

	get_page(page);
	if (!pagevec_add(pvec, page))
		pagevec_lru_add(pvec, true);
}

/* Empty this CPU's pagevecs onto the lists. => not in interrupts; does not sleep */
void lru_add_drain(void)
{
	struct pagevec *pvec = &__get_cpu_var(lru_add_pvecs);

	if (pvec->nr)
		pagevec_lru_add(pvec, false);
	pvec = &__get_cpu_var(lru_add_active_pvecs);
	if (pvec->nr)
		pagevec_lru_add(pvec, true);
}

static void drain_work(struct work_struct *work)
{
	lru_add_drain();
}

/* The same on all CPUs. 0. => may sleep */
int lru_add_drain_all(void)
{
	schedule_on_each_cpu(drain_work);
	return 0;
}

/* Up to @nr_pages pages of @mapping from @start on, referenced. How many. */
unsigned pagevec_lookup(struct pagevec *pvec, struct address_space *mapping, pgoff_t start, unsigned nr_pages)
{
	pvec->nr = find_get_pages(mapping, start, nr_pages, pvec->pages);
	return (unsigned)pvec->nr;
}

/* The same of those with @tag; *@index moves behind the last one. */
unsigned pagevec_lookup_tag(struct pagevec *pvec, struct address_space *mapping, pgoff_t *index, int tag, unsigned nr_pages)
{
	pvec->nr = find_get_pages_tag(mapping, index, tag, nr_pages, pvec->pages);
	return (unsigned)pvec->nr;
}

/* ---- between the lists ------------------------------------------------------------------------------- */

/* @page is in use: to the active list, if it is on the other one. => does not sleep */
void activate_page(struct page *page)
{
	struct zone *zone = page_zone(page);

	spin_lock_irq(&zone->lru_lock);
	if (PageLRU(page) && !PageActive(page)) {
		del_page_from_lru(zone, page);
		SetPageActive(page);
		add_page_to_list(zone, page);
		count_vm_event(PGACTIVATE);
	}
	spin_unlock_irq(&zone->lru_lock);
}

/*
 * @page was used once more:
 *	inactive, unreferenced	→ inactive, referenced
 *	inactive, referenced	→ active, unreferenced
 *	active, unreferenced	→ active, referenced
 */
void mark_page_accessed(struct page *page)
{
	if (!PageReferenced(page)) {
		SetPageReferenced(page);
	} else if (!PageActive(page) && PageLRU(page)) {
		activate_page(page);
		ClearPageReferenced(page);
	}
}

/*
 * Reclaim wrote @page out and now it is clean: to the end of the inactive list, where it is the next to go.
 * => writeback has just ended; any context. 0: done, PG_writeback is clear (until then it pins the page); 1: not such a page
 */
int rotate_reclaimable_page(struct page *page)
{
	struct zone *zone = page_zone(page);
	unsigned long flags;

	if (PageLocked(page) || PageDirty(page) || PageActive(page) || !PageLRU(page))
		return 1;
	spin_lock_irqsave(&zone->lru_lock, flags);
	if (PageLRU(page) && !PageActive(page)) {
		list_move_tail(&page->lru, &zone->inactive_list);
		count_vm_event(PGROTATED);
	}
	spin_unlock_irqrestore(&zone->lru_lock, flags);
	if (!test_clear_page_writeback(page))	/* takes tree_lock, which comes before lru_lock */
		BUG();
	return 0;
}
