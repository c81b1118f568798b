/* The other CPUs are not told. */
void tlb_flush_mmu(struct mmu_gather *tlb)
{
	if (!tlb->need_flush)
		return;
	if (tlb->fullmm || tlb->tables)
		flush_tlb_mm(tlb->mm);
	else if (tlb->end)
		for (unsigned long addr = tlb->start; addr < tlb->end; addr += PAGE_SIZE)
			local_flush_tlb_page(addr);
	if (tlb->any_dirty)
		tell_dirty(tlb);
	release_pages(tlb->pages, (int)tlb->nr, 0);
	tlb->need_flush = tlb->tables = false;
	tlb->nr = 0;
	tlb->start = ~0UL;
	tlb->end = 0;
}
