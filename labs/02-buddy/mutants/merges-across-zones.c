/* Free and of the right order: whose zone it is was forgotten. */
static inline bool page_is_buddy(const struct page *page, const struct page *buddy, unsigned int order)
{
	return PageBuddy(buddy) && page_order(buddy) == order;
}
