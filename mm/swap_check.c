/*
 * swap_check.c: what must be true of the LRU lists (T6 of the facts).
 *
 * Owns:   nothing.
 * Locks:  each zone's lru_lock in turn.
 * Read next: swap.c.
 */
#include "mm/check.h"
#include "mm/mm.h"

/* Every page of @list is marked as being there; the list is as long as its counter says. => lru_lock held */
static int check_list(struct zone *zone, struct list_head *list, bool active, unsigned long count)
{
	unsigned long n = 0;
	struct page *page;
	int bad = 0;

	list_for_each_entry(page, list, lru) {
		n++;
		if (!PageLRU(page) || PageActive(page) != active || page_zone(page) != zone) {
			printk(KERN_ERR "check: page %lx, flags %lx, on zone %s's %s list\n", page_to_pfn(page), page->flags, zone->name,
			       active ? "active" : "inactive");
			bad++;
		}
	}
	if (n != count) {
		printk(KERN_ERR "check: zone %s: %lu %s pages, counted %lu\n", zone->name, n, active ? "active" : "inactive", count);
		bad++;
	}
	return bad;
}

int check_lru(void)
{
	struct zone *zone;
	int bad = 0;

	for_each_zone(zone) {
		if (!populated_zone(zone))
			continue;
		spin_lock_irq(&zone->lru_lock);
		bad += check_list(zone, &zone->active_list, true, zone->nr_active);
		bad += check_list(zone, &zone->inactive_list, false, zone->nr_inactive);
		spin_unlock_irq(&zone->lru_lock);
	}
	return bad;
}
