/*
 * mincore: which pages are in memory; vectors and ranges of every kind.
 */
#include "vm.h"

static unsigned char vec[4 * PAGE];

static void errors(void)
{
	char *p = map(4, RW, ANON), *v = map(2, RW, ANON);

	CHECK_ERR(mincore(p + 1, PAGE, vec), EINVAL);
	CHECK_OK(mincore(p, 0, vec));
	CHECK_OK(mincore(p, 0, NULL));
	CHECK_ERR(mincore(p, PAGE, NULL), EFAULT);
	CHECK_ERR(mincore(p, PAGE, (void *)KERNEL), EFAULT);
	CHECK_ERR(mincore(p, (size_t)-1, vec), ENOMEM);
	CHECK_ERR(mincore(p, HUGE, vec), ENOMEM);
	CHECK_ERR(mincore(KERNEL, PAGE, vec), ENOMEM);
	CHECK_ERR(mincore(NULL, PAGE, vec), ENOMEM);
	CHECK_OK(munmap(v + PAGE, PAGE));
	CHECK_ERR(mincore(p, 3 * PAGE, (void *)(v + PAGE - 2)), EFAULT);	/* the vector ends too early */
	CHECK_OK(mincore(p, 3 * PAGE, (void *)(v + PAGE - 3)));
	CHECK_OK(mprotect(v, PAGE, PROT_READ));
	CHECK_ERR(mincore(p, PAGE, (void *)v), EFAULT);
}

static void holes(void)
{
	char *p = map(6, RW, ANON);

	CHECK_OK(munmap(p + 3 * PAGE, PAGE));
	CHECK_ERR(mincore(p, 6 * PAGE, vec), ENOMEM);
	CHECK_ERR(mincore(p + 3 * PAGE, PAGE, vec), ENOMEM);
	CHECK_OK(mincore(p, 3 * PAGE, vec));
	CHECK_OK(mprotect(p + PAGE, PAGE, PROT_NONE));		/* other areas are no holes */
	CHECK_OK(mincore(p, 3 * PAGE, vec));
}

static void anonymous_pages(void)
{
	char *p = map(8, RW, ANON);
	int i;

	p[2 * PAGE] = 1;
	p[5 * PAGE + 17] = 1;
	CHECK_OK(mincore(p, 8 * PAGE - 5, vec));
	for (i = 0; i < 8; i++)
		CHECK_EQ(vec[i] & 1, i == 2 || i == 5);
	CHECK_OK(madvise(p, 4 * PAGE, MADV_DONTNEED));
	CHECK_OK(mincore(p, 8 * PAGE, vec));
	for (i = 0; i < 8; i++)
		CHECK_EQ(vec[i] & 1, i == 5);
	CHECK_OK(mprotect(p, 8 * PAGE, PROT_NONE));		/* there, if not for us */
	CHECK_OK(mincore(p, 8 * PAGE, vec));
	CHECK_EQ(vec[5] & 1, 1);
}

/* The length counts in pages begun; not a byte more is written. */
static void length_is_rounded_up(void)
{
	char *p = map(4, RW, ANON | MAP_POPULATE);

	memset(vec, 0xee, sizeof(vec));
	CHECK_OK(mincore(p, 1, vec));
	CHECK_EQ(vec[0] & 1, 1);
	CHECK_EQ(vec[1], 0xee);
	CHECK_OK(mincore(p, 2 * PAGE + 1, vec));
	CHECK_EQ(vec[2] & 1, 1);
	CHECK_EQ(vec[3], 0xee);
}

/* A file's pages count if they are in the cache, mapped or not. */
static void file_pages(void)
{
	int fd = file_of("f", 8), i;
	char *p = map_file(fd, 10, PROT_READ, MAP_SHARED, 0);

	CHECK_OK(mincore(p, 10 * PAGE, vec));
	for (i = 0; i < 8; i++)
		CHECK_EQ(vec[i] & 1, 1);		/* just written */
	CHECK_EQ(vec[8] & 1, 0);			/* behind the end */
	CHECK_EQ(vec[9] & 1, 0);
	CHECK_OK(ftruncate(fd, 3 * PAGE));
	CHECK_OK(mincore(p, 10 * PAGE, vec));
	for (i = 0; i < 10; i++)
		CHECK_EQ(vec[i] & 1, i < 3);
}

/* What was dropped is not there; reading fetches it, without the mapping being touched. */
static void dropped_pages(void)
{
	int fd, i;
	char *p, c;

	if (!on_pagoda())
		SKIP("a host's caches are not dropped");
	CHECK_OK(chdir("/root"));
	fd = file_of("mincore.test", 64);
	CHECK_OK(unlink("mincore.test"));
	drop_caches();
	p = map_file(fd, 64, PROT_READ, MAP_SHARED, 0);
	CHECK_OK(mincore(p, 64 * PAGE, vec));
	for (i = 0; i < 64; i++)
		CHECK_EQ(vec[i] & 1, 0);
	CHECK_EQ(pread(fd, &c, 1, 40 * PAGE), 1);
	CHECK_OK(mincore(p, 64 * PAGE, vec));
	CHECK_EQ(vec[40] & 1, 1);
	CHECK_EQ(vec[0] & 1, 0);
}

static void private_copies(void)
{
	int fd = file_of("f", 4);
	char *p = map_file(fd, 4, RW, MAP_PRIVATE, 0);

	p[PAGE] = 'X';
	CHECK_OK(ftruncate(fd, 0));
	CHECK_OK(mincore(p, 4 * PAGE, vec));
	CHECK_EQ(vec[0] & 1, 0);
	CHECK_EQ(vec[1] & 1, 0);			/* the copy went with the file's page */
}

static void shared_memory(void)
{
	char *p = map(4, RW, SHARED);

	CHECK_CHILD_OK(p[2 * PAGE] = 1);
	CHECK_OK(mincore(p, 4 * PAGE, vec));
	CHECK_EQ(vec[0] & 1, 0);
	CHECK_EQ(vec[2] & 1, 1);			/* another has fetched it */
}

/* More answers than the kernel keeps at once. */
static void long_ranges(void)
{
	int pages = 3 * PAGE + 100, i;
	char *p = map(pages, RW, ANON | MAP_NORESERVE);

	for (i = 0; i < pages; i += 1000)
		p[(size_t)i * PAGE] = 1;
	memset(vec, 0xee, sizeof(vec));
	CHECK_OK(mincore(p, (size_t)pages * PAGE, vec));
	for (i = 0; i < pages; i++)
		CHECK_EQ(vec[i] & 1, i % 1000 == 0);
	CHECK_EQ(vec[pages], 0xee);
}

static void ask(void *arg, int round)
{
	unsigned char answer[10];

	CHECK(mincore(arg, 10 * PAGE, answer) == 0 || errno == ENOMEM);
}

static void unmap(void *arg, int round)
{
	char *p = (char *)arg + round % 8 * PAGE;

	if (round % 2)
		CHECK_OK(munmap(p, 2 * PAGE));
	else
		CHECK(mmap(p, 2 * PAGE, RW, ANON | MAP_FIXED | MAP_POPULATE, -1, 0) == p);
}

static void one_asks_one_unmaps(void)
{
	race(ask, unmap, map(10, RW, ANON), 500);
}

TEST_MAIN(
	TEST(errors), TEST(holes), TEST(anonymous_pages), TEST(length_is_rounded_up), TEST(file_pages), TEST(dropped_pages),
	TEST(private_copies), TEST(shared_memory), TEST(long_ranges), TEST(one_asks_one_unmaps),
)
