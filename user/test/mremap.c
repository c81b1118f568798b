/*
 * mremap: growing, shrinking, moving; what is left behind; errnos; and that data moves by
 * its page-table entries.
 */
#include "vm.h"

/* Every page says where it was. */
static void fill(char *p, int pages)
{
	int i;

	for (i = 0; i < pages; i++)
		memset(p + i * PAGE, 'A' + i % 64, PAGE);
}

static void check(const char *p, int first, int pages)
{
	int i;

	for (i = 0; i < pages; i++)
		check_filled(p + i * PAGE, 'A' + (first + i) % 64, PAGE);
}

/* So many pages of rights prot with nothing behind for a long way. */
static char *with_room(int pages, int room)
{
	char *p = map(pages + room, RW, ANON);

	CHECK_OK(munmap(p + pages * PAGE, room * PAGE));
	return p;
}

static void flags_and_addresses(void)
{
	char *p = map(4, RW, ANON);

	CHECK_ERR(mremap(p, PAGE, PAGE, 8), EINVAL);
	CHECK_ERR(mremap(p, PAGE, PAGE, MREMAP_FIXED, p), EINVAL);
	CHECK_ERR(mremap(p, PAGE, PAGE, MREMAP_DONTUNMAP, NULL), EINVAL);
	CHECK_ERR(mremap(p, PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, NULL), EINVAL);
	CHECK_ERR(mremap(p + 1, PAGE, PAGE, 0), EINVAL);
	CHECK_ERR(mremap(p, PAGE, 0, 0), EINVAL);
	CHECK_ERR(mremap(p, PAGE, (size_t)-1, 0), EINVAL);		/* rounds to 0 */
	CHECK_ERR(mremap(p, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, p + 1), EINVAL);
	CHECK_ERR(mremap(p, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, p), EINVAL);
	CHECK_ERR(mremap(p, 4 * PAGE, 4 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, p + PAGE), EINVAL);
	CHECK_ERR(mremap(p, 2 * PAGE, 3 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, p - 2 * PAGE), EINVAL);
	CHECK_ERR(mremap(p, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, KERNEL), EINVAL);
	CHECK_ERR(mremap(p, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, (void *)(uintptr_t)-PAGE), EINVAL);
	CHECK_EQ(areas(p, 4), 1);
}

static void what_is_not_mapped(void)
{
	char *p = map(8, RW, ANON);

	CHECK_OK(munmap(p + 2 * PAGE, 2 * PAGE));
	CHECK_OK(mprotect(p + 6 * PAGE, 2 * PAGE, PROT_READ));
	CHECK_ERR(mremap(p + 2 * PAGE, PAGE, 2 * PAGE, MREMAP_MAYMOVE), EFAULT);
	CHECK_ERR(mremap(p + PAGE, 2 * PAGE, 4 * PAGE, MREMAP_MAYMOVE), EFAULT);	/* beyond the area's end */
	CHECK_ERR(mremap(p + 5 * PAGE, 2 * PAGE, 4 * PAGE, MREMAP_MAYMOVE), EFAULT);	/* two areas */
	CHECK_ERR(mremap(KERNEL, PAGE, 2 * PAGE, MREMAP_MAYMOVE), EFAULT);
	CHECK_ERR(mremap(NULL, PAGE, 2 * PAGE, MREMAP_MAYMOVE), EFAULT);
	CHECK_ERR(mremap(p, HUGE, HUGE, MREMAP_MAYMOVE | MREMAP_FIXED, p), EINVAL);
	CHECK(mremap(p, PAGE, HUGE, MREMAP_MAYMOVE) == MAP_FAILED && (errno == ENOMEM || errno == EINVAL));	/* Linux 6.17 */
	CHECK(mremap(p, 2 * PAGE, HUGE, 0) == MAP_FAILED && (errno == ENOMEM || errno == EINVAL));
}

static void grows_where_it_is(void)
{
	char *p = with_room(4, 12);

	fill(p, 4);
	CHECK(mremap(p, 4 * PAGE, 4 * PAGE, 0) == p);
	CHECK(mremap(p, 4 * PAGE, 10 * PAGE, 0) == p);
	check(p, 0, 4);
	check_filled(p + 4 * PAGE, 0, 6 * PAGE);
	CHECK_ERR(mremap(p, 4 * PAGE, 12 * PAGE, 0), ENOMEM);	/* its middle cannot */
	CHECK_EQ(mmap(p + 12 * PAGE, PAGE, PROT_READ, SHARED | MAP_FIXED, -1, 0) == p + 12 * PAGE, 1);
	CHECK_ERR(mremap(p, 10 * PAGE, 13 * PAGE, 0), ENOMEM);
	CHECK(mremap(p, 10 * PAGE, 12 * PAGE, 0) == p);
	CHECK_FINE(p + 12 * PAGE - 1, 1);
}

static void shrinks(void)
{
	char *p = map(8, RW, ANON);
	long size = STATUS("VmSize");

	fill(p, 8);
	CHECK(mremap(p, 8 * PAGE, 5 * PAGE, 0) == p);
	check(p, 0, 5);
	CHECK_MAPERR(p + 5 * PAGE);
	CHECK_EQ(STATUS("VmSize"), size - 12);
	CHECK(mremap(p + PAGE, 2 * PAGE, PAGE, 0) == p + PAGE);		/* in the middle: a hole */
	CHECK_MAPERR(p + 2 * PAGE);
	check(p + 3 * PAGE, 3, 2);
	CHECK(mremap(p + 3 * PAGE, 2 * PAGE, 1, 0) == p + 3 * PAGE);	/* rounded up */
	CHECK_FINE(p + 4 * PAGE - 1, 0);
	CHECK_MAPERR(p + 4 * PAGE);
}

static void moves_when_it_must(void)
{
	char *p = map(64, RW, ANON), *q;
	long size = STATUS("VmSize");

	fill(p, 64);
	q = mremap(p, 32 * PAGE, 64 * PAGE, MREMAP_MAYMOVE);
	CHECK(q != MAP_FAILED && q != p);
	check(q, 0, 32);
	check_filled(q + 32 * PAGE, 0, 32 * PAGE);
	CHECK_MAPERR(p);
	check(p + 32 * PAGE, 32, 32);
	CHECK_EQ(STATUS("VmSize"), size + 128);
}

/* No page is copied: nothing faults at the new place. */
static void moves_entries_not_data(void)
{
	char *p = map(300, RW, ANON), *to = map(300, PROT_NONE, ANON);
	volatile char *q = to;
	long faults;
	int i, sum = 0;

	fill(p, 300);
	CHECK(mremap(p, 300 * PAGE, 300 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to);
	faults = minor_faults();
	for (i = 0; i < 300; i++)
		sum += q[i * PAGE];
	faults = minor_faults() - faults;
	CHECK(sum != 0);
	if (faults > 20)
		FAIL("%ld faults for 300 pages that were there", faults);
	check(to, 0, 300);
}

static void to_a_place_that_is_taken(void)
{
	char *p = map(4, RW, ANON), *q = map(8, RW, ANON);

	fill(p, 4);
	memset(q, '.', 8 * PAGE);
	CHECK(mremap(p, 2 * PAGE, 3 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, q + 2 * PAGE) == q + 2 * PAGE);
	check_filled(q, '.', 2 * PAGE);
	check(q + 2 * PAGE, 0, 2);
	check_filled(q + 4 * PAGE, 0, PAGE);
	check_filled(q + 5 * PAGE, '.', 3 * PAGE);
	CHECK_MAPERR(p);
	check(p + 2 * PAGE, 2, 2);
	/* smaller at its new place */
	CHECK(mremap(p + 2 * PAGE, 2 * PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, q) == q);
	check(q, 2, 1);
	check_filled(q + PAGE, '.', PAGE);
	CHECK_MAPERR(p + 3 * PAGE);
}

/* There and back, by every distance to a table's border. */
static void across_tables(void)
{
	char *space = map(4096, PROT_NONE, ANON), *p = map(40, RW, ANON), *q;
	int i;

	fill(p, 40);
	for (i = 0; i < 4000; i += 97) {
		q = mremap(p, 40 * PAGE, 40 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, space + i * PAGE);
		CHECK(q == space + i * PAGE);
		check(q, 0, 40);
		q[0] = 'A';
		p = mremap(q, 40 * PAGE, 40 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, p);
		CHECK(p != MAP_FAILED);
		CHECK(mmap(q, 40 * PAGE, PROT_NONE, ANON | MAP_FIXED, -1, 0) == q);
	}
	check(p, 0, 40);
}

static void files(void)
{
	int fd = file_of("f", 8);
	char *p = map_file(fd, 4, RW, MAP_SHARED, 2), *q, c;

	p[PAGE] = 'X';
	q = mremap(p + PAGE, 2 * PAGE, 5 * PAGE, MREMAP_MAYMOVE);	/* shows more of the file */
	CHECK(q != MAP_FAILED);
	CHECK_EQ(q[0], 'X');
	CHECK_EQ(q[1], 'd');
	CHECK_EQ(q[4 * PAGE], 'h');
	q[4 * PAGE] = 'Y';
	CHECK_EQ(pread(fd, &c, 1, 7 * PAGE), 1);
	CHECK_EQ(c, 'Y');
	CHECK(!strncmp(area_at(q), "rw-s 00003000", 13));
	CHECK_OK(ftruncate(fd, 4 * PAGE));
	CHECK_EQ(q[0], 'X');
	CHECK_BUS(q + PAGE);
}

/* What is shared can be had twice; what is private cannot. */
static void zero_length_means_once_more(void)
{
	char *p = map(4, RW, SHARED), *q, *r = map(4, RW, ANON);

	fill(p, 4);
	q = mremap(p + PAGE, 0, 2 * PAGE, MREMAP_MAYMOVE);
	CHECK(q != MAP_FAILED && q != p + PAGE);
	check(q, 1, 2);
	q[0] = '!';
	CHECK_EQ(p[PAGE], '!');
	check(p, 0, 1);
	CHECK_ERR(mremap(p, 0, PAGE, 0), ENOMEM);
	CHECK_ERR(mremap(r, 0, PAGE, MREMAP_MAYMOVE), EINVAL);
}

static void the_old_place_stays(void)
{
	char *p = map(8, RW, ANON), *q, *to = map(4, PROT_NONE, ANON);
	long size = STATUS("VmSize");

	fill(p, 8);
	q = mremap(p + 2 * PAGE, 4 * PAGE, 4 * PAGE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, NULL);
	if (q == MAP_FAILED && errno == EINVAL)
		SKIP("no MREMAP_DONTUNMAP here (Linux 5.7)");
	CHECK(q != MAP_FAILED && q != p + 2 * PAGE);
	check(q, 2, 4);
	check(p, 0, 2);
	check_filled(p + 2 * PAGE, 0, 4 * PAGE);	/* as if fresh */
	check(p + 6 * PAGE, 6, 2);
	CHECK_EQ(STATUS("VmSize"), size + 16);
	p[3 * PAGE] = 'n';
	check(q, 2, 4);
	CHECK(mremap(q, 4 * PAGE, 4 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP, to) == to);
	check(to, 2, 4);
	CHECK_EQ(q[0], 0);
}

/* What has a file stays in both places: shared, as one; private, without the copies that went. */
static void the_old_place_stays_of_files(void)
{
	int fd = file_of("f", 4);
	char *p = map_file(fd, 4, RW, MAP_SHARED, 0), *q = mremap(p, 4 * PAGE, 4 * PAGE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, NULL), c;

	if (q == MAP_FAILED && errno == EINVAL)
		SKIP("only anonymous memory here (Linux 5.13)");
	CHECK(q != MAP_FAILED && q != p);
	CHECK(p[PAGE] == 'b' && q[PAGE] == 'b');
	q[PAGE] = 'X';
	CHECK_EQ(p[PAGE], 'X');
	CHECK_EQ(pread(fd, &c, 1, PAGE), 1);
	CHECK_EQ(c, 'X');
	p = map_file(fd, 4, RW, MAP_PRIVATE, 0);
	p[2 * PAGE] = 'P';
	q = mremap(p, 4 * PAGE, 4 * PAGE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, NULL);
	CHECK(q != MAP_FAILED);
	CHECK(q[2 * PAGE] == 'P' && p[2 * PAGE] == 'c' && p[0] == 'a');
	p = map(4, RW, SHARED);
	p[0] = 's';
	q = mremap(p, 4 * PAGE, 4 * PAGE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, NULL);
	CHECK(q != MAP_FAILED);
	CHECK(q[0] == 's' && p[0] == 's');
}

static void rights_and_locks_go_along(void)
{
	char *p = map(4, RW, ANON), *q;
	long locked = STATUS("VmLck");

	memset(p, 'r', 4 * PAGE);
	CHECK_OK(mprotect(p + PAGE, PAGE, PROT_READ));
	q = mremap(p + PAGE, PAGE, 2 * PAGE, MREMAP_MAYMOVE);
	CHECK(q != MAP_FAILED);
	CHECK_EQ(q[0], 'r');
	CHECK_ACCERR(q, 1);
	CHECK_ACCERR(q + PAGE, 1);
	CHECK_OK(mlock(p + 2 * PAGE, PAGE));
	CHECK_EQ(STATUS("VmLck"), locked + 4);
	q = mremap(p + 2 * PAGE, PAGE, 3 * PAGE, MREMAP_MAYMOVE);
	CHECK(q != MAP_FAILED);
	CHECK_EQ(STATUS("VmLck"), locked + 12);
	CHECK_EQ(q[0], 'r');
	CHECK(mremap(q, 3 * PAGE, PAGE, 0) == q);
	CHECK_EQ(STATUS("VmLck"), locked + 4);
}

static void limits(void)
{
	char *p = with_room(8, 64), *q;

	become_nobody();
	limit(RLIMIT_MEMLOCK, 10 * PAGE);
	CHECK_OK(mlock(p, 8 * PAGE));
	CHECK_ERR(mremap(p, 8 * PAGE, 11 * PAGE, MREMAP_MAYMOVE), EAGAIN);
	CHECK(mremap(p, 8 * PAGE, 10 * PAGE, 0) == p);
	q = mremap(p, 10 * PAGE, 10 * PAGE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, NULL);	/* the lock goes with the pages */
	CHECK(q != MAP_FAILED || errno == EINVAL);
	CHECK_OK(munlock(q != MAP_FAILED ? q : p, 10 * PAGE));
	limit(RLIMIT_AS, STATUS("VmSize") * 1024L + 4 * PAGE);
	CHECK_ERR(mremap(p, 10 * PAGE, 15 * PAGE, MREMAP_MAYMOVE), ENOMEM);
	CHECK(mremap(p, 10 * PAGE, 14 * PAGE, MREMAP_MAYMOVE) != MAP_FAILED);
}

/* A child has the pages of its parent's mapping at another place: copies stay private. */
static void copies_on_write_move(void)
{
	char *p = map(16, RW, ANON);

	fill(p, 16);
	CHECK_CHILD_OK({
		char *q = mremap(p, 16 * PAGE, 16 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, map(16, PROT_NONE, ANON));

		CHECK(q != MAP_FAILED);
		check(q, 0, 16);
		memset(q, 0, 8 * PAGE);
		check(q + 8 * PAGE, 8, 8);
	});
	check(p, 0, 16);
}

/* The page where signal handlers return to: the kernel's own, with a place in no file. */
static void the_kernels_page_can_move(void)
{
	unsigned long start = 0, end = 0;
	char *rest, *to, copy[PAGE];

	for (char *line = proc_text("/proc/self/maps"); *line && !start; line = strchr(line, '\n') + 1) {
		char *name = memchr(line, '[', strcspn(line, "\n"));

		if (!name || (strncmp(name, "[vdso]", 6) && strncmp(name, "[sigpage]", 9)))
			continue;
		start = strtoul(line, &rest, 16);
		end = strtoul(rest + 1, NULL, 16);
	}
	if (!start)
		SKIP("no such page");
	memcpy(copy, (char *)start, PAGE);
	to = map((end - start) / PAGE, PROT_NONE, ANON);
	CHECK_CHILD_OK({		/* it faults there first, and then once more */
		CHECK(mremap((char *)start, end - start, end - start, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to);
		CHECK(!memcmp(to, copy, PAGE));
		CHECK_OK(madvise(to, PAGE, MADV_DONTNEED));
		CHECK(!memcmp(to, copy, PAGE));
	});
}

/* ---- two threads: one moves a page to and fro, the other counts in it -------------------- */

static char *one, *other;
static volatile int moving;

static void *mover(void *arg)
{
	int i;

	for (i = 0; i < 100; i++) {
		CHECK(mremap(one, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, other) == other);
		CHECK(mremap(other, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, one) == one);
	}
	moving = 0;
	return NULL;
}

/* What was written before the page left is there when it comes back: no write is lost in a stale translation. */
static void no_write_is_lost_while_it_moves(void)
{
	volatile unsigned int *counter;
	volatile unsigned int written = 0, seen;
	pthread_t t;

	one = map(1, RW, ANON);
	other = map(1, PROT_NONE, ANON);
	counter = (volatile unsigned int *)one;
	*counter = 0;
	moving = 1;
	CHECK_EQ(pthread_create(&t, NULL, mover, NULL), 0);
	while (moving) {
		fault_catch();
		if (sigsetjmp(fault_back, 1))
			continue;			/* it is away */
		seen = *counter;
		if (seen != written && seen != written + 1)
			FAIL("%u after %u", seen, written);
		written = seen;
		*counter = seen + 1;
		written = seen + 1;
	}
	CHECK_EQ(pthread_join(t, NULL), 0);
	CHECK(*counter == written || *counter == written + 1);
}

TEST_MAIN(
	TEST(flags_and_addresses), TEST(what_is_not_mapped), TEST(grows_where_it_is), TEST(shrinks),
	TEST(moves_when_it_must), TEST(moves_entries_not_data), TEST(to_a_place_that_is_taken), TEST(across_tables),
	TEST(files), TEST(zero_length_means_once_more), TEST(the_old_place_stays), TEST(the_old_place_stays_of_files), TEST(rights_and_locks_go_along),
	TEST(limits), TEST(copies_on_write_move), TEST(the_kernels_page_can_move), TEST(no_write_is_lost_while_it_moves),
)
