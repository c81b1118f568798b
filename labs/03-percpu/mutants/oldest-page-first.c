/* From the end of the list: the page that is coldest in the cache. */
static inline struct page *take_from_pcp(struct zone *zone, struct per_cpu_pages *pcp)
{
	struct page *page;

	if (unlikely(!pcp->count)) {
		pcp->count = rmqueue_bulk(zone, pcp->batch, &pcp->list);
		if (!pcp->count)
			return NULL;
	}
	page = list_last_entry(&pcp->list, struct page, lru);
	list_del(&page->lru);
	pcp->count--;
	return page;
}
