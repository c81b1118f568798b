static inline void del_block(struct zone *zone, struct page *page, unsigned int order)
{
	list_del(&page->lru);
	zone->free_area[order].nr_free--;
	__ClearPageBuddy(page);
}
