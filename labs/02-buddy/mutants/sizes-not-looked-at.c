/* So many pages are free that there will be a block of the right size. */
__always_inline bool zone_watermark_ok(struct zone *z, unsigned int order, unsigned long mark, int classzone_idx,
				       int alloc_flags)
{
	long free = (long)z->free_pages - (1L << order) + 1, min = (long)mark;

	if (alloc_flags & ALLOC_HIGH)
		min -= min / 2;
	if (alloc_flags & ALLOC_HARDER)
		min -= min / 4;
	return free > min + (long)z->lowmem_reserve[classzone_idx];
}
