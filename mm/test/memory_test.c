/*
 * memory_test.c: faults, copy-on-write, zapping, and looking into another's memory.
 */
#include "mm/test/user_mm.h"
#include "mm/fault.h"
#include "mm/mmu_gather.h"
#include "kernel/syscalls.h"

#define P	PAGE_SIZE

KTEST(memory, reading_untouched_memory_costs_no_frame_writing_one)
{
	struct mm_struct *mm = user_mm_begin(t);
	int sum = 0;

	if (!mm)
		return;
	map_anon(BASE, 1000);
	for (unsigned long i = 0; i < 1000; i++)
		sum += peek(BASE + i * P + i);
	EXPECT_EQ(t, sum, 0);
	EXPECT_EQ(t, get_mm_counter(mm, anon_rss), 0);
	EXPECT_EQ(t, get_mm_counter(mm, file_rss), 1000);
	EXPECT(t, page_at(mm, BASE) == ZERO_PAGE(BASE));
	EXPECT_EQ(t, poke(BASE + 7 * P, 9), 0);
	EXPECT_EQ(t, get_mm_counter(mm, anon_rss), 1);
	EXPECT_EQ(t, get_mm_counter(mm, file_rss), 999);
	EXPECT_EQ(t, peek(BASE + 7 * P), 9);
	EXPECT_EQ(t, peek(BASE + 7 * P + 1), 0);
	EXPECT(t, PageAnon(mapped_page(mm, BASE + 7 * P)));
	user_mm_end(t, mm);
}

KTEST(memory, a_child_has_its_own_copy_and_the_last_owner_writes_in_place)
{
	struct mm_struct *mm = user_mm_begin(t), *child;
	struct page *page;
	u8 byte = 0;

	if (!mm)
		return;
	map_anon(BASE, 4);
	poke(BASE, 1);
	page = mapped_page(mm, BASE);
	child = dup_mm(current);
	if (EXPECT(t, child)) {
		EXPECT_EQ(t, page_mapcount(page), 2);
		byte = 2;
		EXPECT_EQ(t, copy_to_mm(child, BASE, &byte, 1), 0);
		EXPECT(t, page_at(child, BASE) != page);
		EXPECT_EQ(t, page_mapcount(page), 1);
		EXPECT_EQ(t, peek(BASE), 1);
		EXPECT_EQ(t, check_mm(child), 0);
		mmput(child);
	}
	EXPECT_EQ(t, poke(BASE, 3), 0);
	EXPECT(t, page_at(mm, BASE) == page);
	user_mm_end(t, mm);
}

KTEST(memory, while_two_own_a_page_a_write_copies_it)
{
	struct mm_struct *mm = user_mm_begin(t), *child;
	struct page *page;

	if (!mm)
		return;
	map_anon(BASE, 1);
	poke(BASE, 1);
	page = page_at(mm, BASE);
	child = dup_mm(current);
	if (EXPECT(t, child)) {
		poke(BASE, 2);
		EXPECT(t, page_at(mm, BASE) != page);
		EXPECT(t, page_at(child, BASE) == page);
		EXPECT_EQ(t, peek(BASE), 2);
		mmput(child);
	}
	user_mm_end(t, mm);
}

KTEST(memory, fork_copies_only_what_faults_cannot_make_again)
{
	struct mm_struct *mm = user_mm_begin(t), *child;
	struct test_file tf;

	if (!mm)
		return;
	if (test_file_open(t, &tf, 4)) {
		map_at(tf.file, BASE, 4, RW, MAP_SHARED | MAP_FIXED, 0);
		poke(BASE, 5);
		child = dup_mm(current);
		if (EXPECT(t, child)) {
			EXPECT(t, !page_at(child, BASE));
			EXPECT_EQ(t, child->map_count, 1);
			mmput(child);
		}
		test_file_close(&tf);
	}
	user_mm_end(t, mm);
}

KTEST(memory, wiped_and_untaken_areas_at_fork)
{
	struct mm_struct *mm = user_mm_begin(t), *child;

	if (!mm)
		return;
	map_anon(BASE, 3);
	for (int i = 0; i < 3; i++)
		poke(BASE + (unsigned)i * P, 1);
	EXPECT_EQ(t, sys_madvise(BASE, P, MADV_DONTFORK), 0);
	EXPECT_EQ(t, sys_madvise(BASE + P, P, MADV_WIPEONFORK), 0);
	EXPECT_EQ(t, mm->map_count, 3);
	child = dup_mm(current);
	if (EXPECT(t, child)) {
		EXPECT_EQ(t, child->map_count, 2);
		EXPECT(t, !page_at(child, BASE) && !page_at(child, BASE + P) && page_at(child, BASE + 2 * P));
		mmput(child);
	}
	user_mm_end(t, mm);
}

KTEST(memory, a_shared_file_page_is_dirty_from_its_first_write_on)
{
	struct mm_struct *mm = user_mm_begin(t);
	unsigned long dirty;
	struct test_file tf;

	if (!mm)
		return;
	if (test_file_open(t, &tf, 4)) {
		map_at(tf.file, BASE, 4, RW, MAP_SHARED | MAP_FIXED, 0);
		EXPECT_EQ(t, peek(BASE + 2), 2);
		refresh_vm_stats();
		dirty = global_page_state(NR_FILE_DIRTY);
		EXPECT_EQ(t, poke(BASE, 77), 0);
		EXPECT_EQ(t, poke(BASE + 1, 78), 0);
		refresh_vm_stats();
		EXPECT_EQ(t, global_page_state(NR_FILE_DIRTY), dirty + 1);
		EXPECT(t, PageDirty(mapped_page(mm, BASE)));
		EXPECT_EQ(t, filemap_write_and_wait(tf.mapping), 0);
		EXPECT_EQ(t, tf.writes, 1);
		EXPECT(t, !PageDirty(mapped_page(mm, BASE)));
		EXPECT_EQ(t, poke(BASE, 79), 0);		/* faults again, and so is known */
		EXPECT(t, PageDirty(mapped_page(mm, BASE)));
		filemap_write_and_wait(tf.mapping);
		test_file_close(&tf);
	}
	user_mm_end(t, mm);
}

KTEST(memory, truncation_reaches_mappings_and_private_copies)
{
	struct mm_struct *mm = user_mm_begin(t);
	struct test_file tf;

	if (!mm)
		return;
	if (test_file_open(t, &tf, 4)) {
		map_at(tf.file, BASE, 4, RW, MAP_PRIVATE | MAP_FIXED, 0);
		map_at(tf.file, BASE + 16 * P, 4, PROT_READ, MAP_SHARED | MAP_FIXED, 0);
		poke(BASE + 3 * P, 1);
		EXPECT_EQ(t, peek(BASE + 19 * P), 3);
		mutex_lock(&tf.inode->i_mutex);
		EXPECT_EQ(t, vmtruncate(tf.inode, 2 * (loff_t)P + 10), 0);
		mutex_unlock(&tf.inode->i_mutex);
		EXPECT_EQ(t, peek(BASE + 3 * P), -EFAULT);
		EXPECT_EQ(t, peek(BASE + 19 * P), -EFAULT);
		EXPECT_EQ(t, peek(BASE + 18 * P + 9), 11);
		EXPECT_EQ(t, peek(BASE + 18 * P + 10), 0);	/* the tail of the last page */
		test_file_close(&tf);
	}
	user_mm_end(t, mm);
}

/* The machine notes a write in the entry only: shared memory's file learns of it when the entry goes. */
KTEST(memory, zapping_tells_the_file_what_was_written)
{
	struct mm_struct *mm = user_mm_begin(t);
	struct page *written, *read;

	if (!mm)
		return;
	EXPECT_EQ(t, map_at(NULL, BASE, 200, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, 0), BASE);
	EXPECT_EQ(t, sys_mprotect(BASE, 200 * P, PROT_READ), 0);
	for (unsigned long i = 0; i < 200; i++)
		peek(BASE + i * P);
	EXPECT_EQ(t, sys_mprotect(BASE, 200 * P, RW), 0);
	written = mapped_page(mm, BASE + 150 * P);	/* in the second gather */
	read = mapped_page(mm, BASE + 151 * P);
	ClearPageDirty(written);
	ClearPageDirty(read);
	poke(BASE + 150 * P, 1);
	ClearPageDirty(written);
	EXPECT_EQ(t, sys_madvise(BASE, 200 * P, MADV_DONTNEED), 0);
	EXPECT(t, PageDirty(written));
	EXPECT(t, !PageDirty(read));
	EXPECT_EQ(t, peek(BASE + 150 * P), 1);
	user_mm_end(t, mm);
}

/* A file's mappings go in pieces, with a chance to sleep in between; holes between them cost nothing. */
KTEST(memory, a_long_file_is_unmapped_piece_by_piece)
{
	static const unsigned long there[] = { 0, 999, 1000, 1023, 1024, 2047, 2048, 4999 };
	const unsigned long far = 1UL << (sizeof(long) == 8 ? 40 : 30);
	struct mm_struct *mm = user_mm_begin(t);
	unsigned int before;
	struct test_file tf;

	if (!mm)
		return;
	if (test_file_open(t, &tf, 5000)) {
		tf.bdi.ra_pages = 0;
		map_at(tf.file, BASE, 5000, PROT_READ, MAP_SHARED | MAP_FIXED, 0);
		map_at(tf.file, BASE + 8192 * P, 3000, RW, MAP_PRIVATE | MAP_FIXED, 2000);
		map_at(tf.file, BASE + 16384 * P, 10, PROT_READ, MAP_SHARED | MAP_FIXED, far);
		for (unsigned int i = 0; i < ARRAY_SIZE(there); i++)
			EXPECT_EQ(t, peek(BASE + there[i] * P), (u8)there[i]);
		EXPECT_EQ(t, poke(BASE + 8192 * P, 1), 0);
		EXPECT_EQ(t, poke(BASE + (8192 + 2999) * P, 1), 0);
		before = tf.mapping->truncate_count;
		unmap_mapping_range(tf.mapping, 1000 * (loff_t)P, 0, 1);
		EXPECT_EQ(t, tf.mapping->truncate_count - before, 5);	/* four of 1000 to 4999, one of what lies far behind */
		EXPECT_EQ(t, get_mm_rss(mm), 2);
		EXPECT(t, page_at(mm, BASE) && page_at(mm, BASE + 999 * P) && !page_at(mm, BASE + 1000 * P));
		unmap_mapping_range(tf.mapping, 0, 999 * (loff_t)P, 1);
		EXPECT(t, !page_at(mm, BASE) && page_at(mm, BASE + 999 * P));
		test_file_close(&tf);
	}
	user_mm_end(t, mm);
}

/* Truncation has i_mmap_lock alone: the areas next to the file's may be going meanwhile, and are not looked at. */
KTEST(memory, truncation_keeps_to_the_files_areas)
{
	struct mm_struct *mm = user_mm_begin(t);
	struct vm_area_struct *vma, *next;
	struct test_file tf;

	if (!mm)
		return;
	if (test_file_open(t, &tf, 4)) {
		map_at(tf.file, BASE, 4, RW, MAP_SHARED | MAP_FIXED, 0);
		map_anon(BASE + 16 * P, 1);
		EXPECT_EQ(t, peek(BASE + 3 * P), 3);
		vma = find_vma(mm, BASE);
		next = vma->vm_next;
		vma->vm_next = (struct vm_area_struct *)P;
		unmap_mapping_range(tf.mapping, 0, 0, 1);
		vma->vm_next = next;
		EXPECT(t, !page_at(mm, BASE + 3 * P));
		test_file_close(&tf);
	}
	user_mm_end(t, mm);
}

/* Another CPU has emptied an entry and will flush it later: who finds it empty flushes it, too, before he comes back. */
KTEST(memory, what_another_has_yet_to_flush_is_flushed)
{
	struct mm_struct *mm = user_mm_begin(t);
	pte_t *ptep, entry;

	if (!mm)
		return;
	map_anon(BASE, 1);
	EXPECT_EQ(t, poke(BASE, 7), 0);
	ptep = entry_at(mm, BASE);
	entry = *ptep;
	atomic_inc(&mm->gathers);
	EXPECT_EQ(t, peek(BASE), 7);
	pte_clear(mm, BASE, ptep);
	EXPECT_EQ(t, sys_madvise(BASE, P, MADV_DONTNEED), 0);
	EXPECT_EQ(t, peek(BASE), 0);		/* the zero page */
	EXPECT_EQ(t, sys_madvise(BASE, P, MADV_DONTNEED), 0);
	set_pte_at(mm, BASE, ptep, entry);
	EXPECT_EQ(t, peek(BASE), 7);
	pte_clear(mm, BASE, ptep);
	EXPECT_EQ(t, sys_mprotect(BASE, P, PROT_NONE), 0);
	EXPECT_EQ(t, peek(BASE), -EFAULT);
	EXPECT_EQ(t, sys_mprotect(BASE, P, RW), 0);
	set_pte_at(mm, BASE, ptep, entry);
	atomic_dec(&mm->gathers);
	EXPECT_EQ(t, peek(BASE), 7);
	user_mm_end(t, mm);
}

/* One who writes to a mapped page in the middle of its writeback. */
static struct late_writer {
	struct mm_struct *mm;
	struct task_struct *task;
	bool wrote;
	struct completion go, leave, left;
} late;

static int late_writer_thread(void *unused)
{
	u8 byte = 99;

	wait_for_completion(&late.go);
	copy_to_mm(late.mm, BASE, &byte, 1);
	smp_store_release(&late.wrote, true);
	wait_for_completion(&late.leave);
	complete(&late.left);
	return 0;
}

/* The entries are clean, the page is not yet. The writer comes, until he is through or, his entry made, waits for something. */
static void write_late(struct test_file *tf)
{
	complete(&late.go);
	while (!smp_load_acquire(&late.wrote) &&
	       !(pte_write(*entry_at(late.mm, BASE)) && READ_ONCE(late.task->state) == TASK_UNINTERRUPTIBLE))
		schedule_timeout_uninterruptible(1);
}

KTEST(memory, a_write_in_the_middle_of_writeback_makes_the_page_dirty_again)
{
	struct mm_struct *mm = user_mm_begin(t);
	struct test_file tf;

	if (!mm)
		return;
	late = (struct late_writer){ .mm = mm };
	init_completion(&late.go);
	init_completion(&late.leave);
	init_completion(&late.left);
	if (EXPECT(t, test_file_open(t, &tf, 1))) {
		late.task = kthread_run(late_writer_thread, NULL, "ktest/late");
		BUG_ON(IS_ERR(late.task));
		map_at(tf.file, BASE, 1, RW, MAP_SHARED | MAP_FIXED, 0);
		EXPECT_EQ(t, poke(BASE, 1), 0);
		tf.dirtied = write_late;
		EXPECT_EQ(t, filemap_write_and_wait(tf.mapping), 0);
		complete(&late.leave);
		wait_for_completion(&late.left);
		EXPECT(t, pte_write(*entry_at(mm, BASE)));
		EXPECT(t, PageDirty(mapped_page(mm, BASE)));
		filemap_write_and_wait(tf.mapping);
		EXPECT_EQ(t, tf.writes, 2);
		test_file_close(&tf);
	}
	user_mm_end(t, mm);
}

KTEST(memory, faults_fail_where_sleeping_is_forbidden)
{
	struct mm_struct *mm = user_mm_begin(t);

	if (!mm)
		return;
	map_anon(BASE, 1);
	pagefault_disable();
	EXPECT_EQ(t, poke(BASE, 1), -EFAULT);
	pagefault_enable();
	EXPECT_EQ(t, poke(BASE, 1), 0);
	EXPECT_EQ(t, sys_mprotect(BASE, P, PROT_READ), 0);
	EXPECT_EQ(t, poke(BASE, 2), -EFAULT);
	EXPECT_EQ(t, peek(BASE), 1);
	EXPECT_EQ(t, sys_mprotect(BASE, P, PROT_NONE), 0);
	EXPECT_EQ(t, peek(BASE), -EFAULT);
	EXPECT_EQ(t, peek(PAGE_OFFSET), -EFAULT);
	user_mm_end(t, mm);
}

KTEST(memory, tables_come_and_go_with_areas)
{
	struct mm_struct *mm = user_mm_begin(t);

	if (!mm)
		return;
	map_anon(BASE, 3);
	map_anon(BASE + PMD_SIZE, 1);
	poke(BASE, 1);
	poke(BASE + PMD_SIZE, 1);
	EXPECT_EQ(t, atomic_long_read(&mm->nr_ptes), 2);
	unmap(BASE + P, 1);
	EXPECT_EQ(t, atomic_long_read(&mm->nr_ptes), 2);
	unmap(BASE, 3);
	EXPECT_EQ(t, atomic_long_read(&mm->nr_ptes), 1);
	EXPECT_EQ(t, peek(BASE + PMD_SIZE), 1);
	unmap(BASE + PMD_SIZE, 1);
	EXPECT_EQ(t, atomic_long_read(&mm->nr_ptes), 0);
	user_mm_end(t, mm);
}

KTEST(memory, more_pages_than_a_gather_holds_are_zapped)
{
	unsigned long n = 3 * MMU_GATHER_PAGES + 5;
	struct mm_struct *mm = user_mm_begin(t);

	if (!mm)
		return;
	map_anon(BASE, n);
	for (unsigned long i = 0; i < n; i++)
		poke(BASE + i * P, 1);
	EXPECT_EQ(t, get_mm_counter(mm, anon_rss), n);
	EXPECT_EQ(t, sys_madvise(BASE, n * P, MADV_DONTNEED), 0);
	EXPECT_EQ(t, get_mm_rss(mm), 0);
	EXPECT_EQ(t, peek(BASE), 0);
	user_mm_end(t, mm);
}

KTEST(memory, user_pages_are_handed_out_and_rights_hold)
{
	struct mm_struct *mm = user_mm_begin(t);
	struct page *pages[3];

	if (!mm)
		return;
	map_at(NULL, BASE, 2, PROT_READ, ANON | MAP_FIXED, 0);
	down_read(&mm->mmap_sem);
	EXPECT_EQ(t, get_user_pages(current, mm, BASE, 3, 0, 0, pages, NULL), 2);
	put_page(pages[0]);
	put_page(pages[1]);
	EXPECT_EQ(t, get_user_pages(current, mm, BASE, 1, 1, 0, pages, NULL), -EFAULT);
	EXPECT_EQ(t, get_user_pages(current, mm, BASE, 1, 1, 1, pages, NULL), 1);	/* force: as a debugger */
	EXPECT(t, PageAnon(pages[0]));
	put_page(pages[0]);
	EXPECT_EQ(t, get_user_pages(current, mm, BASE + 2 * P, 1, 0, 0, pages, NULL), -EFAULT);
	up_read(&mm->mmap_sem);
	EXPECT_EQ(t, poke(BASE, 1), -EFAULT);
	user_mm_end(t, mm);
}

static void touch_all(void *arg, int cpu)
{
	struct mm_struct *mm = arg;

	for (unsigned long i = 0; i < 200; i++) {
		u8 byte = (u8)(cpu + 1);

		copy_to_mm(mm, BASE + i * P + (unsigned)cpu, &byte, 1);
	}
}

KTEST(memory, all_cpus_fault_the_same_pages_in)
{
	struct mm_struct *mm = user_mm_begin(t);
	int cpu;

	if (!mm)
		return;
	map_anon(BASE, 200);
	ktest_on_all_cpus(t, touch_all, mm);
	EXPECT_EQ(t, get_mm_counter(mm, anon_rss), 200);
	for_each_online_cpu(cpu)
		EXPECT_EQ(t, peek(BASE + 199 * P + (unsigned)cpu), cpu + 1);
	user_mm_end(t, mm);
}
