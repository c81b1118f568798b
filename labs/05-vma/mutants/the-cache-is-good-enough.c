/* The area that was found last ends above the address, so it is the one. */
struct vm_area_struct *find_vma(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma = READ_ONCE(mm->mmap_cache);
	struct rb_node *node;

	if (vma && addr < vma->vm_end)
		return vma;
	vma = NULL;
	node = mm->mm_rb.rb_node;
	while (node) {
		struct vm_area_struct *tmp = vma_of(node);

		if (addr >= tmp->vm_end) {
			node = node->rb_right;
			continue;
		}
		vma = tmp;
		if (tmp->vm_start <= addr)
			break;
		node = node->rb_left;
	}
	if (vma)
		WRITE_ONCE(mm->mmap_cache, vma);
	return vma;
}
