/*
 * smaps.c: what /proc/PID/smaps, pagemap and clear_refs find in page tables: how much of each area is in memory, which page
 * is where; and forgetting what was referenced.
 *
 * Locks:  mmap_sem for reading; each table's lock while its entries are looked at.
 * Read next: task_mmu.c (maps, whose records smaps continues), page.c (what a frame is).
 */
#include "kernel/fs/proc/internal.h"
#include "kernel/arch.h"
#include "mm/rmap.h"
#include "mm/shmem.h"

/* ---- a walk over the present entries of an area ------------------------------------------------------------------ */

struct pte_walk {
	struct vm_area_struct *vma;
	/* @pte is present and shows @page (NULL: not a counted one). => the table's lock held */
	void (*entry)(struct pte_walk *walk, unsigned long addr, pte_t *pte, struct page *page);
	void *data;
};

static void walk_table(struct pte_walk *walk, pmd_t *pmd, unsigned long addr, unsigned long end)
{
	spinlock_t *ptl;
	pte_t *map, *pte;

	map = pte = pte_offset_map_lock(walk->vma->vm_mm, pmd, addr, &ptl);
	for (; addr != end; addr += PAGE_SIZE, pte++)
		if (pte_present(*pte))
			walk->entry(walk, addr, pte, vm_normal_page(walk->vma, addr, *pte));
	pte_unmap_unlock(map, ptl);
}

/* => mmap_sem held; may sleep */
static void walk_range(struct pte_walk *walk, unsigned long addr, unsigned long end)
{
	unsigned long next;

	for (; addr < end; addr = next) {
		pgd_t *pgd = pgd_offset(walk->vma->vm_mm, addr);
		pmd_t *pmd;

		next = pgd_addr_end(addr, end);
		if (pgd_none(*pgd))
			continue;
		next = pmd_addr_end(addr, end);
		pmd = pmd_offset(pgd, addr);
		if (!pmd_none(*pmd))
			walk_table(walk, pmd, addr, next);
		cond_resched();
	}
}

/* ---- smaps --------------------------------------------------------------------------------------------------------- */

#define PSS_SHIFT	12	/* shares of pages are added up in so many bits of fraction */

struct area_use {			/* pages */
	unsigned long rss, shared_clean, shared_dirty, private_clean, private_dirty, referenced, anonymous;
	u64 pss, pss_dirty;		/* with PSS_SHIFT */
};

static void use_page(struct pte_walk *walk, unsigned long addr, pte_t *pte, struct page *page)
{
	struct area_use *use = walk->data;
	unsigned int mappings;
	bool dirty;

	if (!page)
		return;
	mappings = (unsigned int)max(page_mapcount(page), 1);
	dirty = pte_dirty(*pte) || PageDirty(page);
	use->rss++;
	use->referenced += pte_young(*pte) || PageReferenced(page);
	use->anonymous += PageAnon(page);
	use->pss += (1UL << PSS_SHIFT) / mappings;
	use->pss_dirty += dirty ? (1UL << PSS_SHIFT) / mappings : 0;
	if (mappings > 1 && dirty)
		use->shared_dirty++;
	else if (mappings > 1)
		use->shared_clean++;
	else if (dirty)
		use->private_dirty++;
	else
		use->private_clean++;
}

static void use_of(struct vm_area_struct *vma, struct area_use *use)
{
	struct pte_walk walk = { .vma = vma, .entry = use_page, .data = use };

	memset(use, 0, sizeof(*use));
	walk_range(&walk, vma->vm_start, vma->vm_end);
}

static const struct { unsigned long flag; char name[4]; } flag_names[] = {
	{ VM_READ, "rd" }, { VM_WRITE, "wr" }, { VM_EXEC, "ex" }, { VM_SHARED, "sh" }, { VM_MAYREAD, "mr" }, { VM_MAYWRITE, "mw" },
	{ VM_MAYEXEC, "me" }, { VM_MAYSHARE, "ms" }, { VM_GROWSDOWN, "gd" }, { VM_PFNMAP, "pf" }, { VM_LOCKED, "lo" },
	{ VM_IO, "io" }, { VM_SEQ_READ, "sr" }, { VM_RAND_READ, "rr" }, { VM_DONTCOPY, "dc" }, { VM_DONTEXPAND, "de" },
	{ VM_LOCKONFAULT, "lf" }, { VM_ACCOUNT, "ac" }, { VM_NORESERVE, "nr" }, { VM_WIPEONFORK, "wf" },
};

static void kib(struct seq_file *m, const char *name, unsigned long pages)
{
	seq_printf(m, "%-16s%8lu kB\n", name, pages << (PAGE_SHIFT - 10));
}

static unsigned long pss_kib(u64 pss) { return (unsigned long)(pss >> (PSS_SHIFT + 10 - PAGE_SHIFT)); }

/* Pages of huge size, and swapped ones, there are none. */
static int smaps_show(struct seq_file *m, void *v)
{
	struct vm_area_struct *vma = v;
	struct area_use use;

	use_of(vma, &use);
	maps_line(m, vma);
	kib(m, "Size:", vma_pages(vma));
	kib(m, "KernelPageSize:", 1);
	kib(m, "MMUPageSize:", 1);
	kib(m, "Rss:", use.rss);
	seq_printf(m, "%-16s%8lu kB\n%-16s%8lu kB\n", "Pss:", pss_kib(use.pss), "Pss_Dirty:", pss_kib(use.pss_dirty));
	kib(m, "Shared_Clean:", use.shared_clean);
	kib(m, "Shared_Dirty:", use.shared_dirty);
	kib(m, "Private_Clean:", use.private_clean);
	kib(m, "Private_Dirty:", use.private_dirty);
	kib(m, "Referenced:", use.referenced);
	kib(m, "Anonymous:", use.anonymous);
	kib(m, "LazyFree:", 0);
	kib(m, "AnonHugePages:", 0);
	kib(m, "ShmemPmdMapped:", 0);
	kib(m, "FilePmdMapped:", 0);
	kib(m, "Shared_Hugetlb:", 0);
	seq_puts(m, "Private_Hugetlb:       0 kB\n");
	kib(m, "Swap:", 0);
	kib(m, "SwapPss:", 0);
	seq_printf(m, "%-16s%8lu kB\n%-16s%8u\nVmFlags: ", "Locked:", vma->vm_flags & VM_LOCKED ? pss_kib(use.pss) : 0, "THPeligible:", 0);
	for (unsigned int i = 0; i < ARRAY_SIZE(flag_names); i++)
		if (vma->vm_flags & flag_names[i].flag)
			seq_printf(m, "%s ", flag_names[i].name);
	seq_putc(m, '\n');
	return 0;
}

static const struct seq_operations smaps_op = {
	.start = maps_start, .next = maps_next, .stop = maps_stop, .show = smaps_show,
};

static int smaps_open(struct inode *inode, struct file *file)
{
	return maps_open_as(inode, file, &smaps_op);
}

const struct file_operations proc_smaps_fops = {
	.open = smaps_open, .read = seq_read, .llseek = seq_lseek, .release = proc_maps_release,
};

/* See internal.h. */
unsigned long mm_shmem_rss(struct mm_struct *mm)
{
	unsigned long pages = 0;
	struct area_use use;

	down_read(&mm->mmap_sem);
	for (struct vm_area_struct *vma = mm->mmap; vma; vma = vma->vm_next)
		if (vma->vm_file && shmem_file(vma->vm_file)) {
			use_of(vma, &use);
			pages += use.rss - use.anonymous;
		}
	up_read(&mm->mmap_sem);
	return pages;
}

/* ---- pagemap: 64 bits for each page of the address space ------------------------------------------------------------- */

#define PM_PFN_MASK	((1ULL << 55) - 1)
#define PM_EXCLUSIVE	(1ULL << 56)
#define PM_FILE		(1ULL << 61)	/* of a file, or shared memory */
#define PM_PRESENT	(1ULL << 63)
#define PM_ENTRIES	((unsigned long)(PAGE_SIZE / sizeof(u64)))

struct pagemap_piece {
	u64 *entries;			/* of [start, …) */
	unsigned long start;
	bool show_pfn;
};

static void pagemap_entry(struct pte_walk *walk, unsigned long addr, pte_t *pte, struct page *page)
{
	struct pagemap_piece *piece = walk->data;
	u64 entry = PM_PRESENT;

	if (piece->show_pfn)
		entry |= pte_pfn(*pte) & PM_PFN_MASK;
	if (page && !PageAnon(page))
		entry |= PM_FILE;
	if (page && page_mapcount(page) == 1)
		entry |= PM_EXCLUSIVE;
	piece->entries[(addr - piece->start) >> PAGE_SHIFT] = entry;
}

/* Entries of [piece->start, @end). => may sleep */
static void fill_piece(struct mm_struct *mm, struct pagemap_piece *piece, unsigned long end)
{
	struct pte_walk walk = { .entry = pagemap_entry, .data = piece };
	struct vm_area_struct *vma;

	memset(piece->entries, 0, PAGE_SIZE);
	down_read(&mm->mmap_sem);
	for (vma = find_vma(mm, piece->start); vma && vma->vm_start < end; vma = vma->vm_next) {
		walk.vma = vma;
		walk_range(&walk, max(piece->start, vma->vm_start), min(end, vma->vm_end));
	}
	up_read(&mm->mmap_sem);
}

static int pagemap_open(struct inode *inode, struct file *file)
{
	struct mm_struct *mm = proc_mem_open(inode);

	if (IS_ERR(mm))
		return (int)PTR_ERR(mm);
	file->private_data = mm;
	return 0;
}

/* @count bytes, a multiple of 8, from entry @first on, as far as user addresses go. */
static ssize_t read_entries(struct mm_struct *mm, struct pagemap_piece *piece, char __user *buf, size_t count, u64 first)
{
	u64 entries_left = TASK_SIZE >> PAGE_SHIFT;
	ssize_t done = 0;

	entries_left -= min(entries_left, first);
	count = (size_t)min_t(u64, count, entries_left * sizeof(u64));
	while ((size_t)done < count) {
		unsigned long n = min_t(unsigned long, (count - (size_t)done) / sizeof(u64), PM_ENTRIES);

		piece->start = (unsigned long)(first + (u64)done / sizeof(u64)) << PAGE_SHIFT;
		fill_piece(mm, piece, piece->start + (n << PAGE_SHIFT));
		if (copy_to_user(buf + done, piece->entries, n * sizeof(u64)))
			return done ? done : -EFAULT;
		done += (ssize_t)(n * sizeof(u64));
		if (fatal_signal_pending(current))
			break;
	}
	return done;
}

static ssize_t pagemap_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	struct pagemap_piece piece = { .show_pfn = capable_root() };
	struct mm_struct *mm = file->private_data;
	ssize_t done = 0;

	if (*pos % (loff_t)sizeof(u64) || count % sizeof(u64))
		return -EINVAL;
	if (!count || !proc_use_mm(mm))
		return 0;
	piece.entries = (u64 *)__get_free_page(GFP_KERNEL);
	if (!piece.entries)
		done = -ENOMEM;
	else
		done = read_entries(mm, &piece, buf, count, (u64)*pos / sizeof(u64));
	free_page((unsigned long)piece.entries);
	mmput(mm);
	if (done > 0)
		*pos += done;
	return done;
}

const struct file_operations proc_pagemap_fops = {
	.open = pagemap_open, .read = pagemap_read, .llseek = proc_mem_lseek, .release = proc_mem_release,
};

/* ---- clear_refs --------------------------------------------------------------------------------------------------------- */

enum { CLEAR_ALL = 1, CLEAR_ANON, CLEAR_MAPPED, CLEAR_SOFT_DIRTY, CLEAR_HIWATER, CLEAR_LAST };

static void forget_page(struct pte_walk *walk, unsigned long addr, pte_t *pte, struct page *page)
{
	if (!page)
		return;
	(void)ptep_test_and_clear_young(walk->vma, addr, pte);
	ClearPageReferenced(page);
}

static void clear_refs(struct mm_struct *mm, int what)
{
	struct pte_walk walk = { .entry = forget_page };

	down_read(&mm->mmap_sem);
	for (walk.vma = mm->mmap; walk.vma; walk.vma = walk.vma->vm_next)
		if (what == CLEAR_ALL || (what == CLEAR_ANON) == !walk.vma->vm_file)
			walk_range(&walk, walk.vma->vm_start, walk.vma->vm_end);
	flush_tlb_mm(mm);
	up_read(&mm->mmap_sem);
}

/* 1: all pages, 2: anonymous areas', 3: files', 4: nothing here (soft-dirty), 5: the peak of the resident set starts anew. */
static ssize_t clear_refs_write(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	struct task_struct *task = proc_task(file->f_dentry->d_inode);
	int what, error = proc_number(buf, count, CLEAR_ALL, CLEAR_LAST - 1, &what);
	struct mm_struct *mm;

	if (error)
		return error;
	if (!proc_task_alive(task))
		return -ESRCH;
	mm = get_task_mm(task);
	if (!mm)
		return (ssize_t)count;
	if (what == CLEAR_HIWATER) {
		spin_lock(&mm->page_table_lock);
		mm->hiwater_rss = get_mm_rss(mm);
		spin_unlock(&mm->page_table_lock);
	} else if (what != CLEAR_SOFT_DIRTY) {
		clear_refs(mm, what);
	}
	mmput(mm);
	return (ssize_t)count;
}

const struct file_operations proc_clear_refs_fops = { .write = clear_refs_write, .llseek = no_llseek };
