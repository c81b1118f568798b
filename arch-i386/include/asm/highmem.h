#ifndef ASM_HIGHMEM_H
#define ASM_HIGHMEM_H

/* Windows onto pages outside the direct map: what mm/highmem.c needs to know, and the atomic slots. */
#include <asm/fixmap.h>
#include <asm/pgtable.h>

struct page;

#define LAST_PKMAP	PTRS_PER_PTE	/* one page table's worth, at PKMAP_BASE */
#define LAST_PKMAP_MASK	(LAST_PKMAP - 1)
#define PKMAP_NR(virt)	(((virt) - PKMAP_BASE) >> PAGE_SHIFT)
#define PKMAP_ADDR(nr)	(PKMAP_BASE + ((unsigned long)(nr) << PAGE_SHIFT))

extern pte_t *pkmap_page_table;

/*
 * Slot @type of this CPU shows @page (a page of low memory keeps its own address).
 * => no sleeping, and page faults are off, until kunmap_atomic; a slot does not nest with itself.
 */
void *kmap_atomic(struct page *page, enum km_type type);
/* The window is closed at once: a stray use faults. Nobody but this CPU can hold its translation. */
void kunmap_atomic(void *kvaddr, enum km_type type);
/* The slot that @addr lies in, counted from CPU 0's first (type + KM_TYPE_NR * cpu), in use or not; -1: in none. */
int kmap_atomic_slot(unsigned long addr);

#endif
