#ifndef MM_RMAP_H
#define MM_RMAP_H

/*
 * From a page to the entries that map it (mm/rmap.c).
 *	anonymous: page->mapping|1 ─► anon_vma ─► list of vmas ─► address by index
 *	file:      page->mapping ─► i_mmap prio tree ─► vmas over page->index
 * Lock letters: [a] anon_vma->lock
 */
#include "mm/mm.h"

struct anon_vma {
	spinlock_t lock;
	struct list_head head;		/* [a] vmas by anon_vma_node */
};

void anon_vma_init(void);
int anon_vma_prepare(struct vm_area_struct *vma);	/* 0 or -ENOMEM. => mmap_sem held; may sleep */
void anon_vma_link(struct vm_area_struct *vma);
void __anon_vma_link(struct vm_area_struct *vma);
void anon_vma_unlink(struct vm_area_struct *vma);
void __anon_vma_merge(struct vm_area_struct *vma, struct vm_area_struct *next);
static inline void anon_vma_lock(struct vm_area_struct *vma) { if (vma->anon_vma) spin_lock(&vma->anon_vma->lock); }
static inline void anon_vma_unlock(struct vm_area_struct *vma) { if (vma->anon_vma) spin_unlock(&vma->anon_vma->lock); }
struct anon_vma *page_lock_anon_vma(struct page *page);

/* => the entry's page-table lock held. */
void page_add_new_anon_rmap(struct page *page, struct vm_area_struct *vma, unsigned long address);
void page_add_file_rmap(struct page *page);
void page_remove_rmap(struct page *page, struct vm_area_struct *vma);
static inline void page_dup_rmap(struct page *page) { atomic_inc(&page->_mapcount); }

int page_referenced(struct page *page, int is_locked);
int page_mkclean(struct page *page);		/* => page locked. Entries made clean and read-only; 1: one was dirty */
int try_to_unmap(struct page *page, int migration);
#define SWAP_SUCCESS	0
#define SWAP_AGAIN	1
#define SWAP_FAIL	2
unsigned long vma_address(struct page *page, struct vm_area_struct *vma);
pte_t *page_check_address(struct page *page, struct mm_struct *mm, unsigned long address, spinlock_t **ptlp);

#endif
