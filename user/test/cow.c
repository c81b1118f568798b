/*
 * Copy on write: after fork each has its own; the last owner writes in place; files;
 * trees of children; threads that write while another forks.
 */
#include "vm.h"

static void a_child_has_its_own(void)
{
	char *p = map(16, RW, ANON);
	int i;

	for (i = 0; i < 16; i++)
		p[i * PAGE] = i;
	CHECK_CHILD_OK({
		for (i = 0; i < 16; i++)
			CHECK_EQ(p[i * PAGE], i);
		for (i = 0; i < 16; i += 2)
			p[i * PAGE] = 100 + i;
		CHECK_CHILD_OK({
			for (i = 0; i < 16; i++)
				CHECK_EQ(p[i * PAGE], i % 2 ? i : 100 + i);
			memset(p, 55, 16 * PAGE);
		});
		for (i = 0; i < 16; i++)
			CHECK_EQ(p[i * PAGE], i % 2 ? i : 100 + i);
	});
	for (i = 0; i < 16; i++)
		CHECK_EQ(p[i * PAGE], i);
}

static void a_parent_has_its_own(void)
{
	char *p = map(8, RW, ANON), c;
	int to[2], from[2], status;
	pid_t pid;

	CHECK_OK(pipe(to));
	CHECK_OK(pipe(from));
	memset(p, 'p', 8 * PAGE);
	CHECK_OK(pid = fork());
	if (pid == 0) {
		CHECK_EQ(read(to[0], &c, 1), 1);		/* the parent has written */
		check_filled(p, 'p', 8 * PAGE);
		_exit(0);
	}
	memset(p, 'q', 8 * PAGE);
	CHECK_EQ(write(to[1], "x", 1), 1);
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK_EQ(status, 0);
	check_filled(p, 'q', 8 * PAGE);
}

/* A write to what is shared no more takes a fault at most, no page. Counted by the page's own number where /proc tells it. */
static uint64_t frame(const char *p)
{
	uint64_t entry = 0;
	int fd = open("/proc/self/pagemap", O_RDONLY);

	if (fd < 0 || pread(fd, &entry, 8, (off_t)((uintptr_t)p / PAGE) * 8) != 8)
		entry = 0;
	if (fd >= 0)
		close(fd);
	return entry & ((1ULL << 55) - 1);
}

static void the_last_owner_writes_in_place(void)
{
	char *p = map(4, RW, ANON);
	uint64_t before;

	CHECK_OK(madvise(p, 4 * PAGE, MADV_NORMAL));
	memset(p, 'l', 4 * PAGE);
	before = frame(p + PAGE);
	if (!before)
		SKIP("/proc/self/pagemap tells no frames here");
	CHECK_CHILD_OK({
		CHECK(frame(p + PAGE) == before);
		p[PAGE] = 'c';
		CHECK(frame(p + PAGE) != before);
	});
	p[PAGE] = 'm';
	CHECK(frame(p + PAGE) == before);
}

static void private_files(void)
{
	int fd = file_of("f", 4);
	char *p = map_file(fd, 4, RW, MAP_PRIVATE, 0), c;

	p[0] = 'X';
	CHECK_EQ(pread(fd, &c, 1, 0), 1);
	CHECK_EQ(c, 'a');
	CHECK_EQ(pwrite(fd, "Z", 1, PAGE), 1);
	CHECK_EQ(p[PAGE], 'Z');				/* not copied yet */
	CHECK_EQ(pwrite(fd, "Y", 1, 1), 1);
	CHECK_EQ(p[1], 'a');				/* copied before */
	CHECK_CHILD_OK({
		CHECK_EQ(p[0], 'X');
		p[0] = 'C';
		p[2 * PAGE] = 'C';
	});
	CHECK_EQ(p[0], 'X');
	CHECK_EQ(p[2 * PAGE], 'c');
	check_filled(p + 3 * PAGE, 'd', PAGE);
}

/* Reading first maps the file's page, or the zero page; the write then copies it. */
static void read_then_write(void)
{
	int fd = file_of("f", 2), i;
	char *p = map_file(fd, 2, RW, MAP_PRIVATE, 0), *q = map(8, RW, ANON), c;

	CHECK_EQ(p[PAGE + 5], 'b');
	p[PAGE + 5] = 'X';
	CHECK_EQ(p[PAGE + 4], 'b');
	CHECK_EQ(pread(fd, &c, 1, PAGE + 5), 1);
	CHECK_EQ(c, 'b');
	for (i = 0; i < 8; i++)
		CHECK_EQ(q[i * PAGE], 0);
	q[3 * PAGE] = 'X';
	for (i = 0; i < 8; i++)
		CHECK_EQ(q[i * PAGE], i == 3 ? 'X' : 0);
}

static void the_kernel_copies_on_write_too(void)
{
	char *p = map(4, RW, ANON);
	int fd[2];

	CHECK_OK(pipe(fd));
	memset(p, 'k', 4 * PAGE);
	CHECK_CHILD_OK({
		CHECK_EQ(write(fd[1], "QQ", 2), 2);
		CHECK_EQ(read(fd[0], p + PAGE - 1, 2), 2);
		CHECK_EQ(p[PAGE - 1], 'Q');
		CHECK_EQ(p[PAGE], 'Q');
	});
	check_filled(p, 'k', 4 * PAGE);
}

static void what_is_shared_is_not_copied(void)
{
	volatile int *p = (int *)map(2, RW, SHARED);
	int i;

	for (i = 0; i < 4; i++)
		CHECK_CHILD_OK(__sync_fetch_and_add(p, 1); CHECK_CHILD_OK(__sync_fetch_and_add(p, 1)));
	CHECK_EQ(*p, 8);
}

/* A tree of processes, each of which knows what its pages must be. */
static void grow_tree(char *p, int depth, unsigned int path)
{
	int i, j, status;
	pid_t pid[2];

	for (i = 0; i < 16; i++)
		check_filled(p + i * PAGE, (char)(path >> i % 4), PAGE);
	if (!depth)
		return;
	for (j = 0; j < 2; j++) {
		CHECK_OK(pid[j] = fork());
		if (pid[j] == 0) {
			for (i = 0; i < 16; i++)
				memset(p + i * PAGE, (char)((path * 2 + j) >> i % 4), PAGE);
			grow_tree(p, depth - 1, path * 2 + j);
			_exit(0);
		}
	}
	for (j = 0; j < 2; j++) {
		CHECK_EQ(waitpid(pid[j], &status, 0), pid[j]);
		CHECK_EQ(status, 0);
	}
	for (i = 0; i < 16; i++)
		check_filled(p + i * PAGE, (char)(path >> i % 4), PAGE);
}

static void a_tree_of_children(void)
{
	char *p = map(16, RW, ANON);
	int i;

	for (i = 0; i < 16; i++)
		memset(p + i * PAGE, 1 >> i % 4, PAGE);
	grow_tree(p, 5, 1);
}

/* ---- a debugger's write: into what may not be written, and then into a copy --------------------------- */

static int self_mem;

static void forced_writes(void)
{
	char *p, *s, c;
	int fd;

	close(file_of("f", 2));
	CHECK_OK(fd = open("f", O_RDONLY));
	CHECK_OK(self_mem = open("/proc/self/mem", O_RDWR));
	p = map_file(fd, 2, PROT_READ, MAP_PRIVATE, 0);
	if (pwrite(self_mem, "XY", 2, (off_t)(uintptr_t)(p + PAGE - 1)) == -1)
		SKIP("/proc/self/mem forces nothing here (Linux 6.12 can forbid it)");
	CHECK_EQ(p[PAGE - 1], 'X');
	CHECK_EQ(p[PAGE], 'Y');
	CHECK_EQ(pread(fd, &c, 1, PAGE), 1);
	CHECK_EQ(c, 'b');
	CHECK_ACCERR(p, 1);				/* we still may not */
	s = map_file(fd, 2, PROT_READ, MAP_SHARED, 0);
	CHECK_ERR(pwrite(self_mem, "Z", 1, (off_t)(uintptr_t)s), EIO);	/* what is shared is not copied */
	CHECK_OK(mprotect(p, PAGE, PROT_NONE));
	CHECK_EQ(pread(self_mem, &c, 1, (off_t)(uintptr_t)(p + PAGE - 1)), 1);
	CHECK_EQ(c, 'X');
}

static void force(void *arg, int round)
{
	CHECK_EQ(pwrite(self_mem, "evil", 4, (off_t)(uintptr_t)arg), 4);
}

static void drop(void *arg, int round)
{
	CHECK_OK(madvise(arg, PAGE, MADV_DONTNEED));
}

/* The copy is thrown away between being made and being written: the file must not be hit instead. */
static void forced_writes_race_with_dropping(void)
{
	char buf[PAGE], *p;
	int fd;

	close(file_of("f", 1));
	CHECK_OK(fd = open("f", O_RDONLY));
	CHECK_OK(self_mem = open("/proc/self/mem", O_RDWR));
	p = map_file(fd, 1, PROT_READ, MAP_PRIVATE, 0);
	if (pwrite(self_mem, "X", 1, (off_t)(uintptr_t)p) == -1)
		SKIP("/proc/self/mem forces nothing here (Linux 6.12 can forbid it)");
	race(force, drop, p, 500);
	CHECK_EQ(pread(fd, buf, PAGE, 0), PAGE);
	check_filled(buf, 'a', PAGE);
}

/* ---- one thread counts, one forks: no count is lost, and each child has a moment ---------------------- */

static volatile int stop;

static void *count(void *arg)
{
	volatile unsigned int *p = arg;
	unsigned int i;

	for (i = 1; !stop; i++) {
		p[0] = i;
		p[PAGE / 4 * 3] = i;			/* three pages on */
		if (p[0] != i || p[PAGE / 4 * 3] != i)
			FAIL("%u and %u, not %u", p[0], p[PAGE / 4 * 3], i);
	}
	return (void *)(uintptr_t)(i - 1);
}

static void one_writes_one_forks(void)
{
	volatile unsigned int *p = (unsigned int *)map(8, RW, ANON);
	pthread_t t;
	void *last;
	int i;

	CHECK_EQ(pthread_create(&t, NULL, count, (void *)p), 0);
	for (i = 0; i < 60; i++)
		CHECK_CHILD_OK({
			unsigned int a = p[0], b = p[PAGE / 4 * 3];

			/* two pages, taken at the same time or nearly */
			CHECK(a == b || a == b + 1);
			p[0] = p[PAGE / 4 * 3] = 0;
			CHECK_EQ(p[0], 0);
		});
	stop = 1;
	CHECK_EQ(pthread_join(t, &last), 0);
	CHECK_EQ(p[0], (unsigned int)(uintptr_t)last);
	CHECK_EQ(p[PAGE / 4 * 3], (unsigned int)(uintptr_t)last);
}

static void add(void *arg, int round)
{
	__sync_fetch_and_add((int *)((char *)arg + round % 16 * PAGE), 1);
}

/* Both write to pages that a sleeping child shares: both find the same new page. */
static void both_copy_the_same_page(void)
{
	char *p = map(16, RW, ANON), c;
	int fd[2], i, round, status;
	pid_t pid;

	for (round = 0; round < 20; round++) {
		memset(p, 0, 16 * PAGE);
		CHECK_OK(pipe(fd));
		CHECK_OK(pid = fork());
		if (pid == 0) {
			close(fd[1]);
			CHECK_EQ(read(fd[0], &c, 1), 0);	/* until the parent is done */
			check_filled(p, 0, 16 * PAGE);
			_exit(0);
		}
		race(add, add, p, 160);
		close(fd[0]);
		close(fd[1]);
		CHECK_EQ(waitpid(pid, &status, 0), pid);
		CHECK_EQ(status, 0);
		for (i = 0; i < 16; i++)
			CHECK_EQ(*(int *)(p + i * PAGE), 20);
	}
}

TEST_MAIN(
	TEST(a_child_has_its_own), TEST(a_parent_has_its_own), TEST(the_last_owner_writes_in_place), TEST(private_files),
	TEST(read_then_write), TEST(the_kernel_copies_on_write_too), TEST(what_is_shared_is_not_copied),
	TEST(a_tree_of_children), TEST(forced_writes), TEST(forced_writes_race_with_dropping),
	TEST(one_writes_one_forks), TEST(both_copy_the_same_page),
)
