/* Whatever comes behind the address. */
static struct vm_area_struct *area_for(struct mm_struct *mm, unsigned long addr, unsigned int access, int *code)
{
	struct vm_area_struct *vma = find_vma(mm, addr);

	*code = SEGV_MAPERR;
	if (!vma)
		return NULL;
	*code = SEGV_ACCERR;
	return access_allowed(vma, access) ? vma : NULL;
}
