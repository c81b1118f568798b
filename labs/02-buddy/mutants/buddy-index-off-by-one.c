/* The bit that differs is taken to be the one above. */
static inline struct page *__page_find_buddy(struct page *page, unsigned long idx, unsigned int order)
{
	return page + (long)((idx ^ 1UL << (order + 1)) - idx);
}
