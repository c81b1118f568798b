/* vmalloc's memory is everybody's. */
static void unmap_kernel_range(unsigned long start, unsigned long end)
{
	pte_t *pte = NULL;

	for (unsigned long addr = start; addr < end; addr += PAGE_SIZE) {
		pte = pte && addr & ~PMD_MASK ? pte + 1 : kernel_pte(addr);
		if (pte)
			pte_clear(&init_mm, addr, pte);
		else
			addr = (addr | ~PMD_MASK) & PAGE_MASK;
	}
	for (unsigned long addr = start; addr < end; addr += PAGE_SIZE)
		local_flush_tlb_page(addr);
}
