/*
 * mlock, mlock2, munlock, mlockall, munlockall: what is fetched, what is counted, whose
 * limits hold, and the errnos.
 */
#include "vm.h"

static void fetches_and_counts(void)
{
	char *p = map(10, RW, ANON);
	long before = STATUS("VmLck");

	CHECK_OK(mlock(p + 5, 4 * PAGE));		/* five pages, as neither end need be aligned */
	CHECK_EQ(STATUS("VmLck"), before + 20);
	CHECK_EQ(resident(p, 10), 5);
	CHECK_OK(mlock(p + 2 * PAGE, 6 * PAGE));	/* what is locked counts once */
	CHECK_EQ(STATUS("VmLck"), before + 32);
	CHECK_OK(munlock(p + PAGE, 1));
	CHECK_EQ(STATUS("VmLck"), before + 28);
	CHECK_OK(munlock(p, 10 * PAGE));		/* one undoes any number */
	CHECK_EQ(STATUS("VmLck"), before);
	CHECK_OK(mlock(p, 10 * PAGE));
	CHECK_OK(munmap(p, 4 * PAGE));
	CHECK_EQ(STATUS("VmLck"), before + 24);
}

static void lengths_and_addresses(void)
{
	char *p = map(4, RW, ANON);

	CHECK_OK(mlock(p, 0));
	CHECK_OK(munlock(p, 0));
	CHECK_OK(mlock(KERNEL, 0));
	CHECK_ERR(mlock(KERNEL, PAGE), ENOMEM);
	CHECK_ERR(munlock(KERNEL, PAGE), ENOMEM);
	CHECK_ERR(mlock(NULL, PAGE), ENOMEM);
	CHECK_ERR(munlock(NULL, PAGE), ENOMEM);
	CHECK_ERR(mlock(p, (size_t)-PAGE - ((uintptr_t)p & 0xfff)), EINVAL);	/* wraps */
	CHECK_ERR(munlock(p, (size_t)-PAGE), EINVAL);
	CHECK_ERR(mlock2(p, PAGE, 2), EINVAL);
	CHECK_ERR(mlock2(p, PAGE, ~0u), EINVAL);
}

/* Before the hole it is done, behind it is not. */
static void holes(void)
{
	char *p = map(6, RW, ANON);
	long before = STATUS("VmLck");

	CHECK_OK(munmap(p + 2 * PAGE, PAGE));
	CHECK_ERR(mlock(p, 6 * PAGE), ENOMEM);
	CHECK_EQ(STATUS("VmLck"), before + 8);
	CHECK_OK(mlock(p + 3 * PAGE, 3 * PAGE));
	CHECK_ERR(munlock(p, 6 * PAGE), ENOMEM);
	CHECK_EQ(STATUS("VmLck"), before + 12);
	CHECK_ERR(mlock(p + 2 * PAGE, PAGE), ENOMEM);
}

/* Memory that nobody may touch cannot be fetched, but is locked. */
static void without_rights(void)
{
	char *p = map(2, PROT_NONE, ANON);
	long before = STATUS("VmLck");

	CHECK_ERR(mlock(p, 2 * PAGE), ENOMEM);
	CHECK_EQ(STATUS("VmLck"), before + 8);
	CHECK_OK(mlock(map(2, PROT_READ, ANON), 2 * PAGE));
	CHECK_EQ(STATUS("VmLck"), before + 16);
}

/* Nor can what lies behind the end of a file. */
static void behind_the_end(void)
{
	char *p = map_file(file_of("f", 2), 4, RW, MAP_SHARED, 0);
	long before = STATUS("VmLck");

	CHECK_OK(mlock(p, 2 * PAGE));
	CHECK_ERR(mlock(p, 4 * PAGE), ENOMEM);
	CHECK_ERR(mlock(p + 3 * PAGE, 1), ENOMEM);
	CHECK_OK(mlock2(p, 4 * PAGE, MLOCK_ONFAULT));
	CHECK_EQ(STATUS("VmLck"), before + 16);
	CHECK_OK(munlock(p, 4 * PAGE));
	CHECK_EQ(STATUS("VmLck"), before);
}

static void private_pages_are_copied_at_once(void)
{
	char *p = map_file(file_of("f", 8), 8, RW, MAP_PRIVATE, 0);
	long faults;
	int i;

	CHECK_OK(mlock(p, 8 * PAGE));
	faults = minor_faults();
	for (i = 0; i < 8; i++)
		((volatile char *)p)[i * PAGE] = 'X';
	CHECK(minor_faults() - faults <= 2);
}

static void on_fault(void)
{
	char *p = map(8, RW, ANON);
	long before = STATUS("VmLck");

	p[0] = 1;
	CHECK_OK(mlock2(p, 8 * PAGE, MLOCK_ONFAULT));
	CHECK_EQ(STATUS("VmLck"), before + 32);
	CHECK_EQ(resident(p, 8), 1);			/* nothing is fetched */
	p[3 * PAGE] = 1;
	CHECK_EQ(resident(p, 8), 2);
	CHECK_OK(mlock2(p, 8 * PAGE, 0));		/* now all is */
	CHECK_EQ(STATUS("VmLck"), before + 32);
	CHECK_EQ(resident(p, 8), 8);
	CHECK_OK(munlock(p, 8 * PAGE));
	CHECK_EQ(STATUS("VmLck"), before);
}

/* Exactly the limit can be locked, and not a page more; root has none. */
static void limits(void)
{
	char *p = map(20, RW, ANON);

	limit(RLIMIT_MEMLOCK, 8 * PAGE);
	if (getuid() == 0 && mlock(p, 20 * PAGE) == 0)
		CHECK_OK(munlock(p, 20 * PAGE));
	become_nobody();
	CHECK_ERR(mlock(p, 9 * PAGE), ENOMEM);
	CHECK_ERR(mlock(p + 1, 8 * PAGE), ENOMEM);	/* that is nine */
	CHECK_OK(mlock(p, 8 * PAGE));
	CHECK_ERR(mlock(p + 8 * PAGE, 1), ENOMEM);
	CHECK_OK(mlock(p, 8 * PAGE));			/* they count once */
	CHECK_ERR(mlock(p, 9 * PAGE), ENOMEM);
	CHECK_OK(munlock(p, PAGE));
	CHECK_OK(mlock(p + 8 * PAGE, 1));
	limit(RLIMIT_MEMLOCK, 0);
	CHECK_ERR(mlock(p, PAGE), EPERM);
	CHECK_ERR(mlock2(p, PAGE, MLOCK_ONFAULT), EPERM);
	CHECK_ERR(mlockall(MCL_CURRENT), EPERM);
	CHECK_OK(munlock(p, 20 * PAGE));		/* giving back needs no right */
	CHECK_OK(munlockall());
}

static void all_flags(void)
{
	CHECK_ERR(mlockall(0), EINVAL);
	CHECK_ERR(mlockall(8), EINVAL);
	CHECK_ERR(mlockall(MCL_ONFAULT), EINVAL);
	CHECK_ERR(mlockall(-1), EINVAL);
	CHECK_OK(munlockall());
}

static void all_that_there_is(void)
{
	char *p = map(8, RW, ANON), *q;

	CHECK_OK(mlockall(MCL_CURRENT));
	CHECK(STATUS("VmLck") >= 32);
	CHECK_EQ(resident(p, 8), 8);
	q = map(8, RW, ANON);				/* what comes is not locked */
	CHECK_EQ(resident(q, 8), 0);
	CHECK_CHILD_OK(CHECK_EQ(STATUS("VmLck"), 0));	/* a child has none */
	CHECK_OK(munlockall());
	CHECK_EQ(STATUS("VmLck"), 0);
	CHECK_EQ(resident(p, 8), 8);
}

static void all_that_comes(void)
{
	char *p, *top;
	long before;

	CHECK_OK(mlockall(MCL_FUTURE));
	CHECK_EQ(STATUS("VmLck"), 0);
	p = map(8, RW, ANON);
	CHECK_EQ(STATUS("VmLck"), 32);
	CHECK_EQ(resident(p, 8), 8);
	top = sbrk(4 * PAGE);
	CHECK_EQ(resident((char *)(((uintptr_t)top + PAGE - 1) & ~(uintptr_t)(PAGE - 1)), 4), 4);
	before = STATUS("VmLck");
	CHECK(before >= 48);
	CHECK_OK(munlockall());				/* it ends that, too */
	CHECK_EQ(STATUS("VmLck"), 0);
	CHECK_EQ(resident(map(8, RW, ANON), 8), 0);
}

static void all_on_fault(void)
{
	char *p = map(8, RW, ANON), *q;

	CHECK_OK(mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT));
	CHECK_EQ(resident(p, 8), 0);
	q = map(8, RW, ANON);
	CHECK_EQ(resident(q, 8), 0);
	CHECK(STATUS("VmLck") >= 64);
	q[0] = 1;
	CHECK_EQ(resident(q, 8), 1);
	CHECK_OK(munlockall());
}

static void all_within_limits(void)
{
	become_nobody();
	limit(RLIMIT_MEMLOCK, 4 * PAGE);
	CHECK_ERR(mlockall(MCL_CURRENT), ENOMEM);
	CHECK_OK(mlockall(MCL_FUTURE));
	CHECK_ERR(mmap(NULL, 5 * PAGE, RW, ANON, -1, 0), EAGAIN);
	map(4, RW, ANON);
	CHECK_ERR(mmap(NULL, PAGE, RW, ANON, -1, 0), EAGAIN);
	CHECK(sbrk(2 * PAGE) == (void *)-1);
	CHECK_EQ(errno, ENOMEM);
}

static void locked_pages_are_not_thrown_away(void)
{
	char *p = map(4, RW, ANON);

	memset(p, 'l', 4 * PAGE);
	CHECK_OK(mlock(p + PAGE, PAGE));
	CHECK_ERR(madvise(p + PAGE, PAGE, MADV_DONTNEED), EINVAL);
	CHECK_ERR(msync(p, 4 * PAGE, MS_INVALIDATE), EBUSY);
	check_filled(p, 'l', 4 * PAGE);
	CHECK_OK(munlock(p + PAGE, PAGE));
	CHECK_OK(madvise(p + PAGE, PAGE, MADV_DONTNEED));
	CHECK_EQ(p[PAGE], 0);
}

static void lock(void *arg, int round)
{
	CHECK_OK(mlock((char *)arg + round % 4 * PAGE, (1 + round % 5) * PAGE));
}

static void unlock(void *arg, int round)
{
	CHECK_OK(munlock((char *)arg + round % 5 * PAGE, (1 + round % 4) * PAGE));
}

static void one_locks_one_unlocks(void)
{
	char *p = map_alone(10, RW, ANON);
	long before = STATUS("VmLck");

	race(lock, unlock, p, 300);
	CHECK_OK(mlock(p, 10 * PAGE));
	CHECK_EQ(STATUS("VmLck"), before + 40);
	CHECK_EQ(areas(p, 10), 1);
	CHECK_OK(munlock(p, 10 * PAGE));
	CHECK_EQ(STATUS("VmLck"), before);
}

/* The first of several areas merges with the locked one before it; those after it are locked all the same. */
static void merging_on_the_way(void)
{
	char *p = map_alone(6, RW, ANON);
	long before = STATUS("VmLck");

	CHECK_OK(mprotect(p + 4 * PAGE, 2 * PAGE, PROT_READ));
	CHECK_OK(mlock(p, 2 * PAGE));
	CHECK_OK(mlock(p + 2 * PAGE, 4 * PAGE));
	CHECK_EQ(STATUS("VmLck"), before + 24);
	CHECK_EQ(areas(p, 6), 2);
	CHECK_OK(munlock(p, 2 * PAGE));
	CHECK_OK(munlock(p + 2 * PAGE, 4 * PAGE));
	CHECK_EQ(STATUS("VmLck"), before);
	CHECK_EQ(areas(p, 6), 2);
}

TEST_MAIN(
	TEST(fetches_and_counts), TEST(lengths_and_addresses), TEST(holes), TEST(without_rights), TEST(behind_the_end),
	TEST(private_pages_are_copied_at_once), TEST(on_fault), TEST(limits), TEST(all_flags), TEST(all_that_there_is),
	TEST(all_that_comes), TEST(all_on_fault), TEST(all_within_limits), TEST(locked_pages_are_not_thrown_away),
	TEST(one_locks_one_unlocks), TEST(merging_on_the_way),
)
