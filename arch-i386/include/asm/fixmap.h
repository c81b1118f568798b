#ifndef ASM_FIXMAP_H
#define ASM_FIXMAP_H

/*
 * The top of the address space, downwards:
 *
 *	FIXADDR_TOP ── fixmap slots ── PKMAP (one page table) ── VMALLOC_END … VMALLOC_START ── hole ── direct map
 *
 * A fixmap slot is a virtual address known at compile time. They need one or two page tables, there from boot.
 */
#include "kernel/types.h"
#include "mm/kmap_types.h"
#include <asm/page.h>

#define NR_FIX_BOOT	32	/* pages of the window for firmware tables */

enum fixed_addresses {
	FIX_LAPIC,
	FIX_IOAPIC,
	FIX_BOOT_END = FIX_IOAPIC + 4,			/* NR_IOAPICS; slots grow downwards */
	FIX_BOOT_BEGIN = FIX_BOOT_END + NR_FIX_BOOT - 1,
	FIX_KMAP_BEGIN,					/* kmap_atomic: a set of slots for each CPU */
	FIX_KMAP_END = FIX_KMAP_BEGIN + KM_TYPE_NR * NR_CPUS - 1,
	__end_of_fixed_addresses
};

#define FIXADDR_TOP	0xfffff000UL
#define FIXADDR_START	(FIXADDR_TOP - ((unsigned long)__end_of_fixed_addresses << PAGE_SHIFT))
#define __fix_to_virt(x)	(FIXADDR_TOP - (((unsigned long)(x) + 1) << PAGE_SHIFT))

/* The entry of the slot at @addr. */
pte_t *fixmap_pte(unsigned long addr);
/* Point a slot at a page of physical memory, now, on this CPU's TLB; flags 0 unmaps. */
void __set_fixmap(enum fixed_addresses idx, phys_t phys, pgprot_t prot);
#define set_fixmap_nocache(idx, phys)	__set_fixmap(idx, phys, PAGE_KERNEL_NOCACHE)
#define fix_to_virt(x)	__fix_to_virt(x)

/* A short-lived window onto firmware tables anywhere below 4 GiB; one at a time. NULL if too long. => boot only */
void *early_ioremap(phys_t phys, size_t size);
void early_iounmap(void);

#endif
