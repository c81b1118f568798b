#ifndef MM_VMALLOC_H
#define MM_VMALLOC_H

/* Virtually contiguous memory (mm/vmalloc.c). Each area is followed by an unmapped guard page. */
#include "mm/gfp.h"
#include <asm/pgtable.h>

struct page;
struct vm_area_struct;

#define VM_IOREMAP	0x01UL
#define VM_ALLOC	0x02UL
#define VM_MAP		0x04UL
#define VM_USERMAP	0x08UL	/* zeroed at birth: remap_vmalloc_range() may show it to programs */
#define VM_STACK_AREA	0x10UL	/* a kernel stack: guard pages on both sides */

struct vm_struct {
	struct vm_struct *next;		/* [v] vmlist_lock; sorted by address */
	void *addr;
	unsigned long size;		/* guard page included */
	unsigned long flags;
	struct page **pages;
	unsigned int nr_pages;
	phys_t phys_addr;		/* ioremap */
	void *caller;
};

extern struct vm_struct *vmlist;	/* [v] */
extern spinlock_t vmlist_lock;
void vmalloc_init(void);
/* => may sleep; not in interrupts. NULL on failure. */
void *vmalloc(unsigned long size);
void *vmalloc_user(unsigned long size);	/* zeroed, and may be shown to programs */
void *vmalloc_32(unsigned long size);	/* pages of low memory, which a 32-bit device reaches */
/* Pages of @gfp's kind with these VM_ flags, aligned to @align (power of two). */
void *__vmalloc_area(unsigned long size, unsigned long align, gfp_t gfp, pgprot_t prot, unsigned long flags);
void vfree(const void *addr);
void *vmap(struct page **pages, unsigned int count, unsigned long flags, pgprot_t prot);
void vunmap(const void *addr);
void *ioremap(phys_t phys, unsigned long size);	/* device memory, uncached */
void iounmap(volatile void *addr);
struct page *vmalloc_to_page(const void *addr);	/* NULL: nothing is mapped there */
/* A driver's mmap: the area at @addr, from its page @pgoff on, fills @vma. 0, -EINVAL. => mmap_sem held for write */
int remap_vmalloc_range(struct vm_area_struct *vma, void *addr, unsigned long pgoff);
/* What programs may read of the window: @count bytes from @addr to the kernel's @buf; what is no memory reads as 0. */
void vread(char *buf, const char *addr, unsigned long count);
struct vm_struct *find_vm_area(const void *addr);	/* area that holds @addr, guard included; NULL */
static inline bool is_vmalloc_addr(const void *p)
{
	return (unsigned long)p >= VMALLOC_START && (unsigned long)p < VMALLOC_END;
}

#endif
