/* Who mapped the file knows its areas. */
static int __split_vma(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long addr, int new_below)
{
	struct vm_area_struct *new = new_vma(mm, vma);
	pgoff_t cut = (addr - vma->vm_start) >> PAGE_SHIFT;

	ASSERT(vma->vm_start < addr && addr < vma->vm_end && !(addr & ~PAGE_MASK));
	if (!new)
		return -ENOMEM;
	if (new->vm_file)
		get_file(new->vm_file);
	if (new_below) {
		new->vm_end = addr;
		vma_adjust(vma, addr, vma->vm_end, vma->vm_pgoff + cut, new);
	} else {
		new->vm_start = addr;
		new->vm_pgoff += cut;
		vma_adjust(vma, vma->vm_start, addr, vma->vm_pgoff, new);
	}
	return 0;
}
