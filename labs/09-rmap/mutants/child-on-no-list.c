/* The list knows nothing of it. */
void __anon_vma_link(struct vm_area_struct *vma)
{
	INIT_LIST_HEAD(&vma->anon_vma_node);
}
