/* The count says pages that are gone; the list guards against the worst. */
void drain_local_pages(void)
{
	struct zone *zone;
	unsigned long flags;

	for_each_zone(zone) {
		if (!populated_zone(zone))
			continue;
		local_irq_save(flags);
		for (int cold = 0; cold < 2; cold++) {
			struct per_cpu_pages *pcp = &zone->pageset[smp_processor_id()]->pcp[cold];

			if (!list_empty(&pcp->list))
				free_pages_bulk(zone, pcp->count, &pcp->list);
		}
		local_irq_restore(flags);
	}
}
