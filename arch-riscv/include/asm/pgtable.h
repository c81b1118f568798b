#ifndef ASM_PGTABLE_H
#define ASM_PGTABLE_H

/*
 * Sv39: three levels of 512 entries, pgd → pmd → pte, for 1 GiB, 2 MiB and 4 KiB.
 *
 *	 63   54 53                    10   9    8     7 6 5 4 3 2 1 0
 *	┌───────┬────────────────────────┬────┬────┬─────────────────────┐
 *	│   0   │   page frame number    │  - │ PN │ D A G U X W R V     │  present; PROT_NONE: PN without V, R, W, X
 *	│       offset                   │  0 │  0 │ 0 0 [ type 5 ] V=0  │  swap and migration entries
 *	└───────┴────────────────────────┴────┴────┴─────────────────────┘
 * V without R, W, X points to the next table. W without R is reserved, so a writable page is readable.
 *
 * The kernel's half of the root table (entries 256..511) is the same in every pgd: pgd_alloc copies it, and what it
 * points to in the vmalloc window is allocated at boot, so that it never changes. Thus no fault copies it lazily.
 *
 * Locks: an entry is changed under its table's lock (page->ptl, through pte_offset_map_lock), the upper levels under
 * mm->page_table_lock. The hardware may set A and D at any time; the ptep_* operations are atomic against that.
 */
#include "kernel/atomic.h"
#include <asm/page.h>

#define _PAGE_PRESENT	(1UL << 0)
#define _PAGE_READ	(1UL << 1)
#define _PAGE_WRITE	(1UL << 2)
#define _PAGE_EXEC	(1UL << 3)
#define _PAGE_USER	(1UL << 4)
#define _PAGE_GLOBAL	(1UL << 5)
#define _PAGE_ACCESSED	(1UL << 6)
#define _PAGE_DIRTY	(1UL << 7)
#define _PAGE_PROTNONE	(1UL << 8)	/* software: there is a page, and nobody may touch it */
#define _PAGE_PFN_SHIFT	10
#define _PAGE_LEAF	(_PAGE_READ | _PAGE_WRITE | _PAGE_EXEC)
#define _PAGE_CHG_MASK	((~0UL << _PAGE_PFN_SHIFT) | _PAGE_ACCESSED | _PAGE_DIRTY)	/* what pte_modify keeps */

#define PMD_SHIFT	21
#define PMD_SIZE	(1UL << PMD_SHIFT)
#define PMD_MASK	(~(PMD_SIZE - 1))
#define PGDIR_SHIFT	30
#define PGDIR_SIZE	(1UL << PGDIR_SHIFT)
#define PGDIR_MASK	(~(PGDIR_SIZE - 1))
#define PTRS_PER_PGD	512
#define PTRS_PER_PMD	512
#define PTRS_PER_PTE	512
#define USER_PTRS_PER_PGD	256
#define FIRST_USER_ADDRESS	0UL

#define VMALLOC_START	(PAGE_OFFSET + DIRECT_MAP_SIZE)
#define VMALLOC_END	(VMALLOC_START + (16UL << 30))

/* ---- protections ------------------------------------------------------------------- */
#define __PAGE_USER(rwx) __pgprot(_PAGE_PRESENT | _PAGE_USER | _PAGE_ACCESSED | _PAGE_READ | (rwx))
#define PAGE_NONE	__pgprot(_PAGE_PROTNONE | _PAGE_ACCESSED)
#define PAGE_READONLY	__PAGE_USER(0)
#define PAGE_READONLY_EXEC __PAGE_USER(_PAGE_EXEC)
#define PAGE_SHARED	__PAGE_USER(_PAGE_WRITE)
#define PAGE_SHARED_EXEC __PAGE_USER(_PAGE_WRITE | _PAGE_EXEC)
#define PAGE_COPY	PAGE_READONLY
#define PAGE_COPY_EXEC	PAGE_READONLY_EXEC

#define __PAGE_KERNEL(rwx) __pgprot(_PAGE_PRESENT | _PAGE_GLOBAL | _PAGE_ACCESSED | _PAGE_DIRTY | _PAGE_READ | (rwx))
#define PAGE_KERNEL	__PAGE_KERNEL(_PAGE_WRITE)
#define PAGE_KERNEL_RO	__PAGE_KERNEL(0)
#define PAGE_KERNEL_RX	__PAGE_KERNEL(_PAGE_EXEC)
#define PAGE_KERNEL_NOCACHE PAGE_KERNEL	/* the platform's physical memory attributes say what is a device */

/* ---- the walk ------------------------------------------------------------------------ */
#define pgd_index(addr)	(((addr) >> PGDIR_SHIFT) & (PTRS_PER_PGD - 1))
#define pmd_index(addr)	(((addr) >> PMD_SHIFT) & (PTRS_PER_PMD - 1))
#define pte_index(addr)	(((addr) >> PAGE_SHIFT) & (PTRS_PER_PTE - 1))

static inline int pgd_none(pgd_t pgd) { return !pgd_val(pgd); }
static inline int pgd_present(pgd_t pgd) { return pgd_val(pgd) & _PAGE_PRESENT; }
static inline int pgd_bad(pgd_t pgd) { return (pgd_val(pgd) & (_PAGE_PRESENT | _PAGE_LEAF)) != _PAGE_PRESENT; }
static inline int pgd_leaf(pgd_t pgd) { return pgd_present(pgd) && (pgd_val(pgd) & _PAGE_LEAF); }
static inline int pmd_none(pmd_t pmd) { return !pmd_val(pmd); }
static inline int pmd_present(pmd_t pmd) { return pmd_val(pmd) & _PAGE_PRESENT; }
static inline int pmd_bad(pmd_t pmd) { return (pmd_val(pmd) & (_PAGE_PRESENT | _PAGE_LEAF)) != _PAGE_PRESENT; }
static inline int pmd_leaf(pmd_t pmd) { return pmd_present(pmd) && (pmd_val(pmd) & _PAGE_LEAF); }
static inline void set_pgd(pgd_t *p, pgd_t v) { WRITE_ONCE(p->pgd, pgd_val(v)); }
static inline void set_pmd(pmd_t *p, pmd_t v) { WRITE_ONCE(p->pmd, pmd_val(v)); }
static inline void pgd_clear(pgd_t *pgd) { set_pgd(pgd, __pgd(0)); }
static inline void pmd_clear(pmd_t *pmd) { set_pmd(pmd, __pmd(0)); }

#define pgd_page_vaddr(pgd)	((unsigned long)__va(pgd_val(pgd) >> _PAGE_PFN_SHIFT << PAGE_SHIFT))
#define pmd_page_vaddr(pmd)	((unsigned long)__va(pmd_val(pmd) >> _PAGE_PFN_SHIFT << PAGE_SHIFT))
#define pmd_page(pmd)		pfn_to_page(pmd_val(pmd) >> _PAGE_PFN_SHIFT)

extern pgd_t swapper_pg_dir[PTRS_PER_PGD];

#define pgd_offset(mm, addr)	((mm)->pgd + pgd_index(addr))
#define pgd_offset_k(addr)	(swapper_pg_dir + pgd_index(addr))
static inline pmd_t *pmd_offset(pgd_t *pgd, unsigned long addr) { return (pmd_t *)pgd_page_vaddr(*pgd) + pmd_index(addr); }
static inline pte_t *pte_offset_kernel(pmd_t *pmd, unsigned long addr) { return (pte_t *)pmd_page_vaddr(*pmd) + pte_index(addr); }

/* ---- tables (pgtable.c). Zeroed; NULL without memory. => may sleep ---- */
struct mm_struct;
struct page;
pmd_t *pmd_alloc_one(struct mm_struct *mm, unsigned long addr);
void pmd_free(pmd_t *pmd);

/* The new table's zeroes must be seen before the table is: the other harts' walkers read without locks. */
#define __table_entry(virt)	((unsigned long)(__pa(virt) >> PAGE_SHIFT) << _PAGE_PFN_SHIFT | _PAGE_PRESENT)
#define pgd_populate(mm, pgd, pmd)	do { smp_wmb(); set_pgd(pgd, __pgd(__table_entry(pmd))); } while (0)
#define pmd_populate_kernel(mm, pmd, pte) do { smp_wmb(); set_pmd(pmd, __pmd(__table_entry(pte))); } while (0)
#define pmd_populate(mm, pmd, page)	do {				\
	smp_wmb();							\
	set_pmd(pmd, __pmd(page_to_pfn(page) << _PAGE_PFN_SHIFT | _PAGE_PRESENT)); \
} while (0)

#define pgd_ERROR(e)	printk(KERN_ERR "%s:%d: bad pgd %016lx\n", __FILE__, __LINE__, pgd_val(e))
#define pmd_ERROR(e)	printk(KERN_ERR "%s:%d: bad pmd %016lx\n", __FILE__, __LINE__, pmd_val(e))
#define pte_ERROR(e)	printk(KERN_ERR "%s:%d: bad pte %016lx\n", __FILE__, __LINE__, pte_val(e))

/* ---- an entry -------------------------------------------------------------------------- */
#define pfn_pte(pfn, prot)	__pte((unsigned long)(pfn) << _PAGE_PFN_SHIFT | pgprot_val(prot))
#define mk_pte(page, prot)	pfn_pte(page_to_pfn(page), prot)
#define pte_pfn(pte)		(pte_val(pte) >> _PAGE_PFN_SHIFT)
#define pte_page(pte)		pfn_to_page(pte_pfn(pte))

static inline int pte_none(pte_t pte) { return !pte_val(pte); }
static inline int pte_present(pte_t pte) { return !!(pte_val(pte) & (_PAGE_PRESENT | _PAGE_PROTNONE)); }
static inline int pte_write(pte_t pte) { return !!(pte_val(pte) & _PAGE_WRITE); }
static inline int pte_exec(pte_t pte) { return !!(pte_val(pte) & _PAGE_EXEC); }
static inline int pte_user(pte_t pte) { return !!(pte_val(pte) & _PAGE_USER); }
static inline int pte_dirty(pte_t pte) { return !!(pte_val(pte) & _PAGE_DIRTY); }
static inline int pte_young(pte_t pte) { return !!(pte_val(pte) & _PAGE_ACCESSED); }
static inline int pte_same(pte_t a, pte_t b) { return pte_val(a) == pte_val(b); }

static inline pte_t pte_mkwrite(pte_t pte) { return __pte(pte_val(pte) | _PAGE_WRITE); }
static inline pte_t pte_wrprotect(pte_t pte) { return __pte(pte_val(pte) & ~_PAGE_WRITE); }
static inline pte_t pte_mkexec(pte_t pte) { return __pte(pte_val(pte) | _PAGE_EXEC); }
static inline pte_t pte_mkdirty(pte_t pte) { return __pte(pte_val(pte) | _PAGE_DIRTY); }
static inline pte_t pte_mkclean(pte_t pte) { return __pte(pte_val(pte) & ~_PAGE_DIRTY); }
static inline pte_t pte_mkyoung(pte_t pte) { return __pte(pte_val(pte) | _PAGE_ACCESSED); }
static inline pte_t pte_mkold(pte_t pte) { return __pte(pte_val(pte) & ~_PAGE_ACCESSED); }
static inline pte_t pte_modify(pte_t pte, pgprot_t prot) { return __pte((pte_val(pte) & _PAGE_CHG_MASK) | pgprot_val(prot)); }

static inline void set_pte(pte_t *ptep, pte_t pte) { WRITE_ONCE(ptep->pte, pte_val(pte)); }
/* What was stored into a new page must be seen before its entry is, as with tables above. */
#define set_pte_at(mm, addr, ptep, pte)	do { smp_wmb(); set_pte(ptep, pte); } while (0)
#define pte_clear(mm, addr, ptep)	set_pte(ptep, __pte(0))
static inline pte_t native_ptep_get_and_clear(pte_t *ptep) { return __pte(xchg(&ptep->pte, 0UL)); }
#define ptep_get_and_clear(mm, addr, ptep)	native_ptep_get_and_clear(ptep)

/* Take @bits out of an entry while the hardware may set A and D; true: one of them was set. */
static inline int __ptep_take(pte_t *ptep, unsigned long bits)
{
	return !!(__atomic_fetch_and(&ptep->pte, ~bits, __ATOMIC_SEQ_CST) & bits);
}
#define ptep_test_and_clear_young(vma, addr, ptep)	(pte_young(*(ptep)) && __ptep_take(ptep, _PAGE_ACCESSED))
#define ptep_test_and_clear_dirty(vma, addr, ptep)	(pte_dirty(*(ptep)) && __ptep_take(ptep, _PAGE_DIRTY))
#define ptep_set_wrprotect(mm, addr, ptep)		((void)__ptep_take(ptep, _PAGE_WRITE))

/*
 * Give a present entry the rights and marks of @entry, which has more of them: no flush, the fault is repeated.
 * True if it changed.
 */
static inline int __ptep_add(pte_t *ptep, unsigned long bits)
{
	return (__atomic_fetch_or(&ptep->pte, bits, __ATOMIC_SEQ_CST) & bits) != bits;
}
#define ptep_set_access_flags(vma, addr, ptep, entry, dirty) \
	__ptep_add(ptep, pte_val(entry) & (_PAGE_WRITE | _PAGE_EXEC | _PAGE_ACCESSED | _PAGE_DIRTY))

/* ---- swap and migration entries: neither none nor present, whatever type and offset ---- */
typedef struct { unsigned long val; } swp_entry_t;
#define __SWP_TYPE_SHIFT	1
#define __SWP_TYPE_BITS		5
#define __swp_type(x)		(((x).val >> __SWP_TYPE_SHIFT) & ((1UL << __SWP_TYPE_BITS) - 1))
#define __swp_offset(x)		((x).val >> _PAGE_PFN_SHIFT)
#define __swp_entry(type, offset) ((swp_entry_t){ \
	(unsigned long)(type) << __SWP_TYPE_SHIFT | (unsigned long)(offset) << _PAGE_PFN_SHIFT })
#define __pte_to_swp_entry(pte)	((swp_entry_t){ pte_val(pte) })
#define __swp_entry_to_pte(x)	__pte((x).val)

#include "mm/pgtable.h"

#endif
