#ifndef MM_INTERNAL_H
#define MM_INTERNAL_H

/* Between the files of mm/ only. */
#include "mm/mm.h"

/* For code that is too big for an ASSERT: the compiler drops what stands behind if (DEBUG_BUILD). */
#ifdef CONFIG_DEBUG
#define DEBUG_BUILD	1
#else
#define DEBUG_BUILD	0
#endif

static inline void set_page_count(struct page *page, int v) { atomic_set(&page->_count, v); }
/* A page that was free or frozen becomes its allocator's. */
static inline void set_page_refcounted(struct page *page) { ASSERT(atomic_read(&page->_count) == 0); set_page_count(page, 1); }
static inline void __put_page(struct page *page) { atomic_dec(&page->_count); }

/* ---- page_alloc_boot.c ---- */
/* A run of memory that the firmware told of, all of one node. [b] */
struct active_range {
	unsigned long start_pfn, end_pfn;
	int nid;
};
#define ANY_NODE	(-1)
/* The range after @r of node @nid (or ANY_NODE); first: r NULL; NULL at the end. By address. */
struct active_range *next_active_range(int nid, struct active_range *r);
#define for_each_active_range(n, r) \
	for ((r) = next_active_range((n), NULL); (r); (r) = next_active_range((n), (r)))
bool pfn_range_reserved_early(unsigned long pfn, unsigned long nr);	/* bootmem.c */
extern const char *const zone_names[MAX_NR_ZONES];

/* ---- vmstat.c ---- */
/* A difference has passed the threshold upwards: into the sums, and half a threshold more, to be out of the way. */
void fold_overflow(struct zone *zone, struct per_cpu_pageset *pset, enum zone_stat_item item);

/* ---- page_alloc.c ---- */
/* A boot page's first way to the buddy lists. */
void __free_pages_bootmem(struct page *page, unsigned int order);
#define ALLOC_NO_WATERMARKS	0x01	/* all of it: the caller will free some */
#define ALLOC_WMARK_MIN		0x02
#define ALLOC_WMARK_LOW		0x04
#define ALLOC_WMARK_HIGH	0x08
#define ALLOC_HARDER		0x10	/* a quarter of the reserve more */
#define ALLOC_HIGH		0x20	/* half of the reserve */
/* May a request of @order leave @z with @mark free, for a caller whose best zone is @classzone_idx? */
bool zone_watermark_ok(struct zone *z, unsigned int order, unsigned long mark, int classzone_idx, int alloc_flags);
/* page_alloc_check.c, DEBUG only: free pages are filled, and looked at when they are handed out. */
void poison_pages(struct page *page, unsigned int order);
void check_poison(struct page *page, unsigned int order);
void drain_local_pages(void);		/* this CPU's hot and cold lists */
static inline unsigned int page_order(const struct page *page) { return (unsigned int)page->private; }

/* __inc_zone_state() for the hot path, which has the pageset in hand. => interrupts off */
static inline void inc_pageset_state(struct zone *zone, struct per_cpu_pageset *pset, enum zone_stat_item item)
{
	if (unlikely(++pset->vm_stat_diff[item] > pset->stat_threshold))
		fold_overflow(zone, pset, item);
}

/* ---- page_alloc_boot.c: sizes of reserves ---- */
extern int min_free_kbytes;
extern int sysctl_lowmem_reserve_ratio[MAX_NR_ZONES - 1];
extern unsigned long totalreserve_pages;
extern int percpu_pagelist_fraction;
void setup_percpu_pagelists(void);
void setup_per_zone_pages_min(void);
void setup_per_zone_lowmem_reserve(void);
int zone_batchsize(unsigned long present_pages);

/* ---- the LRU lists (swap.c, vmscan.c). => zone->lru_lock held ---- */
static inline void add_page_to_list(struct zone *zone, struct page *page)
{
	if (PageActive(page)) {
		list_add(&page->lru, &zone->active_list);
		zone->nr_active++;
	} else {
		list_add(&page->lru, &zone->inactive_list);
		zone->nr_inactive++;
	}
}

/* PG_active is cleared: the page is nobody's now. */
static inline void del_page_from_lru(struct zone *zone, struct page *page)
{
	list_del(&page->lru);
	if (PageActive(page)) {
		ClearPageActive(page);
		zone->nr_active--;
	} else {
		zone->nr_inactive--;
	}
}

#endif
