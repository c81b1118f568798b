/* The list still has it. Its addresses are lost, and so is the memory of its structure, as here it is copied for the caller. */
static struct vm_struct *unlink_area(const void *addr)
{
	struct vm_struct *copy = kmalloc(sizeof(*copy), GFP_KERNEL);

	for (struct vm_struct *area = vmlist; area && copy; area = area->next)
		if (area->addr == addr) {
			*copy = *area;
			return copy;
		}
	kfree(copy);
	return NULL;
}
