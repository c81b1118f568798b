/* Private ones, too. */
static int page_referenced_one(struct page *page, struct vm_area_struct *vma, struct rmap_walk *walk)
{
	unsigned long address = vma_address(page, vma);
	spinlock_t *ptl;
	pte_t *pte;

	if (address == (unsigned long)-EFAULT)
		return 0;
	if (vma->vm_flags & VM_LOCKED) {
		walk->result++;
		return 1;
	}
	pte = page_check_address(page, vma->vm_mm, address, &ptl);
	if (!pte)
		return 0;
	if (ptep_test_and_clear_young(vma, address, pte)) {
		flush_tlb_page(vma->vm_mm, address);
		walk->result++;
	}
	walk->left--;
	pte_unmap_unlock(pte, ptl);
	return 0;
}
