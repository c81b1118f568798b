/*
 * Lock and unlock memory at random, against a model: VmLck is what the model says, what is locked is resident, bytes stay
 * as they were; a child has its parent's bytes and none of its locks; a user's limit is kept to the page.
 */
#include "stress.h"
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#define PAGE	4096UL
#define RW	(PROT_READ | PROT_WRITE)

enum { LOCK, UNLOCK, ON_FAULT, REMAP, MOVE, WRITE, ALL, FUTURE, FORK, LIMIT, NR_OPS };
static const char *const names[] = {
	"locks", "unlocks", "locks on fault", "mapped anew", "moved", "written", "all", "future", "forks", "limits",
};
static unsigned long *count;		/* by operation; then those that lacked memory, and pages verified */

static long long end;
static char *region;
static unsigned int n;
static unsigned char *locked;		/* 0, LOCKED, or LAZY: resident once touched */
enum { LOCKED = 1, LAZY };
static uint32_t *keys;			/* 0: zeros */
static uint32_t rnd;

static unsigned int some_range(unsigned int *from)
{
	unsigned int k = 1 + chance(&rnd) % (chance(&rnd) % 4 ? 8 : n);

	*from = chance(&rnd) % n;
	return k < n - *from ? k : n - *from;
}

static char *at(unsigned int i)
{
	return region + i * PAGE;
}

static int lacking(int failed)
{
	if (!failed || (errno != ENOMEM && errno != EAGAIN))
		return 0;
	__atomic_add_fetch(&count[NR_OPS], 1, __ATOMIC_RELAXED);
	return 1;
}

/* => kB of VmLck */
static unsigned long vm_locked(void)
{
	unsigned long kb = ~0UL;
	FILE *f = fopen("/proc/self/status", "r");
	char line[128];

	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, "VmLck:", 6))
			kb = strtoul(line + 6, NULL, 10);
	if (f)
		fclose(f);
	return kb;
}

static void check_locked(const char *what)
{
	unsigned long want = 0, got = vm_locked();
	unsigned int i;

	for (i = 0; i < n; i++)
		want += locked[i] ? PAGE / 1024 : 0;
	if (got != want)
		FAILED("%s: VmLck is %lu kB, not %lu", what, got, want);
}

static void check_resident(void)
{
	unsigned char vec[1024];
	unsigned int i, from, k = some_range(&from);

	k = k < sizeof(vec) ? k : sizeof(vec);
	if (mincore(at(from), k * PAGE, vec))
		FAILED("mincore");
	for (i = 0; i < k; i++)
		if ((locked[from + i] == LOCKED || (locked[from + i] && keys[from + i])) && !(vec[i] & 1))
			FAILED("page %u at %p is locked and not resident", from + i, (void *)at(from + i));
}

static void verify_all(const char *what)
{
	static const char zeros[PAGE];
	unsigned int i;

	for (i = 0; i < n; i++) {
		if (keys[i] && verify(at(i), PAGE, keys[i], what))
			FAILED("%s: page %u", what, i);
		if (!keys[i] && memcmp(at(i), zeros, PAGE))
			FAILED("%s: page %u at %p is not zero", what, i, (void *)at(i));
	}
	__atomic_add_fetch(&count[NR_OPS + 1], n, __ATOMIC_RELAXED);
}

/* What a lock that failed half way has done is undone. */
static void mark(unsigned int from, unsigned int k, int how, int failed)
{
	if (failed && munlock(at(from), k * PAGE))
		FAILED("munlock");
	memset(locked + from, failed ? 0 : how, k);
}

static void do_lock(void)
{
	unsigned int from, k = some_range(&from);
	int ret = mlock(at(from), k * PAGE);

	if (ret && !lacking(ret))
		FAILED("mlock");
	mark(from, k, LOCKED, ret);
}

static void do_unlock(void)
{
	unsigned int from, k = some_range(&from);

	if (munlock(at(from), k * PAGE))
		FAILED("munlock");
	mark(from, k, 0, 0);
}

static void do_on_fault(void)
{
	unsigned int from, k = some_range(&from);
	int ret = syscall(__NR_mlock2, at(from), k * PAGE, 1);

	if (ret && !lacking(ret))
		FAILED("mlock2");
	mark(from, k, LAZY, ret);
}

static void do_remap(void)
{
	unsigned int from, k = some_range(&from);
	int flag = chance(&rnd) % 4 ? 0 : MAP_LOCKED;

	if (mmap(at(from), k * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | flag, -1, 0) != at(from))
		FAILED("mmap");
	memset(locked + from, flag ? LAZY : 0, k);	/* MAP_LOCKED does not promise that all is there */
	memset(keys + from, 0, k * sizeof(*keys));
}

/* One page to another's place, with its lock. */
static void do_move(void)
{
	unsigned int from = chance(&rnd) % n, to = chance(&rnd) % n;

	if (from == to)
		return;
	if (mremap(at(from), PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, at(to)) != at(to))
		FAILED("mremap");
	if (mmap(at(from), PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != at(from))
		FAILED("mmap");
	locked[to] = locked[from];
	keys[to] = keys[from];
	locked[from] = 0;
	keys[from] = 0;
}

static void do_write(void)
{
	unsigned int from, k = some_range(&from), i;

	for (i = from; i < from + k; i++) {
		keys[i] = chance(&rnd) | 1;
		fill(at(i), PAGE, keys[i]);
	}
}

/* All of the program, its stack and text too: more than the model knows of, and in the end nothing. */
static void do_all(void)
{
	unsigned long most = 0;
	unsigned int i;

	if (lacking(mlockall(MCL_CURRENT)))
		memset(locked, LAZY, n);
	else
		memset(locked, LOCKED, n);
	for (i = 0; i < n; i++)
		most += PAGE / 1024;
	if (vm_locked() < most && locked[0] == LOCKED)
		FAILED("mlockall: VmLck is %lu kB, not at least %lu", vm_locked(), most);
	check_resident();
	if (munlockall())
		FAILED("munlockall");
	memset(locked, 0, n);
}

static void do_future(void)
{
	unsigned long before = vm_locked();
	unsigned char vec[4];
	char *p;

	if (mlockall(MCL_FUTURE))
		FAILED("mlockall");
	p = mmap(NULL, 4 * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED) {
		if (!lacking(1))
			FAILED("mmap");
	} else if (vm_locked() != before + 16 || mincore(p, 4 * PAGE, vec) || !(vec[0] & vec[3] & 1)) {
		FAILED("MCL_FUTURE: VmLck %lu kB after %lu, resident %d %d", vm_locked(), before, vec[0], vec[3]);
	}
	if (munlockall() || (p != MAP_FAILED && munmap(p, 4 * PAGE)))
		FAILED("munlockall");
	memset(locked, 0, n);
}

static void do_fork(void)
{
	pid_t pid = fork_or_lack();

	if (pid == 0) {
		if (vm_locked())
			FAILED("a child begins with VmLck %lu kB", vm_locked());
		verify_all("child");
		do_write();
		do_lock();
		verify_all("child, written");
		_exit(0);
	}
	if (pid > 0 && exit_code(pid))
		FAILED("the child");
	check_locked("after a fork");
}

/* A user may lock as many pages as the limit says. */
static void do_limit(void)
{
	unsigned int most = chance(&rnd) % 8;
	struct rlimit lim = { most * PAGE, most * PAGE };
	pid_t pid = fork_or_lack();

	if (pid == 0) {
		if (setrlimit(RLIMIT_MEMLOCK, &lim) || (getuid() == 0 && setuid(65534)))
			FAILED("setrlimit, setuid");
		if (most == 0) {
			if (mlock(region, PAGE) == 0 || errno != EPERM)
				FAILED("mlock with a limit of 0");
			_exit(0);
		}
		if (mlock(region, (most + 1) * PAGE) == 0 || errno != ENOMEM)
			FAILED("mlock of %u pages with a limit of %u", most + 1, most);
		if (mlock(region, most * PAGE) || vm_locked() != most * PAGE / 1024)
			FAILED("mlock of %u pages with a limit of as many, VmLck %lu", most, vm_locked());
		if (mlock(at(most), PAGE) == 0 || errno != ENOMEM)
			FAILED("one page more than %u", most);
		if (munlock(region, PAGE) || mlock(at(most), PAGE))
			FAILED("another page than that which was unlocked");
		_exit(0);
	}
	if (pid > 0 && exit_code(pid))
		FAILED("the child");
}

static void (*const ops[NR_OPS])(void) = {
	do_lock, do_unlock, do_on_fault, do_remap, do_move, do_write, do_all, do_future, do_fork, do_limit,
};

static void work(unsigned int number)
{
	unsigned int op;

	n = mib * 256 / workers;
	n = n < 16 ? 16 : n;
	rnd = chance_seed(number);
	locked = calloc(n, 1);
	keys = calloc(n, sizeof(*keys));
	region = mmap(NULL, n * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (!locked || !keys || region == MAP_FAILED)
		FAILED("no memory");
	while (now_ms() < end) {
		op = chance(&rnd) % 10 ? chance(&rnd) % ALL : ALL + chance(&rnd) % (NR_OPS - ALL);
		ops[op]();
		__atomic_add_fetch(&count[op], 1, __ATOMIC_RELAXED);
		if (chance(&rnd) % 4 == 0)
			check_locked(names[op]);
		if (chance(&rnd) % 8 == 0)
			check_resident();
		if (chance(&rnd) % 32 == 0)
			verify_all(names[op]);
	}
}

int main(int argc, char **argv)
{
	struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	int failed, i;

	parse_options(argc, argv);
	count = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (count == MAP_FAILED)
		FAILED("mmap");
	if (getuid() == 0)
		setrlimit(RLIMIT_MEMLOCK, &all);
	end = now_ms() + seconds * 1000LL;
	failed = run_workers("mlockstress", work);
	for (i = 0; i < NR_OPS; i++)
		printf("# %s %lu\n", names[i], count[i]);
	printf("# without memory %lu, pages verified %lu\n", count[NR_OPS], count[NR_OPS + 1]);
	return failed;
}
