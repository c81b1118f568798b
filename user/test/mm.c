/*
 * Memory: mappings anonymous and of files, private and shared, copy on write, holes,
 * protections, brk, stack growth, fixed addresses, and the errnos.
 */
#include "vm.h"

static void anonymous_is_zero(void)
{
	char *p = map(64, RW, ANON);
	int i;

	for (i = 0; i < 64 * PAGE; i += 512)
		CHECK_EQ(p[i], 0);
	for (i = 0; i < 64; i++)
		p[i * PAGE] = i;
	for (i = 0; i < 64; i++)
		CHECK_EQ(p[i * PAGE], i);
	CHECK_OK(munmap(p, 64 * PAGE));
	CHECK_KILLED(SIGSEGV, p[0] = 1);
}

static void cow_after_fork(void)
{
	char *p = map(16, RW, ANON);
	int i, fd[2];
	char c;

	CHECK_OK(pipe(fd));
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
			p[0] = 55;
		});
		CHECK_EQ(p[0], 100);
	});
	for (i = 0; i < 16; i++)
		CHECK_EQ(p[i * PAGE], i);
	/* read(2) into a page that is shared copies it as well */
	CHECK_CHILD_OK({
		CHECK_EQ(write(fd[1], "Q", 1), 1);
		CHECK_EQ(read(fd[0], p + PAGE, 1), 1);
		CHECK_EQ(p[PAGE], 'Q');
	});
	c = p[PAGE];
	CHECK_EQ(c, 1);
}

static void shared_anonymous(void)
{
	volatile char *p = map(4, RW, MAP_SHARED | MAP_ANONYMOUS);

	p[0] = 1;
	CHECK_CHILD_OK({ CHECK_EQ(p[0], 1); p[0] = 2; p[3 * PAGE] = 7; });
	CHECK_EQ(p[0], 2);
	CHECK_EQ(p[3 * PAGE], 7);
}

static void private_file(void)
{
	int fd = file_of("f", 3);
	char *p = mmap(NULL, 3 * PAGE, RW, MAP_PRIVATE, fd, 0), c;

	CHECK(p != MAP_FAILED);
	CHECK_EQ(p[0], 'a');
	CHECK_EQ(p[2 * PAGE + 5], 'c');
	p[0] = 'X';
	CHECK_EQ(pread(fd, &c, 1, 0), 1);
	CHECK_EQ(c, 'a');
	CHECK_EQ(pwrite(fd, "Z", 1, PAGE), 1);
	CHECK_EQ(p[PAGE], 'Z');
	CHECK_EQ(pwrite(fd, "Y", 1, 0), 1);
	CHECK_EQ(p[0], 'X');
}

static void shared_file(void)
{
	int fd = file_of("f", 3);
	char *p = mmap(NULL, 2 * PAGE, RW, MAP_SHARED, fd, PAGE), *q, c;

	CHECK(p != MAP_FAILED);
	CHECK_EQ(p[0], 'b');
	p[1] = 'X';
	CHECK_EQ(pread(fd, &c, 1, PAGE + 1), 1);
	CHECK_EQ(c, 'X');
	CHECK_EQ(pwrite(fd, "Y", 1, 2 * PAGE), 1);
	CHECK_EQ(p[PAGE], 'Y');
	q = mmap(NULL, 3 * PAGE, PROT_READ, MAP_SHARED, fd, 0);
	CHECK(q != MAP_FAILED);
	CHECK_EQ(q[PAGE + 1], 'X');
	CHECK_CHILD_OK(p[2] = 'C');
	CHECK_EQ(q[PAGE + 2], 'C');
	CHECK_OK(msync(p, 2 * PAGE, MS_SYNC));
	close(fd);
	CHECK_OK(munmap(p, 2 * PAGE));
	CHECK_OK(fd = open("f", O_RDONLY));
	CHECK_EQ(pread(fd, &c, 1, PAGE + 2), 1);
	CHECK_EQ(c, 'C');
}

static void file_permissions(void)
{
	int fd;

	close(file_of("f", 1));
	CHECK_OK(fd = open("f", O_RDONLY));
	CHECK_ERR(mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0), EACCES);
	CHECK(mmap(NULL, PAGE, RW, MAP_PRIVATE, fd, 0) != MAP_FAILED);
	CHECK_OK(fd = open("f", O_WRONLY));
	CHECK_ERR(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0), EACCES);
	CHECK_OK(fd = open("f", O_RDONLY));
	CHECK_ERR(mprotect(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0), PAGE, RW), EACCES);
}

static void map_errors(void)
{
	int fd = file_of("f", 1), p[2];

	CHECK_ERR(mmap(NULL, 0, RW, ANON, -1, 0), EINVAL);
	CHECK_ERR(mmap(NULL, PAGE, RW, MAP_ANONYMOUS, -1, 0), EINVAL);
	CHECK_ERR(mmap(NULL, PAGE, RW, MAP_PRIVATE, -1, 0), EBADF);
	CHECK_ERR(mmap(NULL, PAGE, RW, MAP_PRIVATE, fd, 5), EINVAL);
	CHECK_ERR(mmap((void *)5, PAGE, RW, ANON | MAP_FIXED, -1, 0), EINVAL);
	CHECK_ERR(mmap(NULL, -PAGE, RW, ANON, -1, 0), ENOMEM);
	CHECK_ERR(mmap((void *)-(uintptr_t)PAGE, PAGE, RW, ANON | MAP_FIXED, -1, 0), ENOMEM);
	CHECK_OK(pipe(p));
	CHECK_ERR(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, p[0], 0), ENODEV);
	CHECK_ERR(munmap((void *)5, PAGE), EINVAL);
	CHECK_ERR(munmap(NULL, 0), EINVAL);
	CHECK_ERR(munmap((void *)-(uintptr_t)PAGE, PAGE), EINVAL);
	CHECK_OK(munmap((void *)(2UL * PAGE), PAGE));		/* nothing is there */
}

static void holes(void)
{
	char *p = map(10, RW, ANON), *q;
	int i;

	for (i = 0; i < 10; i++)
		p[i * PAGE] = i;
	CHECK_OK(munmap(p + 2 * PAGE, PAGE));
	CHECK_OK(munmap(p + 4 * PAGE, 2 * PAGE));
	CHECK_OK(munmap(p + PAGE, 2 * PAGE));
	CHECK_EQ(p[3 * PAGE], 3);
	CHECK_EQ(p[6 * PAGE], 6);
	CHECK_KILLED(SIGSEGV, p[PAGE] = 1);
	CHECK_KILLED(SIGSEGV, p[5 * PAGE] = 1);
	q = mmap(p + 4 * PAGE, 2 * PAGE, RW, ANON | MAP_FIXED, -1, 0);
	CHECK(q == p + 4 * PAGE);
	CHECK_EQ(q[0], 0);
	CHECK_OK(munmap(p, 10 * PAGE));
	CHECK_KILLED(SIGSEGV, p[9 * PAGE] = 1);
}

static void fixed_replaces(void)
{
	char *p = map(4, RW, ANON);
	int fd = file_of("f", 1);

	memset(p, 'z', 4 * PAGE);
	CHECK(mmap(p + PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, 0) == p + PAGE);
	CHECK_EQ(p[PAGE - 1], 'z');
	CHECK_EQ(p[PAGE], 'a');
	CHECK_EQ(p[2 * PAGE], 'z');
	CHECK_KILLED(SIGSEGV, p[PAGE] = 1);
	CHECK(mmap(p + PAGE, PAGE, RW, ANON, -1, 0) != p + PAGE);
}

static void protections(void)
{
	char *p = map(6, RW, ANON);

	memset(p, 'p', 6 * PAGE);
	CHECK_OK(mprotect(p + PAGE, 2 * PAGE, PROT_READ));
	CHECK_KILLED(SIGSEGV, p[PAGE] = 1);
	CHECK_EQ(p[2 * PAGE], 'p');
	p[0] = p[3 * PAGE] = 1;
	CHECK_OK(mprotect(p, 6 * PAGE, PROT_NONE));
	CHECK_KILLED(SIGSEGV, p[0]++);
	CHECK_OK(mprotect(p, 6 * PAGE, RW));
	CHECK_EQ(p[2 * PAGE], 'p');
	p[2 * PAGE] = 2;
	CHECK_OK(munmap(p + 3 * PAGE, PAGE));
	CHECK_ERR(mprotect(p, 6 * PAGE, PROT_READ), ENOMEM);
	CHECK_ERR(mprotect(p + 1, PAGE, PROT_READ), EINVAL);
	CHECK_OK(mprotect(p, 0, PROT_READ));
}

static void no_execute_until_asked(void)
{
	char *p = map(1, RW, ANON);
	int (*fn)(void) = (int (*)(void))p;

	if (!has_no_execute())
		SKIP("page tables without NX");
	memcpy(p, returns_42, sizeof(returns_42));
	CHECK_KILLED(SIGSEGV, fn());
	CHECK_OK(mprotect(p, PAGE, PROT_READ | PROT_EXEC));
	__builtin___clear_cache(p, p + sizeof(returns_42));
	CHECK_EQ(fn(), 42);
}

static void program_break(void)
{
	char *start = sbrk(0), *p;
	int i;

	CHECK(sbrk(10 * PAGE) == start);
	for (i = 0; i < 10 * PAGE; i += 1000) {
		CHECK_EQ(start[i], 0);
		start[i] = 1;
	}
	CHECK(sbrk(-5 * PAGE) == start + 10 * PAGE);
	CHECK(sbrk(5 * PAGE) == start + 5 * PAGE);
	for (p = start + 6 * PAGE; p < start + 10 * PAGE; p += PAGE)
		CHECK_EQ(*p, 0);
	CHECK_ERR(brk((void *)-(uintptr_t)PAGE), ENOMEM);
	CHECK(sbrk(0) == start + 10 * PAGE);
}

static int recurse(int depth)
{
	volatile char frame[4000];

	frame[0] = depth;
	frame[3999] = depth;
	return depth ? recurse(depth - 1) + (frame[0] == frame[3999]) : 0;
}

static void stack_grows(void)
{
	CHECK_EQ(recurse(1500), 1500);
}

static void stack_limit(void)
{
	struct rlimit lim;

	CHECK_OK(getrlimit(RLIMIT_STACK, &lim));
	lim.rlim_cur = 256 * 1024;
	CHECK_OK(setrlimit(RLIMIT_STACK, &lim));
	CHECK_EQ(recurse(20), 20);
	CHECK_KILLED(SIGSEGV, recurse(200));
}

static void address_space_limit(void)
{
	struct rlimit lim;

	CHECK_OK(getrlimit(RLIMIT_AS, &lim));
	lim.rlim_cur = 64 << 20;
	CHECK_OK(setrlimit(RLIMIT_AS, &lim));
	CHECK_ERR(mmap(NULL, 65 << 20, RW, ANON, -1, 0), ENOMEM);
	map(16, RW, ANON);
}

/* The kernel's copies see protections and holes as programs do. */
static void kernel_copies(void)
{
	char *p = map(3, RW, ANON);
	int fd = file_of("f", 2);

	CHECK_OK(mprotect(p + PAGE, PAGE, PROT_READ));
	CHECK_EQ(pread(fd, p, PAGE, 0), PAGE);
	CHECK_ERR(pread(fd, p + PAGE, PAGE, 0), EFAULT);
	CHECK_EQ(pread(fd, p + PAGE - 100, 200, 0), 100);
	CHECK_OK(munmap(p + 2 * PAGE, PAGE));
	CHECK_ERR(pread(fd, p + 2 * PAGE, PAGE, 0), EFAULT);
	CHECK_ERR(pwrite(fd, p + 2 * PAGE, PAGE, 0), EFAULT);
	CHECK_EQ(pwrite(fd, p + 2 * PAGE - 50, 100, 0), 50);
}

/* Copying between a file and its own mapping must not deadlock. */
static void file_to_its_own_mapping(void)
{
	int fd = file_of("f", 4);
	char *p = mmap(NULL, 4 * PAGE, RW, MAP_SHARED, fd, 0);

	CHECK(p != MAP_FAILED);
	CHECK_EQ(pread(fd, p + PAGE, PAGE, 0), PAGE);
	CHECK_EQ(p[PAGE + 9], 'a');
	CHECK_EQ(pwrite(fd, p + 2 * PAGE, 2 * PAGE, PAGE), 2 * PAGE);
	CHECK_EQ(p[PAGE], 'c');
	CHECK_OK(madvise(p, 4 * PAGE, MADV_DONTNEED));
	CHECK_EQ(pwrite(fd, p, PAGE, 0), PAGE);
}

static void grow_a_mapped_file(void)
{
	int fd = file_of("f", 1);
	char *p = mmap(NULL, 4 * PAGE, RW, MAP_SHARED, fd, 0);

	CHECK(p != MAP_FAILED);
	CHECK_OK(ftruncate(fd, 4 * PAGE));
	CHECK_EQ(p[3 * PAGE], 0);
	p[3 * PAGE] = 'n';
	CHECK_OK(ftruncate(fd, 3 * PAGE));
	CHECK_OK(ftruncate(fd, 4 * PAGE));
	CHECK_EQ(p[3 * PAGE], 0);
	CHECK_EQ(p[0], 'a');
}

static void many_mappings(void)
{
	char *p = map(400, PROT_READ, ANON);
	int i;

	for (i = 0; i < 400; i += 2)
		CHECK_OK(mprotect(p + i * PAGE, PAGE, RW));
	for (i = 0; i < 400; i += 2)
		p[i * PAGE] = i;
	for (i = 1; i < 400; i += 2)
		CHECK_OK(mprotect(p + i * PAGE, PAGE, RW));
	for (i = 0; i < 400; i += 2)
		CHECK_EQ(p[i * PAGE], (char)i);
	CHECK_OK(munmap(p, 400 * PAGE));
}

/* A mapping keeps the file alive after its last name is gone. */
static void mapping_outlives_name(void)
{
	int fd = file_of("f", 2);
	char *p = mmap(NULL, 2 * PAGE, PROT_READ, MAP_PRIVATE, fd, 0);

	CHECK(p != MAP_FAILED);
	close(fd);
	CHECK_OK(unlink("f"));
	CHECK_EQ(p[PAGE], 'b');
}

TEST_MAIN(
	TEST(anonymous_is_zero), TEST(cow_after_fork), TEST(shared_anonymous), TEST(private_file),
	TEST(shared_file), TEST(file_permissions), TEST(map_errors), TEST(holes),
	TEST(fixed_replaces), TEST(protections), TEST(no_execute_until_asked),
	TEST(program_break), TEST(stack_grows), TEST(stack_limit), TEST(address_space_limit),
	TEST(kernel_copies), TEST(file_to_its_own_mapping), TEST(grow_a_mapped_file),
	TEST(many_mappings), TEST(mapping_outlives_name),
)
