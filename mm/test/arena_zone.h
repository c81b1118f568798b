#ifndef MM_TEST_ARENA_ZONE_H
#define MM_TEST_ARENA_ZONE_H

/*
 * Synthetic zones for arenas (kernel/arena.h): made without a line of the code that is under test.
 *
 *	arena_init_zone(pgdat, idx, …) ─► arena_zone_pages(zone, memmap, first pfn, pages) ─► arena_zonelists(pgdat)
 *	arena_free_block(page, order): what is free before a test begins
 */
#include "mm/internal.h"

/* @pgdat's zone @idx, without pages. CPU n's lists are pagesets[n]; with @shared they are pagesets[0] for all. */
void arena_init_zone(pg_data_t *pgdat, int idx, struct per_cpu_pageset *pagesets, bool shared);
/* Empty lists that keep nothing: what is freed goes on to the buddy lists at once. */
void arena_init_pageset(struct per_cpu_pageset *pageset);
/* @zone has the @pages page structures at @map from pfn @first on, none of them free. */
void arena_zone_pages(struct zone *zone, struct page *map, unsigned long first, unsigned long pages);
/* What a request for each class of zones tries: that zone, and those of @pgdat below it that have pages. */
void arena_zonelists(pg_data_t *pgdat);
/* A free block at the end of its list. => neither it nor its buddy is on one */
void arena_free_block(struct page *page, unsigned int order);

#endif
