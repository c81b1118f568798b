/* A zone without pages is thought not to be there. */
struct zone *next_zone(struct zone *zone)
{
	pg_data_t *pgdat = zone->zone_pgdat;

	for (;;) {
		while (++zone < pgdat->node_zones + MAX_NR_ZONES)
			if (populated_zone(zone))
				return zone;
		pgdat = next_online_pgdat(pgdat);
		if (!pgdat)
			return NULL;
		zone = pgdat->node_zones - 1;
	}
}
