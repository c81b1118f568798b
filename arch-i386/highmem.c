/*
 * highmem.c: the machine's half of high memory: where its windows are, and those of one CPU alone.
 *
 * Owns:  the ptes of the kmap_atomic slots (pgtable.c has their table), a set of KM_TYPE_NR for each CPU.
 * Locks: none: a slot is its CPU's, which cannot be left while it is in use, since nobody sleeps then.
 * Read next: mm/highmem.c (windows that last), mm/kmap_types.h.
 */
#include "kernel/arch.h"
#include "mm/highmem.h"
#include "mm/mm.h"
#include <asm/tlbflush.h>

static unsigned long slot_address(enum km_type type)
{
	return __fix_to_virt(FIX_KMAP_BEGIN + type + KM_TYPE_NR * smp_processor_id());
}

/* See asm/highmem.h, as all below. */
void *kmap_atomic(struct page *page, enum km_type type)
{
	unsigned long addr = slot_address(type);
	pte_t *pte = fixmap_pte(addr);

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
		pte_clear(&init_mm, addr, fixmap_pte(addr));
		__flush_tlb_one(addr);
	}
	pagefault_enable();
}

int kmap_atomic_slot(unsigned long addr)
{
	if (addr > __fix_to_virt(FIX_KMAP_BEGIN) + ~PAGE_MASK || addr < __fix_to_virt(FIX_KMAP_END))
		return -1;
	return (int)((__fix_to_virt(FIX_KMAP_BEGIN) + ~PAGE_MASK - addr) >> PAGE_SHIFT);
}
