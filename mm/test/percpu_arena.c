/*
 * percpu_arena.c: the CPUs' page lists and counter differences on synthetic zones, as a host says (kernel/arena.h).
 *
 * Owns:   a node, the memmap of the machine's last section, node_data[0] and the CPU masks while the arena runs.
 * Locks:  none: one CPU, interrupts off. It says that it is another one when the host wants that.
 * Read next: page_alloc.c and vmstat.c, whose functions are called here; labs/03-percpu.
 *
 * Pages are numbered from the arena's first one, whose pfn is a multiple of the largest block. After a reset all CPUs are
 * possible, CPU 0 alone is online and is ours, no zone has pages, all lists are empty and all counters 0.
 *
 *	where                           pfn of page 0, number of pages, CPUs, counters of a zone
 *	zone IDX FIRST PAGES            zone IDX has pages [FIRST, FIRST + PAGES), none of them free
 *	seed FIRST ORDER                a free block at the end of its buddy list
 *	hold FIRST PAGES                pages in use: count 1
 *	limits IDX CPU COLD HIGH BATCH  of that CPU's list
 *	threshold IDX CPU PAGES         stat_threshold
 *	present IDX PAGES               the zone says that it has so many pages
 *	online CPUS                     so many CPUs are
 *	cpu N                           from now on this is CPU N
 *	alloc CLASS GFP                 __alloc_pages(), order 0: the page, or -1; then the events PGALLOC of its zone
 *	free FIRST COLD                 the page's last reference goes: free_hot_page(), free_cold_page(); then PGFREE
 *	drain                           drain_local_pages()
 *	mod IDX ITEM DELTA, inc, dec    mod_zone_page_state() and the like; inc and dec: IDX ITEM TIMES
 *	refresh CPU                     refresh_cpu_vm_stats()
 *	thresholds                      refresh_zone_stat_thresholds()
 *	irqs                            were interrupts on after one of these calls? 0 or 1
 */
#include "mm/internal.h"
#include "mm/test/arena_zone.h"
#include "mm/vmstat.h"
#include "kernel/arch.h"
#include "kernel/arena.h"
#include "kernel/lib/string.h"
#include "kernel/smp.h"

#define NR_PAGES	(4 * MAX_ORDER_NR_PAGES)
#define SECTION		(NR_MEM_SECTIONS - 1)
#define FIRST_PFN	(SECTION << PFN_SECTION_SHIFT)

static pg_data_t *node;
static struct page *map;
static bool irqs_came_on;

static void reset_percpu(void)
{
	node = arena_memory(sizeof(*node));
	map = arena_memory(NR_PAGES * sizeof(*map));
	node_data[0] = node;
	node_online_map = 1;
	for (int idx = 0; idx < MAX_NR_ZONES; idx++)
		arena_init_zone(node, idx, arena_memory(NR_CPUS * sizeof(struct per_cpu_pageset)), false);
	mem_section[SECTION] = (struct mem_section){ .map = map - FIRST_PFN, .online = true };
	memset(vm_stat, 0, sizeof(vm_stat));
	memset(&per_cpu(vm_event_states, 0), 0, sizeof(struct vm_event_state));
	cpu_possible_map = (1UL << NR_CPUS) - 1;
	cpu_online_map = 1;
	arch_pretend_cpu(0);
	irqs_came_on = false;
}

/* ---- what the host names ----------------------------------------------------------------------------------------- */

static bool is_below(unsigned long n, unsigned long limit, const char *what)
{
	if (n >= limit)
		arena_reply("? %s", what);
	return n < limit;
}

static struct zone *find_zone(unsigned long idx)
{
	return is_below(idx, MAX_NR_ZONES, "zone") ? &node->node_zones[idx] : NULL;
}

/* CPU @cpu's pageset of zone @idx; NULL, and the host is told, if there is none. */
static struct per_cpu_pageset *find_pageset(unsigned long idx, unsigned long cpu)
{
	struct zone *zone = find_zone(idx);

	return zone && is_below(cpu, NR_CPUS, "cpu") ? zone->pageset[cpu] : NULL;
}

static bool is_block(unsigned long first, unsigned long order)
{
	return is_below(order, MAX_ORDER, "order") && is_below(first, NR_PAGES, "page") &&
	       is_below(first & ((1UL << order) - 1), 1, "block") && is_below(first + (1UL << order) - 1, NR_PAGES, "page");
}

/* The arena runs without interrupts: code that finds them off must leave them so. */
static void note_irqs(void)
{
	if (irqs_disabled())
		return;
	irqs_came_on = true;
	local_irq_disable();
}

static void verb_where(int argc, const unsigned long *argv)
{
	arena_reply("%lu %lu %d %d", FIRST_PFN, NR_PAGES, NR_CPUS, NR_VM_ZONE_STAT_ITEMS);
}

static void verb_zone(int argc, const unsigned long *argv)
{
	struct zone *zone = find_zone(argv[0]);

	if (!zone || !is_below(argv[1], NR_PAGES, "page") || !is_below(argv[2], NR_PAGES - argv[1] + 1, "page"))
		return;
	arena_zone_pages(zone, map + argv[1], FIRST_PFN + argv[1], argv[2]);
	arena_zonelists(node);
}

static void verb_seed(int argc, const unsigned long *argv)
{
	if (is_block(argv[0], argv[1]))
		arena_free_block(map + argv[0], (unsigned int)argv[1]);
}

static void verb_hold(int argc, const unsigned long *argv)
{
	if (is_below(argv[0], NR_PAGES, "page") && is_below(argv[1], NR_PAGES - argv[0] + 1, "page"))
		for (unsigned long i = 0; i < argv[1]; i++)
			set_page_count(map + argv[0] + i, 1);
}

static void verb_limits(int argc, const unsigned long *argv)
{
	struct per_cpu_pageset *pset = find_pageset(argv[0], argv[1]);

	if (!pset || !is_below(argv[2], 2, "list"))
		return;
	pset->pcp[argv[2]].high = (int)argv[3];
	pset->pcp[argv[2]].batch = (int)argv[4];
}

static void verb_threshold(int argc, const unsigned long *argv)
{
	struct per_cpu_pageset *pset = find_pageset(argv[0], argv[1]);

	if (pset)
		pset->stat_threshold = (s8)argv[2];
}

static void verb_present(int argc, const unsigned long *argv)
{
	struct zone *zone = find_zone(argv[0]);

	if (zone)
		zone->present_pages = argv[1];
}

static void verb_online(int argc, const unsigned long *argv)
{
	if (is_below(argv[0] - 1, NR_CPUS, "cpus"))
		cpu_online_map = (1UL << argv[0]) - 1;
}

static void verb_cpu(int argc, const unsigned long *argv)
{
	if (is_below(argv[0], NR_CPUS, "cpu"))
		arch_pretend_cpu((int)argv[0]);
}

/* ---- what is tested ------------------------------------------------------------------------------------------------ */

static void verb_alloc(int argc, const unsigned long *argv)
{
	struct vm_event_state *events = &per_cpu(vm_event_states, 0);
	struct page *page;

	if (!find_zone(argv[0]))
		return;
	page = __alloc_pages(((gfp_t)argv[1] & (__GFP_COLD | __GFP_HIGH)) | __GFP_NOWARN, 0, &node->node_zonelists[argv[0]]);
	note_irqs();
	arena_reply("%ld %lu", page ? (long)(page - map) : -1L, events->event[PGALLOC_DMA + (int)argv[0]]);
}

static void verb_free(int argc, const unsigned long *argv)
{
	if (!is_block(argv[0], 0))
		return;
	set_page_count(map + argv[0], 0);
	if (argv[1])
		free_cold_page(map + argv[0]);
	else
		free_hot_page(map + argv[0]);
	note_irqs();
	arena_reply("%lu", per_cpu(vm_event_states, 0).event[PGFREE]);
}

static void verb_drain(int argc, const unsigned long *argv)
{
	drain_local_pages();
	note_irqs();
}

static void verb_mod(int argc, const unsigned long *argv)
{
	struct zone *zone = find_zone(argv[0]);

	if (!zone || !is_below(argv[1], NR_VM_ZONE_STAT_ITEMS, "item"))
		return;
	mod_zone_page_state(zone, (enum zone_stat_item)argv[1], (int)argv[2]);
	note_irqs();
}

/* One page more of @argv[0]'s, @argv[2] times; or with @less one less. */
static void count_pages(const unsigned long *argv, bool less)
{
	struct zone *zone = find_zone(argv[0]);

	if (!zone || !is_below(argv[1], NR_VM_ZONE_STAT_ITEMS, "item"))
		return;
	for (unsigned long n = 0; n < argv[2]; n++) {
		if (less)
			dec_zone_page_state(pfn_to_page(zone->zone_start_pfn), (enum zone_stat_item)argv[1]);
		else
			inc_zone_page_state(pfn_to_page(zone->zone_start_pfn), (enum zone_stat_item)argv[1]);
		note_irqs();
	}
}

static void verb_inc(int argc, const unsigned long *argv)
{
	count_pages(argv, false);
}

static void verb_dec(int argc, const unsigned long *argv)
{
	count_pages(argv, true);
}

static void verb_refresh(int argc, const unsigned long *argv)
{
	if (!is_below(argv[0], NR_CPUS, "cpu"))
		return;
	refresh_cpu_vm_stats((int)argv[0]);
	note_irqs();
}

static void verb_thresholds(int argc, const unsigned long *argv)
{
	refresh_zone_stat_thresholds();
}

static void verb_irqs(int argc, const unsigned long *argv)
{
	arena_reply("%d", irqs_came_on);
}

static const struct arena_verb verbs[] = {
	{ "where", 0, verb_where }, { "zone", 3, verb_zone }, { "seed", 2, verb_seed }, { "hold", 2, verb_hold },
	{ "limits", 5, verb_limits }, { "threshold", 3, verb_threshold }, { "present", 2, verb_present },
	{ "online", 1, verb_online }, { "cpu", 1, verb_cpu }, { "alloc", 2, verb_alloc }, { "free", 2, verb_free },
	{ "drain", 0, verb_drain }, { "mod", 3, verb_mod }, { "inc", 3, verb_inc }, { "dec", 3, verb_dec },
	{ "refresh", 1, verb_refresh }, { "thresholds", 0, verb_thresholds }, { "irqs", 0, verb_irqs }, { }
};

ARENA(percpu, verbs, reset_percpu);
