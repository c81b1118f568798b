/*
 * highmem.c: the machine's half of high memory, in a build that cuts the direct map short (RVHIGHMEM=1): where the
 * windows are, and those of one hart alone.
 *
 * Owns:  the page tables of both windows; the kmap_atomic slots, a set of KM_TYPE_NR for each CPU.
 * Locks: none: a slot is its CPU's, which cannot be left while it is in use, since nobody sleeps then.
 * Read next: mm/highmem.c (windows that last), mm/kmap_types.h.
 */
#include "kernel/arch.h"
#include "kernel/printk.h"
#include "mm/highmem.h"
#include "mm/mm.h"
#include <asm/setup.h>

pte_t *pkmap_page_table;
static pte_t pkmap_table[PTRS_PER_PTE] __aligned(PAGE_SIZE);
static pte_t fixmap_table[PTRS_PER_PTE] __aligned(PAGE_SIZE);

BUILD_BUG_ON((FIXADDR_START & PMD_MASK) != ((FIXADDR_TOP - 1) & PMD_MASK));	/* one table holds all slots */
BUILD_BUG_ON((PKMAP_BASE & ~PMD_MASK) != 0);
BUILD_BUG_ON((PKMAP_BASE & PGDIR_MASK) != (FIXADDR_START & PGDIR_MASK));	/* one pmd table for both windows */

/* See asm/highmem.h, as all below. */
void __init kmap_init(pmd_t *windows)
{
	pmd_populate_kernel(&init_mm, windows + pmd_index(PKMAP_BASE), pkmap_table);
	pmd_populate_kernel(&init_mm, windows + pmd_index(FIXADDR_START), fixmap_table);
	pkmap_page_table = pkmap_table;
	printk(KERN_INFO "Low memory %lu MiB, high memory %lu MiB; pkmap %lx-%lx, fixmap %lx-%lx\n",
	       (max_low_pfn - min_low_pfn) >> (20 - PAGE_SHIFT), (max_pfn - max_low_pfn) >> (20 - PAGE_SHIFT),
	       PKMAP_BASE, PKMAP_ADDR(LAST_PKMAP), FIXADDR_START, FIXADDR_TOP);
}

static unsigned long slot_address(enum km_type type)
{
	return __fix_to_virt(FIX_KMAP_BEGIN + type + KM_TYPE_NR * smp_processor_id());
}

void *kmap_atomic(struct page *page, enum km_type type)
{
	unsigned long addr = slot_address(type);
	pte_t *pte = fixmap_table + pte_index(addr);

	pagefault_disable();
	if (!PageHighMem(page))
		return lowmem_page_address(page);
	ASSERT(pte_none(*pte));
	set_pte(pte, mk_pte(page, PAGE_KERNEL));
	return (void *)addr;
}

void kunmap_atomic(void *kvaddr, enum km_type type)
{
	unsigned long addr = (unsigned long)kvaddr & PAGE_MASK;

	if (addr >= FIXADDR_START) {
		ASSERT_OP(addr, ==, slot_address(type));
		pte_clear(&init_mm, addr, fixmap_table + pte_index(addr));
		local_flush_tlb_page(addr);
	}
	pagefault_enable();
}

int kmap_atomic_slot(unsigned long addr)
{
	if (addr < __fix_to_virt(FIX_KMAP_BEGIN) || addr > __fix_to_virt(FIX_KMAP_END) + ~PAGE_MASK)
		return -1;
	return (int)((addr - __fix_to_virt(FIX_KMAP_BEGIN)) >> PAGE_SHIFT);
}
