/* The search goes on where it was. */
static void free_bootmem_core(bootmem_data_t *bdata, phys_t addr, unsigned long size)
{
	unsigned long start = (unsigned long)((addr + PAGE_SIZE - 1) >> PAGE_SHIFT);
	unsigned long end = (unsigned long)((addr + size) >> PAGE_SHIFT);

	if (!clip_to_map(bdata, &start, &end))
		return;
	for (unsigned long i = start; i < end; i++)
		BUG_ON(!__test_and_clear_bit(i, bdata->node_bootmem_map));	/* freed twice */
	bdata->last_offset = 0;		/* the page that small requests were packed into may be gone */
}
