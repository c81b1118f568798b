/*
 * page_alloc_storm_test.c: every CPU allocates and frees at random, against a model of its own.
 *
 * The model: a bit for each page of the machine, set by who is handed the page and cleared by who gives it back; and in
 * each page a number made of its pfn and of its block's salt, which nobody else may have written. A block's salt and
 * order stand in its first page's index. Blocks change hands through a mailbox, so that what one CPU has allocated
 * another one frees.
 */
#include "mm/check.h"
#include "mm/highmem.h"
#include "mm/internal.h"
#include "mm/slab.h"
#include "mm/vmalloc.h"
#include "mm/vmstat.h"
#include "kernel/ktest.h"
#include "kernel/lib/string.h"

#define SLOTS		48
#define ROUNDS		3000
#define MAILBOX		16
#define ORDER_BITS	4

struct storm {
	unsigned long *taken;		/* a bit a page, from pfn 0 on */
	struct page *mailbox[MAILBOX];	/* by xchg */
	atomic_t errors, allocated;
	atomic_long_t pages;		/* in their hands */
	long limit;			/* of pages */
};

static u32 tag_of(unsigned long pfn, pgoff_t index)
{
	return (u32)pfn * 2654435761u ^ (u32)index;
}

static unsigned int order_of(const struct page *page)
{
	return (unsigned int)(page->index & ((1 << ORDER_BITS) - 1));
}

/* ---- giving and taking -------------------------------------------------------------------------------------- */

static void mark_page(struct storm *s, struct page *page, pgoff_t index, bool zeroed)
{
	u32 *word = kmap_atomic(page, KM_USER0);

	if (test_and_set_bit((unsigned)page_to_pfn(page), s->taken))
		atomic_inc(&s->errors);		/* somebody has it */
	if (zeroed && memchr_inv(word, 0, PAGE_SIZE))
		atomic_inc(&s->errors);
	*word = tag_of(page_to_pfn(page), index);
	kunmap_atomic(word, KM_USER0);
}

static void unmark_page(struct storm *s, struct page *page, pgoff_t index)
{
	u32 *word = kmap_atomic(page, KM_USER0);

	if (*word != tag_of(page_to_pfn(page), index))
		atomic_inc(&s->errors);		/* somebody wrote to it */
	if (!test_and_clear_bit((unsigned)page_to_pfn(page), s->taken))
		atomic_inc(&s->errors);
	kunmap_atomic(word, KM_USER0);
}

/* Large blocks are rare; all kinds of zones, lists and wishes come up. */
static gfp_t random_gfp(u32 r)
{
	static const gfp_t kinds[] = { GFP_KERNEL, GFP_HIGHUSER, GFP_ATOMIC, GFP_HIGHUSER | __GFP_COLD, GFP_USER | __GFP_ZERO,
				       GFP_KERNEL | GFP_DMA, GFP_KERNEL | __GFP_COMP, GFP_HIGHUSER | __GFP_COMP };

	return kinds[r % ARRAY_SIZE(kinds)] | __GFP_NOWARN | __GFP_NORETRY;
}

static unsigned int random_order(u32 r)
{
	return r & 3 ? 0 : (r >> 2 & 7) ? r >> 5 & 3 : (r >> 5) % MAX_ORDER;
}

static struct page *storm_get(struct storm *s, u32 r)
{
	unsigned int order = random_order(r >> 8);
	gfp_t gfp = random_gfp(r >> 16);
	struct page *page;

	if (atomic_long_read(&s->pages) + (1L << order) > s->limit)
		return NULL;
	page = alloc_pages(gfp, order);
	if (!page)
		return NULL;
	if (page_to_pfn(page) & ((1UL << order) - 1) || page_count(page) != 1)
		atomic_inc(&s->errors);
	atomic_inc(&s->allocated);
	atomic_long_add(1L << order, &s->pages);
	page->index = (pgoff_t)(r >> 4) << ORDER_BITS | order;
	for (unsigned long i = 0; i < 1UL << order; i++)
		mark_page(s, page + i, page->index, gfp & __GFP_ZERO);
	return page;
}

/* Whole, after a second reference, in pieces, or as a cold page. */
static void give_back(struct storm *s, struct page *page, unsigned int order, u32 r)
{
	unsigned long n = 1UL << order;

	if (r & 1) {
		get_page(page);
		__free_pages(page, order);
		if (page_count(page) != 1)
			atomic_inc(&s->errors);
	}
	if (order && r & 2 && !PageCompound(page)) {
		split_page(page, order);
		for (unsigned long i = 0; i < n; i++)
			__free_page(page + (i * 5 + 3) % n);
	} else if (!order && r & 2 && put_page_testzero(page)) {
		free_cold_page(page);
	} else if (order || !(r & 2)) {
		__free_pages(page, order);
	}
}

static void storm_put(struct storm *s, struct page *page, u32 r)
{
	unsigned int order = order_of(page);
	pgoff_t index = page->index;

	for (unsigned long i = 0; i < 1UL << order; i++)
		unmark_page(s, page + i, index);
	page->index = 0;
	atomic_long_sub(1L << order, &s->pages);
	give_back(s, page, order, r);
}

/* ---- the storm -------------------------------------------------------------------------------------------------- */

static void storm_cpu(void *arg, int cpu)
{
	struct page *pages[SLOTS] = { NULL };
	struct storm *s = arg;
	u32 seed = 77 + (u32)cpu;

	for (int round = 0; round < ROUNDS; round++) {
		u32 r = ktest_random(&seed), slot = r % SLOTS;

		if (pages[slot] && r & 0x100)
			pages[slot] = xchg(&s->mailbox[r >> 9 & (MAILBOX - 1)], pages[slot]);
		if (pages[slot]) {
			storm_put(s, pages[slot], r >> 16);
			pages[slot] = NULL;
		} else {
			pages[slot] = storm_get(s, ktest_random(&seed));
		}
		if (!(r & 0x3fe00))
			drain_local_pages();
		if (!(round & 63))
			cond_resched();
	}
	for (int slot = 0; slot < SLOTS; slot++)
		if (pages[slot])
			storm_put(s, pages[slot], (u32)slot);
}

static bool storm_begin(struct storm *s)
{
	s->taken = vmalloc(BITS_TO_LONGS(max_pfn) * sizeof(long));
	if (!s->taken)
		return false;
	memset(s->taken, 0, BITS_TO_LONGS(max_pfn) * sizeof(long));
	s->limit = (long)min(nr_free_pages() / 2, 64UL << (20 - PAGE_SHIFT));
	return true;
}

/* What is still in the mailbox goes back, and no bit is set. */
static void storm_end(struct ktest *t, struct storm *s)
{
	for (int i = 0; i < MAILBOX; i++)
		if (s->mailbox[i])
			storm_put(s, s->mailbox[i], (u32)i);
	EXPECT_EQ(t, atomic_long_read(&s->pages), 0);
	EXPECT_EQ(t, find_next_bit(s->taken, max_pfn, 0), max_pfn);
	vfree(s->taken);
}

static unsigned long quiet_free_pages(void)
{
	mm_quiesce();
	kmem_cache_shrink_all();
	synchronize_rcu();
	drain_all_pages();
	return nr_free_pages();
}

static long allocated_minus_freed(void)
{
	unsigned long events[NR_VM_EVENT_ITEMS];

	all_vm_events(events);
	return (long)(events[PGALLOC_DMA] + events[PGALLOC_DMA32] + events[PGALLOC_NORMAL] + events[PGALLOC_HIGH] -
		      events[PGFREE]);
}

/*
 * Nobody gets a page that another has, all blocks merge again (the checker finds no two free buddies), the events
 * counted are the pages gone, and the memmap agrees with the counters.
 */
KTEST(page_alloc, storm_from_all_cpus)
{
	struct storm s = { .errors = ATOMIC_INIT(0) };
	unsigned long before, after;
	long events;

	ktest_on_all_cpus(t, storm_cpu, &(struct storm){ .limit = 0 });	/* threads come and go: their stacks' page tables stay */
	before = quiet_free_pages();
	events = allocated_minus_freed();
	if (!EXPECT(t, storm_begin(&s)))
		return;
	ktest_on_all_cpus(t, storm_cpu, &s);
	storm_end(t, &s);
	after = quiet_free_pages();
	EXPECT_EQ(t, allocated_minus_freed() - events, (long)(before - after));
	EXPECT_EQ(t, atomic_read(&s.errors), 0);
	EXPECT_OP(t, atomic_read(&s.allocated), >, ROUNDS / 3);
	EXPECT_EQ(t, after, before);
	EXPECT_EQ(t, check_page_alloc(), 0);
	EXPECT_EQ(t, check_vmstat(), 0);
	EXPECT_EQ(t, check_account(), 0);
}
