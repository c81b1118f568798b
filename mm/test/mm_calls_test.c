/*
 * mm_calls_test.c: mremap, madvise, mlock, mincore, msync, shared memory: what they do to areas and pages. (Their errnos are
 * tested from user space, against Linux.)
 */
#include "mm/test/user_mm.h"
#include "kernel/syscalls.h"

#define P	PAGE_SIZE

KTEST(mremap, moving_moves_entries_not_data)
{
	struct mm_struct *mm = user_mm_begin(t);
	struct page *pages[64];

	if (!mm)
		return;
	map_anon(BASE, 64);
	for (unsigned long i = 0; i < 64; i++) {
		poke(BASE + i * P, (u8)i);
		pages[i] = page_at(mm, BASE + i * P);
	}
	map_anon(BASE + 64 * P, 1);		/* no growing in place */
	EXPECT_EQ(t, sys_mprotect(BASE + 64 * P, P, PROT_READ), 0);
	EXPECT_EQ(t, sys_mremap(BASE, 64 * P, 80 * P, MREMAP_MAYMOVE | MREMAP_FIXED, BASE + PMD_SIZE - 5 * P), BASE + PMD_SIZE - 5 * P);
	for (unsigned long i = 0; i < 64; i++) {
		EXPECT(t, page_at(mm, BASE + PMD_SIZE + (i - 5) * P) == pages[i]);
		EXPECT_EQ(t, peek(BASE + PMD_SIZE + (i - 5) * P), i);
	}
	EXPECT_EQ(t, peek(BASE), -EFAULT);
	EXPECT_EQ(t, get_mm_rss(mm), 64);
	EXPECT_EQ(t, check_mm(mm), 0);
	user_mm_end(t, mm);
}

KTEST(mremap, growing_and_shrinking_in_place)
{
	long before = atomic_long_read(&vm_committed_space);
	struct mm_struct *mm = user_mm_begin(t);

	if (!mm)
		return;
	map_anon(BASE, 4);
	map_anon(BASE + 8 * P, 1);
	EXPECT_EQ(t, sys_mremap(BASE, 4 * P, 7 * P, 0, 0), BASE);
	EXPECT_EQ(t, atomic_long_read(&vm_committed_space), before + 8);
	EXPECT_EQ(t, sys_mremap(BASE, 7 * P, 9 * P, 0, 0), -ENOMEM);
	EXPECT_EQ(t, sys_mremap(BASE, 7 * P, 8 * P, 0, 0), BASE);
	EXPECT_EQ(t, mm->map_count, 1);		/* it met its like */
	EXPECT_EQ(t, sys_mremap(BASE, 9 * P, 2 * P, 0, 0), BASE);
	EXPECT_EQ(t, mm->total_vm, 2);
	EXPECT_EQ(t, sys_mremap(BASE, 2 * P, 4 * P, MREMAP_MAYMOVE | MREMAP_FIXED, BASE + P), -EINVAL);
	EXPECT_EQ(t, sys_mremap(BASE + 2 * P, P, P, 0, 0), -EFAULT);
	EXPECT_EQ(t, atomic_long_read(&vm_committed_space), before + 2);
	user_mm_end(t, mm);
}

KTEST(mremap, the_old_place_stays_empty_and_is_not_locked)
{
	long before = atomic_long_read(&vm_committed_space);
	struct mm_struct *mm = user_mm_begin(t);
	unsigned long to = BASE + 64 * P;
	struct page *page;

	if (!mm)
		return;
	map_anon(BASE, 6);
	EXPECT_EQ(t, sys_mlock(BASE, 6 * P), 0);
	page = mapped_page(mm, BASE + 2 * P);
	EXPECT_EQ(t, sys_mremap(BASE + P, 4 * P, 4 * P, MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP, to), (long)to);
	EXPECT(t, page_at(mm, to + P) == page);
	EXPECT(t, !page_at(mm, BASE + 2 * P));
	EXPECT_EQ(t, mm->locked_vm, 6);		/* two that stayed, four that moved */
	EXPECT_EQ(t, mm->map_count, 4);
	EXPECT_EQ(t, atomic_long_read(&vm_committed_space), before + 10);
	EXPECT_EQ(t, peek(BASE + 2 * P), 0);
	EXPECT_EQ(t, sys_mremap(to, 4 * P, 5 * P, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, 0), -EINVAL);
	user_mm_end(t, mm);
}

KTEST(mlock, counts_once_and_undoes_at_once)
{
	struct mm_struct *mm = user_mm_begin(t);

	if (!mm)
		return;
	map_anon(BASE, 10);
	EXPECT_EQ(t, sys_mlock(BASE + 5, 4 * P), 0);
	EXPECT_EQ(t, mm->locked_vm, 5);
	EXPECT_EQ(t, get_mm_rss(mm), 5);
	EXPECT_EQ(t, sys_mlock(BASE + 2 * P, 6 * P), 0);
	EXPECT_EQ(t, mm->locked_vm, 8);
	EXPECT_EQ(t, mm->map_count, 2);
	EXPECT_EQ(t, sys_madvise(BASE, P, MADV_DONTNEED), -EINVAL);
	EXPECT_EQ(t, sys_munlock(BASE, 8 * P), 0);
	EXPECT_EQ(t, mm->locked_vm, 0);
	EXPECT_EQ(t, mm->map_count, 1);
	EXPECT_EQ(t, sys_mlock(BASE + 8 * P, 4 * P), -ENOMEM);
	EXPECT_EQ(t, sys_mlockall(MCL_CURRENT | MCL_FUTURE), 0);
	EXPECT_EQ(t, mm->locked_vm, 10);
	EXPECT_EQ(t, get_mm_rss(mm), 10);
	EXPECT_EQ(t, sys_munlockall(), 0);
	EXPECT_EQ(t, mm->def_flags, 0);
	user_mm_end(t, mm);
}

KTEST(madvise, holes_are_told_and_the_rest_is_done)
{
	struct mm_struct *mm = user_mm_begin(t);

	if (!mm)
		return;
	map_anon(BASE, 1);
	map_anon(BASE + 2 * P, 1);
	poke(BASE, 1);
	poke(BASE + 2 * P, 1);
	EXPECT_EQ(t, sys_madvise(BASE, 3 * P, MADV_DONTNEED), -ENOMEM);
	EXPECT_EQ(t, peek(BASE), 0);
	EXPECT_EQ(t, peek(BASE + 2 * P), 0);
	EXPECT_EQ(t, sys_madvise(BASE, P, 12345), -EINVAL);
	EXPECT_EQ(t, sys_madvise(BASE + 1, P, MADV_NORMAL), -EINVAL);
	EXPECT_EQ(t, sys_madvise(BASE + 4 * P, 0, MADV_NORMAL), 0);
	EXPECT_EQ(t, sys_madvise(BASE, P, MADV_POPULATE_WRITE), 0);
	EXPECT(t, PageAnon(mapped_page(mm, BASE)));
	user_mm_end(t, mm);
}

KTEST(madvise, a_hole_in_shared_memory_is_everybodys)
{
	struct mm_struct *mm = user_mm_begin(t), *child;
	unsigned long pages;

	if (!mm)
		return;
	map_at(NULL, BASE, 6, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, 0);
	for (unsigned long i = 0; i < 6; i++)
		poke(BASE + i * P, 7);
	pages = mm->mmap->vm_file->f_mapping->nrpages;
	child = dup_mm(current);
	if (EXPECT(t, child)) {
		EXPECT_EQ(t, sys_madvise(BASE + 2 * P, 2 * P, MADV_REMOVE), 0);
		EXPECT_EQ(t, mm->mmap->vm_file->f_mapping->nrpages, pages - 2);
		EXPECT(t, !page_at(mm, BASE + 2 * P) && !page_at(child, BASE + 2 * P));
		EXPECT_EQ(t, peek(BASE + 3 * P), 0);
		EXPECT_EQ(t, peek(BASE + 4 * P), 7);
		mmput(child);
	}
	user_mm_end(t, mm);
}

KTEST(mincore, tells_the_cache_and_the_touched)
{
	struct mm_struct *mm = user_mm_begin(t);
	unsigned long vec = BASE + 100 * P;
	struct test_file tf;

	if (!mm)
		return;
	map_anon(vec, 1);
	map_anon(BASE, 4);
	poke(BASE + P, 1);
	EXPECT_EQ(t, sys_mincore(BASE, 4 * P - 1, (unsigned char __user *)vec), 0);
	for (unsigned int i = 0; i < 4; i++)
		EXPECT_EQ(t, peek(vec + i), i == 1);
	EXPECT_EQ(t, sys_mincore(BASE, 5 * P, (unsigned char __user *)vec), -ENOMEM);
	if (test_file_open(t, &tf, 4)) {
		struct page *page = read_cache_page(tf.mapping, 2);

		put_page(page);
		map_at(tf.file, BASE + 50 * P, 4, PROT_READ, MAP_SHARED | MAP_FIXED, 0);
		EXPECT_EQ(t, sys_mincore(BASE + 50 * P, 4 * P, (unsigned char __user *)vec), 0);
		for (unsigned int i = 0; i < 4; i++)
			EXPECT_EQ(t, peek(vec + i), i == 2);
		test_file_close(&tf);
	}
	user_mm_end(t, mm);
}

KTEST(shmem, is_shared_across_fork_and_zero_at_first)
{
	struct mm_struct *mm = user_mm_begin(t), *child;
	u8 byte = 42;

	if (!mm)
		return;
	EXPECT_EQ(t, map_at(NULL, BASE, 3, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, 0), BASE);
	EXPECT_EQ(t, peek(BASE + P), 0);
	child = dup_mm(current);
	if (EXPECT(t, child)) {
		EXPECT_EQ(t, copy_to_mm(child, BASE + P, &byte, 1), 0);
		EXPECT(t, page_at(child, BASE + P) == page_at(mm, BASE + P));
		mmput(child);
	}
	EXPECT_EQ(t, peek(BASE + P), 42);
	EXPECT_EQ(t, sys_msync(BASE, 3 * P, MS_SYNC), 0);
	EXPECT_EQ(t, sys_madvise(BASE, 3 * P, MADV_DONTNEED), 0);
	EXPECT_EQ(t, peek(BASE + P), 42);	/* the file keeps it */
	user_mm_end(t, mm);
}

KTEST(msync, writes_shared_mappings_and_tells_holes)
{
	struct mm_struct *mm = user_mm_begin(t);
	struct test_file tf;

	if (!mm)
		return;
	if (test_file_open(t, &tf, 4)) {
		map_at(tf.file, BASE, 4, RW, MAP_SHARED | MAP_FIXED, 0);
		poke(BASE, 1);
		EXPECT_EQ(t, sys_msync(BASE, 4 * P, MS_ASYNC), 0);
		EXPECT_EQ(t, tf.writes, 0);
		EXPECT_EQ(t, sys_msync(BASE, 6 * P, MS_SYNC), -ENOMEM);
		EXPECT_EQ(t, tf.writes, 1);
		EXPECT_EQ(t, sys_msync(BASE, P, MS_SYNC | MS_ASYNC), -EINVAL);
		test_file_close(&tf);
	}
	user_mm_end(t, mm);
}
