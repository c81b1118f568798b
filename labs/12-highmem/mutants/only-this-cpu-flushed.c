/* Their translations are older than the table. */
static void flush_all_zero_pkmaps(void)
{
	assert_held(&kmap_lock);
	for (unsigned int i = 0; i < LAST_PKMAP; i++)
		if (pkmap_count[i] == 1)
			unmap_slot(i);
	pkmap_flushes++;
	for (unsigned int i = 0; i < LAST_PKMAP; i++)
		local_flush_tlb_page(PKMAP_ADDR(i));
}
