/* Young as the parent's. */
static inline void copy_one_pte(struct mm_struct *dst_mm, struct mm_struct *src_mm, pte_t *dst, pte_t *src,
				struct vm_area_struct *vma, unsigned long addr, long *rss)
{
	pte_t pte = *src;
	struct page *page;

	if (is_cow_mapping(vma->vm_flags) && pte_write(pte)) {
		ptep_set_wrprotect(src_mm, addr, src);
		pte = pte_wrprotect(pte);
	}
	if (vma->vm_flags & VM_SHARED)
		pte = pte_mkclean(pte);		/* the parent's entry remembers what it wrote */
	page = vm_normal_page(vma, addr, pte);
	if (page) {
		get_page(page);
		page_dup_rmap(page);
		rss[PageAnon(page)]++;
	}
	set_pte_at(dst_mm, addr, dst, pte);
}
