/*
 * sysfuzz.h: what the fuzzer's files share. main.c keeps the children going; calls.c knows the system calls and makes
 * one after the other; args.c makes up their arguments.
 */
#ifndef SYSFUZZ_H
#define SYSFUZZ_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <stddef.h>
#include <stdint.h>

#define PAGE		4096UL
#define MAX_CALLS	512	/* in the table */

/*
 * A call: its number, what its arguments are, a letter each (args.c:make_arg), and the flags that it knows (kinds F and G).
 */
struct call {
	const char *name, *kinds;
	long nr;
	const unsigned int *flags, *more;	/* lists that end with END_FLAGS */
	unsigned char odds;			/* how often, 1 to 9; DEADLY: a twentieth of that, as few survive it */
	enum manner { PLAIN, TAME, DEADLY } manner;	/* TAME: not for root, as it reaches beyond the child */
};
#define END_FLAGS	0xfffffffeu

/* One for each worker, in memory shared with the parent: what the child has done, and what it is just doing. */
struct progress {
	unsigned long calls, good;
	long call, args[6];
};

/* Shared by all: by index in the table, how often, and how often without an error. */
struct totals {
	unsigned long made[MAX_CALLS], good[MAX_CALLS];
};

/* main.c */
extern struct totals *totals;
extern struct progress *progress;	/* the worker's own */
void stay_awake(void);

/* calls.c */
extern const struct call calls[];
extern const unsigned int nr_calls;
void fuzz(uint32_t *rnd, unsigned long n, int as_root);

/* args.c */
extern uint32_t *rnd;			/* the child's generator */
extern int root_child;		/* it runs as root, shut into its directory */
extern int alone_as_user;	/* nobody else's processes have the child's user id */
void make_room(void);
long make_arg(char kind, const struct call *c);
void touch_somewhere(void);
unsigned int below(unsigned int n);
int one_in(unsigned int n);

#endif
