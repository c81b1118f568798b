/*
 * memfd_create: a file without a name; and seals: what they forbid, who may add them, and when.
 */
#include "vm.h"
#include <limits.h>
#include <sys/mman.h>

#ifndef F_SEAL_FUTURE_WRITE
#define F_SEAL_FUTURE_WRITE 0x10
#endif
#ifndef F_SEAL_EXEC
#define F_SEAL_EXEC	0x20
#endif
#ifndef MFD_EXEC
#define MFD_NOEXEC_SEAL	8U
#define MFD_EXEC	16U
#endif
#ifndef FALLOC_FL_PUNCH_HOLE
#define FALLOC_FL_KEEP_SIZE	1
#define FALLOC_FL_PUNCH_HOLE	2
#endif

static int sealable(int pages)
{
	return fill_pages(memfd_create("sealable", MFD_ALLOW_SEALING), pages);
}

static void seal(int fd, int seals)
{
	CHECK_OK(fcntl(fd, F_ADD_SEALS, seals));
	CHECK_EQ(fcntl(fd, F_GET_SEALS) & seals, seals);
}

static char *view(int fd, int prot, int flags)
{
	char *p = mmap(NULL, PAGE, prot, flags, fd, 0);

	CHECK(p != MAP_FAILED);
	return p;
}

static void is_a_file(void)
{
	int fd = memfd_create("a name/with slashes", 0), again;
	char buf[PATH_MAX], path[64], *p;
	struct stat st;
	int n;

	CHECK_OK(fd);
	CHECK_OK(fstat(fd, &st));
	CHECK(S_ISREG(st.st_mode) && st.st_size == 0 && st.st_nlink == 0 && st.st_uid == geteuid());
	CHECK_EQ(write(fd, "hello", 5), 5);
	CHECK_EQ(lseek(fd, 1, SEEK_SET), 1);
	CHECK_EQ(read(fd, buf, 10), 4);
	CHECK(!memcmp(buf, "ello", 4));
	CHECK_OK(ftruncate(fd, 3 * PAGE));
	p = view(fd, RW, MAP_SHARED);
	CHECK_EQ(p[0], 'h');
	p[100] = 'x';
	CHECK_CHILD_OK({ CHECK_EQ(p[100], 'x'); p[100] = 'y'; CHECK_EQ(pwrite(fd, "z", 1, 101), 1); });
	CHECK(p[100] == 'y' && p[101] == 'z');
	CHECK_EQ(fcntl(fd, F_GETFD), 0);
	CHECK_EQ(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDWR);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	n = readlink(path, buf, sizeof(buf) - 1);
	CHECK(n > 0);
	buf[n] = 0;
	CHECK(!strcmp(buf, "/memfd:a name/with slashes (deleted)"));
	CHECK_OK(again = open(path, O_RDONLY));
	CHECK_EQ(pread(again, buf, 3, 99), 3);
	CHECK(!memcmp(buf, "\0yz", 3));
	CHECK_ERR(pwrite(again, "x", 1, 0), EBADF);
	CHECK_OK(close(fd));
	CHECK_EQ(pread(again, buf, 1, 0), 1);		/* as long as anybody has it */
}

static void flags_and_names(void)
{
	char name[300];
	int fd;

	CHECK_OK(fd = memfd_create("", MFD_CLOEXEC));
	CHECK_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	CHECK_EQ(fcntl(fd, F_GET_SEALS), F_SEAL_SEAL);
	CHECK_ERR(memfd_create("x", 0x1000), EINVAL);
	CHECK_ERR(memfd_create("x", ~0U), EINVAL);
	CHECK_ERR(memfd_create((char *)8, 0), EFAULT);
	CHECK_ERR(memfd_create(NULL, 0), EFAULT);
	memset(name, 'n', sizeof(name));
	name[250] = 0;
	CHECK_ERR(memfd_create(name, 0), EINVAL);
	name[249] = 0;
	CHECK_OK(memfd_create(name, 0));
}

static void too_many(void)
{
	int n;

	while ((n = memfd_create("m", 0)) >= 0)
		;
	CHECK_EQ(errno, EMFILE);
}

static void a_limit_of_memory(void)
{
	int fd = memfd_create("big", 0);

	CHECK_OK(ftruncate(fd, (off_t)1 << 40));	/* a hole costs nothing */
	CHECK_EQ(pwrite(fd, "x", 1, ((off_t)1 << 40) - 1), 1);
	CHECK_ERR(ftruncate(fd, -1), EINVAL);
}

static void size_seals(void)
{
	int fd = sealable(2);
	char path[64];

	seal(fd, F_SEAL_SHRINK);
	seal(fd, F_SEAL_SHRINK);			/* it is there already */
	CHECK_ERR(ftruncate(fd, PAGE), EPERM);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	CHECK_ERR(truncate(path, PAGE), EPERM);
	CHECK_ERR(open(path, O_RDWR | O_TRUNC), EPERM);
	CHECK_EQ(lseek(fd, 0, SEEK_END), 2 * PAGE);
	CHECK_OK(ftruncate(fd, 3 * PAGE));
	seal(fd, F_SEAL_GROW);
	CHECK_EQ(fcntl(fd, F_GET_SEALS), F_SEAL_SHRINK | F_SEAL_GROW);
	CHECK_ERR(ftruncate(fd, 3 * PAGE + 1), EPERM);
	CHECK_OK(ftruncate(fd, 3 * PAGE));
	CHECK_EQ(pwrite(fd, "x", 1, 3 * PAGE - 1), 1);
	CHECK_ERR(pwrite(fd, "x", 1, 3 * PAGE), EPERM);
	CHECK_ERR(fallocate(fd, 0, 0, 4 * PAGE), EPERM);
	CHECK_OK(fallocate(fd, 0, 0, 3 * PAGE));
	CHECK_OK(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PAGE));
}

static void write_seal(void)
{
	int fd = sealable(2);
	char *p = view(fd, RW, MAP_SHARED), *q, c;

	CHECK_ERR(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), EBUSY);
	CHECK_EQ(fcntl(fd, F_GET_SEALS), 0);
	CHECK_OK(mprotect(p, PAGE, PROT_READ));
	CHECK_ERR(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), EBUSY);	/* it could be made writable again */
	CHECK_EQ(IN_CHILD({
		CHECK_OK(munmap(p, PAGE));
		CHECK_ERR(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), EBUSY);	/* another's counts, too */
	}), 0);
	CHECK_OK(munmap(p, PAGE));
	q = view(fd, RW, MAP_PRIVATE);				/* a private one does no harm */
	seal(fd, F_SEAL_WRITE);
	q[0] = 'Q';
	CHECK_ERR(pwrite(fd, "x", 1, 0), EPERM);
	CHECK_ERR(mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0), EPERM);
	CHECK_ERR(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PAGE), EPERM);
	CHECK_EQ(pread(fd, &c, 1, 0), 1);
	CHECK_EQ(c, 'a');
	CHECK_EQ(view(fd, RW, MAP_PRIVATE)[0], 'a');
	p = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);	/* since Linux 6.7; before: EPERM */
	CHECK(p != MAP_FAILED || errno == EPERM);
	if (p != MAP_FAILED) {
		CHECK_EQ(p[0], 'a');
		CHECK_ERR(mprotect(p, PAGE, RW), EACCES);
	}
	CHECK_OK(ftruncate(fd, PAGE));				/* the size is not sealed */
}

static void future_write_seal(void)
{
	int fd = sealable(1);
	char *p = view(fd, RW, MAP_SHARED), *q;

	if (fcntl(fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE) && errno == EINVAL)
		SKIP("this kernel does not know F_SEAL_FUTURE_WRITE");
	p[0] = 'p';					/* what was mapped before goes on */
	CHECK_ERR(pwrite(fd, "x", 1, 0), EPERM);
	CHECK_ERR(mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0), EPERM);
	q = view(fd, PROT_READ, MAP_SHARED);
	CHECK_EQ(q[0], 'p');
	CHECK_ERR(mprotect(q, PAGE, RW), EACCES);
	CHECK_ERR(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), EBUSY);
}

static void no_more_seals(void)
{
	int fd = sealable(1), plain = memfd_create("plain", 0), pipe_fd[2], ro;
	char path[64];

	seal(fd, F_SEAL_SEAL);
	CHECK_ERR(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW), EPERM);
	CHECK_ERR(fcntl(fd, F_ADD_SEALS, 0), EPERM);
	CHECK_EQ(pwrite(fd, "x", 1, 0), 1);
	CHECK_EQ(fcntl(plain, F_GET_SEALS), F_SEAL_SEAL);
	CHECK_ERR(fcntl(plain, F_ADD_SEALS, F_SEAL_GROW), EPERM);
	fd = sealable(1);
	CHECK_ERR(fcntl(fd, F_ADD_SEALS, 0x1000), EINVAL);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	CHECK_OK(ro = open(path, O_RDONLY));
	CHECK_ERR(fcntl(ro, F_ADD_SEALS, F_SEAL_GROW), EPERM);
	CHECK_EQ(fcntl(ro, F_GET_SEALS), 0);
	seal(fd, F_SEAL_GROW);
	CHECK_EQ(fcntl(ro, F_GET_SEALS), F_SEAL_GROW);		/* they are the file's */
	CHECK_OK(pipe(pipe_fd));
	CHECK_ERR(fcntl(pipe_fd[1], F_GET_SEALS), EINVAL);
	CHECK_ERR(fcntl(pipe_fd[1], F_ADD_SEALS, F_SEAL_GROW), EINVAL);
	CHECK_ERR(fcntl(1000, F_GET_SEALS), EBADF);
	CHECK_OK(fd = open("f", O_RDWR | O_CREAT, 0600));
	CHECK_OK(ro = open("/proc/self/status", O_RDONLY));
	CHECK_ERR(fcntl(ro, F_GET_SEALS), EINVAL);
	if (!on_pagoda())
		return;						/* a host's working directory may be a tmpfs */
	CHECK_ERR(fcntl(fd, F_GET_SEALS), EINVAL);
	CHECK_ERR(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW), EINVAL);
}

static void not_executable(void)
{
	int fd = memfd_create("x", MFD_NOEXEC_SEAL);
	struct stat st;

	if (fd < 0 && errno == EINVAL)
		SKIP("this kernel does not know MFD_NOEXEC_SEAL");
	CHECK_OK(fd);
	CHECK_OK(fstat(fd, &st));
	CHECK_EQ(st.st_mode & 0111, 0);
	CHECK_EQ(fcntl(fd, F_GET_SEALS), F_SEAL_EXEC);
	CHECK_ERR(fchmod(fd, 0700), EPERM);
	CHECK_OK(fchmod(fd, 0600));
	CHECK_ERR(memfd_create("x", MFD_NOEXEC_SEAL | MFD_EXEC), EINVAL);
	CHECK_OK(fd = memfd_create("x", MFD_EXEC));
	CHECK_OK(fstat(fd, &st));
	CHECK_EQ(st.st_mode, S_IFREG | 0777);
}

/* Who may execute it, and may have that sealed, may not write it any more: one or the other. */
static void sealed_as_executable(void)
{
	int fd = sealable(1), all = F_SEAL_EXEC | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_FUTURE_WRITE;
	char *p = view(fd, RW, MAP_SHARED);

	if (fcntl(fd, F_ADD_SEALS, F_SEAL_EXEC) && errno == EINVAL)
		SKIP("this kernel does not know F_SEAL_EXEC");
	CHECK_EQ(fcntl(fd, F_GET_SEALS), 0);
	CHECK_ERR(fcntl(fd, F_ADD_SEALS, F_SEAL_EXEC), EBUSY);
	CHECK_OK(munmap(p, PAGE));
	CHECK_OK(fcntl(fd, F_ADD_SEALS, F_SEAL_EXEC));
	CHECK_EQ(fcntl(fd, F_GET_SEALS), all);
	CHECK_ERR(fchmod(fd, 0600), EPERM);
	CHECK_OK(fchmod(fd, 0711));
	fd = sealable(1);
	CHECK_OK(fchmod(fd, 0600));
	CHECK_OK(fcntl(fd, F_ADD_SEALS, F_SEAL_EXEC));		/* nobody executes it: it may be written */
	CHECK_EQ(fcntl(fd, F_GET_SEALS), F_SEAL_EXEC);
	CHECK_EQ(pwrite(fd, "x", 1, 0), 1);
	CHECK_ERR(fchmod(fd, 0700), EPERM);
}

/* Seals against mappings, as both come and go: never both. */
static void sealing_races(void)
{
	int round, fd, got, st;
	pid_t child;
	char *p;

	for (round = 0; round < 200; round++) {
		fd = sealable(1);
		child = fork();
		if (child == 0) {
			p = mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0);
			if (p == MAP_FAILED)
				_exit(errno == EPERM ? 1 : 9);
			if (fcntl(fd, F_GET_SEALS) & F_SEAL_WRITE)
				_exit(8);
			p[0] = 'W';
			_exit(0);
		}
		got = fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE);
		CHECK(!got || errno == EBUSY);
		CHECK_EQ(waitpid(child, &st, 0), child);
		CHECK(st == 0 || st == 1 << 8);
		CHECK(got || pread(fd, &(char){ 0 }, 1, 0) == 1);
		CHECK_OK(close(fd));
	}
}

TEST_MAIN(
	TEST(is_a_file), TEST(flags_and_names), TEST(too_many), TEST(a_limit_of_memory), TEST(size_seals), TEST(write_seal),
	TEST(future_write_seal), TEST(no_more_seals), TEST(not_executable), TEST(sealed_as_executable), TEST(sealing_races),
)
