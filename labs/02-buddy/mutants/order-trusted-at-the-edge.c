/* private is read as an order although the page need not be free. */
static inline bool page_is_buddy(const struct page *page, const struct page *buddy, unsigned int order)
{
	return page_order(buddy) == order && !((page->flags ^ buddy->flags) >> ZONES_PGSHIFT);
}
