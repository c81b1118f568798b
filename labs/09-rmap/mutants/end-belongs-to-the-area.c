/* The page behind it is somebody else's. */
static unsigned long vma_address(struct page *page, struct vm_area_struct *vma)
{
	unsigned long address = vma->vm_start + ((page->index - vma->vm_pgoff) << PAGE_SHIFT);

	return address < vma->vm_start || address > vma->vm_end ? (unsigned long)-EFAULT : address;
}
