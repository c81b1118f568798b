/*
 * filemap_test.c: the page cache: finding, reading, writing, errors.
 */
#include "mm/test/user_mm.h"
#include "mm/highmem.h"

#define P	PAGE_SIZE

KTEST(filemap, a_second_read_does_no_io)
{
	static u8 buf[3 * 4096];
	struct test_file tf;

	if (!test_file_open(t, &tf, 4))
		return;
	EXPECT_EQ(t, kernel_read(tf.file, 10, buf, 3 * P), 3 * P);
	EXPECT_EQ(t, buf[0], 10);
	EXPECT_EQ(t, buf[P], 11);
	EXPECT_EQ(t, tf.reads, 4);
	EXPECT_EQ(t, kernel_read(tf.file, 10, buf, 3 * P), 3 * P);
	EXPECT_EQ(t, tf.reads, 4);
	EXPECT_EQ(t, kernel_read(tf.file, 4 * (loff_t)P - 5, buf, P), 5);
	EXPECT_EQ(t, kernel_read(tf.file, 4 * (loff_t)P, buf, P), 0);
	test_file_close(&tf);
}

KTEST(filemap, index_and_mapping_name_one_page)
{
	struct page *page, *again, *rival;
	struct test_file tf;

	if (!test_file_open(t, &tf, 4))
		return;
	page = grab_cache_page(tf.mapping, 2);
	if (EXPECT(t, page)) {
		EXPECT(t, PageLocked(page) && page->index == 2 && page->mapping == tf.mapping);
		EXPECT(t, !trylock_page(page));
		unlock_page(page);
		again = find_get_page(tf.mapping, 2);
		EXPECT(t, again == page);
		put_page(again);
		rival = page_cache_alloc(tf.mapping);
		EXPECT_EQ(t, add_to_page_cache(rival, tf.mapping, 2, GFP_KERNEL), -EEXIST);
		put_page(rival);
		EXPECT_EQ(t, tf.mapping->nrpages, 1);
		EXPECT(t, !find_get_page(tf.mapping, 3));
		put_page(page);
	}
	test_file_close(&tf);
}

KTEST(filemap, a_write_is_read_back_and_the_file_grows)
{
	struct mm_struct *mm = user_mm_begin(t);
	struct test_file tf;
	loff_t pos = P - 3;
	u8 buf[8];

	if (!mm)
		return;
	if (test_file_open(t, &tf, 1)) {
		map_anon(BASE, 2);
		for (unsigned int i = 0; i < 8; i++)
			poke(BASE + P - 4 + i, (u8)(100 + i));
		EXPECT_EQ(t, generic_file_write(tf.file, (char __user *)(BASE + P - 4), 8, &pos), 8);
		EXPECT_EQ(t, pos, P + 5);
		EXPECT_EQ(t, i_size_read(tf.inode), P + 5);
		EXPECT_EQ(t, kernel_read(tf.file, P - 3, buf, 8), 8);
		EXPECT_EQ(t, buf[0], 100);
		EXPECT_EQ(t, buf[7], 107);
		EXPECT_EQ(t, generic_file_write(tf.file, (char __user *)(BASE + 8 * P), 8, &pos), -EFAULT);
		EXPECT_EQ(t, i_size_read(tf.inode), P + 5);
		EXPECT_EQ(t, filemap_write_and_wait(tf.mapping), 0);
		EXPECT_EQ(t, tf.writes, 2);
		test_file_close(&tf);
	}
	user_mm_end(t, mm);
}

KTEST(filemap, a_failing_read_gives_eio_and_can_be_tried_again)
{
	struct test_file tf;
	u8 c;

	if (!test_file_open(t, &tf, 1))
		return;
	tf.fail_reads = 2;		/* readahead's and the reader's own */
	EXPECT_EQ(t, kernel_read(tf.file, 0, &c, 1), -EIO);
	EXPECT_EQ(t, kernel_read(tf.file, 0, &c, 1), 1);
	test_file_close(&tf);
}

KTEST(filemap, a_failing_write_is_told_once)
{
	struct test_file tf;
	struct page *page;

	if (!test_file_open(t, &tf, 2))
		return;
	page = read_cache_page(tf.mapping, 0);
	if (EXPECT(t, !IS_ERR(page))) {
		set_page_dirty_lock(page);
		put_page(page);
		tf.fail_writes = 1;
		EXPECT_EQ(t, filemap_write_and_wait(tf.mapping), -EIO);
		EXPECT_EQ(t, filemap_write_and_wait(tf.mapping), 0);
	}
	test_file_close(&tf);
}

KTEST(filemap, a_mapping_ends_where_the_file_does)
{
	struct mm_struct *mm = user_mm_begin(t);
	struct test_file tf;

	if (!mm)
		return;
	if (test_file_open(t, &tf, 2)) {
		map_at(tf.file, BASE, 4, PROT_READ, MAP_SHARED | MAP_FIXED, 0);
		EXPECT_EQ(t, peek(BASE + P + 3), 4);
		EXPECT_EQ(t, peek(BASE + 2 * P), -EFAULT);
		test_file_close(&tf);
	}
	user_mm_end(t, mm);
}

static void lock_and_count(void *arg, int cpu)
{
	struct page *page = arg;

	for (int i = 0; i < 300; i++) {
		lock_page(page);
		page->private++;
		if (i % 16 == 0)
			schedule_timeout_uninterruptible(0);
		unlock_page(page);
		cond_resched();
	}
}

KTEST(filemap, the_page_lock_excludes)
{
	struct page *page = alloc_page(GFP_KERNEL);

	if (!EXPECT(t, page))
		return;
	page->private = 0;
	ktest_on_all_cpus(t, lock_and_count, page);
	EXPECT_EQ(t, page->private, 300 * num_online_cpus());
	page->private = 0;
	put_page(page);
}
