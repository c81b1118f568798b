/* One code for both. */
static struct vm_area_struct *area_for(struct mm_struct *mm, unsigned long addr, unsigned int access, int *code)
{
	struct vm_area_struct *vma = find_extend_vma(mm, addr);

	*code = SEGV_MAPERR;
	if (!vma)
		return NULL;
	return access_allowed(vma, access) ? vma : NULL;
}
