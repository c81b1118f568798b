/*
 * mempool_test.c: the reserve is there when the allocator is not, is filled again, and wakes who waits for it.
 */
#include "mm/fault_inject.h"
#include "mm/highmem.h"
#include "mm/mempool.h"
#include "mm/mm.h"
#include "mm/slab.h"
#include "kernel/ktest.h"
#include "kernel/lib/string.h"
#include "kernel/sched.h"
#include "kernel/uapi/errno.h"

#define RESERVE	4

/* An allocator that the test can make fail. */
static atomic_t given, exhausted;

static void *give(gfp_t gfp, void *pool_data)
{
	if (atomic_read(&exhausted))
		return NULL;
	atomic_inc(&given);
	return kmalloc(64, gfp);
}

static void take_back(void *element, void *pool_data)
{
	atomic_dec(&given);
	kfree(element);
}

static mempool_t *test_pool(struct ktest *t)
{
	mempool_t *pool;

	atomic_set(&given, 0);
	atomic_set(&exhausted, 0);
	pool = mempool_create(RESERVE, give, take_back, NULL);
	EXPECT(t, pool);
	return pool;
}

KTEST(mempool, the_reserve_serves_when_the_allocator_cannot)
{
	void *element[RESERVE + 1];
	mempool_t *pool = test_pool(t);

	if (!pool)
		return;
	EXPECT_EQ(t, atomic_read(&given), RESERVE);
	atomic_set(&exhausted, 1);
	for (int i = 0; i <= RESERVE; i++)
		element[i] = mempool_alloc(pool, GFP_ATOMIC);
	for (int i = 0; i < RESERVE; i++)
		EXPECT(t, element[i]);
	EXPECT(t, !element[RESERVE]);
	EXPECT_EQ(t, pool->curr_nr, 0);
	for (int i = 0; i < RESERVE; i++)
		mempool_free(element[i], pool);
	EXPECT_EQ(t, pool->curr_nr, RESERVE);
	mempool_destroy(pool);
	EXPECT_EQ(t, atomic_read(&given), 0);
}

KTEST(mempool, the_allocator_comes_first)
{
	mempool_t *pool = test_pool(t);
	void *element;

	if (!pool)
		return;
	element = mempool_alloc(pool, GFP_KERNEL);
	EXPECT_EQ(t, pool->curr_nr, RESERVE);
	EXPECT_EQ(t, atomic_read(&given), RESERVE + 1);
	mempool_free(element, pool);
	EXPECT_EQ(t, atomic_read(&given), RESERVE);
	mempool_destroy(pool);
}

KTEST(mempool, resizing)
{
	mempool_t *pool = test_pool(t);
	void *element;

	if (!pool)
		return;
	EXPECT_EQ(t, mempool_resize(pool, 2 * RESERVE, GFP_KERNEL), 0);
	EXPECT_EQ(t, pool->curr_nr, 2 * RESERVE);
	EXPECT_EQ(t, mempool_resize(pool, 1, GFP_KERNEL), 0);
	EXPECT_EQ(t, pool->curr_nr, 1);
	EXPECT_EQ(t, atomic_read(&given), 1);
	atomic_set(&exhausted, 1);		/* growing without memory is no error: what comes back fills it */
	element = mempool_alloc(pool, GFP_ATOMIC);
	EXPECT_EQ(t, mempool_resize(pool, 2, GFP_KERNEL), 0);
	EXPECT_EQ(t, pool->curr_nr, 0);
	mempool_free(element, pool);
	EXPECT_EQ(t, pool->curr_nr, 1);
	atomic_set(&exhausted, 0);
	EXPECT_EQ(t, mempool_resize(pool, 1, GFP_KERNEL), 0);
	mempool_destroy(pool);
	EXPECT_EQ(t, atomic_read(&given), 0);
}

struct waiter {
	mempool_t *pool;
	void *element;
	struct completion done;
};

static int wait_for_one(void *arg)
{
	struct waiter *w = arg;

	w->element = mempool_alloc(w->pool, GFP_KERNEL);
	complete(&w->done);
	return 0;
}

/* Each waiter gets one of the elements that come back, though the allocator never recovers. */
KTEST(mempool, a_waiter_gets_what_comes_back)
{
	struct waiter waiters[RESERVE];
	void *element[RESERVE];
	mempool_t *pool = test_pool(t);

	if (!pool)
		return;
	atomic_set(&exhausted, 1);
	for (int i = 0; i < RESERVE; i++)
		element[i] = mempool_alloc(pool, GFP_KERNEL);
	for (int i = 0; i < RESERVE; i++) {
		waiters[i].pool = pool;
		init_completion(&waiters[i].done);
		if (!EXPECT(t, !IS_ERR(kthread_run(wait_for_one, &waiters[i], "ktest/pool"))))
			return;
	}
	for (int i = 0; i < RESERVE; i++)
		mempool_free(element[i], pool);
	for (int i = 0; i < RESERVE; i++) {
		wait_for_completion(&waiters[i].done);
		EXPECT(t, waiters[i].element);
		mempool_free(waiters[i].element, pool);
	}
	mempool_destroy(pool);
}

KTEST(mempool, who_gives_back_wakes_the_waiter)
{
	struct waiter waiter = { .pool = test_pool(t) };
	void *element[RESERVE];

	if (!waiter.pool)
		return;
	init_completion(&waiter.done);
	atomic_set(&exhausted, 1);
	for (int i = 0; i < RESERVE; i++)
		element[i] = mempool_alloc(waiter.pool, GFP_KERNEL);
	if (ktest_sleeper(t, wait_for_one, &waiter)) {
		EXPECT(t, waitqueue_active(&waiter.pool->wait));
		mempool_free(element[0], waiter.pool);
		EXPECT(t, !waitqueue_active(&waiter.pool->wait));
		wait_for_completion(&waiter.done);
		element[0] = waiter.element;
	}
	for (int i = 0; i < RESERVE; i++)
		mempool_free(element[i], waiter.pool);
	mempool_destroy(waiter.pool);
}

static void churn(void *arg, int cpu)
{
	mempool_t *pool = arg;
	u32 seed = 77u + (u32)cpu;
	void *element;

	for (int i = 0; i < 300; i++) {
		atomic_set(&exhausted, ktest_random(&seed) & 1);
		element = mempool_alloc(pool, GFP_KERNEL);
		if (ktest_random(&seed) % 8 == 0)
			yield();
		mempool_free(element, pool);
	}
}

KTEST(mempool, all_cpus_share_a_small_reserve)
{
	mempool_t *pool = test_pool(t);

	if (!pool)
		return;
	EXPECT_EQ(t, mempool_resize(pool, 1, GFP_KERNEL), 0);
	ktest_on_all_cpus(t, churn, pool);
	atomic_set(&exhausted, 0);
	EXPECT_EQ(t, pool->curr_nr, 1);
	mempool_destroy(pool);
	EXPECT_EQ(t, atomic_read(&given), 0);
}

KTEST(mempool, slab_and_page_pools)
{
	struct kmem_cache *cache = kmem_cache_create("ktest-pool", 40, 0, 0, NULL, NULL);
	mempool_t *objects, *pages;
	void *element;

	if (!EXPECT(t, cache))
		return;
	objects = mempool_create_slab_pool(3, cache);
	pages = mempool_create_page_pool(2, 1);
	if (EXPECT(t, objects && pages)) {
		element = mempool_alloc(pages, GFP_KERNEL);
		EXPECT_EQ(t, pages->curr_nr, 2);
		EXPECT_EQ(t, page_count((struct page *)element), 1);
		mempool_free(element, pages);
		mempool_free(mempool_alloc(objects, GFP_ATOMIC), objects);
		/* What is written to an element of the reserve's, while it is out, is no mistake. */
		set_fail_nth(1);
		element = mempool_alloc(objects, GFP_ATOMIC);
		set_fail_nth(0);
		EXPECT_EQ(t, objects->curr_nr, 2);
		if (EXPECT(t, element))
			memset(element, 1, 40);
		mempool_free(element, objects);
		EXPECT_EQ(t, objects->curr_nr, 3);
	}
	if (objects)
		mempool_destroy(objects);
	if (pages)
		mempool_destroy(pages);
	kmem_cache_destroy(cache);
}

/* Who keeps a pointer to what he gave back, and writes: DEBUG=1 knows when the element leaves the reserve. */
KTEST_DIES(mempool, a_write_to_the_reserve_is_found)
{
	mempool_t *pages = mempool_create_page_pool(1, 0);

	if (EXPECT(t, pages)) {
		struct page *page = pages->elements[0];
		char *p = kmap(page);

		p[100] = 1;
		kunmap(page);
		mempool_destroy(pages);
	}
}
