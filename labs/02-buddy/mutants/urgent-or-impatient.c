/* Only one of the two discounts is given. */
__always_inline bool zone_watermark_ok(struct zone *z, unsigned int order, unsigned long mark, int classzone_idx,
				       int alloc_flags)
{
	long free = (long)z->free_pages - (1L << order) + 1, min = (long)mark;

	if (alloc_flags & ALLOC_HIGH)
		min -= min / 2;
	else if (alloc_flags & ALLOC_HARDER)
		min -= min / 4;
	if (free <= min + (long)z->lowmem_reserve[classzone_idx])
		return false;
	for (unsigned int o = 0; o < order; o++) {
		free -= (long)(z->free_area[o].nr_free << o);
		min >>= 1;
		if (free <= min)
			return false;
	}
	return true;
}
