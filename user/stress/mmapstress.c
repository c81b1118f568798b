/*
 * Map, unmap, protect, remap, discard and touch at random, against a model of every page: whether it is mapped, what may
 * be done with it, and its bytes. Each worker is a process of three threads that share its address space, each with a
 * slice of its own, so that areas split and merge beside each other's; now and then a thread forks, and the child looks
 * at the slice as it was.
 */
#include "stress.h"
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>

#define PAGE		4096UL
#define THREADS		3
#define RW		(PROT_READ | PROT_WRITE)

enum kind { NONE, ANON, SHARED, FILE_PRIVATE, FILE_SHARED };
enum { MAP, UNMAP, PROTECT, REMAP, DISCARD, TOUCH, FORK, NR_OPS };
static const char *const op_names[] = { "maps", "unmaps", "protects", "remaps", "discards", "touches", "forks" };

/* A page of bytes: 0 is a page of zeros, else fill()'s key. */
struct page {
	enum kind kind;
	int prot;
	uint32_t key;		/* not FILE_SHARED, nor FILE_PRIVATE before it is written */
	unsigned int at;	/* page of the file */
	int own;		/* FILE_PRIVATE: written, so a copy */
};

struct slice {
	unsigned int worker, number;
	char *start;
	unsigned int n;
	struct page *page;
	uint32_t *file;		/* keys of the file's pages */
	int fd;
	uint32_t rnd;
	sigjmp_buf back;
	volatile int catching;
};

static struct slice slices[THREADS];
static unsigned long *done;	/* by operation, shared by all workers; then those that lacked memory */
static long long end;
static pthread_barrier_t all_there;	/* nobody makes holes before all have their stacks: they would lie in them */

static unsigned int below(struct slice *s, unsigned int n)
{
	return chance(&s->rnd) % n;
}

/* A range of the slice: mostly short. => pages, at least 1 */
static unsigned int some_range(struct slice *s, unsigned int *from)
{
	unsigned int n = 1 + below(s, below(s, 4) ? 8 : s->n / 2);

	*from = below(s, s->n);
	return n < s->n - *from ? n : s->n - *from;
}

static char *address(struct slice *s, unsigned int i)
{
	return s->start + i * PAGE;
}

static int lacking(int failed)
{
	if (failed && errno == ENOMEM)
		__atomic_add_fetch(&done[NR_OPS], 1, __ATOMIC_RELAXED);
	return failed && errno == ENOMEM;
}

/* ---- bytes ----------------------------------------------------------------------------------------------------------- */

static uint32_t *key_of(struct slice *s, struct page *p)
{
	if (p->kind == FILE_SHARED || (p->kind == FILE_PRIVATE && !p->own))
		return &s->file[p->at];
	return &p->key;
}

static void verify_page(struct slice *s, unsigned int i, const char *what)
{
	const uint32_t *w = (uint32_t *)address(s, i);
	uint32_t key = *key_of(s, &s->page[i]);
	unsigned int j;

	if (key && verify(w, PAGE, key, what))
		FAILED("%s: worker %u, slice %u, page %u, kind %d", what, s->worker, s->number, i, s->page[i].kind);
	for (j = 0; !key && j < PAGE / 4; j++)
		if (w[j])
			FAILED("%s: worker %u, slice %u, page %u, kind %d, word %u at %p: %08x, not 0", what, s->worker, s->number, i,
			       s->page[i].kind, j, (const void *)&w[j], (unsigned int)w[j]);
}

static void write_page(struct slice *s, unsigned int i)
{
	struct page *p = &s->page[i];

	if (p->kind == FILE_PRIVATE)
		p->own = 1;
	*key_of(s, p) = chance(&s->rnd) | 1;
	fill(address(s, i), PAGE, *key_of(s, p));
}

/* Who touches what is not allowed must be told so, at that address. */
static void on_fault(int sig, siginfo_t *info, void *context)
{
	char *at = info->si_addr;
	struct slice *s;

	for (s = slices; s < slices + THREADS; s++)
		if (at >= s->start && at < address(s, s->n) && s->catching)
			siglongjmp(s->back, sig);
	printf("FAILED: signal %d at %p, seed %u\n", sig, at, seed);
	fflush(stdout);
	_exit(1);
}

static void expect_fault(struct slice *s, unsigned int i, int writing)
{
	volatile char *p = address(s, i) + below(s, PAGE);

	s->catching = 1;
	if (sigsetjmp(s->back, 1) == 0) {
		if (writing)
			*p = 1;
		else
			(void)*p;
		FAILED("worker %u, slice %u, page %u can be %s, kind %d prot %d", s->worker, s->number, i, writing ? "written" : "read",
		       s->page[i].kind, s->page[i].prot);
	}
	s->catching = 0;
}

static void touch(struct slice *s, unsigned int i)
{
	struct page *p = &s->page[i];

	if (p->kind == NONE || !(p->prot & PROT_READ))
		expect_fault(s, i, below(s, 2));
	else if (!(p->prot & PROT_WRITE) && below(s, 4) == 0)
		expect_fault(s, i, 1);
	else
		verify_page(s, i, "touch");
	if (p->kind != NONE && p->prot == RW && below(s, 2))
		write_page(s, i);
}

/* ---- operations -------------------------------------------------------------------------------------------------- */

static void forget(struct slice *s, unsigned int from, unsigned int n)
{
	unsigned int i;

	if (munmap(address(s, from), n * PAGE))
		FAILED("munmap after a call that failed");
	for (i = from; i < from + n; i++)
		s->page[i].kind = NONE;
}

static void do_map(struct slice *s)
{
	static const int flags[] = { 0, MAP_PRIVATE | MAP_ANONYMOUS, MAP_SHARED | MAP_ANONYMOUS, MAP_PRIVATE, MAP_SHARED };
	static const int prots[] = { RW, RW, RW, PROT_READ, PROT_NONE };
	unsigned int from, n = some_range(s, &from), i;
	enum kind kind = ANON + below(s, 4);
	int prot = prots[below(s, 5)];
	int file = kind >= FILE_PRIVATE;
	int populate = kind != FILE_PRIVATE && !below(s, 8) ? MAP_POPULATE : 0;	/* there it may make copies */
	char *p;

	p = mmap(address(s, from), n * PAGE, prot, flags[kind] | MAP_FIXED | populate, file ? s->fd : -1,
		 file ? (s->number * s->n + from) * PAGE : 0);
	if (lacking(p == MAP_FAILED)) {
		forget(s, from, n);		/* what was there may be gone, or not */
		return;
	}
	if (p != address(s, from)) {
		FAILED("mmap gives %p", p);
	}
	for (i = from; i < from + n; i++)
		s->page[i] = (struct page){ .kind = kind, .prot = prot, .at = i };
}

static void do_unmap(struct slice *s)
{
	unsigned int from, n = some_range(s, &from), i;
	int ret = munmap(address(s, from), n * PAGE);

	if (lacking(ret))
		return;
	if (ret)
		FAILED("munmap");
	for (i = from; i < from + n; i++)
		s->page[i].kind = NONE;
}

/* A hole ends it with ENOMEM; what lies before the hole is changed. */
static void do_protect(struct slice *s)
{
	static const int prots[] = { RW, RW, PROT_READ, PROT_NONE };
	unsigned int from, n = some_range(s, &from), i;
	int prot = prots[below(s, 4)], ret;

	ret = mprotect(address(s, from), n * PAGE, prot);
	for (i = from; i < from + n && s->page[i].kind != NONE; i++)
		s->page[i].prot = prot;
	if (i == from + n ? ret != 0 : ret != -1 || errno != ENOMEM)
		FAILED("mprotect gives %d; page %u of %u is %s", ret, i - from, n, i == from + n ? "its end" : "a hole");
}

/*
 * Move some pages over others. Those of several areas are EFAULT here; Linux moves them since 6.17, with the holes between
 * them, and may stop half way. So what failed is made known again by unmapping it.
 */
static void do_remap(struct slice *s)
{
	unsigned int from, n = some_range(s, &from), to, i;
	char *p;

	n = n > 4 && below(s, 8) ? 1 + n % 4 : n;
	to = below(s, s->n - n + 1);
	if (to + n > from && from + n > to)
		return;
	p = mremap(address(s, from), n * PAGE, n * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, address(s, to));
	if (p == MAP_FAILED) {
		if (errno != EFAULT && errno != ENOMEM)
			FAILED("mremap");
		if (errno == EFAULT && n == 1 && s->page[from].kind != NONE)
			FAILED("mremap of one page");
		forget(s, from, n);
		forget(s, to, n);
		return;
	}
	if (p != address(s, to))
		FAILED("mremap gives %p", p);
	for (i = 0; i < n; i++) {
		s->page[to + i] = s->page[from + i];
		if (s->page[from + i].kind == NONE)
			forget(s, to + i, 1);		/* what was there may be there still */
		s->page[from + i].kind = NONE;
	}
}

static void do_discard(struct slice *s)
{
	unsigned int from, n = some_range(s, &from), i, holes = 0;
	int ret = madvise(address(s, from), n * PAGE, MADV_DONTNEED);

	for (i = from; i < from + n; i++) {
		struct page *p = &s->page[i];

		holes += p->kind == NONE;
		p->own = 0;
		if (p->kind == ANON)
			p->key = 0;
	}
	if (holes ? ret != -1 || errno != ENOMEM : ret)
		FAILED("madvise gives %d with %u holes", ret, holes);
}

static void do_touch(struct slice *s)
{
	unsigned int from, n = some_range(s, &from), i;

	for (i = from; i < from + n; i++)
		touch(s, i);
}

/* The child's private pages are its own; what it writes to shared ones is seen. */
static void do_fork(struct slice *s)
{
	uint32_t state = chance(&s->rnd);
	unsigned int i;
	pid_t pid;

	pid = fork_or_lack();
	if (pid < 0) {
		lacking(1);
		return;
	}
	s->rnd = state | 1;
	for (i = 0; i < s->n; i++) {
		struct page *p = &s->page[i];

		if (p->kind == NONE || !(p->prot & PROT_READ))
			continue;
		if (pid == 0)
			verify_page(s, i, "child");
		if (below(s, 3) || p->prot != RW)
			continue;
		if (pid == 0)
			write_page(s, i);
		else if (p->kind == SHARED || p->kind == FILE_SHARED)
			*key_of(s, p) = chance(&s->rnd) | 1;
		else
			chance(&s->rnd);
	}
	if (pid == 0)
		_exit(7);
	if (exit_code(pid) != 7)
		FAILED("worker %u, slice %u: a child failed", s->worker, s->number);
}

static void (*const ops[NR_OPS])(struct slice *) = { do_map, do_unmap, do_protect, do_remap, do_discard, do_touch, do_fork };

static void *thread(void *arg)
{
	struct slice *s = arg;
	unsigned int op, i;

	pthread_barrier_wait(&all_there);
	while (now_ms() < end) {
		op = below(s, 40);
		op = op == 0 ? FORK : op < 20 ? TOUCH : op % TOUCH;
		ops[op](s);
		__atomic_add_fetch(&done[op], 1, __ATOMIC_RELAXED);
	}
	for (i = 0; i < s->n; i++)
		touch(s, i);
	return NULL;
}

static void work(unsigned int number)
{
	struct sigaction act = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO };
	unsigned int n = mib * 256 / workers / THREADS, i;
	char *space;
	pthread_t t[THREADS];
	struct page *page;
	int fd;

	n = n < 16 ? 16 : n;
	fd = nameless_file();
	space = mmap(NULL, THREADS * n * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (ftruncate(fd, (off_t)(THREADS * n * PAGE)) || space == MAP_FAILED)
		FAILED("no room for %u pages", THREADS * n);
	sigaction(SIGSEGV, &act, NULL);
	sigaction(SIGBUS, &act, NULL);
	for (i = 0; i < THREADS; i++) {
		slices[i] = (struct slice){ .worker = number, .number = i, .start = space + i * n * PAGE, .n = n, .fd = fd,
					    .page = calloc(n, sizeof(struct page)), .file = calloc(n, sizeof(uint32_t)),
					    .rnd = chance_seed(number * THREADS + i) };
		if (!slices[i].page || !slices[i].file)
			FAILED("no memory for the model");
		for (page = slices[i].page; page < slices[i].page + n; page++)
			page->kind = ANON;
	}
	pthread_barrier_init(&all_there, NULL, THREADS);
	for (i = 0; i < THREADS; i++)
		if ((errno = pthread_create(&t[i], NULL, thread, &slices[i])))
			FAILED("pthread_create");
	for (i = 0; i < THREADS; i++)
		pthread_join(t[i], NULL);
}

int main(int argc, char **argv)
{
	int failed, i;

	parse_options(argc, argv);
	done = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (done == MAP_FAILED)
		FAILED("mmap");
	end = now_ms() + seconds * 1000LL;
	failed = run_workers("mmapstress", work);
	for (i = 0; i < NR_OPS; i++)
		printf("# %s %lu\n", op_names[i], done[i]);
	printf("# without memory %lu\n", done[NR_OPS]);
	return failed;
}
