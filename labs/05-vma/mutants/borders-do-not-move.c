/* A part of an area cannot go over to another. */
struct vm_area_struct *vma_merge(struct mm_struct *mm, struct vm_area_struct *prev, unsigned long addr, unsigned long end,
				 unsigned long vm_flags, struct anon_vma *anon_vma, struct file *file, pgoff_t pgoff,
				 struct mempolicy *policy)
{
	pgoff_t pages = (end - addr) >> PAGE_SHIFT;
	struct vm_area_struct *area, *next;
	bool with_prev, with_next;

	if (vm_flags & VM_SPECIAL)
		return NULL;
	area = next = prev ? prev->vm_next : mm->mmap;
	if (next && next->vm_end == end)	/* cases 6, 7, 8 */
		next = next->vm_next;

	with_prev = prev && prev->vm_end == addr && is_mergeable(prev, vm_flags, file, policy) &&
		    prev->vm_pgoff + vma_pages(prev) == pgoff && anon_vmas_agree(prev->anon_vma, anon_vma);
	with_next = next && next->vm_start == end && is_mergeable(next, vm_flags, file, policy) &&
		    next->vm_pgoff == pgoff + pages && anon_vmas_agree(next->anon_vma, anon_vma);

	if (with_prev) {
		bool all = with_next && anon_vmas_agree(prev->anon_vma, next->anon_vma);

		vma_adjust(prev, prev->vm_start, all ? next->vm_end : end, prev->vm_pgoff, NULL);	/* 1 6, 2 5 7 */
		return prev;
	}
	if (!with_next)
		return NULL;
	if (prev && addr < prev->vm_end)
		return NULL;
	vma_adjust(area, addr, next->vm_end, pgoff, NULL);				/* 3, 8 */
	return area;
}
