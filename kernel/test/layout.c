/*
 * layout.c: the structures that the grader reads out of a guest's memory, named so that their layouts stand in the
 * debug information of one file that is never handed in (grade/kernel.py).
 *
 * Owns:   a pointer of each type, which nobody uses.
 */
#include "kernel/sched_internal.h"
#include "kernel/time.h"
#include "kernel/workqueue.h"
#include "mm/bootmem.h"
#include "mm/internal.h"
#include "mm/mempool.h"
#include "mm/mm.h"
#include "mm/rmap.h"
#include "mm/slab_def.h"
#include "mm/vmalloc.h"
#include "mm/vmstat.h"

#define LAYOUT(type, name)	type *const layout_##name __used = NULL

LAYOUT(struct page, page);
LAYOUT(struct zone, zone);
LAYOUT(struct zonelist, zonelist);
LAYOUT(pg_data_t, pgdat);
LAYOUT(struct mem_section, mem_section);
LAYOUT(struct per_cpu_pageset, per_cpu_pageset);
LAYOUT(bootmem_data_t, bootmem_data);
LAYOUT(struct active_range, active_range);
LAYOUT(struct vm_event_state, vm_event_state);
LAYOUT(struct vm_struct, vm_struct);
LAYOUT(struct kmem_cache, kmem_cache);
LAYOUT(struct kmem_list3, kmem_list3);
LAYOUT(struct slab, slab);
LAYOUT(struct array_cache, array_cache);
LAYOUT(mempool_t, mempool);
LAYOUT(struct rq, rq);
LAYOUT(struct task_struct, task);
LAYOUT(struct vm_area_struct, vma);
LAYOUT(struct anon_vma, anon_vma);
LAYOUT(struct mm_struct, mm);
LAYOUT(enum pageflags, pageflags);
LAYOUT(enum zone_type, zone_type);
LAYOUT(enum zone_stat_item, zone_stat_item);
LAYOUT(enum vm_event_item, vm_event_item);

/* Constants that are macros: the name without L_ is the macro's. */
enum layout_constant {
	L_PAGE_SHIFT = PAGE_SHIFT,
	L_MAX_ORDER = MAX_ORDER,
	L_MAX_NUMNODES = MAX_NUMNODES,
	L_NR_CPUS = NR_CPUS,
	L_ZONES_SHIFT = ZONES_SHIFT,
	L_ZONES_PGSHIFT = ZONES_PGSHIFT,
	L_SECTIONS_PGSHIFT = SECTIONS_PGSHIFT,
	L_SECTION_SIZE_BITS = SECTION_SIZE_BITS,
	L_STACK_SIZE = STACK_SIZE,
};
LAYOUT(enum layout_constant, constant);
