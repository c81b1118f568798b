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

#endif
