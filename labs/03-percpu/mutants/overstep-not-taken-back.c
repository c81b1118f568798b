/* The sum gets more than was counted. */
void __dec_zone_state(struct zone *zone, enum zone_stat_item item)
{
	struct per_cpu_pageset *pset = this_pageset(zone);
	int x = --pset->vm_stat_diff[item];

	if (unlikely(x < -pset->stat_threshold)) {
		int overstep = pset->stat_threshold / 2;

		zone_page_state_add(x - overstep, zone, item);
		pset->vm_stat_diff[item] = 0;
	}
}
