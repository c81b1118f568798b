/*
 * A fuzzer of system calls: children make calls at random, with arguments of the right kinds that are good, on an edge or
 * bad. A child that ends, is killed or gets nowhere is replaced by the next. The kernel is right as long as it stands:
 * it fails when a child cannot be killed. What else can be seen (leaks, checkers, its log), whoever starts us looks for.
 *
 * Child number N of seed S is called fuzz-S-N and makes the same choices each time:
 *
 *	sysfuzz -s S -c N -n 1 -j 1		child N again, nobody else
 *
 *	-n calls	end after so many; -t does not count then
 *	-c number	the first child's
 *	-r		one child in four is root, in a directory that it takes for the root: on a machine of its own only
 */
static unsigned long wanted, first_child;
static int with_root;
#define MORE_OPTIONS	"n:c:r"
#define MORE_USAGE	" [-n calls] [-c first child] [-r]"
static int more_option(int c, const char *arg);
#include "user/stress/stress.h"
#include "sysfuzz.h"
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>

#define A_LIFE		3000		/* calls of one child */
#define STALLED_MS	400		/* without a call: it waits for something that does not come */
#define DEAD_MS		60000		/* a killed child that is still there then cannot be killed */
#define FAR		(4UL << 20)
#ifndef UMOUNT_NOFOLLOW
#define UMOUNT_NOFOLLOW	8
#endif
#define NOBODY		65534
#define MAX_WORKERS	64

static int more_option(int c, const char *arg)
{
	switch (c) {
	case 'n': wanted = strtoul(arg, NULL, 0); return 1;
	case 'c': first_child = strtoul(arg, NULL, 0); return 1;
	case 'r': with_root = 1; return 1;
	default: return 0;
	}
}

struct worker {
	pid_t pid;			/* 0: nobody */
	unsigned long number;		/* of its child */
	unsigned long seen;		/* calls when we last saw it move … */
	long long moved;		/* … and when that was */
	int killed;
};

struct totals *totals;
struct progress *progress;
static struct progress *slots;
static struct worker workers_of[MAX_WORKERS];
static char base[128];
static unsigned long by_signal[65];
static unsigned long children, made, good, ended, killed, stalled, not_started;
static long why;

static void die(const char *what)
{
	printf("FAILED: %s: errno %d (%s), seed %u\n", what, errno, strerror(errno), seed);
	fflush(stdout);
	exit(1);
}

/* ---- a child ------------------------------------------------------------------------------------------------------- */

static void limit(int resource, unsigned long n)
{
	struct rlimit lim = { n, n };

	setrlimit(resource, &lim);
}

static void on_alarm(int sig)
{
}

/* Told by the parent, as the child has no output. */
static void give_up(void)
{
	progress->call = errno;
	_exit(3);
}

/* Let what waits be interrupted, whatever calls have made of the timer and its signal. */
void stay_awake(void)
{
	struct itimerval tick = { { 0, 20000 }, { 0, 20000 } };
	struct sigaction act = { .sa_handler = on_alarm };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	sigaction(SIGALRM, &act, NULL);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	setitimer(ITIMER_REAL, &tick, NULL);
}

static void write_file(const char *name, const char *text, mode_t mode)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, mode);

	if (fd >= 0 && write(fd, text, strlen(text)) < 0)
		give_up();
	close(fd);
}

/* The descriptors that a child begins with: 3 and up; 4 is its directory. */
static void open_files(void)
{
	char block[5000];
	int fd[2];

	memset(block, 'f', sizeof(block) - 1);
	block[sizeof(block) - 1] = '\0';
	write_file("a", block, 0700);
	write_file("b", "some\n", 0600);
	write_file("script", "#!/bin/true\n", 0700);
	write_file("garbage", "\177ELF\1\1\1 and then no more", 0700);
	if (mkdir("d", 0700) || symlink("d", "l") || mkfifo("fifo", 0600))
		give_up();
	open("a", O_RDWR);
	open(".", O_RDONLY | O_DIRECTORY);
	open("b", O_RDONLY);
	open("c", O_WRONLY | O_CREAT | O_APPEND, 0600);
	open("/dev/zero", O_RDWR);
	open("/proc/self/maps", O_RDONLY);
	open("fifo", O_RDWR | O_NONBLOCK);
	if (pipe(fd))
		give_up();
}

/* In a session, a directory and with limits of its own: what it breaks is its own. */
static void become_child(struct worker *w, unsigned int slot, int as_root)
{
	struct sigaction act = { .sa_handler = on_alarm };
	char name[32];
	int null = open("/dev/null", O_RDWR), fd, sig;

	setsid();
	snprintf(name, sizeof(name), "fuzz-%u-%lu", seed, w->number);
	prctl(PR_SET_NAME, name);
	for (fd = 0; fd < 3; fd++)
		dup2(null, fd);
	for (fd = 3; fd < 64; fd++)
		close(fd);
	snprintf(name, sizeof(name), "w%u", slot);
	if (mkdir(name, 0700) || chown(name, as_root || getuid() ? (uid_t)-1 : NOBODY, (gid_t)-1) || chdir(name))
		give_up();
	if (as_root && chroot("."))
		give_up();
	limit(RLIMIT_NOFILE, 64);
	limit(RLIMIT_FSIZE, 256 << 10);
	limit(RLIMIT_AS, ((mib + 4UL) << 20) + 4 * FAR);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_NPROC, 8 * workers);
	if (getuid() == 0 && !as_root) {
		alone_as_user = 1;
		if (setgid(NOBODY) || setuid(NOBODY))
			give_up();
	}
	open_files();
	for (sig = 1; sig < 65; sig++)
		if (sig != SIGSEGV && sig != SIGBUS && sig != SIGILL && sig != SIGFPE)
			sigaction(sig, &act, NULL);
	stay_awake();
}

static void start_child(unsigned int slot)
{
	struct worker *w = &workers_of[slot];
	uint32_t state;
	int as_root;

	*w = (struct worker){ .number = first_child + children, .moved = now_ms() };
	memset(&slots[slot], 0, sizeof(slots[slot]));
	state = chance_seed(w->number);
	as_root = with_root && w->number % 4 == 3;
	fflush(stdout);
	w->pid = fork();
	if (w->pid == 0) {
		progress = &slots[slot];
		become_child(w, slot, as_root);
		make_room();
		fuzz(&state, A_LIFE, as_root);
		_exit(0);
	}
	if (w->pid < 0) {			/* no memory, or no process: later */
		not_started++;
		w->pid = 0;
	} else {
		children++;
	}
}

/* ---- cleaning up after it ---------------------------------------------------------------------------------------- */

static int remove_tree(const char *top);

/* Remove what @path names; a directory that is not empty is moved up to @base first, so that no depth is too deep. */
static int remove_entry(const char *path)
{
	static unsigned long moved;
	char aside[512];
	struct stat st;

	while (umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW) == 0)
		;
	if (lstat(path, &st) == 0 && !S_ISDIR(st.st_mode))
		return unlink(path) == 0;
	chmod(path, 0700);
	if (rmdir(path) == 0)
		return 1;
	snprintf(aside, sizeof(aside), "%s/aside%lu", base, ++moved);
	return rename(path, aside) == 0 && remove_tree(aside);
}

/* Remove a tree that strangers made. => 0: something is left */
static int remove_tree(const char *top)
{
	char path[512];
	struct dirent *e;
	int some = 1;
	DIR *d;

	while (some && rmdir(top)) {
		some = 0;
		chmod(top, 0700);
		d = opendir(top);
		while (d && (e = readdir(d))) {
			if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
				continue;
			snprintf(path, sizeof(path), "%s/%s", top, e->d_name);
			some |= remove_entry(path);
		}
		if (d)
			closedir(d);
	}
	return some;
}

/* Shared memory outlives who made it. */
static void remove_segments(void)
{
#if defined(__i386__) || defined(__riscv)
	enum { RMID, STAT = 13, INFO = 14 };
	uint32_t ds[64];			/* begins with the key, and the ids of its owner and of who made it: that one stays */
	long last = syscall(__NR_shmctl, 0, INFO, ds), i, id;

	for (i = 0; i <= last; i++) {
		id = syscall(__NR_shmctl, i, STAT, ds);
		if (id >= 0 && (ds[3] == NOBODY || with_root))
			syscall(__NR_shmctl, id, RMID, NULL);
	}
#endif
}

static void tell_call(const struct progress *p)
{
	const struct call *c = &calls[(unsigned long)p->call < nr_calls ? p->call : 0];

	printf("%s(%#lx, %#lx, %#lx, %#lx, %#lx, %#lx), its call %lu", c->name, p->args[0], p->args[1], p->args[2], p->args[3], p->args[4],
	       p->args[5], p->calls);
}

/* Count what it did; end those that it left in its session; make place for the next. */
static void bury(unsigned int slot, int status)
{
	struct worker *w = &workers_of[slot];
	struct progress *p = &slots[slot];
	char name[160];

	if (WIFEXITED(status) && WEXITSTATUS(status) == 3 && !p->calls) {
		not_started++;
		why = p->call;
	} else if (WIFEXITED(status)) {
		ended++;
	} else {
		by_signal[WTERMSIG(status) & 63]++;
		killed++;
	}
	if (p->calls <= A_LIFE + 1) {		/* else it scribbled over its own account */
		made += p->calls;
		good += p->good <= p->calls ? p->good : 0;
	}
	kill(-w->pid, SIGKILL);
	remove_segments();
	w->pid = 0;
	snprintf(name, sizeof(name), "%s/w%u", base, slot);
	remove_entry(name);
}

/* ---- the watch ----------------------------------------------------------------------------------------------------- */

static void reap(void)
{
	unsigned int i;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (i = 0; i < workers; i++)
			if (workers_of[i].pid == pid)
				bury(i, status);
}

/* Has it moved since? Who does not is killed; who is killed must end. */
static void watch(unsigned int slot)
{
	struct worker *w = &workers_of[slot];
	unsigned long calls_now = __atomic_load_n(&slots[slot].calls, __ATOMIC_RELAXED);
	long long now = now_ms();

	if (!w->killed && calls_now != w->seen) {
		w->seen = calls_now;
		w->moved = now;
	} else if (!w->killed && now - w->moved > STALLED_MS) {
		stalled++;
		w->killed = 1;
		w->moved = now;
		kill(w->pid, SIGKILL);
	} else if (w->killed && now - w->moved > DEAD_MS) {
		printf("FAILED: child %lu of seed %u does not die of SIGKILL; it is in ", w->number, seed);
		tell_call(&slots[slot]);
		printf("\n1..1\nnot ok - sysfuzz\n");
		fflush(stdout);
		_exit(1);
	}
}

/* Is the process of that name in /proc alive, and one of ours by its user id? */
static int is_stray(const char *pid)
{
	char path[300], line[128];
	int uid = -1, zombie = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%s/status", pid);
	f = *pid >= '0' && *pid <= '9' ? fopen(path, "r") : NULL;
	while (f && fgets(line, sizeof(line), f)) {
		if (!strncmp(line, "State:", 6))
			zombie = line[7] == 'Z';
		if (!strncmp(line, "Uid:", 4))
			uid = atoi(line + 5);
	}
	if (f)
		fclose(f);
	return uid == NOBODY && !zombie;
}

static unsigned int count_strays(void)
{
	unsigned int n = 0;
	struct dirent *e;
	DIR *d = opendir("/proc");

	while (d && (e = readdir(d)))
		n += is_stray(e->d_name);
	if (d)
		closedir(d);
	return n;
}

/* Processes that escaped from their session still have the user id. => how many do not die */
static unsigned int sweep(void)
{
	long long start = now_ms();
	unsigned int left;
	int status;
	pid_t pid;

	if (getuid())
		return 0;
	while ((left = count_strays()) && now_ms() - start < DEAD_MS) {
		pid = fork();
		if (pid == 0) {
			if (setuid(NOBODY) == 0)
				kill(-1, SIGKILL);
			_exit(0);
		}
		if (pid < 0 || waitpid(pid, &status, 0) != pid)
			die("sweep");
		poll(NULL, 0, 20);
	}
	if (left)
		printf("FAILED: %u processes of user %d do not die of SIGKILL, seed %u\n", left, NOBODY, seed);
	return left;
}

static void report(void)
{
	unsigned int i, never = 0;

	printf("# %lu children made %lu calls, %lu without an error; %lu ended, %lu killed (%lu as they stood still), %lu not started (errno %ld)\n",
	       children, made, good, ended, killed, stalled, not_started, why);
	printf("# killed by signal:");
	for (i = 0; i < 65; i++)
		if (by_signal[i])
			printf(" %u (%lu)", i, by_signal[i]);
	printf("\n# without success:");
	for (i = 0; i < nr_calls; i++)
		if (!totals->good[i] && calls[i].odds) {
			printf(" %s(%lu)", calls[i].name, totals->made[i]);
			never++;
		}
	printf("\n# %u of %u kinds of call\n", never, nr_calls);
}

static int over(long long end)
{
	return wanted ? made >= wanted : now_ms() >= end;
}

/* Keep all workers busy until it is over; then let none begin, and end those that run. */
static void run(void)
{
	long long end = now_ms() + seconds * 1000LL;
	sigset_t chld;
	struct timespec look = { 0, 50000000 };
	unsigned int i, busy;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, NULL);
	do {
		busy = 0;
		for (i = 0; i < workers; i++) {
			if (!workers_of[i].pid && !over(end))
				start_child(i);
			if (!workers_of[i].pid)
				continue;
			busy++;
			watch(i);
		}
		if (busy)
			sigtimedwait(&chld, NULL, &look);
		reap();
	} while (busy || !over(end));
}

/* Shared memory with nothing near it: what a child's call writes past an end does not come here. */
static void *far_away(size_t size)
{
	char *space = mmap(NULL, FAR * 2, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (space == MAP_FAILED)
		return space;
	return mmap(space + FAR, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
}

int main(int argc, char **argv)
{
	unsigned int left;

	parse_options(argc, argv);
	snprintf(base, sizeof(base), "%s/sysfuzz.%d", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp", (int)getpid());
	totals = far_away(sizeof(*totals));
	slots = far_away(MAX_WORKERS * sizeof(*slots));
	if (totals == MAP_FAILED || slots == MAP_FAILED || mkdir(base, 0711) || chdir(base))
		die(base);
	umask(022);
	run();
	left = sweep();
	remove_segments();
	reap();
	if (chdir("/"))
		die("/");
	if (!remove_tree(base))
		printf("# %s is left\n", base);
	unlink("/dev/shm/fuzz");
	report();
	printf(left ? "1..1\nnot ok - sysfuzz\n" : "1..1\nok - sysfuzz\n");
	return left != 0;
}
