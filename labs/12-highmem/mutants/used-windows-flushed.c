/* Its user finds another page there, or none. */
static void flush_all_zero_pkmaps(void)
{
	assert_held(&kmap_lock);
	for (unsigned int i = 0; i < LAST_PKMAP; i++)
		if (pkmap_count[i])
			unmap_slot(i);
	pkmap_flushes++;
	flush_tlb_kernel_range(PKMAP_ADDR(0), PKMAP_ADDR(LAST_PKMAP));
}
