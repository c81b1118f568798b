static struct page *__rmqueue(struct zone *zone, unsigned int order)
{
	struct page *page;
	unsigned int cur;

	assert_held(&zone->lock);
	for (cur = order; cur < MAX_ORDER; cur++) {
		struct free_area *area = &zone->free_area[cur];

		if (list_empty(&area->free_list))
			continue;
		page = list_first_entry(&area->free_list, struct page, lru);
		del_block(zone, page, cur);
		zone->free_pages -= 1UL << cur;		/* although the rest goes back */
		expand(zone, page, order, cur);
		return page;
	}
	return NULL;
}
