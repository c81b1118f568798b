#ifndef MM_PAGE_FLAGS_H
#define MM_PAGE_FLAGS_H

/*
 * page->flags: 2.6.20's bits 0..19, then zone (2) and section (the rest).
 * => SetPageX/ClearPageX are atomic; __SetPageX only where nobody else can see the page.
 */
#include "kernel/bitops.h"

enum pageflags {
	PG_locked, PG_error, PG_referenced, PG_uptodate, PG_dirty, PG_lru, PG_active, PG_slab,
	PG_checked, PG_arch_1, PG_reserved, PG_private, PG_writeback, PG_nosave, PG_compound, PG_swapcache,
	PG_mappedtodisk, PG_reclaim, PG_nosave_free, PG_buddy, NR_PAGEFLAGS
};

#define PAGEFLAG(N, f)									\
static inline bool Page##N(const struct page *p) { return test_bit(PG_##f, &p->flags); }\
static inline void SetPage##N(struct page *p) { set_bit(PG_##f, &p->flags); }		\
static inline void ClearPage##N(struct page *p) { clear_bit(PG_##f, &p->flags); }	\
static inline void __SetPage##N(struct page *p) { __set_bit(PG_##f, &p->flags); }	\
static inline void __ClearPage##N(struct page *p) { __clear_bit(PG_##f, &p->flags); }	\
static inline bool TestSetPage##N(struct page *p) { return test_and_set_bit(PG_##f, &p->flags); } \
static inline bool TestClearPage##N(struct page *p) { return test_and_clear_bit(PG_##f, &p->flags); }

PAGEFLAG(Locked, locked)
PAGEFLAG(Error, error)
PAGEFLAG(Referenced, referenced)
PAGEFLAG(Uptodate, uptodate)
PAGEFLAG(Dirty, dirty)
PAGEFLAG(LRU, lru)
PAGEFLAG(Active, active)
PAGEFLAG(Slab, slab)
PAGEFLAG(Checked, checked)
PAGEFLAG(Reserved, reserved)
PAGEFLAG(Private, private)
PAGEFLAG(Writeback, writeback)
PAGEFLAG(Compound, compound)
PAGEFLAG(SwapCache, swapcache)
PAGEFLAG(MappedToDisk, mappedtodisk)
PAGEFLAG(Reclaim, reclaim)
PAGEFLAG(Buddy, buddy)

#define ZONES_SHIFT	2
#define ZONES_PGSHIFT	NR_PAGEFLAGS
#define SECTIONS_PGSHIFT (ZONES_PGSHIFT + ZONES_SHIFT)

#endif
