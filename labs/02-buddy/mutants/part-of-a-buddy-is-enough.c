/* The buddy's first page is free, so the buddy is. */
static inline bool page_is_buddy(const struct page *page, const struct page *buddy, unsigned int order)
{
	return PageBuddy(buddy) && !((page->flags ^ buddy->flags) >> ZONES_PGSHIFT);
}
