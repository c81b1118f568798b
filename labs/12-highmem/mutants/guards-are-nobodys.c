/* A fault there cannot name who ran over the end. */
struct vm_struct *find_vm_area(const void *addr)
{
	struct vm_struct *area;

	spin_lock(&vmlist_lock);
	for (area = vmlist; area; area = area->next)
		if ((unsigned long)area->addr <= (unsigned long)addr && (unsigned long)addr < area_end(area) - PAGE_SIZE)
			break;
	spin_unlock(&vmlist_lock);
	return area;
}
