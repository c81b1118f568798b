/* One buddy, one merge. */
static void __free_one_page(struct zone *zone, struct page *page, unsigned int order)
{
	unsigned long idx = page_to_pfn(page) & ((1UL << MAX_ORDER) - 1);
	struct page *buddy = __page_find_buddy(page, idx, order);

	if (unlikely(PageCompound(page)))
		destroy_compound_page(page, order);
	zone->free_pages += 1UL << order;
	if (order < MAX_ORDER - 1 && page_is_buddy(page, buddy, order)) {
		del_block(zone, buddy, order);
		page += (long)(__find_combined_index(idx, order) - idx);
		order++;
	}
	add_block(zone, page, order);
}
