/* The end itself is out of bounds. */
unsigned long bootmem_find_run(const bootmem_data_t *bdata, unsigned long from, unsigned long to,
			       unsigned long n, unsigned long step)
{
	const unsigned long *map = bdata->node_bootmem_map;
	unsigned long taken;

	for (unsigned long i = from; ; i = taken + 1) {
		i = align_index(bdata_start_pfn(bdata), find_next_zero_bit(map, to, i), step);
		if (i + n >= to)
			return to;
		taken = find_next_bit(map, i + n, i);
		if (taken == i + n)
			return i;
	}
}
