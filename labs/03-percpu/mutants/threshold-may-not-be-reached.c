/* One page too early. */
void __mod_zone_page_state(struct zone *zone, enum zone_stat_item item, int delta)
{
	struct per_cpu_pageset *pset = this_pageset(zone);
	long x = delta + pset->vm_stat_diff[item];

	if (unlikely(x >= pset->stat_threshold || x <= -pset->stat_threshold)) {
		zone_page_state_add(x, zone, item);
		x = 0;
	}
	pset->vm_stat_diff[item] = (s8)x;
}
