#ifndef MM_HIGHMEM_H
#define MM_HIGHMEM_H

/*
 * Reaching any page's bytes. kmap may sleep and lasts until kunmap; kmap_atomic is this CPU's alone, until
 * kunmap_atomic, without sleeping. In a build without high memory all fold to page_address().
 */
#include "mm/mm.h"
#include "mm/fault.h"
#include "kernel/lib/string.h"
#include <asm/highmem.h>	/* kmap_atomic, kunmap_atomic, enum km_type; with CONFIG_HIGHMEM: PKMAP_BASE, LAST_PKMAP */

#ifdef CONFIG_HIGHMEM
void *page_address(struct page *page);		/* NULL: in high memory and not kmapped */
extern spinlock_t kmap_lock;			/* what page has which window */
void set_page_address(struct page *page, void *virtual);
void *kmap(struct page *page);			/* => may sleep */
void kunmap(struct page *page);
void highmem_init(void);
unsigned long nr_free_highpages(void);
unsigned long nr_pkmap_flushes(void);
bool kmap_describe(unsigned long addr, char *buf, size_t size);	/* what a fault at @addr hit, if that is a window or should be */
#else
static inline void *page_address(struct page *page) { return lowmem_page_address(page); }
static inline void *kmap(struct page *page) { return lowmem_page_address(page); }
static inline void kunmap(struct page *page) { (void)page; }
static inline void highmem_init(void) { }
static inline unsigned long nr_free_highpages(void) { return 0; }
static inline unsigned long nr_pkmap_flushes(void) { return 0; }
static inline bool kmap_describe(unsigned long addr, char *buf, size_t size) { (void)addr; (void)buf; (void)size; return false; }
enum { LAST_PKMAP = 0 };
#endif

static inline void clear_highpage(struct page *page)
{
	void *p = kmap_atomic(page, KM_USER0);

	clear_page(p);
	kunmap_atomic(p, KM_USER0);
}
static inline void clear_user_highpage(struct page *page, unsigned long vaddr) { (void)vaddr; clear_highpage(page); }

static inline void copy_user_highpage(struct page *to, struct page *from, unsigned long vaddr)
{
	void *src = kmap_atomic(from, KM_USER0), *dst = kmap_atomic(to, KM_USER1);

	(void)vaddr;
	copy_page(dst, src);
	kunmap_atomic(dst, KM_USER1);
	kunmap_atomic(src, KM_USER0);
}
static inline void copy_highpage(struct page *to, struct page *from) { copy_user_highpage(to, from, 0); }

static inline void memclear_highpage_flush(struct page *page, unsigned int offset, unsigned int size)
{
	char *p = kmap_atomic(page, KM_USER0);

	memset(p + offset, 0, size);
	kunmap_atomic(p, KM_USER0);
}

#endif
