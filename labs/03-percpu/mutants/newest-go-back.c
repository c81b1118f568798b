/* From the front: those that were freed just now. */
static noinline void free_pages_bulk(struct zone *zone, int count, struct list_head *list)
{
	spin_lock(&zone->lock);
	zone->all_unreclaimable = 0;
	zone->pages_scanned = 0;
	while (count--) {
		struct page *page = list_first_entry(list, struct page, lru);

		list_del(&page->lru);
		__free_one_page(zone, page, 0);
	}
	spin_unlock(&zone->lock);
}
