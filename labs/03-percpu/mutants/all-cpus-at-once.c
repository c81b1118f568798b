/* The others' lists have no lock: they use them meanwhile. */
void drain_local_pages(void)
{
	struct zone *zone;
	unsigned long flags;
	int cpu;

	for_each_zone(zone) {
		if (!populated_zone(zone))
			continue;
		local_irq_save(flags);
		for_each_possible_cpu(cpu)
			for (int cold = 0; cold < 2; cold++) {
				struct per_cpu_pages *pcp = &zone->pageset[cpu]->pcp[cold];

				free_pages_bulk(zone, pcp->count, &pcp->list);
				pcp->count = 0;
			}
		local_irq_restore(flags);
	}
}
