/*
 * pgtable_test.c: what every machine's <asm/pgtable.h> must hold: the kinds of entry do not mix, and changes of an
 * entry change what they say and nothing else.
 */
#include "kernel/arch.h"
#include "kernel/ktest.h"
#include "mm/mm.h"
#include "mm/vmalloc.h"

#define SWAP_TYPES	32	/* the last two are migration entries */

/* An entry that is not none and not present, and that gives back its type and offset. */
static void check_swap_entry(struct ktest *t, unsigned int type, unsigned long offset)
{
	swp_entry_t entry = __swp_entry(type, offset);
	pte_t pte = __swp_entry_to_pte(entry);

	EXPECT(t, !pte_present(pte));
	EXPECT(t, !pte_none(pte));
	EXPECT_EQ(t, __swp_type(__pte_to_swp_entry(pte)), type);
	EXPECT_EQ(t, __swp_offset(__pte_to_swp_entry(pte)), offset);
}

KTEST(pgtable, swap_entries_survive_the_table)
{
	for (unsigned int type = 0; type < SWAP_TYPES; type++)
		for (unsigned long offset = 1; offset < 1UL << 24; offset = offset * 2 + 1)
			check_swap_entry(t, type, offset);
}

/* A migration entry's offset is a pfn: the highest one of the machine must fit. */
KTEST(pgtable, migration_entries_hold_the_last_pfn)
{
	check_swap_entry(t, SWAP_TYPES - 1, max_pfn - 1);
	check_swap_entry(t, SWAP_TYPES - 2, max_pfn - 1);
}

KTEST(pgtable, every_pfn_fits_an_entry)
{
	for (unsigned long pfn = 1; pfn < 1UL << (MAX_PHYSMEM_BITS - PAGE_SHIFT); pfn = pfn * 2 + 1)
		EXPECT_EQ(t, pte_pfn(pfn_pte(pfn, PAGE_SHARED)), pfn);
}

/* No access at all, but a page is there: present, and not accessible to the user. */
KTEST(pgtable, prot_none_is_present)
{
	pte_t pte = pte_mkdirty(pfn_pte(77, PAGE_SHARED));
	pte_t none = pte_modify(pte, PAGE_NONE);

	EXPECT(t, pte_present(none));
	EXPECT(t, !pte_none(none));
	EXPECT(t, !pte_write(none));
	EXPECT(t, !pte_user(none));
	EXPECT(t, pte_dirty(none));
	EXPECT_EQ(t, pte_pfn(none), 77);
	EXPECT(t, pte_same(pte_modify(none, PAGE_SHARED), pte));
}

KTEST(pgtable, changes_of_a_value_change_one_thing)
{
	pte_t pte = pte_mkyoung(pfn_pte(1234, PAGE_READONLY));

	EXPECT(t, pte_present(pte) && pte_young(pte) && !pte_write(pte) && !pte_dirty(pte));
	EXPECT(t, pte_write(pte_mkwrite(pte)));
	EXPECT(t, pte_same(pte_wrprotect(pte_mkwrite(pte)), pte));
	EXPECT(t, pte_dirty(pte_mkdirty(pte)));
	EXPECT(t, pte_same(pte_mkclean(pte_mkdirty(pte)), pte));
	EXPECT(t, !pte_young(pte_mkold(pte)));
	EXPECT(t, pte_same(pte_mkyoung(pte_mkold(pte)), pte));
	EXPECT_EQ(t, pte_pfn(pte_mkwrite(pte_mkdirty(pte_mkold(pte)))), 1234);
}

KTEST(pgtable, entries_in_a_table)
{
	pte_t table[2] = { __pte(0), __pte(0) };
	pte_t pte = pte_mkdirty(pte_mkyoung(pfn_pte(99, PAGE_SHARED)));

	set_pte_at(&init_mm, 0, table, pte);
	EXPECT(t, pte_same(table[0], pte));
	EXPECT(t, pte_none(table[1]));
	EXPECT(t, ptep_test_and_clear_young(NULL, 0, table));
	EXPECT(t, !ptep_test_and_clear_young(NULL, 0, table));
	EXPECT(t, ptep_test_and_clear_dirty(NULL, 0, table));
	EXPECT(t, !ptep_test_and_clear_dirty(NULL, 0, table));
	ptep_set_wrprotect(&init_mm, 0, table);
	EXPECT(t, !pte_write(table[0]));
	EXPECT(t, ptep_set_access_flags(NULL, 0, table, pte, 1));
	EXPECT(t, pte_same(table[0], pte));
	EXPECT(t, !ptep_set_access_flags(NULL, 0, table, pte, 1));
	EXPECT(t, pte_same(ptep_get_and_clear(&init_mm, 0, table), pte));
	EXPECT(t, pte_none(table[0]));
}

/* A new address space sees all that the kernel has mapped and will map: guarded stacks allow no catching up later. */
KTEST(pgtable, kernel_mappings_are_everybodys)
{
	struct mm_struct *mm = mm_alloc();
	char *area = vmalloc(PAGE_SIZE);
	unsigned long addr = (unsigned long)area;

	if (EXPECT(t, mm && area)) {
		pgd_t *pgd = pgd_offset(mm, addr);
		pte_t *pte = pte_offset_kernel(pmd_offset(pgd, addr), addr);

		EXPECT(t, !pgd_none(*pgd));
		EXPECT(t, pte == pte_offset_kernel(pmd_offset(pgd_offset_k(addr), addr), addr));
		EXPECT(t, pte_present(*pte) && pte_write(*pte) && !pte_user(*pte));
		EXPECT(t, pgd_none(*pgd_offset(mm, 0)) || pmd_none(*pmd_offset(pgd_offset(mm, 0), 0)));
	}
	vfree(area);
	if (mm)
		mmput(mm);
}

/* The walk goes entry by entry and stops at the end, even at the top of the address space. */
KTEST(pgtable, the_walk_ends)
{
	EXPECT_EQ(t, pmd_addr_end(PMD_SIZE / 2, PMD_SIZE * 3), PMD_SIZE);
	EXPECT_EQ(t, pmd_addr_end(PMD_SIZE, PMD_SIZE + PAGE_SIZE), PMD_SIZE + PAGE_SIZE);
	EXPECT_EQ(t, pgd_addr_end(-PAGE_SIZE, 0UL), 0UL);
	EXPECT_EQ(t, pgd_addr_end(0UL, PGDIR_SIZE * 2), PGDIR_SIZE);
}
