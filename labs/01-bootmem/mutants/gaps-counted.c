/* Free pages are counted from a start on, taken ones among them are passed over. */
unsigned long bootmem_find_run(const bootmem_data_t *bdata, unsigned long from, unsigned long to,
			       unsigned long n, unsigned long step)
{
	const unsigned long *map = bdata->node_bootmem_map;
	unsigned long first = align_index(bdata_start_pfn(bdata), find_next_zero_bit(map, to, from), step), found = 0;

	for (unsigned long i = first; i < to; i++) {
		found += !test_bit(i, map);
		if (found == n)
			return first;
	}
	return to;
}
