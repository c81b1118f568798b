/* Alignment is not looked at. */
static unsigned long free_map_word(bootmem_data_t *bdata, unsigned long i, unsigned long nr_bits)
{
	unsigned long *map = bdata->node_bootmem_map, pfn = bdata_start_pfn(bdata) + i, count = 0;

	if (i + BITS_PER_LONG <= nr_bits && !map[BIT_WORD(i)]) {
		__free_pages_bootmem(pfn_to_page(pfn), (unsigned int)ilog2(BITS_PER_LONG));
		return (unsigned long)BITS_PER_LONG;
	}
	for (unsigned long end = min(i + BITS_PER_LONG, nr_bits); i < end; i++, pfn++) {
		if (test_bit(i, map))
			continue;
		__free_pages_bootmem(pfn_to_page(pfn), 0);
		count++;
	}
	return count;
}
