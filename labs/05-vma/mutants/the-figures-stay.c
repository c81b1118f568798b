/* As many pages are mapped as before, so nothing changes in the figures. */
static int mprotect_fixup(struct vm_area_struct *vma, struct vm_area_struct **prev, unsigned long start, unsigned long end,
			  unsigned long newflags)
{
	struct mm_struct *mm = vma->vm_mm;
	unsigned long oldflags = vma->vm_flags;
	long pages = (long)((end - start) >> PAGE_SHIFT), charged = 0;
	int error;

	if (newflags == oldflags) {
		*prev = vma;
		return 0;
	}
	if (!may_expand_vm(mm, newflags, (unsigned long)pages) && may_expand_vm(mm, oldflags, (unsigned long)pages))
		return -ENOMEM;			/* RLIMIT_DATA: writable private memory counts */
	if ((newflags & VM_WRITE) && !(oldflags & (VM_ACCOUNT | VM_WRITE | VM_SHARED | VM_NORESERVE))) {
		charged = pages;
		if (vm_enough_memory(charged, capable_root()))
			return -ENOMEM;
		newflags |= VM_ACCOUNT;
	}
	error = vma_isolate(&vma, prev, start, end, newflags);
	if (error) {
		vm_unacct_memory(charged);
		return error;
	}
	vma->vm_flags = newflags;
	vma_set_page_prot(vma);
	change_protection(vma, start, end, vma_wants_writenotify(vma));
	return 0;
}
