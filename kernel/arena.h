#ifndef KERNEL_ARENA_H
#define KERNEL_ARENA_H

/*
 * A test of memory management before the machine needs it: booted with arena=NAME, the kernel stops and does to
 * synthetic objects what the host says, line by line, for ever (kernel/arena.c). An early arena stops in setup_arch(), before
 * any memory is handed out; a late one in the first thread, when all allocators, the page cache and all CPUs are up, but
 * no driver and no program.
 *
 *	host ─► kernel   <nonce> <verb> <numbers…>		kernel ─► host   @<nonce> <words…>
 *
 *	static void verb_add(int argc, const unsigned long *argv) { arena_reply("%lx", argv[0] + argv[1]); }
 *	static const struct arena_verb verbs[] = { { "add", 2, verb_add }, { } };
 *	ARENA(sums, verbs, reset_sums);		or LATE_ARENA(…)
 *
 * Every arena has two verbs more: `ping`, and `reset`, after which arena_memory() starts afresh and @reset was called.
 */
#include "kernel/types.h"

#define ARENA_MAX_ARGS	16

struct arena_verb {
	const char *name;		/* NULL ends the table */
	int argc;			/* how many numbers it wants at least */
	/* One answer by arena_reply(), or none, which is told as "ok". => early: interrupts off, one CPU; late: may sleep */
	void (*run)(int argc, const unsigned long *argv);
};

struct arena {
	const char *name;
	const struct arena_verb *verbs;
	void (*reset)(void);		/* everything as if nothing had happened; called before the first verb, too */
	bool late;
};

#define ARENA(arena_name, arena_verbs, arena_reset)	__ARENA(arena_name, arena_verbs, arena_reset, false)
#define LATE_ARENA(arena_name, arena_verbs, arena_reset) __ARENA(arena_name, arena_verbs, arena_reset, true)
#define __ARENA(arena_name, arena_verbs, arena_reset, is_late)				\
	static const struct arena arena_##arena_name = {				\
		.name = #arena_name, .verbs = arena_verbs, .reset = arena_reset, .late = is_late };	\
	static const struct arena *const arena_entry_##arena_name			\
		__used __section(".arena") = &arena_##arena_name

/* The answer to the verb that runs: one line. */
void arena_reply(const char *fmt, ...) __printf(1, 2);

/*
 * Early arenas have these: @bytes of RAM that nothing else uses, page-aligned and zeroed, until the next reset.
 * => ARENA_MEMORY bytes in all: more is a panic
 */
#define ARENA_MEMORY	(2UL << 20)
void *arena_memory(unsigned long bytes);
/*
 * The first frame of @nr that nothing else uses, always the same, aligned to 2^(MAX_ORDER - 1) frames; within the direct
 * map.
 * => ARENA_FRAMES at most: more is a panic. What is in them is not defined.
 */
#define ARENA_FRAMES	4096UL
unsigned long arena_frames(unsigned long nr);

/*
 * Does not return if @command_line says arena=NAME, and that one is @late or not, or there is none of this name.
 * => not late: setup_arch(), with the machine's RAM known and none of it handed out, interrupts off;
 *    late: the first thread, before the first driver
 */
void arena_check(const char *command_line, bool late);

#endif
