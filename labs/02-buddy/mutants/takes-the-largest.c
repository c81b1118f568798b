/* From the top: what is left over will be large. */
static struct page *__rmqueue(struct zone *zone, unsigned int order)
{
	struct page *page;

	assert_held(&zone->lock);
	for (unsigned int cur = MAX_ORDER; cur-- > order; ) {
		struct free_area *area = &zone->free_area[cur];

		if (list_empty(&area->free_list))
			continue;
		page = list_first_entry(&area->free_list, struct page, lru);
		del_block(zone, page, cur);
		zone->free_pages -= 1UL << order;
		expand(zone, page, order, cur);
		return page;
	}
	return NULL;
}
