/*
 * vmstat_check.c: what must be true of the counters.
 *
 * Owns:   nothing.
 * Locks:  none.
 * Read next: vmstat.c.
 */
#include "mm/check.h"
#include "mm/internal.h"
#include "mm/vmstat.h"

/* An item's sum over the zones is the global one, and none is below zero. */
static int check_item(enum zone_stat_item item)
{
	long sum = 0, global = atomic_long_read(&vm_stat[item]);
	struct zone *zone;
	int bad = 0;

	for_each_zone(zone) {
		long x = atomic_long_read(&zone->vm_stat[item]);

		if (x < 0) {
			printk(KERN_ERR "check: counter %d of zone %s is %ld\n", item, zone->name, x);
			bad++;
		}
		sum += x;
	}
	if (sum != global) {
		printk(KERN_ERR "check: counter %d: zones %ld, all %ld\n", item, sum, global);
		bad++;
	}
	return bad;
}

/* Returns the number of faults. => after refresh_vm_stats(), nobody counting; the NUMA events may run on */
int check_vmstat(void)
{
	int bad = 0;

	for (int item = NR_ANON_PAGES; item < NUMA_HIT; item++)
		bad += check_item((enum zone_stat_item)item);
	return bad;
}
