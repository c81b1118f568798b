#ifndef MM_THRASH_H
#define MM_THRASH_H

/*
 * The swap token's record in each mm; reclaim (mm/thrash.c) fills it with life when swap arrives.
 * Lock letters: [t] swap_token_lock
 */
struct swap_token_record {
	unsigned int last_fault;	/* [t] the global fault count at our last fault */
	unsigned int last_interval;	/* [t] faults of everybody between our last two */
	int priority;			/* [t] how urgently we want the token; never below 0 */
};

#endif
