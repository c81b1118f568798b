/*
 * account.c: the books of all memory: every page is somebody's, and the counters say so (T1, T2 of the facts).
 *
 * Owns:   nothing.
 * Locks:  none: the books balance while nobody works; a reader who is not alone asks again.
 * Read next: check.h, and the checkers of each file. /proc/mm_account shows the books and the objects of each cache:
 * what tools/sweep.py compares to find leaks.
 *
 *	present = reserved + free + slab + page cache + anonymous + page tables + the rest
 *
 * The rest is what the kernel took a page at a time and notes nowhere: upper page tables, pipes, vmalloc areas and the
 * stacks in them. It does not grow from one quiet moment to the next, unless somebody loses pages.
 */
#include "mm/check.h"
#include "mm/internal.h"
#include "mm/proc.h"
#include "mm/slab.h"
#include "mm/vmstat.h"
#include "kernel/fs/proc_fs.h"
#include "kernel/sched.h"
#include "kernel/uapi/errno.h"

#define MAX_CACHES	96

/* ---- the memmap's side ----------------------------------------------------------------------------------- */

/* What @page is, counted in @a; how many pages that was. => nobody changes it meanwhile, or the count is a little off */
static unsigned long count_page(struct mem_account *a, struct page *page)
{
	unsigned int order;

	a->mapped += !PageAnon(page) && page_mapped(page);
	if (PageReserved(page) && page != zero_page) {
		a->reserved++;
	} else if (PageBuddy(page)) {
		order = min(page_order(page), MAX_ORDER - 1u);
		a->free += 1UL << order;
		return 1UL << order;
	} else if (PageSlab(page)) {
		a->slab++;
	} else if (PageAnon(page)) {
		a->anon += page_mapped(page);
		a->rest += !page_mapped(page);
	} else if (page->mapping) {
		a->file++;
	} else {
		a->rest++;
	}
	return 1;
}

/* Each page of the machine, by what it is used for. => mm_quiesce() before makes it exact */
void account_memory(struct mem_account *a)
{
	struct active_range *r;

	*a = (struct mem_account){ 0 };
	for_each_active_range(ANY_NODE, r)
		for (unsigned long pfn = r->start_pfn; pfn < r->end_pfn; )
			pfn += count_page(a, pfn_to_page(pfn));
	a->tables = global_page_state(NR_PAGETABLE);
	a->rest -= min(a->tables, a->rest);
}

/* ---- the counters' side ------------------------------------------------------------------------------------ */

static int compare(bool tell, const char *what, unsigned long counted, unsigned long found)
{
	if (counted == found)
		return 0;
	if (tell)
		printk(KERN_ERR "check: %lu pages %s by the counters, %lu by the memmap\n", counted, what, found);
	return 1;
}

static int compare_all(const struct mem_account *a, bool tell)
{
	unsigned long slab = global_page_state(NR_SLAB_RECLAIMABLE) + global_page_state(NR_SLAB_UNRECLAIMABLE);

	return compare(tell, "free", nr_free_pages(), a->free) +
	       compare(tell, "of RAM", totalram_pages, num_physpages - a->reserved) +
	       compare(tell, "of slab", slab, a->slab) +
	       compare(tell, "of files", global_page_state(NR_FILE_PAGES), a->file) +
	       compare(tell, "anonymous", global_page_state(NR_ANON_PAGES), a->anon) +
	       compare(tell, "mapped", global_page_state(NR_FILE_MAPPED), a->mapped);
}

/* The faults of this moment. => may sleep */
static int faults_now(bool tell)
{
	struct mem_account a;

	mm_quiesce();
	account_memory(&a);
	return compare_all(&a, tell);
}

/*
 * Counters and memmap tell the same (T1, T2). Returns the number of faults, each told in the log.
 * => may sleep; others may be busy: see CHECK_SAME
 */
int check_account(void)
{
	int faults = 0, before = 0, same = 0;

	for (int i = 0; i < CHECK_TRIES && same < CHECK_SAME; i++) {
		if (i)
			schedule_timeout_uninterruptible(1);
		faults = faults_now(false);
		if (!faults)
			return 0;
		same = faults == before ? same + 1 : 0;
		before = faults;
	}
	return same < CHECK_SAME ? 0 : faults_now(true);
}

/* ---- /proc/mm_account ------------------------------------------------------------------------------------------- */

static int account_show(struct seq_file *m, void *unused)
{
	struct kmem_cache_use *caches = kcalloc(MAX_CACHES, sizeof(*caches), GFP_KERNEL);
	struct mem_account a;
	int n;

	if (!caches)
		return -ENOMEM;
	mm_quiesce();
	kmem_cache_shrink_all();		/* an object in a CPU's array would count as in use */
	n = kmem_cache_usage(caches, MAX_CACHES);
	synchronize_rcu();			/* slabs whose memory waits for a grace period */
	drain_all_pages();
	account_memory(&a);
	seq_printf(m, "reserved %lu\nfree %lu\nslab %lu\nfile %lu\nanon %lu\ntables %lu\nrest %lu\n", a.reserved, a.free,
		   a.slab, a.file, a.anon, a.tables, a.rest);
	for (int i = 0; i < n; i++)
		seq_printf(m, "cache:%s %lu\n", caches[i].name, caches[i].objects);
	kfree(caches);
	return 0;
}

static int account_open(struct inode *inode, struct file *file)
{
	return single_open(file, account_show, NULL);
}

static const struct file_operations account_fops = {
	.open = account_open, .read = seq_read, .llseek = seq_lseek, .release = seq_release,
};

void account_proc_init(void)
{
	proc_create("mm_account", 0400, &account_fops, NULL);
}
