/*
 * page_alloc_proc.c: the free lists as text: /proc/buddyinfo, /proc/zoneinfo, and the report in the log.
 *
 * Owns:   nothing.
 * Locks:  zone->lock for /proc/buddyinfo; none for the log, since a panic may hold any.
 * Read next: page_alloc.c.
 */
#include "mm/highmem.h"
#include "mm/internal.h"
#include "mm/proc.h"
#include "mm/swap.h"
#include "kernel/fs/buffer.h"
#include "kernel/fs/proc_fs.h"
#include "kernel/uapi/sysinfo.h"

#define K(pages)	((pages) << (PAGE_SHIFT - 10))

/* ---- the log ------------------------------------------------------------------------------------------ */

/* How full each CPU's lists of @zone are. */
static void show_lists(const struct zone *zone)
{
	int cpu;

	printk("Node %d %s per-cpu:\n", zone->node, zone->name);
	for_each_online_cpu(cpu) {
		const struct per_cpu_pages *hot = &zone->pageset[cpu]->pcp[0], *cold = hot + 1;

		printk("CPU %4d: Hot: hi:%5d, btch:%4d usd:%4d   Cold: hi:%5d, btch:%4d usd:%4d\n", cpu, hot->high, hot->batch,
		       hot->count, cold->high, cold->batch, cold->count);
	}
}

static void show_zone(const struct zone *zone)
{
	printk("Node %d %s free:%lukB min:%lukB low:%lukB high:%lukB active:%lukB inactive:%lukB present:%lukB "
	       "pages_scanned:%lu all_unreclaimable? %s\n", zone->node, zone->name, K(zone->free_pages), K(zone->pages_min),
	       K(zone->pages_low), K(zone->pages_high), K(zone->nr_active), K(zone->nr_inactive), K(zone->present_pages),
	       zone->pages_scanned, zone->all_unreclaimable ? "yes" : "no");
	printk("lowmem_reserve[]: %lu %lu %lu %lu\n", zone->lowmem_reserve[0], zone->lowmem_reserve[1],
	       zone->lowmem_reserve[2], zone->lowmem_reserve[3]);
}

/* The free blocks of each order. */
static void show_blocks(const struct zone *zone)
{
	unsigned long on_lists = 0;
	char line[160];
	int len = 0;

	for (int order = 0; order < MAX_ORDER; order++) {
		len += scnprintf(line + len, sizeof(line) - (size_t)len, "%lu*%lukB ", zone->free_area[order].nr_free,
				 K(1UL << order));
		on_lists += zone->free_area[order].nr_free << order;
	}
	printk("Node %d %s: %s= %lukB\n", zone->node, zone->name, line, K(on_lists));
}

static void for_each_populated(void (*show)(const struct zone *zone))
{
	struct zone *zone;

	for_each_zone(zone)
		if (populated_zone(zone))
			show(zone);
}

/*
 * Every zone's lists, free pages, watermarks and blocks, and where the rest is, as Linux tells them: into the log.
 * => any context, even a panic
 */
void show_free_areas(void)
{
	unsigned long active = 0, inactive = 0;
	struct zone *zone;

	for_each_populated(show_lists);
	for_each_zone(zone) {
		active += zone->nr_active;
		inactive += zone->nr_inactive;
	}
	printk("Active:%lu inactive:%lu dirty:%lu writeback:%lu unstable:%lu free:%lu slab:%lu mapped:%lu pagetables:%lu\n",
	       active, inactive, global_page_state(NR_FILE_DIRTY), global_page_state(NR_WRITEBACK),
	       global_page_state(NR_UNSTABLE_NFS), nr_free_pages(),
	       global_page_state(NR_SLAB_RECLAIMABLE) + global_page_state(NR_SLAB_UNRECLAIMABLE),
	       global_page_state(NR_FILE_MAPPED), global_page_state(NR_PAGETABLE));
	for_each_populated(show_zone);
	for_each_populated(show_blocks);
}

/* As show_free_areas(), and the sums: for a panic, and for allocations that failed. => any context */
void show_mem(void)
{
	printk("Mem-info:\n");
	show_free_areas();
	printk("%lu pages of RAM, %lu of high memory, %lu reserved, %lu in the page cache, %lu anonymous\n", num_physpages,
	       totalhigh_pages, num_physpages - totalram_pages, global_page_state(NR_FILE_PAGES),
	       global_page_state(NR_ANON_PAGES));
}

/* sysinfo(2)'s part of memory. => a picture of the moment */
void si_meminfo(struct sysinfo *val)
{
	val->totalram = totalram_pages;
	val->sharedram = 0;
	val->freeram = nr_free_pages();
	val->bufferram = nr_blockdev_pages();
	val->totalhigh = totalhigh_pages;
	val->freehigh = nr_free_highpages();
	val->mem_unit = PAGE_SIZE;
}

/* ---- /proc ------------------------------------------------------------------------------------------------ */

static int buddyinfo_show(struct seq_file *m, void *unused)
{
	struct zone *zone;
	unsigned long flags;

	for_each_zone(zone) {
		unsigned long blocks[MAX_ORDER];

		if (!populated_zone(zone))
			continue;
		spin_lock_irqsave(&zone->lock, flags);
		for (int order = 0; order < MAX_ORDER; order++)
			blocks[order] = zone->free_area[order].nr_free;
		spin_unlock_irqrestore(&zone->lock, flags);
		seq_printf(m, "Node %d, zone %8s ", zone->node, zone->name);
		for (int order = 0; order < MAX_ORDER; order++)
			seq_printf(m, "%6lu ", blocks[order]);
		seq_putc(m, '\n');
	}
	return 0;
}

static void show_pagesets(struct seq_file *m, struct zone *zone)
{
	int cpu;

	seq_puts(m, "\n  pagesets");
	for_each_online_cpu(cpu) {
		struct per_cpu_pageset *pset = zone->pageset[cpu];

		for (int i = 0; i < 2; i++)
			seq_printf(m, "\n    cpu: %d pcp: %d\n              count: %d\n              high:  %d\n"
				   "              batch: %d", cpu, i, pset->pcp[i].count, pset->pcp[i].high,
				   pset->pcp[i].batch);
		seq_printf(m, "\n  vm stats threshold: %d", pset->stat_threshold);
	}
}

static int zoneinfo_show(struct seq_file *m, void *unused)
{
	struct zone *zone;

	for_each_zone(zone) {
		if (!populated_zone(zone))
			continue;
		seq_printf(m, "Node %d, zone %8s\n  pages free     %lu\n        min      %lu\n        low      %lu\n"
			   "        high     %lu\n        active   %lu\n        inactive %lu\n"
			   "        scanned  %lu (a: %lu i: %lu)\n        spanned  %lu\n        present  %lu", zone->node,
			   zone->name, zone->free_pages, zone->pages_min, zone->pages_low, zone->pages_high,
			   zone->nr_active, zone->nr_inactive, zone->pages_scanned, zone->nr_scan_active,
			   zone->nr_scan_inactive, zone->spanned_pages, zone->present_pages);
		for (int item = NR_ANON_PAGES; item < NR_VM_ZONE_STAT_ITEMS; item++)
			seq_printf(m, "\n    %-12s %lu", vmstat_text[item],
				   zone_page_state(zone, (enum zone_stat_item)item));
		seq_printf(m, "\n        protection: (%lu, %lu, %lu, %lu)", zone->lowmem_reserve[0],
			   zone->lowmem_reserve[1], zone->lowmem_reserve[2], zone->lowmem_reserve[3]);
		show_pagesets(m, zone);
		seq_printf(m, "\n  all_unreclaimable: %d\n  prev_priority:     %d\n  start_pfn:         %lu\n",
			   zone->all_unreclaimable, zone->prev_priority, zone->zone_start_pfn);
	}
	return 0;
}

static int min_free_changed(const struct proc_sys *entry)
{
	setup_per_zone_pages_min();
	return 0;
}

static int lowmem_reserve_changed(const struct proc_sys *entry)
{
	setup_per_zone_lowmem_reserve();
	return 0;
}

static int pagelist_fraction_changed(const struct proc_sys *entry)
{
	setup_percpu_pagelists();
	return 0;
}

static const struct proc_sys pagelist_fraction_entry = {
	.path = "vm/percpu_pagelist_fraction", .data = &percpu_pagelist_fraction, .kind = PROC_SYS_INT, .min = 8,
	.max = 1 << 30, .changed = pagelist_fraction_changed,
};

static const struct proc_sys min_free_entry = {
	.path = "vm/min_free_kbytes", .data = &min_free_kbytes, .kind = PROC_SYS_INT, .min = 0, .max = 1 << 20,
	.changed = min_free_changed,
};

static const struct proc_sys lowmem_reserve_entry = {
	.path = "vm/lowmem_reserve_ratio", .data = sysctl_lowmem_reserve_ratio, .kind = PROC_SYS_INT,
	.n = MAX_NR_ZONES - 1, .min = 1, .max = 1 << 20, .changed = lowmem_reserve_changed,
};

void page_alloc_proc_init(void)
{
	proc_sys_register(&pagelist_fraction_entry);
	proc_sys_register(&min_free_entry);
	proc_sys_register(&lowmem_reserve_entry);
	proc_create_seq("buddyinfo", buddyinfo_show, NULL);
	proc_create_seq("zoneinfo", zoneinfo_show, NULL);
}
