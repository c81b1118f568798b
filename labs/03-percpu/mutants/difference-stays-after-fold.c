/* It is added again the next time. */
static void fold_pageset(struct zone *zone, struct per_cpu_pageset *pset)
{
	unsigned long flags;

	for (int item = 0; item < NR_VM_ZONE_STAT_ITEMS; item++) {
		if (!pset->vm_stat_diff[item])
			continue;
		local_irq_save(flags);
		zone_page_state_add(pset->vm_stat_diff[item], zone, (enum zone_stat_item)item);
		local_irq_restore(flags);
	}
}
