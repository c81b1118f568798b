/*
 * mmap_check.c: what must be true of an address space: its areas (T7 of the facts), and their page tables; and of what was
 * promised to all of them (T8).
 *
 * Owns:   nothing.
 * Locks:  of one mm: mmap_sem is the caller's; of all: taken one after the other. Each table's lock in turn.
 * Read next: mmap.c.
 */
#include "mm/check.h"
#include "mm/mm.h"
#include "mm/shmem.h"
#include "kernel/timer.h"

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

/* What an area adds to the figures of its mm. */
static void add_figures(struct mm_struct *sum, const struct vm_area_struct *vma)
{
	sum->map_count++;
	if (vma->vm_flags & VM_LOCKED)
		sum->locked_vm += vma_pages(vma);
	vm_stat_account(sum, vma->vm_flags, vma->vm_file, (long)vma_pages(vma));
}

static int check_figures(struct mm_struct *mm, const struct mm_struct *sum)
{
	const struct { const char *name; unsigned long is, should; } figure[] = {
		{ "map_count", (unsigned long)mm->map_count, (unsigned long)sum->map_count },
		{ "total_vm", mm->total_vm, sum->total_vm }, { "locked_vm", mm->locked_vm, sum->locked_vm },
		{ "shared_vm", mm->shared_vm, sum->shared_vm }, { "exec_vm", mm->exec_vm, sum->exec_vm },
		{ "stack_vm", mm->stack_vm, sum->stack_vm }, { "data_vm", mm->data_vm, sum->data_vm },
		{ "reserved_vm", mm->reserved_vm, sum->reserved_vm },
	};
	int bad = 0;

	for (unsigned int i = 0; i < ARRAY_SIZE(figure); i++)
		if (figure[i].is != figure[i].should)
			bad += complain(mm, NULL, figure[i].name, figure[i].is, figure[i].should);
	return bad;
}

int check_areas(struct mm_struct *mm)
{
	struct rb_node *node = rb_first(&mm->mm_rb);
	struct mm_struct sum = { .map_count = 0 };	/* its figures only */
	struct vm_area_struct *vma;
	unsigned long end = 0;
	int bad = 0;

	for (vma = mm->mmap; vma; vma = vma->vm_next) {
		if (!node || VMA(node) != vma)
			return bad + complain(mm, vma, "its place in the tree", (unsigned long)node, (unsigned long)&vma->vm_rb);
		bad += check_area(mm, vma, end);
		add_figures(&sum, vma);
		end = vma->vm_end;
		node = rb_next(node);
	}
	if (node)
		bad += complain(mm, VMA(node), "in the tree, not in the list", 1, 0);
	check_holes(mm, mm->mm_rb.rb_node, &bad);
	return bad + check_figures(mm, &sum);
}

/* Reclaim may take a page while we count. */
static int check_rss(struct mm_struct *mm)
{
	unsigned long present = 0, rss = 0;

	for (int same = 0; same < CHECK_SAME; same++) {
		present = 0;
		for (struct vm_area_struct *vma = mm->mmap; vma; vma = vma->vm_next)
			present += present_entries(vma);
		rss = get_mm_rss(mm);
		if (present == rss)
			return 0;
	}
	return complain(mm, NULL, "rss", rss, present);
}

int check_mm(struct mm_struct *mm)
{
	return check_areas(mm) + check_rss(mm);
}

int check_all_mms(void)
{
	struct mm_struct *mm;
	int bad = 0;

	for (mm = next_mm(NULL); mm; mm = next_mm(mm)) {
		down_write(&mm->mmap_sem);
		bad += check_mm(mm);
		up_write(&mm->mmap_sem);
	}
	return bad;
}

/* Pages that areas were charged for. */
static long accounted_pages(void)
{
	struct vm_area_struct *vma;
	struct mm_struct *mm;
	long pages = 0;

	for (mm = next_mm(NULL); mm; mm = next_mm(mm)) {
		down_read(&mm->mmap_sem);
		for (vma = mm->mmap; vma; vma = vma->vm_next)
			if (vma->vm_flags & VM_ACCOUNT)
				pages += (long)vma_pages(vma);
		up_read(&mm->mmap_sem);
	}
	return pages;
}

int check_commit(void)
{
	long areas = 0, shared = 0, difference, last = 0;

	for (int try = 0, same = 0; try < CHECK_TRIES && same < CHECK_SAME; try++) {
		areas = accounted_pages();
		shared = shmem_accounted_pages();
		difference = atomic_long_read(&vm_committed_space) - areas - shared;
		if (!difference)
			return 0;
		same = difference == last ? same + 1 : 0;
		last = difference;
		schedule_timeout_uninterruptible(1);
		if (same == CHECK_SAME) {
			printk(KERN_ERR "check: %ld pages are promised, %ld to areas and %ld to shared memory\n",
			       areas + shared + difference, areas, shared);
			return 1;
		}
	}
	return 0;
}
