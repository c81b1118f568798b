/* The zones behind keep their differences. */
void refresh_cpu_vm_stats(int cpu)
{
	struct zone *zone;

	for_each_zone(zone) {
		if (!populated_zone(zone))
			break;
		fold_pageset(zone, zone->pageset[cpu]);
	}
}
