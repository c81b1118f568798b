/*
 * fault_inject.c: which allocation is to fail.
 *
 * Owns:   fail_page_alloc and failslab, the two places where failure is injected; fail_sites, the table of the places
 *         that have failed already.
 * Locks:  none: the knobs are written under /proc/sys's mutex, the counts are atomic; a task's fail_nth is its own.
 * Read next: fault_inject_proc.c (the knobs), page_alloc.c:__alloc_pages and slab.c:__cache_alloc, which ask.
 *
 * A place is the way that led to it: the innermost return addresses, as many as fail_sites.depth says. So kmalloc() is
 * not one place but as many as it has callers, and those have.
 */
#include "mm/fault_inject.h"
#include "mm/fault_sites.h"
#include "mm/slab.h"
#include "mm/mm.h"
#include "kernel/arch.h"
#include "kernel/irq.h"
#include "kernel/kallsyms.h"
#include "kernel/lib/string.h"

#define SITE_FRAMES_TOLD	8
#define SITE_OWN_FRAMES		1	/* __should_fail: the callers of that tell places apart */

/* As Linux: until told otherwise, only what can fail in a machine that is merely short of memory. */
#define DEFAULT_FAULT_ATTR(n) { .name = n, .interval = 1, .times = ATOMIC_INIT(1), .verbose = 2, .ignore_gfp_wait = 1, \
				.ignore_gfp_highmem = 1 }
struct fault_attr fail_page_alloc = DEFAULT_FAULT_ATTR("fail_page_alloc");
struct fault_attr failslab = DEFAULT_FAULT_ATTR("failslab");
struct fail_sites fail_sites = { .times = ATOMIC_INIT(-1), .verbose = 1 };
bool fault_inject_on;

static u32 fault_random(void)
{
	static u32 state = 2463534242u;

	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state;
}

/* Somebody may want failures from now on; once on, it stays on. => any context */
void fault_inject_changed(void)
{
	WRITE_ONCE(fault_inject_on, true);
}

void set_fail_nth(unsigned long n)
{
	current->fail_nth = n;
	if (n)
		fault_inject_changed();
}

void set_meanwhile(struct fault_attr *attr, void (*fn)(void))
{
	attr->task = current;
	attr->meanwhile = fn;
	if (fn)
		fault_inject_changed();
}

static void run_meanwhile(struct fault_attr *attr)
{
	void (*fn)(void) = attr->meanwhile;

	if (likely(!fn) || attr->task != current || in_interrupt())
		return;
	attr->meanwhile = NULL;
	fn();
}

/* ---- the nth ------------------------------------------------------------------------------------------- */

/* The current task's countdown; only it may touch it. */
static bool fail_nth_hits(void)
{
	return current->fail_nth && !in_interrupt() && --current->fail_nth == 0;
}

/* ---- each place once ------------------------------------------------------------------------------------- */

static u32 hash_of(const unsigned long *pcs, unsigned int n)
{
	u32 hash = 2166136261u;

	for (unsigned int i = 0; i < n; i++)
		hash = (hash ^ (u32)pcs[i]) * 16777619u;
	return hash | 1;		/* 0 is an empty slot */
}

/* Note @hash; false if it was there, or the table is full. */
static bool site_is_new(u32 hash)
{
	for (u32 i = 0; i < FAIL_SITES_MAX; i++) {
		u32 *slot = &fail_sites.table[(hash + i) % FAIL_SITES_MAX], old = READ_ONCE(*slot);

		if (!old)
			old = cmpxchg(slot, 0, hash);
		if (!old)
			return true;
		if (old == hash)
			return false;
	}
	return false;
}

static void tell_site(const char *what, const unsigned long *pcs, unsigned int n)
{
	char line[400];
	int len = 0;

	for (unsigned int i = 0; i < min(n, (unsigned)SITE_FRAMES_TOLD); i++) {
		len += scnprintf(line + len, sizeof(line) - (size_t)len, " ");
		len += min(sprint_symbol(line + len, sizeof(line) - (size_t)len, pcs[i]), (int)sizeof(line) - len - 1);
	}
	printk(KERN_INFO "fault injection: %s in %s:%s\n", what, current->comm, line);
}

/* Is this a marked task's first allocation from here? */
static noinline bool fail_sites_hit(const char *what)
{
	unsigned long pcs[FAIL_SITES_DEPTH_MAX + SITE_OWN_FRAMES];
	unsigned int n, depth = (unsigned)READ_ONCE(fail_sites.depth);

	if (!depth || !current->make_it_fail || in_interrupt() || !atomic_read(&fail_sites.times))
		return false;
	n = save_stack_trace(__builtin_frame_address(0), pcs, depth + SITE_OWN_FRAMES);
	if (n <= SITE_OWN_FRAMES || !site_is_new(hash_of(pcs + SITE_OWN_FRAMES, n - SITE_OWN_FRAMES)))
		return false;
	atomic_add_unless(&fail_sites.times, -1, -1);
	atomic_inc(&fail_sites.failed);
	if (fail_sites.verbose)
		tell_site(what, pcs + SITE_OWN_FRAMES, n - SITE_OWN_FRAMES);
	return true;
}

/* ---- by chance --------------------------------------------------------------------------------------------- */

static bool attr_filters(const struct fault_attr *attr, gfp_t gfp, unsigned long size)
{
	if (!attr->probability || !atomic_read(&attr->times))
		return false;
	if (attr->task_filter && (in_interrupt() || !current->make_it_fail))
		return false;
	if ((attr->ignore_gfp_wait && gfp & __GFP_WAIT) || (attr->ignore_gfp_highmem && gfp & __GFP_HIGHMEM))
		return false;
	return !attr->min_order || size >= PAGE_SIZE << attr->min_order;
}

static bool attr_hits(struct fault_attr *attr, gfp_t gfp, unsigned long size)
{
	if (!attr_filters(attr, gfp, size))
		return false;
	if (atomic_read(&attr->space) > (int)size) {
		atomic_sub((int)size, &attr->space);
		return false;
	}
	if (attr->interval > 1 && atomic_inc_return(&attr->calls) % attr->interval)
		return false;
	if (attr->probability < 100 && (int)(fault_random() % 100) >= attr->probability)
		return false;
	return atomic_add_unless(&attr->times, -1, -1) || atomic_read(&attr->times) == -1;
}

/*
 * Shall this request fail?
 * => any context
 */
bool __should_fail(struct fault_attr *attr, gfp_t gfp, unsigned long size)
{
	if (gfp & __GFP_NOFAIL)
		return false;
	if (fail_nth_hits() || fail_sites_hit(attr->name))
		return true;
	run_meanwhile(attr);
	if (!attr_hits(attr, gfp, size))
		return false;
	if (attr->verbose)
		printk(KERN_NOTICE "fault injection: %s, interval %d, probability %d, space %d, times %d\n", attr->name,
		       attr->interval, attr->probability, atomic_read(&attr->space), atomic_read(&attr->times));
	if (attr->verbose > 1)
		dump_stack();
	return true;
}

/* ---- the boot's words ------------------------------------------------------------------------------------------ */

/* failslab=, fail_page_alloc=: "interval,probability,space,times", fewer leave the rest. => boot, one CPU */
void setup_fault_attr(struct fault_attr *attr, const char *text)
{
	int values[4] = { attr->interval, attr->probability, atomic_read(&attr->space), atomic_read(&attr->times) };
	char *end;

	for (int i = 0; i < 4; i++) {
		values[i] = (int)simple_strtol(text, &end, 0);
		if (*end != ',')
			break;
		text = end + 1;
	}
	attr->interval = values[0];
	attr->probability = values[1];
	atomic_set(&attr->space, values[2]);
	atomic_set(&attr->times, values[3]);
	fault_inject_changed();
}

static int boot_depth;

/* fail_sites=: the depth, from the first program on. => boot */
void setup_fail_sites(const char *text)
{
	boot_depth = (int)min(max(simple_strtol(text, NULL, 0), 0L), (long)FAIL_SITES_DEPTH_MAX);
}

/* The first program is there: it and its children shall stand what fail_sites= asked for. => as it; may sleep */
void fault_inject_init_started(void)
{
	if (!boot_depth || fail_sites_start())
		return;
	fail_sites.depth = boot_depth;
	current->make_it_fail = 1;
}

/* The table of places, once and for all; empty again at each further call. 0 or -ENOMEM. => may sleep */
int fail_sites_start(void)
{
	if (!fail_sites.table)
		fail_sites.table = kcalloc(FAIL_SITES_MAX, sizeof(*fail_sites.table), GFP_KERNEL);
	if (!fail_sites.table)
		return -ENOMEM;
	memset(fail_sites.table, 0, FAIL_SITES_MAX * sizeof(*fail_sites.table));
	atomic_set(&fail_sites.failed, 0);
	fault_inject_changed();
	return 0;
}
