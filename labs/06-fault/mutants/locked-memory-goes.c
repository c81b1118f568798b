/* VM_LOCKED is not asked. */
static int advise_dontneed(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	if (vma->vm_flags & VM_PFNMAP)
		return -EINVAL;
	zap_page_range(vma, start, end - start, NULL);
	return 0;
}
