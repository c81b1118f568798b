/* The buddy is taken to be the block behind. */
static inline struct page *__page_find_buddy(struct page *page, unsigned long idx, unsigned int order)
{
	return page + (1UL << order);
}
