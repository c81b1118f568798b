/*
 * check_test.c: the checkers find what is wrong, and nothing where all is well. (What they tell in the log is on purpose.)
 */
#include "mm/test/user_mm.h"

#define P	PAGE_SIZE

KTEST(check, a_mapcount_that_is_off_by_one_is_found)
{
	struct mm_struct *mm = user_mm_begin(t);
	struct page *page;

	if (!mm)
		return;
	map_anon(BASE, 2);
	poke(BASE, 1);
	peek(BASE + P);
	EXPECT_EQ(t, check_rmap(), 0);
	page = mapped_page(mm, BASE);
	atomic_inc(&page->_mapcount);
	EXPECT_EQ(t, check_rmap(), 1);
	atomic_dec(&page->_mapcount);
	EXPECT_EQ(t, check_rmap(), 0);
	user_mm_end(t, mm);
}

KTEST(check, an_entry_outside_of_all_areas_is_found)
{
	struct mm_struct *mm = user_mm_begin(t);
	struct page *page;
	spinlock_t *ptl;
	pte_t *pte;

	if (!mm)
		return;
	map_anon(BASE, 1);
	poke(BASE, 1);
	page = mapped_page(mm, BASE);
	pte = pte_offset_map_lock(mm, pmd_offset(pgd_offset(mm, BASE + P), BASE + P), BASE + P, &ptl);
	set_pte_at(mm, BASE + P, pte, mk_pte(page, PAGE_READONLY));
	pte_unmap_unlock(pte, ptl);
	EXPECT_EQ(t, check_rmap() > 0, 1);
	pte = pte_offset_map_lock(mm, pmd_offset(pgd_offset(mm, BASE + P), BASE + P), BASE + P, &ptl);
	pte_clear(mm, BASE + P, pte);
	pte_unmap_unlock(pte, ptl);
	flush_tlb_mm(mm);
	EXPECT_EQ(t, check_rmap(), 0);
	user_mm_end(t, mm);
}

KTEST(check, figures_that_do_not_add_up_are_found)
{
	struct mm_struct *mm = user_mm_begin(t);

	if (!mm)
		return;
	map_anon(BASE, 4);
	EXPECT_EQ(t, check_areas(mm), 0);
	mm->total_vm++;
	mm->locked_vm++;
	mm->data_vm--;
	EXPECT_EQ(t, check_areas(mm), 3);
	mm->total_vm--;
	mm->locked_vm--;
	mm->data_vm++;
	mm->mmap->hole--;
	EXPECT_EQ(t, check_areas(mm) > 0, 1);
	mm->mmap->hole++;
	inc_mm_counter(mm, anon_rss);
	EXPECT_EQ(t, check_all_mms(), 1);
	dec_mm_counter(mm, anon_rss);
	EXPECT_EQ(t, check_all_mms(), 0);
	user_mm_end(t, mm);
}

KTEST(check, a_promise_to_nobody_is_found)
{
	struct mm_struct *mm = user_mm_begin(t);

	if (!mm)
		return;
	map_anon(BASE, 4);
	map_at(NULL, BASE + 8 * P, 5, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, 0);
	EXPECT_EQ(t, check_commit(), 0);
	vm_acct_memory(1);
	EXPECT_EQ(t, check_commit(), 1);
	vm_unacct_memory(1);
	EXPECT_EQ(t, check_commit(), 0);
	user_mm_end(t, mm);
}
