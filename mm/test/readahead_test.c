/*
 * readahead_test.c: which pages are read when, told by the file of the tests.
 */
#include "mm/test/user_mm.h"

#define P	PAGE_SIZE

static void read_page(struct ktest *t, struct test_file *tf, unsigned long index)
{
	u8 c;

	EXPECT_EQ(t, kernel_read(tf->file, (loff_t)index << PAGE_SHIFT, &c, 1), 1);
	EXPECT_EQ(t, c, (u8)index);
}

/* Reading page @index makes the pages [@from, @to) be read. */
static void reads(struct ktest *t, struct test_file *tf, unsigned long index, unsigned long from, unsigned long to)
{
	unsigned int before = tf->reads;

	tf->last_read = ~1UL;		/* the next one begins a run */
	read_page(t, tf, index);
	EXPECT_EQ(t, tf->reads - before, to - from);
	if (to != from) {
		EXPECT_EQ(t, tf->first_read, from);
		EXPECT_EQ(t, tf->last_read, to - 1);
	}
}

KTEST(readahead, windows_double_and_move_ahead)
{
	struct test_file tf;

	if (!test_file_open(t, &tf, 200))
		return;
	reads(t, &tf, 0, 0, 4);
	reads(t, &tf, 1, 4, 12);
	reads(t, &tf, 2, 0, 0);
	reads(t, &tf, 3, 0, 0);
	reads(t, &tf, 4, 12, 28);
	for (unsigned long i = 5; i < 12; i++)
		reads(t, &tf, i, 0, 0);
	reads(t, &tf, 12, 28, 60);
	for (unsigned long i = 13; i < 28; i++)
		reads(t, &tf, i, 0, 0);
	reads(t, &tf, 28, 60, 92);
	test_file_close(&tf);
}

KTEST(readahead, random_reads_read_what_is_asked)
{
	struct test_file tf;

	if (!test_file_open(t, &tf, 200))
		return;
	reads(t, &tf, 100, 100, 101);
	reads(t, &tf, 50, 50, 51);
	reads(t, &tf, 150, 150, 151);
	reads(t, &tf, 7, 7, 8);
	test_file_close(&tf);
}

KTEST(readahead, it_stops_looking_in_a_cached_file_until_one_is_missing)
{
	struct test_file tf;
	unsigned long i;

	if (!test_file_open(t, &tf, 600))
		return;
	force_page_cache_readahead(tf.mapping, tf.file, 0, 600);
	EXPECT_EQ(t, tf.reads, 600);
	for (i = 0; i < 500; i++)
		read_page(t, &tf, i);
	EXPECT(t, tf.file->f_ra.flags & RA_FLAG_INCACHE);
	EXPECT_EQ(t, invalidate_mapping_pages(tf.mapping, 500, 599), 100);
	read_page(t, &tf, 500);
	EXPECT(t, !(tf.file->f_ra.flags & RA_FLAG_INCACHE));
	read_page(t, &tf, 501);
	read_page(t, &tf, 502);
	EXPECT(t, tf.reads > 603);
	test_file_close(&tf);
}

KTEST(readahead, never_beyond_the_end)
{
	struct test_file tf;

	if (!test_file_open(t, &tf, 6))
		return;
	reads(t, &tf, 0, 0, 4);
	reads(t, &tf, 1, 4, 6);
	EXPECT_EQ(t, tf.mapping->nrpages, 6);
	test_file_close(&tf);
}
