/*
 * mprotect: rights and what becomes of accesses; errnos; partial success; files, and what
 * writing needs there; threads that see the change at once.
 */
#include "vm.h"

#ifndef PROT_SEM
#define PROT_SEM	8
#endif

static void errors(void)
{
	char *p = map(6, RW, ANON);

	CHECK_ERR(mprotect(p + 1, PAGE, PROT_READ), EINVAL);
	CHECK_ERR(mprotect(p, PAGE, 0x1000), EINVAL);
	CHECK_ERR(mprotect(p, PAGE, PROT_READ | PROT_GROWSDOWN | PROT_GROWSUP), EINVAL);
	CHECK_ERR(mprotect(p, PAGE, PROT_READ | PROT_GROWSDOWN), EINVAL);	/* it does not grow */
	CHECK_ERR(mprotect(p, PAGE, PROT_READ | PROT_GROWSUP), EINVAL);
	CHECK_OK(mprotect(p, 0, PROT_NONE));
	CHECK_OK(mprotect(KERNEL, 0, PROT_NONE));
	CHECK_ERR(mprotect(p, (size_t)-1, PROT_READ), ENOMEM);
	CHECK_ERR(mprotect(p, (size_t)-PAGE, PROT_READ), ENOMEM);
	CHECK_ERR(mprotect(KERNEL, PAGE, PROT_READ), ENOMEM);
	CHECK_ERR(mprotect(NULL, PAGE, PROT_READ), ENOMEM);
	CHECK_FINE(p, 1);
	CHECK_OK(mprotect(p, PAGE, PROT_READ | PROT_SEM));
	CHECK_ACCERR(p, 1);
}

/* What comes before a hole is changed, what comes behind is not. */
static void holes(void)
{
	char *p = map(6, RW, ANON);

	CHECK_OK(munmap(p + 3 * PAGE, PAGE));
	CHECK_ERR(mprotect(p + PAGE, 5 * PAGE, PROT_READ), ENOMEM);
	CHECK_FINE(p, 1);
	CHECK_ACCERR(p + PAGE, 1);
	CHECK_ACCERR(p + 2 * PAGE, 1);
	CHECK_FINE(p + 4 * PAGE, 1);
	CHECK_ERR(mprotect(p + 3 * PAGE, 2 * PAGE, PROT_READ), ENOMEM);
	CHECK_FINE(p + 4 * PAGE, 1);
}

static void every_right(void)
{
	static const int prots[] = { PROT_NONE, PROT_READ, PROT_WRITE, RW, PROT_EXEC, PROT_READ | PROT_EXEC, RWX };
	char *p = map(3, RW, ANON), *q = p + PAGE;
	unsigned int i;

	for (i = 0; i < COUNT(prots); i++) {
		CHECK_OK(mprotect(q, PAGE, prots[i]));
		if (prots[i] & PROT_WRITE)
			CHECK_FINE(q, 1);
		else
			CHECK_ACCERR(q, 1);
		if (prots[i] & (PROT_READ | PROT_WRITE))	/* no machine here can write only */
			CHECK_FINE(q, 0);
		else if (!prots[i])
			CHECK_ACCERR(q, 0);
		CHECK_FINE(p + PAGE - 1, 1);
		CHECK_FINE(p + 2 * PAGE, 1);
	}
}

/* Rights come and go; the bytes stay. */
static void bytes_stay(void)
{
	char *p = map(64, RW, ANON);
	int i;

	memset(p, 'b', 64 * PAGE);
	CHECK_OK(mprotect(p, 64 * PAGE, PROT_NONE));
	CHECK_CHILD_OK(CHECK_ACCERR(p, 0));
	for (i = 0; i < 64; i += 2)
		CHECK_OK(mprotect(p + i * PAGE, PAGE, PROT_READ));
	for (i = 0; i < 64; i++)
		CHECK_EQ(touch(p + i * PAGE, 0).sig, i % 2 ? SIGSEGV : 0);
	CHECK_OK(mprotect(p, 64 * PAGE, RW));
	check_filled(p, 'b', 64 * PAGE);
	CHECK_FINE(p, 1);
}

/* A file opened for reading only: what is shared can never be written, what is private can. */
static void files_rights(void)
{
	char *p;
	int fd;

	close(file_of("f", 2));
	CHECK_OK(fd = open("f", O_RDONLY));
	p = map_file(fd, 2, PROT_READ, MAP_SHARED, 0);
	CHECK_ERR(mprotect(p, PAGE, RW), EACCES);
	CHECK_ERR(mprotect(p, PAGE, PROT_WRITE), EACCES);
	CHECK_OK(mprotect(p, PAGE, PROT_NONE));
	CHECK_OK(mprotect(p, PAGE, PROT_READ));
	CHECK_EQ(p[0], 'a');
	p = map_file(fd, 2, PROT_READ, MAP_PRIVATE, 0);
	CHECK_OK(mprotect(p, PAGE, RW));
	p[0] = 'X';
	CHECK_ACCERR(p + PAGE, 1);
	CHECK_OK(fd = open("f", O_RDWR));
	p = map_file(fd, 2, PROT_READ, MAP_SHARED, 0);
	CHECK_EQ(p[0], 'a');
	CHECK_OK(mprotect(p, PAGE, RW));
	p[0] = 'Y';
	CHECK_EQ(pread(fd, p + 1, 1, 0), 1);
	CHECK_EQ(p[1], 'Y');
}

/* The first area may change, the second may not: the first stays changed. */
static void partial_success(void)
{
	char *p = map_alone(4, RW, ANON);
	int fd;

	close(file_of("f", 2));
	CHECK_OK(fd = open("f", O_RDONLY));
	CHECK(mmap(p + 2 * PAGE, 2 * PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0) == p + 2 * PAGE);
	CHECK_OK(mprotect(p, 2 * PAGE, PROT_READ));
	CHECK_ERR(mprotect(p, 4 * PAGE, RW), EACCES);
	CHECK_FINE(p, 1);
	CHECK_FINE(p + PAGE, 1);
	CHECK_ACCERR(p + 2 * PAGE, 1);
}

static void down_to_where_it_grows(void)
{
	char *p = map(64, PROT_NONE, ANON), *q;

	CHECK_OK(munmap(p, 64 * PAGE));
	q = mmap(p + 32 * PAGE, 8 * PAGE, RW, ANON | MAP_GROWSDOWN | MAP_FIXED, -1, 0);
	CHECK(q == p + 32 * PAGE);
	CHECK_OK(mprotect(q + 4 * PAGE, PAGE, PROT_READ | PROT_GROWSDOWN));	/* from its start on */
	CHECK_ACCERR(q, 1);
	CHECK_ACCERR(q + 4 * PAGE, 1);
	CHECK_FINE(q + 5 * PAGE, 1);
}

/* A read-only mapping promises no memory; one that becomes writable does. */
static void promises(void)
{
	char *p;
	long before;

	if (!on_pagoda())
		SKIP("others change Committed_AS meanwhile");
	p = map(1000, PROT_READ, ANON);
	before = MEMINFO("Committed_AS");
	CHECK_OK(mprotect(p, 400 * PAGE, RW));
	CHECK_EQ(MEMINFO("Committed_AS"), before + 1600);
	CHECK_OK(mprotect(p, 400 * PAGE, PROT_READ));
	CHECK_EQ(MEMINFO("Committed_AS"), before + 1600);	/* it may have been written */
	CHECK_OK(munmap(p, 1000 * PAGE));
	CHECK_EQ(MEMINFO("Committed_AS"), before);
}

static void the_kernel_heeds_it(void)
{
	char *p = map(2, RW, ANON);
	int fd = file_of("f", 2);

	CHECK_OK(mprotect(p + PAGE, PAGE, PROT_READ));
	CHECK_EQ(pread(fd, p, 2 * PAGE, 0), PAGE);
	CHECK_ERR(pread(fd, p + PAGE, 1, 0), EFAULT);
	CHECK_EQ(pwrite(fd, p + PAGE, 1, 0), 1);
	CHECK_OK(mprotect(p + PAGE, PAGE, PROT_NONE));
	CHECK_ERR(pwrite(fd, p + PAGE, 1, 0), EFAULT);
}

static void execution(void)
{
	char *p = map(1, RW, ANON);
	int (*fn)(void) = (int (*)(void))p, i;

	if (!has_no_execute())
		SKIP("page tables without NX: what may be read may be run");
	memcpy(p, returns_42, sizeof(returns_42));
	__builtin___clear_cache(p, p + sizeof(returns_42));
	for (i = 0; i < 3; i++) {
		CHECK_OK(mprotect(p, PAGE, PROT_READ));
		fault_catch();
		if (sigsetjmp(fault_back, 1) == 0) {
			int got = fn();

			FAIL("it gives %d", got);
		}
		CHECK_EQ(fault_seen.sig, SIGSEGV);
		CHECK_EQ(fault_seen.code, SEGV_ACCERR);
		CHECK(fault_seen.addr == p);
		CHECK_OK(mprotect(p, PAGE, PROT_READ | PROT_EXEC));
		CHECK_EQ(fn(), 42);
	}
}

/* ---- threads ------------------------------------------------------------------------------- */

static char *page;
static volatile int round_number, may_write, done;

static void *writer(void *arg)
{
	struct fault f;

	while (!done) {
		int before = round_number, allowed = may_write;

		f = touch(page, 1);
		if (before == round_number && allowed == may_write && allowed >= 0)
			CHECK_EQ(f.sig, allowed ? 0 : SIGSEGV);
	}
	return NULL;
}

/* When mprotect has returned, no other CPU writes any more, though it just did. */
static void others_see_it_at_once(void)
{
	pthread_t t;
	int i, j;

	page = map(1, RW, ANON);
	may_write = 1;
	CHECK_EQ(pthread_create(&t, NULL, writer, NULL), 0);
	for (i = 0; i < 100; i++) {
		may_write = -1;			/* who asks now gets no answer that counts */
		__sync_synchronize();
		round_number++;
		CHECK_OK(mprotect(page, PAGE, i % 2 ? RW : PROT_READ));
		__sync_synchronize();
		may_write = i % 2;
		if (i % 2 == 0) {
			char before = *(volatile char *)page;

			for (j = 0; j < 200; j++)
				CHECK_EQ(*(volatile char *)page, before);
		}
	}
	done = 1;
	CHECK_EQ(pthread_join(t, NULL), 0);
}

static void give(void *arg, int round)
{
	CHECK_OK(mprotect((char *)arg + round % 4 * PAGE, (1 + round % 5) * PAGE, RW));
}

static void take(void *arg, int round)
{
	CHECK_OK(mprotect((char *)arg + round % 5 * PAGE, (1 + round % 4) * PAGE, PROT_NONE));
}

static void one_gives_one_takes(void)
{
	char *p = map_alone(10, RW, ANON);

	memset(p, 's', 10 * PAGE);
	race(give, take, p, 500);
	CHECK_OK(mprotect(p, 10 * PAGE, RW));
	CHECK_EQ(areas(p, 10), 1);
	check_filled(p, 's', 10 * PAGE);
}

/* ---- a handler that gives the right and returns: the access is repeated --------------------------- */

static volatile int repaired;

static void repair(int sig, siginfo_t *info, void *context)
{
	char *p = (char *)((uintptr_t)info->si_addr & ~(uintptr_t)(PAGE - 1));

	repaired++;
	if (mprotect(p, PAGE, RW))
		_exit(1);
}

static void a_handler_repairs_it(void)
{
	volatile char *p = map(16, PROT_NONE, ANON);
	struct sigaction act;
	int i;

	memset(&act, 0, sizeof(act));
	act.sa_sigaction = repair;
	act.sa_flags = SA_SIGINFO;
	CHECK_OK(sigaction(SIGSEGV, &act, NULL));
	for (i = 0; i < 16 * PAGE; i += 512)
		p[i] = i / 512;
	CHECK_EQ(repaired, 16);
	for (i = 0; i < 16 * PAGE; i += 512)
		CHECK_EQ(p[i], (char)(i / 512));
}

TEST_MAIN(
	TEST(errors), TEST(holes), TEST(every_right), TEST(bytes_stay), TEST(files_rights), TEST(partial_success),
	TEST(down_to_where_it_grows), TEST(promises), TEST(the_kernel_heeds_it), TEST(execution),
	TEST(others_see_it_at_once), TEST(one_gives_one_takes), TEST(a_handler_repairs_it),
)
