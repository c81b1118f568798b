/*
 * An address space with as many areas as there may be: up to max_map_count and its ENOMEM. Each worker's pages take
 * turns in what may be done with them, so that no two areas merge; some hold bytes. Then areas are unmapped, mapped and
 * changed at random, a child looks at them all, and all are taken down piece by piece.
 */
#include "stress.h"
#include <sys/mman.h>

#define PAGE		4096UL
#define ENOUGH		65530		/* where the system's limit is higher */
#define RW		(PROT_READ | PROT_WRITE)

static unsigned long *count;
enum { ROUNDS, AREAS, REFUSED, CHANGES, VERIFIED, FORKS, NR_COUNTS };
static const char *const names[] = { "rounds", "areas at once", "refused", "changes", "pages verified", "forks" };

static long long end;
static unsigned int limit, nr_pages, step;
static int can_reach;			/* the limit is within reach: it must refuse */
static char *region;			/* even pages RW, odd ones PROT_NONE, once they are split */
static unsigned char *state;		/* of even pages */
enum { UNMAPPED, EMPTY, WRITTEN, READ_ONLY };
static uint32_t rnd;

static void add(int what, unsigned long k)
{
	__atomic_add_fetch(&count[what], k, __ATOMIC_RELAXED);
}

static unsigned int read_limit(void)
{
	unsigned int n = 0;
	FILE *f = fopen("/proc/sys/vm/max_map_count", "r");
	char line[32];

	if (f && fgets(line, sizeof(line), f))
		n = (unsigned int)atoi(line);
	if (f)
		fclose(f);
	return n;
}

/* Lines of our own maps; the page that x86's Linux shows beyond all areas is none. */
static unsigned int count_areas(void)
{
	FILE *f = fopen("/proc/self/maps", "r");
	unsigned int n = 0;
	char line[512];

	if (!f)
		FAILED("/proc/self/maps");
	while (fgets(line, sizeof(line), f))
		n += !strstr(line, "[vsyscall]");
	fclose(f);
	return n;
}

static char *at(unsigned int i)
{
	return region + i * PAGE;
}

static void write_page(unsigned int i)
{
	fill(at(i), PAGE, seed + i * 2);
	state[i] = WRITTEN;
}

static void verify_pages(const char *what)
{
	unsigned int i, n = 0;

	for (i = 0; i < nr_pages; i += 2) {
		if (state[i] != WRITTEN && state[i] != READ_ONLY)
			continue;
		if (verify(at(i), PAGE, seed + i * 2, what))
			FAILED("%s: page %u", what, i);
		n++;
	}
	add(VERIFIED, n);
}

/* Cut one page after the other out of the one big area. => pages that have an area of their own */
static void split_all(void)
{
	unsigned int i;

	for (i = 0; i < nr_pages; i += 2) {
		if (mprotect(at(i), PAGE, RW)) {
			if (errno != ENOMEM || !can_reach)
				FAILED("mprotect of page %u of %u", i, nr_pages);
			add(REFUSED, 1);
			nr_pages = i;
			break;
		}
		state[i] = EMPTY;
		if (i % step == 0)
			write_page(i);
	}
}

/* At the limit nothing splits any more, and nothing new is made; what is there can be given back whole. */
static void at_the_limit(void)
{
	unsigned int n = count_areas(), nr = 0;
	char *more[8];

	if (n + 2 < limit || n > limit + 1)
		FAILED("%u areas when the limit of %u refuses", n, limit);
	while (nr < 8 && (more[nr] = mmap(NULL, PAGE, n % 2 ? PROT_READ : PROT_NONE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) != MAP_FAILED) {
		if (++n > limit + 1)
			FAILED("%u areas, the limit is %u", n, limit);
		nr++;
	}
	if (nr == 8 || errno != ENOMEM)
		FAILED("mmap at the limit");
	add(REFUSED, 1);
	if (munmap(at(nr_pages) + 3 * PAGE, PAGE) == 0 || errno != ENOMEM)
		FAILED("an area is split at the limit");
	if (mprotect(at(nr_pages) + 3 * PAGE, PAGE, PROT_READ) == 0 || errno != ENOMEM)
		FAILED("an area is split at the limit by mprotect");
	add(REFUSED, 2);
	while (nr-- > 0)
		if (munmap(more[nr], PAGE))
			FAILED("munmap at the limit");
}

static void change(void)
{
	unsigned int i = chance(&rnd) % (nr_pages / 2) * 2;

	add(CHANGES, 1);
	switch (state[i]) {
	case UNMAPPED:
		if (mmap(at(i), PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != at(i)) {
			if (errno != ENOMEM)
				FAILED("mmap");
			break;
		}
		state[i] = EMPTY;
		if (i % step == 0)
			write_page(i);
		break;
	case WRITTEN:
		if (mprotect(at(i), PAGE, PROT_READ))
			FAILED("mprotect of a whole area");
		state[i] = READ_ONLY;
		break;
	default:
		if (munmap(at(i), PAGE))
			FAILED("munmap of a whole area");
		state[i] = UNMAPPED;
	}
}

static void look_as_child(void)
{
	pid_t pid = fork_or_lack();

	if (pid == 0) {
		verify_pages("child");
		_exit(0);
	}
	if (pid > 0 && exit_code(pid))
		FAILED("the child");
	add(FORKS, pid > 0);
}

static void take_down(unsigned int whole)
{
	unsigned int from, n;

	for (from = 0; from < whole; from += n) {
		n = 1 + chance(&rnd) % 4096;
		n = n < whole - from ? n : whole - from;
		if (munmap(at(from), n * PAGE) && errno != ENOMEM)
			FAILED("munmap of many areas");
	}
	if (munmap(region, whole * PAGE))
		FAILED("munmap of all");
}

static void work(unsigned int number)
{
	unsigned int whole = limit + 64, i;
	unsigned long areas;

	rnd = chance_seed(number);
	state = calloc(whole, 1);
	if (!state)
		FAILED("no memory");
	do {
		nr_pages = whole - 16;
		memset(state, UNMAPPED, whole);
		region = mmap(NULL, whole * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		if (region == MAP_FAILED)
			FAILED("mmap");
		split_all();
		areas = count_areas();
		__atomic_store_n(&count[AREAS], areas, __ATOMIC_RELAXED);
		if (can_reach)
			at_the_limit();
		verify_pages("split");
		for (i = 0; i < 20000 && now_ms() < end; i++)
			change();
		verify_pages("changed");
		look_as_child();
		take_down(whole);
		add(ROUNDS, 1);
	} while (now_ms() < end);
}

int main(int argc, char **argv)
{
	int failed, i;

	parse_options(argc, argv);
	count = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	limit = read_limit();
	if (count == MAP_FAILED || !limit)
		FAILED("no limit is told");
	can_reach = limit <= ENOUGH * 2;
	limit = can_reach ? limit : ENOUGH;
	step = 2 * (1 + limit * workers / (mib * 256));
	end = now_ms() + seconds * 1000LL;
	failed = run_workers("vmastress", work);
	for (i = 0; i < NR_COUNTS; i++)
		printf("# %s %lu\n", names[i], count[i]);
	return failed;
}
