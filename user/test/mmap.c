/*
 * mmap, munmap, remap_file_pages: every errno of the manual page, addresses and lengths of
 * every kind, flags, limits, and where mappings go.
 */
#include "vm.h"
#include <sys/mount.h>

static void lengths(void)
{
	CHECK_ERR(mmap(NULL, 0, RW, ANON, -1, 0), EINVAL);
	CHECK_ERR(mmap(NULL, (size_t)-1, RW, ANON, -1, 0), ENOMEM);
	CHECK_ERR(mmap(NULL, (size_t)-PAGE, RW, ANON, -1, 0), ENOMEM);
	CHECK_ERR(mmap(NULL, HUGE, RW, ANON | MAP_NORESERVE, -1, 0), ENOMEM);
	CHECK_ERR(munmap(map(1, RW, ANON), 0), EINVAL);
	CHECK_ERR(munmap(map(1, RW, ANON), (size_t)-1), EINVAL);
	CHECK_ERR(munmap(map(1, RW, ANON), HUGE), EINVAL);
}

/* A length that is no multiple of the page size means the whole last page. */
static void odd_lengths(void)
{
	char *p = map(4, RW, ANON);

	CHECK_OK(munmap(p + PAGE, 1));
	CHECK_MAPERR(p + 2 * PAGE - 1);
	CHECK_FINE(p + 2 * PAGE, 1);
	CHECK(mmap(p + PAGE, 1, RW, ANON | MAP_FIXED, -1, 0) == p + PAGE);
	CHECK_FINE(p + 2 * PAGE - 1, 1);
	CHECK_OK(munmap(p, PAGE + 1));
	CHECK_MAPERR(p + 2 * PAGE - 1);
}

static void kinds(void)
{
	int fd = file_of("f", 1);

	CHECK_ERR(mmap(NULL, PAGE, RW, MAP_ANONYMOUS, -1, 0), EINVAL);
	CHECK_ERR(mmap(NULL, PAGE, RW, 4 | MAP_ANONYMOUS, -1, 0), EINVAL);
	CHECK_ERR(mmap(NULL, PAGE, RW, 0, fd, 0), EINVAL);
	CHECK_ERR(mmap(NULL, PAGE, RW, MAP_SHARED_VALIDATE | MAP_ANONYMOUS, -1, 0), EINVAL);
	CHECK(mmap(NULL, PAGE, RW, MAP_SHARED_VALIDATE, fd, 0) != MAP_FAILED);
	CHECK_ERR(mmap(NULL, PAGE, RW, MAP_SHARED_VALIDATE | 0x200000, fd, 0), EOPNOTSUPP);
	CHECK_ERR(mmap(NULL, PAGE, RW, MAP_SHARED_VALIDATE | MAP_SYNC, fd, 0), EOPNOTSUPP);
	CHECK(mmap(NULL, PAGE, RW, MAP_SHARED | 0x200000, fd, 0) != MAP_FAILED);	/* not looked at */
	CHECK(mmap(NULL, PAGE, RW, MAP_SHARED | MAP_DENYWRITE | MAP_EXECUTABLE, fd, 0) != MAP_FAILED);
	CHECK(mmap(NULL, PAGE, RW, ANON | MAP_STACK | MAP_NORESERVE, -1, 0) != MAP_FAILED);
	CHECK(mmap(NULL, PAGE, RW, ANON, fd, 0) != MAP_FAILED);		/* the file is ignored */
	CHECK(mmap(NULL, PAGE, 0x40, ANON, -1, 0) != MAP_FAILED);	/* so are unknown rights */
	CHECK_ERR(mmap(NULL, PAGE, RW, MAP_PRIVATE | MAP_HUGETLB, fd, 0), EINVAL);	/* no file of huge pages */
}

static void descriptors(void)
{
	int fd = file_of("f", 1), p[2];

	CHECK_ERR(mmap(NULL, PAGE, RW, MAP_PRIVATE, -1, 0), EBADF);
	CHECK_ERR(mmap(NULL, PAGE, RW, MAP_SHARED, 999, 0), EBADF);
	CHECK_ERR(mmap(NULL, PAGE, RW, MAP_PRIVATE, fd, 5), EINVAL);
	CHECK_OK(fd = open("f", O_WRONLY));
	CHECK_ERR(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0), EACCES);
	CHECK_ERR(mmap(NULL, PAGE, PROT_WRITE, MAP_SHARED, fd, 0), EACCES);
	CHECK_OK(fd = open("f", O_RDONLY));
	CHECK_ERR(mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0), EACCES);
	CHECK(mmap(NULL, PAGE, RW, MAP_PRIVATE, fd, 0) != MAP_FAILED);
	CHECK(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0) != MAP_FAILED);
	CHECK_OK(pipe(p));
	CHECK_ERR(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, p[0], 0), ENODEV);
	CHECK_OK(fd = open(".", O_RDONLY));
	CHECK_ERR(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0), ENODEV);
}

static void offsets(void)
{
	int fd = file_of("f", 2);
	char *p;

	CHECK_ERR(mmap(NULL, 2 * PAGE, PROT_READ, MAP_SHARED, fd, (off_t)((1ULL << 63) - PAGE)), EOVERFLOW);
	CHECK_ERR(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, (off_t)-PAGE), EOVERFLOW);
	CHECK_ERR(mmap(NULL, 2 * PAGE, PROT_READ, MAP_SHARED, fd, (off_t)-PAGE), EOVERFLOW);
	p = map_file(fd, 1, PROT_READ, MAP_SHARED, 1);
	CHECK_EQ(p[0], 'b');
	p = map_file(fd, 1, PROT_READ, MAP_SHARED, 1000);	/* behind the end: mapped, but nothing is there */
	CHECK_BUS(p);
}

static void fixed(void)
{
	char *p = map(4, RW, ANON);

	memset(p, 'z', 4 * PAGE);
	CHECK_ERR(mmap(p + 1, PAGE, RW, ANON | MAP_FIXED, -1, 0), EINVAL);
	CHECK_ERR(mmap(KERNEL, PAGE, RW, ANON | MAP_FIXED, -1, 0), ENOMEM);
	CHECK_ERR(mmap(KERNEL, 0x20000, RW, ANON | MAP_FIXED, -1, 0), ENOMEM);
	CHECK_ERR(mmap((void *)(uintptr_t)-PAGE, PAGE, RW, ANON | MAP_FIXED, -1, 0), ENOMEM);
	CHECK_ERR(mmap(p, (uintptr_t)-PAGE - (uintptr_t)p, RW, ANON | MAP_FIXED, -1, 0), ENOMEM);
	CHECK_EQ(p[0], 'z');		/* failing took nothing away */
	CHECK(mmap(p + PAGE, 2 * PAGE, PROT_READ, ANON | MAP_FIXED, -1, 0) == p + PAGE);
	CHECK_EQ(p[PAGE - 1], 'z');
	CHECK_EQ(p[PAGE], 0);
	CHECK_EQ(p[3 * PAGE - 1], 0);
	CHECK_EQ(p[3 * PAGE], 'z');
	CHECK_ACCERR(p + PAGE, 1);
}

static void fixed_noreplace(void)
{
	char *p = map(4, RW, ANON);

	p[PAGE] = 7;
	CHECK_ERR(mmap(p + PAGE, PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0), EEXIST);
	CHECK_ERR(mmap(p - PAGE, 2 * PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0), EEXIST);
	CHECK_ERR(mmap(p + 1, PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0), EINVAL);
	CHECK_EQ(p[PAGE], 7);
	CHECK_OK(munmap(p + PAGE, 2 * PAGE));
	CHECK_ERR(mmap(p + PAGE, 3 * PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0), EEXIST);
	CHECK(mmap(p + PAGE, 2 * PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0) == p + PAGE);
	CHECK_EQ(p[PAGE], 0);
}

static void hints(void)
{
	char *p = map(8, RW, ANON), *q;

	CHECK_OK(munmap(p + 2 * PAGE, 4 * PAGE));
	CHECK(mmap(p + 3 * PAGE, PAGE, RW, ANON, -1, 0) == p + 3 * PAGE);
	q = mmap(p + 5 * PAGE - 5, PAGE, RW, ANON, -1, 0);
	CHECK(q == p + 4 * PAGE || q == p + 5 * PAGE);		/* a page nearby */
	CHECK_OK(munmap(q, PAGE));
	q = mmap(p, PAGE, RW, ANON, -1, 0);
	CHECK(q != MAP_FAILED && q != p);
	q = mmap(p + 5 * PAGE, 2 * PAGE, RW, ANON, -1, 0);	/* fits in part only */
	CHECK(q != MAP_FAILED && q != p + 5 * PAGE);
	CHECK(mmap(KERNEL, PAGE, RW, ANON, -1, 0) != MAP_FAILED);
}

static void page_zero_is_roots(void)
{
	become_nobody();
	CHECK_ERR(mmap(NULL, PAGE, RW, ANON | MAP_FIXED, -1, 0), EPERM);
	CHECK(mmap((void *)1, PAGE, RW, ANON, -1, 0) != MAP_FAILED);	/* a hint is bent */
}

static void unmap_addresses(void)
{
	char *p = map(6, RW, ANON);

	CHECK_ERR(munmap(p + 1, PAGE), EINVAL);
	CHECK_ERR(munmap(KERNEL, PAGE), EINVAL);
	CHECK_ERR(munmap((void *)(uintptr_t)-PAGE, PAGE), EINVAL);
	CHECK_ERR(munmap((void *)(uintptr_t)-PAGE, 2 * PAGE), EINVAL);
	CHECK_OK(munmap(NULL, PAGE));			/* nothing is there: fine */
	CHECK_OK(munmap(p + PAGE, PAGE));
	CHECK_OK(munmap(p + 3 * PAGE, PAGE));
	CHECK_OK(munmap(p, 6 * PAGE));			/* across holes */
	CHECK_OK(munmap(p, 6 * PAGE));
	CHECK_MAPERR(p + 5 * PAGE);
}

/* Three mappings side by side are one area; rights part it; the same rights join it again. */
static void areas_merge_and_part(void)
{
	char *p = map_alone(3, RW, ANON);

	CHECK_OK(munmap(p, 3 * PAGE));
	CHECK(mmap(p, PAGE, RW, ANON | MAP_FIXED, -1, 0) == p);
	CHECK(mmap(p + 2 * PAGE, PAGE, RW, ANON | MAP_FIXED, -1, 0) == p + 2 * PAGE);
	CHECK_EQ(areas(p, 3), 2);
	CHECK(mmap(p + PAGE, PAGE, RW, ANON | MAP_FIXED, -1, 0) == p + PAGE);
	CHECK_EQ(areas(p, 3), 1);
	CHECK_OK(mprotect(p + PAGE, PAGE, PROT_READ));
	CHECK_EQ(areas(p, 3), 3);
	CHECK_OK(mprotect(p + PAGE, PAGE, RW));
	CHECK_EQ(areas(p, 3), 1);
	memset(p, 'x', 3 * PAGE);
	CHECK_OK(mprotect(p + PAGE, PAGE, PROT_NONE));
	CHECK_OK(mprotect(p + PAGE, PAGE, RW));
	CHECK_EQ(areas(p, 3), 1);
	check_filled(p, 'x', 3 * PAGE);
}

/* Each of the ways in which a range can belong to its neighbours. P: RW, N: read-only. */
static void every_case_of_merging(void)
{
	static const struct { int start, end, prot, areas; } step[] = {
		{ 2, 4, PROT_READ, 3 }, { 2, 4, PROT_NONE, 3 }, { 0, 2, PROT_NONE, 2 }, { 4, 5, PROT_NONE, 2 },
		{ 3, 5, RW, 2 }, { 0, 3, RW, 1 }, { 2, 4, PROT_READ, 3 }, { 2, 4, RW, 1 }, { 5, 6, PROT_READ, 2 },
		{ 0, 1, PROT_READ, 3 }, { 0, 6, PROT_READ, 1 }, { 1, 5, RW, 3 }, { 0, 6, RW, 1 },
	};
	char *p = map_alone(6, RW, ANON), *q, buf[6 * PAGE];
	int fd = file_of("f", 6), i, j;

	CHECK_OK(munmap(p, 6 * PAGE));
	for (j = 0; j < 2; j++) {		/* anonymous memory, and a file's */
		q = mmap(p, 6 * PAGE, RW, MAP_PRIVATE | MAP_FIXED | (j ? 0 : MAP_ANONYMOUS), j ? fd : -1, 0);
		CHECK(q == p);
		for (i = 0; i < 6 * PAGE; i++)
			p[i] = buf[i] = i / 7;
		for (i = 0; i < (int)COUNT(step); i++) {
			CHECK_OK(mprotect(p + step[i].start * PAGE, (step[i].end - step[i].start) * PAGE, step[i].prot));
			CHECK_EQ(areas(p, 6), step[i].areas);
		}
		CHECK(!memcmp(p, buf, 6 * PAGE));
		CHECK_OK(munmap(p, 6 * PAGE));
	}
}

/* Parts of a file join only where the file goes on. */
static void file_areas_merge_by_offset(void)
{
	char *p = map_alone(4, PROT_NONE, ANON);
	int fd = file_of("f", 4), i;

	CHECK_OK(munmap(p, 4 * PAGE));
	for (i = 0; i < 4; i++)
		CHECK(mmap(p + i * PAGE, PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, fd, i * PAGE) == p + i * PAGE);
	CHECK_EQ(areas(p, 4), 1);
	CHECK(mmap(p + PAGE, PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 2 * PAGE) == p + PAGE);
	CHECK_EQ(areas(p, 4), 3);
	CHECK_EQ(p[PAGE], 'c');
	CHECK_EQ(p[2 * PAGE], 'c');
	CHECK_EQ(p[3 * PAGE], 'd');
}

static void a_hole_leaves_two_with_right_offsets(void)
{
	int fd = file_of("f", 8);
	char *p = map_file(fd, 8, PROT_READ, MAP_SHARED, 0);

	CHECK_OK(munmap(p + 3 * PAGE, 2 * PAGE));
	CHECK(!strcmp(area_at(p), "r--s 00000000"));
	CHECK(!strcmp(area_at(p + 5 * PAGE), "r--s 00005000"));
	CHECK(!strcmp(area_at(p + 4 * PAGE), "none"));
	CHECK_EQ(p[2 * PAGE], 'c');
	CHECK_EQ(p[5 * PAGE], 'f');
}

static void populate(void)
{
	unsigned char vec[8];
	char *p;
	int i;

	p = map(8, RW, ANON | MAP_POPULATE);
	CHECK_OK(mincore(p, 8 * PAGE, vec));
	for (i = 0; i < 8; i++)
		CHECK_EQ(vec[i] & 1, 1);
	p = map(8, RW, ANON | MAP_POPULATE | MAP_NONBLOCK);	/* today: nothing is fetched */
	CHECK_OK(mincore(p, 8 * PAGE, vec));
	for (i = 0; i < 8; i++)
		CHECK_EQ(vec[i] & 1, 0);
	map(8, PROT_NONE, ANON | MAP_POPULATE);			/* cannot be fetched, which is no error */
	p = map_file(file_of("f", 8), 8, RW, MAP_PRIVATE | MAP_POPULATE, 0);
	p[0] = 'X';
	CHECK_EQ(p[7 * PAGE], 'h');
}

static void locked(void)
{
	long before = STATUS("VmLck");
	unsigned char vec[8];
	char *p = map(8, RW, ANON | MAP_LOCKED);
	int i;

	CHECK_EQ(STATUS("VmLck"), before + 32);
	CHECK_OK(mincore(p, 8 * PAGE, vec));
	for (i = 0; i < 8; i++)
		CHECK_EQ(vec[i] & 1, 1);
	CHECK_OK(munmap(p + PAGE, 2 * PAGE));
	CHECK_EQ(STATUS("VmLck"), before + 24);
	CHECK_CHILD_OK(CHECK_EQ(STATUS("VmLck"), 0));		/* not inherited */
}

static void locked_limit(void)
{
	become_nobody();
	limit(RLIMIT_MEMLOCK, 8 * PAGE);
	CHECK_ERR(mmap(NULL, 9 * PAGE, RW, ANON | MAP_LOCKED, -1, 0), EAGAIN);
	map(8, RW, ANON | MAP_LOCKED);
	CHECK_ERR(mmap(NULL, PAGE, RW, ANON | MAP_LOCKED, -1, 0), EAGAIN);
	limit(RLIMIT_MEMLOCK, 0);
	CHECK_ERR(mmap(NULL, PAGE, RW, ANON | MAP_LOCKED, -1, 0), EPERM);
}

/* Exactly to the limit. */
static void address_space_limit(void)
{
	long size = STATUS("VmSize") * 1024L;
	char *p;

	limit(RLIMIT_AS, size + 16 * PAGE);
	CHECK_ERR(mmap(NULL, 17 * PAGE, PROT_NONE, ANON, -1, 0), ENOMEM);
	p = map(16, RW, ANON);
	CHECK_ERR(mmap(NULL, PAGE, PROT_READ, SHARED, -1, 0), ENOMEM);
	CHECK(mmap(p, 16 * PAGE, PROT_READ, ANON | MAP_FIXED, -1, 0) == p);	/* over itself: no more than before */
	CHECK_OK(munmap(p, PAGE));
	map(1, RW, SHARED);
}

static void data_limit(void)
{
	char *p = map(4, PROT_READ, ANON);

	limit(RLIMIT_DATA, PAGE);
	CHECK_ERR(mmap(NULL, PAGE, RW, ANON, -1, 0), ENOMEM);
	CHECK_ERR(mprotect(p, PAGE, RW), ENOMEM);
	map(4, PROT_READ, ANON);	/* neither what cannot be written */
	map(4, RW, SHARED);		/* nor what is shared counts */
}

static void too_many_areas(void)
{
	long max = sysctl_get("/proc/sys/vm/max_map_count");
	char *p = map(140000, PROT_READ, ANON | MAP_NORESERVE);
	int i = 0;

	if (max < 1000 || max > 69000)
		SKIP("max_map_count is not the usual one");
	while (i < 139998 && mprotect(p + i * PAGE, PAGE, PROT_NONE) == 0)
		i += 2;
	CHECK_EQ(errno, ENOMEM);
	CHECK(i > max - 200 && i <= max + 2);
	CHECK_ERR(munmap(p + 139000L * PAGE, PAGE), ENOMEM);		/* would cut one into two */
	CHECK_ERR(mprotect(p + 139000L * PAGE, PAGE, RW), ENOMEM);
	CHECK_ERR(mremap(p + 139000L * PAGE, PAGE, 2 * PAGE, MREMAP_MAYMOVE), ENOMEM);
	CHECK_ERR(mlock(p + 139000L * PAGE, PAGE), ENOMEM);
	CHECK_ERR(mlock2(p + 139000L * PAGE, PAGE, MLOCK_ONFAULT), ENOMEM);
	CHECK_ERR(madvise(p + 139000L * PAGE, PAGE, MADV_DONTFORK), EAGAIN);
	CHECK_ERR(mmap(p + 139000L * PAGE, PAGE, RW, ANON | MAP_FIXED, -1, 0), ENOMEM);
	CHECK_OK(madvise(p + 139000L * PAGE, PAGE, MADV_DONTNEED));	/* what cuts nothing goes on */
	CHECK_OK(munmap(p + 2 * PAGE, PAGE));				/* a whole one */
	CHECK_OK(munmap(p, 140000L * PAGE));
	map(1, RW, ANON);
}

static void stacks_grow_down(void)
{
	char *p = map(1024, PROT_NONE, ANON), *q;
	int fd = file_of("f", 1);

	CHECK_ERR(mmap(NULL, PAGE, RW, SHARED | MAP_GROWSDOWN, -1, 0), EINVAL);
	CHECK_ERR(mmap(NULL, PAGE, RW, MAP_PRIVATE | MAP_GROWSDOWN, fd, 0), EINVAL);
	CHECK_OK(munmap(p, 1024 * PAGE));
	q = mmap(p + 1000 * PAGE, PAGE, RW, ANON | MAP_GROWSDOWN | MAP_FIXED, -1, 0);
	CHECK(q == p + 1000 * PAGE);
	CHECK_FINE(q - 1, 1);
	CHECK_FINE(q - 100 * PAGE, 1);
	CHECK_EQ(q[-50 * PAGE], 0);
	CHECK(mmap(p + 400 * PAGE, PAGE, RW, ANON | MAP_FIXED, -1, 0) == p + 400 * PAGE);
	CHECK_MAPERR(p + 401 * PAGE);			/* in the gap that a stack keeps */
	CHECK_MAPERR(p + 600 * PAGE);
	CHECK_FINE(p + 700 * PAGE, 1);
}

static void a_growing_area_meets_its_limit(void)
{
	char *p = map(1024, PROT_NONE, ANON), *q;

	CHECK_OK(munmap(p, 1024 * PAGE));
	limit(RLIMIT_STACK, 100 * PAGE);
	q = mmap(p + 1000 * PAGE, PAGE, RW, ANON | MAP_GROWSDOWN | MAP_FIXED, -1, 0);
	CHECK(q == p + 1000 * PAGE);
	CHECK_FINE(q - 98 * PAGE, 1);
	CHECK_FINE(q - 99 * PAGE, 1);
	CHECK_MAPERR(q - 100 * PAGE);
}

static void no_execution_where_the_mount_forbids_it(void)
{
	int fd;

	CHECK_OK(mkdir("m", 0777));
	if (mount("none", "m", "tmpfs", MS_NOEXEC, NULL))
		SKIP("cannot mount here");
	fd = file_of("m/f", 1);
	CHECK_ERR(mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0), EPERM);
	CHECK_ERR(mprotect(map_file(fd, 1, PROT_READ, MAP_PRIVATE, 0), PAGE, PROT_EXEC), EACCES);
	CHECK_OK(munmap(map_file(fd, 1, PROT_READ, MAP_SHARED, 0), PAGE));
	close(fd);
	CHECK(umount("m") == 0 || errno == EBUSY);	/* the failing mprotect's mapping holds it */
	CHECK_OK(umount2("m", MNT_DETACH));
}

/* A mapping keeps the file that its descriptor and name let go. */
static void outlives_descriptor_and_name(void)
{
	int fd = file_of("f", 2);
	char *p = map_file(fd, 2, RW, MAP_SHARED, 0);

	close(fd);
	CHECK_OK(unlink("f"));
	p[PAGE] = 'X';
	CHECK_EQ(p[0], 'a');
	CHECK_CHILD_OK(CHECK_EQ(p[PAGE], 'X'); p[0] = 'Y');
	CHECK_EQ(p[0], 'Y');
}

/* ---- remap_file_pages --------------------------------------------------------------- */

static void pages_in_another_order(void)
{
	int fd = file_of("f", 4), i;
	char *p = map_file(fd, 4, RW, MAP_SHARED, 0), c;

	for (i = 0; i < 4; i++)
		CHECK_OK(remap_file_pages(p + i * PAGE, PAGE, 0, 3 - i, 0));
	for (i = 0; i < 4; i++)
		CHECK_EQ(p[i * PAGE], 'a' + 3 - i);
	p[0] = 'X';
	CHECK_EQ(pread(fd, &c, 1, 3 * PAGE), 1);
	CHECK_EQ(c, 'X');
	CHECK_OK(remap_file_pages(p, 4 * PAGE, 0, 0, MAP_NONBLOCK));	/* across all four areas */
	CHECK_EQ(p[0], 'a');
	CHECK_EQ(p[3 * PAGE], 'X');
}

static void remap_file_pages_errors(void)
{
	int fd = file_of("f", 4);
	char *p = map_file(fd, 4, RW, MAP_SHARED, 0), *q;

	CHECK_ERR(remap_file_pages(p, PAGE, PROT_READ, 0, 0), EINVAL);
	CHECK_ERR(remap_file_pages(p, 0, 0, 0, 0), EINVAL);
	CHECK_ERR(remap_file_pages(p, PAGE - 1, 0, 0, 0), EINVAL);
	CHECK_ERR(remap_file_pages(p, (size_t)-PAGE, 0, 0, 0), EINVAL);
	CHECK_ERR(remap_file_pages(p, PAGE, 0, (size_t)-1, 0), EINVAL);
	CHECK_ERR(remap_file_pages(KERNEL, PAGE, 0, 0, 0), EINVAL);
	CHECK_ERR(remap_file_pages(map(1, RW, ANON), PAGE, 0, 0, 0), EINVAL);
	q = map_file(fd, 4, RW, MAP_PRIVATE, 0);
	CHECK_ERR(remap_file_pages(q, PAGE, 0, 1, 0), EINVAL);
	CHECK_OK(munmap(p + PAGE, PAGE));
	CHECK_ERR(remap_file_pages(p, 3 * PAGE, 0, 0, 0), EINVAL);
	CHECK_EQ(p[0], 'a');
}

/* ---- two threads ---------------------------------------------------------------------- */

static void map_it(void *arg, int round)
{
	CHECK(mmap((char *)arg + round % 3 * PAGE, (1 + round % 6) * PAGE, RW, ANON | MAP_FIXED, -1, 0) != MAP_FAILED);
}

static void unmap_it(void *arg, int round)
{
	CHECK_OK(munmap((char *)arg + round % 5 * PAGE, (1 + round % 4) * PAGE));
}

/* What the kernel copies may be there or not; the copy says so, and nothing else happens. */
static void use_it(void *arg, int round)
{
	int fd = open("f", O_RDWR);
	ssize_t n;

	CHECK_OK(fd);
	n = pread(fd, (char *)arg + round % 8 * PAGE, PAGE, 0);
	CHECK(n == PAGE || n > 0 || (n == -1 && errno == EFAULT));
	n = pwrite(fd, (char *)arg + round % 7 * PAGE, PAGE, 0);
	CHECK(n == PAGE || n > 0 || (n == -1 && errno == EFAULT));
	close(fd);
}

static void one_maps_one_unmaps(void)
{
	char *p = map(10, RW, ANON);

	race(map_it, unmap_it, p, 500);
	CHECK_OK(munmap(p, 10 * PAGE));
	CHECK_EQ(areas(p, 10), 0);
}

static void one_unmaps_what_the_other_uses(void)
{
	char *p = map(10, RW, ANON);
	int i;

	file_of("f", 1);
	for (i = 0; i < 5; i++) {	/* no hole remains where a new thread's stack might go */
		race(use_it, unmap_it, p, 100);
		CHECK(mmap(p, 10 * PAGE, RW, ANON | MAP_FIXED, -1, 0) == p);
		race(map_it, use_it, p, 100);
	}
	CHECK_OK(munmap(p, 10 * PAGE));
}

TEST_MAIN(
	TEST(lengths), TEST(odd_lengths), TEST(kinds), TEST(descriptors), TEST(offsets), TEST(fixed), TEST(fixed_noreplace),
	TEST(hints), TEST(page_zero_is_roots), TEST(unmap_addresses), TEST(areas_merge_and_part),
	TEST(every_case_of_merging), TEST(file_areas_merge_by_offset), TEST(a_hole_leaves_two_with_right_offsets),
	TEST(populate), TEST(locked), TEST(locked_limit), TEST(address_space_limit), TEST(data_limit),
	TEST(too_many_areas), TEST(stacks_grow_down), TEST(a_growing_area_meets_its_limit),
	TEST(no_execution_where_the_mount_forbids_it), TEST(outlives_descriptor_and_name),
	TEST(pages_in_another_order), TEST(remap_file_pages_errors), TEST(one_maps_one_unmaps),
	TEST(one_unmaps_what_the_other_uses),
)
