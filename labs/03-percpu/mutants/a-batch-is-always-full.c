/* The count promises pages that did not come. */
static inline struct page *take_from_pcp(struct zone *zone, struct per_cpu_pages *pcp)
{
	struct page *page;

	if (unlikely(!pcp->count)) {
		if (!rmqueue_bulk(zone, pcp->batch, &pcp->list))
			return NULL;
		pcp->count = pcp->batch;
	}
	page = list_first_entry(&pcp->list, struct page, lru);
	list_del(&page->lru);
	pcp->count--;
	return page;
}
