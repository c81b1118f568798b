/* The count only grows, so that from now on each page that is freed drives out a batch, as long as there are pages. */
static noinline void free_pages_bulk(struct zone *zone, int count, struct list_head *list)
{
	spin_lock(&zone->lock);
	zone->all_unreclaimable = 0;
	zone->pages_scanned = 0;
	while (count-- && !list_empty(list)) {
		struct page *page = list_last_entry(list, struct page, lru);

		list_del(&page->lru);
		__free_one_page(zone, page, 0);
	}
	spin_unlock(&zone->lock);
}

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
	pcp = &zone->pageset[smp_processor_id()]->pcp[cold];
	count_vm_event(PGFREE);
	list_add(&page->lru, &pcp->list);
	if (++pcp->count >= pcp->high) {
		free_pages_bulk(zone, pcp->batch, &pcp->list);
	}
	local_irq_restore(flags);
}
