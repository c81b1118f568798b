/* The page is found in a slot that shows nothing. */
static void unmap_slot(unsigned int nr)
{
	pte_t *pte = pkmap_page_table + nr;

	ASSERT(!pte_none(*pte));
	pkmap_count[nr] = 0;
	pte_clear(&init_mm, PKMAP_ADDR(nr), pte);
}
