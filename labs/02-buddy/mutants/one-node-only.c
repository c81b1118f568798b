struct zone *next_zone(struct zone *zone)
{
	return zone < zone->zone_pgdat->node_zones + MAX_NR_ZONES - 1 ? zone + 1 : NULL;
}
