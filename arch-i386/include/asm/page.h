#ifndef ASM_PAGE_H
#define ASM_PAGE_H

/*
 * Pages and the types of their tables. PAE: three levels of 64-bit entries (4 + 512 + 512); else two levels of
 * 32-bit entries (1024 + 1024), the pmd folded into the pgd.
 */
#define PAGE_SHIFT		12
#define PAGE_SIZE		(1UL << PAGE_SHIFT)
#define PAGE_MASK		(~(long)(PAGE_SIZE - 1))	/* signed: it widens to 64-bit positions and addresses */
#define PAGE_ALIGN(addr)	(((addr) + PAGE_SIZE - 1) & PAGE_MASK)

#ifdef __ASSEMBLY__
#define PAGE_OFFSET		0xC0000000
#else
#include "kernel/types.h"

#define PAGE_OFFSET		0xC0000000UL

#ifdef CONFIG_PAE
typedef union { struct { u32 pte_low, pte_high; }; u64 pte; } pte_t;
typedef struct { u64 pmd; } pmd_t;
typedef struct { u64 pgd; } pgd_t;
typedef struct { u64 pgprot; } pgprot_t;
#else
typedef union { u32 pte_low; u32 pte; } pte_t;
typedef struct { u32 pgd; } pgd_t;
typedef struct { pgd_t pgd; } pmd_t;
typedef struct { u32 pgprot; } pgprot_t;
#define __pmd(x)		((pmd_t){ { (x) } })
#define pmd_val(x)		((x).pgd.pgd)
#endif

#ifndef pmd_val
#define __pmd(x)		((pmd_t){ (x) })
#define pmd_val(x)		((x).pmd)
#endif
#define __pte(x)		((pte_t){ .pte = (x) })
#define __pgprot(x)		((pgprot_t){ (x) })
#define pte_val(x)		((x).pte)
#define pgd_val(x)		((x).pgd)
#define pgprot_val(x)		((x).pgprot)

/* Only for the direct map (and the kernel image, which lies in it). */
#define __pa(x)			((phys_t)((unsigned long)(x) - PAGE_OFFSET))
#define __va(x)			((void *)((unsigned long)(x) + PAGE_OFFSET))

/* => a page of the kernel's mappings, or of a kmap */
static inline void clear_page(void *page)
{
	unsigned long n = PAGE_SIZE / 4;

	__asm__ __volatile__("rep stosl" : "+D"(page), "+c"(n) : "a"(0) : "memory");
}

static inline void copy_page(void *to, const void *from)
{
	unsigned long n = PAGE_SIZE / 4;

	__asm__ __volatile__("rep movsl" : "+D"(to), "+S"(from), "+c"(n) : : "memory");
}
#endif

#endif
