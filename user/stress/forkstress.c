/*
 * Trees of processes over copied pages: each node verifies what it inherited, writes some pages of its own, begets
 * children, goes on writing while they live, and looks at the end whether its pages are still its own. One child in eight
 * is killed wherever it is.
 */
static void note_failure(void);
#define WHEN_FAILED()	note_failure()
#include "stress.h"
#include <signal.h>
#include <sys/mman.h>

#define PAGE	4096UL
#define DEPTH	4
#define KILLED	(-1)

enum { TREES, NODES, WRITES, VERIFIED, KILLS, LACKING, FAILURES, NR_COUNTS };
static const char *const names[] = { "trees", "nodes", "pages written", "pages verified", "killed", "not forked", "failed" };
static unsigned long *count;		/* shared by all processes */

static char *region;
static unsigned int n;
static uint32_t *keys;			/* of the region's pages; 0: zeros, never written */
static uint32_t rnd;

static void add(int what, unsigned long k)
{
	__atomic_add_fetch(&count[what], k, __ATOMIC_RELAXED);
}

static void note_failure(void)
{
	if (count && count != MAP_FAILED)
		add(FAILURES, 1);
}

static void verify_all(const char *what)
{
	static const char zeros[PAGE];
	unsigned int i;

	for (i = 0; i < n; i++) {
		if (keys[i] && verify(region + i * PAGE, PAGE, keys[i], what))
			FAILED("%s: page %u of %u", what, i, n);
		if (!keys[i] && memcmp(region + i * PAGE, zeros, PAGE))
			FAILED("%s: page %u of %u at %p is not zero", what, i, n, (void *)(region + i * PAGE));
	}
	add(VERIFIED, n);
}

static void write_some(unsigned int one_in)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		if (chance(&rnd) % one_in)
			continue;
		keys[i] = chance(&rnd) | 1;
		fill(region + i * PAGE, PAGE, keys[i]);
		add(WRITES, 1);
	}
}

static int wait_for(pid_t pid, int may_be_killed)
{
	int status;

	while (waitpid(pid, &status, 0) != pid)
		if (errno != EINTR)
			FAILED("waitpid");
	if (may_be_killed && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		return KILLED;
	if (status)
		FAILED("child %d has status %#x", (int)pid, status);
	return 0;
}

/* Be a node with @depth generations below it. => with its pages verified */
static void grow(int depth)
{
	unsigned int nr = depth ? 1 + chance(&rnd) % 3 : 0, i;
	pid_t child[3];
	int doomed;

	add(NODES, 1);
	for (i = 0; i < nr; i++) {
		chance(&rnd);
		child[i] = fork_or_lack();
		if (child[i] == 0) {
			rnd = (rnd ^ (i + 1) * 2654435769u) | 1;
			verify_all("inherited");
			write_some(3);
			grow(depth - 1);
			_exit(0);
		}
		if (child[i] < 0)
			add(LACKING, 1);
		write_some(4);
	}
	verify_all("beside the children");
	for (i = 0; i < nr; i++) {
		doomed = chance(&rnd) % 8 == 0;
		if (child[i] < 0)
			continue;
		if (doomed)
			kill(child[i], SIGKILL);
		if (wait_for(child[i], doomed) == KILLED)
			add(KILLS, 1);
	}
	verify_all("after the children");
}

static long long end;

/*
 * The grandchildren of a killed child live on for a while: their processes count, but memory is all that they cost. Nobody
 * waits for them, so the pipe tells when the last one has gone.
 */
static void work(unsigned int number)
{
	int alive[2];
	char c;

	if (pipe(alive))
		FAILED("pipe");
	n = mib * 256 / workers / 8;
	n = n < 8 ? 8 : n;
	rnd = chance_seed(number);
	region = mmap(NULL, n * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	keys = calloc(n, sizeof(*keys));
	if (region == MAP_FAILED || !keys)
		FAILED("no memory");
	do {
		write_some(2);
		grow(DEPTH - 1);
		add(TREES, 1);
		if (chance(&rnd) % 4 == 0) {		/* begin again on pages of zeros */
			if (madvise(region, n * PAGE, MADV_DONTNEED))
				FAILED("madvise");
			memset(keys, 0, n * sizeof(*keys));
		}
	} while (now_ms() < end);
	close(alive[1]);
	while (read(alive[0], &c, 1) != 0)
		if (errno != EINTR)
			FAILED("read");
	if (__atomic_load_n(&count[FAILURES], __ATOMIC_RELAXED))
		FAILED("worker %u: one of the processes failed", number);
}

int main(int argc, char **argv)
{
	int failed, i;

	parse_options(argc, argv);
	count = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (count == MAP_FAILED)
		FAILED("mmap");
	end = now_ms() + seconds * 1000LL;
	failed = run_workers("forkstress", work);
	for (i = 0; i < NR_COUNTS; i++)
		printf("# %s %lu\n", names[i], count[i]);
	return failed;
}
