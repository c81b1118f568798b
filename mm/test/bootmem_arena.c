/*
 * bootmem_arena.c: the boot allocator under the host's hands, before the machine has one (kernel/arena.h).
 *
 * Owns:   two synthetic nodes over spare frames of RAM, the memmap of those frames, one zone that the hand-over fills.
 * Locks:  none: one CPU, interrupts off, for ever.
 * Read next: bootmem.c.
 *
 * The host reads the bitmaps, the bootmem_data and the free lists itself. Addresses are physical, indices count pages
 * from the node's first, NONE is ~0. NODE is 0 or 1.
 *
 *	frames					→ first pfn, number of frames, addresses of the zone and of their memmap
 *	node NODE MAPPFN START END		init_bootmem_node	→ bytes of map, address of bootmem_data
 *	clear NODE				all of the bitmap becomes free, by us
 *	fill ADDR SIZE BYTE			memset
 *	free NODE ADDR SIZE			free_bootmem_node	NODE ~0: free_bootmem
 *	reserve NODE ADDR SIZE			reserve_bootmem_node	NODE ~0: reserve_bootmem
 *	find NODE FROM TO N STEP		bootmem_find_run	→ index
 *	pack NODE INDEX SIZE ALIGN		bootmem_pack		→ address, new pages
 *	alloc NODE SIZE ALIGN GOAL LIMIT	__alloc_bootmem_core	→ address or NONE
 *	handover				free_all_bootmem	→ pages
 */
#include "kernel/arena.h"
#include "kernel/lib/string.h"
#include "mm/bootmem.h"
#include "mm/internal.h"

#define NODES		2
#define NONE		(~0UL)

static pg_data_t nodes[NODES];		/* all frames belong to the zone of the first */
static bootmem_data_t bdata[NODES];
static struct per_cpu_pageset pageset;
static struct zone *const zone = &nodes[0].node_zones[ZONE_NORMAL];
static struct page *memmap;

/* ---- the synthetic zone ------------------------------------------------------------------------------------ */

/* Lists of one page: what is freed goes on to the buddy lists at once. */
static void make_pageset(void)
{
	memset(&pageset, 0, sizeof(pageset));
	for (int cold = 0; cold < 2; cold++) {
		pageset.pcp[cold].batch = 1;
		INIT_LIST_HEAD(&pageset.pcp[cold].list);
	}
}

static void make_zone(unsigned long start)
{
	zone->name = "Arena";
	zone->idx = ZONE_NORMAL;
	zone->zone_pgdat = &nodes[0];
	zone->zone_start_pfn = start;
	zone->spanned_pages = zone->present_pages = ARENA_FRAMES;
	spin_lock_init(&zone->lock, RANK_ZONE);
	spin_lock_init(&zone->lru_lock, RANK_LRU);
	for (int order = 0; order < MAX_ORDER; order++)
		INIT_LIST_HEAD(&zone->free_area[order].free_list);
	for (int cpu = 0; cpu < NR_CPUS; cpu++)
		zone->pageset[cpu] = &pageset;
}

/* All frames reserved, as memmap_init_zone() leaves them; the sections that they touch show our memmap. */
static void make_memmap(unsigned long start)
{
	unsigned long end = start + ARENA_FRAMES;

	memmap = arena_memory(ARENA_FRAMES * sizeof(struct page));
	for (unsigned long nr = pfn_to_section_nr(start); nr <= pfn_to_section_nr(end - 1); nr++)
		mem_section[nr] = (struct mem_section){ .map = memmap - start, .nid = 0, .online = true };
	for (unsigned long pfn = start; pfn < end; pfn++) {
		struct page *page = memmap + (pfn - start);

		page->flags = 1UL << PG_reserved | (unsigned long)ZONE_NORMAL << ZONES_PGSHIFT |
			      pfn_to_section_nr(pfn) << SECTIONS_PGSHIFT;
		set_page_count(page, 1);
		atomic_set(&page->_mapcount, -1);
		INIT_LIST_HEAD(&page->lru);
	}
}

static void reset_bootmem(void)
{
	unsigned long start = arena_frames(ARENA_FRAMES);

	for (int nid = 0; nid < NODES; nid++)
		if (bdata[nid].node_bootmem_map)
			list_del(&bdata[nid].list);
	memset(nodes, 0, sizeof(nodes));
	memset(bdata, 0, sizeof(bdata));
	NODE_DATA(0) = &nodes[0];	/* page_zone() finds the zone by it, also when only node 1 is online */
	node_online_map = 0;
	make_pageset();
	make_zone(start);
	make_memmap(start);
}

/* ---- verbs --------------------------------------------------------------------------------------------------- */

static pg_data_t *node_of(unsigned long nid)
{
	return nid < NODES && nodes[nid].bdata ? &nodes[nid] : NULL;
}

static void verb_frames(int argc, const unsigned long *argv)
{
	arena_reply("%lu %lu %lu %lu", arena_frames(ARENA_FRAMES), ARENA_FRAMES, (unsigned long)__pa(zone),
		    (unsigned long)__pa(memmap));
}

static void verb_node(int argc, const unsigned long *argv)
{
	unsigned long nid = argv[0], bytes;

	if (nid >= NODES || nodes[nid].bdata) {
		arena_reply("? node");
		return;
	}
	nodes[nid].node_id = (int)nid;
	nodes[nid].bdata = &bdata[nid];
	NODE_DATA(nid) = &nodes[nid];
	node_online_map |= 1UL << nid;
	bytes = init_bootmem_node(&nodes[nid], argv[1], argv[2], argv[3]);
	arena_reply("%lu %lu", bytes, (unsigned long)__pa(&bdata[nid]));
}

static void verb_clear(int argc, const unsigned long *argv)
{
	pg_data_t *node = node_of(argv[0]);
	unsigned long pages;

	if (!node) {
		arena_reply("? node");
		return;
	}
	pages = node->bdata->node_low_pfn - (node->bdata->node_boot_start >> PAGE_SHIFT);
	memset(node->bdata->node_bootmem_map, 0, BITS_TO_LONGS(pages) * sizeof(long));
}

static void verb_fill(int argc, const unsigned long *argv)
{
	memset(__va(argv[0]), (int)argv[2], argv[1]);
}

static void verb_free(int argc, const unsigned long *argv)
{
	pg_data_t *node = node_of(argv[0]);

	if (node)
		free_bootmem_node(node, argv[1], argv[2]);
	else if (argv[0] == NONE)
		free_bootmem(argv[1], argv[2]);
	else
		arena_reply("? node");
}

static void verb_reserve(int argc, const unsigned long *argv)
{
	pg_data_t *node = node_of(argv[0]);

	if (node)
		reserve_bootmem_node(node, argv[1], argv[2]);
	else if (argv[0] == NONE)
		reserve_bootmem(argv[1], argv[2]);
	else
		arena_reply("? node");
}

static void verb_find(int argc, const unsigned long *argv)
{
	pg_data_t *node = node_of(argv[0]);

	if (node)
		arena_reply("%lu", bootmem_find_run(node->bdata, argv[1], argv[2], argv[3], argv[4]));
	else
		arena_reply("? node");
}

static void verb_pack(int argc, const unsigned long *argv)
{
	pg_data_t *node = node_of(argv[0]);
	unsigned long addr, pages = NONE;

	if (!node) {
		arena_reply("? node");
		return;
	}
	addr = bootmem_pack(node->bdata, argv[1], argv[2], argv[3], &pages);
	arena_reply("%lu %lu", addr, pages);
}

static void verb_alloc(int argc, const unsigned long *argv)
{
	pg_data_t *node = node_of(argv[0]);
	void *p;

	if (!node) {
		arena_reply("? node");
		return;
	}
	p = __alloc_bootmem_core(node->bdata, argv[1], argv[2], argv[3], argv[4]);
	arena_reply("%lu", p ? (unsigned long)__pa(p) : NONE);
}

static void verb_handover(int argc, const unsigned long *argv)
{
	arena_reply("%lu", free_all_bootmem());
}

static const struct arena_verb verbs[] = {
	{ "frames", 0, verb_frames }, { "node", 4, verb_node }, { "clear", 1, verb_clear }, { "fill", 3, verb_fill },
	{ "free", 3, verb_free }, { "reserve", 3, verb_reserve }, { "find", 5, verb_find }, { "pack", 4, verb_pack },
	{ "alloc", 5, verb_alloc }, { "handover", 0, verb_handover }, { },
};

ARENA(bootmem, verbs, reset_bootmem);
