#ifndef MM_SWAP_H
#define MM_SWAP_H

/* LRU lists (mm/swap.c); swap itself arrives with reclaim. */
#include "mm/mm.h"

#define PAGEVEC_SIZE	14
struct pagevec {
	unsigned long nr, cold;
	struct page *pages[PAGEVEC_SIZE];
};
static inline void pagevec_init(struct pagevec *pvec, int cold) { pvec->nr = 0; pvec->cold = (unsigned long)cold; }
static inline unsigned pagevec_space(struct pagevec *pvec) { return (unsigned)(PAGEVEC_SIZE - pvec->nr); }
/* Space left after adding; 0: release it. */
static inline unsigned pagevec_add(struct pagevec *pvec, struct page *page) { pvec->pages[pvec->nr++] = page; return pagevec_space(pvec); }
void __pagevec_release(struct pagevec *pvec);
static inline void pagevec_release(struct pagevec *pvec) { if (pvec->nr) __pagevec_release(pvec); }
unsigned pagevec_lookup(struct pagevec *pvec, struct address_space *mapping, pgoff_t start, unsigned nr_pages);
unsigned pagevec_lookup_tag(struct pagevec *pvec, struct address_space *mapping, pgoff_t *index, int tag, unsigned nr_pages);

void lru_cache_add(struct page *page);		/* inactive list. => any context but interrupts */
void lru_cache_add_active(struct page *page);
void lru_add_drain(void);			/* this CPU's pagevecs */
int lru_add_drain_all(void);			/* => may sleep */
void activate_page(struct page *page);
void mark_page_accessed(struct page *page);
int rotate_reclaimable_page(struct page *page);
void release_pages(struct page **pages, int nr, int cold);
void __pagevec_free(struct pagevec *pvec);	/* page_alloc.c: pages whose counts are zero */
unsigned int nr_free_pagecache_pages(void);

/* ---- vmscan.c ---- */
struct reclaim_state { unsigned long reclaimed_slab; };	/* current->reclaim_state: slab pages given back meanwhile */
/* Free some pages of these zones as @gfp allows. Returns the progress, 0: none. => may sleep; PF_MEMALLOC is set */
unsigned long try_to_free_pages(struct zone **zones, gfp_t gfp);
/* @zone is below its low mark for a request of @order: its node's kswapd shall work, if there is one. => any context */
void wakeup_kswapd(struct zone *zone, int order);
/* Take the clean @page out of @mapping, if nobody but the cache and the caller uses it. 1: done. => page locked */
int remove_mapping(struct address_space *mapping, struct page *page);
/*
 * A cache of objects that can shrink: called with 0 it says how many there are, with @nr it frees about so many and says how
 * many are left, or -1: not in this context. @seeks: what a lost object costs to make again, in disk seeks.
 */
typedef int (*shrinker_t)(int nr, gfp_t gfp);
#define DEFAULT_SEEKS	2
struct shrinker *set_shrinker(int seeks, shrinker_t fn);	/* NULL without memory. => may sleep */
void remove_shrinker(struct shrinker *shrinker);
unsigned long shrink_slab(unsigned long scanned, gfp_t gfp, unsigned long lru_pages);
void kswapd_init(void);				/* a thread a node. => threads can be made */
extern int vm_swappiness;

extern unsigned long total_swap_pages;
extern long nr_swap_pages;

#endif
