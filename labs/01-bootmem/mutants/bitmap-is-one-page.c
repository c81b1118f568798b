/* Its first page, and no more. */
static unsigned long free_all_bootmem_core(pg_data_t *pgdat)
{
	bootmem_data_t *bdata = pgdat->bdata;
	unsigned long nr_bits = bdata->node_low_pfn - bdata_start_pfn(bdata), count = 0;

	for (unsigned long i = 0; i < nr_bits; i += (unsigned long)BITS_PER_LONG)
		count += free_map_word(bdata, i, nr_bits);
	pgdat->bdata = NULL;
	__free_pages_bootmem(virt_to_page(bdata->node_bootmem_map), 0);
	return count + 1;
}
