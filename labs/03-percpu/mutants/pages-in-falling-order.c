/* Each page in front of the one before: the disk sees addresses that fall. */
static noinline int rmqueue_bulk(struct zone *zone, int count, struct list_head *list)
{
	int n;

	spin_lock(&zone->lock);
	for (n = 0; n < count; n++) {
		struct page *page = __rmqueue(zone, 0);

		if (unlikely(!page))
			break;
		list_add(&page->lru, list);
	}
	spin_unlock(&zone->lock);
	return n;
}
