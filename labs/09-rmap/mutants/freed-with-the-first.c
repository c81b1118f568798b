/* Others are on its list. */
void anon_vma_unlink(struct vm_area_struct *vma)
{
	struct anon_vma *anon_vma = vma->anon_vma;
	bool empty;

	if (!anon_vma)
		return;
	spin_lock(&anon_vma->lock);
	list_del(&vma->anon_vma_node);
	empty = true;
	spin_unlock(&anon_vma->lock);
	if (empty)
		kmem_cache_free(anon_vma_cachep, anon_vma);
}
