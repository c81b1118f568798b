#ifndef MM_VMSTAT_H
#define MM_VMSTAT_H

/*
 * Counters: per zone (enum zone_stat_item) with per-CPU differentials, and events per CPU.
 *   add ─► this CPU's diff ─(over the threshold)─► zone->vm_stat and the global vm_stat
 */
#include "kernel/percpu.h"
#include "mm/mmzone.h"

enum vm_event_item {
	PGPGIN, PGPGOUT, PSWPIN, PSWPOUT,
	PGALLOC_DMA, PGALLOC_DMA32, PGALLOC_NORMAL, PGALLOC_HIGH,
	PGFREE, PGACTIVATE, PGDEACTIVATE, PGFAULT, PGMAJFAULT,
	PGREFILL_DMA, PGREFILL_DMA32, PGREFILL_NORMAL, PGREFILL_HIGH,
	PGSTEAL_DMA, PGSTEAL_DMA32, PGSTEAL_NORMAL, PGSTEAL_HIGH,
	PGSCAN_KSWAPD_DMA, PGSCAN_KSWAPD_DMA32, PGSCAN_KSWAPD_NORMAL, PGSCAN_KSWAPD_HIGH,
	PGSCAN_DIRECT_DMA, PGSCAN_DIRECT_DMA32, PGSCAN_DIRECT_NORMAL, PGSCAN_DIRECT_HIGH,
	PGINODESTEAL, SLABS_SCANNED, KSWAPD_STEAL, KSWAPD_INODESTEAL,
	PAGEOUTRUN, ALLOCSTALL, PGROTATED,
	NR_VM_EVENT_ITEMS
};

struct vm_event_state { unsigned long event[NR_VM_EVENT_ITEMS]; };
DECLARE_PER_CPU(struct vm_event_state, vm_event_states);

/* One instruction's worth of race with an interrupt is accepted for events (as 2.6.20's __count_vm_event). */
static inline void count_vm_event(enum vm_event_item item) { __get_cpu_var(vm_event_states).event[item]++; }
static inline void count_vm_events(enum vm_event_item item, long n) { __get_cpu_var(vm_event_states).event[item] += (unsigned long)n; }
#define count_zone_vm_events(item, zone, n)	count_vm_events((enum vm_event_item)(item##_DMA + zone_idx(zone)), n)
void all_vm_events(unsigned long *ret);

extern atomic_long_t vm_stat[NR_VM_ZONE_STAT_ITEMS];
static inline unsigned long global_page_state(enum zone_stat_item item)
{
	long x = atomic_long_read(&vm_stat[item]);

	return x < 0 ? 0 : (unsigned long)x;
}
static inline unsigned long zone_page_state(struct zone *zone, enum zone_stat_item item)
{
	long x = atomic_long_read(&zone->vm_stat[item]);

	return x < 0 ? 0 : (unsigned long)x;
}
/* __: interrupts off (or the item is never touched in one). */
void __mod_zone_page_state(struct zone *zone, enum zone_stat_item item, int delta);
void mod_zone_page_state(struct zone *zone, enum zone_stat_item item, int delta);
void __inc_zone_state(struct zone *zone, enum zone_stat_item item);
void __dec_zone_state(struct zone *zone, enum zone_stat_item item);
void __inc_zone_page_state(struct page *page, enum zone_stat_item item);
void __dec_zone_page_state(struct page *page, enum zone_stat_item item);
void inc_zone_page_state(struct page *page, enum zone_stat_item item);
void dec_zone_page_state(struct page *page, enum zone_stat_item item);
void refresh_cpu_vm_stats(int cpu);	/* => on that CPU */
void refresh_vm_stats(void);		/* all CPUs. => may sleep */
void refresh_zone_stat_thresholds(void);
void vmstat_init(void);

#endif
