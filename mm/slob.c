/*
 * slob.c: slab's interface on one small heap, for machines where every byte counts (make SLOB=1).
 *
 * Owns:   the heap: a ring of free blocks in the order of their addresses; the records of large blocks.
 * Locks:  slob_lock (irq-safe) for the ring, block_lock (irq-safe) for the records.
 * Read next: slab.c, the other allocator behind slab.h.
 *
 * A block is measured in units of its own header. Free ones know their successor; one that is in use knows nothing, unless
 * kmalloc() put its size in front. Two free blocks never touch: who frees joins them.
 *
 *	arena ─► [free 5]─────────►[free 2]──────────►[free 9]──┐		slobfree: where the next search begins
 *	  ▲        │ in use │ in use │       │ in use │          │
 *	  └──────────────────────────────────────────────────────┘
 *
 * From a page on, memory comes from page_alloc.c. The heap grows by pages; once a second a timer gives back those
 * that are free as a whole. Constructors run at each allocation: a free object keeps nothing.
 */
#include "mm/check.h"
#include "mm/fault_inject.h"
#include "mm/mm.h"
#include "mm/slab.h"
#include "kernel/lib/string.h"
#include "kernel/mutex.h"
#include "kernel/rcu.h"
#include "kernel/timer.h"

struct slob_block {
	int units;			/* of this block, itself included */
	struct slob_block *next;	/* [slob_lock] in the ring */
};

#define SLOB_UNIT		sizeof(struct slob_block)
#define SLOB_UNITS(size)	((int)DIV_ROUND_UP(size, SLOB_UNIT))
#define SHRINK_INTERVAL		NSEC_PER_SEC

/* Memory of whole pages from kmalloc(): its order is remembered here. */
struct bigblock {
	unsigned int order;
	void *pages;
	struct bigblock *next;		/* [block_lock] */
};

struct kmem_cache {
	size_t size, align;		/* constant */
	unsigned long flags;
	slab_ctor_t ctor, dtor;
	const char *name;
	atomic_long_t in_use;		/* objects */
	struct list_head list;		/* [cache_chain_mutex] */
};

/* Behind an object of a SLAB_DESTROY_BY_RCU cache: it is freed when no reader can see it. */
struct slob_rcu {
	struct rcu_head head;
	struct kmem_cache *cachep;
};

static struct slob_block arena = { .units = 1, .next = &arena };	/* lowest of the ring, never handed out */
static struct slob_block *slobfree = &arena;	/* [slob_lock] */
static struct bigblock *bigblocks;		/* [block_lock] */
static spinlock_t slob_lock, block_lock;
static DEFINE_MUTEX(cache_chain_mutex, RANK_CHAIN_MUTEX);
static LIST_HEAD(cache_chain);
static atomic_long_t kmalloc_in_use;
static struct timer_list shrink_timer;

/* ---- the ring ------------------------------------------------------------------------------------------------- */

static int units_to_align(const struct slob_block *b, size_t align)
{
	return (int)((ALIGN((unsigned long)b, align) - (unsigned long)b) / SLOB_UNIT);
}

/* Cut @b, which follows @prev, in two: @units remain in front. Returns the rest, which takes its place in the ring. */
static struct slob_block *split(struct slob_block *b, int units)
{
	struct slob_block *rest = b + units;

	rest->units = b->units - units;
	rest->next = b->next;
	b->units = units;
	b->next = rest;
	return rest;
}

/* The first block from the roving pointer on that has @units from an aligned unit on; NULL. => slob_lock held */
static struct slob_block *take_first_fit(int units, size_t align)
{
	struct slob_block *prev = slobfree, *b;

	do {
		int skip;

		b = prev->next;
		skip = align ? units_to_align(b, align) : 0;
		if (b != &arena && b->units >= units + skip) {
			if (skip) {
				prev = b;
				b = split(b, skip);
			}
			if (b->units > units)
				split(b, units);
			prev->next = b->next;
			slobfree = prev;
			return b;
		}
		prev = b;
	} while (prev != slobfree);
	return NULL;
}

/* The free block after which one at @b belongs. => slob_lock held */
static struct slob_block *predecessor(const struct slob_block *b)
{
	struct slob_block *cur = slobfree;

	if (b < cur && cur != &arena)
		cur = &arena;
	while (cur->next != &arena && cur->next < b)
		cur = cur->next;
	return cur;
}

static void slob_free(void *p, size_t size)
{
	struct slob_block *b = p, *prev;
	unsigned long flags;

	b->units = SLOB_UNITS(size);
	spin_lock_irqsave(&slob_lock, flags);
	prev = predecessor(b);
	ASSERT(prev == &arena || prev + prev->units <= b);		/* freed twice, or too much */
	ASSERT(prev->next == &arena || b + b->units <= prev->next);
	b->next = prev->next;
	prev->next = b;
	if (b->next != &arena && b + b->units == b->next) {
		b->units += b->next->units;
		b->next = b->next->next;
	}
	if (prev != &arena && prev + prev->units == b) {
		prev->units += b->units;
		prev->next = b->next;
	}
	slobfree = prev;
	spin_unlock_irqrestore(&slob_lock, flags);
}

/* @size bytes, less than a page, from the heap, which grows if need be; NULL. */
static void *slob_alloc(size_t size, gfp_t gfp, size_t align)
{
	struct slob_block *b;
	unsigned long flags;
	void *page;

	for (;;) {
		spin_lock_irqsave(&slob_lock, flags);
		b = take_first_fit(SLOB_UNITS(size), align);
		spin_unlock_irqrestore(&slob_lock, flags);
		if (b)
			return b;
		page = (void *)__get_free_page(gfp & ~(gfp_t)__GFP_ZERO);
		if (!page)
			return NULL;
		slob_free(page, PAGE_SIZE);
	}
}

/* Give back all pages of the heap that are free as a whole. => any context */
static void shrink_heap(void)
{
	struct slob_block *b;
	unsigned long flags;

	do {
		spin_lock_irqsave(&slob_lock, flags);
		b = take_first_fit(SLOB_UNITS(PAGE_SIZE), PAGE_SIZE);
		spin_unlock_irqrestore(&slob_lock, flags);
		if (b)
			free_page((unsigned long)b);
	} while (b);
}

static void shrink_timeout(struct timer_list *timer)
{
	shrink_heap();
	mod_timer(timer, ktime_get() + SHRINK_INTERVAL);
}

/* ---- kmalloc --------------------------------------------------------------------------------------------------- */

static void *kmalloc_pages(size_t size, gfp_t gfp)
{
	struct bigblock *bb = slob_alloc(sizeof(*bb), gfp & ~(gfp_t)GFP_DMA, 0);
	unsigned long flags;

	if (!bb)
		return NULL;
	bb->order = get_order(size);
	bb->pages = (void *)__get_free_pages(gfp, bb->order);
	if (!bb->pages) {
		slob_free(bb, sizeof(*bb));
		return NULL;
	}
	spin_lock_irqsave(&block_lock, flags);
	bb->next = bigblocks;
	bigblocks = bb;
	spin_unlock_irqrestore(&block_lock, flags);
	return bb->pages;
}

/* The record of the large block at @p, taken off the list if @take; NULL: it is a small one. */
static struct bigblock *find_bigblock(const void *p, bool take)
{
	struct bigblock **link, *bb = NULL;
	unsigned long flags;

	if (!IS_ALIGNED((unsigned long)p, PAGE_SIZE))
		return NULL;
	spin_lock_irqsave(&block_lock, flags);
	for (link = &bigblocks; *link && (*link)->pages != p; link = &(*link)->next)
		;
	bb = *link;
	if (bb && take)
		*link = bb->next;
	spin_unlock_irqrestore(&block_lock, flags);
	return bb;
}

/*
 * @size bytes; 0 bytes are one unit. From a page on, and for DMA, they are whole pages.
 * => may sleep iff __GFP_WAIT; NULL when there is no memory
 */
void *__kmalloc(size_t size, gfp_t gfp)
{
	struct slob_block *b;
	void *p;

	if (size > MAX_ORDER_NR_PAGES << PAGE_SHIFT || should_failslab(gfp, size))
		return NULL;
	if (size >= PAGE_SIZE - SLOB_UNIT || gfp & GFP_DMA) {
		p = kmalloc_pages(max(size, (size_t)1), gfp);
	} else {
		b = slob_alloc(size + SLOB_UNIT, gfp, 0);
		if (b)
			b->units = (int)size;	/* in bytes: ksize() tells what was asked for, rounded up */
		p = b ? b + 1 : NULL;
		if (p && gfp & __GFP_ZERO)
			memset(p, 0, size);
	}
	if (p)
		atomic_long_inc(&kmalloc_in_use);
	return p;
}

/* => any context; NULL is fine */
void kfree(const void *obj)
{
	struct slob_block *b = (struct slob_block *)obj - 1;
	struct bigblock *bb;

	if (!obj)
		return;
	atomic_long_dec(&kmalloc_in_use);
	bb = find_bigblock(obj, true);
	if (!bb) {
		slob_free(b, (size_t)b->units + SLOB_UNIT);
		return;
	}
	free_pages((unsigned long)bb->pages, bb->order);
	slob_free(bb, sizeof(*bb));
}

/* How many bytes of @obj may be used. => obj is kmalloc's and not NULL */
size_t ksize(const void *obj)
{
	struct bigblock *bb = find_bigblock(obj, false);

	if (bb)
		return PAGE_SIZE << bb->order;
	return ALIGN((size_t)((const struct slob_block *)obj - 1)->units, SLOB_UNIT);
}

/* ---- object caches ------------------------------------------------------------------------------------------------ */

static size_t footer(const struct kmem_cache *c)
{
	return c->flags & SLAB_DESTROY_BY_RCU ? sizeof(struct slob_rcu) : 0;
}

/*
 * A cache of objects of @size bytes, aligned to @align (0: to a unit). => may sleep; NULL without memory, a panic with
 * SLAB_PANIC. SLAB_HWCACHE_ALIGN is a wish that costs memory here, and is not granted.
 */
struct kmem_cache *kmem_cache_create(const char *name, size_t size, size_t align, unsigned long flags,
				     slab_ctor_t ctor, slab_ctor_t dtor)
{
	struct kmem_cache *c = slob_alloc(sizeof(*c), GFP_KERNEL, 0);

	if (!c) {
		if (flags & SLAB_PANIC)
			panic("kmem_cache_create: cannot make cache %s", name);
		return NULL;
	}
	*c = (struct kmem_cache){ .size = size, .align = align, .flags = flags, .ctor = ctor, .dtor = dtor, .name = name };
	if (footer(c))
		c->size = ALIGN(size, _Alignof(struct slob_rcu)) + footer(c);
	mutex_lock(&cache_chain_mutex);
	list_add_tail(&c->list, &cache_chain);
	mutex_unlock(&cache_chain_mutex);
	return c;
}

/* => no object is in use; sleeps */
void kmem_cache_destroy(struct kmem_cache *c)
{
	if (footer(c))
		synchronize_rcu();		/* those that wait to be freed, and still know us, were queued before */
	if (atomic_long_read(&c->in_use)) {
		printk(KERN_ERR "kmem_cache_destroy: %s still has %ld objects\n", c->name, atomic_long_read(&c->in_use));
		return;
	}
	mutex_lock(&cache_chain_mutex);
	list_del(&c->list);
	mutex_unlock(&cache_chain_mutex);
	slob_free(c, sizeof(*c));
}

/* An object, constructed. => as kmalloc */
void *kmem_cache_alloc(struct kmem_cache *c, gfp_t gfp)
{
	void *obj;

	if (should_failslab(gfp, c->size))
		return NULL;
	if (c->size < PAGE_SIZE && !(c->flags & SLAB_CACHE_DMA))
		obj = slob_alloc(c->size, gfp, c->align);
	else
		obj = (void *)__get_free_pages(gfp | (c->flags & SLAB_CACHE_DMA ? GFP_DMA : 0), get_order(c->size));
	if (!obj)
		return NULL;
	if (gfp & __GFP_ZERO)
		memset(obj, 0, c->size);
	if (c->ctor)
		c->ctor(obj, c, SLAB_CTOR_CONSTRUCTOR);
	atomic_long_inc(&c->in_use);
	return obj;
}

/* There is one heap for all nodes. => as kmem_cache_alloc */
void *kmem_cache_alloc_node(struct kmem_cache *c, gfp_t gfp, int nid)
{
	return kmem_cache_alloc(c, gfp);
}

/* => as kmem_cache_alloc, of zeros; for caches without a constructor */
void *kmem_cache_zalloc(struct kmem_cache *c, gfp_t gfp)
{
	return kmem_cache_alloc(c, gfp | __GFP_ZERO);
}

static void free_object(struct kmem_cache *c, void *obj)
{
	if (c->dtor)
		c->dtor(obj, c, 0);
	if (c->size < PAGE_SIZE && !(c->flags & SLAB_CACHE_DMA))
		slob_free(obj, c->size);
	else
		free_pages((unsigned long)obj, get_order(c->size));
	atomic_long_dec(&c->in_use);
}

static void free_after_grace(struct rcu_head *head)
{
	struct slob_rcu *rcu = container_of(head, struct slob_rcu, head);
	struct kmem_cache *c = rcu->cachep;

	free_object(c, (char *)(rcu + 1) - c->size);
}

/* => any context; NULL is fine. Of a SLAB_DESTROY_BY_RCU cache, @obj keeps its contents for a grace period. */
void kmem_cache_free(struct kmem_cache *c, void *obj)
{
	struct slob_rcu *rcu;

	if (!obj)
		return;
	if (!footer(c)) {
		free_object(c, obj);
		return;
	}
	rcu = (struct slob_rcu *)((char *)obj + c->size) - 1;
	rcu->cachep = c;
	call_rcu(&rcu->head, free_after_grace);
}

unsigned int kmem_cache_size(struct kmem_cache *c)
{
	return (unsigned int)(c->size - footer(c));
}

/* A cache keeps nothing that could be given back. */
int kmem_cache_shrink(struct kmem_cache *c)
{
	return 0;
}

/* Whole free pages go back now. Returns how many objects are in use, kmalloc's included. */
unsigned long kmem_cache_shrink_all(void)
{
	long sum = atomic_long_read(&kmalloc_in_use);
	struct kmem_cache *c;

	shrink_heap();
	mutex_lock(&cache_chain_mutex);
	list_for_each_entry(c, &cache_chain, list)
		sum += atomic_long_read(&c->in_use);
	mutex_unlock(&cache_chain_mutex);
	return (unsigned long)sum;
}

/* Objects in use by cache, at most @max; returns how many caches were told. => sleeps */
int kmem_cache_usage(struct kmem_cache_use *use, int max)
{
	struct kmem_cache *c;
	int n = 0;

	if (max > 0)
		use[n++] = (struct kmem_cache_use){ "kmalloc", (unsigned long)atomic_long_read(&kmalloc_in_use) };
	mutex_lock(&cache_chain_mutex);
	list_for_each_entry(c, &cache_chain, list)
		if (n < max)
			use[n++] = (struct kmem_cache_use){ c->name, (unsigned long)atomic_long_read(&c->in_use) };
	mutex_unlock(&cache_chain_mutex);
	return n;
}

/* ---- start, and what must hold --------------------------------------------------------------------------------------- */

/* => boot, before anything above */
void kmem_cache_init(void)
{
	spin_lock_init(&slob_lock, RANK_SLAB);
	spin_lock_init(&block_lock, RANK_SLAB);
}

/* => timers run */
void kmem_cache_init_late(void)
{
	setup_timer(&shrink_timer, shrink_timeout);
	mod_timer(&shrink_timer, ktime_get() + SHRINK_INTERVAL);
}

/* Bytes of the heap that are free. => any context */
unsigned long kmem_cache_slack(void)
{
	unsigned long units = 0, flags;

	spin_lock_irqsave(&slob_lock, flags);
	for (struct slob_block *b = arena.next; b != &arena; b = b->next)
		units += (unsigned long)b->units;
	spin_unlock_irqrestore(&slob_lock, flags);
	return units * SLOB_UNIT;
}

/* The ring ascends, and no two of its blocks touch. Returns the number of faults. */
int check_slab(void)
{
	unsigned long flags;
	int bad = 0;

	spin_lock_irqsave(&slob_lock, flags);
	for (struct slob_block *b = arena.next; b != &arena; b = b->next)
		if (b->units <= 0 || (b->next != &arena && b + b->units >= b->next)) {
			printk(KERN_ERR "slob: block %p of %d units, then %p\n", b, b->units, b->next);
			bad++;
		}
	spin_unlock_irqrestore(&slob_lock, flags);
	return bad;
}
