/*
 * page_alloc_boot.c: from the firmware's list of memory to nodes, zones and their numbers.
 *
 * Owns:   node_data[], node_online_map, cpu_node[]; the active ranges; the zones' limits; the watermarks, reserves and
 *         per-CPU list sizes (2.6.20's formulas).
 * Locks:  boot, one CPU; the watermarks may be set again later, under each zone's lock.
 * Read next: page_alloc.c, which lives by these numbers; sparse.c, the memmap.
 *
 *	add_active_range … ─► setup_bootmem ─► free_area_init_nodes ─► build_all_zonelists ─► mem_init
 *	                                         └ sparse_init            └ whom to ask         └ pages, watermarks
 */
#include "mm/bootmem.h"
#include "mm/check.h"
#include "mm/highmem.h"
#include "mm/internal.h"
#include "mm/slab.h"
#include "mm/swap.h"

#define MAX_ACTIVE_RANGES	64

pg_data_t *node_data[MAX_NUMNODES];
unsigned long node_online_map;
u8 cpu_node[NR_CPUS];
const char *const zone_names[MAX_NR_ZONES] = { "DMA", "DMA32", "Normal", "HighMem" };
unsigned long num_physpages, totalram_pages, totalhigh_pages, totalreserve_pages;
int min_free_kbytes = 1024;
int percpu_pagelist_fraction;	/* the part of a zone that a CPU's hot list may hold; 0: by zone_batchsize() */
/* Entry z: a zone above z may take of z only what leaves this fraction of its own size free. */
int sysctl_lowmem_reserve_ratio[MAX_NR_ZONES - 1] = { 256, 256, 32 };

static struct active_range ranges[MAX_ACTIVE_RANGES];	/* by address, not overlapping */
static int nr_ranges;
static unsigned long zone_low_pfn[MAX_NR_ZONES], zone_high_pfn[MAX_NR_ZONES];
/* Until setup_per_cpu_pageset() all zones share these; of size zero, they never keep a page. */
static struct per_cpu_pageset boot_pageset[NR_CPUS];

/* ---- active ranges ------------------------------------------------------------------------------- */

struct active_range *next_active_range(int nid, struct active_range *r)
{
	for (r = r ? r + 1 : ranges; r < ranges + nr_ranges; r++)
		if (nid == ANY_NODE || r->nid == nid)
			return r;
	return NULL;
}

static void remove_range(struct active_range *r)
{
	nr_ranges--;
	for (; r < ranges + nr_ranges; r++)
		*r = r[1];
}

static void insert_range(struct active_range new)
{
	struct active_range *r;

	if (nr_ranges == MAX_ACTIVE_RANGES) {
		printk(KERN_ERR "memory %lx-%lx is not used: too many ranges\n", new.start_pfn, new.end_pfn);
		return;
	}
	for (r = ranges + nr_ranges++; r > ranges && r[-1].start_pfn > new.start_pfn; r--)
		*r = r[-1];
	*r = new;
}

/*
 * The firmware told of memory of node @nid: [@start_pfn, @end_pfn). Ranges may touch or overlap.
 * => boot, before setup_bootmem()
 */
void add_active_range(unsigned int nid, unsigned long start_pfn, unsigned long end_pfn)
{
	struct active_range new = { start_pfn, end_pfn, (int)nid }, *r = ranges;

	if (start_pfn >= end_pfn)
		return;
	while (r < ranges + nr_ranges) {
		if (r->nid != new.nid || new.end_pfn < r->start_pfn || r->end_pfn < new.start_pfn) {
			r++;
			continue;
		}
		new.start_pfn = min(new.start_pfn, r->start_pfn);
		new.end_pfn = max(new.end_pfn, r->end_pfn);
		remove_range(r);
	}
	insert_range(new);
}

static unsigned long present_in(int nid, unsigned long start, unsigned long end)
{
	unsigned long present = 0;
	struct active_range *r;

	for_each_active_range(nid, r)
		if (r->start_pfn < end && start < r->end_pfn)
			present += min(end, r->end_pfn) - max(start, r->start_pfn);
	return present;
}

/* ---- per-CPU lists ----------------------------------------------------------------------------------- */

/*
 * How many pages move at once between a CPU's list and the buddy lists of a zone of this size: about a
 * thousandth, at most 512 KiB, of which a quarter; one less than a power of two, so that pages of one colour
 * do not always go the same way.
 */
int zone_batchsize(unsigned long present_pages)
{
	unsigned long batch = min(present_pages / 1024, (512UL << 10) / PAGE_SIZE) / 4;

	batch = max(batch, 1UL);
	return (1 << (fls((unsigned int)(batch + batch / 2)) - 1)) - 1;
}

static void setup_pcp(struct per_cpu_pages *pcp, int high, int batch)
{
	pcp->count = 0;
	pcp->high = high;
	pcp->batch = max(1, batch);
	INIT_LIST_HEAD(&pcp->list);
}

static void setup_pageset(struct per_cpu_pageset *p, int batch)
{
	setup_pcp(&p->pcp[0], 6 * batch, batch);
	setup_pcp(&p->pcp[1], 2 * batch, batch / 2);
}

/* The hot list of @cpu may grow to a part of the zone instead: high / 4 at once, at most 96 pages. */
static void setup_pagelist_highmark(struct per_cpu_pageset *p, unsigned long high)
{
	p->pcp[0].high = (int)high;
	p->pcp[0].batch = (int)min(max(high / 4, 1UL), PAGE_SHIFT * 8UL);
}

/* Each CPU's hot lists, by percpu_pagelist_fraction. => it is at least 8; other CPUs may be using them */
void setup_percpu_pagelists(void)
{
	struct zone *zone;
	int cpu;

	for_each_zone(zone)
		if (populated_zone(zone))
			for_each_online_cpu(cpu)
				setup_pagelist_highmark(zone->pageset[cpu],
							zone->present_pages / (unsigned)percpu_pagelist_fraction);
}

/*
 * Each zone gets pagesets of its own for all CPUs.
 * => slab is up, one CPU runs.
 */
void setup_per_cpu_pageset(void)
{
	struct per_cpu_pageset *pset;
	struct zone *zone;
	int cpu;

	for_each_zone(zone) {
		if (!populated_zone(zone))
			continue;
		for_each_possible_cpu(cpu) {
			pset = kzalloc(sizeof(*pset), GFP_KERNEL);
			if (!pset)
				panic("no memory for the per-CPU lists of zone %s", zone->name);
			setup_pageset(pset, zone_batchsize(zone->present_pages));
			zone->pageset[cpu] = pset;
		}
	}
}

/* ---- zones ------------------------------------------------------------------------------------------ */

/* Queues for tasks that wait for a page: one for each 256 pages, a power of two. */
static void zone_wait_table_init(struct zone *zone)
{
	unsigned long entries = 4;

	while (entries < zone->spanned_pages / 256 && entries < 4096)
		entries <<= 1;
	zone->wait_table_hash_nr_entries = entries;
	zone->wait_table_bits = (unsigned long)ilog2(entries);
	zone->wait_table = __alloc_bootmem_node(zone->zone_pgdat, entries * sizeof(wait_queue_head_t), 64, BOOTMEM_GOAL);
	for (unsigned long i = 0; i < entries; i++)
		init_waitqueue_head(zone->wait_table + i);
}

/* Makes a zone's pages out of the zeroed memmap: reserved, until somebody frees them. */
static void memmap_init_zone(struct zone *zone)
{
	unsigned long end = zone->zone_start_pfn + zone->spanned_pages;

	for (unsigned long pfn = zone->zone_start_pfn; pfn < end; pfn++) {
		struct page *page;

		if (!pfn_valid(pfn) || pfn_to_nid(pfn) != zone->node) {
			pfn |= PAGES_PER_SECTION - 1;
			continue;
		}
		page = pfn_to_page(pfn);
		page->flags = 1UL << PG_reserved | (unsigned long)zone_idx(zone) << ZONES_PGSHIFT |
			      pfn_to_section_nr(pfn) << SECTIONS_PGSHIFT;
		set_page_count(page, 1);
		atomic_set(&page->_mapcount, -1);
		INIT_LIST_HEAD(&page->lru);
	}
}

static void zone_init(pg_data_t *pgdat, int idx)
{
	struct zone *zone = &pgdat->node_zones[idx];
	unsigned long start = max(zone_low_pfn[idx], pgdat->node_start_pfn);
	unsigned long end = min(zone_high_pfn[idx], pgdat->node_start_pfn + pgdat->node_spanned_pages);

	zone->name = zone_names[idx];
	zone->idx = idx;
	zone->node = pgdat->node_id;
	zone->zone_pgdat = pgdat;
	zone->prev_priority = DEF_PRIORITY;
	spin_lock_init(&zone->lock, RANK_ZONE);
	spin_lock_init(&zone->lru_lock, RANK_LRU);
	INIT_LIST_HEAD(&zone->active_list);
	INIT_LIST_HEAD(&zone->inactive_list);
	for (int order = 0; order < MAX_ORDER; order++)
		INIT_LIST_HEAD(&zone->free_area[order].free_list);
	for (int cpu = 0; cpu < NR_CPUS; cpu++)
		zone->pageset[cpu] = &boot_pageset[cpu];
	if (start >= end)
		return;
	zone->zone_start_pfn = start;
	zone->spanned_pages = end - start;
	zone->present_pages = present_in(pgdat->node_id, start, end);
	pgdat->nr_zones = idx + 1;
	zone_wait_table_init(zone);
	memmap_init_zone(zone);
	printk(KERN_INFO "  Node %d zone %-8s %8lx-%8lx, %lu pages, LIFO batch %d\n", zone->node, zone->name, start, end,
	       zone->present_pages, zone_batchsize(zone->present_pages));
}

/* The firmware says that @cpu is near @nid's memory. => boot */
void numa_set_cpu_node(int cpu, int nid)
{
	cpu_node[cpu] = (u8)nid;
}

static void node_init(int nid)
{
	struct active_range *r;
	unsigned long start = ~0UL, end = 0;
	pg_data_t *pgdat;

	for_each_active_range(nid, r) {
		start = min(start, r->start_pfn);
		end = max(end, r->end_pfn);
	}
	if (!NODE_DATA(nid))		/* no low memory: its structures live elsewhere */
		NODE_DATA(nid) = alloc_bootmem_pages(sizeof(pg_data_t));
	pgdat = NODE_DATA(nid);
	pgdat->node_id = nid;
	pgdat->node_start_pfn = start;
	pgdat->node_spanned_pages = end - start;
	pgdat->node_present_pages = present_in(nid, start, end);
	init_waitqueue_head(&pgdat->kswapd_wait);
	num_physpages += pgdat->node_present_pages;
	for (int idx = 0; idx < MAX_NR_ZONES; idx++)
		zone_init(pgdat, idx);
	node_online_map |= 1UL << nid;
}

/*
 * Nodes, zones and memmap out of the active ranges. @max_zone_pfn[z]: first pfn above zone z, or 0 for a zone that
 * this machine does not have.
 * => bootmem works, the whole direct map is there. Afterwards all pages are reserved.
 */
void free_area_init_nodes(const unsigned long *max_zone_pfn)
{
	unsigned long low = min_low_pfn, nodes = 0;
	struct active_range *r;

	for (int idx = 0; idx < MAX_NR_ZONES; idx++) {
		zone_low_pfn[idx] = low;
		low = zone_high_pfn[idx] = max(low, max_zone_pfn[idx]);
	}
	for_each_active_range(ANY_NODE, r) {
		printk(KERN_INFO "Memory of node %d: %lx-%lx\n", r->nid, r->start_pfn, r->end_pfn);
		memory_present(r->nid, r->start_pfn, r->end_pfn);
		nodes |= 1UL << r->nid;
	}
	for (int cpu = 0; cpu < NR_CPUS; cpu++)
		setup_pageset(&boot_pageset[cpu], 0);
	sparse_init();
	for (int nid = 0; nid < MAX_NUMNODES; nid++)
		if (nodes >> nid & 1)
			node_init(nid);
}

/* ---- zonelists --------------------------------------------------------------------------------------- */

static int add_node_zones(struct zonelist *list, int n, pg_data_t *pgdat, int highest)
{
	for (int idx = highest; idx >= 0; idx--)
		if (populated_zone(&pgdat->node_zones[idx]))
			list->zones[n++] = &pgdat->node_zones[idx];
	return n;
}

/* From this node's zones, best first, to the nodes after it, and round to those before it. */
static void build_zonelists(pg_data_t *pgdat)
{
	for (int idx = 0; idx < MAX_NR_ZONES; idx++) {
		struct zonelist *list = &pgdat->node_zonelists[idx];
		int n = 0;

		for (int i = 0; i < MAX_NUMNODES; i++) {
			int nid = (pgdat->node_id + i) % MAX_NUMNODES;

			if (node_online(nid))
				n = add_node_zones(list, n, NODE_DATA(nid), idx);
		}
		list->zones[n] = NULL;
	}
}

static unsigned int nr_free_zone_pages(enum zone_type idx)
{
	struct zone **z = NODE_DATA(numa_node_id())->node_zonelists[idx].zones;
	unsigned long sum = 0;

	for (; *z; z++)
		if ((*z)->present_pages > (*z)->pages_high)
			sum += (*z)->present_pages - (*z)->pages_high;
	return (unsigned int)sum;
}

/* Pages that buffers and the kernel can have beyond the reserves: those of low memory. */
unsigned long nr_free_buffer_pages(void)
{
	return nr_free_zone_pages(ZONE_NORMAL);
}

/* Pages that the page cache can have beyond the reserves. */
unsigned int nr_free_pagecache_pages(void)
{
	return nr_free_zone_pages(ZONE_HIGHMEM);
}

/* For each node and each class of request the zones to try, best first. => after free_area_init_nodes() */
void build_all_zonelists(void)
{
	pg_data_t *pgdat;

	for_each_online_pgdat(pgdat)
		build_zonelists(pgdat);
	printk(KERN_INFO "Built %d zonelists. Total pages: %u\n", hweight_long(node_online_map),
	       nr_free_pagecache_pages());
}

/* ---- watermarks and reserves --------------------------------------------------------------------------- */

/* What no request for user memory can ever have: each zone's largest reserve and high watermark. */
static void calculate_totalreserve_pages(void)
{
	unsigned long total = 0, reserve;
	struct zone *zone;

	for_each_zone(zone) {
		reserve = 0;
		for (int idx = (int)zone_idx(zone); idx < MAX_NR_ZONES; idx++)
			reserve = max(reserve, zone->lowmem_reserve[idx]);
		total += min(reserve + zone->pages_high, zone->present_pages);
	}
	totalreserve_pages = total;
}

/*
 * lowmem_reserve[class] of each zone: what requests that could have been met above must leave in it.
 * => boot, or sysctl_lowmem_reserve_ratio has changed
 */
void setup_per_zone_lowmem_reserve(void)
{
	pg_data_t *pgdat;

	for_each_online_pgdat(pgdat)
		for (int class = 0; class < MAX_NR_ZONES; class++) {
			unsigned long above = pgdat->node_zones[class].present_pages;

			pgdat->node_zones[class].lowmem_reserve[class] = 0;
			for (int idx = class - 1; idx >= 0; idx--) {
				struct zone *lower = &pgdat->node_zones[idx];
				unsigned long ratio = (unsigned long)max(sysctl_lowmem_reserve_ratio[idx], 1);

				lower->lowmem_reserve[class] = above / ratio;
				above += lower->present_pages;
			}
		}
	calculate_totalreserve_pages();
}

/* min is the zone's share of @pages_min; a high zone needs only a token, since nothing critical lives there. */
static void set_watermarks(struct zone *zone, unsigned long pages_min, unsigned long lowmem_pages)
{
	unsigned long share = (unsigned long)((u64)pages_min * zone->present_pages / lowmem_pages);
	unsigned long flags;

	spin_lock_irqsave(&zone->lock, flags);
	zone->pages_min = share;
	if (is_highmem(zone))
		zone->pages_min = min(max(zone->present_pages / 1024, 32UL), 128UL);
	zone->pages_low = zone->pages_min + share / 4;
	zone->pages_high = zone->pages_min + share / 2;
	spin_unlock_irqrestore(&zone->lock, flags);
}

/* pages_min, pages_low and pages_high of every zone from min_free_kbytes. => boot, or that has changed */
void setup_per_zone_pages_min(void)
{
	unsigned long pages_min = (unsigned long)min_free_kbytes >> (PAGE_SHIFT - 10), lowmem_pages = 0;
	struct zone *zone;

	for_each_zone(zone)
		if (!is_highmem(zone))
			lowmem_pages += zone->present_pages;
	for_each_zone(zone)
		if (populated_zone(zone))
			set_watermarks(zone, pages_min, lowmem_pages);
	calculate_totalreserve_pages();
}

static unsigned long int_sqrt(unsigned long x)
{
	unsigned long root = 0;

	for (unsigned long bit = 1UL << (BITS_PER_LONG / 2 - 1); bit; bit >>= 1)
		if ((root | bit) * (root | bit) <= x)
			root |= bit;
	return root;
}

/* The square root of 16 × low memory, in KiB: grows with the machine, but slower. 128 KiB to 64 MiB. */
static void init_per_zone_pages_min(void)
{
	unsigned long lowmem_kbytes = nr_free_buffer_pages() << (PAGE_SHIFT - 10);

	min_free_kbytes = (int)min(max(int_sqrt(lowmem_kbytes * 16), 128UL), 65536UL);
	setup_per_zone_pages_min();
	setup_per_zone_lowmem_reserve();
}

/* ---- large tables ---------------------------------------------------------------------------------------- */

/* How many buckets of @bucketsize bytes: one for each 2^@scale bytes of low memory; at most @limit, or a sixteenth of memory. */
static unsigned long hash_entries(unsigned long bucketsize, unsigned long wanted, int scale, unsigned long limit)
{
	unsigned long most = limit ? limit : (unsigned long)(((u64)num_physpages << PAGE_SHIFT >> 4) / bucketsize);
	unsigned long entries = wanted;

	if (!entries) {
		entries = ALIGN(present_in(ANY_NODE, 0, max_low_pfn), (1UL << 20) >> PAGE_SHIFT);
		entries = scale > PAGE_SHIFT ? entries >> (scale - PAGE_SHIFT) : entries << (PAGE_SHIFT - scale);
		entries = max(entries, PAGE_SIZE / bucketsize);
	}
	entries = min(entries, most);		/* whatever the command line says, there is a next power of two */
	if (entries > 1)
		entries = 2UL << ilog2(entries - 1);		/* rounded up to a power of two */
	return min(entries, most);
}

/*
 * A hash table for the life of the system, all zeros, its size by that of memory: 2^*@shift buckets of @bucketsize bytes,
 * *@mask (may be NULL) one less; @wanted: so many, 0: one for each 2^@scale bytes of low memory; @limit: at most, 0: a sixteenth of
 * memory. Told at boot. If there is not enough memory in one piece, the table is smaller.
 * => boot; HASH_EARLY: before mem_init(). Panics when there is not even a page. As 2.6.20 alloc_large_system_hash.
 */
void *alloc_large_system_hash(const char *name, unsigned long bucketsize, unsigned long wanted, int scale, int flags,
			      unsigned int *shift, unsigned int *mask, unsigned long limit)
{
	unsigned int log2qty = (unsigned int)ilog2(hash_entries(bucketsize, wanted, scale, limit));
	unsigned long size;
	void *table;

	do {
		size = bucketsize << log2qty;
		if (flags & HASH_EARLY)
			table = __alloc_bootmem_nopanic(size, 64, BOOTMEM_GOAL);
		else
			table = alloc_pages_exact(size, GFP_ATOMIC | __GFP_ZERO | __GFP_NOWARN);
	} while (!table && size > PAGE_SIZE && log2qty--);
	if (!table)
		panic("no memory for the %s hash table", name);
	printk(KERN_INFO "%s hash table entries: %lu (%lu bytes)\n", name, 1UL << log2qty, size);
	*shift = log2qty;
	if (mask)
		*mask = (1U << log2qty) - 1;
	return table;
}

/* ---- the hand-over -------------------------------------------------------------------------------------- */

/* [@pfn, @end) of high memory to the buddy lists, in blocks as large as alignment and reservations allow. */
static unsigned long free_high_range(unsigned long pfn, unsigned long end)
{
	unsigned long freed = 0;
	unsigned int order;

	for (; pfn < end; pfn += 1UL << order) {
		order = pfn ? min(__ffs(pfn), MAX_ORDER - 1u) : MAX_ORDER - 1;
		while (order && (pfn + (1UL << order) > end || pfn_range_reserved_early(pfn, 1UL << order)))
			order--;
		if (pfn_range_reserved_early(pfn, 1UL << order))
			continue;
		__free_pages_bootmem(pfn_to_page(pfn), order);
		freed += 1UL << order;
	}
	return freed;
}

/*
 * All memory that is not in use becomes the buddy allocator's; the watermarks are set.
 * => the last act of bootmem.
 */
void mem_init(void)
{
	struct active_range *r;
	struct mem_account a;

	totalram_pages = free_all_bootmem();
	for_each_active_range(ANY_NODE, r)
		if (r->end_pfn > max_low_pfn)
			totalhigh_pages += free_high_range(max(r->start_pfn, max_low_pfn), r->end_pfn);
	totalram_pages += totalhigh_pages;
	init_per_zone_pages_min();
	account_memory(&a);
	printk(KERN_INFO "Memory: %lu KiB present, %lu KiB free, %lu KiB reserved, %lu KiB of it high\n",
	       num_physpages << (PAGE_SHIFT - 10), a.free << (PAGE_SHIFT - 10), a.reserved << (PAGE_SHIFT - 10),
	       totalhigh_pages << (PAGE_SHIFT - 10));
	BUG_ON(a.free + a.reserved != num_physpages);	/* a page is lost */
	BUG_ON(a.free != totalram_pages || a.free != nr_free_pages());
}

/*
 * Boot memory that is of no more use: [@start, @end) of the direct map, whole pages. Returns the pages freed.
 * => after mem_init()
 */
unsigned long free_reserved_area(unsigned long start, unsigned long end, const char *what)
{
	unsigned long pages = 0;

	for (unsigned long addr = start; addr + PAGE_SIZE <= end; addr += PAGE_SIZE, pages++)
		__free_pages_bootmem(virt_to_page((void *)addr), 0);
	totalram_pages += pages;
	printk(KERN_INFO "Freeing %s: %luk freed\n", what, pages << (PAGE_SHIFT - 10));
	return pages;
}
