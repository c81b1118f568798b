/*
 * vmstat.c: counters of zones and events.
 *
 * Owns:   vm_stat[] (sums over all zones), each zone's vm_stat[] and the CPUs' differences to it, vm_event_states.
 * Locks:  none: a CPU's own differences with interrupts off, the sums are atomic.
 * Read next: vmstat_proc.c, which prints them.
 *
 * A change goes into this CPU's 8-bit difference; when that passes the zone's threshold, it moves into the sums. So a
 * sum may be wrong by threshold × CPUs, until refresh_vm_stats().
 */
#include "mm/internal.h"
#include "mm/vmstat.h"

atomic_long_t vm_stat[NR_VM_ZONE_STAT_ITEMS];
DEFINE_PER_CPU(struct vm_event_state, vm_event_states);

static struct per_cpu_pageset *this_pageset(struct zone *zone)
{
	return zone->pageset[smp_processor_id()];
}

static void zone_page_state_add(long x, struct zone *zone, enum zone_stat_item item)
{
	atomic_long_add(x, &zone->vm_stat[item]);
	atomic_long_add(x, &vm_stat[item]);
}

/* => interrupts off, or @item is never touched in one */
void __mod_zone_page_state(struct zone *zone, enum zone_stat_item item, int delta)
{
	struct per_cpu_pageset *pset = this_pageset(zone);
	long x = delta + pset->vm_stat_diff[item];

	if (unlikely(x > pset->stat_threshold || x < -pset->stat_threshold)) {
		zone_page_state_add(x, zone, item);
		x = 0;
	}
	pset->vm_stat_diff[item] = (s8)x;
}

void fold_overflow(struct zone *zone, struct per_cpu_pageset *pset, enum zone_stat_item item)
{
	int overstep = pset->stat_threshold / 2;

	zone_page_state_add(pset->vm_stat_diff[item] + overstep, zone, item);
	pset->vm_stat_diff[item] = (s8)-overstep;
}

/* One more. => as __mod_zone_page_state */
void __inc_zone_state(struct zone *zone, enum zone_stat_item item)
{
	inc_pageset_state(zone, this_pageset(zone), item);
}

/* One less, as __inc_zone_state. */
void __dec_zone_state(struct zone *zone, enum zone_stat_item item)
{
	struct per_cpu_pageset *pset = this_pageset(zone);
	int x = --pset->vm_stat_diff[item];

	if (unlikely(x < -pset->stat_threshold)) {
		int overstep = pset->stat_threshold / 2;

		zone_page_state_add(x - overstep, zone, item);
		pset->vm_stat_diff[item] = (s8)overstep;
	}
}

void __inc_zone_page_state(struct page *page, enum zone_stat_item item)
{
	__inc_zone_state(page_zone(page), item);
}

void __dec_zone_page_state(struct page *page, enum zone_stat_item item)
{
	__dec_zone_state(page_zone(page), item);
}

/* => any context, as the others without __ */
void mod_zone_page_state(struct zone *zone, enum zone_stat_item item, int delta)
{
	unsigned long flags;

	local_irq_save(flags);
	__mod_zone_page_state(zone, item, delta);
	local_irq_restore(flags);
}

void inc_zone_page_state(struct page *page, enum zone_stat_item item)
{
	unsigned long flags;

	local_irq_save(flags);
	__inc_zone_state(page_zone(page), item);
	local_irq_restore(flags);
}

void dec_zone_page_state(struct page *page, enum zone_stat_item item)
{
	unsigned long flags;

	local_irq_save(flags);
	__dec_zone_state(page_zone(page), item);
	local_irq_restore(flags);
}

/* ---- folding ---------------------------------------------------------------------------------------- */

static void fold_pageset(struct zone *zone, struct per_cpu_pageset *pset)
{
	unsigned long flags;

	for (int item = 0; item < NR_VM_ZONE_STAT_ITEMS; item++) {
		if (!pset->vm_stat_diff[item])
			continue;
		local_irq_save(flags);
		zone_page_state_add(pset->vm_stat_diff[item], zone, (enum zone_stat_item)item);
		pset->vm_stat_diff[item] = 0;
		local_irq_restore(flags);
	}
}

/* @cpu's differences go into the sums. => on that CPU */
void refresh_cpu_vm_stats(int cpu)
{
	struct zone *zone;

	for_each_zone(zone)
		if (populated_zone(zone))
			fold_pageset(zone, zone->pageset[cpu]);
}

static void refresh_this_cpu(void *unused)
{
	refresh_cpu_vm_stats(smp_processor_id());
}

/* All CPUs' differences: the sums are exact, if nobody counts meanwhile. => interrupts on, may sleep */
void refresh_vm_stats(void)
{
	on_each_cpu(refresh_this_cpu, NULL);
}

/* More CPUs and more memory let a sum be further off, up to 125 a CPU. */
static int calculate_threshold(const struct zone *zone)
{
	int mem = (int)(zone->present_pages >> (27 - PAGE_SHIFT));	/* in 128 MiB */

	return min(125, 2 * fls((unsigned int)num_online_cpus()) * (1 + fls((unsigned int)mem)));
}

/* => the zones have pagesets of their own; again when CPUs or memory were added */
void refresh_zone_stat_thresholds(void)
{
	struct zone *zone;
	int cpu;

	for_each_zone(zone)
		if (populated_zone(zone))
			for_each_possible_cpu(cpu)
				zone->pageset[cpu]->stat_threshold = (s8)calculate_threshold(zone);
}

/* The thresholds, by the CPUs that came up. => after setup_per_cpu_pageset() */
void vmstat_init(void)
{
	refresh_zone_stat_thresholds();
}

/* Sums over all CPUs of all events into ret[NR_VM_EVENT_ITEMS]. => a sum of the moment */
void all_vm_events(unsigned long *ret)
{
	int cpu;

	for (int item = 0; item < NR_VM_EVENT_ITEMS; item++)
		ret[item] = 0;
	for_each_possible_cpu(cpu)
		for (int item = 0; item < NR_VM_EVENT_ITEMS; item++)
			ret[item] += per_cpu(vm_event_states, cpu).event[item];
}
