/*
 * sparse.c: the memmap, section by section.
 *
 * Owns:   mem_section[]: for each 64 MiB of physical addresses the struct pages of it, or NULL for none. A section
 *         belongs to one node, as a whole.
 * Locks:  none: boot.
 * Read next: mm.h:pfn_to_page, page_alloc_boot.c:memmap_init_zone.
 *
 *	pfn ─► section number ─► map (biased by the section's first pfn) ─► map[pfn]
 *	page->flags holds the section number: page ─► section ─► page - map = pfn
 */
#include "mm/bootmem.h"
#include "mm/internal.h"

struct mem_section mem_section[NR_MEM_SECTIONS];

/* Section number and zone stand above the flag bits: a word must hold them. */
BUILD_BUG_ON(SECTIONS_PGSHIFT + MAX_PHYSMEM_BITS - SECTION_SIZE_BITS > 8 * sizeof(long));
BUILD_BUG_ON(MAX_NR_ZONES > 1 << ZONES_SHIFT);
BUILD_BUG_ON(PFN_SECTION_SHIFT < MAX_ORDER - 1);	/* a block never crosses a section */

/*
 * There is memory of @nid in [@start_pfn, @end_pfn): the sections that it touches get a memmap.
 * => boot, before sparse_init(). Panics where two nodes share a section.
 */
void memory_present(int nid, unsigned long start_pfn, unsigned long end_pfn)
{
	for (unsigned long nr = pfn_to_section_nr(start_pfn); nr <= pfn_to_section_nr(end_pfn - 1); nr++) {
		struct mem_section *ms = &mem_section[nr];

		if (nr >= NR_MEM_SECTIONS)
			panic("sparse: memory at pfn %lx is out of reach", start_pfn);
		if (ms->online && ms->nid != nid)
			panic("sparse: section %lu belongs to nodes %d and %d", nr, ms->nid, nid);
		ms->nid = nid;
		ms->online = true;
	}
}

/*
 * A memmap for each section that has memory, from its own node where that has low memory.
 * => bootmem works. The struct pages are zero: free_area_init_nodes() makes them pages.
 */
void sparse_init(void)
{
	unsigned long size = PAGES_PER_SECTION * sizeof(struct page), sections = 0;

	for (unsigned long nr = 0; nr < NR_MEM_SECTIONS; nr++) {
		struct mem_section *ms = &mem_section[nr];
		struct page *map;

		if (!ms->online)
			continue;
		map = __alloc_bootmem_node(NODE_DATA(ms->nid), size, PAGE_SIZE, BOOTMEM_GOAL);
		ms->map = map - (nr << PFN_SECTION_SHIFT);
		sections++;
	}
	printk(KERN_INFO "Memmap: %lu sections of %lu MiB, %lu KiB\n", sections,
	       PAGES_PER_SECTION >> (20 - PAGE_SHIFT), sections * size >> 10);
}
