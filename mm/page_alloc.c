/*
 * page_alloc.c: the zoned buddy allocator.
 *
 * Owns:   each zone's free lists and per-CPU lists; a page's life from allocation to its last reference.
 * Locks:  zone->lock (irq-safe) for the free lists; interrupts off for this CPU's own lists.
 * Read next: page_alloc_boot.c (where the numbers come from), vmscan.c (who makes pages free again).
 *
 * A free block of 2^order pages is aligned to its size; its first page has PG_buddy and keeps the order in private.
 * Its buddy is the block whose number differs in bit `order` only: two free buddies always become one block.
 *
 *	order 2	[0 1 2 3]                      alloc order 0:  [0]→caller  [1]→list 0  [2 3]→list 1
 *	free 0:  0's buddy 1 is free → [0 1], its buddy [2 3] is free → [0 1 2 3]
 *
 * Single pages go through two lists a CPU and zone, hot and cold, which trade with the buddy lists in batches.
 */
#include "mm/backing-dev.h"
#include "mm/fault_inject.h"
#include "mm/highmem.h"
#include "mm/internal.h"
#include "mm/swap.h"
#include "kernel/block/blk.h"
#include "kernel/lib/radix_tree.h"
#include "kernel/irq.h"
#include "kernel/workqueue.h"

/* A page that has any of these when it is freed, or when it comes out of a list, is not what it should be. */
#define PAGE_FLAGS_BAD	(1UL << PG_lru | 1UL << PG_private | 1UL << PG_locked | 1UL << PG_active | 1UL << PG_reclaim | \
			 1UL << PG_slab | 1UL << PG_swapcache | 1UL << PG_writeback | 1UL << PG_reserved | 1UL << PG_buddy)
/* Left over from the last owner, of no meaning to the next. */
#define PAGE_FLAGS_STALE (1UL << PG_uptodate | 1UL << PG_error | 1UL << PG_referenced | 1UL << PG_arch_1 | \
			  1UL << PG_checked | 1UL << PG_mappedtodisk)

#define PAGE_ALLOC_COSTLY_ORDER	3	/* above it, reclaim is not worth insisting */
#define NOFS_PATIENCE		50	/* rounds of reclaim without success, 20 ms and more each */

static void __free_pages_ok(struct page *page, unsigned int order);

/* ---- pages that are not what they should be -------------------------------------------------------- */

/* Tell, and make it usable again: the damage was done elsewhere. From now on every backtrace says that memory is not to be trusted. */
static noinline void bad_page(struct page *page)
{
	printk(KERN_EMERG "Bad page state in process '%s'\n"
	       KERN_EMERG "page:%p pfn:%lx flags:0x%lx mapping:%p mapcount:%d count:%d\n", current->comm,
	       page, page_to_pfn(page), page->flags, page->mapping, page_mapcount(page), atomic_read(&page->_count));
	add_taint(TAINT_BAD_PAGE);
	dump_stack();
	page->flags &= ~(PAGE_FLAGS_BAD | 1UL << PG_dirty);
	set_page_count(page, 0);
	atomic_set(&page->_mapcount, -1);
	page->mapping = NULL;
}

static inline bool page_is_bad(const struct page *page, unsigned long flags)
{
	return unlikely(((unsigned long)page->mapping | (unsigned long)(atomic_read(&page->_mapcount) + 1) |
			 (unsigned long)atomic_read(&page->_count) | (page->flags & flags)) != 0);
}

/* The last reference is gone: is the page fit for a free list? */
static inline bool free_page_ok(struct page *page)
{
	if (page_is_bad(page, PAGE_FLAGS_BAD)) {
		bool reserved = PageReserved(page);

		bad_page(page);
		if (reserved) {		/* a page of the boot: nobody may have it */
			SetPageReserved(page);
			return false;
		}
	}
	if (page->flags & 1UL << PG_dirty)
		__ClearPageDirty(page);
	return true;
}

/* ---- compound pages ----------------------------------------------------------------------------------- */

/* The last put_page of a compound page comes here (compound_page_dtor). */
static void free_compound_page(struct page *page)
{
	__free_pages_ok(page, compound_order(page));
}

/* Every page points at the head; the second one holds the destructor and the order. */
static noinline void prep_compound_page(struct page *page, unsigned int order)
{
	set_compound_page_dtor(page, free_compound_page);
	page[1].lru.prev = (void *)(unsigned long)order;
	for (unsigned long i = 0; i < 1UL << order; i++) {
		__SetPageCompound(page + i);
		set_page_private(page + i, (unsigned long)page);
	}
}

static void destroy_compound_page(struct page *page, unsigned int order)
{
	if (compound_order(page) != order)
		bad_page(page);
	for (unsigned long i = 0; i < 1UL << order; i++) {
		if (!PageCompound(page + i) || page_private(page + i) != (unsigned long)page)
			bad_page(page + i);
		__ClearPageCompound(page + i);
		set_page_private(page + i, 0);
	}
}

/* ---- the buddy lists ------------------------------------------------------------------------------------ */

/* @page starts a free block of @order from now on. => zone->lock held; free_pages is the caller's matter */
static inline void add_block(struct zone *zone, struct page *page, unsigned int order)
{
	set_page_private(page, order);
	__SetPageBuddy(page);
	list_add(&page->lru, &zone->free_area[order].free_list);
	zone->free_area[order].nr_free++;
}

/* The free block at @page leaves its list, and is a free block no more. => as add_block; private becomes 0 */
static inline void del_block(struct zone *zone, struct page *page, unsigned int order)
{
	list_del(&page->lru);
	zone->free_area[order].nr_free--;
	__ClearPageBuddy(page);
	set_page_private(page, 0);
}

/* The buddy of the block of @order that starts at @page, whose number is @idx. => it may be in a hole or in use */
static inline struct page *__page_find_buddy(struct page *page, unsigned long idx, unsigned int order)
{
	return page + (long)((idx ^ 1UL << order) - idx);
}

/* The number of the block that block @idx of @order and its buddy make together. */
static inline unsigned long __find_combined_index(unsigned long idx, unsigned int order)
{
	return idx & ~(1UL << order);
}

/* Is @buddy the first page of a free block of @order, in @page's zone? */
static inline bool page_is_buddy(const struct page *page, const struct page *buddy, unsigned int order)
{
	return PageBuddy(buddy) && page_order(buddy) == order && !((page->flags ^ buddy->flags) >> ZONES_PGSHIFT);
}

/* Put a block on the lists, merged with its buddy as long as that is free, too. => zone->lock held */
static void __free_one_page(struct zone *zone, struct page *page, unsigned int order)
{
	unsigned long idx = page_to_pfn(page) & ((1UL << MAX_ORDER) - 1);

	assert_held(&zone->lock);
	ASSERT_OP(idx & ((1UL << order) - 1), ==, 0);
	if (unlikely(PageCompound(page)))
		destroy_compound_page(page, order);
	zone->free_pages += 1UL << order;
	for (; order < MAX_ORDER - 1; order++) {
		struct page *buddy = __page_find_buddy(page, idx, order);

		if (!page_is_buddy(page, buddy, order))
			break;
		del_block(zone, buddy, order);
		page += (long)(__find_combined_index(idx, order) - idx);
		idx = __find_combined_index(idx, order);
	}
	add_block(zone, page, order);
}

/* The oldest @count pages of @list go to the buddy lists. => interrupts off */
static noinline void free_pages_bulk(struct zone *zone, int count, struct list_head *list)
{
	spin_lock(&zone->lock);
	zone->all_unreclaimable = 0;
	zone->pages_scanned = 0;
	while (count--) {
		struct page *page = list_last_entry(list, struct page, lru);

		list_del(&page->lru);
		__free_one_page(zone, page, 0);
	}
	spin_unlock(&zone->lock);
}

/* Only the lowest 2^@low pages of a block of @high are wanted: halve it, each upper half goes back to the lists. */
static inline void expand(struct zone *zone, struct page *page, unsigned int low, unsigned int high)
{
	while (high-- > low)
		add_block(zone, page + (1UL << high), high);
}

/*
 * Take a block of @order: the first that is large enough, cut down to size. The lowest part goes to the caller, so
 * that a row of requests gets rising addresses (the disk likes that). NULL: none. => zone->lock held
 */
static struct page *__rmqueue(struct zone *zone, unsigned int order)
{
	struct page *page;
	unsigned int cur;

	assert_held(&zone->lock);
	for (cur = order; list_empty(&zone->free_area[cur].free_list); cur++)
		if (cur == MAX_ORDER - 1)
			return NULL;
	page = list_first_entry(&zone->free_area[cur].free_list, struct page, lru);
	del_block(zone, page, cur);
	zone->free_pages -= 1UL << order;
	expand(zone, page, order, cur);
	return page;
}

/* Up to @count single pages to the end of @list; returns how many. => interrupts off */
static noinline int rmqueue_bulk(struct zone *zone, int count, struct list_head *list)
{
	int n;

	spin_lock(&zone->lock);
	for (n = 0; n < count; n++) {
		struct page *page = __rmqueue(zone, 0);

		if (unlikely(!page))
			break;
		list_add_tail(&page->lru, list);
	}
	spin_unlock(&zone->lock);
	return n;
}

/* ---- freeing ---------------------------------------------------------------------------------------------- */

static void __free_pages_ok(struct page *page, unsigned int order)
{
	struct zone *zone = page_zone(page);
	unsigned long flags;
	bool ok = true;

	for (unsigned long i = 0; i < 1UL << order; i++)
		ok &= free_page_ok(page + i);
	if (!ok)
		return;
	if (DEBUG_BUILD)
		poison_pages(page, order);
	spin_lock_irqsave(&zone->lock, flags);
	count_vm_events(PGFREE, 1L << order);
	zone->all_unreclaimable = 0;
	zone->pages_scanned = 0;
	__free_one_page(zone, page, order);
	spin_unlock_irqrestore(&zone->lock, flags);
}

static inline void free_hot_cold_page(struct page *page, int cold)
{
	struct zone *zone = page_zone(page);
	struct per_cpu_pages *pcp;
	unsigned long flags;

	if (PageAnon(page))
		page->mapping = NULL;
	if (!free_page_ok(page))
		return;
	if (DEBUG_BUILD)
		poison_pages(page, 0);
	local_irq_save(flags);
	pcp = &zone->pageset[smp_processor_id()]->pcp[cold];
	count_vm_event(PGFREE);
	list_add(&page->lru, &pcp->list);
	if (++pcp->count >= pcp->high) {
		pcp->count -= pcp->batch;
		free_pages_bulk(zone, pcp->batch, &pcp->list);
	}
	local_irq_restore(flags);
}

/* => the page's count is zero; any context. Likely in this CPU's cache: it is handed out first. */
void free_hot_page(struct page *page)
{
	free_hot_cold_page(page, 0);
}

/* => as free_hot_page, for a page that no CPU has touched lately. */
void free_cold_page(struct page *page)
{
	free_hot_cold_page(page, 1);
}

/* Free all pages of @pvec, as hot or cold as it says, and leave it empty. => their counts are zero; any context */
void __pagevec_free(struct pagevec *pvec)
{
	while (pvec->nr)
		free_hot_cold_page(pvec->pages[--pvec->nr], (int)pvec->cold);
}

/* Drop one reference to 2^@order pages; the last frees them. => any context */
void __free_pages(struct page *page, unsigned int order)
{
	if (!put_page_testzero(page))
		return;
	if (order == 0)
		free_hot_page(page);
	else
		__free_pages_ok(page, order);
}

/* As __free_pages, by the kernel's address; 0 is fine. */
void free_pages(unsigned long addr, unsigned int order)
{
	if (addr)
		__free_pages(virt_to_page((void *)addr), order);
}

/* The first way of 2^@order boot pages to the buddy lists. => boot, or their memory was reserved so far */
void __free_pages_bootmem(struct page *page, unsigned int order)
{
	for (unsigned long i = 0; i < 1UL << order; i++) {
		__ClearPageReserved(page + i);
		set_page_count(page + i, 0);
	}
	set_page_refcounted(page);
	__free_pages(page, order);
}

/* Each page of a block (not compound) becomes a page of its own, to be freed alone. => count 1 on the first */
void split_page(struct page *page, unsigned int order)
{
	ASSERT(!PageCompound(page));
	ASSERT_OP(atomic_read(&page->_count), ==, 1);
	for (unsigned long i = 1; i < 1UL << order; i++)
		set_page_refcounted(page + i);
}

/* ---- this CPU's lists -------------------------------------------------------------------------------------- */

/* Empty this CPU's lists of all zones into the buddy lists. => any context */
void drain_local_pages(void)
{
	struct zone *zone;
	unsigned long flags;

	for_each_zone(zone) {
		if (!populated_zone(zone))
			continue;
		local_irq_save(flags);
		for (int cold = 0; cold < 2; cold++) {
			struct per_cpu_pages *pcp = &zone->pageset[smp_processor_id()]->pcp[cold];

			free_pages_bulk(zone, pcp->count, &pcp->list);
			pcp->count = 0;
		}
		local_irq_restore(flags);
	}
}

static void drain_this_cpu(void *unused)
{
	drain_local_pages();
}

/* Empty all CPUs' lists. => interrupts on, may sleep */
void drain_all_pages(void)
{
	on_each_cpu(drain_this_cpu, NULL);
}

/*
 * Bring all that is kept apart for speed to where it is counted: address spaces that idle CPUs still borrow, page
 * vectors, per-CPU lists, per-CPU counters, objects that wait for a grace period, spare kernel stacks, nodes put aside.
 * Afterwards the books balance, if nobody works meanwhile.
 * => may sleep
 */
void mm_quiesce(void)
{
	leave_borrowed_mms();
	synchronize_rcu();
	drop_spare_stacks();
	flush_scheduled_work();
	lru_add_drain_all();
	on_each_cpu(radix_tree_drop_preload, NULL);
	drain_all_pages();
	refresh_vm_stats();
}

/* ---- allocating --------------------------------------------------------------------------------------------- */

static noinline void prep_zero_pages(struct page *page, unsigned int order)
{
	for (unsigned long i = 0; i < 1UL << order; i++)
		clear_highpage(page + i);
}

/* Out of a list and into a caller's hands. False: it was not as a free page should be. */
static inline bool prep_new_page(struct page *page, unsigned int order, gfp_t gfp)
{
	if (page_is_bad(page, PAGE_FLAGS_BAD | 1UL << PG_dirty)) {
		bad_page(page);
		return false;
	}
	page->flags &= ~PAGE_FLAGS_STALE;
	set_page_private(page, 0);
	set_page_refcounted(page);
	if (DEBUG_BUILD)
		check_poison(page, order);
	if (gfp & __GFP_ZERO)
		prep_zero_pages(page, order);
	if (order && gfp & __GFP_COMP)
		prep_compound_page(page, order);
	return true;
}

/* Was it the node that was asked for, and this CPU's? Not counted where there is but one. => interrupts off */
static inline void zone_statistics(struct zonelist *zonelist, struct zone *zone, struct per_cpu_pageset *pset)
{
	struct zone *preferred;

	if (likely(!(node_online_map & (node_online_map - 1))))
		return;
	preferred = zonelist->zones[0];
	if (zone->node == preferred->node) {
		inc_pageset_state(zone, pset, NUMA_HIT);
	} else {
		inc_pageset_state(zone, pset, NUMA_MISS);
		__inc_zone_state(preferred, NUMA_FOREIGN);
	}
	inc_pageset_state(zone, pset, zone->node == numa_node_id() ? NUMA_LOCAL : NUMA_OTHER);
}

/* From this CPU's list, filled up first if it is empty. => interrupts off */
static inline struct page *take_from_pcp(struct zone *zone, struct per_cpu_pages *pcp)
{
	int count = pcp->count;
	struct page *page;

	if (unlikely(!count)) {
		count = rmqueue_bulk(zone, pcp->batch, &pcp->list);
		if (!count)
			return NULL;
	}
	pcp->count = count - 1;
	page = list_first_entry(&pcp->list, struct page, lru);
	list_del(&page->lru);
	return page;
}

/* From @zone, whose watermark was found all right: one page by way of this CPU's list, more from the buddy lists. */
static __always_inline struct page *buffered_rmqueue(struct zonelist *zonelist, struct zone *zone, unsigned int order,
						     gfp_t gfp)
{
	struct per_cpu_pageset *pset;
	struct page *page;
	unsigned long flags;

	do {
		local_irq_save(flags);
		pset = zone->pageset[smp_processor_id()];
		if (likely(order == 0)) {
			page = take_from_pcp(zone, &pset->pcp[!!(gfp & __GFP_COLD)]);
		} else {
			spin_lock(&zone->lock);
			page = __rmqueue(zone, order);
			spin_unlock(&zone->lock);
		}
		if (likely(page)) {
			count_zone_vm_events(PGALLOC, zone, 1L << order);
			zone_statistics(zonelist, zone, pset);
		}
		local_irq_restore(flags);
	} while (page && unlikely(!prep_new_page(page, order, gfp)));
	return page;
}

/*
 * May a request of @order be met from @z if @mark pages and the reserve against requests for zone @classzone_idx
 * must stay free? ALLOC_HIGH and ALLOC_HARDER lower the mark. free_pages - 2^@order + 1 must be more than mark and
 * reserve. Then for each order below @order: the pages of its blocks do not count, the mark is halved, and what is left
 * must be more than it.
 * => no lock: an answer a little out of date does no harm. Inlined where the flags are constant.
 */
__always_inline bool zone_watermark_ok(struct zone *z, unsigned int order, unsigned long mark, int classzone_idx,
				       int alloc_flags)
{
	long free = (long)z->free_pages - (1L << order) + 1, min = (long)mark;

	if (alloc_flags & ALLOC_HIGH)
		min -= min / 2;
	if (alloc_flags & ALLOC_HARDER)
		min -= min / 4;
	if (free <= min + (long)z->lowmem_reserve[classzone_idx])
		return false;
	for (unsigned int o = 0; o < order; o++) {
		free -= (long)(z->free_area[o].nr_free << o);	/* too small to be of use */
		min >>= 1;
		if (free <= min)
			return false;
	}
	return true;
}

static __always_inline unsigned long zone_mark(const struct zone *zone, int alloc_flags)
{
	if (alloc_flags & ALLOC_WMARK_LOW)
		return zone->pages_low;
	return alloc_flags & ALLOC_WMARK_MIN ? zone->pages_min : zone->pages_high;
}

/* From the first zone of the list that can spare the pages; NULL: none can. */
static noinline struct page *get_page_from_freelist(gfp_t gfp, unsigned int order, struct zonelist *zonelist,
						    int alloc_flags)
{
	struct zone **z = zonelist->zones, *zone;
	int classzone_idx = (int)zone_idx(*z);
	struct page *page;

	for (; (zone = *z) != NULL; z++) {
		if (unlikely(gfp & __GFP_THISNODE) && zone->node != zonelist->zones[0]->node)
			break;
		if (!(alloc_flags & ALLOC_NO_WATERMARKS) &&
		    !zone_watermark_ok(zone, order, zone_mark(zone, alloc_flags), classzone_idx, alloc_flags))
			continue;
		page = buffered_rmqueue(zonelist, zone, order, gfp);
		if (likely(page))
			return page;
	}
	return NULL;
}

/* The usual case, inlined, with everything constant that can be: one page, of the best zone. NULL: look further */
static __always_inline struct page *get_hot_page(gfp_t gfp, struct zonelist *zonelist)
{
	struct zone *zone = zonelist->zones[0];

	if (unlikely(!zone_watermark_ok(zone, 0, zone->pages_low, (int)zone_idx(zone), 0)))
		return NULL;
	return buffered_rmqueue(zonelist, zone, 0, gfp);
}

/* ---- the slow way --------------------------------------------------------------------------------------------- */

static void alloc_failed(gfp_t gfp, unsigned int order)
{
	static struct ratelimit limit;

	if (gfp & __GFP_NOWARN || !printk_ratelimit(&limit))
		return;
	printk(KERN_WARNING "%s: page allocation failure. order:%u, mode:0x%x\n", current->comm, order, gfp);
	dump_stack();
	show_mem();
}

/* How deep into the reserves this caller may go. */
static int reserve_flags(gfp_t gfp)
{
	int flags = ALLOC_WMARK_MIN;

	if (!(gfp & __GFP_WAIT) || (rt_task(current) && !in_interrupt()))
		flags |= ALLOC_HARDER;
	if (gfp & __GFP_HIGH)
		flags |= ALLOC_HIGH;
	return flags;
}

/* Tasks that free memory, or die and will free theirs: they get all there is, and never wait for more. */
static bool frees_memory(void)
{
	return (current->flags & PF_MEMALLOC || test_thread_flag(TIF_MEMDIE)) && !in_interrupt();
}

/* Free some pages ourselves; what that allocates comes from the reserves. Returns the progress. */
static unsigned long direct_reclaim(struct zonelist *zonelist, gfp_t gfp)
{
	struct reclaim_state reclaim_state = { 0 };
	unsigned long progress;

	cond_resched();
	current->flags |= PF_MEMALLOC;
	current->reclaim_state = &reclaim_state;
	progress = try_to_free_pages(zonelist->zones, gfp);
	current->reclaim_state = NULL;
	current->flags &= ~PF_MEMALLOC;
	cond_resched();
	return progress;
}

/* Reclaim brought nothing: is it worth another round? Small requests of patient callers never give up. */
static bool should_retry(gfp_t gfp, unsigned int order)
{
	return !(gfp & __GFP_NORETRY) &&
	       (order <= PAGE_ALLOC_COSTLY_ORDER || gfp & (__GFP_REPEAT | __GFP_NOFAIL));
}

/* As far as one can get without reclaim: kswapd is told, the reserves are asked. *final: NULL is the answer, too. */
static struct page *alloc_from_reserves(gfp_t gfp, unsigned int order, struct zonelist *zonelist, bool *final)
{
	struct page *page;

	for (struct zone **z = zonelist->zones; *z; z++)
		wakeup_kswapd(*z, (int)order);
	page = get_page_from_freelist(gfp, order, zonelist, reserve_flags(gfp));
	*final = !(gfp & __GFP_WAIT);
	if (page || !frees_memory())
		return page;
	*final = true;		/* reclaim inside reclaim brings nothing, and would end PF_MEMALLOC too early */
	if (gfp & __GFP_NOMEMALLOC)
		return NULL;
	for (;;) {
		page = get_page_from_freelist(gfp, order, zonelist, ALLOC_NO_WATERMARKS);
		if (page || !(gfp & __GFP_NOFAIL))
			return page;
		congestion_wait(WRITE, HZ / 50);
	}
}

/*
 * May somebody be killed for this request? Who may not enter a filesystem leaves that to others, as in 2.6.20; but not
 * for ever: there may be no others, when one process alone has filled memory and now reads its own text.
 */
static bool may_kill(gfp_t gfp, unsigned int fruitless)
{
	return !(gfp & __GFP_NORETRY) && (gfp & __GFP_FS || fruitless >= NOFS_PATIENCE);
}

/*
 * Below pages_low everywhere. Reclaim until there are pages, or until it is right to fail; where reclaim brings
 * nothing, somebody is killed.
 */
static noinline struct page *alloc_pages_slow(gfp_t gfp, unsigned int order, struct zonelist *zonelist)
{
	unsigned int fruitless = 0;
	struct page *page;
	bool final;

	for (;;) {
		page = alloc_from_reserves(gfp, order, zonelist, &final);
		if (page || final)
			return page;
		if (direct_reclaim(zonelist, gfp)) {
			page = get_page_from_freelist(gfp, order, zonelist, reserve_flags(gfp));
			if (page)
				return page;
		} else if (may_kill(gfp, fruitless++)) {
			/* The high mark: only a parallel kill can have freed that much. */
			page = get_page_from_freelist(gfp, order, zonelist, ALLOC_WMARK_HIGH);
			if (page)
				return page;
			out_of_memory(gfp, (int)order);
			page = get_page_from_freelist(gfp, order, zonelist, ALLOC_WMARK_LOW);
			if (page)
				return page;
			continue;
		}
		if (!should_retry(gfp, order))
			return NULL;
		congestion_wait(WRITE, HZ / 50);
	}
}

/*
 * 2^@order pages, aligned to their size, from the best zone of the list that can spare them; the first has count 1.
 * => may sleep iff __GFP_WAIT. NULL: none, which with __GFP_WAIT only happens above order 3 or with __GFP_NORETRY,
 *    to a task that is being killed for its memory, or by fault injection.
 */
struct page *__alloc_pages(gfp_t gfp, unsigned int order, struct zonelist *zonelist)
{
	struct page *page;

	if (gfp & __GFP_WAIT)
		might_sleep();
	ASSERT((gfp & (__GFP_WAIT | __GFP_HIGHMEM | __GFP_ZERO)) != (__GFP_HIGHMEM | __GFP_ZERO));
	if (unlikely(!zonelist->zones[0]) || should_fail_alloc_page(gfp, order))
		return NULL;
	page = likely(order == 0) ? get_hot_page(gfp, zonelist) : NULL;
	if (likely(page))
		return page;
	page = get_page_from_freelist(gfp, order, zonelist, ALLOC_WMARK_LOW);
	if (page)
		return page;
	page = alloc_pages_slow(gfp, order, zonelist);
	if (!page)
		alloc_failed(gfp, order);
	return page;
}

/* A page for @addr of @vma: from this CPU's node, as long as there are no policies. => as __alloc_pages */
struct page *alloc_page_vma(gfp_t gfp, struct vm_area_struct *vma, unsigned long addr)
{
	return alloc_pages(gfp, 0);
}

/* The kernel's address of 2^@order pages, 0 when there are none. => as __alloc_pages; never high memory */
unsigned long __get_free_pages(gfp_t gfp, unsigned int order)
{
	struct page *page;

	ASSERT(!(gfp & __GFP_HIGHMEM));
	page = alloc_pages(gfp, order);
	return page ? (unsigned long)lowmem_page_address(page) : 0;
}

/* As __get_free_page, filled with zeros. */
unsigned long get_zeroed_page(gfp_t gfp)
{
	return __get_free_pages(gfp | __GFP_ZERO, 0);
}

/*
 * @size bytes in contiguous pages, those of the power of two that are too many given back; the caller frees page by
 * page. NULL: none. => as __get_free_pages
 */
void *alloc_pages_exact(size_t size, gfp_t gfp)
{
	unsigned int order = get_order(size);
	unsigned long addr = __get_free_pages(gfp, order), end = addr + (PAGE_SIZE << order);

	if (!addr)
		return NULL;
	split_page(virt_to_page((void *)addr), order);
	for (unsigned long used = addr + PAGE_ALIGN(size); used < end; used += PAGE_SIZE)
		free_page(used);
	return (void *)addr;
}

/* Free pages of all zones, those on the CPUs' lists not counted. => no lock: a sum of the moment */
unsigned long nr_free_pages(void)
{
	unsigned long sum = 0;
	struct zone *zone;

	for_each_zone(zone)
		sum += zone->free_pages;
	return sum;
}
