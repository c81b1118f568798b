/* It may still be written. */
static int page_mkclean_one(struct page *page, struct vm_area_struct *vma, struct rmap_walk *walk)
{
	unsigned long address = vma_address(page, vma);
	struct mm_struct *mm = vma->vm_mm;
	spinlock_t *ptl;
	pte_t *pte, entry;

	if (!(vma->vm_flags & VM_SHARED) || address == (unsigned long)-EFAULT)
		return 0;
	pte = page_check_address(page, mm, address, &ptl);
	if (!pte)
		return 0;
	if (pte_dirty(*pte) || pte_write(*pte)) {
		entry = ptep_get_and_clear(mm, address, pte);
		flush_tlb_page(mm, address);
		set_pte_at(mm, address, pte, pte_mkclean(entry));
		walk->result = 1;
	}
	walk->left--;
	pte_unmap_unlock(pte, ptl);
	return 0;
}
