#ifndef MM_MMU_GATHER_H
#define MM_MMU_GATHER_H

/*
 * Taking entries out of page tables, many at a time: pages (and tables) whose entries are cleared wait here until
 * no CPU can reach them through an old translation, and are freed after one flush for all.
 *
 *	tlb_gather_mmu ─► { clear an entry, tlb_remove_page }… ─► tlb_finish_mmu
 *	                        └ full: flush, tell files of dirty pages, free, go on
 *
 * A file learns that its page is dirty after the flush, not before: until then another CPU may write through its old
 * translation, and a writer of the file who came in between would have taken the page for clean.
 *
 * One a CPU: nobody sleeps between gather and finish.
 */
#include "mm/mm.h"

#define MMU_GATHER_PAGES	126

struct mmu_gather {
	struct mm_struct *mm;		/* NULL: not in use */
	bool fullmm;			/* the whole mm goes: nobody will run in it again */
	bool need_flush;
	bool tables;			/* tables go, too: flush all that the CPUs know of the mm */
	bool any_dirty;
	unsigned int nr;
	unsigned long start, end;	/* what must be flushed */
	unsigned long dirty[BITS_TO_LONGS(MMU_GATHER_PAGES)];	/* of pages: a file's, and the entry was dirty */
	struct page *pages[MMU_GATHER_PAGES];
};

/* Restricts what zapping takes (truncation). */
struct zap_details {
	struct address_space *check_mapping;	/* only pages of this file: spare private copies; NULL: all */
};

struct mmu_gather *tlb_gather_mmu(struct mm_struct *mm, bool fullmm);
void tlb_flush_mmu(struct mmu_gather *tlb);
void tlb_finish_mmu(struct mmu_gather *tlb);

/* The entry for @addr was cleared; it will be flushed. */
static inline void tlb_note_address(struct mmu_gather *tlb, unsigned long addr)
{
	tlb->need_flush = true;
	if (addr < tlb->start)
		tlb->start = addr;
	if (addr >= tlb->end)
		tlb->end = addr + PAGE_SIZE;
}

/* Drop the reference of a cleared entry, after the flush; @dirty: then the page's file is told first. */
static inline void tlb_remove_page(struct mmu_gather *tlb, struct page *page, bool dirty)
{
	tlb->need_flush = true;
	if (dirty) {
		__set_bit(tlb->nr, tlb->dirty);
		tlb->any_dirty = true;
	}
	tlb->pages[tlb->nr++] = page;
	if (tlb->nr == MMU_GATHER_PAGES)
		tlb_flush_mmu(tlb);
}

static inline void tlb_remove_table(struct mmu_gather *tlb, struct page *page)
{
	tlb->tables = true;
	tlb_remove_page(tlb, page, false);
}

/* memory.c. *@tlbp may be another gather afterwards: long ranges are done in pieces with a chance to sleep between. */
void unmap_vmas(struct mmu_gather **tlbp, struct vm_area_struct *vma, unsigned long start, unsigned long end,
		unsigned long *accounted);
void free_pgtables(struct mmu_gather *tlb, struct vm_area_struct *vma, unsigned long floor, unsigned long ceiling);

#endif
