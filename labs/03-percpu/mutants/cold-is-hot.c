/* Pages that no CPU touched go out first. */
static inline void free_hot_cold_page(struct page *page, int cold)
{
	struct zone *zone = page_zone(page);
	struct per_cpu_pages *pcp;
	unsigned long flags;

	if (PageAnon(page))
		page->mapping = NULL;
	if (!free_page_ok(page))
		return;
	if (DEBUG_BUILD)
		poison_pages(page, 0);
	local_irq_save(flags);
	pcp = &zone->pageset[smp_processor_id()]->pcp[0];
	count_vm_event(PGFREE);
	list_add(&page->lru, &pcp->list);
	if (++pcp->count >= pcp->high) {
		pcp->count -= pcp->batch;
		free_pages_bulk(zone, pcp->batch, &pcp->list);
	}
	local_irq_restore(flags);
}
