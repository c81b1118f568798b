/*
 * When there is none left: each allocation of a call fails once (/proc/thread-self/fail-nth, which a kernel may have), and the
 * call says so by an errno of its manual page, having changed nothing that it cannot tell; then the same call succeeds. And
 * when the system has no more open files.
 */
#include "vm.h"
#include <sys/ipc.h>
#include <sys/shm.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE	23
#endif
#define MOST	400			/* allocations of one call */

static char *area, *other;		/* 8 pages each, the first all of one colour */
static int fd, id;

/* ---- the calls: 0, or -1 and errno ------------------------------------------------------------------- */

static int done(const void *p)
{
	return p == MAP_FAILED ? -1 : 0;
}

static int maps(void)		{ return done(mmap(NULL, 4 * PAGE, PROT_READ, ANON, -1, 0)); }
static int maps_over(void)	{ return done(mmap(area + 2 * PAGE, PAGE, PROT_READ, SHARED | MAP_FIXED, -1, 0)); }
static int maps_shared(void)	{ return done(mmap(NULL, 4 * PAGE, RW, SHARED, -1, 0)); }
static int maps_file(void)	{ return done(mmap(NULL, 4 * PAGE, RW, MAP_SHARED, fd, 0)); }
static int unmaps(void)		{ return munmap(area + 3 * PAGE, PAGE); }
static int protects(void)	{ return mprotect(area + 3 * PAGE, PAGE, PROT_READ); }
static int moves(void)		{ return done(mremap(area, 8 * PAGE, 8 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, other)); }
static int grows(void)		{ return done(mremap(area, 8 * PAGE, 2000 * PAGE, MREMAP_MAYMOVE)); }
static int locks(void)		{ return mlock(other + 3 * PAGE, 2 * PAGE); }
static int unlocks(void)	{ return munlock(area + 3 * PAGE, 2 * PAGE); }
static int wipes(void)		{ return madvise(area + 3 * PAGE, 2 * PAGE, MADV_WIPEONFORK); }
static int populates(void)	{ return madvise(other, 8 * PAGE, MADV_POPULATE_WRITE); }
static int removes(void)	{ return madvise(area, 4 * PAGE, MADV_REMOVE); }
static int looks(void)		{ return mincore(area, 8 * PAGE, (unsigned char[8]){ 0 }); }
static int reorders(void)	{ return remap_file_pages(area + 2 * PAGE, PAGE, 0, 0, 0); }
static int attaches(void)	{ return shmat(id, NULL, 0) == (void *)-1 ? -1 : 0; }
static int makes_memfd(void)	{ return memfd_create("no memory", 0) >= 0 ? 0 : -1; }

/* The call itself: a C library keeps notes, and a page for them may be missing as well. */
static int breaks(void)
{
	long from = syscall(__NR_brk, 0), to = from + 100 * PAGE;

	if (syscall(__NR_brk, to) == to)
		return 0;
	errno = ENOMEM;
	return syscall(__NR_brk, 0) == from ? -1 : 0;
}

static int makes_segment(void)
{
	int made = shmget(IPC_PRIVATE, 4 * PAGE, IPC_CREAT | 0600);

	return made < 0 ? -1 : shmctl(made, IPC_RMID, NULL);
}

static int writes_memfd(void)	{ return pwrite(fd, area, PAGE, 9 * PAGE) == PAGE ? 0 : -1; }

enum how { PRIVATE, OF_MEMFD, LOCKED_TOO };

static const struct doing {
	const char *name;
	int (*fn)(void);
	enum how area;
	int errnos[2];		/* that it may tell; with 0 for the first it may need no memory at all */
} doings[] = {
	{ "mmap", maps, PRIVATE, { ENOMEM } }, { "mmap over others", maps_over, PRIVATE, { ENOMEM } },
	{ "mmap shared", maps_shared, PRIVATE, { ENOMEM } }, { "mmap of a file", maps_file, OF_MEMFD, { ENOMEM } },
	{ "munmap", unmaps, PRIVATE, { ENOMEM } }, { "mprotect", protects, PRIVATE, { ENOMEM } },
	{ "mremap, moving", moves, PRIVATE, { ENOMEM } }, { "mremap, growing", grows, PRIVATE, { ENOMEM } },
	{ "mlock", locks, PRIVATE, { ENOMEM, EAGAIN } }, { "munlock", unlocks, LOCKED_TOO, { ENOMEM, EAGAIN } },
	{ "madvise, wipe on fork", wipes, PRIVATE, { EAGAIN } }, { "madvise, populate", populates, PRIVATE, { ENOMEM } },
	{ "madvise, remove", removes, OF_MEMFD, { 0 } }, { "mincore", looks, PRIVATE, { EAGAIN } },
	{ "remap_file_pages", reorders, OF_MEMFD, { ENOMEM } },
	{ "brk", breaks, PRIVATE, { 0, ENOMEM } }, { "shmget", makes_segment, PRIVATE, { ENOMEM } },
	{ "shmat", attaches, PRIVATE, { ENOMEM } }, { "memfd_create", makes_memfd, PRIVATE, { ENOMEM } },
	{ "write to a memfd", writes_memfd, OF_MEMFD, { ENOMEM } },
};

/* What the call finds. */
static void prepare(const struct doing *d)
{
	fd = -1;
	other = map_alone(8, RW, ANON);
	if (d->area == OF_MEMFD) {
		CHECK_OK(fd = memfd_create("area", 0));
		CHECK_OK(ftruncate(fd, 8 * PAGE));
		area = map_file(fd, 8, RW, MAP_SHARED, 0);
	} else {
		area = map_alone(8, RW, ANON);
	}
	memset(area, 'a', 8 * PAGE);
	if (d->area == LOCKED_TOO)
		CHECK_OK(mlock(area, 8 * PAGE));
}

/* A call that failed has left the bytes where they were, but for the page that it was to replace, which may be gone. */
static void nothing_is_lost(const struct doing *d)
{
	int replaces = d->fn == maps_over || d->fn == reorders;

	check_filled(area, 'a', (replaces ? 2 : 8) * PAGE);
	if (replaces)
		check_filled(area + 3 * PAGE, 'a', 5 * PAGE);
	if (d->fn == reorders)
		CHECK(mmap(area + 2 * PAGE, PAGE, RW, MAP_SHARED | MAP_FIXED, fd, 2 * PAGE) == area + 2 * PAGE);
}

/* Of this thread the @n-th allocation from now fails. => the file that says how many are left */
static int nth_fails(int n)
{
	char text[16];
	int f = open("/proc/thread-self/fail-nth", O_RDWR), len = snprintf(text, sizeof(text), "%d", n);

	CHECK_OK(f);
	CHECK(pread(f, &(char){ 0 }, 1, 0) == 1);		/* what reading takes is taken before */
	CHECK_EQ(write(f, text, len), len);
	return f;
}

enum { TOLD = 10, ABSORBED, NO_SUCH };		/* exit codes; below: a check has failed */

/* In a child: the call with its @n-th allocation failing. => whether it failed, and as it may; and succeeds afterwards */
static int attempt(const struct doing *d, int n)
{
	char left[16] = "";
	int f, ret, error;

	prepare(d);
	errno = 0;			/* where it lies is our own page from now on */
	f = nth_fails(n);
	ret = d->fn();
	error = errno;
	CHECK(pread(f, left, sizeof(left) - 1, 0) > 0);
	CHECK_EQ(pwrite(f, "0", 1, 0), 1);
	if (ret == 0)
		return atoi(left) ? NO_SUCH : ABSORBED;
	if (atoi(left) || (error != d->errnos[0] && error != d->errnos[1]))
		FAIL("%s: allocation %d fails (%d are left): errno %d", d->name, n, atoi(left), error);
	nothing_is_lost(d);
	if (d->fn())
		FAIL("%s: after allocation %d failed it fails again, errno %d", d->name, n, errno);
	return TOLD;
}

static void each_allocation_fails(void)
{
	int n, status, failed;
	unsigned i;

	if (access("/proc/thread-self/fail-nth", W_OK))
		SKIP("this kernel does not fail on purpose, or not for us");
	CHECK_OK(id = shmget(IPC_PRIVATE, 4 * PAGE, IPC_CREAT | 0600));
	for (i = 0; i < COUNT(doings); i++) {
		for (n = 1, failed = 0, status = 0; n < MOST && status != NO_SUCH; n++) {
			status = WEXITSTATUS(IN_CHILD(_exit(attempt(&doings[i], n))));
			if (status < TOLD)
				CHECK_OK(shmctl(id, IPC_RMID, NULL));
			CHECK(status >= TOLD);
			failed += status == TOLD;
		}
		printf("# %s: of %d allocations %d failures are told\n", doings[i].name, n - 2, failed);
		CHECK_EQ(status, NO_SUCH);
		CHECK(failed > 0 || !doings[i].errnos[0]);
	}
	CHECK_OK(shmctl(id, IPC_RMID, NULL));
}

/* Root goes beyond fs.file-max, others do not. */
static void no_more_open_files(void)
{
	long max = sysctl_get("/proc/sys/fs/file-max");
	int i, status;

	if (!on_pagoda())
		SKIP("a host's settings are not changed");
	for (i = 0; i < 64; i++)
		CHECK_OK(open("/dev/null", O_RDONLY));
	status = IN_CHILD({
		CHECK_OK(sysctl_set("/proc/sys/fs/file-max", 32));
		CHECK_OK(memfd_create("root's", 0));
		become_nobody();
		CHECK_ERR(open("/dev/null", O_RDONLY), ENFILE);
		CHECK_ERR(memfd_create("x", 0), ENFILE);
		CHECK_ERR(mmap(NULL, PAGE, RW, SHARED, -1, 0), ENFILE);
		CHECK_ERR(shmget(IPC_PRIVATE, PAGE, 0600), ENFILE);
		CHECK(mmap(NULL, PAGE, RW, ANON, -1, 0) != MAP_FAILED);
	});
	for (i = 0; i < 10 && sysctl_set("/proc/sys/fs/file-max", max); i++)	/* not even memory that fails on purpose leaves it so */
		;
	CHECK_EQ(status, 0);
	CHECK_EQ(sysctl_get("/proc/sys/fs/file-max"), max);
}

TEST_MAIN(TEST(each_allocation_fails), TEST(no_more_open_files))
