/* The last page is left out. */
void tlb_flush_mmu(struct mmu_gather *tlb)
{
	if (!tlb->need_flush)
		return;
	if (tlb->fullmm || tlb->tables)
		flush_tlb_mm(tlb->mm);
	else if (tlb->end)
		flush_tlb_range(tlb->mm, tlb->start, tlb->end - PAGE_SIZE);
	if (tlb->any_dirty)
		tell_dirty(tlb);
	release_pages(tlb->pages, (int)tlb->nr, 0);
	tlb->need_flush = tlb->tables = false;
	tlb->nr = 0;
	tlb->start = ~0UL;
	tlb->end = 0;
}
