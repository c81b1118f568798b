/* One more than the page in which the range ends. */
static void reserve_bootmem_core(bootmem_data_t *bdata, phys_t addr, unsigned long size)
{
	unsigned long start = (unsigned long)(addr >> PAGE_SHIFT);
	unsigned long end = (unsigned long)((addr + size) >> PAGE_SHIFT) + 1;

	if (!clip_to_map(bdata, &start, &end))
		return;
	for (unsigned long i = start; i < end; i++)
		__set_bit(i, bdata->node_bootmem_map);
}
