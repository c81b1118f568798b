/* Another page loses its window. */
void set_page_address(struct page *page, void *virtual)
{
	struct page_address_slot *slot = page_slot(page);
	struct page_address_map *map;
	unsigned long flags;

	assert_held(&kmap_lock);
	spin_lock_irqsave(&slot->lock, flags);
	if (virtual) {
		map = &page_address_maps[PKMAP_NR((unsigned long)virtual)];
		map->page = page;
		hlist_add_head(&map->list, &slot->head);
	} else {
		hlist_for_each_entry(map, &slot->head, list)
		{
			hlist_del(&map->list);
			break;
		}
	}
	spin_unlock_irqrestore(&slot->lock, flags);
}
