/*
 * buddy_arena.c: the buddy allocator on synthetic nodes, zones and pages, as a host says (kernel/arena.h).
 *
 * Owns:   eight nodes, the memmap of the machine's last section, and node_data[] and node_online_map while the arena runs.
 * Locks:  none: one CPU, interrupts off.
 * Read next: page_alloc.c and mmzone.c, whose public functions are called here; labs/02-buddy.
 *
 * Pages are numbered from the arena's first one, whose pfn is a multiple of the largest block. All zones with pages are
 * node 0's. Their per-CPU lists keep nothing, so that single pages, too, come from the buddy lists and go there at once.
 *
 *	where                           pfn of page 0, number of pages, MAX_ORDER
 *	zone IDX FIRST PAGES            node 0's zone IDX has pages [FIRST, FIRST + PAGES), none of them free
 *	seed FIRST ORDER                a free block at the end of its list, without a line of page_alloc.c
 *	hold FIRST ORDER                a block in use: count 1
 *	stale FIRST PAGES VALUE         these pages, not free, have VALUE left over in private
 *	marks IDX MIN LOW HIGH          the zone's watermarks
 *	reserve IDX CLASS PAGES         lowmem_reserve[CLASS]
 *	count IDX FREE NR_FREE…         free_pages and each order's nr_free, with nothing on the lists
 *	alloc ORDER CLASS GFP           __alloc_pages() from zone CLASS and those below: the page, or -1
 *	free FIRST ORDER                __free_pages()
 *	watermark IDX ORDER MARK CLASS FLAGS	zone_watermark_ok(): 0 or 1
 *	online MASK                     which nodes are
 *	nodes, zones                    what for_each_online_pgdat() and for_each_zone() visit: numbers of nodes,
 *	                                node * MAX_NR_ZONES + zone; -1: something else
 */
#include "mm/internal.h"
#include "mm/test/arena_zone.h"
#include "kernel/arena.h"
#include "kernel/lib/string.h"

#define NR_PAGES	(8 * MAX_ORDER_NR_PAGES)
#define SECTION		(NR_MEM_SECTIONS - 1)
#define FIRST_PFN	(SECTION << PFN_SECTION_SHIFT)
#define HARMLESS	(__GFP_HIGH | __GFP_COLD | __GFP_COMP)
#define MAX_VISITS	(MAX_NUMNODES * MAX_NR_ZONES + 1)

static pg_data_t *nodes;
static struct per_cpu_pageset *pageset;
static struct page *map;

/* ---- objects ------------------------------------------------------------------------------------------------- */

/* Nodes without pages, node 0 online; a memmap as it is before its zones are known: zeros. */
static void reset_buddy(void)
{
	nodes = arena_memory(MAX_NUMNODES * sizeof(*nodes));
	pageset = arena_memory(sizeof(*pageset));
	map = arena_memory(NR_PAGES * sizeof(*map));
	for (int nid = 0; nid < MAX_NUMNODES; nid++) {
		nodes[nid].node_id = nid;
		node_data[nid] = &nodes[nid];
		for (int idx = 0; idx < MAX_NR_ZONES; idx++)
			arena_init_zone(&nodes[nid], idx, pageset, true);
	}
	node_online_map = 1;
	mem_section[SECTION] = (struct mem_section){ .map = map - FIRST_PFN, .online = true };
}

/* Is [@first, @first + @pages) in the memmap? If not, the host is told. */
static bool are_pages(unsigned long first, unsigned long pages)
{
	if (first < NR_PAGES && pages <= NR_PAGES - first)
		return true;
	arena_reply("? pages");
	return false;
}

static bool is_block(unsigned long first, unsigned long order)
{
	if (order < MAX_ORDER && !(first & ((1UL << order) - 1)))
		return are_pages(first, 1UL << order);
	arena_reply("? block");
	return false;
}

/* Node 0's zone @idx; NULL, and the host is told, if there is none. */
static struct zone *find_zone(unsigned long idx)
{
	if (idx < MAX_NR_ZONES)
		return &nodes[0].node_zones[idx];
	arena_reply("? zone");
	return NULL;
}

static void verb_where(int argc, const unsigned long *argv)
{
	arena_reply("%lu %lu %d", FIRST_PFN, NR_PAGES, MAX_ORDER);
}

static void verb_zone(int argc, const unsigned long *argv)
{
	struct zone *zone = find_zone(argv[0]);

	if (!zone || !are_pages(argv[1], argv[2]))
		return;
	arena_zone_pages(zone, map + argv[1], FIRST_PFN + argv[1], argv[2]);
	arena_zonelists(&nodes[0]);
}

static void verb_seed(int argc, const unsigned long *argv)
{
	if (is_block(argv[0], argv[1]))
		arena_free_block(map + argv[0], (unsigned int)argv[1]);
}

static void verb_hold(int argc, const unsigned long *argv)
{
	if (is_block(argv[0], argv[1]))
		set_page_count(map + argv[0], 1);
}

static void verb_stale(int argc, const unsigned long *argv)
{
	if (are_pages(argv[0], argv[1]))
		for (unsigned long i = 0; i < argv[1]; i++)
			set_page_private(map + argv[0] + i, argv[2]);
}

static void verb_marks(int argc, const unsigned long *argv)
{
	struct zone *zone = find_zone(argv[0]);

	if (!zone)
		return;
	zone->pages_min = argv[1];
	zone->pages_low = argv[2];
	zone->pages_high = argv[3];
}

static void verb_reserve(int argc, const unsigned long *argv)
{
	struct zone *zone = find_zone(argv[0]);

	if (zone && find_zone(argv[1]))
		zone->lowmem_reserve[argv[1]] = argv[2];
}

static void verb_count(int argc, const unsigned long *argv)
{
	struct zone *zone = find_zone(argv[0]);

	if (!zone)
		return;
	zone->free_pages = argv[1];
	for (int order = 0; order < MAX_ORDER; order++)
		zone->free_area[order].nr_free = argv[2 + order];
}

/* ---- what is tested -------------------------------------------------------------------------------------------- */

static void verb_alloc(int argc, const unsigned long *argv)
{
	gfp_t gfp = ((gfp_t)argv[2] & HARMLESS) | __GFP_NOWARN;
	struct page *page;

	if (!is_block(0, argv[0]) || !find_zone(argv[1]))
		return;
	page = __alloc_pages(gfp, (unsigned int)argv[0], &nodes[0].node_zonelists[argv[1]]);
	arena_reply("%ld", page ? (long)(page - map) : -1L);
}

static void verb_free(int argc, const unsigned long *argv)
{
	if (is_block(argv[0], argv[1]))
		__free_pages(map + argv[0], (unsigned int)argv[1]);
}

static void verb_watermark(int argc, const unsigned long *argv)
{
	struct zone *zone = find_zone(argv[0]);

	if (zone && is_block(0, argv[1]) && find_zone(argv[3]))
		arena_reply("%d", zone_watermark_ok(zone, (unsigned int)argv[1], argv[2], (int)argv[3], (int)argv[4]));
}

static void verb_online(int argc, const unsigned long *argv)
{
	node_online_map = argv[0] & ((1UL << MAX_NUMNODES) - 1);
}

/* The number of the object at @p, one of @nr of @size bytes, the first at @first; -1: it is none of them. */
static long number_of(const void *p, const void *first, size_t size, long nr)
{
	size_t offset = (size_t)((const char *)p - (const char *)first);

	return offset < (size_t)nr * size && offset % size == 0 ? (long)(offset / size) : -1;
}

static void verb_nodes(int argc, const unsigned long *argv)
{
	char line[8 * MAX_VISITS] = "";
	int len = 0, visits = 0;
	pg_data_t *pgdat;

	for_each_online_pgdat(pgdat) {
		long nid = number_of(pgdat, nodes, sizeof(*nodes), MAX_NUMNODES);

		len += scnprintf(line + len, sizeof(line) - (size_t)len, "%ld ", nid);
		if (nid < 0 || ++visits == MAX_VISITS)
			break;
	}
	arena_reply("%s", line);
}

static long zone_number(const struct zone *zone)
{
	for (int nid = 0; nid < MAX_NUMNODES; nid++) {
		long idx = number_of(zone, nodes[nid].node_zones, sizeof(*zone), MAX_NR_ZONES);

		if (idx >= 0)
			return nid * MAX_NR_ZONES + idx;
	}
	return -1;
}

static void verb_zones(int argc, const unsigned long *argv)
{
	char line[8 * MAX_VISITS] = "";
	int len = 0, visits = 0;
	struct zone *zone;

	for_each_zone(zone) {
		long nr = zone_number(zone);

		len += scnprintf(line + len, sizeof(line) - (size_t)len, "%ld ", nr);
		if (nr < 0 || ++visits == MAX_VISITS)
			break;
	}
	arena_reply("%s", line);
}

static const struct arena_verb verbs[] = {
	{ "where", 0, verb_where }, { "zone", 3, verb_zone }, { "seed", 2, verb_seed }, { "hold", 2, verb_hold },
	{ "stale", 3, verb_stale }, { "marks", 4, verb_marks }, { "reserve", 3, verb_reserve },
	{ "count", 2 + MAX_ORDER, verb_count }, { "alloc", 3, verb_alloc }, { "free", 2, verb_free },
	{ "watermark", 5, verb_watermark }, { "online", 1, verb_online }, { "nodes", 0, verb_nodes },
	{ "zones", 0, verb_zones }, { }
};

ARENA(buddy, verbs, reset_buddy);
