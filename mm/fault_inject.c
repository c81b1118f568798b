/*
 * fault_inject.c: which allocation is to fail.
 *
 * Owns:   fail_page_alloc and failslab, the two places where failure is injected.
 * Locks:  none: counts are hints, and exact where one task does all the calling.
 * Read next: page_alloc.c:__alloc_pages, slab.c:__cache_alloc, which ask.
 */
#include "mm/fault_inject.h"
#include "mm/mm.h"
#include "kernel/irq.h"

struct fault_attr fail_page_alloc = { .name = "fail_page_alloc", .min_order = 0 };
struct fault_attr failslab = { .name = "failslab" };
bool fault_inject_on;

static u32 fault_random(void)
{
	static u32 state = 2463534242u;

	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state;
}

void fault_attr_set(struct fault_attr *attr, unsigned int probability, unsigned int interval, int times,
		    struct task_struct *task)
{
	attr->interval = interval;
	attr->times = times;
	attr->task = task;
	attr->calls = attr->failures = 0;
	WRITE_ONCE(attr->probability, probability);
	if (probability)
		WRITE_ONCE(fault_inject_on, true);
}

void set_fail_nth(unsigned long n)
{
	current->fail_nth = n;
	if (n)
		WRITE_ONCE(fault_inject_on, true);
}

void set_meanwhile(struct fault_attr *attr, void (*fn)(void))
{
	attr->task = current;
	attr->meanwhile = fn;
	if (fn)
		WRITE_ONCE(fault_inject_on, true);
}

static void run_meanwhile(struct fault_attr *attr)
{
	void (*fn)(void) = attr->meanwhile;

	if (likely(!fn) || attr->task != current || in_interrupt())
		return;
	attr->meanwhile = NULL;
	fn();
}

/* The current task's countdown; only it may touch it. */
static bool fail_nth_hits(void)
{
	return current->fail_nth && !in_interrupt() && --current->fail_nth == 0;
}

static bool attr_hits(struct fault_attr *attr, unsigned int order)
{
	if (!attr->probability || order < attr->min_order || !attr->times)
		return false;
	if (attr->task && (attr->task != current || in_interrupt()))
		return false;
	if (attr->interval > 1 && ++attr->calls % attr->interval)
		return false;
	return attr->probability >= 100 || fault_random() % 100 < attr->probability;
}

/*
 * Shall this request fail?
 * => any context
 */
bool __should_fail(struct fault_attr *attr, gfp_t gfp, unsigned int order)
{
	if (gfp & __GFP_NOFAIL)
		return false;
	if (fail_nth_hits())
		return true;
	run_meanwhile(attr);
	if (!attr_hits(attr, order))
		return false;
	attr->failures++;
	if (attr->times > 0)
		attr->times--;
	return true;
}
