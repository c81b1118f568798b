#ifndef MM_FAULT_INJECT_H
#define MM_FAULT_INJECT_H

/*
 * Making allocations fail on purpose (mm/fault_inject.c), to see that every caller stands it. Three ways:
 *
 *	by chance	fail_page_alloc, failslab	Linux's knobs; at boot failslab=interval,probability,space,times
 *	the nth		/proc/PID/fail-nth		the task's n-th allocation from now fails, once
 *	each place	fail_sites			the first allocation from each place fails, for tasks with
 *							/proc/PID/make-it-fail, which children inherit
 *
 * The knobs are in /proc/sys/debug/{fail_page_alloc,failslab,fail_sites}/. __GFP_NOFAIL requests never fail.
 *
 * Lock letters: [k] knobs, written by one writer of /proc/sys at a time, read without a lock
 */
#include "kernel/atomic.h"
#include "kernel/types.h"

struct fault_attr {
	const char *name;
	int probability;		/* [k] percent; 0: off */
	int interval;			/* [k] only each so many calls; 0 and 1: each */
	atomic_t times;			/* failures left; -1: no limit */
	atomic_t space;			/* bytes that may be allocated before the first failure */
	int verbose;			/* [k] 1: a line in the log; 2: the stack, too */
	int task_filter;		/* [k] only tasks with make-it-fail, and not in interrupts */
	int ignore_gfp_wait;		/* [k] requests that may sleep succeed */
	int ignore_gfp_highmem;		/* [k] requests that may use high memory succeed */
	int min_order;			/* [k] smaller requests succeed */
	atomic_t calls;			/* that the filters let through */
	struct task_struct *task;	/* at this one's next call … */
	void (*meanwhile)(void);	/* … what another CPU does while it waits; NULL: nothing */
};

extern struct fault_attr fail_page_alloc, failslab;
extern bool fault_inject_on;		/* somebody may want a failure: off the hot paths until then */

/* Tell that a knob, a task's fail_nth or make_it_fail was changed. */
void fault_inject_changed(void);
/* The boot's words: "interval,probability,space,times"; and the depth of fail_sites for init and its children. */
void setup_fault_attr(struct fault_attr *attr, const char *text);
void setup_fail_sites(const char *text);
/* init runs: what setup_fail_sites() asked for begins. => current is init; slab is up; may sleep */
void fault_inject_init_started(void);
void fault_inject_proc_init(void);
/* The current task's @n-th allocation from now (page or slab, 1 is the next) fails; 0: none does. */
void set_fail_nth(unsigned long n);
/* Once, at the current task's next such request, @fn is called; the request goes on. NULL: it is not. */
void set_meanwhile(struct fault_attr *attr, void (*fn)(void));
bool __should_fail(struct fault_attr *attr, gfp_t gfp, unsigned long size);

static inline bool should_fail_alloc_page(gfp_t gfp, unsigned int order)
{
	return unlikely(READ_ONCE(fault_inject_on)) && __should_fail(&fail_page_alloc, gfp, 4096UL << order);
}

static inline bool should_failslab(gfp_t gfp, size_t size)
{
	return unlikely(READ_ONCE(fault_inject_on)) && __should_fail(&failslab, gfp, size);
}

#endif
