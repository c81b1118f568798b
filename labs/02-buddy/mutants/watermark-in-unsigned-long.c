__always_inline bool zone_watermark_ok(struct zone *z, unsigned int order, unsigned long mark, int classzone_idx,
				       int alloc_flags)
{
	unsigned long free = z->free_pages - (1UL << order) + 1, min = mark;

	if (alloc_flags & ALLOC_HIGH)
		min -= min / 2;
	if (alloc_flags & ALLOC_HARDER)
		min -= min / 4;
	if (free <= min + z->lowmem_reserve[classzone_idx])
		return false;
	for (unsigned int o = 0; o < order; o++) {
		free -= z->free_area[o].nr_free << o;
		min >>= 1;
		if (free <= min)
			return false;
	}
	return true;
}
