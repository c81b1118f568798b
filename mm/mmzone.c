/*
 * mmzone.c: walking nodes and zones.
 *
 * Owns:   nothing: node_data[] and node_online_map are page_alloc_boot.c's.
 * Locks:  none: what is walked is written at boot (and, one day, by memory hotplug before a node goes online).
 * Read next: page_alloc_boot.c, which fills what is walked here.
 */
#include "mm/mmzone.h"

/* The first online node from @nid on, NULL if there is none. */
static pg_data_t *online_pgdat_from(int nid)
{
	for (; nid < MAX_NUMNODES; nid++)
		if (node_online(nid))
			return NODE_DATA(nid);
	return NULL;
}

/* The online node of the lowest number; NULL before there is one. */
pg_data_t *first_online_pgdat(void)
{
	return online_pgdat_from(0);
}

/* The online node after @pgdat, NULL at the end. */
pg_data_t *next_online_pgdat(pg_data_t *pgdat)
{
	return online_pgdat_from(pgdat->node_id + 1);
}

/*
 * The zone after @zone, in its node or at the start of the next one; NULL at the end.
 * => unpopulated zones are visited too: ask populated_zone().
 */
struct zone *next_zone(struct zone *zone)
{
	pg_data_t *pgdat = zone->zone_pgdat;

	if (zone < pgdat->node_zones + MAX_NR_ZONES - 1)
		return zone + 1;
	pgdat = next_online_pgdat(pgdat);
	return pgdat ? pgdat->node_zones : NULL;
}
