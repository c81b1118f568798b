/* The last one leaves, and the light is on. */
void anon_vma_unlink(struct vm_area_struct *vma)
{
	struct anon_vma *anon_vma = vma->anon_vma;

	if (!anon_vma)
		return;
	spin_lock(&anon_vma->lock);
	list_del(&vma->anon_vma_node);
	spin_unlock(&anon_vma->lock);
}
