/* Another page may stand there. */
static int cow_copy(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long address, pmd_t *pmd, pte_t *ptep,
		    spinlock_t *ptl, pte_t orig, struct page *old)
{
	bool zero = old == ZERO_PAGE(address);
	struct page *new = NULL;
	int ret = VM_FAULT_MINOR;
	pte_t entry;

	if (old)
		get_page(old);
	pte_unmap_unlock(ptep, ptl);
	if (!anon_vma_prepare(vma))
		new = alloc_page_vma(zero ? GFP_HIGHUSER | __GFP_ZERO : GFP_HIGHUSER, vma, address);
	if (!new) {
		if (old)
			put_page(old);
		return VM_FAULT_OOM;
	}
	if (!zero)
		copy_frame(new, old, address);

	ptep = pte_offset_map_lock(mm, pmd, address, &ptl);
	if (likely(pte_present(*ptep))) {
		entry = maybe_mkwrite(pte_mkyoung(pte_mkdirty(mk_pte(new, vma->vm_page_prot))), vma);
		pte_clear(mm, address, ptep);
		flush_tlb_page(mm, address);
		if (old) {
			page_remove_rmap(old, vma);
			add_mm_counter(mm, file_rss, PageAnon(old) ? 0 : -1);
			add_mm_counter(mm, anon_rss, PageAnon(old) ? -1 : 0);
		}
		count_new_mapping(mm, vma, address, new, true);
		set_pte_at(mm, address, ptep, entry);
		new = old;		/* drop the entry's reference instead */
		ret |= VM_FAULT_WRITE;
	}
	pte_unmap_unlock(ptep, ptl);
	if (new)
		put_page(new);
	if (old)
		put_page(old);
	return ret;
}
