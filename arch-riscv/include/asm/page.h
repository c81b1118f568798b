#ifndef ASM_PAGE_H
#define ASM_PAGE_H

/*
 * Pages, the direct map and the types of page-table entries.
 *
 *	0xffffffe400000000  windows onto high memory (asm/fixmap.h), with RVHIGHMEM=1
 *	0xffffffe000000000  vmalloc window (asm/pgtable.h)
 *	0xffffffc080200000  the kernel, inside the direct map
 *	0xffffffc000000000  direct map: virtual = physical + PAGE_OFFSET, 128 GiB; RAM (low memory) and device registers
 *	0x0000004000000000  end of user space
 */
#define PAGE_SHIFT	12
#define KERNEL_LOAD	0x80200000	/* where OpenSBI enters us */

#ifdef __ASSEMBLY__
#define PAGE_SIZE	(1 << PAGE_SHIFT)
#define PAGE_OFFSET	0xffffffc000000000
#else
#include "kernel/types.h"

#define PAGE_SIZE	(1UL << PAGE_SHIFT)
#define PAGE_OFFSET	0xffffffc000000000UL
#define PAGE_MASK	(~(PAGE_SIZE - 1))
#define PAGE_ALIGN(a)	(((a) + PAGE_SIZE - 1) & PAGE_MASK)
#define DIRECT_MAP_SIZE	(1UL << 37)

/* Only for addresses of the direct map, the kernel's own among them. */
#define __pa(x)		((phys_t)((unsigned long)(x) - PAGE_OFFSET))
#define __va(x)		((void *)((unsigned long)(x) + PAGE_OFFSET))
#define virt_to_phys(x)	__pa(x)
#define phys_to_virt(x)	__va(x)
#define virt_to_pfn(x)	((unsigned long)(__pa(x) >> PAGE_SHIFT))
#define pfn_to_virt(x)	__va((phys_t)(x) << PAGE_SHIFT)

typedef struct { unsigned long pte; } pte_t;
typedef struct { unsigned long pmd; } pmd_t;
typedef struct { unsigned long pgd; } pgd_t;
typedef struct { unsigned long pgprot; } pgprot_t;
#define pte_val(x)	((x).pte)
#define pmd_val(x)	((x).pmd)
#define pgd_val(x)	((x).pgd)
#define pgprot_val(x)	((x).pgprot)
#define __pte(x)	((pte_t){ (x) })
#define __pmd(x)	((pmd_t){ (x) })
#define __pgd(x)	((pgd_t){ (x) })
#define __pgprot(x)	((pgprot_t){ (x) })

/* uaccess.S. Whole pages, aligned. */
void clear_page(void *page);
void copy_page(void *to, const void *from);
/* No cache here depends on the user's address. */
#define clear_user_page(page, vaddr, pg)	clear_page(page)
#define copy_user_page(to, from, vaddr, pg)	copy_page(to, from)
#endif

#endif
