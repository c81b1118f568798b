#ifndef MM_FAULT_INJECT_H
#define MM_FAULT_INJECT_H

/*
 * Making allocations fail on purpose (mm/fault_inject.c), to see that every caller stands it.
 *
 *	one task:  set_fail_nth(3)             its third allocation from now fails, once
 *	anybody:   failslab.probability = 100  by chance, with limits
 *
 * __GFP_NOFAIL requests never fail.
 */
#include "kernel/types.h"

struct fault_attr {
	const char *name;
	unsigned int probability;	/* percent; 0: off */
	unsigned int interval;		/* only each so many calls; 0 and 1: each */
	int times;			/* at most so many failures; -1: no limit */
	unsigned int min_order;		/* pages: smaller requests succeed */
	struct task_struct *task;	/* only this one's calls; NULL: everybody's, interrupts too */
	unsigned long calls, failures;	/* a count; exact for one task */
	void (*meanwhile)(void);	/* at @task's next call: what another CPU does while it waits; NULL: nothing */
};

extern struct fault_attr fail_page_alloc, failslab;
extern bool fault_inject_on;		/* somebody may want a failure: off the hot paths until then */

/* Switch @attr on with these limits, or off (@probability 0). => not while others allocate under the old ones */
void fault_attr_set(struct fault_attr *attr, unsigned int probability, unsigned int interval, int times,
		    struct task_struct *task);
/* The current task's @n-th allocation from now (page or slab, 1 is the next) fails; 0: none does. */
void set_fail_nth(unsigned long n);
/* Once, at the current task's next such request, @fn is called; the request goes on. NULL: it is not. */
void set_meanwhile(struct fault_attr *attr, void (*fn)(void));
bool __should_fail(struct fault_attr *attr, gfp_t gfp, unsigned int order);

static inline bool should_fail_alloc_page(gfp_t gfp, unsigned int order)
{
	return unlikely(READ_ONCE(fault_inject_on)) && __should_fail(&fail_page_alloc, gfp, order);
}

static inline bool should_failslab(gfp_t gfp)
{
	return unlikely(READ_ONCE(fault_inject_on)) && __should_fail(&failslab, gfp, 0);
}

#endif
