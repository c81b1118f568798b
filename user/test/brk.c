/*
 * brk: the heap grows and shrinks; limits; neighbours. The system call itself is asked,
 * which answers with the break that is; a C library's malloc may use it, too.
 */
#include "vm.h"

static char *raw_brk(void *to)
{
	return (char *)syscall(__NR_brk, to);
}

/* The page border at or above the break, from which tests go on. */
static char *start(void)
{
	char *now = raw_brk(NULL), *up = (char *)(((uintptr_t)now + PAGE - 1) & ~(uintptr_t)(PAGE - 1));

	CHECK(raw_brk(up) == up);
	return up;
}

static void asks_and_answers(void)
{
	char *p = start();

	CHECK(raw_brk(NULL) == p);
	CHECK(raw_brk((void *)1) == p);			/* nonsense changes nothing */
	CHECK(raw_brk(KERNEL) == p);
	CHECK(raw_brk((void *)-1) == p);
	CHECK(raw_brk((void *)(uintptr_t)-PAGE) == p);
	CHECK(raw_brk((void *)(uintptr_t)asks_and_answers) == p);	/* below its start */
	CHECK(raw_brk(p) == p);
}

static void grows_in_zeroes_and_shrinks(void)
{
	char *p = start();

	CHECK(raw_brk(p + 10 * PAGE) == p + 10 * PAGE);
	check_filled(p, 0, 10 * PAGE);
	memset(p, 'h', 10 * PAGE);
	CHECK(raw_brk(p + 5 * PAGE) == p + 5 * PAGE);
	check_filled(p, 'h', 5 * PAGE);
	CHECK_MAPERR(p + 5 * PAGE);
	CHECK(raw_brk(p + 10 * PAGE) == p + 10 * PAGE);
	check_filled(p + 5 * PAGE, 0, 5 * PAGE);
}

/* The break is a byte's address; memory comes in pages. */
static void any_byte(void)
{
	char *p = start();

	CHECK(raw_brk(p + 1) == p + 1);
	CHECK_FINE(p + PAGE - 1, 1);
	CHECK_MAPERR(p + PAGE);
	CHECK(raw_brk(p + PAGE) == p + PAGE);
	CHECK_MAPERR(p + PAGE);
	CHECK(raw_brk(p + PAGE + 1) == p + PAGE + 1);
	CHECK_FINE(p + 2 * PAGE - 1, 1);
	CHECK(raw_brk(p + 2 * PAGE - 1) == p + 2 * PAGE - 1);
	CHECK_FINE(p + 2 * PAGE - 1, 0);
	CHECK(raw_brk(p + PAGE) == p + PAGE);
	CHECK_MAPERR(p + PAGE);
	CHECK(p[PAGE - 1] == 1);
}

static void a_neighbour_stops_it(void)
{
	char *p = start(), *q = mmap(p + 8 * PAGE, PAGE, PROT_READ, ANON | MAP_FIXED_NOREPLACE, -1, 0);

	CHECK(q == p + 8 * PAGE);
	CHECK(raw_brk(p + 20 * PAGE) == p);
	CHECK(raw_brk(p + 9 * PAGE) == p);
	CHECK(raw_brk(p + 4 * PAGE) == p + 4 * PAGE);
	CHECK_OK(munmap(q, PAGE));
	CHECK(raw_brk(p + 20 * PAGE) == p + 20 * PAGE);
}

static void limits(void)
{
	char *p = start();
	long data = STATUS("VmData") * 1024L;
	int i;

	for (i = 0; i < 100 && raw_brk(p + i * PAGE) == p + i * PAGE; i++)
		;
	CHECK_EQ(i, 100);
	CHECK(raw_brk(p) == p);
	limit(RLIMIT_DATA, data + 16 * PAGE);
	CHECK(raw_brk(p + 17 * PAGE) == p);
	CHECK(raw_brk(p + 400 * PAGE) == p);
	CHECK(raw_brk(p + 8 * PAGE) == p + 8 * PAGE);
	limit(RLIMIT_DATA, RLIM_INFINITY);
	CHECK(raw_brk(p) == p);
	limit(RLIMIT_AS, STATUS("VmSize") * 1024L + 5 * PAGE);
	CHECK(raw_brk(p + 6 * PAGE) == p);
	CHECK(raw_brk(p + 5 * PAGE) == p + 5 * PAGE);
}

static void the_library_says_enomem(void)
{
	char *p = start();

	CHECK(sbrk(0) != (void *)-1);
	CHECK_ERR(brk((void *)(uintptr_t)-PAGE), ENOMEM);
	CHECK(sbrk((intptr_t)(HUGE / 2)) == (void *)-1);
	CHECK_EQ(errno, ENOMEM);
	CHECK_OK(brk(p + 3 * PAGE));
	CHECK(sbrk(0) == p + 3 * PAGE);
	CHECK(sbrk(-PAGE) == p + 3 * PAGE);
	CHECK(sbrk(0) == p + 2 * PAGE);
}

static void a_hole_in_the_heap(void)
{
	char *p = start();

	CHECK(raw_brk(p + 10 * PAGE) == p + 10 * PAGE);
	memset(p, 'h', 10 * PAGE);
	CHECK_OK(munmap(p + 4 * PAGE, 2 * PAGE));
	CHECK_MAPERR(p + 4 * PAGE);
	CHECK(raw_brk(p + 2 * PAGE) == p + 2 * PAGE);	/* over the hole */
	CHECK_MAPERR(p + 9 * PAGE);
	check_filled(p, 'h', 2 * PAGE);
	CHECK(raw_brk(p + 10 * PAGE) == p + 10 * PAGE);
	check_filled(p + 2 * PAGE, 0, 8 * PAGE);
}

static void a_child_has_its_own_break(void)
{
	char *p = start();

	CHECK(raw_brk(p + 4 * PAGE) == p + 4 * PAGE);
	memset(p, 'h', 4 * PAGE);
	CHECK_CHILD_OK({
		CHECK(raw_brk(NULL) == p + 4 * PAGE);
		CHECK(raw_brk(p) == p);
		CHECK_MAPERR(p);
	});
	check_filled(p, 'h', 4 * PAGE);
	CHECK(raw_brk(NULL) == p + 4 * PAGE);
}

static char *heap;

static void move_it(void *arg, int round)
{
	char *want = heap + round % 16 * PAGE, *got = raw_brk(want);

	CHECK(got >= heap && got < heap + 32 * PAGE);
}

/* Whoever comes last says where it ends; it never ends elsewhere. */
static void two_threads_move_it(void)
{
	heap = start();
	race(move_it, move_it, NULL, 500);
	CHECK(raw_brk(heap) == heap);
	CHECK_MAPERR(heap);
}

TEST_MAIN(
	TEST(asks_and_answers), TEST(grows_in_zeroes_and_shrinks), TEST(any_byte), TEST(a_neighbour_stops_it), TEST(limits),
	TEST(the_library_says_enomem), TEST(a_hole_in_the_heap), TEST(a_child_has_its_own_break),
	TEST(two_threads_move_it),
)
