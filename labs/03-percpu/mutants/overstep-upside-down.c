/* The wrong sign: the next fold comes soon, and the books are off by a threshold. */
void fold_overflow(struct zone *zone, struct per_cpu_pageset *pset, enum zone_stat_item item)
{
	int overstep = pset->stat_threshold / 2;

	zone_page_state_add(pset->vm_stat_diff[item] + overstep, zone, item);
	pset->vm_stat_diff[item] = (s8)overstep;
}
