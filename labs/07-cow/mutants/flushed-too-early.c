/* Before the entries change. */
static int dup_mmap(struct mm_struct *mm, struct mm_struct *oldmm)
{
	struct vm_area_struct *vma, *prev = NULL;
	int error = 0;

	down_write(&oldmm->mmap_sem);
	down_write_nested(&mm->mmap_sem);
	flush_tlb_mm(oldmm);
	for (vma = oldmm->mmap; vma && !error; vma = vma->vm_next)
		if (!(vma->vm_flags & VM_DONTCOPY))
			error = dup_area(mm, vma, &prev);
	mm->hiwater_vm = mm->total_vm;
	mm->hiwater_rss = get_mm_rss(mm);
	up_write(&mm->mmap_sem);
	up_write(&oldmm->mmap_sem);
	return error;
}
