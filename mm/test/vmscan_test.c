/*
 * vmscan_test.c: what reclaim takes, and what it leaves.
 */
#include "mm/test/user_mm.h"
#include "mm/slab.h"

/* One round over all zones, as an allocation would do it that finds nothing. */
static unsigned long reclaim_once(void)
{
	struct reclaim_state state = { 0 };
	unsigned long progress;

	current->flags |= PF_MEMALLOC;
	current->reclaim_state = &state;
	progress = try_to_free_pages(NODE_DATA(0)->node_zonelists[ZONE_HIGHMEM].zones, GFP_KERNEL);
	current->reclaim_state = NULL;
	current->flags &= ~PF_MEMALLOC;
	return progress;
}

KTEST(vmscan, unused_cache_is_given_up)
{
	struct test_file tf;
	int i;

	if (!test_file_open(t, &tf, 256))
		return;
	force_page_cache_readahead(tf.mapping, tf.file, 0, 256);
	EXPECT_EQ(t, tf.mapping->nrpages, 256);
	for (i = 0; i < 200 && tf.mapping->nrpages > 200; i++)
		EXPECT(t, reclaim_once() > 0);
	EXPECT(t, tf.mapping->nrpages <= 200);
	EXPECT_EQ(t, check_lru(), 0);
	test_file_close(&tf);
}

KTEST(vmscan, locked_memory_stays)
{
	struct mm_struct *mm = user_mm_begin(t);
	struct test_file tf;
	struct page *page;

	if (!mm)
		return;
	if (test_file_open(t, &tf, 4)) {
		map_at(tf.file, BASE, 4, PROT_READ, MAP_SHARED | MAP_FIXED | MAP_LOCKED, 0);
		mm_populate(BASE, 4 * PAGE_SIZE);
		page = page_at(mm, BASE);
		EXPECT(t, page);
		for (int i = 0; i < 20; i++)
			reclaim_once();
		EXPECT(t, page_at(mm, BASE) == page);
		test_file_close(&tf);
	}
	user_mm_end(t, mm);
}

static int objects;

static int shrink_objects(int nr, gfp_t gfp)
{
	objects = max(objects - nr, 0);
	return objects;
}

KTEST(vmscan, shrinkers_are_asked_in_proportion)
{
	struct shrinker *s = set_shrinker(DEFAULT_SEEKS, shrink_objects);

	if (!EXPECT(t, s))
		return;
	objects = 10000;
	shrink_slab(100, GFP_KERNEL, 1000);
	EXPECT(t, objects <= 10000 - 128 && objects >= 10000 - 2048);
	shrink_slab(1000, GFP_KERNEL, 1000);
	EXPECT(t, objects <= 128);
	remove_shrinker(s);
}

/* Memory full of page cache kills nobody: allocations go on. */
KTEST(vmscan, a_file_larger_than_memory_can_be_read)
{
	unsigned long pages = totalram_pages + totalram_pages / 8;
	struct test_file tf;

	if (totalram_pages > (300UL << 20 >> PAGE_SHIFT)) {
		ktest_skip(t, "needs less than 300 MiB of memory");
		return;
	}
	if (!test_file_open(t, &tf, pages))
		return;
	for (unsigned long i = 0; i < pages; i += 8)
		force_page_cache_readahead(tf.mapping, tf.file, i, 8);
	EXPECT(t, tf.reads > pages / 2);
	EXPECT(t, tf.mapping->nrpages < totalram_pages);
	EXPECT(t, nr_free_pages() > 0);
	EXPECT_EQ(t, check_lru(), 0);
	test_file_close(&tf);
}
