/* Whoever still uses the window is not found out. */
static void unmap_slot(unsigned int nr)
{
	pte_t *pte = pkmap_page_table + nr;

	ASSERT(!pte_none(*pte));
	pkmap_count[nr] = 0;
	set_page_address(pte_page(*pte), NULL);
}
