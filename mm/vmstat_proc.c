/*
 * vmstat_proc.c: /proc/vmstat and /proc/meminfo, in Linux's formats.
 *
 * Owns:   the counters' names.
 * Locks:  none: numbers of the moment.
 * Read next: vmstat.c.
 */
#include "mm/fault_inject.h"
#include "mm/highmem.h"
#include "mm/internal.h"
#include "mm/proc.h"
#include "mm/swap.h"
#include "mm/vmalloc.h"
#include "kernel/fs/buffer.h"
#include "kernel/fs/proc_fs.h"

#define K(pages)	((pages) << (PAGE_SHIFT - 10))
#define BY_ZONE(x)	x "_dma", x "_dma32", x "_normal", x "_high"

const char *const vmstat_text[] = {
	"", "nr_anon_pages", "nr_mapped", "nr_file_pages", "nr_slab_reclaimable", "nr_slab_unreclaimable",
	"nr_page_table_pages", "nr_dirty", "nr_writeback", "nr_unstable", "nr_bounce", "nr_vmscan_write",
	"numa_hit", "numa_miss", "numa_foreign", "numa_interleave", "numa_local", "numa_other",

	"pgpgin", "pgpgout", "pswpin", "pswpout", BY_ZONE("pgalloc"), "pgfree", "pgactivate", "pgdeactivate",
	"pgfault", "pgmajfault", BY_ZONE("pgrefill"), BY_ZONE("pgsteal"), BY_ZONE("pgscan_kswapd"),
	BY_ZONE("pgscan_direct"), "pginodesteal", "slabs_scanned", "kswapd_steal", "kswapd_inodesteal",
	"pageoutrun", "allocstall", "pgrotated",
};
BUILD_BUG_ON(ARRAY_SIZE(vmstat_text) != NR_VM_ZONE_STAT_ITEMS + NR_VM_EVENT_ITEMS);

static int vmstat_show(struct seq_file *m, void *unused)
{
	unsigned long events[NR_VM_EVENT_ITEMS];

	refresh_vm_stats();
	for (int i = NR_ANON_PAGES; i < NR_VM_ZONE_STAT_ITEMS; i++)
		seq_printf(m, "%s %lu\n", vmstat_text[i], global_page_state((enum zone_stat_item)i));
	all_vm_events(events);
	events[PGPGIN] /= 2;	/* counted in sectors, told in KiB */
	events[PGPGOUT] /= 2;
	for (int i = 0; i < NR_VM_EVENT_ITEMS; i++)
		seq_printf(m, "%s %lu\n", vmstat_text[NR_VM_ZONE_STAT_ITEMS + i], events[i]);
	return 0;
}

/* The vmalloc window: bytes in use, the largest hole. */
static void vmalloc_usage(unsigned long *used, unsigned long *largest)
{
	unsigned long prev_end = VMALLOC_START;
	struct vm_struct *area;

	*used = *largest = 0;
	spin_lock(&vmlist_lock);
	for (area = vmlist; area; area = area->next) {
		*used += area->size;
		*largest = max(*largest, (unsigned long)area->addr - prev_end);
		prev_end = (unsigned long)area->addr + area->size;
	}
	spin_unlock(&vmlist_lock);
	*largest = max(*largest, VMALLOC_END - prev_end);
}

static void show_line(struct seq_file *m, const char *name, unsigned long kib)
{
	seq_printf(m, "%-14s%9lu kB\n", name, kib);
}

static void show_lru(struct seq_file *m)
{
	unsigned long active = 0, inactive = 0;
	struct zone *zone;

	for_each_zone(zone) {
		active += zone->nr_active;
		inactive += zone->nr_inactive;
	}
	show_line(m, "Active:", K(active));
	show_line(m, "Inactive:", K(inactive));
}

static void show_highmem(struct seq_file *m)
{
	if (!totalhigh_pages)
		return;
	show_line(m, "HighTotal:", K(totalhigh_pages));
	show_line(m, "HighFree:", K(nr_free_highpages()));
	show_line(m, "LowTotal:", K(totalram_pages - totalhigh_pages));
	show_line(m, "LowFree:", K(nr_free_pages() - nr_free_highpages()));
}

/* Pages that programs could get without swapping: free ones but for reserves, half of the cache, slab that shrinks. */
static unsigned long available_pages(void)
{
	unsigned long pages = nr_free_pages() + global_page_state(NR_FILE_PAGES) / 2 +
			      global_page_state(NR_SLAB_RECLAIMABLE) / 2;

	return pages > totalreserve_pages ? pages - totalreserve_pages : 0;
}

static int meminfo_show(struct seq_file *m, void *unused)
{
	unsigned long buffers = nr_blockdev_pages(), file, reclaimable, unreclaimable, used, largest;

	refresh_vm_stats();
	file = global_page_state(NR_FILE_PAGES);
	reclaimable = global_page_state(NR_SLAB_RECLAIMABLE);
	unreclaimable = global_page_state(NR_SLAB_UNRECLAIMABLE);
	vmalloc_usage(&used, &largest);
	show_line(m, "MemTotal:", K(totalram_pages));
	show_line(m, "MemFree:", K(nr_free_pages()));
	show_line(m, "MemAvailable:", K(available_pages()));
	show_line(m, "Buffers:", K(buffers));
	show_line(m, "Cached:", K(file > buffers ? file - buffers : 0));
	show_line(m, "SwapCached:", 0);
	show_lru(m);
	show_highmem(m);
	show_line(m, "SwapTotal:", K(total_swap_pages));
	show_line(m, "SwapFree:", K((unsigned long)nr_swap_pages));
	show_line(m, "Dirty:", K(global_page_state(NR_FILE_DIRTY)));
	show_line(m, "Writeback:", K(global_page_state(NR_WRITEBACK)));
	show_line(m, "AnonPages:", K(global_page_state(NR_ANON_PAGES)));
	show_line(m, "Mapped:", K(global_page_state(NR_FILE_MAPPED)));
	show_line(m, "Slab:", K(reclaimable + unreclaimable));
	show_line(m, "SReclaimable:", K(reclaimable));
	show_line(m, "SUnreclaim:", K(unreclaimable));
	show_line(m, "PageTables:", K(global_page_state(NR_PAGETABLE)));
	show_line(m, "NFS_Unstable:", K(global_page_state(NR_UNSTABLE_NFS)));
	show_line(m, "Bounce:", K(global_page_state(NR_BOUNCE)));
	show_line(m, "CommitLimit:", K(vm_commit_ram() + total_swap_pages));
	show_line(m, "Committed_AS:", K((unsigned long)atomic_long_read(&vm_committed_space)));
	show_line(m, "VmallocTotal:", (VMALLOC_END - VMALLOC_START) >> 10);
	show_line(m, "VmallocUsed:", used >> 10);
	show_line(m, "VmallocChunk:", largest >> 10);
	return 0;
}

void mm_proc_init(void)
{
	proc_create_seq("vmstat", vmstat_show, NULL);
	proc_create_seq("meminfo", meminfo_show, NULL);
	page_alloc_proc_init();
	fault_inject_proc_init();
	account_proc_init();
	slab_proc_init();
	vmalloc_proc_init();
	check_proc_init();
}
