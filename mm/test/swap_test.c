/*
 * swap_test.c: pages on their way to the lists and between them.
 */
#include "mm/swap.h"
#include "mm/internal.h"
#include "kernel/ktest.h"

static void to_inactive_list(struct page *page)
{
	lru_cache_add(page);
	lru_add_drain();
}

KTEST(swap, two_uses_make_a_page_active)
{
	struct page *page = alloc_page(GFP_KERNEL);

	if (!EXPECT(t, page))
		return;
	to_inactive_list(page);
	EXPECT(t, PageLRU(page) && !PageActive(page) && !PageReferenced(page));
	mark_page_accessed(page);
	EXPECT(t, PageReferenced(page) && !PageActive(page));
	mark_page_accessed(page);
	EXPECT(t, !PageReferenced(page) && PageActive(page));
	mark_page_accessed(page);
	EXPECT(t, PageReferenced(page) && PageActive(page));
	ClearPageReferenced(page);
	put_page(page);
}

KTEST(swap, pages_reach_the_list_fourteen_at_a_time)
{
	struct page *pages[PAGEVEC_SIZE];
	unsigned int n;

	lru_add_drain();
	for (n = 0; n < PAGEVEC_SIZE; n++) {
		pages[n] = alloc_page(GFP_KERNEL);
		if (!EXPECT(t, pages[n]))
			break;
		EXPECT(t, !n || !PageLRU(pages[0]));
		lru_cache_add(pages[n]);
	}
	EXPECT(t, PageLRU(pages[0]));
	lru_add_drain();
	release_pages(pages, (int)n, 0);
}

KTEST(swap, what_was_written_for_reclaim_goes_first)
{
	struct page *page = alloc_page(GFP_KERNEL), *newer = alloc_page(GFP_KERNEL);
	struct zone *zone;

	if (!EXPECT(t, page && newer))
		return;
	zone = page_zone(page);
	to_inactive_list(page);
	SetPageWriteback(page);
	EXPECT_EQ(t, rotate_reclaimable_page(page), 0);
	EXPECT(t, !PageWriteback(page));
	EXPECT(t, zone->inactive_list.prev == &page->lru);
	to_inactive_list(newer);
	SetPageDirty(page);
	EXPECT_EQ(t, rotate_reclaimable_page(page), 1);		/* dirty again: not now */
	ClearPageDirty(page);
	put_page(page);
	put_page(newer);
}
