/*
 * What the tests of memory share: mappings, files of known bytes, faults that come back,
 * and what /proc says of this process.
 */
#ifndef USER_TEST_VM_H
#define USER_TEST_VM_H

#include "test.h"
#include <pthread.h>
#include <setjmp.h>
#include <sys/mman.h>
#include <sys/resource.h>

#define RW	(PROT_READ | PROT_WRITE)
#define RWX	(RW | PROT_EXEC)
#define ANON	(MAP_PRIVATE | MAP_ANONYMOUS)
#define SHARED	(MAP_SHARED | MAP_ANONYMOUS)
#define KERNEL	((char *)((uintptr_t)-1 - 0xffff))	/* page-aligned, in the kernel on all machines */
#define HUGE	((size_t)-1 / 16 * 15 & ~(size_t)(PAGE - 1))	/* more than any program can have, whole pages */

static inline char *map(size_t pages, int prot, int flags)
{
	char *p = mmap(NULL, pages * PAGE, prot, flags, -1, 0);

	CHECK(p != MAP_FAILED);
	CHECK_EQ((uintptr_t)p % PAGE, 0);
	return p;
}

/* So many pages with free ones before and behind, so that nothing can merge with them. */
static inline char *map_alone(size_t pages, int prot, int flags)
{
	char *p = map(pages + 2, PROT_NONE, ANON);

	CHECK_OK(munmap(p, (pages + 2) * PAGE));
	p = mmap(p + PAGE, pages * PAGE, prot, flags | MAP_FIXED, -1, 0);
	CHECK(p != MAP_FAILED);
	return p;
}

/* Write so many pages; page i is full of 'a' + i. => fd */
static inline int fill_pages(int fd, int pages)
{
	char buf[PAGE];
	int i;

	CHECK_OK(fd);
	for (i = 0; i < pages; i++) {
		memset(buf, 'a' + i, PAGE);
		CHECK_EQ(write(fd, buf, PAGE), PAGE);
	}
	return fd;
}

/* A file of so many pages, filled so. */
static inline int file_of(const char *name, int pages)
{
	return fill_pages(open(name, O_RDWR | O_CREAT | O_TRUNC, 0666), pages);
}

static inline char *map_file(int fd, size_t pages, int prot, int flags, off_t page)
{
	char *p = mmap(NULL, pages * PAGE, prot, flags, fd, page * PAGE);

	CHECK(p != MAP_FAILED);
	return p;
}

/* How many of these pages are in memory. */
static inline int resident(const char *p, int pages)
{
	unsigned char vec[256];
	int i, n = 0;

	CHECK_OK(mincore((void *)p, pages * PAGE, vec));
	for (i = 0; i < pages; i++)
		n += vec[i] & 1;
	return n;
}

/* Code of this machine that returns 42, wherever it stands. */
#if defined(__riscv)
static const unsigned char returns_42[] = { 0x13, 0x05, 0xa0, 0x02, 0x67, 0x80, 0, 0 };
#else
static const unsigned char returns_42[] = { 0xb8, 42, 0, 0, 0, 0xc3 };
#endif

/* ---- faults that come back --------------------------------------------------------- */

struct fault {
	int sig, code;		/* sig 0: there was none */
	char *addr;
};

static sigjmp_buf fault_back;
static struct fault fault_seen;

static inline void fault_caught(int sig, siginfo_t *info, void *context)
{
	fault_seen.sig = sig;
	fault_seen.code = info->si_code;
	fault_seen.addr = info->si_addr;
	siglongjmp(fault_back, 1);
}

static inline void fault_catch(void)
{
	struct sigaction act;

	memset(&act, 0, sizeof(act));
	act.sa_sigaction = fault_caught;
	act.sa_flags = SA_SIGINFO;
	CHECK_OK(sigaction(SIGSEGV, &act, NULL));
	CHECK_OK(sigaction(SIGBUS, &act, NULL));
	memset(&fault_seen, 0, sizeof(fault_seen));
}

/* Read a byte, or write it (and what was there). Of one thread only. */
static inline struct fault touch(volatile char *p, int write)
{
	fault_catch();
	if (sigsetjmp(fault_back, 1) == 0) {
		if (write)
			*p = 1;
		else
			(void)*p;
	}
	return fault_seen;
}

#define CHECK_TOUCH(p, write, sig_, code_) do { \
	volatile char *p_ = (volatile char *)(p); \
	struct fault f_ = touch(p_, write); \
	CHECK_EQ(f_.sig, sig_); \
	CHECK_EQ(f_.code, code_); \
	CHECK(f_.addr == (char *)p_); \
} while (0)

#define CHECK_MAPERR(p)		CHECK_TOUCH(p, 0, SIGSEGV, SEGV_MAPERR)
#define CHECK_ACCERR(p, write)	CHECK_TOUCH(p, write, SIGSEGV, SEGV_ACCERR)
#define CHECK_BUS(p)		CHECK_TOUCH(p, 0, SIGBUS, BUS_ADRERR)
#define CHECK_FINE(p, write)	CHECK_EQ(touch(p, write).sig, 0)

/* ---- what /proc says ----------------------------------------------------------------- */

/* All of @path. Nothing is mapped for it, as a C library's streams would: what is counted here may be mappings. */
static inline char *proc_text(const char *path)
{
	static char text[1 << 18];
	int fd = open(path, O_RDONLY);
	ssize_t n, total = 0;

	CHECK_OK(fd);
	while ((n = read(fd, text + total, sizeof(text) - 1 - total)) > 0)
		total += n;
	CHECK(n == 0 && total < (ssize_t)sizeof(text) - 1);
	close(fd);
	text[total] = 0;
	return text;
}

/* The number behind "@field:" in @path. */
static inline long proc_number(const char *path, const char *field)
{
	size_t n = strlen(field);

	for (char *line = proc_text(path); *line; line = strchr(line, '\n') + 1)
		if (!strncmp(line, field, n) && line[n] == ':')
			return strtol(line + n + 1, NULL, 10);
	FAIL("%s has no %s", path, field);
}

#define STATUS(field)	proc_number("/proc/self/status", field)
#define MEMINFO(field)	proc_number("/proc/meminfo", field)

/* How many areas /proc/self/maps has in [p, +pages). */
static inline int areas(const char *p, size_t pages)
{
	unsigned long start, end;
	char *rest;
	int n = 0;

	for (char *line = proc_text("/proc/self/maps"); *line; line = strchr(line, '\n') + 1) {
		start = strtoul(line, &rest, 16);
		end = strtoul(rest + 1, NULL, 16);
		n += start < (uintptr_t)p + pages * PAGE && end > (uintptr_t)p;
	}
	return n;
}

/* The rights and offset of the area at p: "rw-p 00002000". */
static inline const char *area_at(const char *p)
{
	unsigned long start, end;
	char *rest;

	for (char *line = proc_text("/proc/self/maps"); *line; line = strchr(line, '\n') + 1) {
		start = strtoul(line, &rest, 16);
		end = strtoul(rest + 1, &rest, 16);
		if (start <= (uintptr_t)p && end > (uintptr_t)p) {
			rest[14] = 0;
			return rest + 1;
		}
	}
	return "none";
}

/* A line of a file in /proc/sys/vm as a number; -1: cannot be read. */
static inline long sysctl_get(const char *path)
{
	char buf[32];
	int fd = open(path, O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, sizeof(buf) - 1);

	if (fd >= 0)
		close(fd);
	if (n <= 0)
		return -1;
	buf[n] = 0;
	return strtol(buf, NULL, 10);
}

static inline int sysctl_set(const char *path, long value)
{
	char buf[32];
	int fd = open(path, O_WRONLY), n = snprintf(buf, sizeof(buf), "%ld\n", value);
	ssize_t done = fd < 0 ? -1 : write(fd, buf, n);

	if (fd >= 0)
		close(fd);
	return done == n ? 0 : -1;
}

/* Clean pages of files that nobody maps leave memory. Not on a host: there they are others'. */
static inline void drop_caches(void)
{
	sync();
	CHECK_OK(sysctl_set("/proc/sys/vm/drop_caches", 1));
}

/* Is this the kernel under test? Its settings may be changed; those of a host may not. */
static inline int on_pagoda(void)
{
	return access("/proc/mm_check", F_OK) == 0;
}

static inline void limit(int resource, rlim_t value)
{
	struct rlimit lim;

	CHECK_OK(getrlimit(resource, &lim));
	lim.rlim_cur = value;
	CHECK_OK(setrlimit(resource, &lim));
}

static inline long minor_faults(void)
{
	struct rusage ru;

	CHECK_OK(getrusage(RUSAGE_SELF, &ru));
	return ru.ru_minflt;
}

static inline void check_filled(const char *p, char c, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (p[i] != c)
			FAIL("byte %zu is %d, not %d", i, p[i], c);
}

/* ---- two threads, one range ------------------------------------------------------------ */

struct rival {
	void (*fn)(void *arg, int round);
	void *arg;
	int rounds;
	pthread_barrier_t *start;
};

static inline void *rival_run(void *arg)
{
	struct rival *r = arg;
	int i;

	pthread_barrier_wait(r->start);
	for (i = 0; i < r->rounds; i++)
		r->fn(r->arg, i);
	return NULL;
}

/* Both functions at once, so many times each. */
static inline void race(void (*a)(void *, int), void (*b)(void *, int), void *arg, int rounds)
{
	pthread_barrier_t start;
	struct rival ra = { a, arg, rounds, &start }, rb = { b, arg, rounds, &start };
	pthread_t t;

	CHECK_EQ(pthread_barrier_init(&start, NULL, 2), 0);
	CHECK_EQ(pthread_create(&t, NULL, rival_run, &rb), 0);
	rival_run(&ra);
	CHECK_EQ(pthread_join(t, NULL), 0);
}

static int steps_done[2];

/* In a race: wait until the other has come to this step, too. Steps count up from 1. */
static inline void in_step(int me, int step)
{
	int turns;

	__atomic_store_n(&steps_done[me], step, __ATOMIC_SEQ_CST);
	for (turns = 1; __atomic_load_n(&steps_done[!me], __ATOMIC_SEQ_CST) < step; turns++)
		if (turns % 1000 == 0)
			sched_yield();
}

/* So many turns of nothing: what shifts two threads against each other. */
static inline void dawdle(int turns)
{
	volatile int i;

	for (i = 0; i < turns; i++)
		;
}

/* So many pages of room, the first of them the last page that its page table holds. */
static inline char *before_a_table(size_t pages)
{
	size_t table = 1024 * PAGE;	/* bytes of the largest; others divide it */
	char *p = map(pages + 1024, PROT_NONE, ANON);

	return (char *)(((uintptr_t)p + PAGE + table - 1) / table * table - PAGE);
}

#endif
