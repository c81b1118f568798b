#ifndef ASM_FIXMAP_H
#define ASM_FIXMAP_H

/*
 * Above the vmalloc window, in a build with high memory: pkmap's windows (one page table), and the fixed slots, each
 * an address known at compile time. Else none: the direct map reaches all memory and all device registers.
 */
#include "mm/kmap_types.h"
#include <asm/pgtable.h>

#define PKMAP_BASE	VMALLOC_END

enum fixed_addresses {
	FIX_KMAP_BEGIN,		/* kmap_atomic: a set of slots for each CPU */
	FIX_KMAP_END = FIX_KMAP_BEGIN + KM_TYPE_NR * NR_CPUS - 1,
	__end_of_fixed_addresses
};

#define FIXADDR_START		(PKMAP_BASE + 2 * PMD_SIZE)	/* a hole behind the last of pkmap's windows */
#define FIXADDR_TOP		(FIXADDR_START + ((unsigned long)__end_of_fixed_addresses << PAGE_SHIFT))
#define __fix_to_virt(x)	(FIXADDR_START + ((unsigned long)(x) << PAGE_SHIFT))

#endif
