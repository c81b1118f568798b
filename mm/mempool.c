/*
 * mempool.c: allocations that do not fail, since some elements are kept for the worst day.
 *
 * Owns:   each pool's reserve.
 * Locks:  pool->lock (irq-safe). Elements are made and freed without it.
 * Read next: kernel/block/bio.c and queue.c, who write pages out so that memory gets free.
 *
 * The allocator is asked first, without waiting; then the reserve; then whoever may wait does so until an element comes
 * back. Progress is certain where an element never waits for a second one of the same pool.
 *
 *	mempool_alloc:  alloc(no waiting) ─► reserve ─► [__GFP_WAIT] wait for mempool_free ─► once more, with waiting
 *	mempool_free:   reserve not full? into it, wake a waiter : free()
 */
#include "mm/highmem.h"
#include "mm/internal.h"
#include "mm/mempool.h"
#include "mm/mm.h"
#include "mm/slab.h"
#include "kernel/lib/string.h"
#include "kernel/sched.h"
#include "kernel/uapi/errno.h"

#define POISON_FREE	0x6b	/* as in slab_debug.c */
#define POISON_END	0xa5
#define PATIENCE	(5 * HZ)	/* then the allocator is asked again: memory may be free though no element came back */

/* ---- DEBUG=1: nobody writes to what lies in the reserve ----------------------------------------------------------- */

static void poison(void *p, size_t size)
{
	memset(p, POISON_FREE, size - 1);
	((u8 *)p)[size - 1] = POISON_END;
}

static void check_poisoned(mempool_t *pool, const void *element, const void *p, size_t size)
{
	if (memchr_inv(p, POISON_FREE, size - 1) || ((const u8 *)p)[size - 1] != POISON_END)
		panic("mempool %p: element %p was written to in the reserve", pool, element);
}

/* What we know the size of: objects without a constructor (its work would be lost), and pages. */
static void debug_element(mempool_t *pool, void *element, bool comes)
{
	unsigned long flags;

	if (pool->alloc == mempool_alloc_slab) {
		if (comes)
			poison(element, kmem_cache_size(pool->pool_data));
		else
			check_poisoned(pool, element, element, kmem_cache_size(pool->pool_data));
	} else if (pool->alloc == mempool_alloc_pages) {
		local_irq_save(flags);		/* elements come back in interrupts, too */
		for (unsigned long i = 0; i < 1UL << (unsigned long)pool->pool_data; i++) {
			void *p = kmap_atomic((struct page *)element + i, KM_IRQ0);

			if (comes)
				poison(p, PAGE_SIZE);
			else
				check_poisoned(pool, element, p, PAGE_SIZE);
			kunmap_atomic(p, KM_IRQ0);
		}
		local_irq_restore(flags);
	}
}

/* ---- the reserve ---------------------------------------------------------------------------------------------------- */

/* => pool->lock held, room for one */
static void add_element(mempool_t *pool, void *element)
{
	if (DEBUG_BUILD)
		debug_element(pool, element, true);
	ASSERT_OP(pool->curr_nr, <, pool->min_nr);
	pool->elements[pool->curr_nr++] = element;
}

/* => pool->lock held, there is one */
static void *remove_element(mempool_t *pool)
{
	ASSERT_OP(pool->curr_nr, >, 0);
	if (DEBUG_BUILD)
		debug_element(pool, pool->elements[pool->curr_nr - 1], false);
	return pool->elements[--pool->curr_nr];
}

static void free_pool(mempool_t *pool)
{
	while (pool->curr_nr)
		pool->free(remove_element(pool), pool->pool_data);
	kfree(pool->elements);
	kfree(pool);
}

/*
 * A pool with @min_nr (at least 1) elements in reserve, made now; NULL without memory.
 * => may sleep. As 2.6.20 mempool_create.
 */
mempool_t *mempool_create(int min_nr, mempool_alloc_t *alloc, mempool_free_t *free, void *pool_data)
{
	mempool_t *pool = kzalloc(sizeof(*pool), GFP_KERNEL);
	void *element;

	ASSERT_OP(min_nr, >, 0);
	if (!pool)
		return NULL;
	spin_lock_init(&pool->lock, RANK_MEMPOOL);
	init_waitqueue_head(&pool->wait);
	pool->alloc = alloc;
	pool->free = free;
	pool->pool_data = pool_data;
	pool->min_nr = min_nr;
	pool->elements = kcalloc((size_t)min_nr, sizeof(void *), GFP_KERNEL);
	while (pool->elements && pool->curr_nr < min_nr) {
		element = alloc(GFP_KERNEL, pool_data);
		if (!element)
			break;
		add_element(pool, element);
	}
	if (pool->curr_nr == min_nr)
		return pool;
	free_pool(pool);
	return NULL;
}

/* Elements beyond @new_min_nr are freed. => pool->lock held with @flags, and at the end */
static unsigned long shrink(mempool_t *pool, int new_min_nr, unsigned long flags)
{
	void *element;

	while (new_min_nr < pool->curr_nr) {
		element = remove_element(pool);
		spin_unlock_irqrestore(&pool->lock, flags);
		pool->free(element, pool->pool_data);
		spin_lock_irqsave(&pool->lock, flags);
	}
	pool->min_nr = new_min_nr;
	return flags;
}

/* Elements until the reserve is full, or there is no memory: what comes back later fills it. */
static void refill(mempool_t *pool, gfp_t gfp)
{
	unsigned long flags;
	void *element;

	while (READ_ONCE(pool->curr_nr) < READ_ONCE(pool->min_nr)) {
		element = pool->alloc(gfp, pool->pool_data);
		if (!element)
			return;
		spin_lock_irqsave(&pool->lock, flags);
		if (pool->curr_nr < pool->min_nr) {
			add_element(pool, element);
			element = NULL;
		}
		spin_unlock_irqrestore(&pool->lock, flags);
		if (element)			/* filled by others meanwhile */
			pool->free(element, pool->pool_data);
	}
}

/*
 * From now on @new_min_nr (at least 1) elements are kept. 0, or -ENOMEM with all as it was; a reserve that cannot be
 * filled at once is no error.
 * => may sleep if @gfp does; one caller at a time. As 2.6.20 mempool_resize.
 */
int mempool_resize(mempool_t *pool, int new_min_nr, gfp_t gfp)
{
	void **new = NULL, **old;
	unsigned long flags;

	ASSERT_OP(new_min_nr, >, 0);
	if (new_min_nr > READ_ONCE(pool->min_nr)) {
		new = kcalloc((size_t)new_min_nr, sizeof(*new), gfp);
		if (!new)
			return -ENOMEM;
	}
	spin_lock_irqsave(&pool->lock, flags);
	if (!new) {
		flags = shrink(pool, new_min_nr, flags);
		spin_unlock_irqrestore(&pool->lock, flags);
		return 0;
	}
	memcpy(new, pool->elements, (size_t)pool->curr_nr * sizeof(*new));
	old = pool->elements;
	pool->elements = new;
	pool->min_nr = new_min_nr;
	spin_unlock_irqrestore(&pool->lock, flags);
	kfree(old);
	refill(pool, gfp);
	return 0;
}

/* => all elements are back, nobody uses the pool. As 2.6.20 mempool_destroy. */
void mempool_destroy(mempool_t *pool)
{
	BUG_ON(pool->curr_nr != pool->min_nr);
	free_pool(pool);
}

/* An element of the reserve, or NULL. */
static void *take_reserved(mempool_t *pool)
{
	void *element = NULL;
	unsigned long flags;

	spin_lock_irqsave(&pool->lock, flags);
	if (pool->curr_nr)
		element = remove_element(pool);
	spin_unlock_irqrestore(&pool->lock, flags);
	return element;
}

static void wait_for_element(mempool_t *pool)
{
	DEFINE_WAIT(wait);

	prepare_to_wait(&pool->wait, &wait, TASK_UNINTERRUPTIBLE);
	smp_mb();			/* on the queue before we look, as mempool_free adds before it looks at the queue */
	if (!READ_ONCE(pool->curr_nr))
		io_schedule_timeout(PATIENCE);
	finish_wait(&pool->wait, &wait);
}

/*
 * An element. => with __GFP_WAIT it may sleep and never fails; without, NULL when the allocator and the reserve are
 * empty. Any context that @gfp allows. As 2.6.20 mempool_alloc.
 */
void *mempool_alloc(mempool_t *pool, gfp_t gfp)
{
	gfp_t now;
	void *element;

	if (gfp & __GFP_WAIT)
		might_sleep();
	gfp |= __GFP_NOMEMALLOC | __GFP_NORETRY | __GFP_NOWARN;		/* our own reserve comes before the last pages */
	now = gfp & ~(gfp_t)(__GFP_WAIT | __GFP_IO);
	for (;;) {
		element = pool->alloc(now, pool->pool_data);
		if (!element)
			element = take_reserved(pool);
		if (element || !(gfp & __GFP_WAIT))
			return element;
		now = gfp;		/* the next time the allocator may wait, too */
		wait_for_element(pool);
	}
}

/* Give an element back: to the reserve first. => any context that the pool's free function allows; NULL is fine */
void mempool_free(void *element, mempool_t *pool)
{
	unsigned long flags;

	if (!element)
		return;
	smp_mb();		/* who emptied the reserve before he handed us the element: we must see it empty */
	if (READ_ONCE(pool->curr_nr) < READ_ONCE(pool->min_nr)) {
		spin_lock_irqsave(&pool->lock, flags);
		if (pool->curr_nr < pool->min_nr) {
			add_element(pool, element);
			element = NULL;
		}
		spin_unlock_irqrestore(&pool->lock, flags);
		if (!element) {
			wake_up(&pool->wait);
			return;
		}
	}
	pool->free(element, pool->pool_data);
}

/* ---- what most pools are made of ---------------------------------------------------------------------------- */

void *mempool_alloc_slab(gfp_t gfp, void *pool_data)
{
	return kmem_cache_alloc(pool_data, gfp);
}

void mempool_free_slab(void *element, void *pool_data)
{
	kmem_cache_free(pool_data, element);
}

void *mempool_alloc_pages(gfp_t gfp, void *pool_data)
{
	return alloc_pages(gfp, (unsigned int)(unsigned long)pool_data);
}

void mempool_free_pages(void *element, void *pool_data)
{
	__free_pages(element, (unsigned int)(unsigned long)pool_data);
}
