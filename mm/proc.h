#ifndef MM_PROC_H
#define MM_PROC_H

/* The files of /proc that mm/ shows: each *_proc.c makes its own. */
void mm_proc_init(void);		/* all of them. => slab and procfs are up */
void page_alloc_proc_init(void);
#ifdef CONFIG_SLOB
static inline void slab_proc_init(void) { }	/* it has nothing to show */
#else
void slab_proc_init(void);
#endif
void vmalloc_proc_init(void);
void check_proc_init(void);
void account_proc_init(void);

/* Names of enum zone_stat_item, then of enum vm_event_item, as /proc/vmstat has them. */
extern const char *const vmstat_text[];

#endif
