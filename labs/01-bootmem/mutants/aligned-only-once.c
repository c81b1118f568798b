/* Only the start is aligned. */
unsigned long bootmem_find_run(const bootmem_data_t *bdata, unsigned long from, unsigned long to,
			       unsigned long n, unsigned long step)
{
	const unsigned long *map = bdata->node_bootmem_map;
	unsigned long taken;

	from = align_index(bdata_start_pfn(bdata), find_next_zero_bit(map, to, from), step);
	for (unsigned long i = from; ; i = find_next_zero_bit(map, to, taken + 1)) {
		if (i + n > to)
			return to;
		taken = find_next_bit(map, i + n, i);
		if (taken == i + n)
			return i;
	}
}
