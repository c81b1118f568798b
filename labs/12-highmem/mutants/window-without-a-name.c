/* Nobody is told where the page is. */
static unsigned long map_new_virtual(struct page *page)
{
	unsigned long vaddr;
	int nr;

	while ((nr = find_slot()) < 0) {
		wait_for_slot();
		vaddr = (unsigned long)page_address(page);
		if (vaddr)
			return vaddr;
	}
	vaddr = PKMAP_ADDR(nr);
	set_pte(pkmap_page_table + nr, mk_pte(page, PAGE_KERNEL));
	pkmap_count[nr] = 1;
	return vaddr;
}
