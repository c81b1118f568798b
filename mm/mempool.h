#ifndef MM_MEMPOOL_H
#define MM_MEMPOOL_H

/*
 * Objects of which some are kept in reserve, for those who must have one to make memory free (mm/mempool.c).
 *
 *	pool = mempool_create_slab_pool(4, cachep);
 *	obj = mempool_alloc(pool, GFP_NOIO);		never NULL, with __GFP_WAIT
 *	mempool_free(obj, pool);
 */
#include "kernel/spinlock.h"
#include "kernel/wait.h"
#include "mm/gfp.h"

struct kmem_cache;

typedef void *mempool_alloc_t(gfp_t gfp, void *pool_data);	/* NULL: none now. => sleeps only if @gfp says so */
typedef void mempool_free_t(void *element, void *pool_data);	/* => any context that mempool_free() is called in */

typedef struct mempool {
	spinlock_t lock;		/* irq-safe */
	int min_nr;			/* [lock] how many are kept */
	int curr_nr;			/* [lock] how many are there now */
	void **elements;		/* [lock] */
	void *pool_data;
	mempool_alloc_t *alloc;
	mempool_free_t *free;
	wait_queue_head_t wait;		/* for an element to come back */
} mempool_t;

mempool_t *mempool_create(int min_nr, mempool_alloc_t *alloc, mempool_free_t *free, void *pool_data);
int mempool_resize(mempool_t *pool, int new_min_nr, gfp_t gfp);
void mempool_destroy(mempool_t *pool);
void *mempool_alloc(mempool_t *pool, gfp_t gfp);
void mempool_free(void *element, mempool_t *pool);

/* Elements of an object cache that has no constructor, and blocks of 2^order pages (pool_data is the order, the element the struct page). */
mempool_alloc_t mempool_alloc_slab, mempool_alloc_pages;
mempool_free_t mempool_free_slab, mempool_free_pages;
static inline mempool_t *mempool_create_slab_pool(int min_nr, struct kmem_cache *cachep)
{
	return mempool_create(min_nr, mempool_alloc_slab, mempool_free_slab, cachep);
}
static inline mempool_t *mempool_create_page_pool(int min_nr, unsigned int order)
{
	return mempool_create(min_nr, mempool_alloc_pages, mempool_free_pages, (void *)(unsigned long)order);
}

#endif
