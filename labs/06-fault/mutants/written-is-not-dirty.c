/* Neither young nor dirty. */
static int do_anonymous_page(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long address, pmd_t *pmd, int write)
{
	struct page *page = ZERO_PAGE(address);
	spinlock_t *ptl;
	pte_t *ptep, entry;

	if (write) {
		if (unlikely(anon_vma_prepare(vma)))
			return VM_FAULT_OOM;
		page = alloc_page_vma(GFP_HIGHUSER | __GFP_ZERO, vma, address);
		if (!page)
			return VM_FAULT_OOM;
		entry = maybe_mkwrite(pte_mkclean(pte_mkold(mk_pte(page, vma->vm_page_prot))), vma);
	} else {
		get_page(page);
		entry = pte_wrprotect(mk_pte(page, vma->vm_page_prot));
	}
	ptep = pte_offset_map_lock(mm, pmd, address, &ptl);
	if (unlikely(!pte_none(*ptep))) {
		pte_unmap_unlock(ptep, ptl);
		put_page(page);
		return VM_FAULT_MINOR;
	}
	count_new_mapping(mm, vma, address, page, write);
	set_pte_at(mm, address, ptep, entry);
	pte_unmap_unlock(ptep, ptl);
	return VM_FAULT_MINOR;
}
