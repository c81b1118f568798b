/*
 * mmzone_test.c: walking zones, and the memmap below them.
 */
#include "mm/internal.h"
#include "kernel/ktest.h"

KTEST(mmzone, every_zone_once_in_order)
{
	struct zone *zone, *prev = NULL;
	int n = 0;

	for_each_zone(zone) {
		if (prev && prev->zone_pgdat == zone->zone_pgdat)
			EXPECT_EQ(t, zone_idx(zone), zone_idx(prev) + 1);
		else
			EXPECT_EQ(t, zone_idx(zone), ZONE_DMA);
		prev = zone;
		n++;
	}
	EXPECT_EQ(t, n, hweight_long(node_online_map) * MAX_NR_ZONES);
}

/* A node that is offline in the middle is stepped over. */
KTEST(mmzone, offline_nodes_are_skipped)
{
	unsigned long saved = node_online_map;
	pg_data_t *saved2 = node_data[2];
	static pg_data_t far;
	pg_data_t *pgdat;
	int n = 0;

	if (saved != 1)
		return ktest_skip(t, "more than one node");
	far.node_id = 2;
	node_data[2] = &far;
	node_online_map = 5;		/* 0 and 2 */
	for_each_online_pgdat(pgdat)
		EXPECT_EQ(t, pgdat->node_id, 2 * n++);
	node_online_map = saved;
	node_data[2] = saved2;
	EXPECT_EQ(t, n, 2);
}

KTEST(sparse, pfn_and_page_round_trip)
{
	struct active_range *r;

	for_each_active_range(ANY_NODE, r)
		for (unsigned long pfn = r->start_pfn; pfn < r->end_pfn; pfn += 509) {
			struct page *page = pfn_to_page(pfn);

			EXPECT(t, pfn_valid(pfn));
			EXPECT_EQ(t, page_to_pfn(page), pfn);
			EXPECT_EQ(t, page_to_nid(page), r->nid);
			EXPECT(t, pfn >= page_zone(page)->zone_start_pfn &&
			       pfn < page_zone(page)->zone_start_pfn + page_zone(page)->spanned_pages);
		}
}

KTEST(sparse, holes_are_not_valid)
{
	EXPECT(t, !pfn_valid(~0UL));
	EXPECT(t, !pfn_valid(NR_MEM_SECTIONS << PFN_SECTION_SHIFT));
	for (unsigned long nr = 0; nr < NR_MEM_SECTIONS; nr++)
		EXPECT_EQ(t, pfn_valid(nr << PFN_SECTION_SHIFT), mem_section[nr].online);
}

KTEST(sparse, struct_page_is_small)
{
	EXPECT_OP(t, sizeof(struct page), <=, sizeof(long) == 4 ? 32 : 64);
}
