/*
 * bench_test.c: what the memory manager's everyday work costs, for `make bench`: under -icount a nanosecond is an
 * instruction. Each row is a pair of calls; what is done to prepare it, and reading the clock, do not count.
 */
#include "mm/highmem.h"
#include "mm/internal.h"
#include "mm/slab.h"
#include "mm/vmalloc.h"
#include "kernel/ktest.h"
#include "kernel/timer.h"

#define TIMES	200

static bool pages(gfp_t gfp, unsigned int order)
{
	struct page *page = alloc_pages(gfp, order);

	if (!page)
		return false;
	__free_pages(page, order);
	return true;
}

static bool nothing(void) { return true; }
static bool order_0(void) { return pages(GFP_KERNEL, 0); }
static bool order_3(void) { return pages(GFP_KERNEL, 3); }
static bool order_9(void) { return pages(GFP_KERNEL | __GFP_NOWARN | __GFP_NORETRY, 9); }

static bool object_32(void) { kfree(kmalloc(32, GFP_KERNEL)); return true; }
static bool object_64(void) { kfree(kmalloc(64, GFP_KERNEL)); return true; }
static bool object_256(void) { kfree(kmalloc(256, GFP_KERNEL)); return true; }
static bool object_4096(void) { kfree(kmalloc(4096, GFP_KERNEL)); return true; }

static bool area_of_16(void)
{
	void *p = vmalloc(16 * PAGE_SIZE);

	vfree(p);
	return p;
}

/* A page of high memory, where there is some: the row's own, allocated before the clock is read. */
static struct page *window_page;

static void have_page(void)
{
	if (!window_page)
		window_page = alloc_page(GFP_HIGHUSER);
}

static bool window(void)
{
	if (!window_page)
		return false;
	kmap(window_page);
	kunmap(window_page);
	return true;
}

static bool window_atomic(void)
{
	if (!window_page)
		return false;
	kunmap_atomic(kmap_atomic(window_page, KM_USER0), KM_USER0);
	return true;
}

static const struct row {
	const char *name;
	void (*prepare)(void);		/* NULL: nothing */
	bool (*run)(void);		/* false: no memory */
} rows[] = {
	{ "page, order 0, hot", NULL, order_0 },
	{ "page, order 0, empty list", drain_local_pages, order_0 },
	{ "pages, order 3", NULL, order_3 },
	{ "pages, order 9", NULL, order_9 },
	{ "kmalloc and kfree, 32 bytes", NULL, object_32 },
	{ "kmalloc and kfree, 64 bytes", NULL, object_64 },
	{ "kmalloc and kfree, 256 bytes", NULL, object_256 },
	{ "kmalloc and kfree, 4096 bytes", NULL, object_4096 },
	{ "vmalloc and vfree, 16 pages", NULL, area_of_16 },
	{ "kmap and kunmap", have_page, window },
	{ "kmap_atomic and kunmap_atomic", have_page, window_atomic },
};

/* Instructions of TIMES runs. => the row has run before */
static u64 spent(const struct row *row, bool *ok)
{
	u64 sum = 0, start;

	for (int i = 0; i < TIMES; i++) {
		if (row->prepare)
			row->prepare();
		start = ktime_get();
		*ok &= row->run();
		sum += ktime_get() - start;
	}
	return sum;
}

KTEST(bench, pairs_of_calls)
{
	static const struct row clock = { "", NULL, nothing };
	u64 reading;
	bool ok = true;

	spent(&clock, &ok);
	reading = spent(&clock, &ok);
	for (const struct row *row = rows; row < rows + ARRAY_SIZE(rows); row++) {
		ok = true;
		spent(row, &ok);
		u64 sum = spent(row, &ok);

		if (ok)			/* else memory is in pieces that are too small */
			printk("# bench: %s %llu\n", row->name, (unsigned long long)(sum - min(sum, reading)) / TIMES);
	}
	if (window_page)
		__free_page(window_page);
	window_page = NULL;
	EXPECT_OP(t, reading, >, 0);
}
