/*
 * truncate_test.c: pages out of the cache, with and without their data.
 */
#include "mm/test/user_mm.h"

#define P	PAGE_SIZE

static struct page *dirty_page(struct test_file *tf, pgoff_t index)
{
	struct page *page = read_cache_page(tf->mapping, index);

	if (IS_ERR(page))
		return NULL;
	set_page_dirty_lock(page);
	put_page(page);
	return page;
}

KTEST(truncate, dirty_pages_behind_the_end_are_forgotten)
{
	unsigned long dirty;
	struct test_file tf;

	if (!test_file_open(t, &tf, 8))
		return;
	refresh_vm_stats();
	dirty = global_page_state(NR_FILE_DIRTY);
	for (pgoff_t i = 0; i < 8; i++)
		EXPECT(t, dirty_page(&tf, i));
	i_size_write(tf.inode, 3 * (loff_t)P);
	truncate_inode_pages(tf.mapping, 3 * (loff_t)P);
	EXPECT_EQ(t, tf.mapping->nrpages, 3);
	refresh_vm_stats();
	EXPECT_EQ(t, global_page_state(NR_FILE_DIRTY), dirty + 3);
	filemap_write_and_wait(tf.mapping);
	EXPECT_EQ(t, tf.writes, 3);
	test_file_close(&tf);
}

KTEST(truncate, a_shorter_file_grows_back_with_zeroes)
{
	struct test_file tf;
	u8 buf[4];

	if (!test_file_open(t, &tf, 2))
		return;
	EXPECT_EQ(t, kernel_read(tf.file, 0, buf, 4), 4);
	mutex_lock(&tf.inode->i_mutex);
	EXPECT_EQ(t, vmtruncate(tf.inode, 2), 0);
	EXPECT_EQ(t, vmtruncate(tf.inode, 100), 0);
	mutex_unlock(&tf.inode->i_mutex);
	EXPECT_EQ(t, kernel_read(tf.file, 0, buf, 4), 4);
	EXPECT_EQ(t, buf[1], 1);
	EXPECT_EQ(t, buf[2], 0);
	test_file_close(&tf);
}

KTEST(truncate, invalidation_spares_dirty_mapped_and_locked_pages)
{
	struct mm_struct *mm = user_mm_begin(t);
	struct test_file tf;
	struct page *locked;

	if (!mm)
		return;
	if (test_file_open(t, &tf, 8)) {
		force_page_cache_readahead(tf.mapping, tf.file, 0, 8);
		lru_add_drain_all();
		dirty_page(&tf, 1);
		map_at(tf.file, BASE, 8, PROT_READ, MAP_SHARED | MAP_FIXED, 0);
		peek(BASE + 2 * P);
		locked = find_lock_page(tf.mapping, 3);
		EXPECT_EQ(t, invalidate_mapping_pages(tf.mapping, 0, 6), 4);
		EXPECT_EQ(t, tf.mapping->nrpages, 4);
		unlock_page(locked);
		put_page(locked);
		EXPECT(t, page_at(mm, BASE + 2 * P));
		test_file_close(&tf);
	}
	user_mm_end(t, mm);
}
