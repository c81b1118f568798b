/*
 * Page faults: which signal, which code, which address; the zero page; files that end under
 * a mapping; stacks; what is counted; and faults in the middle of other things.
 */
#include "vm.h"
#include <sys/time.h>

static void nothing_there(void)
{
	char *p = map(3, RW, ANON);

	CHECK_OK(munmap(p + PAGE, PAGE));
	CHECK_MAPERR(p + PAGE);
	CHECK_MAPERR(p + 2 * PAGE - 1);
	CHECK_TOUCH(p + PAGE + 77, 1, SIGSEGV, SEGV_MAPERR);
	CHECK_MAPERR((char *)0);
	CHECK_MAPERR((char *)100);
	CHECK_MAPERR(KERNEL);
	CHECK_TOUCH(KERNEL, 1, SIGSEGV, SEGV_MAPERR);
	CHECK_FINE(p + PAGE - 1, 1);
	CHECK_FINE(p + 2 * PAGE, 1);
}

static void not_allowed(void)
{
	CHECK_ACCERR(map(1, PROT_NONE, ANON) + 5, 0);
	CHECK_ACCERR(map(1, PROT_NONE, ANON) + PAGE - 1, 1);
	CHECK_ACCERR(map(1, PROT_READ, ANON) + 9, 1);
	CHECK_ACCERR((char *)"a constant", 1);
	CHECK_ACCERR((char *)(uintptr_t)nothing_there, 1);	/* our own text */
}

/* An access that begins in one page and ends in the next tells the one that was wrong. */
static void across_a_border(void)
{
#if defined(__riscv)
	SKIP("such an access may be two accesses here");
#else
	char *p = map(3, RW, ANON);

	CHECK_OK(munmap(p + PAGE, PAGE));
	fault_catch();
	if (sigsetjmp(fault_back, 1) == 0)
		*(volatile unsigned int *)(p + PAGE - 2) = 1;
	CHECK_EQ(fault_seen.sig, SIGSEGV);
	CHECK(fault_seen.addr == p + PAGE);
	fault_catch();
	if (sigsetjmp(fault_back, 1) == 0)
		(void)*(volatile unsigned int *)(p + 2 * PAGE - 2);
	CHECK_EQ(fault_seen.sig, SIGSEGV);
	CHECK(fault_seen.addr == p + 2 * PAGE - 2);
#endif
}

/* ---- files ------------------------------------------------------------------------------- */

static void behind_the_end_of_a_file(void)
{
	int fd = file_of("f", 1);
	char *p = map_file(fd, 3, RW, MAP_SHARED, 0), *q = map_file(fd, 3, RW, MAP_PRIVATE, 0);

	CHECK_EQ(pwrite(fd, "end", 3, PAGE), 3);
	CHECK_EQ(p[PAGE + 2], 'd');
	check_filled(p + PAGE + 3, 0, PAGE - 3);	/* the rest of the last page is zero */
	CHECK_BUS(p + 2 * PAGE);
	CHECK_TOUCH(p + 2 * PAGE + 1000, 1, SIGBUS, BUS_ADRERR);
	CHECK_BUS(q + 2 * PAGE);
	CHECK_TOUCH(q + 2 * PAGE, 1, SIGBUS, BUS_ADRERR);
	CHECK_OK(ftruncate(fd, 3 * PAGE));
	CHECK_FINE(p + 2 * PAGE, 1);
	CHECK_EQ(q[2 * PAGE], 1);
}

static void truncated_under_a_mapping(void)
{
	int fd = file_of("f", 4);
	char *p = map_file(fd, 4, RW, MAP_SHARED, 0), *q = map_file(fd, 4, RW, MAP_PRIVATE, 0);

	check_filled(p + 3 * PAGE, 'd', PAGE);
	q[2 * PAGE] = 'Q';				/* a private copy goes, too */
	q[PAGE] = 'Q';
	p[PAGE + 99] = p[PAGE + 100] = 'P';
	CHECK_OK(ftruncate(fd, PAGE + 100));
	CHECK_BUS(p + 2 * PAGE);
	CHECK_BUS(p + 3 * PAGE);
	CHECK_BUS(q + 2 * PAGE);
	CHECK_EQ(q[PAGE], 'Q');
	CHECK_EQ(p[PAGE + 99], 'P');
	CHECK_EQ(p[PAGE + 100], 0);
	CHECK_OK(ftruncate(fd, 4 * PAGE));
	CHECK_EQ(p[PAGE + 100], 0);
	check_filled(p + 2 * PAGE, 0, 2 * PAGE);
	check_filled(q + 2 * PAGE, 0, 2 * PAGE);
}

/* The kernel's copies get EFAULT where a program gets SIGBUS or SIGSEGV, and stop exactly there. */
static void system_calls(void)
{
	int fd = file_of("f", 1), zero = open("/dev/zero", O_RDONLY), p[2], out = open("out", O_RDWR | O_CREAT, 0600);
	char *file = map_file(fd, 3, RW, MAP_SHARED, 0), *hole = map(3, RW, ANON);

	CHECK_OK(munmap(hole + PAGE, PAGE));
	CHECK_ERR(read(zero, file + PAGE, 10), EFAULT);
	CHECK_ERR(read(zero, hole + PAGE, 10), EFAULT);
	CHECK_ERR(read(zero, KERNEL, 10), EFAULT);
	CHECK_ERR(read(zero, NULL, 10), EFAULT);
	CHECK_ERR(pwrite(out, file + PAGE, 10, 0), EFAULT);
	CHECK_ERR(pwrite(out, hole + PAGE, 10, 0), EFAULT);
	CHECK_ERR(pwrite(out, KERNEL, 10, 0), EFAULT);
	CHECK_EQ(pwrite(out, hole + PAGE - 7, 20, 0), 7);
	CHECK_EQ(pread(out, hole + PAGE - 3, 7, 0), 3);
	CHECK_OK(pipe(p));
	CHECK_ERR(write(p[1], hole + PAGE, 1), EFAULT);
	CHECK_EQ(write(p[1], "xyz", 3), 3);
	CHECK_ERR(read(p[0], hole + PAGE, 3), EFAULT);
	CHECK_ERR(pipe((int *)(hole + PAGE)), EFAULT);
	CHECK_ERR(open(hole + PAGE, O_RDONLY), EFAULT);
}

/* A system call fetches pages as a program does. */
static void system_calls_fetch_pages(void)
{
	char *p = map(64, RW, ANON), *s = map(2, RW, SHARED);
	int fd = file_of("f", 16), i;

	CHECK_EQ(pread(fd, p + 5, 16 * PAGE, 0), 16 * PAGE);
	for (i = 0; i < 16; i++)
		check_filled(p + 5 + i * PAGE, 'a' + i, PAGE);
	CHECK_EQ(pread(fd, s + PAGE - 1, 2, PAGE - 1), 2);
	CHECK_EQ(s[PAGE - 1], 'a');
	CHECK_EQ(s[PAGE], 'b');
	CHECK_EQ(pwrite(fd, p + 30 * PAGE, PAGE, 0), PAGE);	/* never touched: zeroes */
	CHECK_EQ(pread(fd, p, 1, 77), 1);
	CHECK_EQ(p[0], 0);
}

/* ---- the zero page ----------------------------------------------------------------------------- */

static void reading_costs_no_memory(void)
{
	char *p = map(2000, RW, ANON);
	long faults;
	int i, sum = 0;

	minor_faults();
	faults = minor_faults();
	for (i = 0; i < 2000; i++)
		sum += ((volatile char *)p)[i * PAGE + i];
	CHECK_EQ(sum, 0);
	faults = minor_faults() - faults;
	CHECK(faults >= 1);			/* as many as there are pages, or fewer where Linux maps big zero pages */
	p[7 * PAGE] = 1;
	for (i = 0; i < 2000; i++)
		CHECK_EQ(p[i * PAGE], i == 7);
	CHECK_EQ(p[7 * PAGE + 1], 0);
	CHECK_EQ(p[8 * PAGE - 1], 0);
}

static void each_write_faults_once(void)
{
	volatile char *p = map(500, RW, ANON);
	long first, second, third;
	int i;

	CHECK_OK(madvise((char *)p, 500 * PAGE, MADV_NORMAL));
	minor_faults();
	first = minor_faults();
	for (i = 0; i < 500; i++)
		p[i * PAGE] = 1;
	second = minor_faults();
	for (i = 0; i < 500; i++)
		p[i * PAGE + 1] = 1;
	third = minor_faults();
	CHECK(second - first >= 1);
	CHECK(third - second <= 2);
	if (on_pagoda())
		CHECK_EQ(second - first, 500);
}

/* A fault that waits for a disk is a major one; the next at the same place is minor, or none. */
static void major_faults_are_counted(void)
{
	volatile char *p, *again;
	struct rusage ru[3];
	int fd, i, sum = 0;

	if (!on_pagoda())
		SKIP("a host's caches are not dropped");
	CHECK_OK(chdir("/root"));
	fd = file_of("fault.test", 64);
	CHECK_OK(unlink("fault.test"));
	drop_caches();
	p = map_file(fd, 64, PROT_READ, MAP_SHARED, 0);
	again = map_file(fd, 64, PROT_READ, MAP_SHARED, 0);	/* now: a C library's code was dropped, too */
	CHECK_OK(getrusage(RUSAGE_SELF, &ru[0]));
	for (i = 0; i < 64; i++)
		sum += p[i * PAGE];
	CHECK_OK(getrusage(RUSAGE_SELF, &ru[1]));
	for (i = 0; i < 64; i++)
		sum -= again[i * PAGE];
	CHECK_OK(getrusage(RUSAGE_SELF, &ru[2]));
	CHECK_EQ(sum, 0);
	CHECK(ru[1].ru_majflt > ru[0].ru_majflt);
	CHECK(ru[1].ru_majflt + ru[1].ru_minflt >= ru[0].ru_majflt + ru[0].ru_minflt + 64);
	CHECK_EQ(ru[2].ru_majflt, ru[1].ru_majflt);
	CHECK(ru[2].ru_minflt >= ru[1].ru_minflt + 64);
}

/* ---- the stack ------------------------------------------------------------------------------------ */

static int recurse(int depth)
{
	volatile char frame[4000];

	frame[0] = frame[3999] = depth;
	return depth ? recurse(depth - 1) + (frame[0] == frame[3999]) : 0;
}

static void the_stack_grows_to_its_limit(void)
{
	struct sigaction act;
	stack_t stack;

	limit(RLIMIT_STACK, 512 * 1024);
	CHECK_EQ(recurse(80), 80);
	stack.ss_sp = map(4, RW, ANON);
	stack.ss_size = 4 * PAGE;
	stack.ss_flags = 0;
	CHECK_OK(sigaltstack(&stack, NULL));
	memset(&act, 0, sizeof(act));
	act.sa_sigaction = fault_caught;
	act.sa_flags = SA_SIGINFO | SA_ONSTACK;
	CHECK_OK(sigaction(SIGSEGV, &act, NULL));
	if (sigsetjmp(fault_back, 1) == 0) {
		int frames = recurse(1000);

		FAIL("%d frames on a stack of 512 KiB", frames);
	}
	CHECK_EQ(fault_seen.sig, SIGSEGV);
	CHECK_EQ(fault_seen.code, SEGV_MAPERR);
	CHECK((uintptr_t)fault_seen.addr < (uintptr_t)&act && (uintptr_t)fault_seen.addr > (uintptr_t)&act - 600 * 1024);
	CHECK_EQ(recurse(80), 80);
}

static void without_a_place_for_the_handlers_frame(void)
{
	CHECK_KILLED(SIGSEGV, {
		fault_catch();
		limit(RLIMIT_STACK, 256 * 1024);
		recurse(1000);
	});
}

/* ---- signals in the middle --------------------------------------------------------------------------- */

static volatile int ticks;

static void tick(int sig)
{
	ticks++;
}

/* Alarms rain on a program that does nothing but fault. */
static void alarms_between_faults(void)
{
	struct itimerval often = { { 0, 2000 }, { 0, 2000 } };
	char *p = map(600, RW, ANON);
	int round, i;

	signal(SIGALRM, tick);
	CHECK_OK(setitimer(ITIMER_REAL, &often, NULL));
	for (round = 0; round < 1000 && (round < 5 || ticks < 10); round++) {
		for (i = 0; i < 600; i++)
			p[i * PAGE] = i + round;
		for (i = 0; i < 600; i++)
			CHECK_EQ(p[i * PAGE], (char)(i + round));
		CHECK_OK(madvise(p, 600 * PAGE, MADV_DONTNEED));
	}
	CHECK(ticks > 0);
}

/* A handler that maps what was missing: the access is done again. */
static void fill_in(int sig, siginfo_t *info, void *context)
{
	char *p = (char *)((uintptr_t)info->si_addr & ~(uintptr_t)(PAGE - 1));

	if (mmap(p, PAGE, RW, ANON | MAP_FIXED, -1, 0) != p)
		_exit(1);
	*p = 'm';
	ticks++;
}

static void a_handler_maps_what_is_missing(void)
{
	volatile char *p = map(20, PROT_NONE, ANON);
	struct sigaction act;
	int i;

	CHECK_OK(munmap((char *)p, 20 * PAGE));
	memset(&act, 0, sizeof(act));
	act.sa_sigaction = fill_in;
	act.sa_flags = SA_SIGINFO;
	CHECK_OK(sigaction(SIGSEGV, &act, NULL));
	ticks = 0;
	for (i = 0; i < 20 * PAGE; i += 256)
		CHECK_EQ(p[i], i % PAGE ? 0 : 'm');
	CHECK_EQ(ticks, 20);
}

/* ---- two threads ------------------------------------------------------------------------------------- */

static void shorten(void *arg, int round)
{
	int fd = open("f", O_RDWR);

	CHECK_OK(fd);
	CHECK_OK(ftruncate(fd, round % 2 ? 4 * PAGE : PAGE / 2));
	close(fd);
}

/* A byte of the file, a zero of the new part, or SIGBUS: never anything else. */
static void look(void *arg, int round)
{
	char *p = (char *)arg + round % 4 * PAGE + 17;
	volatile char c = 0;

	fault_catch();
	if (sigsetjmp(fault_back, 1) == 0)
		c = *(volatile char *)p;
	else
		CHECK_EQ(fault_seen.sig, SIGBUS);
	CHECK(c == 0 || c == 'a' + round % 4);
}

static void one_truncates_one_reads(void)
{
	int fd = file_of("f", 4);

	race(look, shorten, map_file(fd, 4, RW, MAP_SHARED, 0), 300);
	race(look, shorten, map_file(fd, 4, RW, MAP_PRIVATE, 0), 300);
}

static void write_all(void *arg, int round)
{
	char *p = (char *)arg + round % 64 * PAGE;

	__sync_fetch_and_add((int *)p, 1);
}

/* Two first touches of a page are one page: no addition is lost. */
static void both_touch_first(void)
{
	char *p = map(64, RW, ANON);
	int i, j;

	for (j = 0; j < 10; j++) {
		race(write_all, write_all, p, 640);
		for (i = 0; i < 64; i++)
			CHECK_EQ(*(int *)(p + i * PAGE), 20);
		CHECK_OK(madvise(p, 64 * PAGE, MADV_DONTNEED));
	}
}

TEST_MAIN(
	TEST(nothing_there), TEST(not_allowed), TEST(across_a_border), TEST(behind_the_end_of_a_file),
	TEST(truncated_under_a_mapping), TEST(system_calls), TEST(system_calls_fetch_pages), TEST(reading_costs_no_memory),
	TEST(each_write_faults_once), TEST(major_faults_are_counted), TEST(the_stack_grows_to_its_limit),
	TEST(without_a_place_for_the_handlers_frame),
	TEST(alarms_between_faults), TEST(a_handler_maps_what_is_missing), TEST(one_truncates_one_reads),
	TEST(both_touch_first),
)
