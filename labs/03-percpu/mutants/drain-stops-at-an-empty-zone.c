/* break, not continue. */
void drain_local_pages(void)
{
	struct zone *zone;
	unsigned long flags;

	for_each_zone(zone) {
		if (!populated_zone(zone))
			break;
		local_irq_save(flags);
		for (int cold = 0; cold < 2; cold++) {
			struct per_cpu_pages *pcp = &zone->pageset[smp_processor_id()]->pcp[cold];

			free_pages_bulk(zone, pcp->count, &pcp->list);
			pcp->count = 0;
		}
		local_irq_restore(flags);
	}
}
