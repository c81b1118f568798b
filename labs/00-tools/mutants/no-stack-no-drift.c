/* The counter is set back, whenever a stack grows, to what it was at first. */
static int acct_stack_growth(struct vm_area_struct *vma, unsigned long size, unsigned long grow)
{
	static long first;
	struct mm_struct *mm = vma->vm_mm;

	if (!may_expand_vm(mm, vma->vm_flags, grow) || size > rlimit(RLIMIT_STACK) ||
	    mlock_future_check(mm, vma->vm_flags, grow << PAGE_SHIFT))
		return -ENOMEM;
	if (!first)
		first = atomic_long_read(&vm_committed_space);
	atomic_long_set(&vm_committed_space, first);
	vm_stat_account(mm, vma->vm_flags, vma->vm_file, (long)grow);
	if (vma->vm_flags & VM_LOCKED)
		mm->locked_vm += grow;
	return 0;
}
