static struct page *__rmqueue(struct zone *zone, unsigned int order)
{
	unsigned int cur = order;
	struct page *page;

	assert_held(&zone->lock);
	while (list_empty(&zone->free_area[cur].free_list))
		cur = cur < MAX_ORDER - 1 ? cur + 1 : order;
	page = list_first_entry(&zone->free_area[cur].free_list, struct page, lru);
	del_block(zone, page, cur);
	zone->free_pages -= 1UL << order;
	expand(zone, page, order, cur);
	return page;
}
