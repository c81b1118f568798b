#ifndef MM_BOOTMEM_H
#define MM_BOOTMEM_H

/*
 * Memory before the buddy lists stand: a bitmap a node, one bit a page, set = taken.
 *
 *	reserve_early (any time before) ─► setup_bootmem ─► __alloc_bootmem … ─► free_all_bootmem ─► gone
 */
#include "kernel/types.h"
#include "kernel/lib/list.h"
#include "mm/mmzone.h"

typedef struct bootmem_data {
	unsigned long node_boot_start;	/* physical address of bit 0 */
	unsigned long node_low_pfn;	/* first pfn above */
	void *node_bootmem_map;
	unsigned long last_offset, last_pos, last_success;	/* packing of small requests */
	struct list_head list;		/* by node_boot_start */
} bootmem_data_t;

/* Firmware, kernel image, device tree: noted in a small table until the bitmaps exist. => panics when the table is full */
void reserve_early(phys_t start, phys_t end, const char *what);
/* Bitmaps of all nodes' low memory (active ranges below max_low_pfn), with the early reservations applied. */
void setup_bootmem(void);
unsigned long init_bootmem_node(pg_data_t *pgdat, unsigned long map_pfn, unsigned long start_pfn, unsigned long end_pfn);
void free_bootmem_node(pg_data_t *pgdat, phys_t addr, unsigned long size);	/* only whole pages inside */
void reserve_bootmem_node(pg_data_t *pgdat, phys_t addr, unsigned long size);	/* every page touched */
void free_bootmem(phys_t addr, unsigned long size);
void reserve_bootmem(phys_t addr, unsigned long size);
/* Zeroed; panics when there is none. @goal: preferred physical address; falls back below it. */
void *__alloc_bootmem(unsigned long size, unsigned long align, unsigned long goal);
void *__alloc_bootmem_nopanic(unsigned long size, unsigned long align, unsigned long goal);
void *__alloc_bootmem_node(pg_data_t *pgdat, unsigned long size, unsigned long align, unsigned long goal);
void *__alloc_bootmem_core(bootmem_data_t *bdata, unsigned long size, unsigned long align,
			   unsigned long goal, unsigned long limit);
/* Its two steps, in pages from the node's first: a free run, and the bytes in it. For it and the tests alone. */
unsigned long bootmem_find_run(const bootmem_data_t *bdata, unsigned long from, unsigned long to,
			       unsigned long n, unsigned long step);
unsigned long bootmem_pack(bootmem_data_t *bdata, unsigned long index, unsigned long size, unsigned long align,
			   unsigned long *pages);
/* Those without _low spare the DMA zone; _low ones come from the bottom, which is mapped first. */
#define BOOTMEM_GOAL			(16UL << 20)
#define alloc_bootmem(x)		__alloc_bootmem((x), 64, BOOTMEM_GOAL)
#define alloc_bootmem_pages(x)		__alloc_bootmem((x), PAGE_SIZE, BOOTMEM_GOAL)
#define alloc_bootmem_low(x)		__alloc_bootmem((x), 64, 0)
#define alloc_bootmem_low_pages(x)	__alloc_bootmem((x), PAGE_SIZE, 0)
/* Everything free goes to the buddy lists, then the bitmaps themselves. Returns pages freed. */
unsigned long free_all_bootmem(void);
/* mm/page_alloc_boot.c: hash tables that grow with memory. */
#define HASH_EARLY	1	/* from bootmem: mem_init() has not been yet */
void *alloc_large_system_hash(const char *name, unsigned long bucketsize, unsigned long wanted, int scale, int flags,
			      unsigned int *shift, unsigned int *mask, unsigned long limit);
/* mm/page_alloc_boot.c: bootmem and highmem into the buddy, totals, the boot's line about memory. */
void mem_init(void);
/* Boot memory that is no longer needed ([start, end) of the direct map) to the buddy lists. Returns pages freed. */
unsigned long free_reserved_area(unsigned long start, unsigned long end, const char *what);

#endif
