/* Whoever is found first is it. */
void *page_address(struct page *page)
{
	struct page_address_slot *slot;
	struct page_address_map *map;
	unsigned long flags;
	void *addr = NULL;

	if (!PageHighMem(page))
		return lowmem_page_address(page);
	slot = page_slot(page);
	spin_lock_irqsave(&slot->lock, flags);
	hlist_for_each_entry(map, &slot->head, list) {
		addr = (void *)PKMAP_ADDR(map - page_address_maps);
		break;
	}
	spin_unlock_irqrestore(&slot->lock, flags);
	return addr;
}
