/*
 * madvise: what each advice does to pages, areas and children; holes; errnos.
 */
#include "vm.h"

#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ	22
#define MADV_POPULATE_WRITE	23
#endif

static const int all[] = {
	MADV_NORMAL, MADV_RANDOM, MADV_SEQUENTIAL, MADV_WILLNEED, MADV_DONTNEED, MADV_DONTFORK, MADV_DOFORK, MADV_WIPEONFORK,
	MADV_KEEPONFORK, MADV_POPULATE_READ, MADV_POPULATE_WRITE,
};

static void errors(void)
{
	char *p = map(4, RW, ANON);
	unsigned int i;

	CHECK_ERR(madvise(p, PAGE, 12345), EINVAL);
	CHECK_ERR(madvise(p, PAGE, -1), EINVAL);
	CHECK_ERR(madvise(p, PAGE, 7), EINVAL);
	for (i = 0; i < COUNT(all); i++) {
		CHECK_ERR(madvise(p + 1, PAGE, all[i]), EINVAL);
		CHECK_ERR(madvise(p, (size_t)-1, all[i]), EINVAL);
		CHECK_ERR(madvise(p, (size_t)-PAGE, all[i]), EINVAL);
		CHECK_ERR(madvise(KERNEL, 0x20000, all[i]), EINVAL);	/* wraps */
		CHECK_OK(madvise(p, 0, all[i]));
		CHECK_OK(madvise(NULL, 0, all[i]));
		CHECK_ERR(madvise(NULL, PAGE, all[i]), ENOMEM);
		CHECK_ERR(madvise(KERNEL, PAGE, all[i]), ENOMEM);
	}
}

/* The rest is done, and the hole told. */
static void holes(void)
{
	char *p = map(5, RW, ANON);

	memset(p, 'h', 5 * PAGE);
	CHECK_OK(munmap(p + 2 * PAGE, PAGE));
	CHECK_ERR(madvise(p, 5 * PAGE, MADV_DONTNEED), ENOMEM);
	check_filled(p, 0, 2 * PAGE);
	check_filled(p + 3 * PAGE, 0, 2 * PAGE);
	p[4 * PAGE] = 'h';
	CHECK_ERR(madvise(p + 2 * PAGE, 3 * PAGE, MADV_DONTNEED), ENOMEM);
	CHECK_EQ(p[4 * PAGE], 0);
	CHECK_ERR(madvise(p, 5 * PAGE, MADV_RANDOM), ENOMEM);
	CHECK_ERR(madvise(p + 2 * PAGE, PAGE, MADV_NORMAL), ENOMEM);
}

static void dontneed_throws_private_pages_away(void)
{
	char *p = map(8, RW, ANON), *q;
	int fd = file_of("f", 4);

	memset(p, 'x', 8 * PAGE);
	CHECK_OK(madvise(p + 2 * PAGE, 3 * PAGE, MADV_DONTNEED));
	CHECK_EQ(resident(p, 8), 5);
	check_filled(p, 'x', 2 * PAGE);
	check_filled(p + 2 * PAGE, 0, 3 * PAGE);
	check_filled(p + 5 * PAGE, 'x', 3 * PAGE);
	CHECK_OK(madvise(p + PAGE, 1, MADV_DONTNEED));		/* the whole page */
	check_filled(p + PAGE, 0, PAGE);

	q = map_file(fd, 4, RW, MAP_PRIVATE, 0);
	memset(q, 'y', 2 * PAGE);
	CHECK_OK(madvise(q, 4 * PAGE, MADV_DONTNEED));
	check_filled(q, 'a', PAGE);				/* the file's own again */
	check_filled(q + PAGE, 'b', PAGE);
}

/* What is shared stays with the file. */
static void dontneed_keeps_what_is_shared(void)
{
	char *p = map(2, RW, SHARED), *q, c;
	int fd = file_of("f", 2);

	memset(p, 's', 2 * PAGE);
	CHECK_OK(madvise(p, 2 * PAGE, MADV_DONTNEED));
	check_filled(p, 's', 2 * PAGE);
	q = map_file(fd, 2, RW, MAP_SHARED, 0);
	q[5] = 'X';
	CHECK_OK(madvise(q, 2 * PAGE, MADV_DONTNEED));
	CHECK_EQ(q[5], 'X');
	CHECK_EQ(pread(fd, &c, 1, 5), 1);
	CHECK_EQ(c, 'X');
}

static void dontneed_in_a_child_is_the_childs(void)
{
	char *p = map(4, RW, ANON);

	memset(p, 'p', 4 * PAGE);
	CHECK_CHILD_OK({
		CHECK_OK(madvise(p, 2 * PAGE, MADV_DONTNEED));
		check_filled(p, 0, 2 * PAGE);
		check_filled(p + 2 * PAGE, 'p', 2 * PAGE);
	});
	check_filled(p, 'p', 4 * PAGE);
}

/* Advice about reading ahead is a property of the area. */
static void remembered_advice_parts_areas(void)
{
	char *p;
	int fd = file_of("f", 8), i;

	p = map_file(fd, 8, PROT_READ, MAP_SHARED, 0);
	i = areas(p, 8);
	CHECK_OK(madvise(p + 2 * PAGE, 2 * PAGE, MADV_RANDOM));
	CHECK_EQ(areas(p, 8), i + 2);
	CHECK_OK(madvise(p + 4 * PAGE, PAGE, MADV_SEQUENTIAL));
	CHECK_EQ(areas(p, 8), i + 3);
	CHECK_OK(madvise(p, 8 * PAGE, MADV_SEQUENTIAL));
	CHECK_EQ(areas(p, 8), i);
	CHECK_OK(madvise(p, 8 * PAGE, MADV_NORMAL));
	for (i = 0; i < 8; i++)
		CHECK_EQ(p[i * PAGE], 'a' + i);
}

static void willneed(void)
{
	int fd = file_of("f", 8);
	char *p = map_file(fd, 8, PROT_READ, MAP_SHARED, 0);

	CHECK_OK(madvise(p, 8 * PAGE, MADV_WILLNEED));
	CHECK_EQ(p[7 * PAGE], 'h');
	p = map_file(fd, 1, PROT_READ, MAP_SHARED, 100);
	CHECK_OK(madvise(p, PAGE, MADV_WILLNEED));		/* behind the end */
	CHECK_BUS(p);
	CHECK_OK(madvise(map(2, RW, ANON), 2 * PAGE, MADV_WILLNEED));
}

/* It is read without being touched, some time soon. */
static void willneed_reads_ahead(void)
{
	char *p;
	int fd;

	if (!on_pagoda())
		SKIP("a host's caches are not dropped");
	CHECK_OK(chdir("/root"));
	fd = file_of("willneed.test", 32);
	CHECK_OK(unlink("willneed.test"));
	drop_caches();
	p = map_file(fd, 32, PROT_READ, MAP_SHARED, 0);
	CHECK_EQ(resident(p, 32), 0);
	CHECK_OK(madvise(p + 8 * PAGE, 16 * PAGE, MADV_WILLNEED));
	while (resident(p + 8 * PAGE, 16) < 16)		/* the harness limits the time */
		usleep(1000);
	CHECK_EQ(resident(p, 8), 0);
	CHECK_EQ(resident(p + 24 * PAGE, 8), 0);
}

static void dontfork_hides_it_from_children(void)
{
	char *p = map(3, RW, ANON);

	memset(p, 'f', 3 * PAGE);
	CHECK_OK(madvise(p + PAGE, PAGE, MADV_DONTFORK));
	CHECK_CHILD_OK({
		check_filled(p, 'f', PAGE);
		CHECK_MAPERR(p + PAGE);
		check_filled(p + 2 * PAGE, 'f', PAGE);
		CHECK(mmap(p + PAGE, PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0) == p + PAGE);
	});
	CHECK_OK(madvise(p + PAGE, PAGE, MADV_DOFORK));
	CHECK_CHILD_OK(check_filled(p, 'f', 3 * PAGE));
}

static void wipeonfork_gives_children_zeroes(void)
{
	char *p = map(3, RW, ANON);

	CHECK_ERR(madvise(map(1, RW, SHARED), PAGE, MADV_WIPEONFORK), EINVAL);
	CHECK_ERR(madvise(map_file(file_of("f", 1), 1, RW, MAP_PRIVATE, 0), PAGE, MADV_WIPEONFORK), EINVAL);
	memset(p, 'w', 3 * PAGE);
	CHECK_OK(madvise(p + PAGE, PAGE, MADV_WIPEONFORK));
	CHECK_CHILD_OK({
		check_filled(p, 'w', PAGE);
		check_filled(p + PAGE, 0, PAGE);
		check_filled(p + 2 * PAGE, 'w', PAGE);
		p[PAGE] = 1;
		CHECK_CHILD_OK(check_filled(p + PAGE, 0, PAGE));	/* and so on */
	});
	check_filled(p, 'w', 3 * PAGE);
	CHECK_OK(madvise(p + PAGE, PAGE, MADV_KEEPONFORK));
	CHECK_CHILD_OK(check_filled(p, 'w', 3 * PAGE));
}

static void populate_fetches(void)
{
	char *p = map(8, RW, ANON), *q;
	int fd = file_of("f", 4), i;
	long faults;

	if (madvise(p, 0, MADV_POPULATE_READ))
		SKIP("no MADV_POPULATE_READ here (Linux 5.14)");
	CHECK_OK(madvise(p, 4 * PAGE, MADV_POPULATE_READ));
	CHECK_OK(madvise(p + 2 * PAGE, 4 * PAGE, MADV_POPULATE_WRITE));
	CHECK_EQ(resident(p, 8), 6);
	minor_faults();					/* the first call faults on its own */
	faults = minor_faults();
	for (i = 2; i < 6; i++)
		((volatile char *)p)[i * PAGE] = 1;
	CHECK(minor_faults() - faults <= 1);
	memset(p + 2 * PAGE, 'p', 4 * PAGE);
	check_filled(p, 0, 2 * PAGE);
	CHECK_OK(madvise(p + 2 * PAGE, 4 * PAGE, MADV_POPULATE_WRITE));
	check_filled(p + 2 * PAGE, 'p', 4 * PAGE);
	q = map_file(fd, 4, RW, MAP_PRIVATE, 0);
	CHECK_OK(madvise(q, 4 * PAGE, MADV_POPULATE_WRITE));
	check_filled(q + PAGE, 'b', PAGE);
	q = map_file(fd, 4, RW, MAP_SHARED, 0);
	CHECK_OK(madvise(q, 4 * PAGE, MADV_POPULATE_WRITE));
	check_filled(q + PAGE, 'b', PAGE);
}

static void populate_says_what_hindered_it(void)
{
	char *p = map(4, PROT_READ, ANON), *q;
	int fd = file_of("f", 2);

	if (madvise(p, 0, MADV_POPULATE_READ))
		SKIP("no MADV_POPULATE_READ here (Linux 5.14)");
	CHECK_ERR(madvise(p, PAGE, MADV_POPULATE_WRITE), EINVAL);
	CHECK_OK(madvise(p, PAGE, MADV_POPULATE_READ));
	CHECK_ERR(madvise(map(1, PROT_NONE, ANON), PAGE, MADV_POPULATE_READ), EINVAL);
	CHECK_ERR(madvise(map(1, PROT_WRITE, ANON), PAGE, MADV_POPULATE_READ), EINVAL);
	CHECK_ERR(madvise(map(1, PROT_EXEC, ANON), PAGE, MADV_POPULATE_READ), EINVAL);
	CHECK_OK(madvise(map(1, PROT_WRITE, ANON), PAGE, MADV_POPULATE_WRITE));
	q = map_file(fd, 4, RW, MAP_SHARED, 0);
	CHECK_ERR(madvise(q, 4 * PAGE, MADV_POPULATE_READ), EFAULT);	/* it would be SIGBUS */
	CHECK_OK(madvise(q, 2 * PAGE, MADV_POPULATE_READ));
	CHECK_OK(munmap(p + PAGE, PAGE));
	CHECK_ERR(madvise(p, 3 * PAGE, MADV_POPULATE_READ), ENOMEM);
}

static void remove_punches_a_hole(void)
{
	char *p = map(8, RW, SHARED), *q;

	memset(p, 'r', 8 * PAGE);
	q = mremap(p, 0, 8 * PAGE, MREMAP_MAYMOVE);	/* the same once more */
	CHECK(q != MAP_FAILED);
	CHECK_OK(madvise(p + 2 * PAGE, 3 * PAGE, MADV_REMOVE));
	check_filled(q, 'r', 2 * PAGE);
	check_filled(q + 2 * PAGE, 0, 3 * PAGE);
	check_filled(p + 2 * PAGE, 0, 3 * PAGE);
	check_filled(q + 5 * PAGE, 'r', 3 * PAGE);
	p[3 * PAGE] = '!';
	CHECK_EQ(q[3 * PAGE], '!');
	CHECK_ERR(madvise(map(1, RW, ANON), PAGE, MADV_REMOVE), EINVAL);
	CHECK_ERR(madvise(map_file(file_of("f", 2), 2, RW, MAP_PRIVATE, 0), PAGE, MADV_REMOVE), EACCES);
	CHECK_OK(mlock(p, PAGE));
	CHECK_ERR(madvise(p, PAGE, MADV_REMOVE), EINVAL);
	CHECK_EQ(p[0], 'r');
}

/* A filesystem that cannot have holes made says so. */
static void remove_is_not_for_all_files(void)
{
	char *p;

	if (!on_pagoda())
		SKIP("a host's files may have holes made");
	CHECK_OK(chdir("/root"));
	p = map_file(file_of("remove.test", 2), 2, RW, MAP_SHARED, 0);
	CHECK_OK(unlink("remove.test"));
	CHECK_ERR(madvise(p, PAGE, MADV_REMOVE), EOPNOTSUPP);
	CHECK_EQ(p[0], 'a');
}

/* Children of children are wiped, too; a program begins without any of it. */
static void forgotten_by_exec(void)
{
	char *p = map(1, RW, ANON);

	CHECK_OK(madvise(p, PAGE, MADV_WIPEONFORK));
	CHECK_OK(madvise(p, PAGE, MADV_DONTFORK));
	CHECK_EQ(IN_CHILD(execl("/bin/sh", "sh", "-c", "while read -r a b; do case \"$a $b \" in VmFlags:*\" wf \"*|VmFlags:*\" dc \"*) exit 6;; esac; "
				"done </proc/self/smaps; exit 5", (char *)NULL)), 5 << 8);
}

static void drop(void *arg, int round)
{
	CHECK_OK(madvise((char *)arg + round % 4 * PAGE, (1 + round % 5) * PAGE, MADV_DONTNEED));
}

/* A page is as it was written, or fresh: nothing in between. */
static void write_pages(void *arg, int round)
{
	volatile unsigned long *word = (volatile unsigned long *)((char *)arg + round % 10 * PAGE);
	unsigned long a, b;

	word[0] = 0x1234;
	word[1] = 0x5678;
	a = word[0];
	b = word[1];
	CHECK(a == 0 || a == 0x1234);
	CHECK(b == 0 || b == 0x5678);
	CHECK_EQ(word[100], 0);
}

static void one_drops_what_the_other_writes(void)
{
	char *p = map(10, RW, ANON);

	race(drop, write_pages, p, 500);
	CHECK_OK(madvise(p, 10 * PAGE, MADV_DONTNEED));
	check_filled(p, 0, 10 * PAGE);
	CHECK_EQ(areas(p, 10), 1);
}

#define MANY	100		/* pages whose entries are cleared before one flush for all */

static void drop_many(void *arg, int round)
{
	memset(arg, 'd', MANY * PAGE);
	in_step(0, 3 * round + 1);
	in_step(0, 3 * round + 2);
	CHECK_OK(madvise(arg, MANY * PAGE, MADV_DONTNEED));
	in_step(0, 3 * round + 3);
}

static void drop_the_first(void *arg, int round)
{
	volatile char *p = arg;

	in_step(1, 3 * round + 1);
	CHECK_EQ(p[0], 'd');
	in_step(1, 3 * round + 2);
	dawdle(round * 67 % 500);
	CHECK_OK(madvise(arg, PAGE, MADV_DONTNEED));
	CHECK_EQ(p[0], 0);
	in_step(1, 3 * round + 3);
}

/* Who has dropped a page finds it empty, also when another was about to drop it with many more. */
static void two_drop_the_same_page(void)
{
	char *p = before_a_table(MANY);

	CHECK_OK(mprotect(p, MANY * PAGE, RW));
	race(drop_many, drop_the_first, p, 50);
}

TEST_MAIN(
	TEST(errors), TEST(holes), TEST(dontneed_throws_private_pages_away), TEST(dontneed_keeps_what_is_shared),
	TEST(dontneed_in_a_child_is_the_childs), TEST(remembered_advice_parts_areas), TEST(willneed), TEST(willneed_reads_ahead),
	TEST(dontfork_hides_it_from_children), TEST(wipeonfork_gives_children_zeroes), TEST(populate_fetches),
	TEST(populate_says_what_hindered_it), TEST(remove_punches_a_hole), TEST(remove_is_not_for_all_files), TEST(forgotten_by_exec), TEST(one_drops_what_the_other_writes),
	TEST(two_drop_the_same_page),
)
