/*
 * shmem_test.c: what shared memory is charged, and when it is given back; holes under mappings; faults that meet each other,
 * truncation and holes. (What users see, with the errnos, is tested from user space, against Linux.)
 */
#include "mm/test/user_mm.h"
#include "kernel/fs/fs.h"
#include "kernel/smp.h"
#include "kernel/uapi/fcntl.h"

#define P	PAGE_SIZE
#define N	16UL

static long committed(void) { return atomic_long_read(&vm_committed_space); }
static struct shmem_inode_info *info_of(struct file *file) { return SHMEM_I(file->f_mapping->host); }

/* Everything that it holds is charged for, and the checker finds what was promised. */
static void expect_exact(struct ktest *t, struct file *file, unsigned long pages)
{
	struct inode *inode = file->f_mapping->host;

	EXPECT_EQ(t, inode->i_mapping->nrpages, pages);
	EXPECT_EQ(t, info_of(file)->alloced, pages);
	EXPECT_EQ(t, inode->i_blocks, pages * P / 512);
}

KTEST(shmem, an_object_is_charged_when_it_is_made)
{
	long before = committed(), others = shmem_accounted_pages();
	struct file *file = shmem_file_setup("ktest", (loff_t)(N * P - 5), VM_ACCOUNT);
	struct mm_struct *mm = user_mm_begin(t);

	if (!mm || !EXPECT(t, !IS_ERR(file)))
		return;
	EXPECT_EQ(t, committed() - before, (long)N);
	EXPECT_EQ(t, map_at(file, BASE, N, RW, MAP_SHARED | MAP_FIXED, 0), BASE);
	EXPECT_EQ(t, committed() - before, (long)N);
	for (unsigned long i = 0; i < N; i += 2)
		EXPECT_EQ(t, poke(BASE + i * P, (u8)i), 0);
	expect_exact(t, file, N / 2);
	EXPECT_EQ(t, committed() - before, (long)N);
	EXPECT_EQ(t, shmem_accounted_pages() - others, (long)N);
	fput(file);
	EXPECT_EQ(t, committed() - before, (long)N);	/* the area has it still */
	EXPECT_EQ(t, unmap(BASE, N), 0);
	EXPECT_EQ(t, committed(), before);
	user_mm_end(t, mm);
}

KTEST(shmem, other_files_are_charged_page_by_page)
{
	long before = committed(), others = shmem_accounted_pages();
	struct file *file = shmem_file_setup("ktest", (loff_t)(N * P), 0);
	struct mm_struct *mm = user_mm_begin(t);

	if (!mm || !EXPECT(t, !IS_ERR(file)))
		return;
	EXPECT_EQ(t, committed(), before);
	EXPECT_EQ(t, map_at(file, BASE, N, RW, MAP_SHARED | MAP_FIXED, 0), BASE);
	for (unsigned long i = 0; i < N; i += 4)
		EXPECT_EQ(t, peek(BASE + i * P), 0);		/* a read makes a page, too, as it is mapped */
	expect_exact(t, file, N / 4);
	EXPECT_EQ(t, committed() - before, (long)N / 4);
	EXPECT_EQ(t, shmem_accounted_pages() - others, (long)N / 4);
	EXPECT_EQ(t, unmap(BASE, N), 0);
	expect_exact(t, file, N / 4);
	fput(file);
	EXPECT_EQ(t, committed(), before);
	user_mm_end(t, mm);
}

KTEST(shmem, truncation_gives_back)
{
	long before = committed();
	struct file *file = shmem_file_setup("ktest", 0, 0);
	struct inode *inode;
	char word[4] = "abcd";
	loff_t pos;

	if (!EXPECT(t, !IS_ERR(file)))
		return;
	inode = file->f_mapping->host;
	for (pos = 0; pos < (loff_t)(N * P);) {
		loff_t at = pos;

		EXPECT_EQ(t, kernel_write(file, word, 4, &at), 4);
		pos += (loff_t)P;
	}
	expect_exact(t, file, N);
	mutex_lock(&inode->i_mutex);
	EXPECT_EQ(t, vmtruncate(inode, (loff_t)(3 * P + 2)), 0);
	mutex_unlock(&inode->i_mutex);
	expect_exact(t, file, 4);
	EXPECT_EQ(t, committed() - before, 4);
	EXPECT_EQ(t, kernel_read(file, (loff_t)(3 * P), word, 4), 2);
	EXPECT(t, word[0] == 'a' && word[1] == 'b');
	EXPECT_EQ(t, vfs_fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 1, (loff_t)(3 * P)), 0);
	expect_exact(t, file, 2);			/* the ends of it share their pages with others */
	EXPECT_EQ(t, kernel_read(file, (loff_t)(3 * P), word, 4), 2);
	EXPECT(t, word[0] == 0 && word[1] == 'b');
	EXPECT_EQ(t, kernel_read(file, (loff_t)P, word, 4), 4);
	EXPECT_EQ(t, word[0], 0);
	expect_exact(t, file, 2);			/* a read makes nothing */
	fput(file);
	EXPECT_EQ(t, committed(), before);
}

KTEST(shmem, a_hole_leaves_no_page_mapped)
{
	struct file *file = shmem_file_setup("ktest", (loff_t)(N * P), 0);
	struct mm_struct *mm = user_mm_begin(t);
	struct page *page;

	if (!mm || !EXPECT(t, !IS_ERR(file)))
		return;
	EXPECT_EQ(t, map_at(file, BASE, N, RW, MAP_SHARED | MAP_FIXED, 0), BASE);
	EXPECT_EQ(t, map_at(file, BASE + N * P, N, RW, MAP_PRIVATE | MAP_FIXED, 0), BASE + N * P);
	for (unsigned long i = 0; i < N; i++) {
		EXPECT_EQ(t, poke(BASE + i * P, 's'), 0);
		EXPECT_EQ(t, i % 2 ? poke(BASE + (N + i) * P, 'p') : peek(BASE + (N + i) * P), i % 2 ? 0 : 's');
	}
	page = mapped_page(mm, BASE + 2 * P);
	get_page(page);
	EXPECT_EQ(t, vfs_fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (loff_t)P, (loff_t)(4 * P)), 0);
	EXPECT_EQ(t, page_mapcount(page), 0);
	EXPECT(t, !page->mapping);
	put_page(page);
	for (unsigned long i = 1; i < 5; i++) {
		EXPECT(t, !page_at(mm, BASE + i * P));
		EXPECT(t, !page_at(mm, BASE + (N + i) * P) == !(i % 2));	/* private copies stay */
	}
	EXPECT_EQ(t, peek(BASE + (N + 1) * P), 'p');
	EXPECT_EQ(t, peek(BASE + (N + 2) * P), 0);
	EXPECT_EQ(t, peek(BASE + 2 * P), 0);
	EXPECT_EQ(t, peek(BASE + 5 * P), 's');
	expect_exact(t, file, N - 3);
	fput(file);
	user_mm_end(t, mm);
}

/* ---- many at once --------------------------------------------------------------------------------------------- */

struct crowd {
	struct ktest *t;
	struct file *file;
	atomic_t bad;
};

/* Each CPU writes words all over the file by one way, and frees by another; what each sees is what somebody wrote, or zero. */
static void disturb(void *arg, int cpu)
{
	struct crowd *c = arg;
	u32 seed = (u32)cpu + 1, word;

	for (int i = 0; i < 400; i++) {
		loff_t pos = (loff_t)((ktest_random(&seed) % N) * P);
		int error = 0;

		switch (ktest_random(&seed) % 4) {
		case 0:
		case 1:
			word = 0x5a5a0000u + (u32)cpu;
			error = kernel_write(c->file, (char *)&word, sizeof(word), &pos) != sizeof(word);
			break;
		case 2:
			word = 0;
			error = kernel_read(c->file, pos, &word, sizeof(word)) != sizeof(word) || (word && word >> 16 != 0x5a5a);
			break;
		case 3:
			error = vfs_fallocate(c->file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, pos, (loff_t)(2 * P));
		}
		if (error)
			atomic_inc(&c->bad);
	}
}

KTEST(shmem, counts_are_exact_after_a_crowd)
{
	long before = committed();
	struct crowd c = { .t = t, .file = shmem_file_setup("ktest", (loff_t)(N * P), 0) };

	if (!EXPECT(t, !IS_ERR(c.file)))
		return;
	ktest_on_all_cpus(t, disturb, &c);
	EXPECT_EQ(t, atomic_read(&c.bad), 0);
	expect_exact(t, c.file, c.file->f_mapping->nrpages);
	EXPECT_EQ(t, committed() - before, (long)c.file->f_mapping->nrpages);
	fput(c.file);
	EXPECT_EQ(t, committed(), before);
}

KTEST(shmem, sealed_against_writing_only_when_nobody_can)
{
	struct file *file = shmem_file_setup("ktest", (loff_t)(2 * P), 0);
	struct mm_struct *mm = user_mm_begin(t);

	if (!mm || !EXPECT(t, !IS_ERR(file)))
		return;
	info_of(file)->seals = 0;
	EXPECT_EQ(t, map_at(file, BASE, 2, RW, MAP_SHARED | MAP_FIXED, 0), BASE);
	EXPECT_EQ(t, memfd_fcntl(file, F_ADD_SEALS, F_SEAL_WRITE), -EBUSY);
	EXPECT_EQ(t, unmap(BASE + P, 1), 0);
	EXPECT_EQ(t, info_of(file)->writable, 1);
	EXPECT_EQ(t, unmap(BASE, 1), 0);
	EXPECT_EQ(t, info_of(file)->writable, 0);
	EXPECT_EQ(t, memfd_fcntl(file, F_ADD_SEALS, F_SEAL_WRITE), 0);
	EXPECT_EQ(t, map_at(file, BASE, 2, RW, MAP_SHARED | MAP_FIXED, 0), -EPERM);
	EXPECT_EQ(t, map_at(file, BASE, 2, PROT_READ, MAP_SHARED | MAP_FIXED, 0), BASE);
	fput(file);
	user_mm_end(t, mm);
}
