#ifndef MM_CHECK_H
#define MM_CHECK_H

/*
 * Checkers: each walks a module's structures and returns the number of faults, which it tells in the log.
 * The self-tests run them all after each test; /proc/mm_check runs those that hold in a running system when it is read, as
 * the user tests do after each test (mm/check_proc.c). => may sleep unless their file says otherwise
 */
int check_page_alloc(void);	/* mm/page_alloc_check.c */
int check_slab(void);		/* mm/slab_check.c */
int check_vmalloc(void);	/* mm/vmalloc_check.c */
int check_vmstat(void);		/* mm/vmstat_check.c. => after refresh_vm_stats(), nobody counting */
int check_lru(void);		/* mm/swap_check.c */
struct mm_struct;
int check_areas(struct mm_struct *mm);	/* mm/mmap_check.c: list, tree, holes, sums. => mmap_sem held, or nobody else knows mm */
int check_mm(struct mm_struct *mm);	/* … and its page tables. => mmap_sem held, nobody faults in it */
int check_all_mms(void);	/* T7 of the facts, for every address space */
int check_commit(void);		/* T8: what was promised is what areas and shared memory were promised */
int check_rmap(void);		/* mm/rmap_check.c. T3: each page is mapped as often as its mapcount says */
/* mm/account.c: what the pages of the machine are used for, by their struct pages; T1 and T2: the counters agree */
struct mem_account { unsigned long reserved, free, slab, file, anon, mapped, tables, rest; };
void account_memory(struct mem_account *a);
int check_account(void);

/*
 * Others may be busy while we count: a difference is a fault when it stays the same so many times, a tick apart. One that
 * changes all the time says nothing.
 */
#define CHECK_SAME		5
#define CHECK_TRIES		50

#endif
