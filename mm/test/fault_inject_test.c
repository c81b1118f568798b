/*
 * fault_inject_test.c: allocations fail where, when and as often as they should, and nowhere else.
 */
#include "mm/fault_sites.h"
#include "mm/internal.h"
#include "mm/slab.h"
#include "kernel/ktest.h"

#define TRIES	12

static noinline bool page_fails(gfp_t gfp, unsigned int order)
{
	struct page *page = alloc_pages(gfp | __GFP_NOWARN, order);

	if (page)
		__free_pages(page, order);
	return !page;
}

static noinline bool slab_fails(size_t size, gfp_t gfp)
{
	void *p = kmalloc(size, gfp);

	kfree(p);
	return !p;
}

/* The tries, as bits, of TRIES that fail. */
static unsigned int failing_pages(gfp_t gfp, unsigned int order)
{
	unsigned int failed = 0;

	for (unsigned int i = 0; i < TRIES; i++)
		failed |= (unsigned)page_fails(gfp, order) << i;
	return failed;
}

/* fail_page_alloc as @wanted says, until end_fault(). => nobody else allocates pages under it: task_filter is set */
static struct fault_attr saved;

static void begin_fault(struct fault_attr wanted)
{
	saved = fail_page_alloc;
	wanted.name = saved.name;
	wanted.probability = 100;
	wanted.task_filter = 1;
	fail_page_alloc = wanted;
	fault_inject_changed();
	current->make_it_fail = 1;
}

static void end_fault(void)
{
	current->make_it_fail = 0;
	fail_page_alloc = saved;
}

KTEST(fault_inject, the_nth_allocation_fails)
{
	set_fail_nth(2);
	EXPECT_EQ(t, failing_pages(GFP_KERNEL, 0), 2);
	EXPECT_EQ(t, current->fail_nth, 0);
	set_fail_nth(1);
	EXPECT(t, slab_fails(100, GFP_KERNEL));
	set_fail_nth(1);
	EXPECT(t, !page_fails(GFP_KERNEL | __GFP_NOFAIL, 0));	/* never, and it does not count */
	EXPECT_EQ(t, current->fail_nth, 1);
	set_fail_nth(0);
}

KTEST(fault_inject, times_interval_and_space)
{
	begin_fault((struct fault_attr){ .times = ATOMIC_INIT(3) });
	EXPECT_EQ(t, failing_pages(GFP_KERNEL, 0), 7);
	end_fault();
	begin_fault((struct fault_attr){ .times = ATOMIC_INIT(-1), .interval = 4 });
	EXPECT_EQ(t, failing_pages(GFP_KERNEL, 0), 0x888);
	end_fault();
	begin_fault((struct fault_attr){ .times = ATOMIC_INIT(1), .space = ATOMIC_INIT((int)(5 * PAGE_SIZE)) });
	EXPECT_EQ(t, failing_pages(GFP_KERNEL, 0), 1 << 4);	/* the fifth would leave nothing */
	end_fault();
}

KTEST(fault_inject, filters_let_others_pass)
{
	begin_fault((struct fault_attr){ .times = ATOMIC_INIT(-1), .ignore_gfp_wait = 1, .min_order = 1 });
	EXPECT_EQ(t, failing_pages(GFP_KERNEL, 1), 0);
	EXPECT_EQ(t, failing_pages(GFP_ATOMIC, 0), 0);
	EXPECT_EQ(t, failing_pages(GFP_ATOMIC, 1), (1 << TRIES) - 1);
	current->make_it_fail = 0;
	EXPECT_EQ(t, failing_pages(GFP_ATOMIC, 1), 0);		/* not marked */
	end_fault();
	begin_fault((struct fault_attr){ .times = ATOMIC_INIT(-1), .ignore_gfp_highmem = 1 });
	EXPECT_EQ(t, failing_pages(GFP_HIGHUSER, 0), 0);
	EXPECT_EQ(t, failing_pages(GFP_USER, 0), (1 << TRIES) - 1);
	end_fault();
}

/* Two callers of one function are two places; a loop is one. */
KTEST(fault_inject, each_place_fails_once)
{
	int depth = fail_sites.depth, before;

	if (!EXPECT_EQ(t, fail_sites_start(), 0))
		return;
	before = atomic_read(&fail_sites.failed);
	fail_sites.depth = 4;
	current->make_it_fail = 1;
	EXPECT_EQ(t, failing_pages(GFP_KERNEL, 0), 1);
	EXPECT(t, page_fails(GFP_KERNEL, 0));
	EXPECT(t, page_fails(GFP_KERNEL, 0));			/* another line of this function */
	EXPECT_EQ(t, failing_pages(GFP_KERNEL, 0), 1);		/* and so is this */
	current->make_it_fail = 0;
	EXPECT(t, !page_fails(GFP_KERNEL, 0));
	fail_sites.depth = depth;
	EXPECT_EQ(t, atomic_read(&fail_sites.failed) - before, 4);
}

KTEST(fault_inject, the_boots_words)
{
	struct fault_attr attr = { .interval = 1, .times = ATOMIC_INIT(1) };

	setup_fault_attr(&attr, "10,50,4096,-1");
	EXPECT_EQ(t, attr.interval, 10);
	EXPECT_EQ(t, attr.probability, 50);
	EXPECT_EQ(t, atomic_read(&attr.space), 4096);
	EXPECT_EQ(t, atomic_read(&attr.times), -1);
	setup_fault_attr(&attr, "2,100");
	EXPECT_EQ(t, attr.interval, 2);
	EXPECT_EQ(t, attr.probability, 100);
	EXPECT_EQ(t, atomic_read(&attr.times), -1);
}
