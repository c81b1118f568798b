/* An area may move. */
void page_add_new_anon_rmap(struct page *page, struct vm_area_struct *vma, unsigned long address)
{
	ASSERT(vma->anon_vma && address >= vma->vm_start && address < vma->vm_end);
	atomic_set(&page->_mapcount, 0);
	page->mapping = (struct address_space *)((unsigned long)vma->anon_vma | PAGE_MAPPING_ANON);
	page->index = address >> PAGE_SHIFT;
	__inc_zone_page_state(page, NR_ANON_PAGES);
}
