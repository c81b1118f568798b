/*
 * A process in /proc: maps, smaps, pagemap, clear_refs, status, statm, stat, mem, auxv, environ, cmdline, fd, task, oom_*:
 * Linux's formats, the right numbers, who may look, and what is shown of a process that ends meanwhile.
 */
#include "test.h"
#include <elf.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/resource.h>

#define RW	(PROT_READ | PROT_WRITE)
#define ANON	(MAP_PRIVATE | MAP_ANONYMOUS)

static char buf[1 << 18];

static int slurp(const char *path)
{
	return read_all(path, buf, sizeof(buf));
}

/* The number behind name at the start of a line of buf. */
static unsigned long number(const char *name)
{
	char *p = buf, *end;
	unsigned long n;

	if (strncmp(p, name, strlen(name))) {
		char line[64];

		snprintf(line, sizeof(line), "\n%s", name);
		p = strstr(buf, line);
		if (!p)
			FAIL("no %s", name);
		p++;
	}
	n = strtoul(p + strlen(name), &end, 10);
	CHECK(end != p + strlen(name));
	return n;
}

static char *map(size_t pages, int flags)
{
	char *p = mmap(NULL, pages * PAGE, RW, flags, -1, 0);

	CHECK(p != MAP_FAILED);
	return p;
}

/* The same, with nothing beside it: a neighbour of the same kind would be one area with it. */
static char *map_apart(size_t pages, int flags)
{
	char *p = mmap(NULL, (pages + 2) * PAGE, PROT_NONE, ANON, -1, 0);

	CHECK(p != MAP_FAILED);
	CHECK(mmap(p + PAGE, pages * PAGE, RW, flags | MAP_FIXED, -1, 0) == p + PAGE);
	return p + PAGE;
}

/* buf begins with the record of smaps whose area holds p. */
static void smaps_of(const void *p)
{
	char *line, *next;
	unsigned long start, end;

	slurp("/proc/self/smaps");
	for (line = buf; *line; line = next) {
		next = strchr(line, '\n') + 1;
		start = strtoul(line, &line, 16);
		if (*line != '-')
			continue;
		end = strtoul(line + 1, &line, 16);
		if ((unsigned long)p < start || (unsigned long)p >= end)
			continue;
		line = strstr(next, "VmFlags:");
		CHECK(line != NULL);
		*strchr(line, '\n') = 0;
		memmove(buf, next, strlen(next) + 1);
		return;
	}
	FAIL("no area of %p", p);
}

/* A page that is asked for may come with neighbours on Linux, so only lower bounds of what was not asked for. */
static void smaps_counts(void)
{
	char *p = map_apart(16, ANON), *s = map_apart(8, MAP_SHARED | MAP_ANONYMOUS);
	int i;

	madvise(p, 16 * PAGE, MADV_NOHUGEPAGE);
	for (i = 0; i < 6; i++)
		p[i * PAGE] = 1;
	s[0] = s[PAGE] = 1;
	smaps_of(p);
	CHECK_EQ(number("KernelPageSize:"), 4);
	CHECK_EQ(number("MMUPageSize:"), 4);
	CHECK_EQ(number("Rss:"), 24);
	CHECK_EQ(number("Pss:"), 24);
	CHECK_EQ(number("Private_Dirty:"), 24);
	CHECK_EQ(number("Private_Clean:"), 0);
	CHECK_EQ(number("Shared_Clean:") + number("Shared_Dirty:"), 0);
	CHECK_EQ(number("Anonymous:"), 24);
	CHECK_EQ(number("Referenced:"), 24);
	CHECK_EQ(number("Swap:"), 0);
	CHECK_EQ(number("Locked:"), 0);
	CHECK(strstr(buf, "VmFlags: rd wr mr mw me ac ") != NULL);
	smaps_of(s);
	CHECK_EQ(number("Size:"), 32);
	CHECK_EQ(number("Rss:"), 8);
	CHECK_EQ(number("Anonymous:"), 0);
	CHECK(strstr(buf, "VmFlags: rd wr sh mr mw me ms ") != NULL);
	CHECK_CHILD_OK({
		CHECK_EQ(s[0], 1);
		smaps_of(p);
		CHECK_EQ(number("Rss:"), 24);		/* two have each page */
		CHECK_EQ(number("Pss:"), 12);
		CHECK_EQ(number("Shared_Dirty:") + number("Shared_Clean:"), 24);
		CHECK_EQ(number("Private_Dirty:"), 0);
		p[0] = 2;
		smaps_of(p);
		CHECK_EQ(number("Private_Dirty:"), 4);
		CHECK_EQ(number("Pss:"), 14);
	});
	CHECK_OK(mlock(p, PAGE * 4));
	smaps_of(p);
	CHECK_EQ(number("Size:"), 16);
	CHECK_EQ(number("Locked:"), 16);
	CHECK(strstr(buf, " lo ") != NULL);
}

/* Every line of each record is there, in Linux's order and width. */
static void smaps_format(void)
{
	static const char *const lines[] = {
		"Size:           ", "KernelPageSize: ", "MMUPageSize:    ", "Rss:            ", "Pss:            ", "Shared_Clean:   ",
		"Shared_Dirty:   ", "Private_Clean:  ", "Private_Dirty:  ", "Referenced:     ", "Anonymous:      ", "AnonHugePages:  ",
		"Swap:           ", "Locked:         ",
	};
	unsigned i = 0;
	char *p;

	smaps_of(&i);
	for (i = 0, p = buf; i < COUNT(lines); i++) {
		p = strstr(p, lines[i]);
		if (!p)
			FAIL("no '%s', or not behind the others", lines[i]);
		CHECK(p == buf || p[-1] == '\n');
		CHECK(!strncmp(p + 24, " kB\n", 4));
	}
}

static uint64_t pagemap(const void *addr)
{
	int fd = open("/proc/self/pagemap", O_RDONLY);
	uint64_t entry;

	CHECK_OK(fd);
	CHECK_EQ(pread(fd, &entry, 8, (off_t)((uintptr_t)addr / PAGE * 8)), 8);
	close(fd);
	return entry;
}

#define PRESENT(e)	((e) >> 63 & 1)
#define OF_FILE(e)	((e) >> 61 & 1)
#define EXCLUSIVE(e)	((e) >> 56 & 1)
#define PFN(e)		((e) & (((uint64_t)1 << 55) - 1))

static void pagemap_entries(void)
{
	char *p = map(4, ANON), *s = map(2, MAP_SHARED | MAP_ANONYMOUS);
	int fd, root = geteuid() == 0;
	uint64_t pfn[2], e[4], n;

	p[0] = p[2 * PAGE] = 1;
	s[0] = 1;
	CHECK(PRESENT(pagemap(p)) && !OF_FILE(pagemap(p)) && EXCLUSIVE(pagemap(p)));
	CHECK_EQ(pagemap(p + PAGE) >> 56, 0);
	CHECK(PRESENT(pagemap(s)) && OF_FILE(pagemap(s)));
	CHECK_OK(munmap(p + 3 * PAGE, PAGE));
	CHECK_EQ(pagemap(p + 3 * PAGE) >> 56, 0);
	pfn[0] = PFN(pagemap(p));
	pfn[1] = PFN(pagemap(p + 2 * PAGE));
	if (root)
		CHECK(pfn[0] && pfn[1] && pfn[0] != pfn[1]);
	CHECK_CHILD_OK({
		CHECK(!EXCLUSIVE(pagemap(p)));
		CHECK(PFN(pagemap(p)) == pfn[0]);
		p[0] = 2;
		CHECK(EXCLUSIVE(pagemap(p)));
		CHECK(!root || PFN(pagemap(p)) != pfn[0]);
	});
	CHECK_OK(fd = open("/proc/self/pagemap", O_RDONLY));
	CHECK_ERR(pread(fd, e, 7, 0), EINVAL);
	CHECK_ERR(pread(fd, e, 8, 4), EINVAL);
	CHECK_EQ(pread(fd, e, 0, 0), 0);
	CHECK_EQ(pread(fd, e, sizeof(e), (off_t)((uintptr_t)p / PAGE * 8)), sizeof(e));
	CHECK(PRESENT(e[0]) && !PRESENT(e[1]) && PRESENT(e[2]) && !PRESENT(e[3]));
	CHECK_ERR(pread(fd, (void *)8, 8, 0), EFAULT);
	n = (uint64_t)1 << (sizeof(long) == 8 ? 56 : 33);
	CHECK_EQ(pread(fd, e, 8, (off_t)n), 0);		/* behind the last address */
	CHECK(write(fd, e, 8) == -1);
	if (!root)
		return;
	CHECK_CHILD_OK({
		CHECK_OK(setuid(NOBODY));
		CHECK(open("/proc/1/pagemap", O_RDONLY) == -1);
		fd = open("/proc/self/pagemap", O_RDONLY);
		CHECK(fd < 0 || (pread(fd, e, 8, (off_t)((uintptr_t)p / PAGE * 8)) == 8 && PRESENT(e[0]) && !PFN(e[0])));
	});
}

/* What the frames of our pages are. */
static void frames(void)
{
	int count = open("/proc/kpagecount", O_RDONLY), flags = open("/proc/kpageflags", O_RDONLY);
	char *p = map(2, ANON);
	uint64_t n, f;
	struct stat st;
	off_t at;

	if (count < 0 || flags < 0)
		SKIP("/proc/kpagecount and kpageflags cannot be read here");
	CHECK_OK(stat("/proc/kpageflags", &st));
	CHECK_EQ(st.st_mode, S_IFREG | 0400);
	madvise(p, 2 * PAGE, MADV_NOHUGEPAGE);
	p[0] = 1;
	at = (off_t)(PFN(pagemap(p)) * 8);
	CHECK(at > 0);
	CHECK_EQ(pread(count, &n, 8, at), 8);
	CHECK_EQ(pread(flags, &f, 8, at), 8);
	CHECK_EQ(n, 1);
	CHECK((f >> 12 & 1) && (f >> 11 & 1));		/* anonymous, mapped */
	CHECK(!(f >> 10 & 1) && !(f >> 7 & 1) && !(f >> 20 & 1));	/* not free, no slab, there */
	CHECK_CHILD_OK({
		CHECK_EQ(p[0], 1);
		CHECK_EQ(pread(count, &n, 8, at), 8);
		CHECK_EQ(n, 2);
	});
	CHECK_ERR(pread(count, &n, 4, 0), EINVAL);
	CHECK_ERR(pread(flags, &n, 8, 3), EINVAL);
	CHECK_EQ(pread(count, &n, 8, (off_t)1 << 40), 0);
}

static void referenced_no_more(void)
{
	char *p = map_apart(8, ANON);
	unsigned long again;
	int fd, i;

	madvise(p, 8 * PAGE, MADV_NOHUGEPAGE);
	for (i = 0; i < 8; i++)
		p[i * PAGE] = 1;
	CHECK_OK(fd = open("/proc/self/clear_refs", O_WRONLY));
	CHECK_EQ(write(fd, "1", 1), 1);
	smaps_of(p);
	CHECK_EQ(number("Rss:"), 32);
	CHECK_EQ(number("Referenced:"), 0);
	p[3 * PAGE] = 1;
	CHECK_EQ(p[5 * PAGE], 1);
	smaps_of(p);
	again = number("Referenced:");
	CHECK(again == 8 || (again < 8 && access("/proc/mm_check", F_OK)));	/* Linux lets the processor's memory of it be */
	CHECK_EQ(write(fd, "3\n", 2), 2);		/* of files: not ours */
	smaps_of(p);
	CHECK_EQ(number("Referenced:"), again);
	CHECK_EQ(write(fd, "2", 1), 1);
	smaps_of(p);
	CHECK_EQ(number("Referenced:"), 0);
	CHECK_EQ(write(fd, "4", 1), 1);
	CHECK_ERR(write(fd, "0", 1), EINVAL);
	CHECK_ERR(write(fd, "6", 1), EINVAL);
	CHECK_ERR(write(fd, "x", 1), EINVAL);
	CHECK(read(fd, buf, 1) == -1);
}

static void peak_is_reset(void)
{
	char *p = map(8192, ANON);
	unsigned long before, peak;
	int fd, i;

	for (i = 0; i < 8192; i++)
		p[i * PAGE] = 1;
	CHECK_OK(munmap(p, 8192 * PAGE));
	slurp("/proc/self/status");
	peak = number("VmHWM:");
	before = number("VmRSS:");
	CHECK(peak >= before + 30000);
	CHECK_OK(fd = open("/proc/self/clear_refs", O_WRONLY));
	CHECK_EQ(write(fd, "5", 1), 1);
	slurp("/proc/self/status");
	CHECK(number("VmHWM:") + 20000 < peak);
	CHECK(number("VmHWM:") >= number("VmRSS:"));
}

static void status_numbers(void)
{
	unsigned long size, rss, data, locked, statm[7], parts;
	char *p, *line;
	int i;

	slurp("/proc/self/status");
	size = number("VmSize:");
	rss = number("VmRSS:");
	data = number("VmData:");
	locked = number("VmLck:");
	CHECK_EQ(number("Pid:"), getpid());
	CHECK_EQ(number("Tgid:"), getpid());
	CHECK_EQ(number("PPid:"), getppid());
	CHECK_EQ(number("Uid:"), getuid());
	CHECK_EQ(number("Threads:"), 1);
	CHECK(number("FDSize:") >= 3);
	CHECK(number("VmPTE:") > 0 && number("VmStk:") > 0 && number("VmExe:") > 0);
	number("VmLib:");
	number("VmSwap:");
	number("VmPin:");
	p = map(2048, ANON);
	for (i = 0; i < 512; i++)
		p[i * PAGE] = 1;
	CHECK_OK(mlock(p, 16 * PAGE));
	slurp("/proc/self/status");
	CHECK_EQ(number("VmSize:") - size, 8192);
	CHECK_EQ(number("VmData:") - data, 8192);
	CHECK_EQ(number("VmLck:") - locked, 64);
	CHECK(number("VmRSS:") >= rss + 2000);
	CHECK(number("VmHWM:") >= number("VmRSS:") && number("VmPeak:") >= number("VmSize:"));
	CHECK_EQ(number("RssAnon:") + number("RssFile:") + number("RssShmem:"), number("VmRSS:"));
	size = number("VmSize:");
	slurp("/proc/self/statm");
	for (i = 0, line = buf; i < 7; i++)
		statm[i] = strtoul(line, &line, 10);
	CHECK(*line == '\n' && statm[0] * 4 == size && statm[1] <= statm[0] && statm[2] <= statm[1]);
	CHECK(statm[4] == 0 && statm[6] == 0);
	CHECK_OK(munmap(p, 2048 * PAGE));
	slurp("/proc/self/status");
	CHECK_EQ(number("VmSize:"), size - 8192);
	CHECK(number("VmPeak:") >= size);
	parts = number("RssShmem:");
	p = map(64, MAP_SHARED | MAP_ANONYMOUS);
	memset(p, 1, 64 * PAGE);
	slurp("/proc/self/status");
	CHECK(number("RssShmem:") >= parts + 200);
}

static void status_form(void)
{
	char ignored[] = "SigIgn:\t0123456789abcdef\n";
	const char *const first[] = { "Name:\tprocpid", "Umask:\t0027\n", "State:\tR (running)\n", "Tgid:\t", "Pid:\t", "PPid:\t",
		"TracerPid:\t0\n", "Uid:\t", "Gid:\t", "FDSize:\t", "VmPeak:\t", "VmRSS:\t", "Threads:\t1\n", "SigQ:\t", "SigPnd:\t0000000000000000\n",
		"SigBlk:\t0000000000000a00\n", ignored, "SigCgt:\t", "CapEff:\t", "Cpus_allowed:\t", "Cpus_allowed_list:\t",
		"voluntary_ctxt_switches:\t", "nonvoluntary_ctxt_switches:\t" };
	unsigned long long before;
	sigset_t set;
	unsigned i;
	char *p;

	umask(027);
	signal(SIGPIPE, SIG_DFL);
	slurp("/proc/self/status");	/* whoever started us may ignore some (nohup), even those that a C library hides */
	before = strtoull(strstr(buf, "SigIgn:") + strlen("SigIgn:"), NULL, 16);
	CHECK(!(before & 1 << (SIGPIPE - 1)));
	snprintf(ignored, sizeof(ignored), "SigIgn:\t%016llx\n", before | 1 << (SIGPIPE - 1));
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_SETMASK, &set, NULL);
	slurp("/proc/self/status");
	for (i = 0, p = buf; i < COUNT(first); i++) {
		p = strstr(p, first[i]);
		if (!p)
			FAIL("no '%s', or not behind the others", first[i]);
		CHECK(p == buf || p[-1] == '\n');
	}
}

static void *field_of(char *line, int n)
{
	char *p = strrchr(line, ')') + 2;

	for (n -= 3; n > 0; n--)
		p = strchr(p, ' ') + 1;
	return p;
}

static void stat_fields(void)
{
	int fields = 2;
	char *p;

	slurp("/proc/self/stat");
	for (p = strrchr(buf, ')'); *p; p++)
		fields += *p == ' ';
	CHECK_EQ(fields, 52);
	CHECK_EQ(strtoul(field_of(buf, 20), NULL, 10), 1);		/* threads */
	CHECK(strtoul(field_of(buf, 23), NULL, 10) % PAGE == 0);	/* vsize */
	CHECK(strtoul(field_of(buf, 24), NULL, 10) > 0);		/* rss */
	CHECK(strtoul(field_of(buf, 26), NULL, 10) <= (uintptr_t)stat_fields);
	CHECK(strtoul(field_of(buf, 27), NULL, 10) > (uintptr_t)stat_fields);
	CHECK(strtoul(field_of(buf, 28), NULL, 10) > (uintptr_t)&fields);	/* where the stack begins */
	CHECK_EQ(strtol(field_of(buf, 38), NULL, 10), SIGCHLD);
	CHECK(strtoul(field_of(buf, 47), NULL, 10) <= (uintptr_t)sbrk(0));
}

/* Priority, niceness and policy; what ended the process, or stopped it. */
static void stat_of_others(void)
{
	struct { int priority; } param = { 7 };
	siginfo_t info;
	char path[64];
	pid_t child;
	int status;

	CHECK_OK(setpriority(PRIO_PROCESS, 0, 5));
	slurp("/proc/self/stat");
	CHECK_EQ(strtol(field_of(buf, 18), NULL, 10), 25);
	CHECK_EQ(strtol(field_of(buf, 19), NULL, 10), 5);
	CHECK_EQ(strtol(field_of(buf, 40), NULL, 10), 0);
	CHECK_EQ(strtol(field_of(buf, 41), NULL, 10), SCHED_OTHER);
	CHECK_EQ(strtol(field_of(buf, 35), NULL, 10), 0);
	CHECK_OK(child = fork());
	if (child == 0)
		for (;;)
			pause();
	snprintf(path, sizeof(path), "/proc/%d/stat", child);
	do
		slurp(path);
	while (*(char *)field_of(buf, 3) != 'S');
	CHECK_EQ(strtol(field_of(buf, 35), NULL, 10), 1);		/* it waits somewhere: today's Linux does not say where */
	CHECK_EQ(strtol(field_of(buf, 52), NULL, 10), 0);
	CHECK_OK(kill(child, SIGSTOP));
	CHECK_OK(waitid(P_PID, child, &info, WSTOPPED | WNOWAIT));
	slurp(path);
	CHECK_EQ(*(char *)field_of(buf, 3), 'T');
	CHECK_EQ(strtol(field_of(buf, 52), NULL, 10), SIGSTOP);		/* until that is told */
	CHECK_EQ(waitpid(child, &status, WUNTRACED), child);
	slurp(path);
	CHECK_EQ(strtol(field_of(buf, 52), NULL, 10), 0);
	CHECK_OK(kill(child, SIGKILL));
	do
		slurp(path);
	while (*(char *)field_of(buf, 3) != 'Z');
	CHECK_EQ(strtol(field_of(buf, 52), NULL, 10), SIGKILL);
	CHECK_EQ(waitpid(child, &status, 0), child);
	if (syscall(__NR_sched_setscheduler, 0, SCHED_RR, &param))
		SKIP("no real-time priority is allowed here");
	slurp("/proc/self/stat");
	CHECK_EQ(strtol(field_of(buf, 18), NULL, 10), -8);
	CHECK_EQ(strtol(field_of(buf, 40), NULL, 10), 7);
	CHECK_EQ(strtol(field_of(buf, 41), NULL, 10), SCHED_RR);
}

static void *burn(void *arg)
{
	volatile unsigned long n = 0;
	struct rusage ru;

	do {
		for (int i = 0; i < 100000; i++)
			n++;
		getrusage(RUSAGE_THREAD, &ru);
	} while (ru.ru_utime.tv_sec == 0 && ru.ru_utime.tv_usec < 60000);
	*(pid_t *)arg = syscall(__NR_gettid);
	pause();
	return NULL;
}

static unsigned long ticks_of(const char *path)
{
	slurp(path);
	return strtoul(field_of(buf, 14), NULL, 10) + strtoul(field_of(buf, 15), NULL, 10);
}

/* A thread's directory tells what the thread used, the process's what all did. */
static void threads(void)
{
	volatile pid_t tid = 0;
	unsigned long own, all, other;
	struct dirent *e;
	char path[64];
	pthread_t th;
	int n = 0;
	DIR *d;

	CHECK_EQ(pthread_create(&th, NULL, burn, (void *)&tid), 0);
	while (!tid)
		sched_yield();
	d = opendir("/proc/self/task");
	while ((e = readdir(d)))
		n += e->d_name[0] != '.';
	closedir(d);
	CHECK_EQ(n, 2);
	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
	other = ticks_of(path);
	CHECK_EQ(atoi(buf), tid);
	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", getpid());
	own = ticks_of(path);
	all = ticks_of("/proc/self/stat");
	CHECK(other >= 5 && all >= own + other);
	n = readlink("/proc/thread-self", path, sizeof(path));
	path[n] = 0;
	snprintf(buf, sizeof(buf), "%d/task/%d", getpid(), getpid());
	CHECK(!strcmp(path, buf));
	snprintf(path, sizeof(path), "/proc/%d/status", tid);		/* found, if not listed */
	slurp(path);
	CHECK(number("Pid:") == tid && number("Tgid:") == getpid() && number("Threads:") == 2);
	CHECK_ERR(open("/proc/self/task/1/stat", O_RDONLY), ENOENT);
}

static void memory_as_a_file(void)
{
	char *p = map(3, ANON), word[8] = "";
	int fd, text, i;

	memcpy(p + PAGE - 3, "secret", 6);
	CHECK_OK(munmap(p + 2 * PAGE, PAGE));
	CHECK_OK(fd = open("/proc/self/mem", O_RDWR));
	CHECK_EQ(pread(fd, word, 6, (off_t)(uintptr_t)(p + PAGE - 3)), 6);
	CHECK(!memcmp(word, "secret", 6));
	CHECK_EQ(pwrite(fd, "public", 6, (off_t)(uintptr_t)(p + PAGE - 3)), 6);
	CHECK(!memcmp(p + PAGE - 3, "public", 6));
	CHECK_EQ(pread(fd, buf, 2 * PAGE, (off_t)(uintptr_t)(p + PAGE)), PAGE);	/* to the hole */
	CHECK_ERR(pread(fd, buf, 1, (off_t)(uintptr_t)(p + 2 * PAGE)), EIO);
	CHECK_ERR(pwrite(fd, "x", 1, (off_t)(uintptr_t)(p + 2 * PAGE)), EIO);
	CHECK_ERR(pread(fd, buf, 1, 0), EIO);
	CHECK_EQ(pread(fd, buf, 0, 0), 0);
	CHECK_ERR(pread(fd, (char *)8, 1, (off_t)(uintptr_t)p), EFAULT);
	CHECK_OK(mprotect(p, PAGE, PROT_READ));
	text = pwrite(fd, "F", 1, (off_t)(uintptr_t)p);	/* as a debugger: in spite of the protection (some Linux refuses) */
	CHECK(text == 1 ? p[0] == 'F' : errno == EIO);
	CHECK_CHILD_OK(for (i = 0; i < 6; i++) CHECK_EQ(pread(fd, word + i, 1, (off_t)(uintptr_t)(p + PAGE - 3 + i)), 1));
	CHECK(!memcmp(word, "secret", 6));
}

/* A file that was opened before an exec or an exit shows the memory of then, or nothing. */
static void memory_that_went(void)
{
	char path[64], c, *p = map(1, ANON);
	int fd, maps, ready[2], go[2];
	pid_t child;

	p[0] = 'm';
	CHECK_OK(pipe(ready));
	CHECK_OK(pipe(go));
	child = fork();
	if (child == 0) {
		write(ready[1], "x", 1);
		read(go[0], &c, 1);
		fcntl(ready[1], F_SETFD, FD_CLOEXEC);
		fcntl(go[0], F_SETFD, 0);
		execl("/bin/sh", "sh", "-c", "read x", (char *)NULL);
		_exit(1);
	}
	CHECK_EQ(read(ready[0], &c, 1), 1);
	snprintf(path, sizeof(path), "/proc/%d/mem", child);
	CHECK_OK(fd = open(path, O_RDONLY));
	snprintf(path, sizeof(path), "/proc/%d/maps", child);
	CHECK_OK(maps = open(path, O_RDONLY));
	CHECK_EQ(pread(fd, &c, 1, (off_t)(uintptr_t)p), 1);
	CHECK_EQ(c, 'm');
	close(ready[1]);
	CHECK_EQ(write(go[1], "x", 1), 1);
	CHECK_EQ(read(ready[0], &c, 1), 0);		/* closed by exec */
	while (pread(fd, &c, 1, (off_t)(uintptr_t)p) != 0)
		sched_yield();
	CHECK_EQ(read(maps, buf, sizeof(buf)), 0);
	kill(child, SIGKILL);
	CHECK_EQ(waitpid(child, NULL, 0), child);
	CHECK_ERR(open(path, O_RDONLY), ENOENT);
	CHECK(pread(fd, &c, 1, (off_t)(uintptr_t)p) == 0);
	CHECK_ERR(pread(maps, buf, 100, 0), ESRCH);
}

static void zombies(void)
{
	char path[64];
	pid_t child = fork();

	if (child == 0)
		_exit(3);
	snprintf(path, sizeof(path), "/proc/%d/stat", child);
	do
		slurp(path);
	while (*(char *)field_of(buf, 3) != 'Z');
	CHECK_EQ(strtoul(field_of(buf, 23), NULL, 10), 0);
	CHECK_EQ(strtoul(field_of(buf, 51), NULL, 10), 0);
	CHECK_EQ(strtoul(field_of(buf, 52), NULL, 10), 3 << 8);		/* as wait(2) will tell */
	snprintf(path, sizeof(path), "/proc/%d/maps", child);
	CHECK_EQ(slurp(path), 0);
	snprintf(path, sizeof(path), "/proc/%d/smaps", child);
	CHECK_EQ(slurp(path), 0);
	snprintf(path, sizeof(path), "/proc/%d/cmdline", child);
	CHECK_EQ(slurp(path), 0);
	snprintf(path, sizeof(path), "/proc/%d/statm", child);
	slurp(path);
	CHECK(!strcmp(buf, "0 0 0 0 0 0 0\n"));
	snprintf(path, sizeof(path), "/proc/%d/status", child);
	slurp(path);
	CHECK(strstr(buf, "State:\tZ (zombie)\n") && !strstr(buf, "VmSize"));
	snprintf(path, sizeof(path), "/proc/%d/exe", child);
	CHECK_ERR(readlink(path, buf, sizeof(buf)), ENOENT);
	CHECK_EQ(waitpid(child, NULL, 0), child);
}

/* Files that were opened in time, used when the process has been waited for: there is nothing any more. */
static void looked_at_too_late(void)
{
	static const char *const files[] = { "stat", "status", "statm", "cmdline", "comm", "limits", "oom_score", "oom_adj",
		"oom_score_adj", "maps", "smaps" };
	static const char *const written[] = { "oom_adj", "oom_score_adj", "comm", "clear_refs" };
	static const char *const listed[] = { "", "fd", "task" };
	int fd[COUNT(files)], out[COUNT(written)], dir[COUNT(listed)], hold[2];
	char path[64], c;
	unsigned i;
	pid_t child;

	CHECK_OK(pipe(hold));
	child = fork();
	if (child == 0) {
		close(hold[1]);
		_exit((int)read(hold[0], &c, 1));
	}
	for (i = 0; i < COUNT(files); i++) {
		snprintf(path, sizeof(path), "/proc/%d/%s", child, files[i]);
		CHECK_OK(fd[i] = open(path, O_RDONLY));
	}
	for (i = 0; i < COUNT(written); i++) {
		snprintf(path, sizeof(path), "/proc/%d/%s", child, written[i]);
		CHECK_OK(out[i] = open(path, O_WRONLY));
	}
	for (i = 0; i < COUNT(listed); i++) {
		snprintf(path, sizeof(path), "/proc/%d/%s", child, listed[i]);
		CHECK_OK(dir[i] = open(path, O_RDONLY | O_DIRECTORY));
	}
	close(hold[1]);
	CHECK_EQ(waitpid(child, NULL, 0), child);
	for (i = 0; i < COUNT(listed); i++) {
		CHECK_ERR(syscall(__NR_getdents64, dir[i], buf, sizeof(buf)), ENOENT);
		CHECK(openat(dir[i], "0", O_RDONLY) == -1 && (errno == ENOENT || errno == ESRCH));
	}
	for (i = 0; i < COUNT(files); i++)
		CHECK_ERR(read(fd[i], buf, 100), ESRCH);
	for (i = 0; i < COUNT(written); i++)
		CHECK_ERR(write(out[i], "1", 1), ESRCH);
}

/* Processes come and go while others read everything about them. */
static void looked_at_while_ending(void)
{
	static const char *const files[] = { "maps", "smaps", "pagemap", "status", "stat", "statm", "cmdline", "environ", "auxv", "oom_score",
		"mem", "fd/0", "limits" };
	int round, i, fd;
	char path[64];
	pid_t child;

	for (round = 0; round < 60; round++) {
		child = fork();
		if (child == 0) {
			map(4, ANON)[0] = 1;
			if (round % 2)
				execl("/bin/true", "true", (char *)NULL);
			_exit(0);
		}
		for (i = 0; i < (int)COUNT(files); i++) {
			snprintf(path, sizeof(path), "/proc/%d/%s", child, files[i]);
			fd = open(path, O_RDONLY | O_NONBLOCK);
			if (fd < 0)
				continue;
			if (strcmp(files[i], "fd/0") && strcmp(files[i], "mem") && read(fd, buf, 4096) < 0)
				CHECK(errno == ESRCH || errno == EACCES);
			close(fd);
		}
		CHECK_EQ(waitpid(child, NULL, 0), child);
	}
}

static void who_may_look(void)
{
	static const char *const secrets[] = { "maps", "smaps", "pagemap", "environ", "auxv", "mem", "clear_refs" };
	static const char *const open_to_all[] = { "stat", "status", "statm", "cmdline", "oom_score", "limits" };
	char path[64];
	unsigned i;
	pid_t us = getpid();

	if (geteuid())
		SKIP("needs root");
	CHECK_CHILD_OK({
		CHECK_OK(setgid(NOBODY));
		CHECK_OK(setuid(NOBODY));
		for (i = 0; i < COUNT(secrets); i++) {
			snprintf(path, sizeof(path), "/proc/%d/%s", us, secrets[i]);
			CHECK_ERR(open(path, O_RDONLY), EACCES);
		}
		for (i = 0; i < COUNT(open_to_all); i++) {
			snprintf(path, sizeof(path), "/proc/%d/%s", us, open_to_all[i]);
			slurp(path);
		}
		snprintf(path, sizeof(path), "/proc/%d/stat", us);
		slurp(path);
		CHECK_EQ(strtoul(field_of(buf, 28), NULL, 10), 0);	/* no addresses */
		snprintf(path, sizeof(path), "/proc/%d/fd", us);
		CHECK_ERR(open(path, O_RDONLY | O_DIRECTORY), EACCES);
		snprintf(path, sizeof(path), "/proc/%d/exe", us);
		CHECK_ERR(readlink(path, buf, sizeof(buf)), EACCES);
	});
}

static void vectors(void)
{
	unsigned long *v = (unsigned long *)buf;
	int n, fd = open("/proc/self/auxv", O_RDONLY), seen = 0;

	n = read(fd, buf, sizeof(buf));
	CHECK(n > 0 && n % (2 * sizeof(long)) == 0);
	n /= sizeof(long);
	CHECK(v[n - 2] == AT_NULL);
	for (n -= 2; n >= 0; n -= 2) {
		if (v[n] == AT_PAGESZ)
			seen += v[n + 1] == PAGE;
		if (v[n] == AT_PHDR)
			seen += v[n + 1] == getauxval(AT_PHDR);
	}
	CHECK_EQ(seen, 2);
	close(fd);
	CHECK_EQ(IN_CHILD({
		execve("/bin/sh", (char *[]){ "sh", "-c", "read -r x </proc/self/environ; case $x in *A=one*) exit 6; esac; exit 7", NULL },
		       (char *[]){ "A=one", "B=two", NULL });
	}), 6 << 8);
}

static int put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY), n;

	CHECK_OK(fd);
	n = write(fd, text, strlen(text));
	close(fd);
	return n;
}

static void oom(void)
{
	slurp("/proc/self/oom_score");
	number("");
	if (geteuid())
		SKIP("needs root");
	CHECK_EQ(put("/proc/self/oom_score_adj", "500"), 3);
	slurp("/proc/self/oom_score_adj");
	CHECK(!strcmp(buf, "500\n"));
	slurp("/proc/self/oom_adj");
	CHECK_EQ(atoi(buf), 500 * 17 / 1000);
	if (put("/proc/self/oom_score_adj", "-1000\n") != 6) {
		CHECK_EQ(errno, EACCES);
		SKIP("root may not lower its score here");
	}
	slurp("/proc/self/oom_adj");
	CHECK_EQ(atoi(buf), -17);
	CHECK_EQ(put("/proc/self/oom_score_adj", "1000"), 4);
	slurp("/proc/self/oom_adj");
	CHECK_EQ(atoi(buf), 15);
	CHECK_ERR(put("/proc/self/oom_score_adj", "1001"), EINVAL);
	CHECK_ERR(put("/proc/self/oom_score_adj", "-1001"), EINVAL);
	CHECK_ERR(put("/proc/self/oom_score_adj", "x"), EINVAL);
	CHECK_EQ(put("/proc/self/oom_score_adj", "0"), 1);
	CHECK_CHILD_OK({
		CHECK_OK(setuid(NOBODY));
		if (open("/proc/self/oom_score_adj", O_WRONLY) >= 0) {	/* Linux: not owned by us any more, unless we exec */
			CHECK_EQ(put("/proc/self/oom_score_adj", "100"), 3);
			CHECK_ERR(put("/proc/self/oom_score_adj", "-100"), EACCES);
		}
	});
}

/* maps in pieces, however small, is the same text. */
static void maps_piece_by_piece(void)
{
	static char whole[1 << 16];
	int fd, n, i, total = 0;

	for (i = 0; i < 50; i++)
		CHECK_OK(mprotect(map(3, ANON) + PAGE, PAGE, PROT_READ));
	n = slurp("/proc/self/maps");
	CHECK(n > 2000 && n < (int)sizeof(whole));
	memcpy(whole, buf, n);
	CHECK_OK(fd = open("/proc/self/maps", O_RDONLY));
	while ((i = read(fd, buf + total, 1 + total % 97)) > 0)
		total += i;
	CHECK_EQ(total, n);
	CHECK(!memcmp(buf, whole, n));
	CHECK_EQ(lseek(fd, 100, SEEK_SET), 100);
	CHECK_EQ(read(fd, buf, 50), 50);
	CHECK(!memcmp(buf, whole + 100, 50));
}

static void maps_form(void)
{
	int fd = open("f", O_RDWR | O_CREAT, 0600);
	char want[200], *p, *line;
	struct stat st;

	CHECK_OK(ftruncate(fd, 2 * PAGE));
	CHECK_OK(fstat(fd, &st));
	p = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, PAGE);
	CHECK(p != MAP_FAILED);
	slurp("/proc/self/maps");
	snprintf(want, sizeof(want), "%08lx-%08lx r--p 00001000 ", (unsigned long)p, (unsigned long)p + PAGE);
	line = strstr(buf, want);
	CHECK(line != NULL);
	CHECK(strchr(line, '/') == line + 25 + 6 * sizeof(long));		/* names stand in one column */
	snprintf(want, sizeof(want), " %lu ", (unsigned long)st.st_ino);
	CHECK(strstr(line, want) && strstr(line, want) < strchr(line, '/'));
	CHECK(strstr(line, "/f\n") != NULL);
	CHECK_OK(unlink("f"));
	slurp("/proc/self/maps");
	CHECK(strstr(buf, "/f (deleted)\n") != NULL);
	map(1, MAP_SHARED | MAP_ANONYMOUS);
	slurp("/proc/self/maps");
	CHECK(strstr(buf, "/dev/zero (deleted)\n") && strstr(buf, "[stack]\n"));
}

TEST_MAIN(
	TEST(smaps_counts), TEST(smaps_format), TEST(pagemap_entries), TEST(frames), TEST(referenced_no_more), TEST(peak_is_reset),
	TEST(status_numbers), TEST(status_form), TEST(stat_fields), TEST(stat_of_others), TEST(threads), TEST(memory_as_a_file), TEST(memory_that_went),
	TEST(zombies), TEST(looked_at_too_late), TEST(looked_at_while_ending), TEST(who_may_look), TEST(vectors), TEST(oom),
	TEST(maps_piece_by_piece), TEST(maps_form),
)
