/* The entry may be another one after the file was asked. */
static int can_reuse(struct vm_area_struct *vma, unsigned long address, pmd_t *pmd, pte_t **ptepp, pte_t orig,
		     struct page *page, struct page **shared)
{
	spinlock_t *ptl = pte_lockptr(vma->vm_mm, pmd);
	int error;

	if (PageAnon(page)) {
		bool sole;

		if (!trylock_page(page))	/* its users may be changing */
			return 0;
		sole = page_mapcount(page) == 1;
		unlock_page(page);
		return sole;
	}
	if ((vma->vm_flags & (VM_WRITE | VM_SHARED)) != (VM_WRITE | VM_SHARED))
		return 0;
	get_page(page);
	if (vma->vm_ops && vma->vm_ops->page_mkwrite) {
		pte_unmap_unlock(*ptepp, ptl);
		error = tell_mkwrite(vma, page);
		*ptepp = pte_offset_map_lock(vma->vm_mm, pmd, address, &ptl);
		(void)orig;
		if (error) {
			put_page(page);
			return error == -EAGAIN ? -EAGAIN : -EFAULT;
		}
	}
	*shared = page;
	return 1;
}
