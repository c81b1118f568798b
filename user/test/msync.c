/*
 * msync: what was written through a mapping is in the file; flags; holes; errnos.
 */
#include "vm.h"

static void errors(void)
{
	int fd = file_of("f", 4);
	char *p = map_file(fd, 4, RW, MAP_SHARED, 0);

	CHECK_ERR(msync(p, PAGE, 8), EINVAL);
	CHECK_ERR(msync(p, PAGE, -1), EINVAL);
	CHECK_ERR(msync(p, PAGE, MS_SYNC | MS_ASYNC), EINVAL);
	CHECK_ERR(msync(p + 1, PAGE, MS_SYNC), EINVAL);
	CHECK_OK(msync(p, 0, MS_SYNC));
	CHECK_OK(msync(p, PAGE, 0));			/* neither: as MS_ASYNC */
	CHECK_OK(msync(p, PAGE, MS_INVALIDATE));
	CHECK_OK(msync(p, 1, MS_SYNC | MS_INVALIDATE));
	CHECK_ERR(msync(p, (size_t)-PAGE, MS_SYNC), ENOMEM);
	CHECK_ERR(msync(p, HUGE, MS_ASYNC), ENOMEM);
	CHECK_ERR(msync(KERNEL, PAGE, MS_SYNC), ENOMEM);
	CHECK_ERR(msync(NULL, PAGE, MS_ASYNC), ENOMEM);
	CHECK_OK(msync(map(2, RW, ANON), 2 * PAGE, MS_SYNC));
	CHECK_OK(msync(map(2, PROT_NONE, SHARED), 2 * PAGE, MS_SYNC));
}

static void locked_memory_is_busy(void)
{
	int fd = file_of("f", 4);
	char *p = map_file(fd, 4, RW, MAP_SHARED, 0);

	CHECK_OK(mlock(p + PAGE, PAGE));
	CHECK_ERR(msync(p, 4 * PAGE, MS_INVALIDATE | MS_ASYNC), EBUSY);
	CHECK_ERR(msync(p + PAGE, PAGE, MS_INVALIDATE | MS_SYNC), EBUSY);
	CHECK_OK(msync(p, PAGE, MS_INVALIDATE));
	CHECK_OK(msync(p, 4 * PAGE, MS_SYNC));
}

/* Both files of a range with a hole are written, and the hole is told. */
static void holes(void)
{
	char *p = map(6, PROT_NONE, ANON), c;
	int a = file_of("a", 2), b = file_of("b", 2);

	CHECK(mmap(p, 2 * PAGE, RW, MAP_SHARED | MAP_FIXED, a, 0) == p);
	CHECK(mmap(p + 4 * PAGE, 2 * PAGE, RW, MAP_SHARED | MAP_FIXED, b, 0) == p + 4 * PAGE);
	CHECK_OK(munmap(p + 2 * PAGE, 2 * PAGE));
	p[0] = 'A';
	p[4 * PAGE] = 'B';
	CHECK_ERR(msync(p, 6 * PAGE, MS_SYNC), ENOMEM);
	CHECK_ERR(msync(p + 2 * PAGE, 4 * PAGE, MS_ASYNC), ENOMEM);
	CHECK_EQ(pread(a, &c, 1, 0), 1);
	CHECK_EQ(c, 'A');
	CHECK_EQ(pread(b, &c, 1, 0), 1);
	CHECK_EQ(c, 'B');
}

/* Mapping, descriptor and a second mapping always agree; after writing back and writing again, too. */
static void everybody_sees_the_same(void)
{
	int fd = file_of("f", 4), i;
	char *p = map_file(fd, 4, RW, MAP_SHARED, 0), *q = map_file(fd, 4, PROT_READ, MAP_SHARED, 0), c;

	for (i = 0; i < 20; i++) {
		p[i % 4 * PAGE + i] = 'A' + i;
		CHECK_EQ(q[i % 4 * PAGE + i], 'A' + i);
		CHECK_EQ(pread(fd, &c, 1, i % 4 * PAGE + i), 1);
		CHECK_EQ(c, 'A' + i);
		CHECK_OK(msync(p, 4 * PAGE, i % 3 ? MS_SYNC : MS_ASYNC));
		CHECK_OK(pwrite(fd, "z", 1, i % 4 * PAGE + 100 + i));
		CHECK_EQ(p[i % 4 * PAGE + 100 + i], 'z');
	}
}

/* What is dirty falls with MS_SYNC, not with MS_ASYNC, and the next write counts again. */
static void dirty_pages_are_counted(void)
{
	long before, dirty;
	int fd, i;
	char *p;

	if (!on_pagoda())
		SKIP("others dirty pages meanwhile");
	CHECK_OK(fd = open("/root/msync.test", O_RDWR | O_CREAT | O_TRUNC, 0600));
	CHECK_OK(ftruncate(fd, 64 * PAGE));
	p = map_file(fd, 64, RW, MAP_SHARED, 0);
	memset(p, 'd', 64 * PAGE);
	sync();
	before = MEMINFO("Dirty");
	for (i = 0; i < 2; i++) {
		memset(p, 'e' + i, 64 * PAGE);
		dirty = MEMINFO("Dirty");
		CHECK(dirty >= before + 200);
		CHECK_OK(msync(p, 64 * PAGE, MS_SYNC));
		CHECK(MEMINFO("Dirty") <= dirty - 200);
	}
	CHECK_OK(munmap(p, 64 * PAGE));
	CHECK_OK(unlink("/root/msync.test"));
}

static void sync_it(void *arg, int round)
{
	CHECK(msync(arg, 8 * PAGE, MS_SYNC) == 0 || errno == ENOMEM);
}

static void write_it(void *arg, int round)
{
	*(volatile int *)((char *)arg + round % 8 * PAGE) = round;
}

/* One writes back, one writes: in the end the file has what was written last. */
static void one_syncs_one_writes(void)
{
	int fd = file_of("f", 8), i, value;
	char *p = map_file(fd, 8, RW, MAP_SHARED, 0);

	race(sync_it, write_it, p, 104);
	CHECK_OK(munmap(p, 8 * PAGE));
	for (i = 0; i < 8; i++) {
		CHECK_EQ(pread(fd, &value, sizeof(value), i * PAGE), sizeof(value));
		CHECK_EQ(value, 96 + i);
	}
}

static void unmap_it(void *arg, int round)
{
	int fd = open("f", O_RDWR);
	char *p = (char *)arg + round % 8 * PAGE;

	CHECK_OK(fd);
	CHECK_OK(munmap(p, PAGE));
	CHECK(mmap(p, PAGE, RW, MAP_SHARED | MAP_FIXED, fd, round % 8 * PAGE) == p);
	*(volatile int *)p = round;
	close(fd);
}

/* Areas come and go while msync is at them. */
static void one_syncs_one_unmaps(void)
{
	int fd = file_of("f", 8), i, value;
	char *p = map_file(fd, 8, RW, MAP_SHARED, 0);

	race(sync_it, unmap_it, p, 104);
	CHECK_OK(munmap(p, 8 * PAGE));
	for (i = 0; i < 8; i++) {
		CHECK_EQ(pread(fd, &value, sizeof(value), i * PAGE), sizeof(value));
		CHECK_EQ(value, 96 + i);
	}
}

TEST_MAIN(
	TEST(errors), TEST(locked_memory_is_busy), TEST(holes), TEST(everybody_sees_the_same), TEST(dirty_pages_are_counted),
	TEST(one_syncs_one_writes), TEST(one_syncs_one_unmaps),
)
