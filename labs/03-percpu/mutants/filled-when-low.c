/* Below half a batch there is a new batch. */
static inline struct page *take_from_pcp(struct zone *zone, struct per_cpu_pages *pcp)
{
	struct page *page;

	if (pcp->count <= pcp->batch / 2)
		pcp->count += rmqueue_bulk(zone, pcp->batch, &pcp->list);
	if (!pcp->count)
		return NULL;
	page = list_first_entry(&pcp->list, struct page, lru);
	list_del(&page->lru);
	pcp->count--;
	return page;
}
