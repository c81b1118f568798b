/*
 * highmem_test.c: windows onto high memory. Where there is none, the same calls must do for low memory.
 */
#include "mm/highmem.h"
#include "mm/internal.h"
#include "kernel/ktest.h"

static struct page *high_page(struct ktest *t)
{
	struct page *page = alloc_page(GFP_HIGHUSER);

	EXPECT(t, page);
	return page;
}

KTEST(highmem, what_is_written_through_one_window_is_read_through_another)
{
	struct page *page = high_page(t);
	char *p;

	if (!page)
		return;
	p = kmap(page);
	memset(p, 0x21, PAGE_SIZE);
	kunmap(page);
	p = kmap_atomic(page, KM_USER0);
	EXPECT(t, !memchr_inv(p, 0x21, PAGE_SIZE));
	p[5] = 'x';
	kunmap_atomic(p, KM_USER0);
	p = kmap(page);
	EXPECT_EQ(t, p[5], 'x');
	kunmap(page);
	clear_highpage(page);
	p = kmap(page);
	EXPECT(t, !memchr_inv(p, 0, PAGE_SIZE));
	kunmap(page);
	__free_page(page);
}

KTEST(highmem, a_second_kmap_gives_the_same_address)
{
	struct page *page = high_page(t);
	void *a, *b;

	if (!page)
		return;
	a = kmap(page);
	b = kmap(page);
	EXPECT(t, a == b && page_address(page) == a);
	kunmap(page);
	EXPECT(t, page_address(page) == a);
	kunmap(page);
	__free_page(page);
}

/* A flush for each lap of the window, not for each page. */
KTEST(highmem, flushes_are_rare)
{
	unsigned long before = nr_pkmap_flushes();
	struct page *page, *next;
	LIST_HEAD(pages);

	if (nr_free_highpages() < 5 * LAST_PKMAP + 1)
		return ktest_skip(t, "not enough high memory");
	for (int i = 0; i < 4 * LAST_PKMAP; i++) {
		page = alloc_page(GFP_HIGHUSER | __GFP_NOFAIL);
		list_add(&page->lru, &pages);
		kmap(page);
		kunmap(page);
	}
	EXPECT_OP(t, nr_pkmap_flushes() - before, >=, 3);
	EXPECT_OP(t, nr_pkmap_flushes() - before, <=, 5);
	list_for_each_entry_safe(page, next, &pages, lru)
		__free_page(page);
}

/* User pages come from high memory first, and so spare the low zones. */
KTEST(highmem, user_pages_come_from_above)
{
	struct page *page = high_page(t);

	if (!page)
		return;
	if (!nr_free_highpages())
		ktest_skip(t, "no high memory");
	else
		EXPECT(t, PageHighMem(page));
	__free_page(page);
}

/* ---- all windows taken ------------------------------------------------------------------------------------ */

/* All windows are taken, each by a page of @pages; false: the test is skipped. */
static bool take_all_windows(struct ktest *t, struct list_head *pages)
{
	struct page *page;

	if (nr_free_highpages() < 2 * LAST_PKMAP + 1) {
		ktest_skip(t, "not enough high memory");
		return false;
	}
	for (int i = 0; i < LAST_PKMAP; i++) {
		page = alloc_page(GFP_HIGHUSER | __GFP_NOFAIL);
		list_add(&page->lru, pages);
		kmap(page);
	}
	return true;
}

/* The pages go, and their windows but those of the first @gone, which are gone. */
static void free_all_windows(struct list_head *pages, int gone)
{
	struct page *page, *next;

	list_for_each_entry_safe(page, next, pages, lru) {
		if (gone-- <= 0)
			kunmap(page);
		__free_page(page);
	}
}

struct waiter {
	struct page *page;
	void *window;
	struct completion mapped, enough, done;
};

static int kmap_thread(void *p)
{
	struct waiter *w = p;

	w->window = kmap(w->page);
	complete(&w->mapped);
	wait_for_completion(&w->enough);
	kunmap(w->page);
	complete(&w->done);
	return 0;
}

/* A thread that waits for a window onto @page. */
static bool wait_for_window(struct ktest *t, struct waiter *w, struct page *page)
{
	w->page = page;
	init_completion(&w->mapped);
	init_completion(&w->enough);
	init_completion(&w->done);
	return ktest_sleeper(t, kmap_thread, w);
}

/* Two wait for a window onto one page: the second to wake up finds the one that the first has made. */
KTEST(highmem, kmap_waits_for_a_window)
{
	static struct waiter w[2];	/* who fails leaves a waiter behind */
	struct page *page, *held;
	LIST_HEAD(pages);

	if (!take_all_windows(t, &pages))
		return;
	page = alloc_page(GFP_HIGHUSER | __GFP_NOFAIL);
	if (wait_for_window(t, &w[0], page) && wait_for_window(t, &w[1], page)) {
		held = list_first_entry(&pages, struct page, lru);
		kunmap(held);
		kunmap(list_entry(held->lru.next, struct page, lru));
		for (int i = 0; i < 2; i++)
			wait_for_completion(&w[i].mapped);
		EXPECT(t, w[0].window == w[1].window && page_address(page) == w[0].window);
		for (int i = 0; i < 2; i++) {
			complete(&w[i].enough);
			wait_for_completion(&w[i].done);
		}
	}
	__free_page(page);
	free_all_windows(&pages, 2);
}

/* ---- what a fault is called: tools/test/test_highmem.py reads it ---------------------------------------------- */

/* A page of high memory, or NULL and the test is skipped. */
static struct page *truly_high_page(struct ktest *t)
{
	struct page *page = high_page(t);

	if (!page || PageHighMem(page))
		return page;
	__free_page(page);
	ktest_skip(t, "no high memory");
	return NULL;
}

KTEST_DIES(highmem, a_page_without_kmap_is_named)
{
	struct page *page = truly_high_page(t);

	if (page)
		memset(lowmem_page_address(page), 0, 8);
}

/* Only DEBUG=1 closes a window before the next lap. */
KTEST_DIES(highmem, use_after_kunmap_is_named)
{
	struct page *page = truly_high_page(t);
	char *p;

	if (!page)
		return;
	if (!DEBUG_BUILD) {
		__free_page(page);
		return ktest_skip(t, "windows stay open until the next lap");
	}
	p = kmap(page);
	kunmap(page);
	WRITE_ONCE(p[8], 1);
}

KTEST_DIES(highmem, use_after_kunmap_atomic_is_named)
{
	struct page *page = truly_high_page(t);
	char *p;

	if (!page)
		return;
	p = kmap_atomic(page, KM_USER1);
	kunmap_atomic(p, KM_USER1);
	WRITE_ONCE(p[8], 1);
}
