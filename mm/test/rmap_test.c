/*
 * rmap_test.c: from a page to all who map it.
 */
#include "mm/test/user_mm.h"
#include "mm/rmap.h"
#include "mm/swap.h"
#include "kernel/syscalls.h"

#define P		PAGE_SIZE
#define FAMILY		8

KTEST(rmap, a_page_of_a_family_is_found_in_each_of_its_members)
{
	struct mm_struct *mm = user_mm_begin(t), *child[FAMILY] = { NULL };
	struct page *page;

	if (!mm)
		return;
	map_anon(BASE, 2);
	poke(BASE + P, 1);
	page = mapped_page(mm, BASE + P);
	for (int i = 0; i < FAMILY; i++) {
		child[i] = dup_mm(current);
		EXPECT(t, child[i]);
	}
	EXPECT_EQ(t, page_mapcount(page), FAMILY + 1);
	page_referenced(page, 0);
	EXPECT_EQ(t, page_referenced(page, 0), 0);
	EXPECT_EQ(t, peek(BASE + P), 1);
	EXPECT_EQ(t, page_referenced(page, 0), 1);
	for (int i = 0; i < FAMILY; i++)
		if (child[i])
			mmput(child[i]);
	EXPECT_EQ(t, page_mapcount(page), 1);
	user_mm_end(t, mm);
}

KTEST(rmap, neighbours_share_an_anon_vma_and_merge_later)
{
	struct mm_struct *mm = user_mm_begin(t);
	struct vm_area_struct *vma;

	if (!mm)
		return;
	map_anon(BASE, 4);
	EXPECT_EQ(t, sys_mprotect(BASE + 2 * P, 2 * P, PROT_READ), 0);
	poke(BASE, 1);
	EXPECT_EQ(t, sys_mprotect(BASE + 2 * P, 2 * P, RW | PROT_EXEC), 0);
	poke(BASE + 2 * P, 1);
	vma = mm->mmap;
	EXPECT_EQ(t, mm->map_count, 2);
	EXPECT(t, vma->anon_vma && vma->anon_vma == vma->vm_next->anon_vma);
	EXPECT_EQ(t, sys_mprotect(BASE + 2 * P, 2 * P, RW), 0);
	EXPECT_EQ(t, mm->map_count, 1);
	user_mm_end(t, mm);
}

KTEST(rmap, cleaning_a_page_makes_each_mapping_fault_again)
{
	struct mm_struct *mm = user_mm_begin(t);
	struct test_file tf;
	struct page *page;

	if (!mm)
		return;
	if (test_file_open(t, &tf, 4)) {
		for (unsigned long i = 0; i < 3; i++) {
			map_at(tf.file, BASE + 16 * i * P, 4, RW, MAP_SHARED | MAP_FIXED, 0);
			poke(BASE + 16 * i * P, 1);
		}
		page = mapped_page(mm, BASE);
		EXPECT_EQ(t, page_mapcount(page), 3);
		lock_page(page);
		EXPECT_EQ(t, page_mkclean(page), 1);
		EXPECT_EQ(t, page_mkclean(page), 0);
		unlock_page(page);
		poke(BASE + 16 * P, 2);
		lock_page(page);
		EXPECT_EQ(t, page_mkclean(page), 1);
		unlock_page(page);
		filemap_write_and_wait(tf.mapping);
		test_file_close(&tf);
	}
	user_mm_end(t, mm);
}

KTEST(rmap, unmapping_a_file_page_and_its_three_answers)
{
	struct mm_struct *mm = user_mm_begin(t);
	struct test_file tf;
	struct page *page;

	if (!mm)
		return;
	if (test_file_open(t, &tf, 4)) {
		map_at(tf.file, BASE, 4, PROT_READ, MAP_SHARED | MAP_FIXED, 0);
		map_at(tf.file, BASE + 16 * P, 4, PROT_READ, MAP_PRIVATE | MAP_FIXED, 0);
		peek(BASE + P);
		peek(BASE + 17 * P);
		page = find_lock_page(tf.mapping, 1);
		EXPECT_EQ(t, try_to_unmap(page, 0), SWAP_FAIL);		/* it was just used */
		page_referenced(page, 1);
		EXPECT_EQ(t, try_to_unmap(page, 0), SWAP_SUCCESS);
		EXPECT(t, !page_mapped(page));
		unlock_page(page);
		put_page(page);
		EXPECT_EQ(t, sys_mlock(BASE, P * 4), 0);
		page = find_lock_page(tf.mapping, 1);
		page_referenced(page, 1);
		EXPECT_EQ(t, try_to_unmap(page, 0), SWAP_FAIL);
		unlock_page(page);
		put_page(page);
		test_file_close(&tf);
	}
	user_mm_end(t, mm);
}
