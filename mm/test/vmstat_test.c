/*
 * vmstat_test.c: counters that are exact once their differences are folded.
 */
#include "mm/check.h"
#include "mm/internal.h"
#include "mm/vmstat.h"
#include "kernel/ktest.h"

static struct zone *a_zone(void)
{
	return first_online_pgdat()->node_zonelists[ZONE_NORMAL].zones[0];
}

/* Every CPU counts up by 1000 and down by 990. */
static void count_on_cpu(void *arg, int cpu)
{
	struct zone *zone = arg;

	for (int i = 0; i < 1000; i++)
		mod_zone_page_state(zone, NR_BOUNCE, 1);
	for (int i = 0; i < 330; i++)
		mod_zone_page_state(zone, NR_BOUNCE, -3);
}

KTEST(vmstat, sums_are_within_the_bound_and_then_exact)
{
	struct zone *zone = a_zone();
	long before, wanted, bound = (long)num_online_cpus() * 125;

	refresh_vm_stats();
	before = atomic_long_read(&zone->vm_stat[NR_BOUNCE]);
	wanted = before + 10 * (long)num_online_cpus();
	ktest_on_all_cpus(t, count_on_cpu, zone);
	EXPECT_OP(t, atomic_long_read(&zone->vm_stat[NR_BOUNCE]), <=, wanted + bound);
	EXPECT_OP(t, atomic_long_read(&zone->vm_stat[NR_BOUNCE]), >=, wanted - bound);
	refresh_vm_stats();
	EXPECT_EQ(t, atomic_long_read(&zone->vm_stat[NR_BOUNCE]), wanted);
	EXPECT_EQ(t, check_vmstat(), 0);
	mod_zone_page_state(zone, NR_BOUNCE, (int)(before - wanted));
}

KTEST(vmstat, thresholds_by_cpus_and_memory)
{
	struct zone *zone;

	for_each_zone(zone) {
		int mem = (int)(zone->present_pages >> (27 - PAGE_SHIFT));

		if (populated_zone(zone))
			EXPECT_EQ(t, zone->pageset[smp_processor_id()]->stat_threshold,
				  min(125, 2 * fls((unsigned)num_online_cpus()) * (1 + fls((unsigned)mem))));
	}
}

KTEST(vmstat, allocations_are_counted_as_events)
{
	unsigned long before[NR_VM_EVENT_ITEMS], after[NR_VM_EVENT_ITEMS];
	struct page *page;

	all_vm_events(before);
	page = alloc_pages(GFP_KERNEL, 3);
	if (!EXPECT(t, page))
		return;
	__free_pages(page, 3);
	all_vm_events(after);
	EXPECT_OP(t, after[PGFREE] - before[PGFREE], >=, 8);
	EXPECT_OP(t, after[PGALLOC_DMA] + after[PGALLOC_DMA32] + after[PGALLOC_NORMAL] - before[PGALLOC_DMA] -
		  before[PGALLOC_DMA32] - before[PGALLOC_NORMAL], >=, 8);
}

/* Slab pages are counted in, and out again. */
KTEST(vmstat, books_balance_after_quiescing)
{
	unsigned long total, again;
	struct page *page;

	mm_quiesce();
	total = nr_free_pages();
	page = alloc_page(GFP_KERNEL);
	if (!EXPECT(t, page))
		return;
	__free_page(page);
	mm_quiesce();
	again = nr_free_pages();
	EXPECT_OP(t, again + 8, >=, total);
}
