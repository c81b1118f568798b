/*
 * arena.c: the loop that lets a host test the memory manager's parts before the machine boots on them.
 *
 * Owns:   the arenas, which the linker gathers from section .arena; the RAM between the kernel's image and what
 *         arena_frames() gives; the UART, as long as the machine is up.
 * Locks:  none: one CPU, interrupts off; in a late arena one thread. Nothing here may depend on an allocator.
 * Read next: arena.h; mm/test/buddy_arena.c (verbs); grade/machine.py (the host's side).
 *
 *	arena_wait ─► a line ─► find the verb, read its numbers ─► run ─► @nonce answer ─┐
 *	    └──────────────────────────────────────────────────────────────────────────┘
 *
 * arena_wait() is the point where nothing is in motion: arena_served says how many lines have been dealt with, and the
 * host, which sent them, reads the objects out of our memory when the two numbers are the same.
 */
#include "kernel/arena.h"
#include "kernel/arch.h"
#include "kernel/sched.h"
#include "kernel/lib/string.h"
#include "mm/internal.h"

#define LINE_SIZE	512
#define REPLY_SIZE	1024
#define MAX_NONCE	32

extern const struct arena *const __arena_start[], *const __arena_end[];
extern char _end[];

unsigned long arena_served;		/* the host reads both */
bool arena_waits;			/* for a line that has not come as a whole */

static char *memory_next;		/* what arena_memory() gives next */
static const char *nonce;		/* of the line that is being dealt with */
static bool replied;

/* ---- memory ----------------------------------------------------------------------------------------------- */

static char *memory_start(void)
{
	return (char *)PAGE_ALIGN((unsigned long)_end);
}

/* Is [@pa, @pa + @bytes) RAM of which nobody spoke? */
static bool is_unused_ram(unsigned long pa, unsigned long bytes)
{
	unsigned long pfn = pa >> PAGE_SHIFT, end = (pa + bytes) >> PAGE_SHIFT;
	struct active_range *r;

	if (pfn_range_reserved_early(pfn, end - pfn))
		return false;
	for_each_active_range(ANY_NODE, r)
		if (pfn >= r->start_pfn && end <= r->end_pfn && end <= max_low_pfn)
			return true;
	return false;
}

/* See arena.h. */
void *arena_memory(unsigned long bytes)
{
	char *p = memory_next;

	bytes = PAGE_ALIGN(bytes);
	if (bytes > ARENA_MEMORY || p + bytes > memory_start() + ARENA_MEMORY)
		panic("arena: no %lu bytes, there are %lu in all", bytes, ARENA_MEMORY);
	memory_next += bytes;
	return memset(p, 0, bytes);
}

/* See arena.h. */
unsigned long arena_frames(unsigned long nr)
{
	unsigned long pa = ALIGN(__pa(memory_start()) + ARENA_MEMORY, MAX_ORDER_NR_PAGES << PAGE_SHIFT);

	if (nr > ARENA_FRAMES || !is_unused_ram(pa, nr << PAGE_SHIFT))
		panic("arena: no %lu frames from %lx on", nr, pa);
	return pa >> PAGE_SHIFT;
}

/* ---- the host's lines ----------------------------------------------------------------------------------------- */

static void console_puts(const char *s)
{
	early_console_write(s, strlen(s));
}

/* See arena.h. It starts a line of its own, whatever was printed before. */
void arena_reply(const char *fmt, ...)
{
	static char text[REPLY_SIZE];
	__builtin_va_list args;

	__builtin_va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	__builtin_va_end(args);
	console_puts("\n@");
	console_puts(nonce);
	console_puts(" ");
	console_puts(text);
	console_puts("\n");
	replied = true;
}

/* The host's next line, without its end; what does not fit is cut off. Nothing is in motion while we wait here. */
static noinline void arena_wait(char *line, size_t size, bool late)
{
	size_t n = 0;
	int c;

	WRITE_ONCE(arena_waits, true);
	while ((c = early_console_read()) != '\n') {
		if (c >= 0 && n + 1 < size)
			line[n++] = (char)c;
		else if (c < 0 && late)
			cond_resched();
	}
	line[n] = '\0';
	WRITE_ONCE(arena_waits, false);
}

static const struct arena_verb *find_verb(const struct arena *arena, const char *name)
{
	for (const struct arena_verb *verb = arena->verbs; verb->name; verb++)
		if (!strcmp(verb->name, name))
			return verb;
	return NULL;
}

static void reset(const struct arena *arena)
{
	memory_next = arena->late ? NULL : memory_start();
	arena->reset();
}

/* Numbers from @text into @argv; how many, or -1 if something is no number or there are too many. */
static int parse_numbers(char *text, unsigned long *argv)
{
	int argc = 0;
	char *word;

	while ((word = strsep(&text, " ")))
		if (*word && (argc == ARENA_MAX_ARGS || kstrtoul(word, 0, &argv[argc++])))
			return -1;
	return argc;
}

static void run_line(const struct arena *arena, char *line)
{
	unsigned long argv[ARENA_MAX_ARGS] = { 0 };
	const struct arena_verb *verb;
	const char *name;
	int argc;

	nonce = strsep(&line, " ");
	name = strsep(&line, " ");
	if (!name || strlen(nonce) > MAX_NONCE)
		return;				/* noise on the line: there is nobody to answer */
	replied = false;
	argc = parse_numbers(line, argv);
	verb = find_verb(arena, name);
	if (argc < 0 || (verb && argc < verb->argc))
		arena_reply("? numbers");
	else if (verb)
		verb->run(argc, argv);
	else if (!strcmp(name, "reset"))
		reset(arena);
	else if (strcmp(name, "ping"))
		arena_reply("?");
	if (!replied)
		arena_reply("ok");
}

static void serve(const struct arena *arena) __noreturn;
static void serve(const struct arena *arena)
{
	static char line[LINE_SIZE];

	if (!arena->late && !is_unused_ram(__pa(memory_start()), ARENA_MEMORY))
		panic("arena: the %lu bytes behind the kernel are in use", ARENA_MEMORY);
	reset(arena);
	printk("arena %s: ready\n", arena->name);
	for (;;) {
		arena_wait(line, sizeof(line), arena->late);
		run_line(arena, line);
		WRITE_ONCE(arena_served, arena_served + 1);
	}
}

/* ---- from boot --------------------------------------------------------------------------------------------------- */

/* The arena that @command_line names; NULL: it names none. One that does not exist is the end. */
static const struct arena *named_arena(const char *command_line)
{
	const struct arena *const *arena;
	const char *s = command_line;

	while ((s = strstr(s, "arena=")) && s != command_line && !isspace(s[-1]))
		s++;
	if (!s)
		return NULL;
	s += strlen("arena=");
	for (arena = __arena_start; arena < __arena_end; arena++) {
		size_t len = strlen((*arena)->name);

		if (!strncmp(s, (*arena)->name, len) && (!s[len] || isspace(s[len])))
			return *arena;
	}
	printk(KERN_EMERG "There is no arena of this name: arena=%s\n", s);
	machine_power_off(PANIC_EXIT_CODE);
}

/* See arena.h. */
void arena_check(const char *command_line, bool late)
{
	const struct arena *arena = named_arena(command_line);

	if (arena && arena->late == late)
		serve(arena);
}
