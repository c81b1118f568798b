/* From slot 0, where the flush is, for each new window. */
static int find_slot(void)
{
	last_pkmap_nr = LAST_PKMAP_MASK;
	for (unsigned int n = 0; n < LAST_PKMAP; n++) {
		last_pkmap_nr = (last_pkmap_nr + 1) & LAST_PKMAP_MASK;
		if (!last_pkmap_nr)
			flush_all_zero_pkmaps();
		if (!pkmap_count[last_pkmap_nr])
			return (int)last_pkmap_nr;
	}
	return -1;
}
