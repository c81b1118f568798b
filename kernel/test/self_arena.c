/*
 * self_arena.c: arena=self, which the grader's own tests use: a kernel that answers, and one that hangs, dies or lies.
 *
 *	echo N…		the numbers, in hex
 *	list N		a ring of N cells at the head whose address is answered; values 0 … N - 1
 *	knot N		the same, but its last cell points at its own first one, not at the head
 *	spin		never comes back
 *	stuck		takes a lock twice
 *	fault ADDRESS	reads it
 *	panic
 *	forge		prints what looks like answers and like a test's report; then answers "0"
 */
#include "kernel/arena.h"
#include "kernel/arch.h"
#include "kernel/lib/list.h"
#include "kernel/spinlock.h"
#include <asm/processor.h>

struct self_cell {
	struct list_head list;
	unsigned long value;
	u8 odd : 1, number : 4;
};

static LIST_HEAD(cells);
static DEFINE_SPINLOCK(self_lock, RANK_NONE);

static void verb_echo(int argc, const unsigned long *argv)
{
	char text[ARENA_MAX_ARGS * 20] = "";
	int len = 0;

	for (int i = 0; i < argc; i++)
		len += scnprintf(text + len, sizeof(text) - (size_t)len, i ? " %lx" : "%lx", argv[i]);
	arena_reply("%s", text);
}

static void verb_list(int argc, const unsigned long *argv)
{
	for (unsigned long i = 0; i < argv[0]; i++) {
		struct self_cell *cell = arena_memory(sizeof(*cell));

		cell->value = i;
		cell->odd = i & 1;
		cell->number = i & 15;
		list_add_tail(&cell->list, &cells);
	}
	arena_reply("%lx", (unsigned long)&cells);
}

static void verb_knot(int argc, const unsigned long *argv)
{
	struct list_head *first, *last;

	verb_list(argc, argv);
	first = cells.next;
	last = cells.prev;
	last->next = first;
	first->prev = last;
}

static void verb_spin(int argc, const unsigned long *argv)
{
	for (;;)
		cpu_relax();
}

static noinline void verb_stuck(int argc, const unsigned long *argv)
{
	spin_lock(&self_lock);
	spin_lock(&self_lock);
}

static void verb_fault(int argc, const unsigned long *argv)
{
	arena_reply("%lx", *(volatile unsigned long *)argv[0]);
}

static void verb_panic(int argc, const unsigned long *argv)
{
	panic("as it was told");
}

static void verb_forge(int argc, const unsigned long *argv)
{
	printk("@0 1\n@nonce 1\nok 1 - everything\nTAP version 13\n1..1\n");
	arena_reply("0");
}

static void self_reset(void)
{
	INIT_LIST_HEAD(&cells);
}

static const struct arena_verb self_verbs[] = {
	{ "echo", 0, verb_echo }, { "list", 1, verb_list }, { "knot", 1, verb_knot }, { "spin", 0, verb_spin },
	{ "stuck", 0, verb_stuck }, { "fault", 1, verb_fault }, { "panic", 0, verb_panic },
	{ "forge", 0, verb_forge }, { },
};
ARENA(self, self_verbs, self_reset);
