/*
 * slab_arena.c: object caches on real frames before there is an allocator, and a pool of numbers (kernel/arena.h).
 *
 * Owns:   two nodes, of which the first has all frames; some struct kmem_cache, their lists and arrays; a mempool.
 * Locks:  none: one CPU, interrupts off. It says that it is another one when the host wants that.
 * Read next: slab.c and mempool.c, whose functions are called here; labs/04-slab.
 *
 * An object is told as its distance in bytes from the first frame, which is aligned to their number. Its cache is on nobody's
 * chain. The frames are free, all else is 0 after a reset. Objects of node 1 go past the arrays, to node 1's lists of slabs,
 * though node 1 has no memory of its own.
 *
 *	where                           address of the first frame, frames, address of the caches, bytes from one to the next
 *	break ORDER                     slab_break_gfp_order
 *	cache IDX SIZE ALIGN FLAGS CTOR layout_cache(): 1, or 0; CTOR: with a constructor; the lists and arrays are empty
 *	limits IDX CPU LIMIT BATCH      that CPU's array (LIMIT up to 64)
 *	shared IDX LIMIT                node 0's shared array
 *	spare IDX NODE OBJECTS          free_limit
 *	touched IDX CPU VALUE           of the array
 *	cpu N                           from now on this is CPU N
 *	alloc IDX NODE                  kmem_cache_alloc() for node 0, kmem_cache_alloc_node() for 1: the object, or -1
 *	free IDX OBJECT                 kmem_cache_free()
 *	write OBJECT WORD               the object's first word becomes it; the constructor writes 0xc0de and counts
 *	ctors                           how often the constructor ran
 *	pool MIN CURR                   a mempool of MIN elements of which CURR are there; elements are numbers from 1 on
 *	supply N                        its allocator has N elements more
 *	get GFP                         mempool_alloc(): the element, 0 for none; what its allocator was asked for
 *	put ELEMENT                     mempool_free(): how many elements its free function got so far
 */
#include "mm/mempool.h"
#include "mm/slab_def.h"
#include "mm/test/arena_zone.h"
#include "kernel/arch.h"
#include "kernel/arena.h"
#include "kernel/lib/string.h"

#define CACHES		4
#define FRAMES_ORDER	8
#define FRAMES		(1UL << FRAMES_ORDER)
#define MAX_LIMIT	64
#define NODES		2
#define POOL_MAX	8
#define CONSTRUCTED	0xc0deUL

static pg_data_t *nodes;
static struct per_cpu_pageset *pageset;
static struct kmem_cache *caches;
static unsigned long first_pfn, ctor_calls;
static mempool_t *pool;
static unsigned long pool_supply, pool_next, pool_freed;
static gfp_t pool_asked;

/* ---- objects ------------------------------------------------------------------------------------------------------- */

static struct array_cache *new_array(void)
{
	return arena_memory(sizeof(struct array_cache) + MAX_LIMIT * sizeof(void *));
}

static void init_list3(struct kmem_list3 *l3)
{
	*l3 = (struct kmem_list3){ .free_limit = __INT_MAX__ };
	spin_lock_init(&l3->list_lock, RANK_SLAB);
	INIT_LIST_HEAD(&l3->slabs_partial);
	INIT_LIST_HEAD(&l3->slabs_full);
	INIT_LIST_HEAD(&l3->slabs_free);
}

/* All frames are node 0's zone Normal; both nodes are served from it. */
static void make_frames(void)
{
	struct page *map = arena_memory(FRAMES * sizeof(*map));
	struct zone *zone = &nodes[0].node_zones[ZONE_NORMAL];

	first_pfn = arena_frames(FRAMES);
	for (unsigned long nr = pfn_to_section_nr(first_pfn); nr <= pfn_to_section_nr(first_pfn + FRAMES - 1); nr++)
		mem_section[nr] = (struct mem_section){ .map = map - first_pfn, .nid = 0, .online = true };
	arena_zone_pages(zone, map, first_pfn, FRAMES);
	arena_free_block(map, FRAMES_ORDER);
	arena_zonelists(&nodes[0]);
	memcpy(nodes[1].node_zonelists, nodes[0].node_zonelists, sizeof(nodes[0].node_zonelists));
}

static void reset_slab(void)
{
	nodes = arena_memory(NODES * sizeof(*nodes));
	pageset = arena_memory(sizeof(*pageset));
	for (int nid = 0; nid < NODES; nid++) {
		nodes[nid].node_id = nid;
		node_data[nid] = &nodes[nid];
		for (int idx = 0; idx < MAX_NR_ZONES; idx++)
			arena_init_zone(&nodes[nid], idx, pageset, true);
	}
	node_online_map = (1UL << NODES) - 1;
	make_frames();
	caches = arena_memory(CACHES * sizeof(*caches));
	for (int i = 0; i < CACHES; i++) {
		for (int cpu = 0; cpu < NR_CPUS; cpu++)
			caches[i].array[cpu] = new_array();
		for (int nid = 0; nid < NODES; nid++)
			caches[i].nodelists[nid] = arena_memory(sizeof(struct kmem_list3));
	}
	pool = arena_memory(sizeof(*pool) + POOL_MAX * sizeof(void *));
	ctor_calls = 0;
	slab_break_gfp_order = 0;
	arch_pretend_cpu(0);
}

/* ---- what the host names --------------------------------------------------------------------------------------------- */

static bool is_below(unsigned long n, unsigned long limit, const char *what)
{
	if (n >= limit)
		arena_reply("? %s", what);
	return n < limit;
}

/* Cache @idx; NULL, and the host is told, if there is none. */
static struct kmem_cache *find_cache(unsigned long idx)
{
	return is_below(idx, CACHES, "cache") && is_below(!caches[idx].num, 1, "layout") ? &caches[idx] : NULL;
}

static char *frames(void)
{
	return __va((unsigned long)first_pfn << PAGE_SHIFT);
}

static void verb_where(int argc, const unsigned long *argv)
{
	arena_reply("%lu %lu %lu %lu", (unsigned long)frames(), FRAMES, (unsigned long)caches,
		    (unsigned long)sizeof(*caches));
}

static void verb_break(int argc, const unsigned long *argv)
{
	slab_break_gfp_order = (unsigned int)argv[0];
}

static void count_ctor(void *obj, struct kmem_cache *cachep, unsigned long flags)
{
	ctor_calls++;
	*(unsigned long *)obj = CONSTRUCTED;
}

/* Its management, where it does not fit into the slab, comes from the last cache. */
static void verb_cache(int argc, const unsigned long *argv)
{
	struct kmem_cache *cachep;
	bool fits;

	if (!is_below(argv[0], CACHES, "cache"))
		return;
	cachep = &caches[argv[0]];
	cachep->num = 0;
	cachep->name = "arena";
	cachep->ctor = argv[4] ? count_ctor : NULL;
	fits = layout_cache(cachep, argv[1], argv[2], argv[3]);
	cachep->slabp_cache = OFF_SLAB(cachep) ? &caches[CACHES - 1] : NULL;
	for (int nid = 0; nid < NODES; nid++)
		init_list3(cachep->nodelists[nid]);
	for (int cpu = 0; cpu < NR_CPUS; cpu++)
		*cachep->array[cpu] = (struct array_cache){ .limit = 1, .batchcount = 1 };
	arena_reply("%d", fits);
}

static void verb_limits(int argc, const unsigned long *argv)
{
	struct kmem_cache *cachep = find_cache(argv[0]);

	if (!cachep || !is_below(argv[1], NR_CPUS, "cpu") || !is_below(argv[2], MAX_LIMIT + 1, "limit"))
		return;
	cachep->array[argv[1]]->limit = (unsigned int)argv[2];
	cachep->array[argv[1]]->batchcount = (unsigned int)argv[3];
}

static void verb_shared(int argc, const unsigned long *argv)
{
	struct kmem_cache *cachep = find_cache(argv[0]);

	if (!cachep || !is_below(argv[1], MAX_LIMIT + 1, "limit"))
		return;
	cachep->nodelists[0]->shared = new_array();
	cachep->nodelists[0]->shared->limit = (unsigned int)argv[1];
}

static void verb_spare(int argc, const unsigned long *argv)
{
	struct kmem_cache *cachep = find_cache(argv[0]);

	if (cachep && is_below(argv[1], NODES, "node"))
		cachep->nodelists[argv[1]]->free_limit = (unsigned int)argv[2];
}

static void verb_touched(int argc, const unsigned long *argv)
{
	struct kmem_cache *cachep = find_cache(argv[0]);

	if (cachep && is_below(argv[1], NR_CPUS, "cpu"))
		cachep->array[argv[1]]->touched = (unsigned int)argv[2];
}

static void verb_cpu(int argc, const unsigned long *argv)
{
	if (is_below(argv[0], NR_CPUS, "cpu"))
		arch_pretend_cpu((int)argv[0]);
}

/* ---- objects in and out ------------------------------------------------------------------------------------------------ */

static void verb_alloc(int argc, const unsigned long *argv)
{
	struct kmem_cache *cachep = find_cache(argv[0]);
	char *obj;

	if (!cachep || !is_below(argv[1], NODES, "node"))
		return;
	obj = argv[1] ? kmem_cache_alloc_node(cachep, __GFP_NOWARN, 1) : kmem_cache_alloc(cachep, __GFP_NOWARN);
	arena_reply("%ld", obj ? (long)(obj - frames()) : -1L);
}

static void verb_free(int argc, const unsigned long *argv)
{
	struct kmem_cache *cachep = find_cache(argv[0]);

	if (cachep && is_below(argv[1], FRAMES << PAGE_SHIFT, "object"))
		kmem_cache_free(cachep, frames() + argv[1]);
}

static void verb_write(int argc, const unsigned long *argv)
{
	if (is_below(argv[0], FRAMES << PAGE_SHIFT, "object"))
		*(unsigned long *)(frames() + argv[0]) = argv[1];
}

static void verb_ctors(int argc, const unsigned long *argv)
{
	arena_reply("%lu", ctor_calls);
}

/* ---- a pool of numbers ------------------------------------------------------------------------------------------------- */

static void *supply_element(gfp_t gfp, void *unused)
{
	pool_asked = gfp;
	return pool_supply ? (pool_supply--, (void *)++pool_next) : NULL;
}

static void take_back_element(void *element, void *unused)
{
	pool_freed++;
}

static void verb_pool(int argc, const unsigned long *argv)
{
	if (!is_below(argv[0], POOL_MAX + 1, "pool") || !is_below(argv[1], argv[0] + 1, "pool"))
		return;
	*pool = (mempool_t){ .min_nr = (int)argv[0], .elements = (void **)(pool + 1), .alloc = supply_element,
			     .free = take_back_element };
	spin_lock_init(&pool->lock, RANK_MEMPOOL);
	init_waitqueue_head(&pool->wait);
	pool_supply = pool_next = pool_freed = 0;
	while (pool->curr_nr < (int)argv[1])
		pool->elements[pool->curr_nr++] = (void *)++pool_next;
}

static void verb_supply(int argc, const unsigned long *argv)
{
	pool_supply = argv[0];
}

static void verb_get(int argc, const unsigned long *argv)
{
	void *element;

	if (!is_below(!pool->min_nr, 1, "pool"))
		return;
	pool_asked = 0;
	element = mempool_alloc(pool, (gfp_t)argv[0] & ~__GFP_WAIT);
	arena_reply("%lu %u", (unsigned long)element, pool_asked);
}

static void verb_put(int argc, const unsigned long *argv)
{
	if (!is_below(!pool->min_nr, 1, "pool"))
		return;
	mempool_free((void *)argv[0], pool);
	arena_reply("%lu", pool_freed);
}

static const struct arena_verb verbs[] = {
	{ "where", 0, verb_where }, { "break", 1, verb_break }, { "cache", 5, verb_cache }, { "limits", 4, verb_limits },
	{ "shared", 2, verb_shared }, { "spare", 3, verb_spare }, { "touched", 3, verb_touched }, { "cpu", 1, verb_cpu },
	{ "alloc", 2, verb_alloc }, { "free", 2, verb_free }, { "write", 2, verb_write }, { "ctors", 0, verb_ctors },
	{ "pool", 2, verb_pool }, { "supply", 1, verb_supply }, { "get", 1, verb_get }, { "put", 1, verb_put }, { }
};

ARENA(slab, verbs, reset_slab);
