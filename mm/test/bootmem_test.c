/*
 * bootmem_test.c: the boot allocator, on a node of our own made of ordinary pages; and what the boot left.
 */
#include "mm/bootmem.h"
#include "mm/internal.h"
#include "kernel/ktest.h"
#include "kernel/lib/string.h"

#define NODE_ORDER	6
#define NODE_PAGES	(1UL << NODE_ORDER)
#define NODE_BYTES	(NODE_PAGES * PAGE_SIZE)

/* A node of 64 pages, all free; its bitmap lies in a page apart. */
struct fake_node {
	bootmem_data_t bdata;
	pg_data_t *pgdat;
	struct page *block;
	unsigned long map, start;	/* start: physical */
};

static struct fake_node node;

static bool make_node(struct ktest *t)
{
	static pg_data_t pgdat;
	unsigned long pfn;

	memset(&node, 0, sizeof(node));
	node.block = alloc_pages(GFP_KERNEL, NODE_ORDER);
	node.map = get_zeroed_page(GFP_KERNEL);
	if (!EXPECT(t, node.block && node.map))
		return false;
	pfn = page_to_pfn(node.block);
	node.start = pfn << PAGE_SHIFT;
	node.pgdat = &pgdat;
	pgdat.bdata = &node.bdata;
	init_bootmem_node(&pgdat, (unsigned long)(__pa(node.map) >> PAGE_SHIFT), pfn, pfn + NODE_PAGES);
	return true;
}

static void end_node(void)
{
	list_del(&node.bdata.list);
	__free_pages(node.block, NODE_ORDER);
	free_page(node.map);
}

static unsigned long taken_pages(void)
{
	unsigned long n = 0;

	for (unsigned long i = 0; i < NODE_PAGES; i++)
		n += test_bit(i, node.bdata.node_bootmem_map);
	return n;
}

static unsigned long core(unsigned long size, unsigned long align, unsigned long goal, unsigned long limit)
{
	void *p = __alloc_bootmem_core(&node.bdata, size, align, goal, limit);

	return p ? (unsigned long)__pa(p) - node.start : ~0UL;
}

KTEST(bootmem, all_pages_start_taken_and_freeing_rounds_inward)
{
	if (!make_node(t))
		return;
	EXPECT_EQ(t, taken_pages(), NODE_PAGES);
	free_bootmem_node(node.pgdat, node.start + 1, 3 * PAGE_SIZE);	/* only pages 1 and 2 are whole */
	EXPECT_EQ(t, taken_pages(), NODE_PAGES - 2);
	reserve_bootmem_node(node.pgdat, node.start + 2 * PAGE_SIZE - 1, 2);	/* touches pages 1 and 2 */
	EXPECT_EQ(t, taken_pages(), NODE_PAGES);
	reserve_bootmem_node(node.pgdat, node.start, NODE_BYTES);	/* twice does no harm */
	EXPECT_EQ(t, core(1, 1, 0, 0), ~0UL);
	end_node();
}

KTEST(bootmem, small_requests_share_a_page)
{
	if (!make_node(t))
		return;
	free_bootmem_node(node.pgdat, node.start, NODE_BYTES);
	EXPECT_EQ(t, core(100, 4, 0, 0), 0);
	EXPECT_EQ(t, core(100, 4, 0, 0), 100);
	EXPECT_EQ(t, core(100, 64, 0, 0), 256);
	EXPECT_EQ(t, taken_pages(), 1);
	EXPECT_EQ(t, core(PAGE_SIZE, 4, 0, 0), 356);		/* runs on into the next page */
	EXPECT_EQ(t, taken_pages(), 2);
	EXPECT_EQ(t, core(PAGE_SIZE, PAGE_SIZE, 0, 0), 2 * PAGE_SIZE);
	EXPECT_EQ(t, taken_pages(), 3);
	end_node();
}

KTEST(bootmem, goal_alignment_and_limit)
{
	unsigned long goal;

	if (!make_node(t))
		return;
	goal = node.start + 32 * PAGE_SIZE;
	free_bootmem_node(node.pgdat, node.start, NODE_BYTES);
	EXPECT_EQ(t, core(PAGE_SIZE, PAGE_SIZE, goal, 0), 32 * PAGE_SIZE);
	EXPECT_EQ(t, core(4 * PAGE_SIZE, 4 * PAGE_SIZE, goal, 0), 36 * PAGE_SIZE);
	EXPECT_EQ(t, core(40 * PAGE_SIZE, PAGE_SIZE, goal, 0), ~0UL);
	EXPECT_EQ(t, core(30 * PAGE_SIZE, PAGE_SIZE, goal, 0), 0);		/* not above the goal: below */
	EXPECT_EQ(t, core(PAGE_SIZE, PAGE_SIZE, 0, node.start + 31 * PAGE_SIZE), 30 * PAGE_SIZE);
	EXPECT_EQ(t, core(PAGE_SIZE, PAGE_SIZE, 0, node.start + 31 * PAGE_SIZE), ~0UL);
	end_node();
}

KTEST(bootmem, memory_comes_zeroed_even_a_second_time)
{
	char *p;

	if (!make_node(t))
		return;
	free_bootmem_node(node.pgdat, node.start, NODE_BYTES);
	p = __alloc_bootmem_core(&node.bdata, 2 * PAGE_SIZE, PAGE_SIZE, 0, 0);
	memset(p, 0xff, 2 * PAGE_SIZE);
	free_bootmem_node(node.pgdat, node.start, 2 * PAGE_SIZE);
	p = __alloc_bootmem_core(&node.bdata, 2 * PAGE_SIZE, PAGE_SIZE, 0, 0);
	EXPECT_EQ(t, (unsigned long)__pa(p), node.start);
	EXPECT(t, !memchr_inv(p, 0, 2 * PAGE_SIZE));
	end_node();
}

/* Present pages are those that the allocator has got, and those that are reserved: none is lost. */
KTEST(bootmem, every_page_is_accounted_for)
{
	unsigned long present = 0, reserved = 0;
	struct active_range *r;

	for_each_active_range(ANY_NODE, r)
		for (unsigned long pfn = r->start_pfn; pfn < r->end_pfn; pfn++) {
			present++;
			reserved += PageReserved(pfn_to_page(pfn));
		}
	reserved -= PageReserved(zero_page);	/* the one page that was allocated first */
	EXPECT_EQ(t, present, num_physpages);
	EXPECT_EQ(t, totalram_pages + reserved, present);
}
