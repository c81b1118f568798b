/*
 * rmap_check.c: each page is mapped as often as its mapcount says (T3 of the facts).
 *
 * Owns:   nothing.
 * Locks:  each mm's mmap_sem and each table's lock in turn. Nobody is stopped meanwhile: see CHECK_SAME.
 * Read next: rmap.c.
 *
 * All page tables are walked, not areas, so that an entry is seen that no area knows of.
 */
#include "mm/check.h"
#include "mm/mm.h"
#include "mm/vmalloc.h"
#include "kernel/timer.h"
#include "kernel/lib/string.h"

struct tally {
	struct zone *zone;
	unsigned int *entries;		/* that map each page of the zone */
	unsigned long stray;		/* entries outside of all areas */
	int bad;
	u64 sum;			/* of what was bad: two equal ones are the same faults */
};

static void tally_entry(struct tally *t, struct vm_area_struct *vma, unsigned long addr, pte_t pte)
{
	struct page *page;

	if (!vma || addr < vma->vm_start) {
		t->stray++;
		return;
	}
	page = vm_normal_page(vma, addr, pte);
	if (page && page_zone(page) == t->zone)
		t->entries[page_to_pfn(page) - t->zone->zone_start_pfn]++;
}

/* The entries of one table; *@vmap moves on to the area that may hold them. */
static void tally_table(struct tally *t, struct mm_struct *mm, pmd_t *pmd, unsigned long addr, unsigned long end,
			struct vm_area_struct **vmap)
{
	spinlock_t *ptl;
	pte_t *map, *pte;

	map = pte = pte_offset_map_lock(mm, pmd, addr, &ptl);
	for (; addr != end; addr += PAGE_SIZE, pte++) {
		while (*vmap && (*vmap)->vm_end <= addr)
			*vmap = (*vmap)->vm_next;
		if (pte_present(*pte))
			tally_entry(t, *vmap, addr, *pte);
	}
	pte_unmap_unlock(map, ptl);
}

static void tally_mm(struct tally *t, struct mm_struct *mm)
{
	struct vm_area_struct *vma;
	unsigned long addr, next;

	down_read(&mm->mmap_sem);
	vma = mm->mmap;
	for (addr = 0; addr < mm->task_size; addr = next) {
		pgd_t *pgd = pgd_offset(mm, addr);
		pmd_t *pmd;

		next = pgd_addr_end(addr, mm->task_size);
		if (pgd_none(*pgd))
			continue;
		next = pmd_addr_end(addr, mm->task_size);
		pmd = pmd_offset(pgd, addr);
		if (!pmd_none(*pmd))
			tally_table(t, mm, pmd, addr, next, &vma);
	}
	up_read(&mm->mmap_sem);
}

/* Note a fault, and tell it if @tell. */
static void note(struct tally *t, unsigned long pfn, unsigned int is, unsigned int should, bool tell)
{
	t->bad++;
	t->sum = t->sum * 31 + pfn * 7 + is * 3 + should;
	if (tell)
		printk(KERN_ERR "check: page %lx: mapcount is %u, entries %u\n", pfn, is, should);
}

static void compare(struct tally *t, bool tell)
{
	unsigned long start = t->zone->zone_start_pfn;

	t->bad = 0;
	t->sum = 0;
	for (unsigned long i = 0; i < t->zone->spanned_pages; i++) {
		struct page *page = pfn_valid(start + i) ? pfn_to_page(start + i) : NULL;

		if (page && page_zone(page) == t->zone && (unsigned int)page_mapcount(page) != t->entries[i])
			note(t, start + i, (unsigned int)page_mapcount(page), t->entries[i], tell);
	}
	if (t->stray)
		note(t, 0, (unsigned int)t->stray, 0, tell);
}

static void count_zone(struct tally *t, bool tell)
{
	struct mm_struct *mm;

	memset(t->entries, 0, t->zone->spanned_pages * sizeof(*t->entries));
	t->stray = 0;
	for (mm = next_mm(NULL); mm; mm = next_mm(mm))
		tally_mm(t, mm);
	compare(t, tell);
}

static int check_zone_rmap(struct zone *zone)
{
	struct tally t = { .zone = zone, .entries = vmalloc(zone->spanned_pages * sizeof(*t.entries)) };
	int same = 0;
	u64 last = 0;

	if (!t.entries)
		return -ENOMEM;
	for (int try = 0; try < CHECK_TRIES && same < CHECK_SAME; try++) {
		count_zone(&t, same == CHECK_SAME - 1);
		if (!t.bad)
			break;
		same = t.sum == last ? same + 1 : 0;
		last = t.sum;
		schedule_timeout_uninterruptible(1);
	}
	vfree(t.entries);
	return same == CHECK_SAME ? t.bad : 0;
}

/* Returns the number of pages that are not mapped as often as they say; -ENOMEM: could not count. */
int check_rmap(void)
{
	struct zone *zone;
	int bad = 0, ret;

	for_each_zone(zone) {
		if (!populated_zone(zone))
			continue;
		ret = check_zone_rmap(zone);
		if (ret < 0)
			return ret;
		bad += ret;
	}
	return bad;
}
