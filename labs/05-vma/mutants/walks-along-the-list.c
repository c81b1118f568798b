/* The areas are in a list, so one walks along it. */
struct vm_area_struct *find_vma(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma = READ_ONCE(mm->mmap_cache);

	if (vma && vma->vm_start <= addr && addr < vma->vm_end)
		return vma;
	vma = mm->mmap;
	while (vma && addr >= vma->vm_end)
		vma = vma->vm_next;
	if (vma)
		WRITE_ONCE(mm->mmap_cache, vma);
	return vma;
}
