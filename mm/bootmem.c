/*
 * bootmem.c: memory before the buddy lists stand.
 *
 * Owns:   a bitmap for each node with low memory, one bit a page, set = taken; the table of early reservations.
 * Locks:  none: one CPU, interrupts off, and over once free_all_bootmem() has run.
 * Read next: page_alloc_boot.c (active ranges and zones), page_alloc.c:__free_pages_bootmem (where the pages go).
 *
 * Rounding is always to the safe side: freeing takes only whole pages inside a range, reserving every page it
 * touches. All pages start as taken, so a hole in a node's memory needs no care.
 */
#include "mm/bootmem.h"
#include "mm/internal.h"
#include "kernel/lib/string.h"

#define MAX_EARLY_RESERVATIONS	32

unsigned long max_low_pfn, min_low_pfn, max_pfn;

static struct early_reservation {
	phys_t start, end;
	const char *what;
} early_table[MAX_EARLY_RESERVATIONS];
static int nr_early;

static bootmem_data_t node_bdata[MAX_NUMNODES];
static pg_data_t boot_pgdat;		/* of the first node: nothing can be allocated before it */
static LIST_HEAD(bdata_list);

/* ---- early reservations -------------------------------------------------------------------------- */

/*
 * Keep [@start, @end) out of the allocator's hands for good; @what is told at boot.
 * => any time before free_all_bootmem(); ranges may overlap. Panics when the table is full.
 */
void reserve_early(phys_t start, phys_t end, const char *what)
{
	if (start >= end)
		return;
	if (nr_early == MAX_EARLY_RESERVATIONS)
		panic("reserve_early: no room for %s (%llx-%llx)", what, (u64)start, (u64)end);
	early_table[nr_early++] = (struct early_reservation){ start, end, what };
	if (!list_empty(&bdata_list))
		reserve_bootmem(start, (unsigned long)(end - start));
}

static struct early_reservation *early_overlap(phys_t start, phys_t end)
{
	for (struct early_reservation *r = early_table; r < early_table + nr_early; r++)
		if (r->start < end && start < r->end)
			return r;
	return NULL;
}

/* Does an early reservation touch any of these pages? => boot */
bool pfn_range_reserved_early(unsigned long pfn, unsigned long nr)
{
	return early_overlap((phys_t)pfn << PAGE_SHIFT, (phys_t)(pfn + nr) << PAGE_SHIFT);
}

/* The lowest address in [@start, @end) with @size bytes free of early reservations; 0 if there is none. */
static phys_t find_early_hole(phys_t start, phys_t end, unsigned long size)
{
	struct early_reservation *r;

	while (start + size <= end) {
		r = early_overlap(start, start + size);
		if (!r)
			return start;
		start = ALIGN(r->end, (phys_t)PAGE_SIZE);
	}
	return 0;
}

/* ---- the bitmaps ----------------------------------------------------------------------------------- */

static unsigned long bootmap_bytes(unsigned long pages)
{
	return BITS_TO_LONGS(pages) * sizeof(long);
}

static unsigned long bdata_start_pfn(const bootmem_data_t *bdata)
{
	return bdata->node_boot_start >> PAGE_SHIFT;
}

static void link_bootmem(bootmem_data_t *bdata)
{
	bootmem_data_t *pos;

	list_for_each_entry(pos, &bdata_list, list)
		if (bdata->node_boot_start < pos->node_boot_start)
			break;
	list_add_tail(&bdata->list, &pos->list);
}

/*
 * A node's bitmap, at the pages from @map_pfn on, for [@start_pfn, @end_pfn): all taken. Returns its bytes.
 * => the caller keeps the bitmap's own pages taken.
 */
unsigned long init_bootmem_node(pg_data_t *pgdat, unsigned long map_pfn, unsigned long start_pfn, unsigned long end_pfn)
{
	bootmem_data_t *bdata = pgdat->bdata;
	unsigned long bytes = bootmap_bytes(end_pfn - start_pfn);

	bdata->node_bootmem_map = __va(map_pfn << PAGE_SHIFT);
	bdata->node_boot_start = start_pfn << PAGE_SHIFT;
	bdata->node_low_pfn = end_pfn;
	memset(bdata->node_bootmem_map, 0xff, bytes);
	link_bootmem(bdata);
	return bytes;
}

/* The part of [@start, @end) pages that @bdata covers, as bit numbers; false: nothing. */
static bool clip_to_map(const bootmem_data_t *bdata, unsigned long *start, unsigned long *end)
{
	unsigned long base = bdata_start_pfn(bdata);

	*start = max(*start, base);
	*end = min(*end, bdata->node_low_pfn);
	if (*start >= *end)
		return false;
	*start -= base;
	*end -= base;
	return true;
}

/*
 * The whole pages inside [@addr, @addr + @size) become free.
 * => those of them that @bdata covers are taken now: freeing twice is a bug.
 */
static void free_bootmem_core(bootmem_data_t *bdata, phys_t addr, unsigned long size)
{
	unsigned long start = (unsigned long)((addr + PAGE_SIZE - 1) >> PAGE_SHIFT);
	unsigned long end = (unsigned long)((addr + size) >> PAGE_SHIFT);

	if (!clip_to_map(bdata, &start, &end))
		return;
	for (unsigned long i = start; i < end; i++)
		BUG_ON(!__test_and_clear_bit(i, bdata->node_bootmem_map));	/* freed twice */
	bdata->last_success = min(bdata->last_success, bdata->node_boot_start + (start << PAGE_SHIFT));
	bdata->last_offset = 0;		/* the page that small requests were packed into may be gone */
}

/* Every page that [@addr, @addr + @size) touches becomes taken, as far as @bdata covers it. => free or taken before */
static void reserve_bootmem_core(bootmem_data_t *bdata, phys_t addr, unsigned long size)
{
	unsigned long start = (unsigned long)(addr >> PAGE_SHIFT);
	unsigned long end = (unsigned long)((addr + size + PAGE_SIZE - 1) >> PAGE_SHIFT);

	if (!clip_to_map(bdata, &start, &end))
		return;
	for (unsigned long i = start; i < end; i++)
		__set_bit(i, bdata->node_bootmem_map);
}

/*
 * The whole pages inside [@addr, @addr + @size) of @pgdat's node become free.
 * => they are taken now: freeing twice is a bug. What lies outside the node's low memory is left out.
 */
void free_bootmem_node(pg_data_t *pgdat, phys_t addr, unsigned long size)
{
	free_bootmem_core(pgdat->bdata, addr, size);
}

/* Every page that [@addr, @addr + @size) touches becomes taken. => free or taken before */
void reserve_bootmem_node(pg_data_t *pgdat, phys_t addr, unsigned long size)
{
	reserve_bootmem_core(pgdat->bdata, addr, size);
}

/* As free_bootmem_node, on whichever nodes the range lies. */
void free_bootmem(phys_t addr, unsigned long size)
{
	bootmem_data_t *bdata;

	list_for_each_entry(bdata, &bdata_list, list)
		free_bootmem_core(bdata, addr, size);
}

/* As reserve_bootmem_node, on whichever nodes the range lies. */
void reserve_bootmem(phys_t addr, unsigned long size)
{
	bootmem_data_t *bdata;

	list_for_each_entry(bdata, &bdata_list, list)
		reserve_bootmem_core(bdata, addr, size);
}

/* ---- setting up ------------------------------------------------------------------------------------- */

/* The span of @nid's low memory; false: it has none. */
static bool node_low_span(int nid, unsigned long *start, unsigned long *end)
{
	struct active_range *r;

	*start = ~0UL;
	*end = 0;
	for_each_active_range(nid, r) {
		*start = min(*start, r->start_pfn);
		*end = max(*end, min(r->end_pfn, max_low_pfn));
	}
	return *start < *end;
}

static phys_t find_bootmap(int nid, unsigned long bytes)
{
	struct active_range *r;
	phys_t addr;

	for_each_active_range(nid, r) {
		addr = find_early_hole(max((phys_t)r->start_pfn << PAGE_SHIFT, (phys_t)PAGE_SIZE),
				       (phys_t)min(r->end_pfn, max_low_pfn) << PAGE_SHIFT, bytes);
		if (addr)
			return addr;
	}
	panic("bootmem: no room for the bitmap of node %d (%lu bytes)", nid, bytes);
}

static void setup_node_bootmem(int nid, unsigned long start, unsigned long end)
{
	unsigned long bytes = ALIGN(bootmap_bytes(end - start), PAGE_SIZE);
	phys_t map = find_bootmap(nid, bytes);
	pg_data_t *pgdat = list_empty(&bdata_list) ? &boot_pgdat : alloc_bootmem_low_pages(sizeof(*pgdat));
	struct active_range *r;

	NODE_DATA(nid) = pgdat;
	pgdat->bdata = &node_bdata[nid];
	init_bootmem_node(pgdat, (unsigned long)(map >> PAGE_SHIFT), start, end);
	for_each_active_range(nid, r)
		free_bootmem_node(pgdat, (phys_t)r->start_pfn << PAGE_SHIFT,
				  (min(r->end_pfn, end) - min(r->start_pfn, end)) << PAGE_SHIFT);
	reserve_bootmem_node(pgdat, map, bytes);
	for (int i = 0; i < nr_early; i++)
		reserve_bootmem_node(pgdat, early_table[i].start,
				     (unsigned long)(early_table[i].end - early_table[i].start));
	printk(KERN_INFO "Node %d: low memory %lx-%lx, boot bitmap at %llx\n", nid, start, end, (u64)map);
}

/*
 * Bitmaps for all nodes that have memory below max_low_pfn, early reservations applied.
 * => after the last add_active_range() and with max_low_pfn known.
 */
void setup_bootmem(void)
{
	unsigned long start, end;
	struct active_range *r;

	min_low_pfn = ~0UL;
	for_each_active_range(ANY_NODE, r) {
		min_low_pfn = min(min_low_pfn, r->start_pfn);
		max_pfn = max(max_pfn, r->end_pfn);
	}
	for (int i = 0; i < nr_early; i++)
		printk(KERN_DEBUG "Reserved %llx-%llx: %s\n", (u64)early_table[i].start, (u64)early_table[i].end,
		       early_table[i].what);
	for (int nid = 0; nid < MAX_NUMNODES; nid++)
		if (node_low_span(nid, &start, &end))
			setup_node_bootmem(nid, start, end);
}

/* ---- allocating -------------------------------------------------------------------------------------- */

/* The first index from @index on whose page, counted from physical 0, is a multiple of @step. */
static unsigned long align_index(unsigned long base, unsigned long index, unsigned long step)
{
	return DIV_ROUND_UP(base + index, step) * step - base;
}

/* First run of @n > 0 free bits in [@from, @to) that starts at a multiple of @step pages; @to if there is none. */
unsigned long bootmem_find_run(const bootmem_data_t *bdata, unsigned long from, unsigned long to,
			       unsigned long n, unsigned long step)
{
	const unsigned long *map = bdata->node_bootmem_map;
	unsigned long taken;

	for (unsigned long i = from; ; i = taken + 1) {
		i = align_index(bdata_start_pfn(bdata), find_next_zero_bit(map, to, i), step);
		if (i + n > to)
			return to;
		taken = find_next_bit(map, i + n, i);
		if (taken == i + n)
			return i;
	}
}

/*
 * @size bytes from page index @index on. A request smaller than a page starts in what the last one left of its
 * last page, if that page is the one before. Returns the address; *pages tells how many new pages are used.
 * => those pages are free; the caller marks them
 */
unsigned long bootmem_pack(bootmem_data_t *bdata, unsigned long index, unsigned long size, unsigned long align,
			   unsigned long *pages)
{
	unsigned long addr = index << PAGE_SHIFT;

	if (align < PAGE_SIZE && bdata->last_offset && bdata->last_pos + 1 == index) {
		unsigned long offset = ALIGN(bdata->last_offset, align);

		if (offset < PAGE_SIZE)
			addr = (bdata->last_pos << PAGE_SHIFT) + offset;
	}
	*pages = DIV_ROUND_UP(addr + size, PAGE_SIZE) - index;
	bdata->last_pos = (addr + size - 1) >> PAGE_SHIFT;
	bdata->last_offset = (addr + size) & ~PAGE_MASK;
	return bdata->node_boot_start + addr;
}

/*
 * @size bytes of @bdata's node, aligned to @align (a power of two), at or above physical @goal if there is room, else
 * below; all of it below @limit if that is not 0. Zeroed; NULL when there is none.
 * => the kernel's mapping reaches the memory.
 */
void *__alloc_bootmem_core(bootmem_data_t *bdata, unsigned long size, unsigned long align,
			   unsigned long goal, unsigned long limit)
{
	unsigned long base = bdata_start_pfn(bdata), end = bdata->node_low_pfn;
	unsigned long n = DIV_ROUND_UP(size, PAGE_SIZE), step = max(align >> PAGE_SHIFT, 1UL);
	unsigned long index, addr, pages;

	BUG_ON(!size || !is_power_of_2(align));
	if (limit)
		end = min(end, limit >> PAGE_SHIFT);
	if (end <= base)
		return NULL;
	end -= base;
	index = 0;
	if (goal > bdata->node_boot_start && goal >> PAGE_SHIFT < base + end)
		index = (max(goal, bdata->last_success) - bdata->node_boot_start) >> PAGE_SHIFT;
	index = bootmem_find_run(bdata, index, end, n, step);
	if (index == end)
		index = bootmem_find_run(bdata, 0, end, n, step);
	if (index == end)
		return NULL;

	bdata->last_success = bdata->node_boot_start + (index << PAGE_SHIFT);
	addr = bootmem_pack(bdata, index, size, align, &pages);
	reserve_bootmem_core(bdata, (phys_t)(base + index) << PAGE_SHIFT, pages << PAGE_SHIFT);
	return memset(__va(addr), 0, size);
}

/* As __alloc_bootmem, but NULL when there is none. */
void *__alloc_bootmem_nopanic(unsigned long size, unsigned long align, unsigned long goal)
{
	bootmem_data_t *bdata;
	void *p;

	list_for_each_entry(bdata, &bdata_list, list) {
		p = __alloc_bootmem_core(bdata, size, align, goal, 0);
		if (p)
			return p;
	}
	return NULL;
}

/* @size zeroed bytes from any node. => panics when there are none */
void *__alloc_bootmem(unsigned long size, unsigned long align, unsigned long goal)
{
	void *p = __alloc_bootmem_nopanic(size, align, goal);

	if (!p)
		panic("bootmem: no %lu bytes (align %lx, goal %lx)", size, align, goal);
	return p;
}

/* @size zeroed bytes, from @pgdat's node if it has them, else from any. => panics when there are none */
void *__alloc_bootmem_node(pg_data_t *pgdat, unsigned long size, unsigned long align, unsigned long goal)
{
	void *p = pgdat->bdata ? __alloc_bootmem_core(pgdat->bdata, size, align, goal, 0) : NULL;

	return p ? p : __alloc_bootmem(size, align, goal);
}

/* ---- the hand-over ------------------------------------------------------------------------------------ */

/* The free pages of one word's worth of map, which starts at bit @i: in one block if all are free. */
static unsigned long free_map_word(bootmem_data_t *bdata, unsigned long i, unsigned long nr_bits)
{
	unsigned long *map = bdata->node_bootmem_map, pfn = bdata_start_pfn(bdata) + i, count = 0;

	if (i + BITS_PER_LONG <= nr_bits && !map[BIT_WORD(i)] && IS_ALIGNED(pfn, (unsigned long)BITS_PER_LONG)) {
		__free_pages_bootmem(pfn_to_page(pfn), (unsigned int)ilog2(BITS_PER_LONG));
		return (unsigned long)BITS_PER_LONG;
	}
	for (unsigned long end = min(i + BITS_PER_LONG, nr_bits); i < end; i++, pfn++) {
		if (test_bit(i, map))
			continue;
		__free_pages_bootmem(pfn_to_page(pfn), 0);
		count++;
	}
	return count;
}

static unsigned long free_all_bootmem_core(pg_data_t *pgdat)
{
	bootmem_data_t *bdata = pgdat->bdata;
	unsigned long nr_bits = bdata->node_low_pfn - bdata_start_pfn(bdata), count = 0;
	char *map = bdata->node_bootmem_map, *end = map + bootmap_bytes(nr_bits);

	for (unsigned long i = 0; i < nr_bits; i += (unsigned long)BITS_PER_LONG)
		count += free_map_word(bdata, i, nr_bits);
	pgdat->bdata = NULL;
	for (; map < end; map += PAGE_SIZE, count++)
		__free_pages_bootmem(virt_to_page(map), 0);
	return count;
}

/*
 * Every free page of low memory goes to the buddy lists, and the bitmaps themselves. Returns how many pages.
 * => zones and memmap stand; no bootmem call comes after.
 */
unsigned long free_all_bootmem(void)
{
	unsigned long count = 0;
	pg_data_t *pgdat;

	for_each_online_pgdat(pgdat)
		if (pgdat->bdata)
			count += free_all_bootmem_core(pgdat);
	INIT_LIST_HEAD(&bdata_list);
	return count;
}
