/*
 * What reverse mapping does for programs: truncation and writing back reach every mapping of
 * a page, wherever areas were cut, moved, joined and forked to.
 */
#include "vm.h"

#define PAGES	32

static char *at[40];			/* mappings of the file: [at[i], +PAGES), from page 0 on */
static int file;

/* Pages below @end are the file's, the others SIGBUS, in all mappings. */
static void check_all(int n, int end)
{
	int i, j;

	for (i = 0; i < n; i++)
		for (j = 0; j < PAGES; j++) {
			struct fault f = touch(at[i] + j * PAGE, 0);

			if (f.sig != (j < end ? 0 : SIGBUS))
				FAIL("mapping %d, page %d of %d: signal %d", i, j, end, f.sig);
			if (j < end)
				CHECK_EQ(at[i][j * PAGE + 7], (char)('a' + j));
		}
}

static void truncation_reaches_all(void)
{
	int i, n;

	file = file_of("f", PAGES);
	for (n = 0; n < 8; n++)
		at[n] = map_file(file, PAGES, n % 2 ? RW : PROT_READ, n % 3 ? MAP_SHARED : MAP_PRIVATE, 0);
	for (i = 0; i < PAGES; i++) {			/* one of a piece for each page */
		if (!i)
			at[n] = map(PAGES, PROT_NONE, ANON);
		CHECK(mmap(at[n] + i * PAGE, PAGE, i % 2 ? RW : PROT_READ, MAP_SHARED | MAP_FIXED, file, i * PAGE) != MAP_FAILED);
	}
	n++;
	at[n] = map_file(file, PAGES, RW, MAP_SHARED, 0);	/* one that was cut and joined again */
	for (i = 0; i < PAGES; i += 3)
		CHECK_OK(mprotect(at[n] + i * PAGE, PAGE, PROT_READ));
	CHECK_OK(mprotect(at[n], PAGES * PAGE, RW));
	n++;
	at[n] = mremap(map_file(file, PAGES, RW, MAP_SHARED, 0), PAGES * PAGE, PAGES * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
		       map(PAGES, PROT_NONE, ANON));
	n++;
	at[n] = mremap(at[n - 1], 0, PAGES * PAGE, MREMAP_MAYMOVE);
	CHECK(at[n] != MAP_FAILED);
	n++;
	check_all(n, PAGES);
	for (i = PAGES - 3; i >= 0; i -= 7) {
		CHECK_OK(ftruncate(file, i * PAGE));
		check_all(n, i);
	}
}

static void truncation_reaches_children(void)
{
	int go[2], done[2], i, status;
	char c;

	file = file_of("f", PAGES);
	at[0] = map_file(file, PAGES, RW, MAP_SHARED, 0);
	at[1] = map_file(file, PAGES, RW, MAP_PRIVATE, 0);
	at[1][20 * PAGE] = at[1][3 * PAGE] = 'P';	/* copies of our own, which children share */
	CHECK_OK(pipe(go));
	CHECK_OK(pipe(done));
	for (i = 0; i < 4; i++) {
		pid_t pid = fork();

		CHECK_OK(pid);
		if (pid)
			continue;
		check_all(2, PAGES);
		at[1][21 * PAGE] = 'C';			/* one of the child's */
		CHECK_EQ(write(done[1], "x", 1), 1);
		CHECK_EQ(read(go[0], &c, 1), 1);
		check_all(2, 10);
		CHECK_EQ(at[1][3 * PAGE], 'P');
		_exit(0);
	}
	for (i = 0; i < 4; i++)
		CHECK_EQ(read(done[0], &c, 1), 1);
	CHECK_OK(ftruncate(file, 10 * PAGE));
	CHECK_EQ(write(go[1], "xxxx", 4), 4);
	for (i = 0; i < 4; i++) {
		CHECK(wait(&status) > 0);
		CHECK_EQ(status, 0);
	}
	check_all(2, 10);
}

/* Hundreds of mappings, alike, nested and overlapping: each is found, and no other page is hit. */
static void many_mappings(void)
{
	static struct { char *p; int first, pages; } m[600];
	unsigned int seed = 12345, i, j, end = PAGES;

	file = file_of("f", PAGES);
	for (i = 0; i < COUNT(m); i++) {
		seed = seed * 1103515245 + 12345;
		m[i].first = i % 3 ? (seed >> 8) % PAGES : 5;
		m[i].pages = i % 3 ? 1 + (seed >> 16) % (PAGES - m[i].first) : 9;
		m[i].p = map_file(file, m[i].pages, PROT_READ, i % 5 ? MAP_SHARED : MAP_PRIVATE, m[i].first);
		CHECK_EQ(m[i].p[0], (char)('a' + m[i].first));
		CHECK_EQ(m[i].p[(m[i].pages - 1) * PAGE], (char)('a' + m[i].first + m[i].pages - 1));
	}
	while (end > 4) {
		for (i = 0; i < COUNT(m); i += 7) {	/* some go, some come */
			CHECK_OK(munmap(m[i].p, m[i].pages * PAGE));
			m[i].p = map_file(file, m[i].pages, PROT_READ, MAP_SHARED, m[i].first);
		}
		end -= 5;
		CHECK_OK(ftruncate(file, end * PAGE));
		for (i = 0; i < COUNT(m); i++)
			for (j = 0; j < (unsigned int)m[i].pages; j += 1 + j % 2)
				CHECK_EQ(touch(m[i].p + j * PAGE, 0).sig, m[i].first + j < end ? 0 : SIGBUS);
	}
}

/* After it was written back, a page faults once in each mapping that writes it, and is dirty again. */
static void writing_back_reaches_all(void)
{
	long faults;
	int i, round;

	file = file_of("f", PAGES);
	for (i = 0; i < 4; i++)
		at[i] = map_file(file, PAGES, RW, MAP_SHARED, 0);
	minor_faults();
	for (round = 0; round < 3; round++) {
		for (i = 0; i < 4; i++)
			at[i][round * PAGE + i] = '0' + i;
		CHECK_OK(msync(at[0], PAGES * PAGE, MS_SYNC));
		faults = minor_faults();
		for (i = 0; i < 4; i++)
			((volatile char *)at[i])[round * PAGE + i] = 'A' + i;
		faults = minor_faults() - faults;
		/* in a file of memory nothing is written back, and nothing faults */
		CHECK(faults == 0 || faults == 4);
		faults = minor_faults();
		for (i = 0; i < 4; i++)
			((volatile char *)at[i])[round * PAGE + i] = 'E' + i;
		CHECK_EQ(minor_faults() - faults, 0);
		for (i = 0; i < 4; i++)
			CHECK_EQ(at[3 - i][round * PAGE + i], 'E' + i);
	}
}

/* Anonymous pages of a family that splits, moves and joins its areas: each member keeps its own bytes. */
static void a_family_that_moves(void)
{
	char *p = map(PAGES, RW, ANON), *q;
	int i, j, status;

	for (i = 0; i < PAGES; i++)
		memset(p + i * PAGE, 'a' + i, PAGE);
	for (j = 0; j < 6; j++) {
		pid_t pid = fork();

		CHECK_OK(pid);
		if (pid)
			continue;
		CHECK_OK(mprotect(p + j * PAGE, 3 * PAGE, PROT_READ));
		CHECK_OK(mprotect(p, PAGES * PAGE, RW));
		q = mremap(p, PAGES * PAGE / 2, PAGES * PAGE / 2, MREMAP_MAYMOVE | MREMAP_FIXED, map(PAGES, PROT_NONE, ANON));
		CHECK(q != MAP_FAILED);
		for (i = 0; i < PAGES / 2; i++) {
			check_filled(q + i * PAGE, 'a' + i, PAGE);
			q[i * PAGE] = 'A' + j;
		}
		CHECK_CHILD_OK({
			for (i = 0; i < PAGES; i++)
				CHECK_EQ((i < PAGES / 2 ? q : p)[i * PAGE], (char)(i < PAGES / 2 ? 'A' + j : 'a' + i));
		});
		_exit(0);
	}
	for (j = 0; j < 6; j++) {
		CHECK(wait(&status) > 0);
		CHECK_EQ(status, 0);
	}
	for (i = 0; i < PAGES; i++)
		check_filled(p + i * PAGE, 'a' + i, PAGE);
}

TEST_MAIN(
	TEST(truncation_reaches_all), TEST(truncation_reaches_children), TEST(many_mappings), TEST(writing_back_reaches_all),
	TEST(a_family_that_moves),
)
