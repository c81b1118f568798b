/* A CPU on which more is freed than allocated never tells. */
static void fold_pageset(struct zone *zone, struct per_cpu_pageset *pset)
{
	unsigned long flags;

	for (int item = 0; item < NR_VM_ZONE_STAT_ITEMS; item++) {
		if (pset->vm_stat_diff[item] <= 0)
			continue;
		local_irq_save(flags);
		zone_page_state_add(pset->vm_stat_diff[item], zone, (enum zone_stat_item)item);
		pset->vm_stat_diff[item] = 0;
		local_irq_restore(flags);
	}
}
