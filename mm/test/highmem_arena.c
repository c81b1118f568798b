/*
 * highmem_arena.c: windows onto high memory, and areas of vmalloc, as a host says (kernel/arena.h); a late arena.
 *
 * Owns:   some pages of high memory, which the host numbers from 0; the windows and areas that it asked for.
 * Locks:  none: one verb at a time.
 * Read next: highmem.c and vmalloc.c, whose functions are called here; labs/12-highmem.
 *
 * A slot is told by its number, -1 is none; an address of the kernel as it is, 0 is none. The host reads pkmap_count[], the windows'
 * page table and vmlist itself.
 *
 *	where                  number of pages, slots, address of slot 0, VMALLOC_START, VMALLOC_END
 *	pfn FIRST N            the page frames of N pages (64 at most, as below)
 *	name PAGE SLOT         set_page_address(): it has the window SLOT, or (SLOT -1) none any more
 *	slot FIRST N           page_address() of N pages: their slots
 *	kmap FIRST N           kmap() of N pages: the slot of the last
 *	kunmap FIRST N         kunmap() of N pages
 *	flushes                how often all windows were flushed
 *	write PAGE WORD        through the page's window
 *	peek CPU ADDRESS       that CPU reads a word
 *	poke ADDRESS WORD      ours writes one
 *	vmalloc PAGES          vmalloc()
 *	area PAGES ALIGN FLAGS __vmalloc_area(), pages of low memory
 *	vfree ADDRESS          vfree()
 *	find ADDRESS           find_vm_area(): where the area that it found begins
 *	mapped ADDRESS N       for N pages from there on 0 or 1: is there an entry in the kernel's page table?
 */
#include "mm/highmem.h"
#include "mm/internal.h"
#include "mm/vmalloc.h"
#include "kernel/arena.h"
#include "kernel/smp.h"
#include "kernel/spinlock.h"

#define NR_PAGES	1200
#define MAX_AREAS	64
#define MAX_ROW		64

static struct page *pages[NR_PAGES];
static unsigned int users[NR_PAGES];	/* kmaps of ours */
static bool named[NR_PAGES];
static void *areas[MAX_AREAS];		/* of ours */

static void name_page(struct page *page, void *window)
{
	spin_lock(&kmap_lock);
	set_page_address(page, window);
	spin_unlock(&kmap_lock);
}

/* All windows and areas that the host left go. */
static void reset_highmem(void)
{
	for (int i = 0; i < NR_PAGES; i++) {
		if (!pages[i])
			pages[i] = alloc_page(GFP_HIGHUSER | __GFP_NOFAIL);
		for (; users[i]; users[i]--)
			kunmap(pages[i]);
		if (named[i])
			name_page(pages[i], NULL);
		named[i] = false;
	}
	for (int i = 0; i < MAX_AREAS; i++) {
		vfree(areas[i]);
		areas[i] = NULL;
	}
}

/* ---- what the host names --------------------------------------------------------------------------------------------- */

static bool is_below(unsigned long n, unsigned long limit, const char *what)
{
	if (n >= limit)
		arena_reply("? %s", what);
	return n < limit;
}

static bool are_pages(unsigned long first, unsigned long n)
{
	return is_below(first, NR_PAGES, "page") && is_below(n, NR_PAGES - first + 1, "page");
}

static void verb_where(int argc, const unsigned long *argv)
{
	arena_reply("%d %d %lu %lu %lu", NR_PAGES, (int)LAST_PKMAP, (unsigned long)PKMAP_ADDR(0), (unsigned long)VMALLOC_START,
		    (unsigned long)VMALLOC_END);
}

/* The answers of @tell for @n objects from @first on. */
static void reply_row(unsigned long first, unsigned long n, unsigned long step, long (*tell)(unsigned long what))
{
	char line[MAX_ROW * 12] = "";
	int len = 0;

	if (!is_below(n, MAX_ROW + 1, "number"))
		return;
	for (unsigned long i = 0; i < n; i++)
		len += scnprintf(line + len, sizeof(line) - (size_t)len, "%ld ", tell(first + i * step));
	arena_reply("%s", line);
}

static long pfn_of(unsigned long nr)
{
	return (long)page_to_pfn(pages[nr]);
}

static void verb_pfn(int argc, const unsigned long *argv)
{
	if (are_pages(argv[0], argv[1]))
		reply_row(argv[0], argv[1], 1, pfn_of);
}

/* ---- windows ------------------------------------------------------------------------------------------------------------- */

static long slot_of(unsigned long nr)
{
	void *addr = page_address(pages[nr]);

	return addr ? (long)PKMAP_NR((unsigned long)addr) : -1L;
}

static void verb_name(int argc, const unsigned long *argv)
{
	if (!are_pages(argv[0], 1) || !is_below(argv[1] + 1, LAST_PKMAP + 1, "slot"))
		return;
	name_page(pages[argv[0]], (long)argv[1] < 0 ? NULL : (void *)PKMAP_ADDR(argv[1]));
	named[argv[0]] = (long)argv[1] >= 0;
}

static void verb_slot(int argc, const unsigned long *argv)
{
	if (are_pages(argv[0], argv[1]))
		reply_row(argv[0], argv[1], 1, slot_of);
}

static void verb_kmap(int argc, const unsigned long *argv)
{
	if (!are_pages(argv[0], argv[1]) || !is_below(argv[1] - 1, NR_PAGES, "number"))
		return;
	for (unsigned long i = argv[0]; i < argv[0] + argv[1]; i++) {
		kmap(pages[i]);
		users[i]++;
	}
	arena_reply("%ld", slot_of(argv[0] + argv[1] - 1));
}

static void verb_kunmap(int argc, const unsigned long *argv)
{
	if (!are_pages(argv[0], argv[1]))
		return;
	for (unsigned long i = argv[0]; i < argv[0] + argv[1]; i++)
		if (users[i]) {
			users[i]--;
			kunmap(pages[i]);
		}
}

static void verb_flushes(int argc, const unsigned long *argv)
{
	arena_reply("%lu", nr_pkmap_flushes());
}

static void verb_write(int argc, const unsigned long *argv)
{
	if (are_pages(argv[0], 1) && is_below(!page_address(pages[argv[0]]), 1, "window"))
		*(volatile unsigned long *)page_address(pages[argv[0]]) = argv[1];
}

/* ---- another CPU ------------------------------------------------------------------------------------------------------------ */

struct look {
	int cpu;
	const volatile unsigned long *addr;
	unsigned long word;
};

static void look_here(void *arg)
{
	struct look *look = arg;

	if (smp_processor_id() == look->cpu)
		look->word = *look->addr;
}

/* In the other's interrupt: nothing that it does meanwhile has a reason to forget a translation. */
static void verb_peek(int argc, const unsigned long *argv)
{
	struct look look = { .cpu = (int)argv[0], .addr = (const volatile unsigned long *)argv[1] };

	if (!is_below(argv[0], NR_CPUS, "cpu") || !is_below(!cpu_online((int)argv[0]), 1, "cpu"))
		return;
	on_each_cpu(look_here, &look);
	arena_reply("%lu", look.word);
}

static void verb_poke(int argc, const unsigned long *argv)
{
	*(volatile unsigned long *)argv[0] = argv[1];
}

/* ---- areas ------------------------------------------------------------------------------------------------------------------- */

static void reply_area(void *addr)
{
	for (int i = 0; i < MAX_AREAS && addr; i++)
		if (!areas[i]) {
			areas[i] = addr;
			break;
		}
	arena_reply("%lu", (unsigned long)addr);
}

static void verb_vmalloc(int argc, const unsigned long *argv)
{
	reply_area(vmalloc(argv[0] << PAGE_SHIFT));
}

static void verb_area(int argc, const unsigned long *argv)
{
	reply_area(__vmalloc_area(argv[0] << PAGE_SHIFT, argv[1], GFP_KERNEL, PAGE_KERNEL, argv[2]));
}

static void verb_vfree(int argc, const unsigned long *argv)
{
	for (int i = 0; i < MAX_AREAS; i++)
		if (areas[i] == (void *)argv[0])
			areas[i] = NULL;
	vfree((void *)argv[0]);
}

static void verb_find(int argc, const unsigned long *argv)
{
	struct vm_struct *area = find_vm_area((void *)argv[0]);

	arena_reply("%lu", area ? (unsigned long)area->addr : 0UL);
}

static long is_mapped(unsigned long addr)
{
	pmd_t *pmd = pmd_offset(pgd_offset_k(addr), addr);

	return pmd_present(*pmd) && !pte_none(*pte_offset_kernel(pmd, addr));
}

static void verb_mapped(int argc, const unsigned long *argv)
{
	reply_row(argv[0], argv[1], PAGE_SIZE, is_mapped);
}

static const struct arena_verb verbs[] = {
	{ "where", 0, verb_where }, { "pfn", 2, verb_pfn }, { "name", 2, verb_name }, { "slot", 2, verb_slot },
	{ "kmap", 2, verb_kmap }, { "kunmap", 2, verb_kunmap }, { "flushes", 0, verb_flushes }, { "write", 2, verb_write },
	{ "peek", 2, verb_peek }, { "poke", 2, verb_poke }, { "vmalloc", 1, verb_vmalloc }, { "area", 3, verb_area }, { "vfree", 1, verb_vfree },
	{ "find", 1, verb_find }, { "mapped", 2, verb_mapped }, { }
};

LATE_ARENA(highmem, verbs, reset_highmem);
