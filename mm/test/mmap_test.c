/*
 * mmap_test.c: areas: merging, cutting, finding room, limits.
 */
#include "mm/test/user_mm.h"
#include "kernel/syscalls.h"

#define P	PAGE_SIZE

KTEST(mmap, neighbours_become_one_area_and_part_again)
{
	struct mm_struct *mm = user_mm_begin(t);

	if (!mm)
		return;
	for (unsigned long i = 0; i < 3; i++)
		EXPECT_EQ(t, map_anon(BASE + i * P, 1), BASE + i * P);
	EXPECT_EQ(t, mm->map_count, 1);
	EXPECT_EQ(t, sys_mprotect(BASE + P, P, PROT_READ), 0);
	EXPECT_EQ(t, mm->map_count, 3);
	EXPECT_EQ(t, check_mm(mm), 0);
	EXPECT_EQ(t, sys_mprotect(BASE + P, P, RW), 0);
	EXPECT_EQ(t, mm->map_count, 1);
	EXPECT_EQ(t, mm->mmap->vm_end, BASE + 3 * P);
	user_mm_end(t, mm);
}

/* Each of vma_merge's cases, by changing the rights of A in P A N, where P and N have the target's or other rights. */
KTEST(mmap, every_case_of_merging)
{
	static const struct { unsigned long start, end; u8 prot; int areas; } step[] = {
		{ 2, 4, PROT_READ, 3 },		/* cut out of the middle: nothing merges */
		{ 2, 4, PROT_NONE, 3 },		/* a whole area, nobody like it */
		{ 0, 2, PROT_NONE, 2 },		/* 3/8: before next, which is like it */
		{ 4, 5, PROT_NONE, 2 },		/* 5: next's head to prev */
		{ 3, 5, RW, 2 },		/* 4: prev's tail to next */
		{ 0, 3, RW, 1 },		/* 8: the whole of prev */
		{ 2, 4, PROT_READ, 3 },
		{ 2, 4, RW, 1 },		/* 6: between two like it */
	};
	struct mm_struct *mm = user_mm_begin(t);

	if (!mm)
		return;
	EXPECT_EQ(t, map_anon(BASE, 6), BASE);
	for (unsigned int i = 0; i < ARRAY_SIZE(step); i++) {
		EXPECT_EQ(t, sys_mprotect(BASE + step[i].start * P, (step[i].end - step[i].start) * P, step[i].prot), 0);
		EXPECT_EQ(t, mm->map_count, step[i].areas);
		EXPECT_EQ(t, check_mm(mm), 0);
	}
	user_mm_end(t, mm);
}

KTEST(mmap, a_hole_in_the_middle_leaves_two_with_right_offsets)
{
	struct mm_struct *mm = user_mm_begin(t);
	struct test_file tf;

	if (!mm)
		return;
	if (test_file_open(t, &tf, 8)) {
		EXPECT_EQ(t, map_at(tf.file, BASE, 8, PROT_READ, MAP_SHARED | MAP_FIXED, 0), BASE);
		EXPECT_EQ(t, unmap(BASE + 3 * P, 2), 0);
		EXPECT_EQ(t, mm->map_count, 2);
		EXPECT_EQ(t, mm->mmap->vm_next->vm_pgoff, 5);
		EXPECT_EQ(t, unmap(BASE + 3 * P, 2), 0);	/* nothing there: fine */
		EXPECT_EQ(t, peek(BASE + 5 * P + 1), 6);
		EXPECT_EQ(t, peek(BASE + 4 * P), -EFAULT);
		EXPECT_EQ(t, unmap(BASE, 8), 0);
		EXPECT(t, !mm->mmap);
		test_file_close(&tf);
	}
	user_mm_end(t, mm);
}

KTEST(mmap, top_down_takes_the_highest_hole_that_fits)
{
	struct mm_struct *mm = user_mm_begin(t);
	unsigned long top = mm ? mm->mmap_base : 0, a, b, c;

	if (!mm)
		return;
	a = (unsigned long)map_at(NULL, 0, 4, RW, ANON, 0);
	b = (unsigned long)map_at(NULL, 0, 4, PROT_READ, ANON, 0);
	c = (unsigned long)map_at(NULL, 0, 4, RW, ANON, 0);
	EXPECT_EQ(t, a, top - 4 * P);
	EXPECT_EQ(t, b, a - 4 * P);
	EXPECT_EQ(t, c, b - 4 * P);
	unmap(b, 4);
	EXPECT_EQ(t, (unsigned long)map_at(NULL, 0, 5, RW, ANON, 0), c - 5 * P);
	EXPECT_EQ(t, (unsigned long)map_at(NULL, 0, 4, PROT_READ, ANON, 0), b);
	EXPECT_EQ(t, (unsigned long)map_at(NULL, a, 1, RW, ANON, 0), c - 6 * P);	/* the hint is taken already */
	EXPECT_EQ(t, map_at(NULL, BASE + 5, 1, RW, ANON, 0), BASE + P);	/* this one is not */
	user_mm_end(t, mm);
}

KTEST(mmap, errors_in_the_order_of_the_manual)
{
	struct mm_struct *mm = user_mm_begin(t);

	if (!mm)
		return;
	EXPECT_EQ(t, map_at(NULL, 0, 0, RW, ANON, 0), -EINVAL);
	EXPECT_EQ(t, map_at(NULL, 0, TASK_SIZE / P + 1, RW, ANON, 0), -ENOMEM);
	EXPECT_EQ(t, map_at(NULL, 0, 2, RW, ANON, ~0UL), -EOVERFLOW);
	EXPECT_EQ(t, map_at(NULL, BASE + 1, 1, RW, ANON | MAP_FIXED, 0), -EINVAL);
	EXPECT_EQ(t, map_at(NULL, TASK_SIZE - P, 2, RW, ANON | MAP_FIXED, 0), -ENOMEM);
	EXPECT_EQ(t, map_at(NULL, 0, 1, RW, MAP_ANONYMOUS, 0), -EINVAL);
	EXPECT_EQ(t, map_anon(BASE, 2), BASE);
	EXPECT_EQ(t, map_at(NULL, BASE + P, 2, RW, ANON | MAP_FIXED_NOREPLACE, 0), -EEXIST);
	EXPECT_EQ(t, unmap(BASE + 1, 1), -EINVAL);
	EXPECT_EQ(t, unmap(BASE, 0), -EINVAL);
	EXPECT_EQ(t, unmap(TASK_SIZE - P, 2), -EINVAL);
	user_mm_end(t, mm);
}

KTEST(mmap, what_was_promised_is_given_back)
{
	long before = atomic_long_read(&vm_committed_space);
	struct mm_struct *mm = user_mm_begin(t);

	if (!mm)
		return;
	map_at(NULL, BASE, 10, PROT_READ, ANON | MAP_FIXED, 0);
	EXPECT_EQ(t, atomic_long_read(&vm_committed_space), before);
	EXPECT_EQ(t, sys_mprotect(BASE + P, 3 * P, RW), 0);
	EXPECT_EQ(t, atomic_long_read(&vm_committed_space), before + 3);
	map_at(NULL, BASE + 20 * P, 5, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, 0);
	EXPECT_EQ(t, atomic_long_read(&vm_committed_space), before + 8);
	unmap(BASE, 2);
	EXPECT_EQ(t, atomic_long_read(&vm_committed_space), before + 7);
	user_mm_end(t, mm);
	EXPECT_EQ(t, atomic_long_read(&vm_committed_space), before);
}

KTEST(mmap, strict_overcommit_refuses_what_is_not_there)
{
	struct mm_struct *mm = user_mm_begin(t);

	if (!mm)
		return;
	sysctl_overcommit_memory = OVERCOMMIT_NEVER;
	EXPECT_EQ(t, map_at(NULL, 0, totalram_pages, RW, ANON, 0), -ENOMEM);
	EXPECT(t, !IS_ERR((void *)map_at(NULL, 0, 8, RW, ANON, 0)));
	sysctl_overcommit_memory = OVERCOMMIT_ALWAYS;
	EXPECT(t, !IS_ERR((void *)map_at(NULL, 0, min(totalram_pages, TASK_SIZE / P / 4), RW, ANON, 0)));
	sysctl_overcommit_memory = OVERCOMMIT_GUESS;
	user_mm_end(t, mm);
}

KTEST(mmap, the_break_moves_and_stops_at_a_neighbour)
{
	struct mm_struct *mm = user_mm_begin(t);

	if (!mm)
		return;
	mm->start_brk = mm->brk = BASE;
	EXPECT_EQ(t, sys_brk(0), BASE);
	EXPECT_EQ(t, sys_brk(BASE + 5 * P + 1), BASE + 5 * P + 1);
	EXPECT_EQ(t, poke(BASE + 6 * P - 1, 7), 0);
	EXPECT_EQ(t, sys_brk(BASE + 2 * P), BASE + 2 * P);
	EXPECT_EQ(t, peek(BASE + 2 * P), -EFAULT);
	map_anon(BASE + 8 * P, 1);
	EXPECT_EQ(t, sys_brk(BASE + 8 * P), BASE + 2 * P);	/* a page must stay free */
	EXPECT_EQ(t, sys_brk(BASE + 7 * P), BASE + 7 * P);
	user_mm_end(t, mm);
}

KTEST(mmap, a_stack_grows_but_keeps_its_distance)
{
	unsigned long gap = 256 * P, top = BASE + 1024 * P;
	struct mm_struct *mm = user_mm_begin(t);

	if (!mm)
		return;
	EXPECT_EQ(t, setup_arg_pages_vma(mm, top, 0), 0);
	map_anon(BASE, 1);
	EXPECT_EQ(t, poke(top - 100 * P, 1), 0);
	EXPECT_EQ(t, mm->stack_vm, 100);
	EXPECT_EQ(t, poke(BASE + P + gap, 1), 0);
	EXPECT_EQ(t, poke(BASE + gap, 1), -EFAULT);
	EXPECT_EQ(t, map_at(NULL, BASE + 8 * P, 1, RW, ANON, 0) == (long)(BASE + 8 * P), 0);	/* within the gap: not by hint */
	user_mm_end(t, mm);
}

/* Anything, anywhere, in a range of 64 pages, against a shadow that knows each page's rights. */
KTEST(mmap, a_storm_against_a_shadow)
{
	static const u8 prots[] = { PROT_NONE, PROT_READ, RW };
	struct mm_struct *mm = user_mm_begin(t);
	int shadow[64];

	if (!mm)
		return;
	for (int i = 0; i < 64; i++)
		shadow[i] = -1;			/* not mapped */
	for (int round = 0; round < 3000 && !t->failures; round++) {
		unsigned long first = ktest_random(&t->seed) % 64, n = 1 + ktest_random(&t->seed) % (64 - first), addr = BASE + first * P;
		int kind = ktest_random(&t->seed) % 3, prot = prots[ktest_random(&t->seed) % 3];
		long want = 0, got;

		if (kind == 0)
			got = map_at(NULL, addr, n, (unsigned long)prot, ANON | MAP_FIXED, 0) == (long)addr ? 0 : -1;
		else if (kind == 1)
			got = unmap(addr, n);
		else
			got = sys_mprotect(addr, n * P, (unsigned long)prot);
		for (unsigned long i = first; i < first + n; i++) {
			if (kind == 2 && shadow[i] < 0) {	/* mprotect stops at a hole */
				want = -ENOMEM;
				break;
			}
			shadow[i] = kind == 1 ? -1 : prot;
		}
		EXPECT_EQ(t, got, want);
		EXPECT_EQ(t, check_mm(mm), 0);
		first = ktest_random(&t->seed) % 64;
		EXPECT_EQ(t, poke(BASE + first * P, 1), shadow[first] == RW ? 0 : -EFAULT);
	}
	user_mm_end(t, mm);
}
