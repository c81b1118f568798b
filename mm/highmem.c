/*
 * highmem.c: windows that last, onto pages outside the direct map.
 *
 * Owns:   the pkmap slots, one page table's worth at PKMAP_BASE; the hash from page to window.
 * Locks:  kmap_lock for the slots; a lock for each hash bucket inside it (irq-safe: page_address() is asked anywhere).
 * Read next: the arch's highmem.h (kmap_atomic, the other kind of window).
 *
 *	pkmap_count[slot]:  0 free ─► map: 1 + one user = 2 ─► … n users: n + 1
 *	                    ▲                          last kunmap: 1, mapped but unused
 *	                    └──── flush, once a lap of the cursor: all 1s at one stroke
 */
#include "mm/highmem.h"
#include "mm/internal.h"
#include "kernel/arch.h"

#define PA_HASH_ORDER	7

static int pkmap_count[LAST_PKMAP];		/* [kmap_lock] */
static unsigned int last_pkmap_nr;		/* [kmap_lock] the cursor */
static unsigned long pkmap_flushes;		/* [kmap_lock] for the tests */
DEFINE_SPINLOCK(kmap_lock, RANK_LEAF);
static DECLARE_WAIT_QUEUE_HEAD(pkmap_map_wait);

static struct page_address_map {
	struct page *page;
	struct hlist_node list;		/* [bucket] */
} page_address_maps[LAST_PKMAP];	/* one a slot */

static struct page_address_slot {
	spinlock_t lock;
	struct hlist_head head;
} page_address_htable[1 << PA_HASH_ORDER];

/* ---- page → window -------------------------------------------------------------------------------- */

static struct page_address_slot *page_slot(const struct page *page)
{
	return &page_address_htable[(page_to_pfn(page) * 0x9e3779b1u & 0xffffffffu) >> (32 - PA_HASH_ORDER)];
}

/* The kernel's address of @page; NULL: it lies in high memory and has no window. => any context */
void *page_address(struct page *page)
{
	struct page_address_slot *slot;
	struct page_address_map *map;
	unsigned long flags;
	void *addr = NULL;

	if (!PageHighMem(page))
		return lowmem_page_address(page);
	slot = page_slot(page);
	spin_lock_irqsave(&slot->lock, flags);
	hlist_for_each_entry(map, &slot->head, list)
		if (map->page == page) {
			addr = (void *)PKMAP_ADDR(map - page_address_maps);
			break;
		}
	spin_unlock_irqrestore(&slot->lock, flags);
	return addr;
}

/* @page, of high memory, has the window @virtual now; NULL: none any more. => kmap_lock held */
void set_page_address(struct page *page, void *virtual)
{
	struct page_address_slot *slot = page_slot(page);
	struct page_address_map *map;
	unsigned long flags;

	assert_held(&kmap_lock);
	spin_lock_irqsave(&slot->lock, flags);
	if (virtual) {
		map = &page_address_maps[PKMAP_NR((unsigned long)virtual)];
		map->page = page;
		hlist_add_head(&map->list, &slot->head);
	} else {
		hlist_for_each_entry(map, &slot->head, list)
			if (map->page == page) {
				hlist_del(&map->list);
				break;
			}
	}
	spin_unlock_irqrestore(&slot->lock, flags);
}

/* ---- the slots -------------------------------------------------------------------------------------- */

/* => kmap_lock held; the caller flushes */
static void unmap_slot(unsigned int nr)
{
	pte_t *pte = pkmap_page_table + nr;

	ASSERT(!pte_none(*pte));
	pkmap_count[nr] = 0;
	set_page_address(pte_page(*pte), NULL);
	pte_clear(&init_mm, PKMAP_ADDR(nr), pte);
}

/* Slots that are mapped without a user become free, with one flush for all of them. => kmap_lock held */
static void flush_all_zero_pkmaps(void)
{
	assert_held(&kmap_lock);
	for (unsigned int i = 0; i < LAST_PKMAP; i++)
		if (pkmap_count[i] == 1)
			unmap_slot(i);
	pkmap_flushes++;
	flush_tlb_kernel_range(PKMAP_ADDR(0), PKMAP_ADDR(LAST_PKMAP));
}

/* A free slot, once round from the cursor; at its return to slot 0 the unused ones become free. -1: all in use. */
static int find_slot(void)
{
	for (unsigned int n = 0; n < LAST_PKMAP; n++) {
		last_pkmap_nr = (last_pkmap_nr + 1) & LAST_PKMAP_MASK;
		if (!last_pkmap_nr)
			flush_all_zero_pkmaps();
		if (!pkmap_count[last_pkmap_nr])
			return (int)last_pkmap_nr;
	}
	return -1;
}

/* All slots are in use: until one is not. => kmap_lock held in and out, not while we sleep */
static void wait_for_slot(void)
{
	DEFINE_WAIT(wait);

	prepare_to_wait(&pkmap_map_wait, &wait, TASK_UNINTERRUPTIBLE);
	spin_unlock(&kmap_lock);
	schedule();
	finish_wait(&pkmap_map_wait, &wait);
	spin_lock(&kmap_lock);
}

/* A window for @page, which has none. => kmap_lock held, dropped while we wait: somebody else may have mapped it then */
static unsigned long map_new_virtual(struct page *page)
{
	unsigned long vaddr;
	int nr;

	while ((nr = find_slot()) < 0) {
		wait_for_slot();
		vaddr = (unsigned long)page_address(page);
		if (vaddr)
			return vaddr;
	}
	vaddr = PKMAP_ADDR(nr);
	set_pte(pkmap_page_table + nr, mk_pte(page, PAGE_KERNEL));
	pkmap_count[nr] = 1;
	set_page_address(page, (void *)vaddr);
	return vaddr;
}

static void *kmap_high(struct page *page)
{
	unsigned long vaddr;

	spin_lock(&kmap_lock);
	vaddr = (unsigned long)page_address(page);
	if (!vaddr)
		vaddr = map_new_virtual(page);
	pkmap_count[PKMAP_NR(vaddr)]++;
	ASSERT_OP(pkmap_count[PKMAP_NR(vaddr)], >=, 2);
	spin_unlock(&kmap_lock);
	return (void *)vaddr;
}

static void kunmap_high(struct page *page)
{
	unsigned long vaddr;
	bool waited_for;

	spin_lock(&kmap_lock);
	vaddr = (unsigned long)page_address(page);
	BUG_ON(!vaddr);
	ASSERT_OP(pkmap_count[PKMAP_NR(vaddr)], >=, 2);
	waited_for = --pkmap_count[PKMAP_NR(vaddr)] == 1 && waitqueue_active(&pkmap_map_wait);
	if (DEBUG_BUILD && pkmap_count[PKMAP_NR(vaddr)] == 1) {	/* whoever still uses the window shall fault */
		unmap_slot(PKMAP_NR(vaddr));
		flush_tlb_kernel_range(vaddr, vaddr + PAGE_SIZE);
	}
	spin_unlock(&kmap_lock);
	if (waited_for)
		wake_up(&pkmap_map_wait);
}

/*
 * An address for @page that all CPUs may use, until kunmap; nests, each call wants its kunmap.
 * => may sleep; a task that holds one window and waits for another may wait for itself
 */
void *kmap(struct page *page)
{
	might_sleep();
	return PageHighMem(page) ? kmap_high(page) : lowmem_page_address(page);
}

/* => does not sleep; not in interrupts */
void kunmap(struct page *page)
{
	if (PageHighMem(page))
		kunmap_high(page);
}

/* Free pages of high memory. */
unsigned long nr_free_highpages(void)
{
	unsigned long pages = 0;
	pg_data_t *pgdat;

	for_each_online_pgdat(pgdat)
		pages += pgdat->node_zones[ZONE_HIGHMEM].free_pages;
	return pages;
}

/* How often all windows were flushed: once a lap, whatever is mapped and unmapped in between. */
unsigned long nr_pkmap_flushes(void)
{
	return pkmap_flushes;
}

/* Where the direct map would show a page of high memory, if it reached there; -1UL: nowhere. */
static unsigned long high_pfn_of(unsigned long addr)
{
	unsigned long pfn = max_low_pfn + ((addr - (unsigned long)__va((phys_t)max_low_pfn << PAGE_SHIFT)) >> PAGE_SHIFT);

	if (addr < PAGE_OFFSET || addr >= VMALLOC_START || pfn >= max_pfn)
		return -1UL;
	return pfn < max_low_pfn ? -1UL : pfn;
}

/*
 * For the message of a kernel fault: is @addr a window that is closed, or a page of high memory that has none? Its name to @buf.
 * => any context; takes no lock, as the kernel is about to die
 */
bool kmap_describe(unsigned long addr, char *buf, size_t size)
{
	int slot = kmap_atomic_slot(addr);

	if (slot >= 0)
		snprintf(buf, size, "kmap_atomic window %d of CPU %d, closed: used after kunmap_atomic?",
			 slot % KM_TYPE_NR, slot / KM_TYPE_NR);
	else if (addr >= PKMAP_ADDR(0) && addr - PKMAP_ADDR(0) < LAST_PKMAP * PAGE_SIZE)
		snprintf(buf, size, "kmap window %lu, closed: used after kunmap?", PKMAP_NR(addr));
	else if (high_pfn_of(addr) != -1UL)
		snprintf(buf, size, "page frame %lx is high memory and has no address without kmap", high_pfn_of(addr));
	else
		return false;
	return true;
}

/* => pkmap_page_table is there; before the first kmap() */
void highmem_init(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(page_address_htable); i++) {
		spin_lock_init(&page_address_htable[i].lock, RANK_IRQ_LEAF);
		INIT_HLIST_HEAD(&page_address_htable[i].head);
	}
}
