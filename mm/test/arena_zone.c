/*
 * arena_zone.c: zones, pages and free lists that arenas make up.
 *
 * Owns:   nothing.
 * Locks:  none: one CPU, interrupts off.
 * Read next: buddy_arena.c, percpu_arena.c, slab_arena.c.
 */
#include "mm/test/arena_zone.h"

/* See arena_zone.h. */
void arena_init_pageset(struct per_cpu_pageset *pageset)
{
	for (int cold = 0; cold < 2; cold++) {
		pageset->pcp[cold].batch = 1;	/* and high 0 */
		INIT_LIST_HEAD(&pageset->pcp[cold].list);
	}
}

/* See arena_zone.h. */
void arena_init_zone(pg_data_t *pgdat, int idx, struct per_cpu_pageset *pagesets, bool shared)
{
	struct zone *zone = &pgdat->node_zones[idx];

	zone->name = zone_names[idx];
	zone->idx = idx;
	zone->node = pgdat->node_id;
	zone->zone_pgdat = pgdat;
	spin_lock_init(&zone->lock, RANK_ZONE);
	for (int order = 0; order < MAX_ORDER; order++)
		INIT_LIST_HEAD(&zone->free_area[order].free_list);
	for (int cpu = 0; cpu < NR_CPUS; cpu++) {
		zone->pageset[cpu] = &pagesets[shared ? 0 : cpu];
		arena_init_pageset(zone->pageset[cpu]);
	}
}

/* See arena_zone.h. */
void arena_zone_pages(struct zone *zone, struct page *map, unsigned long first, unsigned long pages)
{
	zone->zone_start_pfn = first;
	zone->spanned_pages = zone->present_pages = pages;
	for (unsigned long i = 0; i < pages; i++) {
		map[i].flags = (unsigned long)zone_idx(zone) << ZONES_PGSHIFT | pfn_to_section_nr(first + i) << SECTIONS_PGSHIFT;
		atomic_set(&map[i]._mapcount, -1);
		INIT_LIST_HEAD(&map[i].lru);
	}
}

/* See arena_zone.h. */
void arena_zonelists(pg_data_t *pgdat)
{
	for (int class = 0; class < MAX_NR_ZONES; class++) {
		struct zone **z = pgdat->node_zonelists[class].zones;

		for (int idx = class; idx >= 0; idx--)
			if (populated_zone(&pgdat->node_zones[idx]))
				*z++ = &pgdat->node_zones[idx];
		*z = NULL;
	}
}

/* See arena_zone.h. */
void arena_free_block(struct page *page, unsigned int order)
{
	struct zone *zone = page_zone(page);

	page->private = order;
	__SetPageBuddy(page);
	list_add_tail(&page->lru, &zone->free_area[order].free_list);
	zone->free_area[order].nr_free++;
	zone->free_pages += 1UL << order;
}
