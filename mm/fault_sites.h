#ifndef MM_FAULT_SITES_H
#define MM_FAULT_SITES_H

/*
 * Each place that allocates fails once: between fault_inject.c and its knobs, fault_inject_proc.c.
 *
 *	depth 0 ─(the table is made, empty)─► depth n: a place that is not in the table fails and is put there
 */
#include "mm/fault_inject.h"

#define FAIL_SITES_MAX		16384
#define FAIL_SITES_DEPTH_MAX	16

struct fail_sites {
	int depth;			/* [k] return addresses that tell places apart; 0: off */
	int verbose;			/* [k] a line in the log for each failure */
	atomic_t times;			/* failures left; -1: no limit */
	atomic_t failed;		/* places so far */
	u32 *table;			/* hashes of the places, by cmpxchg; 0: free. Stays once it is made */
};

extern struct fail_sites fail_sites;
int fail_sites_start(void);

#endif
