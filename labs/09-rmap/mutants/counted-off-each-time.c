/* Others may map it. */
void page_remove_rmap(struct page *page, struct vm_area_struct *vma)
{
	if (atomic_add_negative(-1, &page->_mapcount) && unlikely(page_mapcount(page) < 0))
		panic("page %lx of flags %lx: unmapped more often than mapped, at %lx-%lx", page_to_pfn(page), page->flags,
		      vma->vm_start, vma->vm_end);
	__dec_zone_page_state(page, PageAnon(page) ? NR_ANON_PAGES : NR_FILE_MAPPED);
}
