/* The page is thought to have a window that shows another one by now. */
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
			if (map->page == page)
				break;
	}
	spin_unlock_irqrestore(&slot->lock, flags);
}
