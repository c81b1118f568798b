/*
 * protect_test.c: what the kernel must not be able to do, even by mistake. Each of these ends in a panic that names it;
 * who boots them looks for that (tools/test/test_protection.py).
 */
#include "kernel/ktest.h"
#include "mm/test/user_mm.h"

#define RETURN_ON_A_PC	0xc3	/* were it executed, the test would come back, and fail */

static u8 data[16] __aligned(16) = { RETURN_ON_A_PC };
static const u8 constant = 1;

/* Not the last thing that it does: the backtrace must lead here. */
static noinline void jump_to(unsigned long addr)
{
	((void (*)(void))addr)();
	barrier();
}

KTEST_DIES(protect, text_is_not_written)
{
	WRITE_ONCE(*(u8 *)(unsigned long)ktest_run, RETURN_ON_A_PC);
}

KTEST_DIES(protect, constants_are_not_written)
{
	WRITE_ONCE(*(u8 *)(unsigned long)&constant, 2);
}

KTEST_DIES(protect, data_is_not_executed)
{
	jump_to((unsigned long)data);
}

KTEST_DIES(protect, page_zero_is_not_there)
{
	unsigned long nowhere = READ_ONCE(data[1]);	/* 0, as the compiler need not know */

	READ_ONCE(*(int *)nowhere);
}

/* The fault must not wait for the semaphore that the culprit holds. */
KTEST_DIES(protect, page_zero_is_not_there_for_who_holds_mmap_sem)
{
	unsigned long nowhere = READ_ONCE(data[1]);
	struct mm_struct *mm = user_mm_begin(t);

	if (!mm)
		return;
	down_write(&mm->mmap_sem);
	READ_ONCE(*(int *)nowhere);
	up_write(&mm->mmap_sem);
	user_mm_end(t, mm);
}

/* The page is there, and the program may run it. */
KTEST_DIES(protect, user_memory_is_not_executed)
{
	struct mm_struct *mm = user_mm_begin(t);

	if (!mm)
		return;
	EXPECT_EQ(t, map_at(NULL, BASE, 1, RW | PROT_EXEC, ANON | MAP_FIXED, 0), BASE);
	EXPECT_EQ(t, poke(BASE, RETURN_ON_A_PC), 0);
	local_flush_tlb_page(BASE);	/* QEMU 7.2 would run what poke() left in the TLB of a hart */
	jump_to(BASE);
	user_mm_end(t, mm);
}

/* @depth calls, one inside the other. */
static noinline unsigned int recurse(unsigned int depth)
{
	volatile u8 room[256];

	room[depth % sizeof(room)] = (u8)depth;
	return depth ? recurse(depth - 1) + room[0] : 0;
}

KTEST_DIES(protect, a_stack_that_overflows_is_named)
{
	recurse(STACK_SIZE);
}
