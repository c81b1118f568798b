/*
 * Give random advice about memory of every kind, against a model of every page's bytes. Each worker is a process of two
 * threads that advise, write and verify slices of their own, side by side in one address space, and fork. Advice that the
 * system does not know (EINVAL when first asked) is left out and told.
 */
#include "stress.h"
#include <pthread.h>
#include <sys/mman.h>

#define PAGE	4096UL
#define THREADS	2
#define RW	(PROT_READ | PROT_WRITE)

enum kind { ANON, SHARED, FILE_PRIVATE, NR_KINDS };

static const struct advice {
	const char *name;
	int value;
	unsigned char on[NR_KINDS];	/* which memory takes it */
} advices[] = {
	{ "normal", 0, { 1, 1, 1 } }, { "random", 1, { 1, 1, 1 } }, { "sequential", 2, { 1, 1, 1 } }, { "willneed", 3, { 0, 1, 1 } },
	{ "dontneed", 4, { 1, 1, 1 } }, { "free", 8, { 1, 0, 0 } }, { "remove", 9, { 0, 1, 0 } }, { "dontfork", 10, { 1, 1, 1 } },
	{ "dofork", 11, { 1, 1, 1 } }, { "dontdump", 16, { 1, 1, 1 } }, { "dodump", 17, { 1, 1, 1 } }, { "wipeonfork", 18, { 1, 0, 0 } },
	{ "keeponfork", 19, { 1, 0, 0 } }, { "cold", 20, { 1, 1, 1 } }, { "pageout", 21, { 1, 1, 1 } }, { "populate_read", 22, { 1, 1, 1 } },
	{ "populate_write", 23, { 1, 1, 1 } },
};
#define NR_ADVICES	(sizeof(advices) / sizeof(*advices))

struct page {
	uint32_t key;			/* 0: zeros; of FILE_PRIVATE: 0 is what the file holds */
	unsigned char may_be_gone;	/* after MADV_FREE: these bytes or zeros, until written */
	unsigned char no_fork, wipe;
};

struct slice {
	unsigned int worker, number, n;		/* pages of each kind */
	char *start[NR_KINDS];
	struct page *page[NR_KINDS];
	uint32_t rnd;
};

static unsigned long *count;	/* by advice; refused for want of memory; forks; pages verified; written; bytes of MADV_FREE gone */
enum { REFUSED = NR_ADVICES, FORKS, VERIFIED, WRITTEN, GONE };
static unsigned char known[NR_ADVICES];
static long long end;

static void add(unsigned int what, unsigned long k)
{
	__atomic_add_fetch(&count[what], k, __ATOMIC_RELAXED);
}

static uint32_t file_key(unsigned int i)
{
	return seed + 77 + i * 2;
}

static char *at(struct slice *s, enum kind kind, unsigned int i)
{
	return s->start[kind] + i * PAGE;
}

static int is_zero(const char *p)
{
	static const char zeros[PAGE];

	return !memcmp(p, zeros, PAGE);
}

static void verify_page(struct slice *s, enum kind kind, unsigned int i, const char *what)
{
	struct page *p = &s->page[kind][i];
	uint32_t key = p->key ? p->key : kind == FILE_PRIVATE ? file_key(i) : 0;

	if (p->may_be_gone && is_zero(at(s, kind, i))) {
		p->key = p->may_be_gone = 0;
		add(GONE, 1);
		return;
	}
	if (key ? verify(at(s, kind, i), PAGE, key, what) : !is_zero(at(s, kind, i)))
		FAILED("%s: worker %u, slice %u, kind %d, page %u at %p (key %u)", what, s->worker, s->number, kind, i,
		       (void *)at(s, kind, i), (unsigned int)key);
}

static void write_page(struct slice *s, enum kind kind, unsigned int i)
{
	struct page *p = &s->page[kind][i];

	p->key = chance(&s->rnd) | 1;
	p->may_be_gone = 0;
	fill(at(s, kind, i), PAGE, p->key);
}

/* What the advice does to a page. */
static void model(struct slice *s, enum kind kind, unsigned int i, int advice)
{
	struct page *p = &s->page[kind][i];

	switch (advice) {
	case 4:
		p->key = kind == SHARED ? p->key : 0;
		p->may_be_gone = 0;
		break;
	case 8:
		p->may_be_gone = 1;
		break;
	case 9:
		p->key = 0;
		break;
	case 10: case 11:
		p->no_fork = advice == 10;
		break;
	case 18: case 19:
		p->wipe = advice == 18;
		break;
	case 23:
		if (kind == FILE_PRIVATE && !p->key)		/* written with what it holds: a copy */
			p->key = file_key(i);
		break;
	}
}

static void expect_resident(struct slice *s, enum kind kind, unsigned int from, unsigned int n)
{
	unsigned char vec[256];
	unsigned int i;

	n = n < sizeof(vec) ? n : sizeof(vec);
	if (mincore(at(s, kind, from), n * PAGE, vec))
		FAILED("mincore");
	for (i = 0; i < n; i++)
		if (!(vec[i] & 1))
			FAILED("populated page %u of kind %d at %p is not resident", from + i, kind, (void *)at(s, kind, from + i));
}

static unsigned int some_range(struct slice *s, unsigned int *from)
{
	unsigned int n = 1 + chance(&s->rnd) % (chance(&s->rnd) % 4 ? 8 : s->n);

	*from = chance(&s->rnd) % s->n;
	return n < s->n - *from ? n : s->n - *from;
}

static void advise(struct slice *s)
{
	enum kind kind = chance(&s->rnd) % NR_KINDS;
	unsigned int a = chance(&s->rnd) % NR_ADVICES, from, n = some_range(s, &from), i;
	int ret;

	if (!known[a] || !advices[a].on[kind])
		return;
	ret = madvise(at(s, kind, from), n * PAGE, advices[a].value);
	if (ret && errno != ENOMEM && errno != EAGAIN && errno != EFAULT)
		FAILED("madvise %s of kind %d", advices[a].name, kind);
	if (ret) {
		add(REFUSED, 1);
		if (advices[a].value == 8 || advices[a].value == 9)
			FAILED("madvise %s lacks memory", advices[a].name);
	}
	for (i = from; i < from + n; i++)
		model(s, kind, i, advices[a].value);
	if (!ret && advices[a].value >= 22)
		expect_resident(s, kind, from, n);
	add(a, 1);
}

static void write_some(struct slice *s)
{
	enum kind kind = chance(&s->rnd) % NR_KINDS;
	unsigned int from, n = some_range(s, &from), i;

	for (i = from; i < from + n; i++)
		write_page(s, kind, i);
	add(WRITTEN, n);
}

static void verify_some(struct slice *s)
{
	enum kind kind = chance(&s->rnd) % NR_KINDS;
	unsigned int from, n = some_range(s, &from), i;

	for (i = from; i < from + n; i++)
		verify_page(s, kind, i, "page");
	add(VERIFIED, n);
}

static void verify_as_child(struct slice *s)
{
	unsigned char vec;
	unsigned int i, kind;

	for (kind = 0; kind < NR_KINDS; kind++) {
		for (i = 0; i < s->n; i++) {
			struct page *p = &s->page[kind][i];

			if (p->no_fork) {
				if (mincore(at(s, kind, i), PAGE, &vec) == 0 || errno != ENOMEM)
					FAILED("child: page %u of kind %u at %p should not be there", i, kind, (void *)at(s, kind, i));
				continue;
			}
			if (p->wipe)
				*p = (struct page){ .wipe = 1 };
			verify_page(s, kind, i, "child");
			if (kind != SHARED && chance(&s->rnd) % 4 == 0)
				write_page(s, kind, i);
		}
	}
}

static void beget(struct slice *s)
{
	pid_t pid = fork_or_lack();

	if (pid == 0) {
		verify_as_child(s);
		_exit(0);
	}
	if (pid > 0 && exit_code(pid))
		FAILED("worker %u, slice %u: a child failed", s->worker, s->number);
	add(pid > 0 ? FORKS : REFUSED, 1);
}

static void *thread(void *arg)
{
	struct slice *s = arg;
	unsigned int i, kind;

	while (now_ms() < end) {
		i = chance(&s->rnd) % 64;
		if (i == 0)
			beget(s);
		else if (i < 40)
			advise(s);
		else if (i < 52)
			write_some(s);
		else
			verify_some(s);
	}
	for (kind = 0; kind < NR_KINDS; kind++)
		for (i = 0; i < s->n; i++)
			verify_page(s, kind, i, "at the end");
	return NULL;
}

/* A file of file_key()'s pages, without a name. */
static int make_file(unsigned int n)
{
	static char page[PAGE];
	unsigned int i;
	int fd = nameless_file();

	for (i = 0; i < n; i++) {
		fill(page, PAGE, file_key(i));
		if (write(fd, page, PAGE) != (ssize_t)PAGE)
			FAILED("write");
	}
	return fd;
}

static void work(unsigned int number)
{
	static const int flags[] = { MAP_PRIVATE | MAP_ANONYMOUS, MAP_SHARED | MAP_ANONYMOUS, MAP_PRIVATE };
	unsigned int n = mib * 256 / workers / THREADS / NR_KINDS, i, kind;
	struct slice slices[THREADS];
	pthread_t t[THREADS];
	int fd;

	n = n < 16 ? 16 : n;
	fd = make_file(n);
	for (i = 0; i < THREADS; i++) {
		slices[i] = (struct slice){ .worker = number, .number = i, .n = n, .rnd = chance_seed(number * THREADS + i) };
		for (kind = 0; kind < NR_KINDS; kind++) {
			slices[i].page[kind] = calloc(n, sizeof(struct page));
			slices[i].start[kind] = mmap(NULL, n * PAGE, RW, flags[kind], kind == FILE_PRIVATE ? fd : -1, 0);
			if (!slices[i].page[kind] || slices[i].start[kind] == MAP_FAILED)
				FAILED("no memory");
		}
	}
	for (i = 0; i < THREADS; i++)
		if ((errno = pthread_create(&t[i], NULL, thread, &slices[i])))
			FAILED("pthread_create");
	for (i = 0; i < THREADS; i++)
		pthread_join(t[i], NULL);
}

/* Which advice does the system know? Asked of memory that takes it. */
static void ask(void)
{
	char *anon = mmap(NULL, PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *shared = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	unsigned int a;

	if (anon == MAP_FAILED || shared == MAP_FAILED)
		FAILED("mmap");
	for (a = 0; a < NR_ADVICES; a++) {
		known[a] = madvise(advices[a].on[ANON] ? anon : shared, PAGE, advices[a].value) == 0;
		if (!known[a] && errno != EINVAL && errno != EOPNOTSUPP)
			FAILED("madvise %s", advices[a].name);
	}
	munmap(anon, PAGE);
	munmap(shared, PAGE);
}

int main(int argc, char **argv)
{
	unsigned int a;
	int failed;

	parse_options(argc, argv);
	count = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (count == MAP_FAILED)
		FAILED("mmap");
	ask();
	end = now_ms() + seconds * 1000LL;
	failed = run_workers("madvisestress", work);
	for (a = 0; a < NR_ADVICES; a++)
		if (known[a])
			printf("# %s %lu\n", advices[a].name, count[a]);
		else
			printf("# %s is not known here\n", advices[a].name);
	printf("# without memory %lu, forks %lu, pages verified %lu, written %lu, freed and gone %lu\n", count[REFUSED], count[FORKS],
	       count[VERIFIED], count[WRITTEN], count[GONE]);
	return failed;
}
