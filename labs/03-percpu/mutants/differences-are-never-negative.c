/* A task that changed its CPU leaves its pages counted for ever. */
void __dec_zone_state(struct zone *zone, enum zone_stat_item item)
{
	struct per_cpu_pageset *pset = this_pageset(zone);

	if (pset->vm_stat_diff[item] > 0)
		pset->vm_stat_diff[item]--;
}
