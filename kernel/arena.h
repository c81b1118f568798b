#ifndef KERNEL_ARENA_H
#define KERNEL_ARENA_H

/*
 * A test of memory management before there is any: booted with arena=NAME, the kernel stops in setup_arch() and does to
 * synthetic objects what the host says, line by line, for ever (kernel/arena.c).
 *
 *	host ─► kernel   <nonce> <verb> <numbers…>		kernel ─► host   @<nonce> <words…>
 *
 *	static void verb_add(int argc, const unsigned long *argv) { arena_reply("%lx", argv[0] + argv[1]); }
 *	static const struct arena_verb verbs[] = { { "add", 2, verb_add }, { } };
 *	ARENA(sums, verbs, reset_sums);
 *
 * Every arena has two verbs more: `ping`, and `reset`, after which arena_memory() starts afresh and @reset was called.
 */
#include "kernel/types.h"

#define ARENA_MAX_ARGS	16

struct arena_verb {
	const char *name;		/* NULL ends the table */
	int argc;			/* how many numbers it wants at least */
	/* One answer by arena_reply(), or none, which is told as "ok". => interrupts off, one CPU, no allocator */
	void (*run)(int argc, const unsigned long *argv);
};

struct arena {
	const char *name;
	const struct arena_verb *verbs;
	void (*reset)(void);		/* everything as if nothing had happened; called before the first verb, too */
};

#define ARENA(arena_name, arena_verbs, arena_reset)					\
	static const struct arena arena_##arena_name = {				\
		.name = #arena_name, .verbs = arena_verbs, .reset = arena_reset };	\
	static const struct arena *const arena_entry_##arena_name			\
		__used __section(".arena") = &arena_##arena_name

/* The answer to the verb that runs: one line. */
void arena_reply(const char *fmt, ...) __printf(1, 2);

/*
 * @bytes of RAM that nothing else uses, page-aligned and zeroed, until the next reset.
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
 * Does not return if @command_line says arena=NAME.
 * => setup_arch(), with the machine's RAM known and none of it handed out; interrupts off
 */
void arena_check(const char *command_line);

#endif
