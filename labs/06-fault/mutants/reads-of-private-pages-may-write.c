/* The page cache's page, open to private writes. */
static int map_new_page(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long address, pmd_t *pmd, struct new_page *n)
{
	spinlock_t *ptl;
	pte_t *ptep = pte_offset_map_lock(mm, pmd, address, &ptl), entry;
	int error = 0;

	if (!pte_none(*ptep)) {
		error = -EEXIST;
	} else if (vma->vm_file && n->sequence != READ_ONCE(vma->vm_file->f_mapping->truncate_count)) {
		error = -EAGAIN;
	} else {
		entry = pte_mkyoung(mk_pte(n->page, vma->vm_page_prot));
		if (n->write)
			entry = pte_mkdirty(entry);
		entry = maybe_mkwrite(entry, vma);
		count_new_mapping(mm, vma, address, n->page, n->anon);
		set_pte_at(mm, address, ptep, entry);
	}
	pte_unmap_unlock(ptep, ptl);
	return error;
}
