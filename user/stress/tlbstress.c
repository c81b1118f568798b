/*
 * A stale translation is never seen. Threads on all CPUs read and write a few pages all the time, while the first thread
 * takes rights, pages and copies away from them:
 *
 *	protect	  after mprotect(PROT_READ) no write of anybody arrives any more
 *	replace	  after munmap, mmap or mremap nobody reads the page that was there, nor writes to it: what the freed
 *		  page became is watched
 *	discard	  after MADV_DONTNEED nobody reads the bytes from before
 *	fork	  a child's copy does not change when the parent's threads write on
 *
 * A page's first word holds the number of the round that made it, or 0 (a new page); the words after it belong to the
 * writers. A reader loads the number of the newest round, then the page: it may not be older. The pages lie a MiB apart, in
 * as many MiB as -m says: in several page tables. There are eight at most, so that all meet often.
 */
#include "stress.h"
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>

#define PAGE		4096UL
#define MIB		(1UL << 20)
#define MAX_THREADS	64
#define MAX_PAGES	8
#define LOOKS		200		/* how often something is looked at that should not change */

enum { PROTECTS, REPLACES, MOVES, DISCARDS, FORKS, NR_KINDS };
static const char *const kinds[] = { "protects", "replaces", "moves", "discards", "forks" };

struct hammer {
	unsigned int number;
	uint32_t rnd;
	unsigned long reads, writes, faults;
	sigjmp_buf back;
	volatile int catching;
};

static volatile uint32_t *page[MAX_PAGES];
static unsigned int nr_pages;
static uint32_t published[MAX_PAGES];		/* number of the page's newest round that all may rely on */
static struct hammer hammers[MAX_THREADS];
static __thread struct hammer *self;
static volatile int over;
static unsigned long done[NR_KINDS];

static void on_fault(int sig, siginfo_t *info, void *context)
{
	struct hammer *h = self;
	volatile uint32_t *at = info->si_addr;
	unsigned int i;

	for (i = 0; i < nr_pages; i++)
		if (h && h->catching && at >= page[i] && at < page[i] + PAGE / 4)
			siglongjmp(h->back, 1);
	printf("FAILED: signal %d at %p, seed %u\n", sig, info->si_addr, seed);
	fflush(stdout);
	_exit(1);
}

static void stay_on(unsigned int number)
{
	cpu_set_t set;
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	CPU_ZERO(&set);
	CPU_SET(number % (n > 0 ? n : 1), &set);
	sched_setaffinity(0, sizeof(set), &set);		/* a wish: it may not be ours to use */
}

/* Read or write one page once. */
static void strike(struct hammer *h)
{
	unsigned int i = chance(&h->rnd) % nr_pages;
	uint32_t newest = __atomic_load_n(&published[i], __ATOMIC_SEQ_CST), found;

	if (chance(&h->rnd) % 2) {
		page[i][1 + h->number] = h->rnd;
		h->writes++;
		return;
	}
	found = __atomic_load_n(&page[i][0], __ATOMIC_SEQ_CST);
	h->reads++;
	if (found && (int32_t)(found - newest) < 0)
		FAILED("thread %u reads %u in page %u at %p, not %u or newer: a stale translation", h->number, found, i,
		       (void *)page[i], newest);
}

static void *hammer(void *arg)
{
	volatile int times;

	self = arg;
	stay_on(self->number);
	while (!over) {
		self->catching = 1;
		if (sigsetjmp(self->back, 1))
			self->faults++;
		else
			for (times = 0; times < 1000 && !over; times++)
				strike(self);
		self->catching = 0;
	}
	return NULL;
}

/* ---- what is done to the pages -------------------------------------------------------------------------------- */

static void publish(unsigned int i, uint32_t round)
{
	__atomic_store_n(&page[i][0], round, __ATOMIC_SEQ_CST);
	__atomic_store_n(&published[i], round, __ATOMIC_SEQ_CST);
}

static void must_not_change(volatile const uint32_t *p, const char *what)
{
	uint32_t before[1 + MAX_THREADS];
	unsigned int look, w;

	for (w = 0; w <= workers; w++)
		before[w] = p[w];
	for (look = 0; look < LOOKS; look++) {
		for (w = 0; w <= workers; w++)
			if (p[w] != before[w])
				FAILED("%s: word %u at %p became %08x, was %08x", what, w, (const void *)&p[w], (unsigned int)p[w],
				       (unsigned int)before[w]);
	}
}

static void *new_page(void *at, int flags)
{
	void *p = mmap(at, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);

	if (p == MAP_FAILED)
		FAILED("mmap");
	return p;
}

static void do_protect(unsigned int i, uint32_t round)
{
	if (mprotect((void *)page[i], PAGE, PROT_READ))
		FAILED("mprotect");
	must_not_change(page[i], "a page that can only be read");
	if (mprotect((void *)page[i], PAGE, PROT_READ | PROT_WRITE))
		FAILED("mprotect");
}

/* The page goes back to the kernel; those that come next are watched for what is written to the old one. */
static void do_replace(unsigned int i, uint32_t round)
{
	char *other[4];
	unsigned int j;

	if (munmap((void *)page[i], PAGE))
		FAILED("munmap");
	for (j = 0; j < 4; j++) {
		other[j] = new_page(NULL, 0);
		if (other[j] == (char *)page[i]) {		/* into the hole: not there */
			munmap(other[j], PAGE);
			other[j] = NULL;
			new_page((void *)page[i], MAP_FIXED);
			publish(i, round);
			continue;
		}
		fill(other[j], PAGE, round + j);
	}
	new_page((void *)page[i], MAP_FIXED);
	publish(i, round);
	for (j = 0; j < 4; j++) {
		if (other[j] && verify(other[j], PAGE, round + j, "a page that somebody else had before"))
			_exit(1);
		if (other[j])
			munmap(other[j], PAGE);
	}
}

static void do_move(unsigned int i, uint32_t round)
{
	uint32_t *fresh = new_page(NULL, 0);

	fresh[0] = round;
	if (mremap(fresh, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, (void *)page[i]) != (void *)page[i])
		FAILED("mremap");
	publish(i, round);
}

static void do_discard(unsigned int i, uint32_t round)
{
	if (madvise((void *)page[i], PAGE, MADV_DONTNEED))
		FAILED("madvise");
	__atomic_store_n(&published[i], round, __ATOMIC_SEQ_CST);	/* 0 until we write, nothing older */
	publish(i, round);
}

static void do_fork(unsigned int i, uint32_t round)
{
	pid_t pid = fork_or_lack();

	if (pid == 0) {
		for (i = 0; i < nr_pages; i++)
			must_not_change(page[i], "a child's copy");
		_exit(0);
	}
	if (pid > 0 && exit_code(pid))
		FAILED("the child");
}

static void (*const deeds[NR_KINDS])(unsigned int, uint32_t) = { do_protect, do_replace, do_move, do_discard, do_fork };

/* A slow machine gets more time than it was given: what never happened proves nothing. */
static int each_was_done(void)
{
	unsigned int kind;

	for (kind = 0; kind < NR_KINDS && done[kind]; kind++)
		;
	return kind == NR_KINDS;
}

int main(int argc, char **argv)
{
	struct sigaction act = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO };
	unsigned long reads = 0, writes = 0, faults = 0;
	pthread_t t[MAX_THREADS];
	uint32_t rnd, round = 0;
	unsigned int i, kind;
	long long end;
	char *space;

	parse_options(argc, argv);
	nr_pages = mib < MAX_PAGES ? mib : MAX_PAGES;
	rnd = chance_seed(MAX_THREADS);
	sigaction(SIGSEGV, &act, NULL);
	sigaction(SIGBUS, &act, NULL);
	space = mmap(NULL, nr_pages * MIB, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (space == MAP_FAILED)
		FAILED("mmap");
	for (i = 0; i < nr_pages; i++)
		page[i] = new_page(space + i * MIB, MAP_FIXED);
	for (i = 0; i < workers; i++) {
		hammers[i] = (struct hammer){ .number = i, .rnd = chance_seed(i) };
		if ((errno = pthread_create(&t[i], NULL, hammer, &hammers[i])))
			FAILED("pthread_create");
	}
	for (end = now_ms() + seconds * 1000LL; now_ms() < end || !each_was_done(); done[kind]++) {
		kind = chance(&rnd) % 16;
		kind = kind == 0 ? FORKS : kind % FORKS;
		deeds[kind](chance(&rnd) % nr_pages, ++round);
	}
	over = 1;
	for (i = 0; i < workers; i++) {
		pthread_join(t[i], NULL);
		reads += hammers[i].reads;
		writes += hammers[i].writes;
		faults += hammers[i].faults;
	}
	for (i = 0; i < NR_KINDS; i++)
		printf("# %s %lu\n", kinds[i], done[i]);
	printf("# reads %lu, writes %lu, faults %lu\n1..1\nok - tlbstress\n", reads, writes, faults);
	return 0;
}
