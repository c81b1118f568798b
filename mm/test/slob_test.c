/*
 * slob_test.c: the small heap: what is free is whole again when all is freed, and goes back by pages.
 */
#include "mm/check.h"
#include "mm/mm.h"
#include "mm/slab.h"
#include "kernel/ktest.h"
#include "kernel/lib/string.h"
#include "kernel/rcu.h"
#include "kernel/sched.h"

#define MANY	500

static char *objs[MANY];
static size_t sizes[MANY];

static void *get(u32 *seed, int i)
{
	sizes[i] = 1 + ktest_random(seed) % (ktest_random(seed) % 16 ? 300 : 9000);
	objs[i] = kmalloc(sizes[i], GFP_KERNEL);
	if (objs[i])
		memset(objs[i], i, sizes[i]);
	return objs[i];
}

static bool intact(int i)
{
	for (size_t n = 0; n < sizes[i]; n++)
		if (objs[i][n] != (char)i)
			return false;
	return true;
}

KTEST(slob, blocks_are_aligned_distinct_and_whole_again)
{
	u32 seed = t->seed;

	for (int i = 0; i < MANY; i++) {
		if (!EXPECT(t, get(&seed, i)))
			return;
		EXPECT_EQ(t, (unsigned long)objs[i] % 8, 0);
		EXPECT(t, ksize(objs[i]) >= sizes[i]);
	}
	for (int round = 0; round < 20 * MANY; round++) {
		int i = (int)(ktest_random(&seed) % MANY);

		EXPECT(t, intact(i));
		kfree(objs[i]);
		if (!EXPECT(t, get(&seed, i)))
			return;
	}
	EXPECT_EQ(t, check_slab(), 0);
	for (int i = 0; i < MANY; i++) {
		EXPECT(t, intact(i));
		kfree(objs[i]);
	}
	EXPECT_EQ(t, check_slab(), 0);
}

/* Nothing that was allocated for the test keeps its page once it is freed: the heap shrinks to what it was. */
KTEST(slob, the_heap_shrinks)
{
	unsigned long before, most;

	kmem_cache_shrink_all();
	drain_all_pages();
	before = nr_free_pages();
	for (int i = 0; i < MANY; i++)
		objs[i] = kmalloc(1000, GFP_KERNEL);
	drain_all_pages();
	most = nr_free_pages();
	EXPECT(t, most + MANY / 8 < before);
	for (int i = 0; i < MANY; i++)
		kfree(objs[i]);
	kmem_cache_shrink_all();
	drain_all_pages();
	EXPECT(t, nr_free_pages() + MANY / 50 > before);
}

static int constructed;

static void ctor(void *obj, struct kmem_cache *cachep, unsigned long flags)
{
	constructed++;
	*(int *)obj = 42;
}

KTEST(slob, constructors_run_each_time_and_alignment_is_granted)
{
	struct kmem_cache *c = kmem_cache_create("ktest-slob", 100, 64, 0, ctor, NULL);
	int *a, *b;

	if (!EXPECT(t, c))
		return;
	constructed = 0;
	a = kmem_cache_alloc(c, GFP_KERNEL);
	b = kmem_cache_alloc(c, GFP_KERNEL);
	EXPECT(t, a && b && a != b && *a == 42);
	EXPECT_EQ(t, (unsigned long)a % 64 | (unsigned long)b % 64, 0);
	*a = 0;
	kmem_cache_free(c, a);
	a = kmem_cache_alloc(c, GFP_KERNEL);
	EXPECT(t, a && *a == 42);
	EXPECT_EQ(t, constructed, 3);
	kmem_cache_free(c, a);
	kmem_cache_free(c, b);
	kmem_cache_destroy(c);
}

/* A freed object of such a cache keeps its contents as long as a reader of before may look at it. */
KTEST(slob, destroy_by_rcu_waits_for_readers)
{
	struct kmem_cache *c = kmem_cache_create("ktest-rcu", 64, 0, SLAB_DESTROY_BY_RCU, NULL, NULL);
	char *obj;

	if (!EXPECT(t, c))
		return;
	obj = kmem_cache_alloc(c, GFP_KERNEL);
	if (EXPECT(t, obj)) {
		memset(obj, 0x5c, 64);
		rcu_read_lock();
		kmem_cache_free(c, obj);
		for (int i = 0; i < 64; i++)
			EXPECT_EQ(t, obj[i], 0x5c);
		rcu_read_unlock();
	}
	kmem_cache_destroy(c);
}

static void churn(void *arg, int cpu)
{
	u32 seed = 1000u + (u32)cpu;
	unsigned char *mine[16] = { 0 };
	size_t size[16];

	for (int round = 0; round < 2000; round++) {
		unsigned int i = ktest_random(&seed) % 16;

		if (mine[i]) {
			EXPECT((struct ktest *)arg, mine[i][0] == cpu && mine[i][size[i] - 1] == cpu);
			kfree(mine[i]);
			mine[i] = NULL;
			continue;
		}
		size[i] = 1 + ktest_random(&seed) % 600;
		mine[i] = kmalloc(size[i], GFP_KERNEL);
		if (mine[i])
			memset(mine[i], cpu, size[i]);
	}
	for (int i = 0; i < 16; i++)
		kfree(mine[i]);
}

KTEST(slob, all_cpus_at_once)
{
	ktest_on_all_cpus(t, churn, t);
	EXPECT_EQ(t, check_slab(), 0);
}
