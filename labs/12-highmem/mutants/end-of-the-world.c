/* An area beyond VMALLOC_END is somebody else's. */
static bool insert_area(struct vm_struct *area, unsigned long align)
{
	unsigned long lead = area_lead(area->flags), addr = ALIGN(VMALLOC_START + lead, align);
	struct vm_struct **p, *next;

	assert_held(&vmlist_lock);
	for (p = &vmlist; ; p = &next->next) {
		next = *p;
		if (addr + area->size < addr)
			return false;
		if (!next || addr + area->size <= area_start(next))
			break;
		addr = ALIGN(max(addr, area_end(next) + lead), align);
	}
	area->addr = (void *)addr;
	area->next = next;
	*p = area;
	return true;
}
