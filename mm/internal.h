#ifndef MM_INTERNAL_H
#define MM_INTERNAL_H

/* Between the files of mm/ only. */
#include "mm/mm.h"

static inline void set_page_count(struct page *page, int v) { atomic_set(&page->_count, v); }
/* A page that was free or frozen becomes its allocator's. */
static inline void set_page_refcounted(struct page *page) { ASSERT(atomic_read(&page->_count) == 0); set_page_count(page, 1); }
static inline void __put_page(struct page *page) { atomic_dec(&page->_count); }
void __free_pages_bootmem(struct page *page, unsigned int order);

#endif
