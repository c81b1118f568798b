/* Where the run lies does not matter. */
unsigned long bootmem_pack(bootmem_data_t *bdata, unsigned long index, unsigned long size, unsigned long align,
			   unsigned long *pages)
{
	unsigned long addr = index << PAGE_SHIFT;

	if (align < PAGE_SIZE && bdata->last_offset) {
		unsigned long offset = ALIGN(bdata->last_offset, align);

		if (offset < PAGE_SIZE)
			addr = (bdata->last_pos << PAGE_SHIFT) + offset;
	}
	*pages = DIV_ROUND_UP(addr + size, PAGE_SIZE) - index;
	bdata->last_pos = (addr + size - 1) >> PAGE_SHIFT;
	bdata->last_offset = (addr + size) & ~PAGE_MASK;
	return bdata->node_boot_start + addr;
}
