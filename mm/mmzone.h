#ifndef MM_MMZONE_H
#define MM_MMZONE_H

/*
 * Nodes, zones and sections of physical memory.
 *
 *	node_data[nid] ── pg_data_t ── node_zones[DMA, DMA32, Normal, HighMem]
 *	                     │            └ zone: free_area[order] lists, per-CPU pagesets, LRU lists, counters
 *	                     └ node_zonelists[gfp zone]: the zones to try, best first
 *	mem_section[pfn / 64 MiB] ── section_mem_map ── struct page of each of its pages
 *
 * Lock letters: [z] zone->lock  [l] zone->lru_lock  [c] own CPU with interrupts off  [b] boot, constant after
 *               [h] memory hotplug (mem_hotplug_mutex)
 */
#include "kernel/spinlock.h"
#include "kernel/atomic.h"
#include "kernel/lib/list.h"
#include "kernel/wait.h"
#include <asm/page.h>
#include <asm/smp.h>
#include <asm/sparsemem.h>	/* SECTION_SIZE_BITS, MAX_PHYSMEM_BITS */

#define MAX_ORDER	11
#define MAX_ORDER_NR_PAGES (1UL << (MAX_ORDER - 1))
#define MAX_NUMNODES	8
#define NODES_SHIFT	3

enum zone_type { ZONE_DMA, ZONE_DMA32, ZONE_NORMAL, ZONE_HIGHMEM, MAX_NR_ZONES };

struct page;
struct pglist_data;

struct free_area {
	struct list_head free_list;	/* [z] blocks of this order, by page->lru */
	unsigned long nr_free;		/* [z] blocks, not pages */
};

enum zone_stat_item {
	NR_FREE_PAGES_UNUSED,		/* 2.6.20 counts free pages in zone->free_pages */
	NR_ANON_PAGES,
	NR_FILE_MAPPED,
	NR_FILE_PAGES,
	NR_SLAB_RECLAIMABLE,
	NR_SLAB_UNRECLAIMABLE,
	NR_PAGETABLE,
	NR_FILE_DIRTY,
	NR_WRITEBACK,
	NR_UNSTABLE_NFS,
	NR_BOUNCE,
	NR_VMSCAN_WRITE,
	NUMA_HIT, NUMA_MISS, NUMA_FOREIGN, NUMA_INTERLEAVE_HIT, NUMA_LOCAL, NUMA_OTHER,
	NR_VM_ZONE_STAT_ITEMS
};

struct per_cpu_pages {
	int count;			/* [c] pages in the list */
	int high;			/* reached: give @batch back */
	int batch;
	struct list_head list;		/* [c] */
};

struct per_cpu_pageset {
	struct per_cpu_pages pcp[2];	/* 0 hot, 1 cold */
	s8 expire;
	s8 stat_threshold;
	s8 vm_stat_diff[NR_VM_ZONE_STAT_ITEMS];	/* [c] not yet folded into zone->vm_stat */
};

struct zone {
	unsigned long free_pages;	/* [z] */
	unsigned long pages_min, pages_low, pages_high;
	unsigned long lowmem_reserve[MAX_NR_ZONES];
	int node;
	unsigned long min_unmapped_pages, min_slab_pages;
	struct per_cpu_pageset *pageset[NR_CPUS];
	spinlock_t lock;		/* irq-safe */
	struct free_area free_area[MAX_ORDER];

	spinlock_t lru_lock;		/* irq-safe */
	struct list_head active_list;	/* [l] */
	struct list_head inactive_list;	/* [l] */
	unsigned long nr_active, nr_inactive;		/* [l] */
	unsigned long nr_scan_active, nr_scan_inactive;	/* [l] */
	unsigned long pages_scanned;	/* [l] since the last page was freed */
	int all_unreclaimable;
	atomic_t reclaim_in_progress;
	atomic_long_t vm_stat[NR_VM_ZONE_STAT_ITEMS];
	int prev_priority;

	wait_queue_head_t *wait_table;	/* [b] for page locks, hashed */
	unsigned long wait_table_hash_nr_entries, wait_table_bits;

	int idx;			/* [b] enum zone_type: its place in node_zones */
	struct pglist_data *zone_pgdat;
	unsigned long zone_start_pfn;	/* [h] */
	unsigned long spanned_pages;	/* [h] holes included */
	unsigned long present_pages;	/* [h] holes not included */
	const char *name;
};

#define DEF_PRIORITY	12

struct zonelist {
	struct zone *zones[MAX_NUMNODES * MAX_NR_ZONES + 1];	/* NULL ends it */
};

struct bootmem_data;

typedef struct pglist_data {
	struct zone node_zones[MAX_NR_ZONES];
	struct zonelist node_zonelists[MAX_NR_ZONES];
	int nr_zones;
	struct bootmem_data *bdata;	/* [b] NULL once boot memory is handed over */
	unsigned long node_start_pfn, node_present_pages, node_spanned_pages;	/* [h] */
	int node_id;
	wait_queue_head_t kswapd_wait;
	struct task_struct *kswapd;
	int kswapd_max_order;
} pg_data_t;

/* mm/page_alloc_boot.c: the nodes, and which of them are there. [b] */
extern pg_data_t *node_data[MAX_NUMNODES];
#define NODE_DATA(nid)		(node_data[nid])
extern unsigned long node_online_map;
#define node_online(nid)	((node_online_map >> (nid)) & 1)
#define for_each_online_node(nid) \
	for ((nid) = 0; (nid) < MAX_NUMNODES; (nid)++) if (node_online(nid))
extern u8 cpu_node[NR_CPUS];		/* [b] */
static inline int cpu_to_node(int cpu) { return cpu_node[cpu]; }
static inline int numa_node_id(void) { return cpu_to_node(smp_processor_id()); }
void numa_set_cpu_node(int cpu, int nid);	/* boot: told by the firmware */

/* mm/mmzone.c */
pg_data_t *first_online_pgdat(void);
pg_data_t *next_online_pgdat(pg_data_t *pgdat);
struct zone *next_zone(struct zone *zone);
#define for_each_online_pgdat(p)	for ((p) = first_online_pgdat(); (p); (p) = next_online_pgdat(p))
#define for_each_zone(z) \
	for ((z) = first_online_pgdat()->node_zones; (z); (z) = next_zone(z))
#define zone_idx(z)		((z)->idx)
static inline bool populated_zone(const struct zone *z) { return z->present_pages != 0; }
#ifdef CONFIG_HIGHMEM
static inline bool is_highmem_idx(int idx) { return idx == ZONE_HIGHMEM; }
#else
static inline bool is_highmem_idx(int idx) { (void)idx; return false; }
#endif
#define is_highmem(z)		is_highmem_idx((int)zone_idx(z))

/* Sections (mm/sparse.c). */
#define PFN_SECTION_SHIFT	(SECTION_SIZE_BITS - PAGE_SHIFT)
#define PAGES_PER_SECTION	(1UL << PFN_SECTION_SHIFT)
#define NR_MEM_SECTIONS		(1UL << (MAX_PHYSMEM_BITS - SECTION_SIZE_BITS))
struct mem_section {
	struct page *map;		/* [h] biased: map[pfn] is that page's; NULL: no memory */
	int nid;
	bool online;
};
extern struct mem_section mem_section[NR_MEM_SECTIONS];
#define pfn_to_section_nr(pfn)	((pfn) >> PFN_SECTION_SHIFT)
static inline bool pfn_valid(unsigned long pfn)
{
	return pfn_to_section_nr(pfn) < NR_MEM_SECTIONS && mem_section[pfn_to_section_nr(pfn)].map;
}
#define pfn_to_nid(pfn)		(mem_section[pfn_to_section_nr(pfn)].nid)
void memory_present(int nid, unsigned long start_pfn, unsigned long end_pfn);	/* boot */
void sparse_init(void);			/* memmap of all present sections, from bootmem */

/* Boot: what the firmware told (mm/page_alloc.c, as 2.6.20). */
void add_active_range(unsigned int nid, unsigned long start_pfn, unsigned long end_pfn);
/* max_zone_pfn[z]: first pfn above zone z, 0 for a zone the machine does not have. */
void free_area_init_nodes(const unsigned long *max_zone_pfn);
void build_all_zonelists(void);
extern unsigned long max_low_pfn;	/* first pfn that is not directly mapped */
extern unsigned long max_pfn, min_low_pfn;
extern unsigned long num_physpages;
void setup_per_cpu_pageset(void);	/* dynamic per-CPU pagesets, once slab is up */

#endif
