/* From the start, always. */
void *__alloc_bootmem_core(bootmem_data_t *bdata, unsigned long size, unsigned long align,
			   unsigned long goal, unsigned long limit)
{
	unsigned long base = bdata_start_pfn(bdata), end = bdata->node_low_pfn;
	unsigned long n = DIV_ROUND_UP(size, PAGE_SIZE), step = max(align >> PAGE_SHIFT, 1UL);
	unsigned long index, addr, pages;

	BUG_ON(!size || !is_power_of_2(align));
	if (limit)
		end = min(end, limit >> PAGE_SHIFT);
	if (end <= base)
		return NULL;
	end -= base;
	index = 0;
	index = bootmem_find_run(bdata, index, end, n, step);
	if (index == end)
		index = bootmem_find_run(bdata, 0, end, n, step);
	if (index == end)
		return NULL;

	bdata->last_success = bdata->node_boot_start + (index << PAGE_SHIFT);
	addr = bootmem_pack(bdata, index, size, align, &pages);
	reserve_bootmem_core(bdata, (phys_t)(base + index) << PAGE_SHIFT, pages << PAGE_SHIFT);
	return memset(__va(addr), 0, size);
}
