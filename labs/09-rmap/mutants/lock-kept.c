/* The lock is lost. */
pte_t *page_check_address(struct page *page, struct mm_struct *mm, unsigned long address, spinlock_t **ptlp)
{
	pgd_t *pgd = pgd_offset(mm, address);
	pmd_t *pmd;
	pte_t *pte;

	if (!pgd_present(*pgd))
		return NULL;
	pmd = pmd_offset(pgd, address);
	if (!pmd_present(*pmd))
		return NULL;
	pte = pte_offset_map(pmd, address);
	if (!pte_present(*pte)) {	/* most often, and no lock is needed to see it */
		pte_unmap(pte);
		return NULL;
	}
	*ptlp = pte_lockptr(mm, pmd);
	spin_lock(*ptlp);
	if (pte_present(*pte) && page_to_pfn(page) == pte_pfn(*pte))
		return pte;
	pte_unmap(pte);
	return NULL;
}
