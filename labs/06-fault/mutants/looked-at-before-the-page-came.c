/* The look is at the wrong end. */
static int do_anonymous_page(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long address, pmd_t *pmd, int write)
{
	struct page *page = ZERO_PAGE(address);
	spinlock_t *ptl;
	pte_t *ptep, entry;

	ptep = pte_offset_map_lock(mm, pmd, address, &ptl);
	if (!pte_none(*ptep)) {
		pte_unmap_unlock(ptep, ptl);
		return VM_FAULT_MINOR;
	}
	pte_unmap_unlock(ptep, ptl);
	if (write) {
		if (unlikely(anon_vma_prepare(vma)))
			return VM_FAULT_OOM;
		page = alloc_page_vma(GFP_HIGHUSER | __GFP_ZERO, vma, address);
		if (!page)
			return VM_FAULT_OOM;
		entry = maybe_mkwrite(pte_mkyoung(pte_mkdirty(mk_pte(page, vma->vm_page_prot))), vma);
	} else {
		get_page(page);
		entry = pte_wrprotect(mk_pte(page, vma->vm_page_prot));
	}
	ptep = pte_offset_map_lock(mm, pmd, address, &ptl);
	count_new_mapping(mm, vma, address, page, write);
	set_pte_at(mm, address, ptep, entry);
	pte_unmap_unlock(ptep, ptl);
	return VM_FAULT_MINOR;
}
