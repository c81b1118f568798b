#ifndef MM_PGTABLE_H
#define MM_PGTABLE_H

/*
 * What follows from any machine's <asm/pgtable.h>, which includes it last: where a walk's steps end, and tables of ptes, mapped
 * and locked. No machine here has its tables in high memory, so that mapping one costs nothing; their users are as in 2.6.20.
 */

/* Where the entry that covers @addr ends, or @end if that comes first (as numbers that may wrap to 0). */
#define __level_addr_end(addr, end, size) ({					\
	unsigned long __boundary = ((addr) + (size)) & ~((size) - 1);		\
	__boundary - 1 < (end) - 1 ? __boundary : (end); })
#define pgd_addr_end(addr, end)	__level_addr_end(addr, end, PGDIR_SIZE)
#define pmd_addr_end(addr, end)	__level_addr_end(addr, end, PMD_SIZE)

#define pte_offset_map(pmdp, addr)	pte_offset_kernel(pmdp, addr)
#define pte_offset_map_nested(pmdp, addr) pte_offset_kernel(pmdp, addr)
#define pte_unmap(ptep)			((void)(ptep))
#define pte_unmap_nested(ptep)		((void)(ptep))

#define pte_lockptr(mm, pmdp)		((void)(mm), &pmd_page(*(pmdp))->ptl)
#define pte_offset_map_lock(mm, pmdp, addr, ptlp) ({				\
	spinlock_t *__ptl = pte_lockptr(mm, pmdp);				\
	pte_t *__ptep = pte_offset_map(pmdp, addr);				\
	*(ptlp) = __ptl;							\
	spin_lock(__ptl);							\
	__ptep; })
#define pte_unmap_unlock(ptep, ptl)	do { spin_unlock(ptl); pte_unmap(ptep); } while (0)

#endif
