/*
 * slab_layout_test.c: the numbers of slab.c: objects a slab, orders, limits, colours; and what a debug build says of a
 * caller's mistakes (tools/test/test_slab.py reads it).
 */
#include "mm/slab_def.h"
#include "kernel/ktest.h"
#include "kernel/smp.h"
#include "kernel/lib/string.h"

/* ---- how objects lie in a slab ----------------------------------------------------------------------------------- */

struct layout { unsigned int num, order; bool off; };

static size_t mgmt(unsigned int num, size_t align)
{
	return ALIGN(sizeof(struct slab) + num * sizeof(kmem_bufctl_t), align);
}

/* By trying: as many as fit, in the first order that wastes an eighth at most, or in the last that is allowed. */
static struct layout expected(size_t size, bool large, unsigned int last_order)
{
	struct layout best = { 0 };
	size_t left = 0;

	for (unsigned int order = 0; order <= KMALLOC_MAX_ORDER; order++) {
		size_t bytes = PAGE_SIZE << order;
		unsigned int n = 0;

		while ((large ? 0 : mgmt(n + 1, BYTES_PER_WORD)) + (n + 1) * size <= bytes)
			n++;
		if (!n)
			continue;
		if (large && mgmt(n, 1) > size)
			break;
		left = bytes - n * size - (large ? 0 : mgmt(n, BYTES_PER_WORD));
		best = (struct layout){ n, order, large && left < mgmt(n, BYTES_PER_WORD) };
		if (order >= last_order || left * 8 <= bytes)
			break;
	}
	return best;
}

static void check_layout(struct ktest *t, struct kmem_cache *c, struct layout want)
{
	if (!EXPECT_EQ(t, c->num, want.num) | !EXPECT_EQ(t, c->gfporder, want.order) | !EXPECT_EQ(t, !!OFF_SLAB(c), want.off))
		printk("# objects of %d bytes, %u with all around\n", c->obj_size, c->buffer_size);
}

/* Objects a slab, its order, and where its management is: on 32 and on 64 bits, by hand from 2.6.20's formula. */
static const struct { unsigned short size, num[2], order; bool off; } table[] = {
	{ 8, { 339, 337 }, 0, 0 }, { 20, { 169, 144 }, 0, 0 }, { 32, { 113, 112 }, 0, 0 }, { 64, { 59, 59 }, 0, 0 },
	{ 72, { 53, 53 }, 0, 0 }, { 96, { 40, 40 }, 0, 0 }, { 100, { 39, 37 }, 0, 0 }, { 128, { 30, 30 }, 0, 0 },
	{ 200, { 19, 19 }, 0, 0 }, { 256, { 15, 15 }, 0, 0 }, { 300, { 13, 13 }, 0, 0 }, { 400, { 10, 10 }, 0, 0 },
	{ 504, { 8, 7 }, 0, 0 }, { 512, { 8, 8 }, 0, 1 }, { 600, { 6, 6 }, 0, 0 }, { 900, { 4, 4 }, 0, 0 },
	{ 1024, { 4, 4 }, 0, 1 }, { 1500, { 5, 5 }, 1, 0 }, { 2000, { 2, 2 }, 0, 0 }, { 2048, { 2, 2 }, 0, 1 },
	{ 3000, { 2, 2 }, 1, 0 }, { 4096, { 1, 1 }, 0, 1 }, { 5000, { 1, 1 }, 1, 0 }, { 8192, { 1, 1 }, 1, 1 },
	{ 20000, { 1, 1 }, 3, 0 }, { 32768, { 1, 1 }, 3, 1 },
};

/* In a debug build the objects are larger: then the numbers are those that trying finds. */
KTEST(slab, objects_per_slab_by_the_table)
{
	bool small_machine = num_physpages <= (32UL << 20) >> PAGE_SHIFT;

	for (unsigned int i = 0; i < ARRAY_SIZE(table); i++) {
		struct kmem_cache *c = kmem_cache_create("ktest-layout", table[i].size, 0, 0, NULL, NULL);

		if (!EXPECT(t, c))
			return;
		check_layout(t, c, expected(c->buffer_size, c->buffer_size >= PAGE_SIZE / 8, small_machine ? 0 : 1));
		if (!DEBUG_BUILD && !small_machine)
			check_layout(t, c, (struct layout){ table[i].num[sizeof(long) / 8], table[i].order, table[i].off });
		kmem_cache_destroy(c);
	}
}

/* Caches whose objects can be had back take the first order that fits, whatever it wastes. */
KTEST(slab, reclaimable_objects_lie_in_the_smallest_slabs)
{
	struct kmem_cache *c = kmem_cache_create("ktest-order", 1500, 0, SLAB_RECLAIM_ACCOUNT, NULL, NULL);

	if (!EXPECT(t, c))
		return;
	EXPECT_EQ(t, c->num, 2);
	EXPECT_EQ(t, c->gfporder, 0);
	kmem_cache_destroy(c);
}

/* A cache line, halved while two objects would fit into the half; a word else. */
KTEST(slab, alignment_by_cache_lines)
{
	static const struct { size_t size, step; } cases[] = { { 12, 16 }, { 20, 32 }, { 33, 64 }, { 65, 128 }, { 200, 256 } };

	if (DEBUG_BUILD)
		return ktest_skip(t, "red zones come first");
	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		struct kmem_cache *c = kmem_cache_create("ktest-line", cases[i].size, 0, SLAB_HWCACHE_ALIGN, NULL, NULL);

		if (EXPECT(t, c)) {
			EXPECT_EQ(t, c->buffer_size, cases[i].step);
			kmem_cache_destroy(c);
		}
	}
}

/* ---- limits, colours ------------------------------------------------------------------------------------------------ */

KTEST(slab, limits_by_size)
{
	static const struct { size_t size; unsigned int limit; } cases[] = {
		{ 32, 120 }, { 256, 120 }, { 264, 54 }, { 1024, 54 }, { 1032, 24 }, { 4096, 24 }, { 4104, 8 }, { 131072, 8 },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		struct kmem_cache *c = kmem_cache_create("ktest-limits", cases[i].size, 0, SLAB_DESTROY_BY_RCU, NULL, NULL);

		if (!EXPECT(t, c))
			return;
		if (DEBUG_BUILD)		/* what lies around an object may make it one of the next class */
			EXPECT_OP(t, c->limit, <=, min(cases[i].limit, 32u));
		else
			EXPECT_EQ(t, c->limit, cases[i].limit);
		EXPECT_EQ(t, c->batchcount, (c->limit + 1) / 2);
		EXPECT_EQ(t, c->shared, c->buffer_size <= PAGE_SIZE && hweight_long(cpu_possible_map) > 1 ? 8 : 0);
		EXPECT_EQ(t, c->nodelists[0]->free_limit,
			  (1 + hweight_long(cpu_possible_map)) * c->batchcount + c->num);
		kmem_cache_destroy(c);
	}
}

/* Each new slab begins one step later than the one before, until the room that is left over is used up. */
KTEST(slab, each_slab_has_the_next_colour)
{
	struct kmem_cache *c = kmem_cache_create("ktest-colours", 900, 0, 0, NULL, NULL);
	static void *objs[200];
	unsigned long colour = 0;
	struct slab *slabp;
	int n = 0;

	if (!EXPECT(t, c) || !EXPECT_OP(t, c->colour, >=, 2))
		return;
	for (; n < (int)ARRAY_SIZE(objs); n++) {
		objs[n] = kmem_cache_alloc(c, GFP_KERNEL);
		if (!EXPECT(t, objs[n]))
			break;
	}
	/* The latest that became full comes first, and they became so in the order in which they were made. */
	list_for_each_entry_reverse(slabp, &c->nodelists[0]->slabs_full, list) {
		unsigned long offset = slabp->colouroff - (OFF_SLAB(c) ? 0 : c->slab_size);

		EXPECT_EQ(t, offset, colour * c->colour_off);
		colour = (colour + 1) % c->colour;
	}
	while (n--)
		kmem_cache_free(c, objs[n]);
	kmem_cache_destroy(c);
}

/* ---- mistakes, named ---------------------------------------------------------------------------------------------- */

static struct kmem_cache *victim(struct ktest *t)
{
	struct kmem_cache *c = DEBUG_BUILD ? kmem_cache_create("victims", 40, 0, 0, NULL, NULL) : NULL;

	if (!c)
		ktest_skip(t, "only a debug build looks");
	return c;
}

KTEST_DIES(slab, a_double_free_is_named)
{
	struct kmem_cache *c = victim(t);
	void *obj = c ? kmem_cache_alloc(c, GFP_KERNEL) : NULL;

	if (!obj)
		return;
	kmem_cache_free(c, obj);
	kmem_cache_free(c, obj);
}

KTEST_DIES(slab, an_overrun_is_named)
{
	struct kmem_cache *c = victim(t);
	char *obj = c ? kmem_cache_alloc(c, GFP_KERNEL) : NULL;

	if (!obj)
		return;
	memset(obj, 0, 41);
	kmem_cache_free(c, obj);
}

KTEST_DIES(slab, a_foreign_object_is_named)
{
	struct kmem_cache *c = victim(t);
	void *obj = c ? kmalloc(40, GFP_KERNEL) : NULL;

	if (obj)
		kmem_cache_free(c, obj);
}

KTEST_DIES(slab, a_pointer_into_an_object_is_named)
{
	char *obj = victim(t) ? kmalloc(100, GFP_KERNEL) : NULL;

	if (obj)
		kfree(obj + 8);
}

KTEST_DIES(slab, a_pointer_to_no_slab_is_named)
{
	char *page = victim(t) ? (char *)__get_free_page(GFP_KERNEL) : NULL;

	if (page)
		kfree(page);
}

KTEST_DIES(slab, a_write_after_free_is_named)
{
	struct kmem_cache *c = victim(t);
	char *obj = c ? kmem_cache_alloc(c, GFP_KERNEL) : NULL;

	if (!obj)
		return;
	kmem_cache_free(c, obj);
	obj[7] = 1;
	kmem_cache_alloc(c, GFP_KERNEL);
}
