/* Too late. */
static int do_no_page(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long address, pmd_t *pmd, int write)
{
	bool shared_write = write && (vma->vm_flags & VM_SHARED);
	struct new_page n = { .write = write, .anon = write && !shared_write };
	int ret = VM_FAULT_MINOR, error;

	do {
		n.page = vma->vm_ops->nopage(vma, address & PAGE_MASK, &ret);
		if (n.page == NOPAGE_SIGBUS)
			return VM_FAULT_SIGBUS;
		if (n.page == NOPAGE_OOM)
			return VM_FAULT_OOM;
		if (n.page == NOPAGE_REFAULT)
			return VM_FAULT_MINOR;
		if (n.anon && early_cow(vma, address, &n.page)) {
			put_page(n.page);
			return VM_FAULT_OOM;
		}
		if (shared_write && vma->vm_ops->page_mkwrite && tell_mkwrite(vma, n.page)) {
			put_page(n.page);
			return VM_FAULT_SIGBUS;
		}
		if (vma->vm_file)
			n.sequence = READ_ONCE(vma->vm_file->f_mapping->truncate_count);
		if (shared_write)
			get_page(n.page);	/* to dirty it when the table's lock is dropped */
		error = map_new_page(mm, vma, address, pmd, &n);
		if (!error && shared_write)
			set_page_dirty_balance(n.page);
		if (error)
			put_page(n.page);
		if (shared_write)
			put_page(n.page);
	} while (error == -EAGAIN);
	return ret;
}
