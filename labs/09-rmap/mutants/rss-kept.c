/* The space still counts the page. */
static int try_to_unmap_one(struct page *page, struct vm_area_struct *vma, struct rmap_walk *walk)
{
	unsigned long address = vma_address(page, vma);
	struct mm_struct *mm = vma->vm_mm;
	spinlock_t *ptl;
	pte_t *pte, entry;

	if (address == (unsigned long)-EFAULT)
		return 0;
	pte = page_check_address(page, mm, address, &ptl);
	if (!pte)
		return 0;
	if (!walk->migration && ((vma->vm_flags & VM_LOCKED) || ptep_test_and_clear_young(vma, address, pte))) {
		flush_tlb_page(mm, address);
		pte_unmap_unlock(pte, ptl);
		walk->result = SWAP_FAIL;
		return 1;
	}
	entry = ptep_get_and_clear(mm, address, pte);
	flush_tlb_page(mm, address);
	if (pte_dirty(entry))
		set_page_dirty(page);
	update_hiwater_rss(mm);
	page_remove_rmap(page, vma);
	walk->left--;
	pte_unmap_unlock(pte, ptl);
	put_page(page);
	return 0;
}
