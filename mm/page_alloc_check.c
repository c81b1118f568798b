/*
 * page_alloc_check.c: what must be true of the free lists, and what free pages look like in a debug build.
 *
 * Owns:   nothing.
 * Locks:  zone->lock, a zone at a time.
 * Read next: page_alloc.c.
 */
#include "mm/check.h"
#include "mm/internal.h"
#include "kernel/lib/string.h"

/* Every word of a free page; its index tells that it was filled. Pages of high memory are left alone. */
#define POISON_WORD	((unsigned long)0xaaaaaaaaaaaaaaaaULL)
#define POISONED	((pgoff_t)0x5a5a5a5aUL)

/* DEBUG: 2^@order pages become free: fill them. Not at boot: that is all memory. */
void poison_pages(struct page *page, unsigned int order)
{
	for (struct page *end = page + (1UL << order); page < end; page++) {
		unsigned long *word;

		page->index = 0;
		if (PageHighMem(page) || !totalram_pages)
			continue;
		word = lowmem_page_address(page);
		for (unsigned long i = 0; i < PAGE_SIZE / sizeof(long); i++)
			word[i] = POISON_WORD;
		page->index = POISONED;
	}
}

/* DEBUG: 2^@order pages go to a new owner: nobody may have written to them meanwhile. */
void check_poison(struct page *page, unsigned int order)
{
	for (struct page *end = page + (1UL << order); page < end; page++) {
		unsigned long *word;

		if (page->index != POISONED || PageHighMem(page))
			continue;
		page->index = 0;
		word = lowmem_page_address(page);
		for (unsigned long i = 0; i < PAGE_SIZE / sizeof(long); i++)
			if (unlikely(word[i] != POISON_WORD))
				panic("page %lx was written to while free: %lx at offset %lx", page_to_pfn(page),
				      word[i], i * sizeof(long));
	}
}

static int complain(const struct zone *zone, const char *what, unsigned long a, unsigned long b)
{
	printk(KERN_ERR "check: zone %s of node %d: %s (%lx, %lx)\n", zone->name, zone->node, what, a, b);
	return 1;
}

/* One free block: marked, aligned, of this zone, not in use, and its buddy not free as a block of the same order. */
static int check_block(const struct zone *zone, const struct page *page, unsigned int order)
{
	unsigned long pfn = page_to_pfn(page);
	const struct page *buddy = page + (long)((pfn ^ 1UL << order) - pfn);
	int bad = 0;

	if (!PageBuddy(page) || page_order(page) != order)
		bad += complain(zone, "block not marked, or of another order", pfn, page_order(page));
	if (pfn & ((1UL << order) - 1))
		bad += complain(zone, "block not aligned", pfn, order);
	if (page_zone(page) != zone || pfn < zone->zone_start_pfn ||
	    pfn + (1UL << order) > zone->zone_start_pfn + zone->spanned_pages)
		bad += complain(zone, "block not of the zone", pfn, order);
	for (unsigned long i = 0; i < 1UL << order; i++)
		if (atomic_read(&page[i]._count) || page[i].mapping || (i && PageBuddy(page + i)))
			bad += complain(zone, "page of a free block is in use", pfn + i, page[i].flags);
	if (order < MAX_ORDER - 1 && PageBuddy(buddy) && page_order(buddy) == order && page_zone(buddy) == zone)
		bad += complain(zone, "two free buddies not merged", pfn, order);
	return bad;
}

static int check_zone(struct zone *zone)
{
	unsigned long flags, pages = 0, blocks;
	struct page *page;
	int bad = 0;

	spin_lock_irqsave(&zone->lock, flags);
	for (unsigned int order = 0; order < MAX_ORDER; order++) {
		blocks = 0;
		list_for_each_entry(page, &zone->free_area[order].free_list, lru) {
			bad += check_block(zone, page, order);
			blocks++;
		}
		if (blocks != zone->free_area[order].nr_free)
			bad += complain(zone, "nr_free is wrong", blocks, zone->free_area[order].nr_free);
		pages += blocks << order;
	}
	if (pages != zone->free_pages)
		bad += complain(zone, "free_pages is wrong", pages, zone->free_pages);
	spin_unlock_irqrestore(&zone->lock, flags);
	if (zone->pages_min > zone->pages_low || zone->pages_low > zone->pages_high)
		bad += complain(zone, "watermarks out of order", zone->pages_min, zone->pages_high);
	return bad;
}

/* The free lists of all zones. Returns the number of faults, each told in the log. => any context but hot paths */
int check_page_alloc(void)
{
	struct zone *zone;
	int bad = 0;

	for_each_zone(zone)
		if (populated_zone(zone))
			bad += check_zone(zone);
	return bad;
}
