/*
 * args.c: arguments. Most are such that the call gets far; some lie on an edge; some are wild.
 *
 * Owns:   the child's room: pages that can be written, one that can only be read, one that cannot be touched, a hole
 *         after them; and the playground, where mmap and its like are at work.
 * Read next: calls.c.
 */
#include "sysfuzz.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#define ROOM_PAGES	16
#define PLAY_PAGES	256
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))
#define PICK(a)		((a)[below(ARRAY_SIZE(a))])

uint32_t *rnd;
int root_child, alone_as_user;
static char *room, *play;

static uint32_t next(void)
{
	*rnd ^= *rnd << 13;
	*rnd ^= *rnd >> 17;
	*rnd ^= *rnd << 5;
	return *rnd;
}

unsigned int below(unsigned int n)
{
	return next() % n;
}

int one_in(unsigned int n)
{
	return next() % n == 0;
}

/* Map the child's room and playground. => exits when there is no memory for them */
void make_room(void)
{
	room = mmap(NULL, (ROOM_PAGES + 3) * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	play = mmap(NULL, 4 * PLAY_PAGES * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	play += PLAY_PAGES * PAGE;		/* what is too long for it meets nothing that we need */
	if (room == MAP_FAILED || play == (char *)MAP_FAILED + PLAY_PAGES * PAGE || mprotect(room + ROOM_PAGES * PAGE, PAGE, PROT_READ) ||
	    mprotect(room + (ROOM_PAGES + 1) * PAGE, PAGE, PROT_NONE) || munmap(room + (ROOM_PAGES + 2) * PAGE, PAGE))
		_exit(3);
}

/* ---- addresses ---------------------------------------------------------------------------------------------- */

static unsigned long wild(void)
{
	static const unsigned long known[] = {
		0, 1, PAGE, -1UL, -PAGE, ~0UL >> 1, ~0UL - (~0UL >> 1), 0xc0000000UL, 0xbffff000UL, 0xbfffffffUL, 0xffbfe000UL,
#if __LONG_WIDTH__ > 32
		0x3ffffff000UL, 0x3fffffffffUL, 0x4000000000UL, 0x7ffffffff000UL, 0xffffffc000000000UL, 0xffffffff80000000UL,
		0xffffffd800000000UL, 0x8000000000000000UL, 0x0000800000000000UL,
#endif
	};

	if (one_in(3))
		return (unsigned long)next() << (8 * sizeof(long) - 32) ^ next();
	return PICK(known) + (one_in(4) ? below(64) - 32 : 0);
}

/* A place for @size bytes where they can be written; good also for what the call reads. */
static char *good(size_t size)
{
	size_t space = ROOM_PAGES * PAGE;

	if (size > space)
		size = space;
	if (one_in(8))
		return room + space - size;			/* ends where writing ends */
	return room + (below(space - size + 1) & -8UL);
}

static void *pointer(size_t size)
{
	static char text_place;

	switch (below(24)) {
	case 0: return NULL;
	case 1: return (void *)wild();
	case 2: return room + ROOM_PAGES * PAGE - 1 - below(size + 1);	/* over the edge of what can be written */
	case 3: return room + ROOM_PAGES * PAGE + below(PAGE);		/* … of what can be read */
	case 4: return room + (ROOM_PAGES + 1) * PAGE + below(2 * PAGE);
	case 5: return play + below(PLAY_PAGES * PAGE);
	case 6: return one_in(2) ? (void *)(uintptr_t)pointer : &text_place;
	case 7: return good(size) + 1 + below(7);
	default: return good(size);
	}
}

static unsigned long map_address(void)
{
	unsigned long addr = (unsigned long)play + below(PLAY_PAGES) * PAGE;

	switch (below(16)) {
	case 0: return addr + below(PAGE);
	case 1: return wild();
	case 2: return wild() & -PAGE;
	case 3: return 0;
	case 4: return one_in(4) ? (unsigned long)pointer(1) & -PAGE : addr;
	default: return addr;
	}
}

static unsigned long map_length(void)
{
	switch (below(20)) {
	case 0: return 0;
	case 1:					/* rarely what ends at the end of everything: it takes all from the child */
		return one_in(4) ? wild() : one_in(8) ? -PAGE + 1 + below(PAGE) : below(PAGE);
	case 2: return below(3 * PAGE);
	case 3: return (ROOM_PAGES + PLAY_PAGES * 2) * PAGE;
	default: return (1 + below(one_in(4) ? PLAY_PAGES : 8)) * PAGE;
	}
}

static unsigned long length(void)
{
	static const unsigned long edges[] = { 0, 1, PAGE - 1, PAGE, PAGE + 1, 0x7fffffff, 0x80000000UL, ~0UL, ~0UL >> 1 };

	switch (below(12)) {
	case 0: case 1: return PICK(edges);
	case 2: return below(ROOM_PAGES * PAGE * 2);
	case 3: return wild();
	default: return below(600);
	}
}

/* ---- small values ------------------------------------------------------------------------------------------------- */

static long some_fd(void)
{
	static const int odd[] = { -1, AT_FDCWD, 63, 64, 1023, 1024, 0x7fffffff, -2147483647, 255 };

	return one_in(12) ? PICK(odd) : (long)below(24);
}

static unsigned long some_int(void)
{
	static const unsigned long edges[] = { 0, 1, 2, -1UL, 0x7fffffff, 0x80000000UL, 0xffffffffUL, 4096, 65536 };

	return one_in(2) ? below(20) : one_in(8) ? wild() : PICK(edges);
}

/* One of the list, several of it, or anything. */
static unsigned long some_flags(const unsigned int *list)
{
	unsigned int n = 0, i, flags;

	if (!list)
		return some_int();
	while (list[n] != END_FLAGS)
		n++;
	flags = list[below(n)];
	for (i = below(4); i > 0 && one_in(2); i--)
		flags |= list[below(n)];
	return one_in(40) ? next() : flags;
}

static long some_pid(void)
{
	static const int odd[] = { 0x7fffffff, -0x7fffffff, 4194304 };

	if (one_in(6))
		return PICK(odd);
	if (!root_child && alone_as_user && one_in(4))
		return one_in(8) ? -1 : getpid() + 1 + (int)below(8);	/* perhaps a child of ours, or another's */
	return one_in(3) ? -getpid() : one_in(2) ? 0 : getpid();
}

/* Shared memory: mostly a segment of the child's own, which may be gone; new ones come. */
static long some_segment(void)
{
#ifdef __NR_shmget
	static long own[4] = { -1, -1, -1, -1 };
	unsigned int i = below(ARRAY_SIZE(own));

	if (own[i] < 0 || one_in(8))
		own[i] = syscall(__NR_shmget, 0, (1 + below(8)) * PAGE, 0600);
	return one_in(12) ? (long)some_int() : own[i];
#else
	return (long)some_int();
#endif
}

static long some_signal(void)
{
	static const int mild[] = { 0, SIGCHLD, SIGURG, SIGWINCH, SIGCONT, SIGALRM, SIGUSR1, 34, 64, 65, -1, 0x7fffffff };

	return one_in(6) ? (long)below(66) : PICK(mild);
}

static unsigned long some_offset(void)
{
	static const unsigned long edges[] = { -1UL, ~0UL >> 1, 0x7ffff000, 0x7fffffff, 0x80000000UL, 0xfffff000UL };

	return one_in(8) ? PICK(edges) : one_in(2) ? below(16) * PAGE : below(70000);
}

/* ---- things in memory --------------------------------------------------------------------------------------------- */

static char *text(const char *s)
{
	char *p = good(strlen(s) + 1);

	return strcpy(p, s);
}

static void *some_path(void)
{
	static const char *const own[] = { "a", "b", "c", "d", "d/a", "d/b", "d/e", "d/e/a", "e", "l", "l/a", "fifo", "d/fifo" };
	static const char *const names[] = {
		"a", "b", "c", "d", "d/a", "d/b", "d/e", "d/e/a", "l", "l/a", "fifo", ".", "..", "", "/", "./a/", "d/../b", "d/.",
		"nowhere/a", "/proc/self/maps", "/proc/self/mem", "/proc/self/status", "/proc/self/fd/3", "/proc/self", "/proc", "/proc/meminfo",
		"/proc/self/exe", "/proc/self/environ", "/proc/self/cmdline", "/proc/self/stat", "/proc/self/smaps", "/proc/self/pagemap",
		"/proc/self/clear_refs", "/proc/self/oom_score", "/proc/self/auxv", "/proc/kpagecount", "/proc/kpageflags", "/proc/slabinfo",
		"/proc/vmstat", "/proc/zoneinfo", "/proc/buddyinfo", "/proc/mounts", "/proc/stat", "/proc/1/stat", "/proc/1/maps", "/dev/null",
		"/dev/zero", "/dev/full", "/dev/urandom", "/dev/shm", "/dev/shm/fuzz", "/bin/true", "/bin",
	};
	char *p;

	if (one_in(10))
		return pointer(8);
	if (!one_in(30))
		return text(one_in(2) ? PICK(own) : PICK(names));
	p = good(5000);					/* too long a name, or a path, or one with no end */
	memset(p, one_in(2) ? 'x' : '/', 5000);
	p[below(2) ? 255 + below(2) : 4094 + below(4)] = '\0';
	return p;
}

static void *some_program(void)
{
	static const char *const names[] = { "/bin/true", "/bin/false", "/bin/echo", "a", "b", "script", "garbage", "d", "", "/proc/self/maps" };

	return one_in(10) ? some_path() : text(PICK(names));
}

/* argv or envp: short, of good and bad strings, mostly with an end. */
static void *some_strings(void)
{
	unsigned int n = one_in(16) ? 200 : below(5), i;
	char **p = (char **)good((n + 1) * sizeof(*p));

	if (one_in(10))
		return pointer(64);
	for (i = 0; i < n; i++)
		p[i] = one_in(12) ? pointer(8) : text("x");
	p[n] = one_in(20) ? (char *)wild() : NULL;
	return p;
}

static void *some_iovec(void)
{
	unsigned int n = 1 + below(8), i;
	struct iovec *v = (struct iovec *)good(n * sizeof(*v));

	if (one_in(10))
		return pointer(sizeof(*v));
	for (i = 0; i < n; i++) {
		v[i].iov_len = one_in(2) ? below(5000) : length();
		v[i].iov_base = pointer(v[i].iov_len);
	}
	return v;
}

static void *some_pollfds(void)
{
	struct pollfd *p = (struct pollfd *)good(8 * sizeof(*p));
	unsigned int i;

	for (i = 0; i < 8; i++)
		p[i] = (struct pollfd){ .fd = (int)some_fd(), .events = (short)next() };
	return one_in(10) ? pointer(8 * sizeof(*p)) : p;
}

/* Seconds and parts of them, of either width; mostly none or few. */
static void *some_time(void)
{
	long *t = (long *)good(32);
	unsigned int i;

	memset(t, 0, 32);
	for (i = 0; i < 32 / sizeof(*t); i++)
		if (one_in(2))
			t[i] = one_in(8) ? (long)wild() : i % 2 ? (long)below(3000000) : 0;
	return one_in(8) ? pointer(16) : t;
}

/* Words: zeros, small ones, addresses, wild ones. What structures are made of. */
static void *some_struct(void)
{
	unsigned long *w = (unsigned long *)good(160);
	unsigned int i;

	for (i = 0; i < 160 / sizeof(*w); i++)
		w[i] = one_in(2) ? below(8) : one_in(3) ? (unsigned long)pointer(16) : one_in(2) ? wild() : 0;
	return one_in(6) ? pointer(32) : w;
}

static void *some_sigset(void)
{
	uint32_t *w = (uint32_t *)good(8);

	w[0] = one_in(2) ? 0 : next() & ~(1u << (SIGALRM - 1));
	w[1] = one_in(2) ? 0 : next();
	return one_in(6) ? pointer(8) : w;
}

static void on_signal(int sig)
{
}

/* The kernel's struct sigaction of any machine begins with the handler and the flags. */
static void *some_action(void)
{
	unsigned long *w = (unsigned long *)good(40);

	memset(w, 0, 40);
	w[0] = one_in(10) ? wild() : one_in(2) ? (unsigned long)(uintptr_t)on_signal : below(2);
	w[1] = one_in(2) ? 0 : (next() & 0xd8000007UL);
	return one_in(8) ? pointer(32) : w;
}

static unsigned long some_device(void)
{
	static const unsigned int numbers[] = { 0, 0x103, 0x105, 0x107, 0xffff, 0x1ff };

	return PICK(numbers);
}

static void *some_type(void)
{
	static const char *const names[] = { "tmpfs", "ramfs", "proc", "devtmpfs", "ext2", "nosuch", "" };

	return one_in(8) ? pointer(8) : text(PICK(names));
}

static unsigned long some_count(void)
{
	static const unsigned int odd[] = { 16, 1024, 1025, 65536, 0x7fffffff, 0x80000000, 0xffffffff };

	return one_in(10) ? PICK(odd) : below(9);
}

/* The argument that kind @kind stands for; @c knows its flags. */
long make_arg(char kind, const struct call *c)
{
	switch (kind) {
	case 'f': return some_fd();
	case 'd': return one_in(3) ? some_fd() : one_in(2) ? 4 : AT_FDCWD;
	case 'p': return (long)some_path();
	case 'x': return (long)some_program();
	case 'A': return (long)some_strings();
	case 'b': return (long)pointer(600);
	case 'n': return (long)length();
	case 'o': return (long)some_offset();
	case 'h': return one_in(8) ? (long)some_int() : 0;
	case 'F': return (long)some_flags(c->flags);
	case 'G': return (long)some_flags(c->more);
	case 'm': return one_in(8) ? (long)next() : (long)(next() & 0777);
	case 's': return some_signal();
	case 'g': return some_segment();
	case 'q': return some_pid();
	case 'u': return one_in(3) ? 65534 : one_in(2) ? 0 : (long)some_int();
	case 'T': return (long)some_time();
	case 'X': return (long)some_struct();
	case 'S': return (long)some_sigset();
	case 'z': return one_in(16) ? (long)some_int() : 8;
	case 'v': return (long)some_iovec();
	case 'c': return (long)some_count();
	case 'a': return (long)map_address();
	case 'l': return (long)map_length();
	case 'P': return (long)some_pollfds();
	case 'w': return (long)(one_in(4) ? pointer(4) : room + below(4) * 64);
	case 'k': return (long)some_action();
	case 'D': return (long)some_device();
	case 't': return (long)some_type();
	case 'M': return one_in(12) ? (long)some_int() : (long)below(20);	/* milliseconds */
	case 'e': return (long)good(64);
	default: return (long)some_int();
	}
}

/* ---- touching what the calls made ------------------------------------------------------------------------------- */

static sigjmp_buf back;
static volatile sig_atomic_t touching;

/* A fault elsewhere: a call took our own memory away, and this child is at its end. */
static void on_fault(int sig)
{
	if (touching)
		siglongjmp(back, 1);
	signal(sig, SIG_DFL);
}

/* Read or write a word of the playground; a fault is as good as any answer. */
void touch_somewhere(void)
{
	struct sigaction act = { .sa_handler = on_fault, .sa_flags = SA_NODEFER };
	volatile uint32_t *p = (uint32_t *)(play + below(PLAY_PAGES) * PAGE + below(1024) * 4);

	sigaction(SIGSEGV, &act, NULL);
	sigaction(SIGBUS, &act, NULL);
	touching = 1;
	if (!sigsetjmp(back, 1)) {
		if (one_in(2))
			*p = next();
		else
			(void)*p;
	}
	touching = 0;
}
