/*
 * mmap_check.c: what must be true of an address space: its areas (T7 of the facts), and their page tables.
 *
 * Owns:   nothing.
 * Locks:  mmap_sem is the caller's; each table's lock in turn.
 * Read next: mmap.c.
 */
#include "mm/check.h"
#include "mm/mm.h"

#define VMA(node)	rb_entry(node, struct vm_area_struct, vm_rb)

static int complain(struct mm_struct *mm, const struct vm_area_struct *vma, const char *what, unsigned long is, unsigned long should)
{
	printk(KERN_ERR "check: mm %p, area %lx-%lx: %s is %lu, not %lu\n", mm, vma ? vma->vm_start : 0, vma ? vma->vm_end : 0, what,
	       is, should);
	return 1;
}

/* The largest hole of a subtree, counted; differences to what the nodes say are added to *@bad. */
static unsigned long check_holes(struct mm_struct *mm, struct rb_node *node, int *bad)
{
	unsigned long most;

	if (!node)
		return 0;
	most = max(VMA(node)->hole, max(check_holes(mm, node->rb_left, bad), check_holes(mm, node->rb_right, bad)));
	if (most != VMA(node)->max_hole)
		*bad += complain(mm, VMA(node), "max_hole", VMA(node)->max_hole, most);
	return most;
}

/* One area against the one before it. */
static int check_area(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long prev_end)
{
	unsigned long free = vma->vm_start - prev_end;
	int bad = 0;

	if (vma->vm_start < prev_end || vma->vm_start >= vma->vm_end || ((vma->vm_start | vma->vm_end) & ~PAGE_MASK))
		bad += complain(mm, vma, "its start", vma->vm_start, prev_end);
	if (vma->vm_flags & VM_GROWSDOWN ? vma->hole > free : vma->hole != free)
		bad += complain(mm, vma, "hole", vma->hole, free);
	if (vma->vm_mm != mm)
		bad += complain(mm, vma, "vm_mm", (unsigned long)vma->vm_mm, (unsigned long)mm);
	return bad;
}

static unsigned long present_entries(struct vm_area_struct *vma)
{
	unsigned long addr, next, n = 0;
	spinlock_t *ptl;

	for (addr = vma->vm_start; addr < vma->vm_end; addr = next) {
		pgd_t *pgd = pgd_offset(vma->vm_mm, addr);
		pte_t *map, *pte;
		pmd_t *pmd;

		next = pgd_addr_end(addr, vma->vm_end);
		if (pgd_none(*pgd))
			continue;
		next = pmd_addr_end(addr, vma->vm_end);
		pmd = pmd_offset(pgd, addr);
		if (pmd_none(*pmd))
			continue;
		map = pte = pte_offset_map_lock(vma->vm_mm, pmd, addr, &ptl);
		for (; addr != next; addr += PAGE_SIZE, pte++)
			n += pte_present(*pte) && vm_normal_page(vma, addr, *pte);
		pte_unmap_unlock(map, ptl);
	}
	return n;
}

int check_mm(struct mm_struct *mm)
{
	unsigned long end = 0, pages = 0, locked = 0, present = 0;
	struct rb_node *node = rb_first(&mm->mm_rb);
	struct vm_area_struct *vma;
	int n = 0, bad = 0;

	for (vma = mm->mmap; vma; vma = vma->vm_next, n++) {
		if (!node || VMA(node) != vma)
			return bad + complain(mm, vma, "its place in the tree", (unsigned long)node, (unsigned long)&vma->vm_rb);
		bad += check_area(mm, vma, end);
		end = vma->vm_end;
		pages += vma_pages(vma);
		locked += vma->vm_flags & VM_LOCKED ? vma_pages(vma) : 0;
		present += present_entries(vma);
		node = rb_next(node);
	}
	if (node)
		bad += complain(mm, VMA(node), "in the tree, not in the list", 1, 0);
	check_holes(mm, mm->mm_rb.rb_node, &bad);
	if (n != mm->map_count)
		bad += complain(mm, NULL, "map_count", (unsigned long)mm->map_count, (unsigned long)n);
	if (pages != mm->total_vm)
		bad += complain(mm, NULL, "total_vm", mm->total_vm, pages);
	if (locked != mm->locked_vm)
		bad += complain(mm, NULL, "locked_vm", mm->locked_vm, locked);
	if (present != get_mm_rss(mm))
		bad += complain(mm, NULL, "rss", get_mm_rss(mm), present);
	return bad;
}
