#ifndef MM_GFP_H
#define MM_GFP_H

/*
 * How an allocation may behave: the values are 2.6.20's, since reports print them in hex.
 */
#include "kernel/types.h"
#include "mm/mmzone.h"

#define __GFP_DMA	0x01u	/* zone choice; none of the three: Normal */
#define __GFP_HIGHMEM	0x02u
#define __GFP_DMA32	0x04u
#define __GFP_WAIT	0x10u	/* may sleep and reclaim */
#define __GFP_HIGH	0x20u	/* may use half of the reserve */
#define __GFP_IO	0x40u	/* may start I/O */
#define __GFP_FS	0x80u	/* may call into a filesystem */
#define __GFP_COLD	0x100u	/* a page that is not in the CPU's cache will do */
#define __GFP_NOWARN	0x200u	/* no message on failure */
#define __GFP_REPEAT	0x400u
#define __GFP_NOFAIL	0x800u
#define __GFP_NORETRY	0x1000u
#define __GFP_NO_GROW	0x2000u	/* slab: do not add a slab */
#define __GFP_COMP	0x4000u	/* compound page */
#define __GFP_ZERO	0x8000u
#define __GFP_NOMEMALLOC 0x10000u /* stay out of the emergency reserve */
#define __GFP_HARDWALL	0x20000u
#define __GFP_THISNODE	0x40000u

#define GFP_ATOMIC	(__GFP_HIGH)
#define GFP_NOIO	(__GFP_WAIT)
#define GFP_NOFS	(__GFP_WAIT | __GFP_IO)
#define GFP_KERNEL	(__GFP_WAIT | __GFP_IO | __GFP_FS)
#define GFP_USER	(GFP_KERNEL | __GFP_HARDWALL)
#define GFP_HIGHUSER	(GFP_USER | __GFP_HIGHMEM)
#define GFP_DMA		__GFP_DMA
#define GFP_THISNODE	(__GFP_THISNODE | __GFP_NOWARN | __GFP_NORETRY)
#define GFP_LEVEL_MASK	(__GFP_WAIT | __GFP_HIGH | __GFP_IO | __GFP_FS | __GFP_COLD | __GFP_NOWARN | \
			 __GFP_REPEAT | __GFP_NOFAIL | __GFP_NORETRY | __GFP_NO_GROW | __GFP_COMP | \
			 __GFP_NOMEMALLOC | __GFP_HARDWALL | __GFP_THISNODE)

/* The highest zone that the flags allow. */
static inline enum zone_type gfp_zone(gfp_t flags)
{
	if (flags & __GFP_DMA)
		return ZONE_DMA;
	if (flags & __GFP_DMA32)
		return ZONE_DMA32;
	return flags & __GFP_HIGHMEM ? ZONE_HIGHMEM : ZONE_NORMAL;
}

/* => may sleep iff __GFP_WAIT. NULL on failure. 2^order pages, aligned to their size. */
struct page *__alloc_pages(gfp_t gfp, unsigned int order, struct zonelist *zonelist);
/* nid -1: this CPU's node. */
static inline struct page *alloc_pages_node(int nid, gfp_t gfp, unsigned int order)
{
	if (unlikely(order >= MAX_ORDER))
		return NULL;
	if (nid < 0)
		nid = numa_node_id();
	return __alloc_pages(gfp, order, &NODE_DATA(nid)->node_zonelists[gfp_zone(gfp)]);
}
#define alloc_pages(gfp, order)	alloc_pages_node(-1, gfp, order)
#define alloc_page(gfp)		alloc_pages(gfp, 0)
struct vm_area_struct;
/* A page for user address @addr of @vma, by its policy; movable, high memory allowed as @gfp says. */
struct page *alloc_page_vma(gfp_t gfp, struct vm_area_struct *vma, unsigned long addr);
unsigned long __get_free_pages(gfp_t gfp, unsigned int order);	/* kernel address, 0 on failure; not for high memory */
#define __get_free_page(gfp)	__get_free_pages(gfp, 0)
unsigned long get_zeroed_page(gfp_t gfp);
/* Drop a reference; the last frees. => any context. */
void __free_pages(struct page *page, unsigned int order);
void free_pages(unsigned long addr, unsigned int order);
#define __free_page(page)	__free_pages(page, 0)
#define free_page(addr)		free_pages(addr, 0)
void *alloc_pages_exact(size_t size, gfp_t gfp);
/* Free an order-0 page whose count is zero already, to the hot or cold end of this CPU's list. */
void free_hot_page(struct page *page);
void free_cold_page(struct page *page);

/* The smallest order whose block holds @size bytes, which are not 0. */
static inline unsigned int get_order(unsigned long size)
{
	unsigned int order = 0;

	for (size = (size - 1) >> PAGE_SHIFT; size; size >>= 1)
		order++;
	return order;
}

#endif
