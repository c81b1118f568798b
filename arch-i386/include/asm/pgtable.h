#ifndef ASM_PGTABLE_H
#define ASM_PGTABLE_H

/*
 * Page tables: the walk pgd → pmd → pte, predicates, setters. Tables lie in low memory.
 *
 *	PAE	pgd 4 × 1 GiB	pmd 512 × 2 MiB	pte 512 × 4 KiB	64-bit entries, NX in bit 63
 *	classic	pgd 1024 × 4 MiB	(folded)	pte 1024 × 4 KiB	32-bit entries
 *
 * Kinds of pte:		PAE			classic
 *	none		0			0
 *	present		bit 0			bit 0
 *	PROT_NONE	bit 0 clear, bit 7 set	the same; pfn, dirty, young as if present
 *	swap		low word 0; high word:	bits 0 and 7 clear
 *			type 0–4, offset 5–31	type 1–5, offset 8–31
 *	migration	a swap entry of one of the last two types; its offset is the pfn
 *
 * The CPU sets young and dirty on its own, by locked cycles on the low word. PAE entries are two words: the high
 * one is written first when an entry becomes present, the low one first when it goes.
 */
#include "kernel/types.h"
#include "kernel/bitops.h"
#include <asm/page.h>
#include <asm/fixmap.h>

struct mm_struct;
struct page;

#ifdef CONFIG_PAE
#define PGDIR_SHIFT	30
#define PMD_SHIFT	21
#define PTRS_PER_PGD	4
#define PTRS_PER_PMD	512
#define PTRS_PER_PTE	512
#define PTE_PFN_MASK	0x000ffffffffff000ULL
#define _PAGE_NX	(1ULL << 63)
typedef u64 pteval_t;
#else
#define PGDIR_SHIFT	22
#define PMD_SHIFT	22
#define PTRS_PER_PGD	1024
#define PTRS_PER_PMD	1
#define PTRS_PER_PTE	1024
#define PTE_PFN_MASK	0xfffff000u
#define _PAGE_NX	0u
typedef u32 pteval_t;
#endif
#define PGDIR_SIZE	(1UL << PGDIR_SHIFT)
#define PGDIR_MASK	(~(PGDIR_SIZE - 1))
#define PMD_SIZE	(1UL << PMD_SHIFT)
#define PMD_MASK	(~(PMD_SIZE - 1))
#define USER_PTRS_PER_PGD	(PAGE_OFFSET / PGDIR_SIZE)
#define FIRST_USER_ADDRESS	0UL

#define _PAGE_BIT_ACCESSED	5
#define _PAGE_BIT_DIRTY		6
#define _PAGE_PRESENT	((pteval_t)0x001)
#define _PAGE_RW	((pteval_t)0x002)
#define _PAGE_USER	((pteval_t)0x004)
#define _PAGE_PWT	((pteval_t)0x008)
#define _PAGE_PCD	((pteval_t)0x010)
#define _PAGE_ACCESSED	((pteval_t)0x020)
#define _PAGE_DIRTY	((pteval_t)0x040)
#define _PAGE_PSE	((pteval_t)0x080)	/* in a pmd: a large page */
#define _PAGE_PROTNONE	((pteval_t)0x080)	/* in a pte that is not present */
#define _PAGE_GLOBAL	((pteval_t)0x100)
#define _KERNPG_TABLE	(_PAGE_PRESENT | _PAGE_RW | _PAGE_ACCESSED | _PAGE_DIRTY)
#define _PAGE_TABLE	(_KERNPG_TABLE | _PAGE_USER)
#define _PAGE_CHG_MASK	(PTE_PFN_MASK | _PAGE_ACCESSED | _PAGE_DIRTY)

#define __USER_PAGE(flags)	__pgprot(_PAGE_PRESENT | _PAGE_USER | _PAGE_ACCESSED | (flags))
#define PAGE_NONE		__pgprot(_PAGE_PROTNONE | _PAGE_ACCESSED)
#define PAGE_SHARED		__USER_PAGE(_PAGE_RW | _PAGE_NX)
#define PAGE_SHARED_EXEC	__USER_PAGE(_PAGE_RW)
#define PAGE_COPY		__USER_PAGE(_PAGE_NX)
#define PAGE_COPY_EXEC		__USER_PAGE(0)
#define PAGE_READONLY		PAGE_COPY
#define PAGE_READONLY_EXEC	PAGE_COPY_EXEC

#define __KERNEL_PAGE(flags)	__pgprot(_PAGE_PRESENT | _PAGE_ACCESSED | _PAGE_DIRTY | _PAGE_GLOBAL | (flags))
#define PAGE_KERNEL		__KERNEL_PAGE(_PAGE_RW | _PAGE_NX)
#define PAGE_KERNEL_RO		__KERNEL_PAGE(_PAGE_NX)
#define PAGE_KERNEL_RX		__KERNEL_PAGE(0)
#define PAGE_KERNEL_NOCACHE	__KERNEL_PAGE(_PAGE_RW | _PAGE_NX | _PAGE_PCD | _PAGE_PWT)

/* The window for vmalloc: as much as vmalloc= says (128 MiB), below the pkmap window. */
extern unsigned long vmalloc_start;
#define VMALLOC_START	vmalloc_start
#define VMALLOC_END	(PKMAP_BASE - 2 * PAGE_SIZE)
#define PKMAP_BASE	((FIXADDR_START - PAGE_SIZE * (PTRS_PER_PTE + 1)) & PMD_MASK)

extern pgd_t swapper_pg_dir[];
extern pteval_t supported_pte_mask;	/* all but NX where the CPU has none */

/* ---- pte: predicates and changes of a value ---- */
static inline bool pte_none(pte_t pte) { return !pte_val(pte); }
static inline bool pte_present(pte_t pte) { return pte.pte_low & (_PAGE_PRESENT | _PAGE_PROTNONE); }
static inline bool pte_write(pte_t pte) { return pte.pte_low & _PAGE_RW; }
static inline bool pte_dirty(pte_t pte) { return pte.pte_low & _PAGE_DIRTY; }
static inline bool pte_young(pte_t pte) { return pte.pte_low & _PAGE_ACCESSED; }
static inline bool pte_user(pte_t pte) { return pte.pte_low & _PAGE_USER; }
static inline bool pte_exec(pte_t pte) { return pte_user(pte) && !(pte_val(pte) & _PAGE_NX); }
static inline bool pte_same(pte_t a, pte_t b) { return pte_val(a) == pte_val(b); }
static inline unsigned long pte_pfn(pte_t pte) { return (unsigned long)((pte_val(pte) & PTE_PFN_MASK) >> PAGE_SHIFT); }

static inline pte_t pte_mkwrite(pte_t pte) { pte.pte_low |= _PAGE_RW; return pte; }
static inline pte_t pte_wrprotect(pte_t pte) { pte.pte_low &= ~_PAGE_RW; return pte; }
static inline pte_t pte_mkdirty(pte_t pte) { pte.pte_low |= _PAGE_DIRTY; return pte; }
static inline pte_t pte_mkclean(pte_t pte) { pte.pte_low &= ~_PAGE_DIRTY; return pte; }
static inline pte_t pte_mkyoung(pte_t pte) { pte.pte_low |= _PAGE_ACCESSED; return pte; }
static inline pte_t pte_mkold(pte_t pte) { pte.pte_low &= ~_PAGE_ACCESSED; return pte; }

static inline pte_t pfn_pte(unsigned long pfn, pgprot_t prot)
{
	return __pte(((pteval_t)pfn << PAGE_SHIFT | pgprot_val(prot)) & supported_pte_mask);
}

/* The same page, young and dirty as before, with other permissions. */
static inline pte_t pte_modify(pte_t pte, pgprot_t prot)
{
	return __pte(((pte_val(pte) & _PAGE_CHG_MASK) | pgprot_val(prot)) & supported_pte_mask);
}

#define mk_pte(page, prot)	pfn_pte(page_to_pfn(page), (prot))
#define pte_page(pte)		pfn_to_page(pte_pfn(pte))

/* ---- pte: in a table. => the table's lock held, or a table that nobody else sees ---- */
#ifdef CONFIG_PAE
static inline void set_pte(pte_t *ptep, pte_t pte)
{
	WRITE_ONCE(ptep->pte_high, pte.pte_high);
	barrier();
	WRITE_ONCE(ptep->pte_low, pte.pte_low);
}

/* Present to present: no other CPU may see half of it. */
static inline void set_pte_atomic(pte_t *ptep, pte_t pte)
{
	u64 old = ptep->pte;

	__asm__ __volatile__("1: lock; cmpxchg8b %0; jnz 1b" : "+m"(ptep->pte), "+A"(old)
			     : "b"(pte.pte_low), "c"(pte.pte_high) : "memory", "cc");
}

static inline void native_pte_clear(pte_t *ptep)
{
	WRITE_ONCE(ptep->pte_low, 0);
	barrier();
	WRITE_ONCE(ptep->pte_high, 0);
}

/* The exchange of the low word takes young and dirty with it, whatever another CPU is doing. */
static inline pte_t native_ptep_get_and_clear(pte_t *ptep)
{
	pte_t old;

	old.pte_low = __atomic_exchange_n(&ptep->pte_low, 0, __ATOMIC_SEQ_CST);
	old.pte_high = ptep->pte_high;
	ptep->pte_high = 0;
	return old;
}
#else
static inline void set_pte(pte_t *ptep, pte_t pte) { WRITE_ONCE(ptep->pte_low, pte.pte_low); }
static inline void set_pte_atomic(pte_t *ptep, pte_t pte) { set_pte(ptep, pte); }
static inline void native_pte_clear(pte_t *ptep) { WRITE_ONCE(ptep->pte_low, 0); }
static inline pte_t native_ptep_get_and_clear(pte_t *ptep)
{
	return __pte(__atomic_exchange_n(&ptep->pte_low, 0, __ATOMIC_SEQ_CST));
}
#endif

#define set_pte_at(mm, addr, ptep, pte)		set_pte(ptep, pte)
#define pte_clear(mm, addr, ptep)		native_pte_clear(ptep)
#define ptep_get_and_clear(mm, addr, ptep)	native_ptep_get_and_clear(ptep)
#define ptep_set_wrprotect(mm, addr, ptep) \
	((void)__atomic_fetch_and(&(ptep)->pte_low, ~(u32)_PAGE_RW, __ATOMIC_SEQ_CST))

static inline bool __ptep_test_and_clear(pte_t *ptep, unsigned int bit)
{
	return READ_ONCE(ptep->pte_low) & (1u << bit) &&
	       __atomic_fetch_and(&ptep->pte_low, ~(1u << bit), __ATOMIC_SEQ_CST) & (1u << bit);
}
/* => without a flush, the CPUs may not set the bit again for a while */
#define ptep_test_and_clear_young(vma, addr, ptep)	__ptep_test_and_clear(ptep, _PAGE_BIT_ACCESSED)
#define ptep_test_and_clear_dirty(vma, addr, ptep)	__ptep_test_and_clear(ptep, _PAGE_BIT_DIRTY)

/* @entry is *ptep with more permission, younger, dirtier: no flush needed. True: it changed. */
#define ptep_set_access_flags(vma, addr, ptep, entry, dirty)	__ptep_set_access_flags(ptep, entry)
static inline bool __ptep_set_access_flags(pte_t *ptep, pte_t entry)
{
	bool changed = !pte_same(*ptep, entry);

	if (changed)
		set_pte_atomic(ptep, entry);
	return changed;
}


/* ---- swap entries ---- */
typedef struct { unsigned long val; } swp_entry_t;
#define MAX_SWAPFILES_SHIFT	5
#define __swp_type(e)		((unsigned)((e).val & 0x1f))
#define __swp_offset(e)		((e).val >> 5)
#define __swp_entry(type, off)	((swp_entry_t){ ((unsigned long)(off) << 5) | (type) })
#ifdef CONFIG_PAE
#define __pte_to_swp_entry(pte)	((swp_entry_t){ (pte).pte_high })
#define __swp_entry_to_pte(e)	__pte((u64)(e).val << 32)
_Static_assert(sizeof(pte_t) == 8, "two words");
#else
#define __pte_to_swp_entry(pte)	__swp_entry((pte).pte_low >> 1 & 0x1f, (pte).pte_low >> 8)
#define __swp_entry_to_pte(e)	__pte((u32)(__swp_offset(e) << 8 | __swp_type(e) << 1))
_Static_assert(((0x1f << 1 | ~0xffu) & (_PAGE_PRESENT | _PAGE_PROTNONE)) == 0, "a swap entry is not present");
_Static_assert(MAX_SWAPFILES_SHIFT == 5, "bits 1 to 5");
#endif
_Static_assert((_PAGE_PROTNONE & (_PAGE_PRESENT | _PAGE_CHG_MASK)) == 0, "PROT_NONE keeps pfn, young and dirty");

/* ---- pmd, pgd ---- */
#define pmd_none(pmd)		(!pmd_val(pmd))
#define pmd_present(pmd)	((pmd_val(pmd) & _PAGE_PRESENT) != 0)
#define pmd_bad(pmd)		((pmd_val(pmd) & (~PTE_PFN_MASK & ~_PAGE_USER)) != _KERNPG_TABLE)
#define pmd_page_vaddr(pmd)	((unsigned long)__va(pmd_val(pmd) & PTE_PFN_MASK))
#define pmd_page(pmd)		pfn_to_page((unsigned long)((pmd_val(pmd) & PTE_PFN_MASK) >> PAGE_SHIFT))

#ifdef CONFIG_PAE
static inline void set_pmd(pmd_t *pmdp, pmd_t pmd) { set_pte((pte_t *)pmdp, __pte(pmd_val(pmd))); }
#define pmd_clear(pmdp)		native_pte_clear((pte_t *)(pmdp))
#define pgd_none(pgd)		(!pgd_val(pgd))
#define pgd_present(pgd)	((pgd_val(pgd) & _PAGE_PRESENT) != 0)
#define pgd_bad(pgd)		((pgd_val(pgd) & ~PTE_PFN_MASK) != _PAGE_PRESENT)
/* => flush_tlb_mm before the pmd page is freed: CPUs keep the four top entries until CR3 is loaded */
#define pgd_clear(pgdp)		native_pte_clear((pte_t *)(pgdp))
#define pgd_page_vaddr(pgd)	((unsigned long)__va(pgd_val(pgd) & PTE_PFN_MASK))
#define pmd_index(addr)		((addr) >> PMD_SHIFT & (PTRS_PER_PMD - 1))
#define pmd_offset(pgdp, addr)	((pmd_t *)pgd_page_vaddr(*(pgdp)) + pmd_index(addr))
pmd_t *pmd_alloc_one(struct mm_struct *mm, unsigned long addr);	/* zeroed; NULL without memory */
void pmd_free(pmd_t *pmd);
/* => mm->page_table_lock held, interrupts on: CPUs that run @mm are told to read it */
void pgd_populate(struct mm_struct *mm, pgd_t *pgdp, pmd_t *pmd);
#else
static inline void set_pmd(pmd_t *pmdp, pmd_t pmd) { WRITE_ONCE(pmdp->pgd.pgd, pmd_val(pmd)); }
#define pmd_clear(pmdp)		set_pmd(pmdp, __pmd(0))
#define pgd_none(pgd)		((void)(pgd), 0)
#define pgd_present(pgd)	((void)(pgd), 1)
#define pgd_bad(pgd)		((void)(pgd), 0)
#define pgd_clear(pgdp)		((void)(pgdp))
#define pmd_offset(pgdp, addr)	((void)(addr), (pmd_t *)(pgdp))
#define pmd_alloc_one(mm, addr)	((void)(mm), (void)(addr), (pmd_t *)NULL)	/* never asked: no pgd is none */
#define pmd_free(pmd)		((void)(pmd))
#define pgd_populate(mm, pgdp, pmd)	((void)(mm), (void)(pgdp), (void)(pmd))
#endif

#define pgd_index(addr)		((unsigned long)(addr) >> PGDIR_SHIFT)
#define pgd_offset(mm, addr)	((mm)->pgd + pgd_index(addr))
#define pgd_offset_k(addr)	(swapper_pg_dir + pgd_index(addr))

#define pte_index(addr)			((unsigned long)(addr) >> PAGE_SHIFT & (PTRS_PER_PTE - 1))
#define pte_offset_kernel(pmdp, addr)	((pte_t *)pmd_page_vaddr(*(pmdp)) + pte_index(addr))

#define pmd_populate(mm, pmdp, page)	set_pmd(pmdp, __pmd(_PAGE_TABLE | (pteval_t)page_to_phys(page)))
#define pmd_populate_kernel(mm, pmdp, pte) set_pmd(pmdp, __pmd(_KERNPG_TABLE | (pteval_t)__pa(pte)))

#include "mm/pgtable.h"

#endif
