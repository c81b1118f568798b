/*
 * getrlimit, setrlimit, prlimit: errnos, and what each limit does that other tests do not try; getrusage and times: whose
 * usage they tell. The calls themselves are asked: C libraries convert structures, and may touch a bad pointer themselves.
 */
#include "vm.h"
#include <sched.h>
#include <sys/times.h>

#define RLIMITS		16
#define FOREVER		(~0ULL)

struct limit64 {
	uint64_t cur, max;
};

static int prlimit_raw(pid_t pid, int resource, const void *new, void *old)
{
	return syscall(__NR_prlimit64, pid, resource, new, old);
}

static struct limit64 get(pid_t pid, int resource)
{
	struct limit64 lim;

	CHECK_OK(prlimit_raw(pid, resource, NULL, &lim));
	return lim;
}

static int set(pid_t pid, int resource, uint64_t cur, uint64_t max)
{
	struct limit64 lim = { cur, max };

	return prlimit_raw(pid, resource, &lim, NULL);
}

/* Both to @value; skips where that takes a right that we have not. */
static void set_or_skip(int resource, uint64_t value)
{
	if (set(0, resource, value, value) && errno == EPERM)
		SKIP("hard limits may not be raised here");
	CHECK_EQ(get(0, resource).cur, value);
}

static int exit_status(pid_t child)
{
	int status;

	CHECK_EQ(waitpid(child, &status, 0), child);
	return status;
}

static void errors(void)
{
	struct limit64 lim = get(0, RLIMIT_STACK), now;

	CHECK_ERR(prlimit_raw(0, RLIMITS, NULL, &lim), EINVAL);
	CHECK_ERR(prlimit_raw(0, -1, NULL, &lim), EINVAL);
	CHECK_ERR(prlimit_raw(0, RLIMITS, &lim, NULL), EINVAL);
	CHECK_ERR(set(0, RLIMIT_STACK, 4097, 4096), EINVAL);
	CHECK_ERR(set(0, RLIMIT_STACK, FOREVER, 1 << 20), EINVAL);
	CHECK_ERR(prlimit_raw(0, RLIMIT_STACK, KERNEL, NULL), EFAULT);
	CHECK_ERR(prlimit_raw(0, RLIMIT_STACK, NULL, KERNEL), EFAULT);
	CHECK_ERR(prlimit_raw(4000000, RLIMIT_STACK, NULL, &lim), ESRCH);
	CHECK_ERR(prlimit_raw(-1, RLIMIT_STACK, NULL, &lim), ESRCH);
#ifdef __NR_getrlimit
	CHECK_ERR(syscall(__NR_getrlimit, RLIMIT_STACK, KERNEL), EFAULT);
	CHECK_ERR(syscall(__NR_getrlimit, RLIMITS, &lim), EINVAL);
	CHECK_ERR(syscall(__NR_setrlimit, RLIMIT_STACK, KERNEL), EFAULT);
	CHECK_ERR(syscall(__NR_setrlimit, RLIMITS, &lim), EINVAL);
#endif
	now = get(0, RLIMIT_STACK);
	CHECK(now.cur == lim.cur && now.max == lim.max);
}

/* Down anybody may go, up again root alone; each as a whole, with the old one told. */
static void hard_limits_only_fall(void)
{
	struct limit64 old, lim = { 50, 60 };

	CHECK_OK(prlimit_raw(0, RLIMIT_NOFILE, &lim, NULL));
	become_nobody();
	CHECK_OK(set(0, RLIMIT_NOFILE, 60, 60));
	CHECK_OK(set(0, RLIMIT_NOFILE, 40, 59));
	CHECK_ERR(set(0, RLIMIT_NOFILE, 40, 60), EPERM);
	CHECK_ERR(set(0, RLIMIT_NOFILE, FOREVER, FOREVER), EPERM);
	lim = (struct limit64){ 30, 58 };
	CHECK_OK(prlimit_raw(0, RLIMIT_NOFILE, &lim, &old));
	CHECK(old.cur == 40 && old.max == 59);
	lim = get(0, RLIMIT_NOFILE);
	CHECK(lim.cur == 30 && lim.max == 58);
}

/* Even root has no more descriptors than that. */
static void no_more_files_than_nr_open(void)
{
	long most = sysctl_get("/proc/sys/fs/nr_open");

	CHECK(most >= 64);
	CHECK_ERR(set(0, RLIMIT_NOFILE, 10, most + 1), EPERM);
	CHECK_ERR(set(0, RLIMIT_NOFILE, FOREVER, FOREVER), EPERM);
	set_or_skip(RLIMIT_NOFILE, most);
}

/* What the first process is given. A host's administrator may have others. */
static void defaults(void)
{
	struct limit64 lim = get(0, RLIMIT_STACK);

	if (!on_pagoda())
		SKIP("a host has its own");
	CHECK(lim.cur == 8 << 20 && lim.max == FOREVER);
	lim = get(0, RLIMIT_MEMLOCK);
	CHECK(lim.cur == 8 << 20 && lim.max == 8 << 20);
	lim = get(0, RLIMIT_NOFILE);
	CHECK(lim.cur == 1024 && lim.max == 4096);
	CHECK_EQ(get(0, RLIMIT_AS).cur, FOREVER);
	CHECK_EQ(get(0, RLIMIT_CORE).cur, 0);
}

/* A child's limits from outside; they are copies of its parent's until then, and outlast exec. */
static void others(void)
{
	int to[2], from[2];
	struct limit64 lim;
	pid_t child;
	char c;

	CHECK_OK(pipe(to));
	CHECK_OK(pipe(from));
	CHECK_OK(set(0, RLIMIT_CORE, 0, 0));
	CHECK_OK(set(0, RLIMIT_FSIZE, 1 << 20, 1 << 21));
	child = fork();
	if (child == 0) {
		CHECK_EQ(get(0, RLIMIT_FSIZE).cur, 1 << 20);
		CHECK_EQ(write(from[1], "x", 1), 1);
		CHECK_EQ(read(to[0], &c, 1), 1);
		CHECK_EQ(get(0, RLIMIT_FSIZE).cur, 12345);
		execl("/bin/sh", "sh", "-c", "while read -r a b c d e; do case \"$a $b $c\" in 'Max file size') exit $((d - 12345 + 7));; esac; done"
		      " </proc/self/limits", (char *)NULL);
		_exit(1);
	}
	CHECK_EQ(read(from[0], &c, 1), 1);
	CHECK_EQ(get(child, RLIMIT_FSIZE).max, 1 << 21);
	CHECK_OK(set(child, RLIMIT_FSIZE, 12345, 1 << 21));
	CHECK_EQ(get(0, RLIMIT_FSIZE).cur, 1 << 20);
	if (!geteuid())
		CHECK_CHILD_OK({
			become_nobody();
			CHECK_ERR(prlimit_raw(child, RLIMIT_FSIZE, NULL, &lim), EPERM);
			CHECK_ERR(set(child, RLIMIT_FSIZE, 1, 1), EPERM);
		});
	CHECK_EQ(write(to[1], "x", 1), 1);
	CHECK_EQ(exit_status(child), 7 << 8);
}

/* Who has another's ids may set its limits. */
static void same_user(void)
{
	int to[2];
	pid_t child;
	char c;

	become_nobody();
	CHECK_OK(pipe(to));
	child = fork();
	if (child == 0) {
		CHECK_EQ(read(to[0], &c, 1), 1);
		_exit(get(0, RLIMIT_NOFILE).cur == 23 ? 7 : 8);
	}
	CHECK_OK(set(child, RLIMIT_NOFILE, 23, 24));
	CHECK_ERR(set(child, RLIMIT_NOFILE, 23, 25), EPERM);
	CHECK_EQ(write(to[1], "x", 1), 1);
	CHECK_EQ(exit_status(child), 7 << 8);
}

/* /proc/PID/limits: columns of 25, 20, 20 and 10 characters; what has no unit ends before it. */
static void limits_form(void)
{
	static const char *const names[] = { "Limit", "Max cpu time", "Max file size", "Max data size", "Max stack size", "Max core file size",
		"Max resident set", "Max processes", "Max open files", "Max locked memory", "Max address space", "Max file locks",
		"Max pending signals", "Max msgqueue size", "Max nice priority", "Max realtime priority", "Max realtime timeout" };
	static const char *const units[] = { "Units", "seconds", "bytes", "bytes", "bytes", "bytes", "bytes", "processes", "files", "bytes",
		"bytes", "locks", "signals", "bytes", "", "", "us" };
	char want[120], *text, *line;
	unsigned i;

	CHECK_OK(set(0, RLIMIT_NOFILE, 100, 200));
	text = proc_text("/proc/self/limits");
	CHECK(strstr(text, "\nMax open files            100                  200                  files     \n") != NULL);
	for (i = 0, line = text; i < COUNT(names); i++) {
		snprintf(want, sizeof(want), "%-26s%.42s%-10s\n", names[i], line + 26, units[i]);
		if (!units[i][0])
			strcpy(want + 68, "\n");
		if (strncmp(line, want, strlen(want)) || line[46] != ' ' || line[67] != ' ')
			FAIL("not '%s', but %s", want, line);
		line += strlen(want);
	}
	CHECK(!*line);
}

/* ---- what limits do -------------------------------------------------------------------------------- */

/* In @dir: a file as long as the limit, and not a byte more. */
static void no_longer_file(const char *dir)
{
	char name[64], buf[300];
	int fd;

	snprintf(name, sizeof(name), "%s/limits.%d", dir, (int)getpid());
	CHECK_OK(fd = open(name, O_RDWR | O_CREAT | O_EXCL, 0600));
	CHECK_OK(unlink(name));
	memset(buf, 'f', sizeof(buf));
	CHECK_OK(set(0, RLIMIT_FSIZE, PAGE + 200, FOREVER));
	CHECK_EQ(pwrite(fd, buf, 300, PAGE), 200);		/* as much as it may be */
	CHECK_KILLED(SIGXFSZ, signal(SIGXFSZ, SIG_DFL); pwrite(fd, "x", 1, PAGE + 200));
	CHECK_KILLED(SIGXFSZ, signal(SIGXFSZ, SIG_DFL); ftruncate(fd, PAGE + 201));
	signal(SIGXFSZ, SIG_IGN);
	CHECK_ERR(pwrite(fd, "x", 1, PAGE + 200), EFBIG);
	CHECK_ERR(pwrite(fd, "x", 1, 1 << 20), EFBIG);
	CHECK_ERR(ftruncate(fd, PAGE + 201), EFBIG);
	CHECK(fallocate(fd, 0, 0, PAGE + 201) == -1 && (errno == EFBIG || errno == EOPNOTSUPP));
	CHECK_EQ(lseek(fd, 0, SEEK_END), PAGE + 200);
	CHECK_OK(set(0, RLIMIT_FSIZE, 100, FOREVER));		/* what is there already may be written, up to it, and cut */
	CHECK_EQ(pwrite(fd, buf, 300, 50), 50);
	CHECK_ERR(pwrite(fd, "x", 1, 100), EFBIG);
	CHECK_OK(ftruncate(fd, PAGE));
	CHECK_OK(set(0, RLIMIT_FSIZE, FOREVER, FOREVER));
	CHECK_EQ(pwrite(fd, buf, 300, PAGE), 300);
	close(fd);
}

static void file_size(void)
{
	no_longer_file(".");
	no_longer_file("/dev/shm");
}

static int frames(int n)
{
	volatile char frame[4000];

	frame[0] = frame[3999] = n;
	return n ? frames(n - 1) + (frame[0] == frame[3999]) : 0;
}

/* A stack that may not grow any more, for the sum of all, ends the process. */
static void address_space_of_stacks(void)
{
	CHECK_OK(set(0, RLIMIT_STACK, 8 << 20, get(0, RLIMIT_STACK).max));
	CHECK_OK(set(0, RLIMIT_AS, (STATUS("VmSize") + 400) * 1024, FOREVER));
	CHECK_EQ(frames(20), 20);
	CHECK_KILLED(SIGSEGV, frames(600));
}

static void queued_signals(void)
{
	union sigval value = { 0 };
	sigset_t block;
	int n, i;

	sigemptyset(&block);
	sigaddset(&block, SIGRTMIN);
	sigaddset(&block, SIGUSR1);
	CHECK_OK(sigprocmask(SIG_BLOCK, &block, NULL));
	CHECK_OK(set(0, RLIMIT_SIGPENDING, 5, 5));
	become_nobody();
	for (n = 0; n < 100 && sigqueue(getpid(), SIGRTMIN, value) == 0; n++)
		;
	CHECK_EQ(errno, EAGAIN);
	CHECK(n > 0 && n <= 5);
	CHECK_OK(kill(getpid(), SIGUSR1));			/* one of each is always there */
	for (i = 0; i < n + 1; i++)
		CHECK_EQ(sigwaitinfo(&block, NULL), i ? SIGRTMIN : SIGUSR1);
	CHECK_OK(sigqueue(getpid(), SIGRTMIN, value));		/* there is room again */
}

static void niceness(void)
{
	if (!geteuid() && set(0, RLIMIT_NICE, 12, 12) == 0) {
		become_nobody();
		CHECK_OK(setpriority(PRIO_PROCESS, 0, 8));	/* 20 - 12 */
		CHECK_ERR(setpriority(PRIO_PROCESS, 0, 7), EACCES);
		CHECK_OK(setpriority(PRIO_PROCESS, 0, 19));
		CHECK_OK(setpriority(PRIO_PROCESS, 0, 8));
	}
	CHECK_OK(set(0, RLIMIT_NICE, 0, 0));
	become_nobody();
	CHECK_OK(setpriority(PRIO_PROCESS, 0, 10));
	CHECK_ERR(setpriority(PRIO_PROCESS, 0, 9), EACCES);
	CHECK_EQ(getpriority(PRIO_PROCESS, 0), 10);
}

static int set_policy(int policy, int priority)
{
	return syscall(__NR_sched_setscheduler, 0, policy, &priority);
}

static void real_time(void)
{
	int priority = 5;

	CHECK_OK(set(0, RLIMIT_RTPRIO, 0, get(0, RLIMIT_RTPRIO).max));
	CHECK_CHILD_OK({
		become_nobody();
		CHECK_ERR(set_policy(SCHED_FIFO, 1), EPERM);
		CHECK_ERR(set_policy(SCHED_RR, 1), EPERM);
	});
	set_or_skip(RLIMIT_RTPRIO, 10);
	CHECK_OK(set_policy(SCHED_RR, 20));
	become_nobody();
	CHECK_OK(set_policy(SCHED_RR, 15));			/* less than it has */
	CHECK_ERR(set_policy(SCHED_RR, 16), EPERM);
	CHECK_OK(set_policy(SCHED_FIFO, 10));
	CHECK_ERR(syscall(__NR_sched_setparam, 0, &(int){ 11 }), EPERM);
	CHECK_OK(syscall(__NR_sched_setparam, 0, &priority));
	CHECK_OK(set_policy(SCHED_OTHER, 0));
	CHECK_OK(set_policy(SCHED_FIFO, 10));
	CHECK_ERR(set_policy(SCHED_FIFO, 11), EPERM);
}

static volatile int told;

static void on_xcpu(int sig)
{
	told++;
}

/* SIGXCPU at the soft limit, and each second from then on; SIGKILL at the hard one. */
static void processor_time(void)
{
	volatile unsigned long n = 0;

	CHECK_KILLED(SIGXCPU, set(0, RLIMIT_CPU, 1, 10); signal(SIGXCPU, SIG_DFL); for (;;) n++);
	CHECK_KILLED(SIGKILL, {
		signal(SIGXCPU, on_xcpu);
		CHECK_OK(set(0, RLIMIT_CPU, 1, 3));
		while (told < 2)
			n++;
		for (;;)
			n++;
	});
}

/* ---- usage ------------------------------------------------------------------------------------------------ */

static void touch_pages(int pages)
{
	char *p = map(pages, RW, ANON);
	int i;

	madvise(p, pages * PAGE, MADV_NOHUGEPAGE);
	for (i = 0; i < pages; i++)
		p[i * PAGE] = 1;
}

/* Use so much time that both ways to tell it show it. */
static void burn(void)
{
	volatile unsigned long n = 0;
	struct rusage ru;

	do {
		for (int i = 0; i < 100000; i++)
			n++;
		CHECK_OK(getrusage(RUSAGE_SELF, &ru));
	} while (ru.ru_utime.tv_sec == 0 && ru.ru_utime.tv_usec < 60000);
}

static struct rusage usage(int who)
{
	struct rusage ru;

	memset(&ru, 0xff, sizeof(ru));
	CHECK_OK(getrusage(who, &ru));
	return ru;
}

static void usage_errors(void)
{
	struct rusage ru;

	CHECK_ERR(syscall(__NR_getrusage, 2, &ru), EINVAL);
	CHECK_ERR(syscall(__NR_getrusage, -2, &ru), EINVAL);
	CHECK_ERR(syscall(__NR_getrusage, RUSAGE_SELF, KERNEL), EFAULT);
	CHECK_ERR(syscall(__NR_getrusage, RUSAGE_CHILDREN, NULL), EFAULT);
	CHECK_ERR(syscall(__NR_times, KERNEL), EFAULT);
	CHECK(times(NULL) != (clock_t)-1);
}

static void *touch_and_tell(void *arg)
{
	long before = usage(RUSAGE_THREAD).ru_minflt;

	touch_pages(64);
	*(long *)arg = usage(RUSAGE_THREAD).ru_minflt - before;
	return NULL;
}

/* A thread's is its own; the process's is all threads', of those that ended, too. */
static void usage_of_threads(void)
{
	long own = usage(RUSAGE_THREAD).ru_minflt, all = usage(RUSAGE_SELF).ru_minflt, others;
	pthread_t t;

	CHECK_EQ(pthread_create(&t, NULL, touch_and_tell, &others), 0);
	CHECK_EQ(pthread_join(t, NULL), 0);
	CHECK(others >= 64);
	CHECK(usage(RUSAGE_THREAD).ru_minflt - own < 64);
	CHECK(usage(RUSAGE_SELF).ru_minflt - all >= others);
	CHECK(usage(RUSAGE_SELF).ru_maxrss >= 256 && usage(RUSAGE_THREAD).ru_maxrss >= 256);
}

/* Children count once they were waited for, with the children that they waited for; those nobody waits for never do. */
static void usage_of_children(void)
{
	struct rusage before = usage(RUSAGE_CHILDREN), now;
	struct tms tms;
	siginfo_t info;
	pid_t child;

	child = fork();
	if (child == 0) {
		CHECK_CHILD_OK(touch_pages(100));
		touch_pages(100);
		burn();
		_exit(0);
	}
	CHECK_OK(waitid(P_PID, child, &info, WEXITED | WNOWAIT));	/* it has ended, but nobody has fetched it */
	CHECK_EQ(usage(RUSAGE_CHILDREN).ru_minflt, before.ru_minflt);
	CHECK_EQ(exit_status(child), 0);
	now = usage(RUSAGE_CHILDREN);
	CHECK(now.ru_minflt - before.ru_minflt >= 200 && now.ru_maxrss >= 400);
	CHECK(now.ru_utime.tv_sec > 0 || now.ru_utime.tv_usec >= 60000);
	signal(SIGCHLD, SIG_IGN);
	child = fork();
	if (child == 0) {
		touch_pages(100);
		_exit(0);
	}
	CHECK_ERR(waitpid(child, NULL, 0), ECHILD);
	CHECK_EQ(usage(RUSAGE_CHILDREN).ru_minflt, now.ru_minflt);
	CHECK(times(&tms) != (clock_t)-1);
	CHECK(tms.tms_cutime + tms.tms_cstime >= 5);		/* of the first child: in hundredths of a second */
	CHECK(tms.tms_utime >= 0 && tms.tms_stime >= 0);
}

/* What was read from the disk, and what was made dirty; by ourselves, then by a child. */
static void usage_of_the_disk(void)
{
	struct rusage before, now;
	char buf[PAGE];
	int fd, i;

	if (!on_pagoda())
		SKIP("a host's caches are not dropped");
	CHECK_OK(chdir("/root"));
	before = usage(RUSAGE_SELF);
	fd = file_of("limits.test", 32);
	now = usage(RUSAGE_SELF);
	CHECK(now.ru_oublock - before.ru_oublock >= 32 * 8);
	CHECK_OK(unlink("limits.test"));
	drop_caches();
	before = usage(RUSAGE_THREAD);
	for (i = 0; i < 32; i++)
		CHECK_EQ(pread(fd, buf, PAGE, i * PAGE), PAGE);
	now = usage(RUSAGE_THREAD);
	CHECK(now.ru_inblock - before.ru_inblock >= 32 * 8);
	CHECK_EQ(now.ru_oublock, before.ru_oublock);
	do {				/* from memory, once our own text is back there, too */
		before = now;
		CHECK_EQ(pread(fd, buf, PAGE, 0), PAGE);
		now = usage(RUSAGE_THREAD);
	} while (now.ru_inblock != before.ru_inblock);
	drop_caches();
	before = usage(RUSAGE_CHILDREN);
	CHECK_CHILD_OK({
		CHECK_EQ(usage(RUSAGE_SELF).ru_inblock, 0);
		CHECK_CHILD_OK(CHECK_EQ(pread(fd, buf, PAGE, 16 * PAGE), PAGE));
		CHECK_EQ(pwrite(fd, "x", 1, 0), 1);
	});
	now = usage(RUSAGE_CHILDREN);
	CHECK(now.ru_inblock - before.ru_inblock >= 8 && now.ru_oublock - before.ru_oublock >= 8);
}

TEST_MAIN(
	TEST(errors), TEST(hard_limits_only_fall), TEST(no_more_files_than_nr_open), TEST(defaults), TEST(others), TEST(same_user), TEST(limits_form), TEST(file_size),
	TEST(address_space_of_stacks), TEST(queued_signals), TEST(niceness), TEST(real_time), TEST(processor_time),
	TEST(usage_errors), TEST(usage_of_threads), TEST(usage_of_children), TEST(usage_of_the_disk),
)
