/* The last halving leaves a block of the order asked for, too: it is thought to be the caller's. */
static inline void expand(struct zone *zone, struct page *page, unsigned int low, unsigned int high)
{
	for (unsigned int order = low + 1; order < high; order++)
		add_block(zone, page + (1UL << order), order);
}
