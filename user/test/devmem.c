/*
 * /dev/mem: frames by their numbers, to look at and not to change; and what a mapping of
 * frames, which are not counted, may and may not do. Pagoda only: a host hides its memory.
 */
#include "vm.h"

static int mem;
static off_t shown;		/* a frame that may be looked at */

/* Open it, and look for a frame of memory, from the highest place of any machine's first megabytes on. */
static void begin(void)
{
	off_t at;
	char c;

	if (!on_pagoda())
		SKIP("a host hides its memory");
	CHECK_OK(mem = open("/dev/mem", O_RDWR));
	for (at = 0; !shown && at < (off_t)0x100000000LL; at += 1 << 20)
		if (pread(mem, &c, 1, at) == 1)
			shown = at;
	CHECK(shown);
}

static void who_may(void)
{
	if (!on_pagoda())
		SKIP("a host hides its memory");
	become_nobody();
	CHECK_ERR(open("/dev/mem", O_RDONLY), EACCES);
}

static void reading_and_writing(void)
{
	char buf[PAGE];

	begin();
	CHECK_EQ(pread(mem, buf, PAGE, shown), PAGE);
	CHECK_ERR(pread(mem, map(1, PROT_READ, ANON), PAGE, shown), EFAULT);
	CHECK_ERR(pwrite(mem, buf, PAGE, shown), EPERM);
	CHECK_ERR(pread(mem, buf, PAGE, (off_t)1 << 50), EPERM);	/* there is no such memory */
	CHECK(lseek(mem, shown + 5, SEEK_SET) == shown + 5);
	CHECK_EQ(read(mem, buf, 10), 10);
	CHECK(lseek(mem, 0, SEEK_CUR) == shown + 15);
	CHECK_ERR(lseek(mem, 0, SEEK_END), EINVAL);
}

static void a_mapping_shows_the_frame(void)
{
	char buf[PAGE], *p;

	begin();
	CHECK_ERR(mmap(NULL, PAGE, RW, MAP_SHARED, mem, shown), EPERM);
	CHECK_ERR(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, mem, (off_t)1 << 42), EPERM);
	p = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, mem, shown);
	CHECK(p != MAP_FAILED);
	CHECK_EQ(pread(mem, buf, PAGE, shown), PAGE);
	CHECK(!memcmp(p, buf, PAGE));
	CHECK_ERR(mprotect(p, PAGE, RW), EACCES);
	CHECK_ACCERR(p, 1);
	CHECK_CHILD_OK(CHECK(!memcmp(p, buf, PAGE)));
	CHECK_ERR(madvise(p, PAGE, MADV_DONTNEED), EINVAL);
	CHECK_ERR(madvise(p, PAGE, MADV_POPULATE_READ), EINVAL);
	CHECK_ERR(madvise(p, PAGE, MADV_DOFORK), EINVAL);
	CHECK_ERR(mremap(p, PAGE, 2 * PAGE, MREMAP_MAYMOVE), EFAULT);
	CHECK_OK(mlock(p, PAGE));			/* it stays anyway */
	CHECK_EQ(STATUS("VmLck"), 0);
	CHECK(mmap(p, PAGE, PROT_READ, MAP_SHARED | MAP_LOCKED | MAP_FIXED, mem, shown) == p);
	CHECK_EQ(STATUS("VmLck"), 0);
	CHECK_OK(munmap(p, PAGE));
	CHECK_MAPERR(p);
}

/* A private mapping is copied when it is written; the frame stays as it is. */
static void a_private_mapping_is_copied(void)
{
	char before[PAGE], after[PAGE], *p;

	begin();
	CHECK_EQ(pread(mem, before, PAGE, shown), PAGE);
	p = mmap(NULL, PAGE, RW, MAP_PRIVATE, mem, shown);
	CHECK(p != MAP_FAILED);
	CHECK(!memcmp(p, before, PAGE));
	p[9] = before[9] + 1;
	CHECK_EQ(p[9], (char)(before[9] + 1));
	CHECK_EQ(p[10], before[10]);
	CHECK_EQ(pread(mem, after, PAGE, shown), PAGE);
	CHECK(!memcmp(before, after, PAGE));
	CHECK_CHILD_OK({
		CHECK_EQ(p[9], (char)(before[9] + 1));
		p[9]++;
	});
	CHECK_EQ(p[9], (char)(before[9] + 1));
	p = mremap(p, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, map(1, PROT_NONE, ANON));
	CHECK(p != MAP_FAILED);
	CHECK_EQ(p[9], (char)(before[9] + 1));
}

/* Our own page, by the number that /proc/self/pagemap tells. */
static void our_own_page(void)
{
	char *p = map(1, RW, ANON), *q;
	uint64_t entry = 0;
	int fd;

	begin();
	strcpy(p, "here we are");
	fd = open("/proc/self/pagemap", O_RDONLY);
	if (fd < 0)
		SKIP("no /proc/self/pagemap");
	CHECK_EQ(pread(fd, &entry, 8, (off_t)((uintptr_t)p / PAGE) * 8), 8);
	CHECK(entry >> 63);
	q = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, mem, (off_t)(entry & ((1ULL << 55) - 1)) * PAGE);
	CHECK(q != MAP_FAILED);
	CHECK(!strcmp(q, "here we are"));
	p[0] = 'H';
	CHECK_EQ(q[0], 'H');
}

TEST_MAIN(
	TEST(who_may), TEST(reading_and_writing), TEST(a_mapping_shows_the_frame), TEST(a_private_mapping_is_copied),
	TEST(our_own_page),
)
