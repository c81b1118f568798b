/* Above the last area there is always room. */
static bool grow_in_place(struct vm_area_struct *vma, unsigned long addr, unsigned long old_len, unsigned long new_len)
{
	unsigned long end = addr + new_len, grow = new_len - old_len;
	struct vm_area_struct *next = vma->vm_next;
	struct mm_struct *mm = vma->vm_mm;

	if (vma->vm_end != addr + old_len || end < addr || (next && (next->vm_start < end || next->hole < grow)))
		return false;
	if (!vma_merge(mm, vma, vma->vm_end, end, vma->vm_flags, vma->anon_vma, vma->vm_file, vma->vm_pgoff + vma_pages(vma),
		       vma->vm_policy))
		vma_adjust(vma, vma->vm_start, end, vma->vm_pgoff, NULL);
	vm_stat_account(mm, vma->vm_flags, vma->vm_file, (long)(grow >> PAGE_SHIFT));
	if (vma->vm_flags & VM_LOCKED)
		mm->locked_vm += grow >> PAGE_SHIFT;
	return true;
}
