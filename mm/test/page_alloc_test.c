/*
 * page_alloc_test.c: the buddy allocator, its numbers, its reserves. page_alloc_storm_test.c: a storm from all CPUs.
 */
#include "mm/check.h"
#include "mm/highmem.h"
#include "mm/internal.h"
#include "kernel/ktest.h"
#include "kernel/lib/string.h"

/* ---- the numbers ---------------------------------------------------------------------------------------- */

KTEST(page_alloc, batch_sizes_are_those_of_2_6_20)
{
	EXPECT_EQ(t, zone_batchsize(4096), 0);		/* 16 MiB */
	EXPECT_EQ(t, zone_batchsize(16384), 3);		/* 64 MiB */
	EXPECT_EQ(t, zone_batchsize(65536), 15);	/* 256 MiB */
	EXPECT_EQ(t, zone_batchsize(131072), 31);	/* 512 MiB */
	EXPECT_EQ(t, zone_batchsize(4UL << 20), 31);
}

KTEST(page_alloc, watermarks_follow_the_formula)
{
	unsigned long low_pages = 0, min_pages = (unsigned long)min_free_kbytes >> (PAGE_SHIFT - 10), share;
	struct zone *zone;

	for_each_zone(zone)
		if (!is_highmem(zone))
			low_pages += zone->present_pages;
	EXPECT_OP(t, (u64)min_free_kbytes * (u64)min_free_kbytes, <=, (u64)low_pages * 4 * 16);
	for_each_zone(zone) {
		if (!populated_zone(zone))
			continue;
		share = (unsigned long)((u64)min_pages * zone->present_pages / low_pages);
		if (is_highmem(zone))
			EXPECT_EQ(t, zone->pages_min, min(max(zone->present_pages / 1024, 32UL), 128UL));
		else
			EXPECT_EQ(t, zone->pages_min, share);
		EXPECT_EQ(t, zone->pages_low, zone->pages_min + share / 4);
		EXPECT_EQ(t, zone->pages_high, zone->pages_min + share / 2);
	}
}

KTEST(page_alloc, lowmem_reserve_is_what_lies_above_by_ratio)
{
	struct zone *zones = first_online_pgdat()->node_zones;

	for (int class = 0; class < MAX_NR_ZONES; class++)
		for (int idx = 0; idx < class; idx++) {
			unsigned long above = 0;

			for (int i = idx + 1; i <= class; i++)
				above += zones[i].present_pages;
			EXPECT_EQ(t, zones[idx].lowmem_reserve[class], above / (unsigned)sysctl_lowmem_reserve_ratio[idx]);
		}
}

/* 1000 pages free, min 800: who may have one? HIGH halves the mark, HARDER takes a quarter off what is left. */
KTEST(page_alloc, watermark_admits_exactly)
{
	static struct zone z;

	memset(&z, 0, sizeof(z));
	z.free_pages = 801;
	EXPECT(t, zone_watermark_ok(&z, 0, 800, 0, 0));
	z.free_pages = 800;
	EXPECT(t, !zone_watermark_ok(&z, 0, 800, 0, 0));
	z.free_pages = 601;
	EXPECT(t, zone_watermark_ok(&z, 0, 800, 0, ALLOC_HARDER));
	z.free_pages = 600;
	EXPECT(t, !zone_watermark_ok(&z, 0, 800, 0, ALLOC_HARDER));
	z.free_pages = 301;
	EXPECT(t, zone_watermark_ok(&z, 0, 800, 0, ALLOC_HIGH | ALLOC_HARDER));
	z.free_pages = 300;
	EXPECT(t, !zone_watermark_ok(&z, 0, 800, 0, ALLOC_HIGH | ALLOC_HARDER));
	z.lowmem_reserve[1] = 100;
	z.free_pages = 900;
	EXPECT(t, zone_watermark_ok(&z, 0, 800, 0, 0));
	EXPECT(t, !zone_watermark_ok(&z, 0, 800, 1, 0));
}

/* For order 2 only blocks of order 2 and more count, against a quarter of the mark. */
KTEST(page_alloc, watermark_looks_at_block_sizes)
{
	static struct zone z;

	memset(&z, 0, sizeof(z));
	z.free_pages = 1000;
	z.free_area[0].nr_free = 996;		/* and one block of order 2 */
	EXPECT(t, zone_watermark_ok(&z, 0, 400, 0, 0));
	EXPECT(t, !zone_watermark_ok(&z, 2, 400, 0, 0));
	z.free_area[0].nr_free = 700;
	EXPECT(t, zone_watermark_ok(&z, 2, 400, 0, 0));	/* 1000 - 3 - 700 = 297 > 100 */
	z.free_pages = z.free_area[0].nr_free = 500;
	EXPECT(t, !zone_watermark_ok(&z, 10, 0, 0, 0));	/* 500 - 1023 < 0 */
	z.free_pages = z.free_area[0].nr_free = 3;
	EXPECT(t, !zone_watermark_ok(&z, 1, 0, 0, 0));	/* 3 - 1 - 3 < 0 */
}

/* ---- blocks --------------------------------------------------------------------------------------------------- */

static void histogram(unsigned long *blocks)
{
	struct zone *zone;

	drain_all_pages();
	memset(blocks, 0, MAX_ORDER * sizeof(*blocks));
	for_each_zone(zone)
		for (int order = 0; order < MAX_ORDER; order++)
			blocks[order] += zone->free_area[order].nr_free;
}

KTEST(page_alloc, blocks_are_aligned_and_merge_again)
{
	unsigned long before[MAX_ORDER], after[MAX_ORDER];

	histogram(before);
	for (unsigned int order = 0; order < MAX_ORDER; order++) {
		struct page *page = alloc_pages(GFP_KERNEL | __GFP_NOWARN | __GFP_NORETRY, order);

		if (!page)
			continue;	/* memory is in pieces: no fault */
		EXPECT_EQ(t, page_to_pfn(page) & ((1UL << order) - 1), 0);
		EXPECT_EQ(t, page_count(page), 1);
		EXPECT(t, !PageBuddy(page));
		__free_pages(page, order);
	}
	histogram(after);
	EXPECT(t, !memcmp(before, after, sizeof(before)));
	EXPECT(t, !alloc_pages(GFP_KERNEL, MAX_ORDER));
}

KTEST(page_alloc, pages_freed_in_any_order_merge)
{
	unsigned long before[MAX_ORDER], after[MAX_ORDER];
	struct page *page;

	histogram(before);
	page = alloc_pages(GFP_KERNEL, 4);
	if (!EXPECT(t, page))
		return;
	split_page(page, 4);
	for (unsigned int i = 0; i < 16; i++)
		EXPECT_EQ(t, page_count(page + i), 1);
	for (unsigned int i = 0; i < 16; i++)
		__free_page(page + (i * 5) % 16);
	histogram(after);
	EXPECT(t, !memcmp(before, after, sizeof(before)));
}

KTEST(page_alloc, exact_sizes_keep_no_more)
{
	unsigned long before[MAX_ORDER], after[MAX_ORDER], free;
	char *p;

	histogram(before);
	free = nr_free_pages();
	p = alloc_pages_exact(5 * PAGE_SIZE - 3, GFP_KERNEL | __GFP_ZERO);
	if (!EXPECT(t, p))
		return;
	drain_all_pages();
	EXPECT_EQ(t, free - nr_free_pages(), 5);
	EXPECT(t, !memchr_inv(p, 0, 5 * PAGE_SIZE));
	for (int i = 0; i < 5; i++)
		free_page((unsigned long)p + (unsigned long)i * PAGE_SIZE);
	histogram(after);
	EXPECT(t, !memcmp(before, after, sizeof(before)));
}

/* A page that is freed while it belongs to somebody is told, made usable, and never forgotten. */
KTEST(page_alloc, a_bad_page_taints_the_kernel)
{
	unsigned long was = xchg(&tainted, 0UL);
	struct page *page = alloc_page(GFP_KERNEL);

	if (EXPECT(t, page)) {
		EXPECT(t, !strcmp(print_tainted(), "Not tainted"));
		SetPagePrivate(page);
		__free_page(page);
		EXPECT_EQ(t, tainted, TAINT_BAD_PAGE);
		EXPECT(t, !strcmp(print_tainted(), "Tainted: G    B"));
	}
	tainted = was;
}

KTEST(page_alloc, the_last_page_freed_comes_first)
{
	struct page *page = alloc_page(GFP_KERNEL), *again;

	if (!EXPECT(t, page))
		return;
	__free_page(page);
	again = alloc_page(GFP_KERNEL);
	EXPECT(t, again == page);
	__free_page(again);
}

KTEST(page_alloc, references_keep_a_page)
{
	struct page *page = alloc_page(GFP_KERNEL);

	if (!EXPECT(t, page))
		return;
	get_page(page);
	__free_page(page);
	EXPECT_EQ(t, page_count(page), 1);
	put_page(page);
}

KTEST(page_alloc, compound_pages_know_their_head)
{
	struct page *page = alloc_pages(GFP_KERNEL | __GFP_COMP, 3);

	if (!EXPECT(t, page))
		return;
	EXPECT_EQ(t, compound_order(page), 3);
	for (int i = 0; i < 8; i++)
		EXPECT(t, PageCompound(page + i) && compound_head(page + i) == page);
	get_page(page + 5);			/* counts on the head */
	EXPECT_EQ(t, page_count(page), 2);
	put_page(page + 3);
	put_page(page);				/* by its destructor */
}

KTEST(page_alloc, zeroed_pages_are_zero)
{
	struct page *page;

	for (int round = 0; round < 2; round++) {
		page = alloc_pages(GFP_KERNEL | __GFP_ZERO, 2);
		if (!EXPECT(t, page))
			return;
		EXPECT(t, !memchr_inv(lowmem_page_address(page), 0, 4 * PAGE_SIZE));
		memset(lowmem_page_address(page), 0x77, 4 * PAGE_SIZE);
		__free_pages(page, 2);
	}
}

KTEST(page_alloc, zones_are_tried_from_the_best_down)
{
	for (int class = 0; class < MAX_NR_ZONES; class++) {
		struct zone **z = first_online_pgdat()->node_zonelists[class].zones;

		for (; z[0] && z[1]; z++)
			if (z[0]->node == z[1]->node)
				EXPECT_OP(t, zone_idx(z[0]), >, zone_idx(z[1]));
		if (first_online_pgdat()->node_zonelists[class].zones[0])
			EXPECT_OP(t, zone_idx(first_online_pgdat()->node_zonelists[class].zones[0]), <=, class);
	}
}

/* ---- reserves --------------------------------------------------------------------------------------------------- */

/* All pages that @gfp gets, chained by lru; returns how many. */
static long grab_all(struct list_head *list, gfp_t gfp)
{
	struct page *page;
	long n = 0;

	for (; (page = alloc_page(gfp | __GFP_NOWARN)) != NULL; n++)
		list_add(&page->lru, list);
	return n;
}

/* As grab_all; and what a CPU's list took with the last page, and may not be had any more, goes back and is asked for again. */
static long grab_to_the_mark(struct list_head *list, gfp_t gfp)
{
	long n = 0, more;

	do {
		more = grab_all(list, gfp);
		n += more;
		drain_all_pages();
	} while (more);
	return n;
}

static void release_all(struct list_head *list)
{
	struct page *page, *next;

	list_for_each_entry_safe(page, next, list, lru)
		__free_page(page);
}

/* Who may not wait gets a quarter of the reserve; who is urgent more than half; who frees memory gets all. */
KTEST(page_alloc, reserves_open_by_urgency)
{
	long marks = 0, plain, urgent, memalloc;
	struct zone **z;
	LIST_HEAD(list);

	if (num_physpages > 1UL << (30 - PAGE_SHIFT))
		return ktest_skip(t, "takes all memory: at most 1 GiB");
	for (z = first_online_pgdat()->node_zonelists[ZONE_NORMAL].zones; *z; z++)
		marks += (long)(*z)->pages_min;
	plain = grab_all(&list, 0);
	urgent = grab_all(&list, GFP_ATOMIC);
	current->flags |= PF_MEMALLOC;
	memalloc = grab_all(&list, 0);
	current->flags &= ~PF_MEMALLOC;
	release_all(&list);
	EXPECT_OP(t, plain, >, 0);
	EXPECT_OP(t, urgent, >=, marks * 3 / 8 - 64);
	EXPECT_OP(t, urgent, <=, marks * 3 / 8 + 64);
	EXPECT_OP(t, memalloc, >=, marks * 3 / 8 - 64);
}

/* Reclaim asks for memory, too: it gets the reserves or, if it may not, nothing; it never reclaims inside reclaim. */
KTEST(page_alloc, who_frees_memory_does_not_wait)
{
	long plain, reserves;
	LIST_HEAD(list);

	if (num_physpages > 1UL << (30 - PAGE_SHIFT))
		return ktest_skip(t, "takes all memory: at most 1 GiB");
	current->flags |= PF_MEMALLOC;
	plain = grab_all(&list, GFP_KERNEL | __GFP_NOMEMALLOC);
	EXPECT(t, current->flags & PF_MEMALLOC);
	reserves = grab_all(&list, GFP_KERNEL);
	EXPECT(t, current->flags & PF_MEMALLOC);
	current->flags &= ~PF_MEMALLOC;
	release_all(&list);
	EXPECT_OP(t, plain, >, 0);
	EXPECT_OP(t, reserves, >, 0);
}

/* The highest zone that @gfp allows, if it is one of several; NULL: there is nothing to choose. */
static struct zone *best_of_several(gfp_t gfp)
{
	struct zone **z = NODE_DATA(0)->node_zonelists[gfp_zone(gfp)].zones;

	return z[0] && z[1] ? z[0] : NULL;
}

KTEST(page_alloc, user_pages_come_from_the_highest_zone)
{
	struct zone *best = best_of_several(GFP_HIGHUSER);
	struct page *page;

	if (!best)
		return ktest_skip(t, "one zone");
	page = alloc_page(GFP_HIGHUSER);
	if (!EXPECT(t, page))
		return;
	EXPECT(t, page_zone(page) == best);
	__free_page(page);
	page = alloc_page(GFP_KERNEL);
	if (!EXPECT(t, page))
		return;
	EXPECT(t, !PageHighMem(page));
	__free_page(page);
}

/* When user pages have taken what they can get, who needs the lower zone still finds what it keeps from them. */
KTEST(page_alloc, low_memory_is_protected_by_its_reserve)
{
	static const gfp_t for_zone[MAX_NR_ZONES] = { [ZONE_DMA] = GFP_DMA, [ZONE_DMA32] = __GFP_DMA32 };
	struct zone *best = best_of_several(GFP_HIGHUSER), *low = best ? best - 1 : NULL;
	long user, kernel, reserve, mark, left;
	LIST_HEAD(list);

	while (low && !populated_zone(low))
		low--;
	if (!best || num_physpages > 1UL << (30 - PAGE_SHIFT))
		return ktest_skip(t, "two zones and at most 1 GiB are wanted");
	reserve = (long)low->lowmem_reserve[zone_idx(best)];
	mark = (long)low->pages_min - (long)low->pages_min / 4;		/* who may not wait goes so far */
	user = grab_to_the_mark(&list, GFP_HIGHUSER & ~__GFP_WAIT);
	left = (long)low->free_pages;
	kernel = grab_to_the_mark(&list, for_zone[zone_idx(low)]);
	release_all(&list);
	EXPECT_OP(t, user, >, 0);
	EXPECT_OP(t, reserve, >, 0);
	EXPECT_OP(t, left, >=, mark + reserve);
	EXPECT_OP(t, kernel, >=, reserve);
}
