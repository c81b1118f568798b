/*
 * vmalloc_check.c: what must be true of the vmalloc areas.
 *
 * Owns:   nothing.
 * Locks:  vmlist_lock.
 * Read next: vmalloc.c.
 */
#include "mm/check.h"
#include "mm/internal.h"
#include "mm/vmalloc.h"

static bool kernel_page_mapped(unsigned long addr)
{
	pmd_t *pmd = pmd_offset(pgd_offset_k(addr), addr);

	return pmd_present(*pmd) && pte_present(*pte_offset_kernel(pmd, addr));
}

static int check_area(const struct vm_struct *area, unsigned long prev_end)
{
	unsigned long start = (unsigned long)area->addr, end = start + area->size;
	int bad = 0;

	if (start < prev_end || end > VMALLOC_END || (start | end) & ~PAGE_MASK || area->size < 2 * PAGE_SIZE)
		bad++;
	if (kernel_page_mapped(end - PAGE_SIZE))	/* the guard page */
		bad++;
	if (area->flags & VM_STACK_AREA && kernel_page_mapped(start - PAGE_SIZE))
		bad++;
	if (bad)
		printk(KERN_ERR "check: vmalloc area %lx-%lx is wrong (the one before ends at %lx)\n", start, end, prev_end);
	return bad;
}

/* Areas lie in the window, in order, apart, with nothing in their guard pages. Returns the number of faults. */
int check_vmalloc(void)
{
	unsigned long prev_end = VMALLOC_START;
	struct vm_struct *area;
	int bad = 0;

	spin_lock(&vmlist_lock);
	for (area = vmlist; area; area = area->next) {
		bad += check_area(area, prev_end);
		prev_end = (unsigned long)area->addr + area->size;
	}
	spin_unlock(&vmlist_lock);
	return bad;
}
