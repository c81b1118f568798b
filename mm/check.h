#ifndef MM_CHECK_H
#define MM_CHECK_H

/*
 * Checkers: each walks a module's structures and returns the number of faults, which it tells in the log.
 * The self-tests run them all after each test. => may sleep unless their file says otherwise
 */
int check_page_alloc(void);	/* mm/page_alloc_check.c */
int check_slab(void);		/* mm/slab_check.c */
int check_vmalloc(void);	/* mm/vmalloc_check.c */
int check_vmstat(void);		/* mm/vmstat_check.c */
int check_lru(void);		/* mm/swap_check.c */
struct mm_struct;
int check_mm(struct mm_struct *mm);	/* mm/mmap_check.c. => mmap_sem held, nobody faults in it */

#endif
