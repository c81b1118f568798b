#ifndef MM_TEST_USER_MM_H
#define MM_TEST_USER_MM_H

/*
 * For tests of user memory: an address space that the test's thread, a kernel thread, lives in for a while; and a file
 * whose disk is a formula.
 */
#include "kernel/arch.h"
#include "kernel/ktest.h"
#include "kernel/uaccess.h"
#include "kernel/uapi/mman.h"
#include "mm/backing-dev.h"
#include "mm/check.h"
#include "mm/internal.h"
#include "mm/pagemap.h"
#include "mm/shmem.h"
#include "mm/swap.h"

#define BASE	0x10000000UL		/* where tests map with MAP_FIXED */
#define RW	(PROT_READ | PROT_WRITE)
#define ANON	(MAP_PRIVATE | MAP_ANONYMOUS)

/* Load @mm instead of what this thread has loaded; takes over the caller's reference. */
static inline void user_mm_load(struct mm_struct *mm, struct mm_struct *task_mm)
{
	struct mm_struct *active = current->active_mm;

	local_irq_disable();
	current->mm = task_mm;
	current->active_mm = mm;
	switch_mm(active, mm, current);
	local_irq_enable();
	mmdrop(active);
}

/*
 * An empty address space, ours; NULL (a failure of the test) without memory. We stay on this CPU: else an idle thread elsewhere
 * would go on borrowing it when we are gone.
 */
static inline struct mm_struct *user_mm_begin(struct ktest *t)
{
	struct mm_struct *mm = mm_alloc();

	if (!EXPECT(t, mm))
		return NULL;
	set_cpus_allowed(current, cpumask_of(smp_processor_id()));
	atomic_inc(&mm->mm_count);
	user_mm_load(mm, mm);
	return mm;
}

static inline void user_mm_end(struct ktest *t, struct mm_struct *mm)
{
	EXPECT_EQ(t, check_mm(mm), 0);
	atomic_inc(&init_mm.mm_count);
	user_mm_load(&init_mm, NULL);
	set_cpus_allowed(current, cpu_possible_map);
	mmput(mm);
}

/* mmap, munmap with the lock; the address as a long, so that errors compare. */
static inline long map_at(struct file *file, unsigned long addr, unsigned long pages, unsigned long prot, unsigned long flags, pgoff_t pgoff)
{
	long ret;

	down_write(&current->mm->mmap_sem);
	ret = (long)do_mmap_pgoff(file, addr, pages << PAGE_SHIFT, prot, flags, pgoff);
	up_write(&current->mm->mmap_sem);
	return ret;
}

static inline long map_anon(unsigned long addr, unsigned long pages)
{
	return map_at(NULL, addr, pages, RW, ANON | MAP_FIXED, 0);
}

static inline int unmap(unsigned long addr, unsigned long pages)
{
	int ret;

	down_write(&current->mm->mmap_sem);
	ret = do_munmap(current->mm, addr, pages << PAGE_SHIFT);
	up_write(&current->mm->mmap_sem);
	return ret;
}

/* The user's byte at @addr, or -EFAULT. */
static inline int peek(unsigned long addr)
{
	u8 c;

	return get_user(c, (u8 __user *)addr) ? -EFAULT : c;
}

static inline int poke(unsigned long addr, u8 c)
{
	return put_user(c, (u8 __user *)addr);
}

/* The page mapped at @addr, or NULL. The reference is dropped: only to compare. */
static inline struct page *page_at(struct mm_struct *mm, unsigned long addr)
{
	pgd_t *pgd = pgd_offset(mm, addr);
	pmd_t *pmd = pgd_none(*pgd) ? NULL : pmd_offset(pgd, addr);
	pte_t *pte = pmd && !pmd_none(*pmd) ? pte_offset_map(pmd, addr) : NULL;

	return pte && pte_present(*pte) ? pte_page(*pte) : NULL;
}

/* The entry for @addr, whose table must be there. */
static inline pte_t *entry_at(struct mm_struct *mm, unsigned long addr)
{
	return pte_offset_map(pmd_offset(pgd_offset(mm, addr), addr), addr);
}

/* The page that must be mapped at @addr, for a look into it: without one the test ends in this panic. */
static inline struct page *mapped_page(struct mm_struct *mm, unsigned long addr)
{
	struct page *page = page_at(mm, addr);

	BUG_ON(!page);
	return page;
}

/* ---- a file: byte i of page n reads as n + i; reads and writes of pages are counted (mm/test/user_mm.c) ---- */
struct test_file {
	struct file *file;
	struct inode *inode;
	struct address_space *mapping;
	unsigned int reads, writes;
	pgoff_t first_read, last_read;	/* of the last run of reads in order */
	int fail_reads, fail_writes;	/* so many end with an error */
	struct backing_dev_info bdi;
	void (*dirtied)(struct test_file *tf);	/* called, once, when a page is about to be set dirty */
};

bool test_file_open(struct ktest *t, struct test_file *tf, unsigned long pages);
void test_file_close(struct test_file *tf);

#endif
