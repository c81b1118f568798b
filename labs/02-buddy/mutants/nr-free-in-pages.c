/* nr_free is taken for a number of pages. */
static inline void add_block(struct zone *zone, struct page *page, unsigned int order)
{
	set_page_private(page, order);
	__SetPageBuddy(page);
	list_add(&page->lru, &zone->free_area[order].free_list);
	zone->free_area[order].nr_free += 1UL << order;
}
