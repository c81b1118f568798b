/*
 * kmalloc_test.c: what holds of kmalloc whichever allocator is behind it, and what it costs (`make compare`).
 */
#include "mm/mm.h"
#include "mm/slab.h"
#include "kernel/ktest.h"
#include "kernel/lib/string.h"
#include "kernel/timer.h"

#define LIVE	1500
#define ROUNDS	6000

static void *objs[LIVE];
static unsigned short sizes[LIVE];

/* The sizes that a kernel asks for: many small, few large. */
static unsigned short some_size(u32 *seed)
{
	u32 r = ktest_random(seed);

	return (unsigned short)(8 + (r >> 8) % (r % 4 ? 120 : r % 16 ? 700 : 2000));
}

static unsigned long held_pages(void)
{
	kmem_cache_shrink_all();
	drain_all_pages();
	return nr_free_pages();
}

/* How many bytes are held for each hundred that are in use, with @live objects of objs[]. */
static unsigned long overhead(unsigned long free_before, unsigned long asked)
{
	return (free_before - held_pages()) * (PAGE_SIZE / 16) * 100 / (asked / 16 + 1);
}

static unsigned long asked_for(void)
{
	unsigned long sum = 0;

	for (int i = 0; i < LIVE; i++)
		sum += objs[i] ? sizes[i] : 0;
	return sum;
}

KTEST(kmalloc, memory_held_and_instructions)
{
	unsigned long before = held_pages(), full, holed;
	u32 seed = t->seed;
	u64 start, spent;

	for (int i = 0; i < LIVE; i++) {
		sizes[i] = some_size(&seed);
		objs[i] = kmalloc(sizes[i], GFP_KERNEL);
		EXPECT(t, objs[i]);
	}
	full = overhead(before, asked_for());
	for (int i = 0; i < LIVE; i++)
		if (ktest_random(&seed) % 4) {
			kfree(objs[i]);
			objs[i] = NULL;
		}
	holed = overhead(before, asked_for());
	start = ktime_get();
	for (int i = 0; i < ROUNDS; i++)
		kfree(kmalloc(64, GFP_KERNEL));
	spent = ktime_get() - start;
	for (int i = 0; i < LIVE; i++) {
		kfree(objs[i]);
		objs[i] = NULL;
	}
	EXPECT_OP(t, full, >=, 100);		/* nobody holds less than is in use */
	EXPECT_OP(t, holed, >=, full);
	printk("# compare: held when full %lu\n# compare: held with holes %lu\n# compare: kmalloc and kfree %lu\n", full,
	       holed, (unsigned long)spent / ROUNDS);
}

KTEST(kmalloc, sizes_and_zeroing)
{
	for (size_t size = 0; size <= 70000; size = size * 2 + 7) {
		char *p = kzalloc(size, GFP_KERNEL), *end;

		if (!EXPECT(t, p))
			return;
		end = p + ksize(p);
		EXPECT(t, ksize(p) >= size);
		for (char *c = p; c < p + size; c++)
			if (!EXPECT_EQ(t, *c, 0))
				break;
		memset(p, 0x77, (size_t)(end - p));	/* all that ksize() promises is ours */
		kfree(p);
	}
	kfree(NULL);
	EXPECT(t, !kmalloc(~0UL, GFP_KERNEL | __GFP_NOWARN));
}
