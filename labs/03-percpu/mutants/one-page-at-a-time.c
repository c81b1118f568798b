/* The batch is forgotten: the list is always empty. */
static inline struct page *take_from_pcp(struct zone *zone, struct per_cpu_pages *pcp)
{
	struct page *page;

	if (unlikely(!pcp->count)) {
		pcp->count = rmqueue_bulk(zone, 1, &pcp->list);
		if (!pcp->count)
			return NULL;
	}
	page = list_first_entry(&pcp->list, struct page, lru);
	list_del(&page->lru);
	pcp->count--;
	return page;
}
