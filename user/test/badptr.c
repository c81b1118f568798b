/*
 * A bad pointer in any argument of any system call gives EFAULT: unmapped, in the
 * kernel, at the very top, protected, and a buffer that runs into a hole.
 */
#include "test.h"
#include <poll.h>
#include <sys/mman.h>
#include <time.h>

/* What an argument may be; everything else stands for itself. */
#define BAD	0x7badbad1L		/* the bad pointer under test */
#define PATH	0x7badbad2L		/* a path that exists */
#define NEWPATH	0x7badbad3L		/* one that does not */
#define BUF	0x7badbad4L		/* good, zeroed memory */
#define FILE_FD	0x7badbad5L		/* open for reading and writing, with data in it */
#define DIR_FD	0x7badbad6L
#define PIPE_IN	0x7badbad7L
#define SELF	0x7badbad8L		/* our pid */
#define ARGV	0x7badbad9L
#define EVENTS	0x7badbadaL		/* a struct pollfd; the like */

struct call {
	const char *name;
	long nr;
	long args[6];
};

#define CALL(name, ...)	{ #name, __NR_##name, { __VA_ARGS__ } }

static const struct call calls[] = {
	CALL(read, FILE_FD, BAD, 64),
	CALL(write, FILE_FD, BAD, 64),
	CALL(pread64, FILE_FD, BAD, 64, 0),
	CALL(pwrite64, FILE_FD, BAD, 64, 0),
	CALL(readv, FILE_FD, BAD, 2),
	CALL(writev, FILE_FD, BAD, 2),
	CALL(openat, AT_FDCWD, BAD, O_RDONLY),
	CALL(mkdirat, AT_FDCWD, BAD, 0700),
	CALL(mknodat, AT_FDCWD, BAD, S_IFIFO | 0600, 0),
	CALL(unlinkat, AT_FDCWD, BAD, 0),
	CALL(symlinkat, BAD, AT_FDCWD, NEWPATH),
	CALL(symlinkat, PATH, AT_FDCWD, BAD),
	CALL(linkat, AT_FDCWD, BAD, AT_FDCWD, NEWPATH, 0),
	CALL(linkat, AT_FDCWD, PATH, AT_FDCWD, BAD, 0),
	CALL(renameat2, AT_FDCWD, BAD, AT_FDCWD, NEWPATH, 0),
	CALL(renameat2, AT_FDCWD, PATH, AT_FDCWD, BAD, 0),
	CALL(readlinkat, AT_FDCWD, BAD, BUF, 64),
	CALL(faccessat, AT_FDCWD, BAD, R_OK),
	CALL(fchmodat, AT_FDCWD, BAD, 0600),
	CALL(fchownat, AT_FDCWD, BAD, 0, 0, 0),
	CALL(chdir, BAD),
	CALL(chroot, BAD),
	CALL(statfs, BAD, BUF),
	CALL(statfs, PATH, BAD),
	CALL(fstatfs, FILE_FD, BAD),
	CALL(statx, AT_FDCWD, BAD, 0, 0x7ff, BUF),
	CALL(statx, AT_FDCWD, PATH, 0, 0x7ff, BAD),
	CALL(getdents64, DIR_FD, BAD, 1024),
	CALL(getcwd, BAD, 1024),
	CALL(pipe2, BAD, 0),
	CALL(mount, BUF, BAD, BUF, 0, 0),
	CALL(umount2, BAD, 0),
	CALL(execve, BAD, ARGV, ARGV),
	CALL(execve, PATH, BAD, ARGV),
	CALL(wait4, -1, BAD, 0, 0),
	CALL(waitid, 0, 0, BAD, 4, 0),
	CALL(rt_sigaction, SIGUSR1, BAD, 0, 8),
	CALL(rt_sigaction, SIGUSR1, 0, BAD, 8),
	CALL(rt_sigprocmask, SIG_BLOCK, BAD, 0, 8),
	CALL(rt_sigprocmask, SIG_BLOCK, 0, BAD, 8),
	CALL(rt_sigpending, BAD, 8),
	CALL(rt_sigsuspend, BAD, 8),
	CALL(rt_sigqueueinfo, SELF, SIGUSR1, BAD),
	CALL(sigaltstack, BAD, 0),
	CALL(sigaltstack, 0, BAD),
	CALL(getitimer, 0, BAD),
	CALL(setitimer, 0, BAD, 0),
	CALL(setitimer, 0, BUF, BAD),
	CALL(times, BAD),
	CALL(uname, BAD),
	CALL(sysinfo, BAD),
	CALL(getrusage, 0, BAD),
	CALL(prlimit64, 0, 7, BAD, 0),
	CALL(prlimit64, 0, 7, 0, BAD),
	CALL(sched_getaffinity, 0, 64, BAD),
	CALL(sched_setaffinity, 0, 64, BAD),
	CALL(getcpu, BAD, 0, 0),
	CALL(getrandom, BAD, 16, 0),
	CALL(sendfile, FILE_FD, FILE_FD, BAD, 1),
	CALL(mincore, BUF, 1, BAD),
	CALL(setgroups, 1, BAD),
#ifdef __NR_newfstatat
	CALL(newfstatat, AT_FDCWD, BAD, BUF, 0),
	CALL(newfstatat, AT_FDCWD, PATH, BAD, 0),
	CALL(fstat, FILE_FD, BAD),
#endif
#ifdef __NR_stat64
	CALL(stat64, BAD, BUF), CALL(stat64, PATH, BAD), CALL(fstat64, FILE_FD, BAD),
	CALL(lstat64, BAD, BUF), CALL(_llseek, FILE_FD, 0, 0, BAD, 0),
	CALL(fstatat64, AT_FDCWD, BAD, BUF, 0), CALL(statfs64, BAD, 84, BUF),
	CALL(statfs64, PATH, 84, BAD), CALL(truncate64, BAD, 0, 0),
#endif
#ifdef __NR_open
	CALL(open, BAD, O_RDONLY), CALL(mkdir, BAD, 0700), CALL(rmdir, BAD), CALL(unlink, BAD),
	CALL(link, BAD, NEWPATH), CALL(symlink, BAD, NEWPATH), CALL(rename, PATH, BAD),
	CALL(chmod, BAD, 0600), CALL(access, BAD, 0), CALL(readlink, BAD, BUF, 8),
	CALL(pipe, BAD), CALL(poll, BAD, 1, 0), CALL(creat, BAD, 0600),
#else
	CALL(truncate, BAD, 0),
#endif
#ifdef __NR_clock_gettime64
	CALL(clock_gettime64, 1, BAD), CALL(clock_nanosleep_time64, 1, 0, BAD, 0),
	CALL(ppoll_time64, BAD, 1, BUF, 0, 8), CALL(futex_time64, BAD, 0, 0, 0),
	CALL(utimensat_time64, AT_FDCWD, BAD, 0, 0),
#endif
	CALL(clock_gettime, 1, BAD),
	CALL(clock_getres, 1, BAD),
	CALL(clock_nanosleep, 1, 0, BAD, 0),
	CALL(nanosleep, BAD, 0),
	CALL(gettimeofday, BAD, 0),
	CALL(ppoll, BAD, 1, BUF, 0, 8),
	CALL(ppoll, EVENTS, 1, BAD, 0, 8),
	CALL(futex, BAD, 0, 0, 0),
	CALL(futex, BUF, 0, 0, BAD),
	CALL(utimensat, AT_FDCWD, BAD, 0, 0),
	CALL(utimensat, AT_FDCWD, PATH, BAD, 0),
};

static char *good;

static long argument(long a, const void *bad)
{
	static char *argv[] = { "x", NULL };
	static struct pollfd events = { .fd = -1 };
	static int fd[2], ready;

	if (!ready) {
		ready = 1;
		if (pipe(fd))
			FAIL("pipe");
	}
	switch (a) {
	case BAD: return (long)bad;
	case PATH: return (long)"f";
	case NEWPATH: return (long)"new";
	case BUF: return (long)good;
	case FILE_FD:
		a = open("f", O_RDWR);
		CHECK(a >= 0);
		return a;
	case DIR_FD: return open(".", O_RDONLY);
	case PIPE_IN: return fd[0];
	case SELF: return getpid();
	case ARGV: return (long)argv;
	case EVENTS: return (long)&events;
	}
	return a;
}

/*
 * In a child, as a call may succeed and change it. Some calls may answer otherwise: what
 * is not there (ENOSYS), what is not allowed (EPERM).
 */
static void try(const struct call *c, const void *bad, const char *what)
{
	int status = IN_CHILD({
		long a[6], ret;
		int i;

		for (i = 0; i < 6; i++)
			a[i] = argument(c->args[i], bad);
		alarm(10);
		if (!strncmp(c->name, "wait", 4) && fork() == 0)
			_exit(0);
		ret = syscall(c->nr, a[0], a[1], a[2], a[3], a[4], a[5]);
		if (ret == -1 && (errno == EFAULT || errno == ENOSYS || errno == EPERM))
			_exit(0);
		FAIL("%s with %s gives %ld, errno %d", c->name, what, ret, errno);
	});

	if (status)
		FAIL("%s with %s: status %#x", c->name, what, status);
}

static void prepare(void)
{
	char data[256];
	int fd = open("f", O_RDWR | O_CREAT, 0700);

	memset(data, 'd', sizeof(data));
	CHECK_EQ(write(fd, data, sizeof(data)), sizeof(data));
	close(fd);
	good = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(good != MAP_FAILED);
}

static void try_all(const void *bad, const char *what)
{
	size_t i;

	prepare();
	for (i = 0; i < COUNT(calls); i++)
		try(&calls[i], bad, what);
}

static void unmapped(void)
{
	char *p = mmap(NULL, 2 * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK_OK(munmap(p, 2 * PAGE));
	try_all(p + 64, "an unmapped page");
}

static void near_null(void)
{
	try_all((void *)64, "an address near null");
}

static void in_the_kernel(void)
{
	try_all(sizeof(long) == 4 ? (void *)0xc0100000UL : (void *)(uintptr_t)0xffffffc080200000ULL,
		"an address of the kernel");
}

static void at_the_top(void)
{
	try_all((void *)-64L, "the last bytes of all");
}

static void no_access(void)
{
	char *p = mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	try_all(p, "a page without access");
}

/* Structures that begin in good memory and end in a hole. */
static void into_a_hole(void)
{
	char *p = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	prepare();
	CHECK_OK(munmap(p + PAGE, PAGE));
	memset(p, 'p', PAGE);
	p += PAGE - 4;
	CHECK_ERR(syscall(__NR_statx, AT_FDCWD, "f", 0, 0x7ff, p), EFAULT);
	CHECK_ERR(syscall(__NR_uname, p), EFAULT);
	CHECK_ERR(syscall(__NR_sysinfo, p), EFAULT);
	CHECK_ERR(syscall(__NR_getrusage, 0, p), EFAULT);
	CHECK_ERR(syscall(__NR_pipe2, p, 0), EFAULT);
	memcpy(p, "pppp", 4);
	CHECK_ERR(open(p, O_RDONLY), EFAULT);
	CHECK_ERR(chdir(p), EFAULT);
	p[3] = 0;
	CHECK_ERR(open(p, O_RDONLY), ENOENT);
}

/* A pipe whose numbers could not be told is closed again. */
static void failed_pipe_leaks_nothing(void)
{
	int before = dup(0), after;

	close(before);
	CHECK_ERR(syscall(__NR_pipe2, (void *)64, 0), EFAULT);
	after = dup(0);
	CHECK_EQ(after, before);
}

static void unknown_calls(void)
{
	long nr;

	for (nr = 1000; nr < 1010; nr++)
		CHECK_ERR(syscall(nr, 0, 0, 0, 0, 0, 0), ENOSYS);
	CHECK_ERR(syscall(-1, 0, 0, 0, 0, 0, 0), ENOSYS);
	CHECK_ERR(syscall(0x7fffffff, 0, 0, 0, 0, 0, 0), ENOSYS);
}

/* An int argument is an int, whatever stands in the upper half of its register. */
static void ints_with_dirt_above(void)
{
#if __LONG_WIDTH__ > 32
	const long dirt = 0x5a5a5a5a00000000L;

	CHECK_EQ(syscall(__NR_setpriority, dirt, dirt, dirt | 5), 0);
	CHECK_EQ(syscall(__NR_getpriority, dirt, dirt), 20 - 5);
	CHECK_EQ(syscall(__NR_close, dirt | dup(0)), 0);
	CHECK_EQ(syscall(__NR_kill, dirt | getpid(), dirt), 0);
	CHECK_ERR(syscall(__NR_setpriority, dirt | 3, 0, 0), EINVAL);
#endif
	CHECK_EQ(syscall(__NR_mknodat, AT_FDCWD, "fifo", (long)(S_IFIFO | 0600 | 0x7fff0000), 0), 0);
	CHECK_EQ(syscall(__NR_mknodat, AT_FDCWD, "file", (long)(0600 | 0x7fff0000), 0), 0);
}

/* The options come last, and there is a page for them by then. */
static void mount_options(void)
{
	CHECK_OK(mkdir("dir", 0700));
	for (int i = 0; i < 3; i++)
		if (syscall(__NR_mount, "none", "dir", "tmpfs", 0, (char *)64) != -1 || (errno != EFAULT && errno != EPERM))
			FAIL("mount: errno %d", errno);
}

/* A PC's selectors of a local table: there is none, above all none in the program's own memory. */
static void no_local_descriptors(void)
{
#if defined(__i386__) || defined(__x86_64__)
	CHECK_KILLED(SIGSEGV, __asm__ __volatile__("mov %w0, %%es" : : "r"(7)));
	CHECK_KILLED(SIGSEGV, __asm__ __volatile__("mov %w0, %%es" : : "r"(0xf6f)));
#endif
}

TEST_MAIN(
	TEST(unmapped), TEST(near_null), TEST(in_the_kernel), TEST(at_the_top), TEST(no_access),
	TEST(into_a_hole), TEST(failed_pipe_leaks_nothing), TEST(unknown_calls),
	TEST(ints_with_dirt_above), TEST(mount_options), TEST(no_local_descriptors),
)
