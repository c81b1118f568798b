/* Who may write or run may not read. */
static bool access_allowed(const struct vm_area_struct *vma, unsigned int access)
{
	if (access & FAULT_WRITE)
		return vma->vm_flags & VM_WRITE;
	if (access & FAULT_EXEC)
		return vma->vm_flags & VM_EXEC;
	return vma->vm_flags & VM_READ;
}
