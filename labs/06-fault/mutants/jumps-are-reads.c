/* No right of its own for jumps. */
static bool access_allowed(const struct vm_area_struct *vma, unsigned int access)
{
	if (access & FAULT_WRITE)
		return vma->vm_flags & VM_WRITE;
	return vma->vm_flags & (VM_READ | VM_WRITE | VM_EXEC);	/* no machine here can write or run, but not read */
}
