/*
 * What is promised: Committed_AS by kind of mapping, the three modes of
 * /proc/sys/vm/overcommit_memory, and what strict accounting refuses. Changes of a host's
 * settings, and figures that others change, are Pagoda's only.
 */
#include "vm.h"

#define MODE	"/proc/sys/vm/overcommit_memory"
#define RATIO	"/proc/sys/vm/overcommit_ratio"

static void pagoda_only(void)
{
	if (!on_pagoda())
		SKIP("a host's settings are not changed, and its figures are not ours alone");
}

static void set_mode(int mode)
{
	CHECK_OK(sysctl_set(MODE, mode));
	CHECK_EQ(sysctl_get(MODE), mode);
}

#define COMMITTED()	MEMINFO("Committed_AS")

/* Pages that @map_it adds to what is promised. */
#define CHECK_PROMISED(pages, statement) do { \
	long before_ = COMMITTED(); \
	statement; \
	CHECK_EQ(COMMITTED() - before_, (pages) * 4); \
} while (0)

static void settings(void)
{
	CHECK(sysctl_get(MODE) >= 0 && sysctl_get(MODE) <= 2);
	CHECK(sysctl_get(RATIO) >= 0);
	CHECK(MEMINFO("CommitLimit") >= 0);
	CHECK(sysctl_get("/proc/sys/vm/max_map_count") > 0);
	CHECK(sysctl_get("/proc/sys/vm/legacy_va_layout") >= 0);
	CHECK(sysctl_get("/proc/sys/vm/mmap_min_addr") >= 0);
	pagoda_only();
	CHECK_ERR(sysctl_set(MODE, 3), EINVAL);
	CHECK_ERR(sysctl_set(MODE, -1), EINVAL);
	become_nobody();
	CHECK_ERR(sysctl_set(MODE, 0), EACCES);
}

static void what_is_promised(void)
{
	int fd = file_of("f", 8);
	char *p;

	pagoda_only();
	CHECK_PROMISED(100, p = map(100, RW, ANON));
	CHECK_PROMISED(0, memset(p, 1, 50 * PAGE));		/* touching adds nothing */
	CHECK_PROMISED(-100, munmap(p, 100 * PAGE));
	CHECK_PROMISED(0, map(100, PROT_READ, ANON));		/* nobody writes it */
	CHECK_PROMISED(0, map(100, RW, ANON | MAP_NORESERVE));
	CHECK_PROMISED(0, map_file(fd, 8, RW, MAP_SHARED, 0));	/* the file is the place */
	CHECK_PROMISED(0, map_file(fd, 8, PROT_READ, MAP_PRIVATE, 0));
	CHECK_PROMISED(8, map_file(fd, 8, RW, MAP_PRIVATE, 0));
	CHECK_PROMISED(100, p = map(100, RW, SHARED));		/* shared memory is charged as a whole */
	CHECK_PROMISED(0, munmap(p, 50 * PAGE));		/* until its last mapping goes */
	CHECK_PROMISED(-100, munmap(p + 50 * PAGE, 50 * PAGE));
	CHECK_PROMISED(100, p = map(100, PROT_READ, SHARED));
	CHECK_PROMISED(-100, munmap(p, 100 * PAGE));
}

static void changes_of_promises(void)
{
	char *p, *q;

	pagoda_only();
	p = map(100, RW, ANON);
	CHECK_PROMISED(0, mprotect(p, 100 * PAGE, PROT_READ));
	CHECK_PROMISED(0, mprotect(p, 100 * PAGE, RW));		/* was charged already */
	CHECK_PROMISED(50, p = mremap(p, 100 * PAGE, 150 * PAGE, MREMAP_MAYMOVE));
	CHECK_PROMISED(-70, mremap(p, 150 * PAGE, 80 * PAGE, 0));
	CHECK_PROMISED(0, mmap(p + 10 * PAGE, 10 * PAGE, RW, ANON | MAP_FIXED, -1, 0));
	CHECK_PROMISED(-10, mmap(p + 10 * PAGE, 10 * PAGE, PROT_READ, ANON | MAP_FIXED, -1, 0));
	CHECK_PROMISED(30, q = mremap(p + 50 * PAGE, 30 * PAGE, 30 * PAGE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, NULL));
	CHECK_PROMISED(-30, munmap(q, 30 * PAGE));
	CHECK_PROMISED(10, sbrk(10 * PAGE));
	CHECK_PROMISED(-10, sbrk(-10 * PAGE));
}

/* A child is promised as much again, and its end gives it back. */
static void children(void)
{
	long before, with;
	int to[2], from[2], status;
	pid_t pid;
	char c;

	pagoda_only();
	CHECK_OK(pipe(to));
	CHECK_OK(pipe(from));
	map(1000, RW, ANON);
	before = COMMITTED();
	CHECK_OK(pid = fork());
	if (pid == 0) {
		CHECK_EQ(write(from[1], "x", 1), 1);
		CHECK_EQ(read(to[0], &c, 1), 1);
		_exit(0);
	}
	CHECK_EQ(read(from[0], &c, 1), 1);
	with = COMMITTED();
	CHECK(with >= before + 4000 && with < before + 5000);
	CHECK_EQ(write(to[1], "x", 1), 1);
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK_EQ(COMMITTED(), before);
}

/* Mode 1 promises anything; mode 0 all but what is plainly too much. */
static void generous_modes(void)
{
	size_t memory;

	pagoda_only();
	memory = MEMINFO("MemTotal") * 1024L;
	if (memory > (size_t)-1 / 16)
		SKIP("more memory than addresses, nearly");
	set_mode(1);
	CHECK_OK(munmap(mmap(NULL, memory * 4, RW, ANON, -1, 0), memory * 4));
	set_mode(0);
	CHECK_ERR(mmap(NULL, memory * 4, RW, ANON, -1, 0), ENOMEM);
	CHECK_OK(munmap(mmap(NULL, memory * 4, RW, ANON | MAP_NORESERVE, -1, 0), memory * 4));
	CHECK_OK(munmap(mmap(NULL, memory * 4, PROT_READ, ANON, -1, 0), memory * 4));
	CHECK_OK(munmap(mmap(NULL, memory / 4, RW, ANON, -1, 0), memory / 4));
}

static long take_all(long step)
{
	long pages = 0;

	while (mmap(NULL, step * PAGE, RW, ANON, -1, 0) != MAP_FAILED)
		pages += step;
	CHECK_EQ(errno, ENOMEM);
	return pages;
}

/* Mode 2: the sum at which mmap fails is the limit, but for what is kept from one process. */
static void strict(void)
{
	long max, taken, vm;

	pagoda_only();
	CHECK_OK(sysctl_set(RATIO, 50));
	set_mode(2);
	max = MEMINFO("CommitLimit") / 4;
	vm = STATUS("VmSize") / 4;
	taken = COMMITTED() / 4;
	taken += take_all(8);
	/* the last 1/32 of this process's size is kept free: size + taken / 32 */
	if (taken > max || taken < max - (vm + max) / 32 - 64)
		FAIL("%ld pages of %ld", taken, max);
	take_all(1);		/* and to the page: what is promised stays below the limit less 1/32 of the size before */
	taken = COMMITTED() / 4;
	vm = STATUS("VmSize") / 4;
	if (taken + 1 < max - vm / 32 || taken >= max - (vm - 1) / 32)
		FAIL("%ld pages of %ld, of which %ld are ours", taken, max, vm);
	CHECK_ERR(mmap(NULL, 8 * PAGE, RW, ANON | MAP_NORESERVE, -1, 0), ENOMEM);	/* heeded no more */
	CHECK(mmap(NULL, 1000 * PAGE, PROT_READ, ANON, -1, 0) != MAP_FAILED);
	CHECK_ERR(mprotect(map(1000, PROT_READ, ANON), 1000 * PAGE, RW), ENOMEM);
	CHECK_ERR(mmap(NULL, 1000 * PAGE, RW, SHARED, -1, 0), ENOMEM);
	CHECK(fork() == -1 && errno == ENOMEM);
	set_mode(0);
}

/* Root may have the last 1/32, others may not. */
static void roots_share(void)
{
	long root, nobody, share, i;
	int fd[2];

	pagoda_only();
	CHECK_OK(pipe(fd));
	set_mode(2);
	for (i = 0; i < 2; i++)
		CHECK_CHILD_OK({
			long pages;

			if (i)
				become_nobody();
			pages = take_all(8);
			CHECK_EQ(write(fd[1], &pages, sizeof(pages)), sizeof(pages));
		});
	set_mode(0);
	CHECK_EQ(read(fd[0], &root, sizeof(root)), sizeof(root));
	CHECK_EQ(read(fd[0], &nobody, sizeof(nobody)), sizeof(nobody));
	share = MEMINFO("CommitLimit") / 4 / 32;
	if (root - nobody < share - 64 || root - nobody > share + 64)
		FAIL("root has %ld pages, others %ld, and the share is %ld", root, nobody, share);
}

static void the_ratio_counts(void)
{
	long total, limit50;

	pagoda_only();
	CHECK_OK(sysctl_set(RATIO, 50));
	limit50 = MEMINFO("CommitLimit");
	total = MEMINFO("MemTotal");
	CHECK(limit50 >= total / 2 - 8 && limit50 <= total / 2 + MEMINFO("SwapTotal"));
	CHECK_OK(sysctl_set(RATIO, 80));
	CHECK(MEMINFO("CommitLimit") > limit50);
	CHECK_OK(sysctl_set(RATIO, 50));
}

/* Where mappings go, by legacy_va_layout: it counts from the next exec on. */
static void layouts(void)
{
	pagoda_only();
	CHECK_OK(sysctl_set("/proc/sys/vm/legacy_va_layout", 1));
	CHECK_CHILD_OK(execl("/proc/self/exe", "overcommit", "--bottom-up", NULL); _exit(1));
	CHECK_OK(sysctl_set("/proc/sys/vm/legacy_va_layout", 0));
	CHECK_CHILD_OK(execl("/proc/self/exe", "overcommit", "--top-down", NULL); _exit(1));
}

static int layout_is(const char *which)
{
	char *a = mmap(NULL, PAGE, RW, ANON, -1, 0), *b = mmap(NULL, PAGE, PROT_READ, ANON, -1, 0);

	return !(strcmp(which, "--bottom-up") ? b < a && (uintptr_t)&a - (uintptr_t)a < (uintptr_t)a : b > a);
}

static const struct test tests[] = {
	TEST(settings), TEST(what_is_promised), TEST(changes_of_promises), TEST(children), TEST(generous_modes), TEST(strict),
	TEST(roots_share), TEST(the_ratio_counts), TEST(layouts),
};

int main(int argc, char **argv)
{
	if (argc == 2 && argv[1][0] == '-')
		return layout_is(argv[1]);
	return test_main(argc, argv, tests, COUNT(tests));
}
