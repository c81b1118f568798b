/*
 * slab.c: caches of objects of one size, and kmalloc on top of them.
 *
 * Owns:   cache_chain, all caches; the caches of kmalloc.
 * Locks:  interrupts off for this CPU's array; kmem_list3->list_lock (irq-safe) for slabs and the shared array;
 *         cache_chain_mutex for the chain and for a cache's limits.
 * Read next: slab_def.h (the picture of all structures), slab_debug.c, slab_proc.c (/proc/slabinfo).
 *
 *	alloc:	this CPU's array ─(empty)─► shared array ─► partial slabs ─► free slabs ─► a new slab
 *	free:	this CPU's array ─(full)─► shared array ─► its slab ─(empty, and enough free)─► the page allocator
 *
 * An object of another node's lists goes straight back to its slab, so that an array only holds local ones.
 */
#include "mm/fault_inject.h"
#include "mm/slab_def.h"
#include "mm/swap.h"
#include "kernel/irq.h"
#include "kernel/lib/string.h"
#include "kernel/workqueue.h"

#define BATCHREFILL_LIMIT	16		/* for an array that was not used since the last reap */
#define REAPTIMEOUT_CPUC	(2 * HZ)	/* each CPU looks at its arrays */
#define REAPTIMEOUT_LIST3	(4 * HZ)	/* … and one of them at a node's lists */

LIST_HEAD(cache_chain);
DEFINE_MUTEX(cache_chain_mutex, RANK_CHAIN_MUTEX);

static bool slab_up;				/* kmalloc works, arrays come from it */
unsigned int slab_break_gfp_order;		/* larger slabs only if nothing else fits */
static DEFINE_PER_CPU(struct delayed_work, reap_work);

/* The caches' cache: how else could one allocate a cache? */
static struct kmem_cache cache_cache = {
	.batchcount = 1, .limit = 1, .buffer_size = sizeof(struct kmem_cache), .obj_size = sizeof(struct kmem_cache),
	.name = "kmem_cache",
};

struct cache_sizes malloc_sizes[] = {
#define CACHE(x) { .size = (x), .name = "size-" #x, .dma_name = "size-" #x "(DMA)" }
	CACHE(32), CACHE(64), CACHE(128), CACHE(192), CACHE(256), CACHE(512), CACHE(1024), CACHE(2048), CACHE(4096),
	CACHE(8192), CACHE(16384), CACHE(32768), CACHE(65536), CACHE(131072),
#undef CACHE
};

/* ---- the slab: management and pages ----------------------------------------------------------------- */

static enum zone_stat_item slab_stat_item(const struct kmem_cache *cachep)
{
	return cachep->flags & SLAB_RECLAIM_ACCOUNT ? NR_SLAB_RECLAIMABLE : NR_SLAB_UNRECLAIMABLE;
}

static void *kmem_getpages(struct kmem_cache *cachep, gfp_t gfp, int nid)
{
	int nr = 1 << cachep->gfporder;
	struct page *page = alloc_pages_node(nid, (gfp & GFP_LEVEL_MASK) | cachep->gfpflags, cachep->gfporder);

	if (!page)
		return NULL;
	mod_zone_page_state(page_zone(page), slab_stat_item(cachep), nr);
	for (int i = 0; i < nr; i++)
		__SetPageSlab(page + i);
	return lowmem_page_address(page);
}

static void kmem_freepages(struct kmem_cache *cachep, void *addr)
{
	struct page *page = virt_to_page(addr);
	int nr = 1 << cachep->gfporder;

	mod_zone_page_state(page_zone(page), slab_stat_item(cachep), -nr);
	for (int i = 0; i < nr; i++) {
		ASSERT(PageSlab(page + i));
		__ClearPageSlab(page + i);
	}
	if (current->reclaim_state)
		current->reclaim_state->reclaimed_slab += (unsigned long)nr;
	__free_pages(page, cachep->gfporder);
}

static void free_slab_memory(struct kmem_cache *cachep, struct slab *slabp, void *addr)
{
	kmem_freepages(cachep, addr);
	if (OFF_SLAB(cachep))
		kmem_cache_free(cachep->slabp_cache, slabp);
}

static void kmem_rcu_free(struct rcu_head *head)
{
	struct slab_rcu *slab_rcu = container_of(head, struct slab_rcu, head);

	free_slab_memory(slab_rcu->cachep, (struct slab *)slab_rcu, slab_rcu->addr);
}

/* => the slab is on no list and has no object in use; no list_lock held (off-slab management is freed to a cache) */
static void slab_destroy(struct kmem_cache *cachep, struct slab *slabp)
{
	void *addr = (char *)slabp->s_mem - slabp->colouroff;

	if (DEBUG_BUILD)
		slab_debug_destroy(cachep, slabp);
	if (cachep->dtor)
		for (unsigned int i = 0; i < cachep->num; i++)
			cachep->dtor((char *)index_to_obj(cachep, slabp, i) + cachep->obj_offset, cachep, 0);
	if (cachep->flags & SLAB_DESTROY_BY_RCU) {
		struct slab_rcu *slab_rcu = (struct slab_rcu *)slabp;

		slab_rcu->cachep = cachep;
		slab_rcu->addr = addr;
		call_rcu(&slab_rcu->head, kmem_rcu_free);
	} else {
		free_slab_memory(cachep, slabp, addr);
	}
}

static void destroy_slabs(struct kmem_cache *cachep, struct list_head *doomed)
{
	while (!list_empty(doomed)) {
		struct slab *slabp = list_first_entry(doomed, struct slab, list);

		list_del(&slabp->list);
		slab_destroy(cachep, slabp);
	}
}

/* struct slab for a new slab at @addr whose objects begin @colour bytes later than they must. */
static struct slab *alloc_slabmgmt(struct kmem_cache *cachep, char *addr, unsigned long colour, gfp_t gfp, int nid)
{
	struct slab *slabp;

	if (OFF_SLAB(cachep)) {
		slabp = kmem_cache_alloc_node(cachep->slabp_cache, gfp & ~(__GFP_DMA | __GFP_ZERO), nid);
		if (!slabp)
			return NULL;
	} else {
		slabp = (struct slab *)(addr + colour);
		colour += cachep->slab_size;
	}
	slabp->inuse = 0;
	slabp->colouroff = colour;
	slabp->s_mem = addr + colour;
	slabp->nodeid = (unsigned short)nid;
	return slabp;
}

/* Construct all objects of a new slab and chain them up. */
static void cache_init_objs(struct kmem_cache *cachep, struct slab *slabp)
{
	for (unsigned int i = 0; i < cachep->num; i++) {
		void *obj = index_to_obj(cachep, slabp, i);

		if (DEBUG_BUILD)
			slab_debug_init_obj(cachep, obj);
		if (cachep->ctor && !(cachep->flags & SLAB_POISON))
			cachep->ctor((char *)obj + cachep->obj_offset, cachep, SLAB_CTOR_CONSTRUCTOR);
		if (DEBUG_BUILD)
			slab_debug_check_new(cachep, obj);
		slab_bufctl(slabp)[i] = i + 1;
	}
	slab_bufctl(slabp)[cachep->num - 1] = BUFCTL_END;
	slabp->free = 0;
}

static unsigned long next_colour(struct kmem_cache *cachep, struct kmem_list3 *l3)
{
	unsigned int colour;

	spin_lock(&l3->list_lock);
	colour = l3->colour_next++;
	if (l3->colour_next >= cachep->colour)
		l3->colour_next = 0;
	spin_unlock(&l3->list_lock);
	return colour * cachep->colour_off;
}

/*
 * Add a slab to @nid's free slabs; false: no memory.
 * => interrupts off on entry and return, but as @irq says meanwhile: may sleep, and wake up on another CPU
 */
static bool cache_grow(struct kmem_cache *cachep, gfp_t gfp, int nid, unsigned long irq)
{
	struct kmem_list3 *l3 = cachep->nodelists[nid];
	unsigned long colour = next_colour(cachep, l3);
	struct slab *slabp = NULL;
	char *addr;

	if (gfp & __GFP_NO_GROW)
		return false;
	local_irq_restore(irq);
	addr = kmem_getpages(cachep, gfp, nid);
	if (addr) {
		slabp = alloc_slabmgmt(cachep, addr, colour, gfp, nid);
		if (!slabp)
			kmem_freepages(cachep, addr);
	}
	if (slabp) {
		struct page *page = virt_to_page(addr);

		for (int i = 0; i < 1 << cachep->gfporder; i++) {
			page[i].lru.next = (struct list_head *)(void *)cachep;
			page[i].lru.prev = (struct list_head *)(void *)slabp;
		}
		cache_init_objs(cachep, slabp);
	}
	local_irq_disable();
	if (!slabp)
		return false;
	spin_lock(&l3->list_lock);
	list_add_tail(&slabp->list, &l3->slabs_free);
	l3->free_objects += cachep->num;
	spin_unlock(&l3->list_lock);
	return true;
}

/* ---- objects in and out of slabs ---------------------------------------------------------------------- */

static void *slab_get_obj(struct kmem_cache *cachep, struct slab *slabp)
{
	unsigned int i = slabp->free;

	slabp->inuse++;
	slabp->free = slab_bufctl(slabp)[i];
	if (DEBUG_BUILD)
		slab_bufctl(slabp)[i] = BUFCTL_ACTIVE;
	return index_to_obj(cachep, slabp, i);
}

static void slab_put_obj(struct kmem_cache *cachep, struct slab *slabp, void *obj)
{
	unsigned int i = obj_to_index(cachep, slabp, obj);

	ASSERT_OP(slab_bufctl(slabp)[i], ==, BUFCTL_ACTIVE);
	slab_bufctl(slabp)[i] = slabp->free;
	slabp->free = i;
	slabp->inuse--;
}

/* A slab that has a free object: partial before free ones; NULL: none. => list_lock held */
static struct slab *slab_to_take_from(struct kmem_list3 *l3)
{
	if (!list_empty(&l3->slabs_partial))
		return list_first_entry(&l3->slabs_partial, struct slab, list);
	l3->free_touched = 1;
	return list_empty(&l3->slabs_free) ? NULL : list_first_entry(&l3->slabs_free, struct slab, list);
}

/* Up to @max objects out of @l3's slabs into @out; returns how many. => list_lock held */
static unsigned int take_objects(struct kmem_cache *cachep, struct kmem_list3 *l3, void **out, unsigned int max)
{
	struct slab *slabp;
	unsigned int n = 0;

	assert_held(&l3->list_lock);
	while (n < max && (slabp = slab_to_take_from(l3)) != NULL) {
		while (slabp->inuse < cachep->num && n < max)
			out[n++] = slab_get_obj(cachep, slabp);
		list_move(&slabp->list, slabp->free == BUFCTL_END ? &l3->slabs_full : &l3->slabs_partial);
	}
	l3->free_objects -= n;
	return n;
}

/* The latest of @from to @to, as many as are there and fit, at most @max; returns how many. */
static unsigned int transfer_objects(struct array_cache *to, struct array_cache *from, unsigned int max)
{
	unsigned int n = min(min(from->avail, max), to->limit - to->avail);

	memcpy(to->entry + to->avail, from->entry + from->avail - n, n * sizeof(void *));
	from->avail -= n;
	to->avail += n;
	from->touched = 1;
	return n;
}

/*
 * @n objects of @l3 go back to their slabs. Empty slabs, if there is enough besides, go to @doomed: destroy them when
 * the lock is gone.
 * => list_lock held
 */
static void free_block(struct kmem_cache *cachep, struct kmem_list3 *l3, void **objs, unsigned int n,
		       struct list_head *doomed)
{
	assert_held(&l3->list_lock);
	for (; n--; objs++) {
		struct slab *slabp = virt_to_slab(*objs);

		slab_put_obj(cachep, slabp, *objs);
		l3->free_objects++;
		if (slabp->inuse) {
			list_move_tail(&slabp->list, &l3->slabs_partial);
		} else if (l3->free_objects > l3->free_limit) {
			l3->free_objects -= cachep->num;
			list_move(&slabp->list, doomed);
		} else {
			list_move(&slabp->list, &l3->slabs_free);
		}
	}
}

static void drop_oldest(struct array_cache *ac, unsigned int n)
{
	ac->avail -= n;
	memmove(ac->entry, ac->entry + n, ac->avail * sizeof(void *));
}

/* ---- alloc and free, the slow halves. => interrupts off ------------------------------------------------- */

/* Fill this CPU's empty array. */
static void refill_array(struct kmem_cache *cachep, struct array_cache *ac, struct kmem_list3 *l3)
{
	unsigned int batch = ac->batchcount;

	if (!ac->touched)
		batch = min(batch, (unsigned int)BATCHREFILL_LIMIT);
	spin_lock(&l3->list_lock);
	if (!l3->shared || !transfer_objects(ac, l3->shared, batch))
		ac->avail += take_objects(cachep, l3, ac->entry + ac->avail, min(batch, ac->limit - ac->avail));
	spin_unlock(&l3->list_lock);
}

/* This CPU's array is empty. NULL: no memory. => may sleep as @gfp says; @irq: the caller's interrupt state */
static noinline void *cache_alloc_refill(struct kmem_cache *cachep, gfp_t gfp, unsigned long irq)
{
	struct array_cache *ac;

	for (;;) {
		ac = cpu_cache_get(cachep);
		if (!ac->avail)
			refill_array(cachep, ac, cachep->nodelists[numa_node_id()]);
		if (ac->avail) {
			ac->touched = 1;
			return ac->entry[--ac->avail];
		}
		if (!cache_grow(cachep, gfp, numa_node_id(), irq)) {
			ac = cpu_cache_get(cachep);	/* others may have freed some while we slept */
			if (!ac->avail)
				return NULL;
		}
	}
}

/* This CPU's array is full: its oldest go to the shared array, or else to their slabs. */
static noinline void cache_flusharray(struct kmem_cache *cachep, struct array_cache *ac)
{
	struct kmem_list3 *l3 = cachep->nodelists[numa_node_id()];
	unsigned int n = ac->batchcount;
	LIST_HEAD(doomed);

	spin_lock(&l3->list_lock);
	if (l3->shared && l3->shared->avail < l3->shared->limit) {
		n = min(n, l3->shared->limit - l3->shared->avail);
		memcpy(l3->shared->entry + l3->shared->avail, ac->entry, n * sizeof(void *));
		l3->shared->avail += n;
	} else {
		free_block(cachep, l3, ac->entry, n, &doomed);
	}
	spin_unlock(&l3->list_lock);
	drop_oldest(ac, n);
	destroy_slabs(cachep, &doomed);
}

/* An object of another node. */
static noinline void cache_free_remote(struct kmem_cache *cachep, void *obj, int nid)
{
	struct kmem_list3 *l3 = cachep->nodelists[nid];
	LIST_HEAD(doomed);

	spin_lock(&l3->list_lock);
	free_block(cachep, l3, &obj, 1, &doomed);
	spin_unlock(&l3->list_lock);
	destroy_slabs(cachep, &doomed);
}

/* An object of @nid's lists, past this CPU's array. */
static void *cache_alloc_remote(struct kmem_cache *cachep, gfp_t gfp, int nid, unsigned long irq)
{
	struct kmem_list3 *l3 = cachep->nodelists[nid];
	void *obj = NULL;

	do {
		spin_lock(&l3->list_lock);
		take_objects(cachep, l3, &obj, 1);
		spin_unlock(&l3->list_lock);
	} while (!obj && cache_grow(cachep, gfp, nid, irq));
	return obj;
}

/* ---- alloc and free -------------------------------------------------------------------------------------- */

static __always_inline void *finish_alloc(struct kmem_cache *cachep, void *obj, gfp_t gfp, void *caller)
{
	if (DEBUG_BUILD && obj)
		obj = slab_debug_alloc(cachep, obj, gfp, caller);
	if (unlikely(gfp & __GFP_ZERO) && obj)
		memset(obj, 0, (size_t)cachep->obj_size);
	return obj;
}

static __always_inline void *__cache_alloc(struct kmem_cache *cachep, gfp_t gfp, void *caller)
{
	struct array_cache *ac;
	unsigned long flags;
	void *obj;

	if (gfp & __GFP_WAIT)
		might_sleep();
	if (should_failslab(gfp, (size_t)cachep->obj_size))
		return NULL;
	local_irq_save(flags);
	ac = cpu_cache_get(cachep);
	if (likely(ac->avail)) {
		ac->touched = 1;
		obj = ac->entry[--ac->avail];
	} else {
		obj = cache_alloc_refill(cachep, gfp, flags);
	}
	local_irq_restore(flags);
	return finish_alloc(cachep, obj, gfp, caller);
}

static __always_inline void __cache_free(struct kmem_cache *cachep, void *obj, void *caller)
{
	struct array_cache *ac;
	unsigned long flags;
	int nid;

	if (DEBUG_BUILD)
		obj = slab_debug_free(cachep, obj, caller);
	nid = virt_to_slab(obj)->nodeid;
	local_irq_save(flags);
	if (unlikely(nid != numa_node_id())) {
		cache_free_remote(cachep, obj, nid);
	} else {
		ac = cpu_cache_get(cachep);
		if (unlikely(ac->avail >= ac->limit))
			cache_flusharray(cachep, ac);
		ac->entry[ac->avail++] = obj;
	}
	local_irq_restore(flags);
}

/* An object of @cachep, constructed if it has a constructor; NULL: no memory. => may sleep iff __GFP_WAIT */
void *kmem_cache_alloc(struct kmem_cache *cachep, gfp_t gfp)
{
	return __cache_alloc(cachep, gfp, __builtin_return_address(0));
}

/* As kmem_cache_alloc, all bytes zero. => not for caches with a constructor */
void *kmem_cache_zalloc(struct kmem_cache *cachep, gfp_t gfp)
{
	return __cache_alloc(cachep, gfp | __GFP_ZERO, __builtin_return_address(0));
}

/* As kmem_cache_alloc, from @nid's lists (-1: this CPU's); the memory is that node's if it has any. */
void *kmem_cache_alloc_node(struct kmem_cache *cachep, gfp_t gfp, int nid)
{
	unsigned long flags;
	void *obj;

	if (nid < 0 || nid == numa_node_id() || !cachep->nodelists[nid])
		return __cache_alloc(cachep, gfp, __builtin_return_address(0));
	if (should_failslab(gfp, (size_t)cachep->obj_size))
		return NULL;
	local_irq_save(flags);
	obj = cache_alloc_remote(cachep, gfp, nid, flags);
	local_irq_restore(flags);
	return finish_alloc(cachep, obj, gfp, __builtin_return_address(0));
}

/* => @obj came from @cachep (constructed again, if it has a constructor); any context */
void kmem_cache_free(struct kmem_cache *cachep, void *obj)
{
	__cache_free(cachep, obj, __builtin_return_address(0));
}

/* The cache for objects of @size; NULL: too large. */
static inline struct kmem_cache *kmem_find_general_cachep(size_t size, gfp_t gfp)
{
	struct cache_sizes *cs = malloc_sizes;

	if (unlikely(size > malloc_sizes[ARRAY_SIZE(malloc_sizes) - 1].size))
		return NULL;
	while (size > cs->size)
		cs++;
	return unlikely(gfp & __GFP_DMA) ? cs->dma_cachep : cs->cachep;
}

void *__kmalloc(size_t size, gfp_t gfp)
{
	struct kmem_cache *cachep = kmem_find_general_cachep(size, gfp);

	return likely(cachep) ? __cache_alloc(cachep, gfp, __builtin_return_address(0)) : NULL;
}

/* => @obj came from kmalloc or a relative, or is NULL; any context */
void kfree(const void *obj)
{
	if (unlikely(!obj))
		return;
	if (DEBUG_BUILD)
		kfree_check(obj);
	__cache_free(virt_to_cache(obj), (void *)obj, __builtin_return_address(0));
}

/* How many bytes the owner of @obj may use: at least what was asked for. */
size_t ksize(const void *obj)
{
	return obj ? (size_t)virt_to_cache(obj)->obj_size : 0;
}

/* Bytes of an object, as its user sees it. */
unsigned int kmem_cache_size(struct kmem_cache *cachep)
{
	return (unsigned int)cachep->obj_size;
}

/* ---- a cache's limits ---------------------------------------------------------------------------------------- */

/* Memory for the first arrays and lists, before there is kmalloc; never given back. */
static void *boot_carve(size_t size)
{
	static char *page;
	static size_t left;
	void *p;

	size = ALIGN(size, sizeof(u64));
	if (left < size) {
		page = (char *)get_zeroed_page(GFP_ATOMIC);
		left = PAGE_SIZE;
		if (!page)
			panic("slab: no page to begin with");
	}
	p = page;
	page += size;
	left -= size;
	return p;
}

static struct array_cache *alloc_arraycache(unsigned int limit, unsigned int batchcount)
{
	size_t size = sizeof(struct array_cache) + limit * sizeof(void *);
	struct array_cache *ac = slab_up ? kmalloc(size, GFP_KERNEL) : boot_carve(size);

	if (ac)
		*ac = (struct array_cache){ .limit = limit, .batchcount = batchcount };
	return ac;
}

static struct kmem_list3 *alloc_list3(struct kmem_cache *cachep)
{
	struct kmem_list3 *l3 = slab_up ? kmalloc(sizeof(*l3), GFP_KERNEL) : boot_carve(sizeof(*l3));

	if (!l3)
		return NULL;
	memset(l3, 0, sizeof(*l3));
	spin_lock_init(&l3->list_lock, RANK_SLAB);
	INIT_LIST_HEAD(&l3->slabs_partial);
	INIT_LIST_HEAD(&l3->slabs_full);
	INIT_LIST_HEAD(&l3->slabs_free);
	/* Not all caches' lists shall be reaped at the same tick. */
	l3->next_reap = (unsigned long)cachep / sizeof(*cachep) % REAPTIMEOUT_LIST3;
	return l3;
}

static unsigned int nr_cpus_node(int nid)
{
	unsigned int n = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		n += cpu_to_node(cpu) == nid;
	return n;
}

/* An array that nobody uses any more: its objects go back, it is freed, unless it is one of the first. */
static void retire_array(struct kmem_cache *cachep, struct kmem_list3 *l3, struct array_cache *ac)
{
	LIST_HEAD(doomed);
	unsigned long flags;

	if (!ac)
		return;
	if (ac->avail) {
		spin_lock_irqsave(&l3->list_lock, flags);
		free_block(cachep, l3, ac->entry, ac->avail, &doomed);
		spin_unlock_irqrestore(&l3->list_lock, flags);
		destroy_slabs(cachep, &doomed);
	}
	if (PageSlab(virt_to_page(ac)))
		kfree(ac);
}

/* Lists for every node, with shared arrays and limits as @cachep says now. 0 or -ENOMEM, with what there was. */
static int alloc_kmemlists(struct kmem_cache *cachep)
{
	int nid;

	for_each_online_node(nid) {
		struct kmem_list3 *l3 = cachep->nodelists[nid];
		struct array_cache *shared = NULL, *old;
		unsigned long flags;

		if (cachep->shared) {
			shared = alloc_arraycache(cachep->shared * cachep->batchcount, 0);
			if (!shared)
				return -ENOMEM;
		}
		if (!l3)
			l3 = cachep->nodelists[nid] = alloc_list3(cachep);
		if (!l3) {
			kfree(shared);
			return -ENOMEM;
		}
		spin_lock_irqsave(&l3->list_lock, flags);
		old = l3->shared;
		l3->shared = shared;
		l3->free_limit = (1 + nr_cpus_node(nid)) * cachep->batchcount + cachep->num;
		spin_unlock_irqrestore(&l3->list_lock, flags);
		retire_array(cachep, l3, old);
	}
	return 0;
}

struct ccupdate {
	struct kmem_cache *cachep;
	struct array_cache *new[NR_CPUS];
};

static void swap_array(struct ccupdate *update, int cpu)
{
	swap(update->cachep->array[cpu], update->new[cpu]);
}

static void swap_own_array(void *info)
{
	swap_array(info, smp_processor_id());
}

/*
 * New limits for @cachep's arrays. 0 or -ENOMEM.
 * => cache_chain_mutex held, or nobody else knows the cache; sleeps
 */
int do_tune_cpucache(struct kmem_cache *cachep, unsigned int limit, unsigned int batchcount, unsigned int shared)
{
	struct ccupdate update = { .cachep = cachep };
	int cpu, err = 0;

	for_each_possible_cpu(cpu) {
		update.new[cpu] = alloc_arraycache(limit, batchcount);
		if (!update.new[cpu])
			err = -ENOMEM;
	}
	if (!err) {
		for_each_possible_cpu(cpu)
			if (!cpu_online(cpu))
				swap_array(&update, cpu);
		on_each_cpu(swap_own_array, &update);
		cachep->batchcount = batchcount;
		cachep->limit = limit;
		cachep->shared = shared;
		err = alloc_kmemlists(cachep);
	}
	for_each_possible_cpu(cpu)	/* now the old ones, or after a failure the new ones */
		retire_array(cachep, cachep->nodelists[cpu_to_node(cpu)], update.new[cpu]);
	return err;
}

/* Arrays and lists by the size of the objects: many small ones, few large ones. 0 or -ENOMEM. => as do_tune_cpucache */
static int enable_cpucache(struct kmem_cache *cachep)
{
	unsigned int size = cachep->buffer_size, limit, shared = 0;

	if (size > 131072)
		limit = 1;
	else if (size > PAGE_SIZE)
		limit = 8;
	else if (size > 1024)
		limit = 24;
	else
		limit = size > 256 ? 54 : 120;
	if (size <= PAGE_SIZE && hweight_long(cpu_possible_map) > 1)
		shared = 8;	/* CPUs that only allocate are fed by those that only free */
	if (DEBUG_BUILD)
		limit = min(limit, 32u);	/* objects pass through their slabs, and their checks, more often */
	return do_tune_cpucache(cachep, limit, (limit + 1) / 2, shared);
}

/* The first array and lists of a cache that exists before kmalloc. */
static void setup_boot_cache(struct kmem_cache *cachep)
{
	int nid;

	cachep->array[smp_processor_id()] = alloc_arraycache(1, 1);
	cachep->batchcount = cachep->limit = 1;
	for_each_online_node(nid) {
		cachep->nodelists[nid] = alloc_list3(cachep);
		cachep->nodelists[nid]->free_limit = 1 + cachep->num;
	}
}

/* ---- making and destroying caches ----------------------------------------------------------------------------- */

static size_t slab_mgmt_size(unsigned int num, size_t align)
{
	return ALIGN(sizeof(struct slab) + num * sizeof(kmem_bufctl_t), align);
}

/* How many objects of @size fit into 2^@order pages, and what is left over. */
static unsigned int cache_estimate(unsigned int order, size_t size, size_t align, unsigned long flags, size_t *left_over)
{
	size_t slab_size = PAGE_SIZE << order, mgmt = 0, num;

	if (flags & CFLGS_OFF_SLAB) {
		num = slab_size / size;
	} else {
		num = (slab_size - sizeof(struct slab)) / (size + sizeof(kmem_bufctl_t));
		/* It fits: slab and objects are multiples of @align, so what the objects leave is one, too. */
		mgmt = slab_mgmt_size((unsigned int)num, align);
	}
	num = min(num, (size_t)SLAB_LIMIT);
	*left_over = slab_size - num * size - mgmt;
	return (unsigned int)num;
}

/* The smallest slab that wastes an eighth at most, if that is not too large; sets order and num. Returns what is left. */
static size_t calculate_slab_order(struct kmem_cache *cachep, size_t size, size_t align, unsigned long flags)
{
	size_t left_over = 0, left;
	unsigned int order, num;

	for (order = 0; order <= KMALLOC_MAX_ORDER; order++) {
		num = cache_estimate(order, size, align, flags, &left);
		if (!num)
			continue;
		/* Off-slab management comes from a cache of smaller objects, so that it needs not itself. */
		if (flags & CFLGS_OFF_SLAB && sizeof(struct slab) + num * sizeof(kmem_bufctl_t) > size)
			break;
		cachep->num = num;
		cachep->gfporder = order;
		left_over = left;
		if (flags & SLAB_RECLAIM_ACCOUNT || order >= slab_break_gfp_order || left * 8 <= PAGE_SIZE << order)
			break;
	}
	return left_over;
}

/* Alignment by flags and wish; red zones need words, so a larger wish switches them off. */
static size_t cache_align(size_t size, size_t align, unsigned long *flags)
{
	size_t ralign = BYTES_PER_WORD;

	if (*flags & SLAB_HWCACHE_ALIGN)
		for (ralign = L1_CACHE_BYTES; size <= ralign / 2; ralign /= 2)
			;
	if (*flags & (SLAB_RED_ZONE | SLAB_STORE_USER))
		ralign = BYTES_PER_WORD;
	if (align > ralign)
		ralign = align;
	if (ralign > BYTES_PER_WORD)
		*flags &= ~(SLAB_RED_ZONE | SLAB_STORE_USER);
	return max(ralign, BYTES_PER_WORD);
}

/* See slab_def.h. */
bool layout_cache(struct kmem_cache *cachep, size_t size, size_t align, unsigned long flags)
{
	size_t left_over;

	align = cache_align(size, align, &flags);
	cachep->obj_size = (int)size;
	size = ALIGN(size, BYTES_PER_WORD);
	if (flags & SLAB_RED_ZONE) {
		cachep->obj_offset = (int)BYTES_PER_WORD;
		size += 2 * BYTES_PER_WORD;
	}
	if (flags & SLAB_STORE_USER)
		size += BYTES_PER_WORD;
	if (size >= PAGE_SIZE >> 3)
		flags |= CFLGS_OFF_SLAB;
	size = ALIGN(size, align);
	left_over = calculate_slab_order(cachep, size, align, flags);
	if (!cachep->num)
		return false;
	cachep->slab_size = (unsigned int)slab_mgmt_size(cachep->num, align);
	if (flags & CFLGS_OFF_SLAB && left_over >= cachep->slab_size) {
		flags &= ~CFLGS_OFF_SLAB;	/* it fits into what is left over */
		left_over -= cachep->slab_size;
	}
	if (flags & CFLGS_OFF_SLAB) {
		cachep->slab_size = (unsigned int)slab_mgmt_size(cachep->num, 1);
		cachep->slabp_cache = kmem_find_general_cachep(cachep->slab_size, 0);
	}
	cachep->colour_off = (unsigned int)max(align, (size_t)L1_CACHE_BYTES);
	cachep->colour = (unsigned int)(left_over / cachep->colour_off);
	cachep->buffer_size = (unsigned int)size;
	cachep->flags = flags;
	cachep->gfpflags = flags & SLAB_CACHE_DMA ? __GFP_DMA : 0;
	return true;
}

static void free_cache(struct kmem_cache *cachep)
{
	int cpu, nid;

	for_each_possible_cpu(cpu)
		kfree(cachep->array[cpu]);
	for_each_online_node(nid)
		if (cachep->nodelists[nid]) {
			kfree(cachep->nodelists[nid]->shared);
			kfree(cachep->nodelists[nid]);
		}
	kmem_cache_free(&cache_cache, cachep);
}

static bool name_taken(const char *name)
{
	struct kmem_cache *pc;

	list_for_each_entry(pc, &cache_chain, next)
		if (!strcmp(pc->name, name))
			return true;
	return false;
}

/* => cache_chain_mutex held */
static struct kmem_cache *create_cache(const char *name, size_t size, size_t align, unsigned long flags,
				       slab_ctor_t ctor, slab_ctor_t dtor)
{
	struct kmem_cache *cachep;

	if (name_taken(name)) {
		printk(KERN_ERR "kmem_cache_create: there is a cache %s already\n", name);
		return NULL;
	}
	cachep = kmem_cache_zalloc(&cache_cache, GFP_KERNEL);
	if (!cachep)
		return NULL;
	cachep->name = name;
	cachep->ctor = ctor;
	cachep->dtor = dtor;
	if (DEBUG_BUILD)
		flags |= slab_debug_flags(size, flags);
	if (!layout_cache(cachep, size, align, flags)) {
		kmem_cache_free(&cache_cache, cachep);
		return NULL;
	}
	if (!slab_up) {
		setup_boot_cache(cachep);
	} else if (enable_cpucache(cachep)) {
		free_cache(cachep);
		return NULL;
	}
	list_add(&cachep->next, &cache_chain);
	return cachep;
}

/*
 * A cache of objects of @size bytes, aligned to @align at least (0: to a word). @ctor runs on each object of a new
 * slab, @dtor before the slab goes. NULL: no memory, too large for a slab, or @name is taken (@name must last).
 * => process context, sleeps; with SLAB_PANIC it never returns NULL
 */
struct kmem_cache *kmem_cache_create(const char *name, size_t size, size_t align, unsigned long flags,
				     slab_ctor_t ctor, slab_ctor_t dtor)
{
	struct kmem_cache *cachep;

	BUG_ON(!name || in_interrupt() || size < BYTES_PER_WORD || size > PAGE_SIZE << KMALLOC_MAX_ORDER || (dtor && !ctor));
	mutex_lock(&cache_chain_mutex);
	cachep = create_cache(name, size, align, flags, ctor, dtor);
	mutex_unlock(&cache_chain_mutex);
	if (!cachep && flags & SLAB_PANIC)
		panic("kmem_cache_create: cannot make cache %s", name);
	return cachep;
}

/* ---- giving memory back ------------------------------------------------------------------------------------------- */

/* Up to @max empty slabs of @l3 to the page allocator; returns how many. */
static int drain_freelist(struct kmem_cache *cachep, struct kmem_list3 *l3, int max)
{
	struct slab *slabp;
	unsigned long flags;
	int n;

	for (n = 0; n < max; n++) {
		spin_lock_irqsave(&l3->list_lock, flags);
		if (list_empty(&l3->slabs_free)) {
			spin_unlock_irqrestore(&l3->list_lock, flags);
			break;
		}
		slabp = list_last_entry(&l3->slabs_free, struct slab, list);
		list_del(&slabp->list);
		l3->free_objects -= cachep->num;
		spin_unlock_irqrestore(&l3->list_lock, flags);
		slab_destroy(cachep, slabp);
	}
	return n;
}

/*
 * Take from @ac what was not used since the last call (@force: all of it) back to the slabs.
 * => interrupts on; @ac is shared, or this CPU's
 */
static void drain_array(struct kmem_cache *cachep, struct kmem_list3 *l3, struct array_cache *ac, bool force)
{
	unsigned int n;
	LIST_HEAD(doomed);

	if (!ac || !ac->avail)
		return;
	if (ac->touched && !force) {
		ac->touched = 0;
		return;
	}
	spin_lock_irq(&l3->list_lock);
	n = force ? ac->avail : (ac->limit + 4) / 5;
	if (n > ac->avail)
		n = (ac->avail + 1) / 2;
	free_block(cachep, l3, ac->entry, n, &doomed);
	drop_oldest(ac, n);
	spin_unlock_irq(&l3->list_lock);
	destroy_slabs(cachep, &doomed);
}

/* This CPU's array back to its slabs. => any context */
static void drain_own_array(struct kmem_cache *cachep)
{
	struct array_cache *ac = cpu_cache_get(cachep);
	struct kmem_list3 *l3 = cachep->nodelists[numa_node_id()];
	unsigned long flags;
	LIST_HEAD(doomed);

	spin_lock_irqsave(&l3->list_lock, flags);
	free_block(cachep, l3, ac->entry, ac->avail, &doomed);
	ac->avail = 0;
	spin_unlock_irqrestore(&l3->list_lock, flags);
	destroy_slabs(cachep, &doomed);
}

static void do_drain(void *cachep)
{
	drain_own_array(cachep);
}

static void do_drain_all(void *unused)
{
	struct kmem_cache *cachep;

	list_for_each_entry(cachep, &cache_chain, next)
		drain_own_array(cachep);
}

/* Shared arrays and empty slabs of all nodes go back. True: objects are in use. => cache_chain_mutex held */
static bool shrink_lists(struct kmem_cache *cachep)
{
	bool busy = false;
	int nid;

	for_each_online_node(nid) {
		struct kmem_list3 *l3 = cachep->nodelists[nid];

		drain_array(cachep, l3, l3->shared, true);
		drain_freelist(cachep, l3, __INT_MAX__);
		busy |= !list_empty(&l3->slabs_full) || !list_empty(&l3->slabs_partial);
	}
	return busy;
}

/* Everything that is not in use goes back. True: objects are in use. => cache_chain_mutex held */
static bool __cache_shrink(struct kmem_cache *cachep)
{
	on_each_cpu(do_drain, cachep);
	return shrink_lists(cachep);
}

/* Give back all memory of @cachep that holds no object in use. 1: some is in use; 0: all is gone. => sleeps */
int kmem_cache_shrink(struct kmem_cache *cachep)
{
	int busy;

	mutex_lock(&cache_chain_mutex);
	busy = __cache_shrink(cachep);
	mutex_unlock(&cache_chain_mutex);
	return busy;
}

/* *slabs: how many slabs hold them. => cache_chain_mutex held, the cache shrunk */
static unsigned long objects_in_use(struct kmem_cache *cachep, unsigned long *slabs)
{
	unsigned long n = 0;
	struct slab *slabp;
	int nid;

	for_each_online_node(nid) {
		struct kmem_list3 *l3 = cachep->nodelists[nid];

		spin_lock_irq(&l3->list_lock);
		list_for_each_entry(slabp, &l3->slabs_full, list) {
			n += slabp->inuse;
			++*slabs;
		}
		list_for_each_entry(slabp, &l3->slabs_partial, list) {
			n += slabp->inuse;
			++*slabs;
		}
		spin_unlock_irq(&l3->list_lock);
	}
	return n;
}

/* Give back all memory of all caches that holds no object in use; returns the objects that are. => sleeps */
unsigned long kmem_cache_shrink_all(void)
{
	struct kmem_cache *cachep;
	unsigned long n = 0, slabs = 0;

	mutex_lock(&cache_chain_mutex);
	for (int round = 0; round < 2; round++) {	/* the first gives off-slab management back to other caches */
		on_each_cpu(do_drain_all, NULL);
		list_for_each_entry(cachep, &cache_chain, next)
			shrink_lists(cachep);
	}
	list_for_each_entry(cachep, &cache_chain, next)
		n += objects_in_use(cachep, &slabs);
	mutex_unlock(&cache_chain_mutex);
	return n;
}

/* The objects of cache @name that are others' management of @slabs slabs are nobody's. */
static void leave_out(struct kmem_cache_use *use, int n, const char *name, unsigned long slabs)
{
	for (int i = 0; i < n; i++)
		if (use[i].name == name)
			use[i].objects -= slabs;
}

/*
 * The caches and their objects in use, as of a shrink, into use[@max]; returns how many caches. Objects that slab itself
 * uses, for slabs whose management lies outside, are left out: how many there are is a matter of chance.
 * => sleeps
 */
int kmem_cache_usage(struct kmem_cache_use *use, int max)
{
	struct kmem_cache *cachep;
	unsigned long slabs = 0;
	int n = 0;

	mutex_lock(&cache_chain_mutex);
	list_for_each_entry(cachep, &cache_chain, next)
		if (n < max)
			use[n++] = (struct kmem_cache_use){ cachep->name, objects_in_use(cachep, &slabs) };
	list_for_each_entry(cachep, &cache_chain, next) {
		slabs = 0;
		objects_in_use(cachep, &slabs);
		if (OFF_SLAB(cachep))
			leave_out(use, n, cachep->slabp_cache->name, slabs);
	}
	mutex_unlock(&cache_chain_mutex);
	return n;
}

/*
 * The end of a cache. If objects are still in use, it stays, and the log tells who has them.
 * => sleeps; the caller makes sure that nobody allocates from it any more
 */
void kmem_cache_destroy(struct kmem_cache *cachep)
{
	mutex_lock(&cache_chain_mutex);
	if (__cache_shrink(cachep)) {
		printk(KERN_ERR "kmem_cache_destroy: %s has objects in use\n", cachep->name);
		if (DEBUG_BUILD)
			slab_debug_leaks(cachep);
		dump_stack();
		mutex_unlock(&cache_chain_mutex);
		return;
	}
	list_del(&cachep->next);
	mutex_unlock(&cache_chain_mutex);
	if (cachep->flags & SLAB_DESTROY_BY_RCU) {
		synchronize_rcu();	/* the last slabs' callbacks were queued before … */
		flush_scheduled_work();	/* … and have run now */
	}
	free_cache(cachep);
}

/* One cache's turn: arrays that nobody used shrink, empty slabs that nobody needed go. */
static void reap_cache(struct kmem_cache *cachep, struct kmem_list3 *l3)
{
	drain_array(cachep, l3, cpu_cache_get(cachep), false);
	if (time_before(jiffies, l3->next_reap))
		return;
	l3->next_reap = jiffies + REAPTIMEOUT_LIST3;
	drain_array(cachep, l3, l3->shared, false);
	if (l3->free_touched)
		l3->free_touched = 0;
	else
		drain_freelist(cachep, l3, (int)((l3->free_limit + 5 * cachep->num - 1) / (5 * cachep->num)));
}

/* See slab_def.h. */
bool cache_reap_pass(void)
{
	struct kmem_cache *cachep;

	if (!mutex_trylock(&cache_chain_mutex))
		return false;
	list_for_each_entry(cachep, &cache_chain, next) {
		reap_cache(cachep, cachep->nodelists[numa_node_id()]);
		cond_resched();
	}
	mutex_unlock(&cache_chain_mutex);
	return true;
}

/* Every two seconds on each CPU. If the chain is busy, the next time will do. */
static void cache_reap(struct work_struct *unused)
{
	cache_reap_pass();
	refresh_cpu_vm_stats(smp_processor_id());
	schedule_delayed_work_on(smp_processor_id(), &per_cpu(reap_work, smp_processor_id()), REAPTIMEOUT_CPUC);
}

/* ---- boot ------------------------------------------------------------------------------------------------------------ */

/*
 * The caches of kmalloc, smallest first: off-slab management of one comes from those before it.
 * => the page allocator works, one CPU runs
 */
void kmem_cache_init(void)
{
	bool dma = NODE_DATA(numa_node_id())->node_zonelists[ZONE_DMA].zones[0];
	struct kmem_cache *cachep;

	slab_break_gfp_order = num_physpages > (32UL << 20) >> PAGE_SHIFT ? 1 : 0;
	layout_cache(&cache_cache, sizeof(struct kmem_cache), L1_CACHE_BYTES, 0);
	setup_boot_cache(&cache_cache);
	list_add(&cache_cache.next, &cache_chain);
	for (struct cache_sizes *cs = malloc_sizes; cs < malloc_sizes + ARRAY_SIZE(malloc_sizes); cs++) {
		cs->cachep = kmem_cache_create(cs->name, cs->size, 0, SLAB_HWCACHE_ALIGN | SLAB_PANIC, NULL, NULL);
		if (dma)
			cs->dma_cachep = kmem_cache_create(cs->dma_name, cs->size, 0,
							   SLAB_HWCACHE_ALIGN | SLAB_CACHE_DMA | SLAB_PANIC, NULL, NULL);
	}
	slab_up = true;
	list_for_each_entry(cachep, &cache_chain, next)
		if (enable_cpucache(cachep))
			panic("slab: no memory for the arrays of %s", cachep->name);
}

/* The reaping starts. => work threads run, all CPUs are online */
void kmem_cache_init_late(void)
{
	int cpu;

	for_each_online_cpu(cpu) {
		struct delayed_work *work = &per_cpu(reap_work, cpu);

		INIT_DELAYED_WORK(work, cache_reap);
		schedule_delayed_work_on(cpu, work, HZ + 3 * (unsigned long)cpu);
	}
}
