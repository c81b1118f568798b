/* _mapcount is not told. */
static inline bool zap_one_pte(struct mmu_gather *tlb, struct vm_area_struct *vma, pte_t *ptep, unsigned long addr,
			       struct zap_details *details, long *rss)
{
	struct page *page = vm_normal_page(vma, addr, *ptep);
	bool dirty = false;
	pte_t pte;

	if (unlikely(details) && page && details->check_mapping && PageAnon(page))	/* also one that just left the cache */
		return false;
	pte = ptep_get_and_clear(tlb->mm, addr, ptep);
	tlb_note_address(tlb, addr);
	if (!page)
		return true;
	if (PageAnon(page)) {
		rss[1]--;
	} else {
		dirty = pte_dirty(pte);
		if (pte_young(pte))
			mark_page_accessed(page);
		rss[0]--;
	}
	tlb_remove_page(tlb, page, dirty);
	return true;
}
