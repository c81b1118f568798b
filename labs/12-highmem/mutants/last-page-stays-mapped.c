/* … and is a guard page anyway. */
static void unmap_kernel_range(unsigned long start, unsigned long end)
{
	pte_t *pte = NULL;

	for (unsigned long addr = start; addr + PAGE_SIZE < end; addr += PAGE_SIZE) {
		pte = pte && addr & ~PMD_MASK ? pte + 1 : kernel_pte(addr);
		if (pte)
			pte_clear(&init_mm, addr, pte);
		else
			addr = (addr | ~PMD_MASK) & PAGE_MASK;
	}
	flush_tlb_kernel_range(start, end);
}
