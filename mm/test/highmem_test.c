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

struct waiter {
	struct page *page;
	struct completion done;
	bool mapped;
};

static int kmap_thread(void *p)
{
	struct waiter *w = p;

	kmap(w->page);
	w->mapped = true;
	kunmap(w->page);
	complete(&w->done);
	return 0;
}

static void wait_for_a_window(struct ktest *t, struct page *held, struct page *wanted)
{
	struct waiter w = { .page = wanted };

	init_completion(&w.done);
	if (!EXPECT(t, !IS_ERR(kthread_run(kmap_thread, &w, "kmap-waiter"))))
		return;
	schedule_timeout_uninterruptible(HZ / 20);
	EXPECT(t, !READ_ONCE(w.mapped));
	kunmap(held);
	wait_for_completion(&w.done);
	kmap(held);
}

KTEST(highmem, kmap_waits_for_a_window)
{
	struct page *page, *next;
	LIST_HEAD(pages);

	if (nr_free_highpages() < 2 * LAST_PKMAP + 1)
		return ktest_skip(t, "not enough high memory");
	for (int i = 0; i < LAST_PKMAP; i++) {
		page = alloc_page(GFP_HIGHUSER | __GFP_NOFAIL);
		list_add(&page->lru, &pages);
		kmap(page);
	}
	page = alloc_page(GFP_HIGHUSER | __GFP_NOFAIL);
	wait_for_a_window(t, list_first_entry(&pages, struct page, lru), page);
	__free_page(page);
	list_for_each_entry_safe(page, next, &pages, lru) {
		kunmap(page);
		__free_page(page);
	}
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
