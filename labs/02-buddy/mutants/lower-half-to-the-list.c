/* The lower half goes to the list, though the caller has its first page. */
static inline void expand(struct zone *zone, struct page *page, unsigned int low, unsigned int high)
{
	while (high > low) {
		high--;
		add_block(zone, page, high);
		page += 1UL << high;
	}
}
