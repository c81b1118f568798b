/*
 * page-writeback_test.c: a page's way from clean to dirty to the disk; the threads that take it there.
 */
#include "mm/test/user_mm.h"
#include "kernel/fs/buffer.h"

KTEST(writeback, tags_and_counters_follow_the_page)
{
	struct test_file tf;
	struct page *page;

	if (!test_file_open(t, &tf, 2))
		return;
	page = read_cache_page(tf.mapping, 1);
	if (EXPECT(t, !IS_ERR(page))) {
		lock_page(page);
		EXPECT_EQ(t, set_page_dirty(page), 1);
		EXPECT_EQ(t, set_page_dirty(page), 0);
		EXPECT(t, radix_tree_tag_get(&tf.mapping->page_tree, 1, PAGECACHE_TAG_DIRTY));
		EXPECT_EQ(t, clear_page_dirty_for_io(page), 1);
		EXPECT(t, radix_tree_tag_get(&tf.mapping->page_tree, 1, PAGECACHE_TAG_DIRTY));	/* until it is on its way */
		set_page_writeback(page);
		EXPECT(t, !radix_tree_tag_get(&tf.mapping->page_tree, 1, PAGECACHE_TAG_DIRTY));
		EXPECT(t, radix_tree_tag_get(&tf.mapping->page_tree, 1, PAGECACHE_TAG_WRITEBACK));
		set_page_dirty(page);		/* written to while it is written */
		unlock_page(page);
		end_page_writeback(page);
		EXPECT(t, radix_tree_tag_get(&tf.mapping->page_tree, 1, PAGECACHE_TAG_DIRTY));
		EXPECT(t, !radix_tree_tagged(&tf.mapping->page_tree, PAGECACHE_TAG_WRITEBACK));
		put_page(page);
		EXPECT_EQ(t, filemap_write_and_wait(tf.mapping), 0);
		EXPECT_EQ(t, tf.writes, 1);
	}
	test_file_close(&tf);
}

KTEST(writeback, a_cyclic_sweep_goes_on_where_the_last_one_ended)
{
	struct writeback_control wbc = { .sync_mode = WB_SYNC_NONE, .nr_to_write = 3, .range_cyclic = 1 };
	struct test_file tf;

	if (!test_file_open(t, &tf, 8))
		return;
	for (pgoff_t i = 0; i < 8; i++) {
		struct page *page = read_cache_page(tf.mapping, i);

		set_page_dirty_lock(page);
		put_page(page);
	}
	EXPECT_EQ(t, generic_writepages(tf.mapping, &wbc), 0);
	EXPECT_EQ(t, tf.writes, 3);
	EXPECT_EQ(t, tf.mapping->writeback_index, 3);
	EXPECT(t, radix_tree_tag_get(&tf.mapping->page_tree, 3, PAGECACHE_TAG_DIRTY));
	wbc.nr_to_write = 100;
	EXPECT_EQ(t, generic_writepages(tf.mapping, &wbc), 0);
	EXPECT_EQ(t, tf.writes, 8);
	test_file_close(&tf);
}

static atomic_t operations;
static DECLARE_WAIT_QUEUE_HEAD(gate);
static bool open_gate;

static void slow_operation(unsigned long arg)
{
	wait_event(gate, READ_ONCE(open_gate));
	atomic_inc(&operations);
}

KTEST(pdflush, orders_beyond_the_idle_threads_are_refused)
{
	int given = 0;

	open_gate = false;
	atomic_set(&operations, 0);
	EXPECT(t, nr_pdflush_threads >= 2);
	while (given < 20 && !pdflush_operation(slow_operation, 0))
		given++;
	EXPECT(t, given >= 1 && given <= 8);
	open_gate = true;
	wake_up_all(&gate);
	for (int i = 0; i < 100 && atomic_read(&operations) < given; i++)
		schedule_timeout_uninterruptible(1);
	EXPECT_EQ(t, atomic_read(&operations), given);
}

KTEST(backing_dev, waiting_ends_when_a_queue_has_room)
{
	struct backing_dev_info bdi = { .state = 0 };

	EXPECT_EQ(t, congestion_wait(1, 2), 0);		/* nothing is congested: the time passes all the same */
	set_bdi_congested(&bdi, 1);
	EXPECT(t, bdi_write_congested(&bdi));
	clear_bdi_congested(&bdi, 1);
	EXPECT(t, !bdi_write_congested(&bdi));
}
