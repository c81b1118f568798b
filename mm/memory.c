/*
 * memory.c: what stands in user page tables: filling them by faults, copying, emptying, reading them.
 *
 * Owns:   the entries of user page tables and the tables themselves; the zero page.
 * Locks:  an entry changes under its table's lock (pte_offset_map_lock); a table is hung in under page_table_lock,
 *         and taken away only by who holds mmap_sem for write and has hidden the areas from rmap before.
 *         Faults hold mmap_sem for read. The order stands in mm/locking.h.
 * Read next: fault.c (who calls handle_mm_fault), rmap.c (who else changes entries), mmap.c.
 *
 * The kinds of fault, by what the entry says:
 *
 *	none	file or shared		do_no_page	a page from ->nopage; copied at once if private and written
 *		anonymous		do_anonymous_page  the zero page, or a new one if written
 *	present	write to a read-only	do_wp_page	reuse, or copy
 *		else			mark it young, dirty
 */
#include "mm/mm.h"
#include "mm/internal.h"
#include "mm/rmap.h"
#include "mm/swap.h"
#include "mm/pagemap.h"
#include "mm/highmem.h"
#include "mm/mmu_gather.h"
#include "kernel/arch.h"
#include "kernel/uaccess.h"

#define ZAP_BUDGET	8192	/* units of work between two chances to sleep: 8 for a page, 1 for an empty entry */
#define UNMAP_PIECE	1024	/* pages of a file that are unmapped between two chances to sleep */

struct page *zero_page;		/* maps wherever untouched anonymous memory is read; never freed */

static DEFINE_PER_CPU(struct mmu_gather, mmu_gathers);

/* => slab and buddy lists up */
void __init zero_page_init(void)
{
	zero_page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	if (!zero_page)
		panic("no memory for the zero page");
	SetPageReserved(zero_page);
	SetPageUptodate(zero_page);
}

/* Private and perhaps written: its pages are shared until then. */
static bool is_cow_mapping(unsigned long flags)
{
	return (flags & (VM_SHARED | VM_MAYWRITE)) == VM_MAYWRITE;
}

static pte_t maybe_mkwrite(pte_t pte, struct vm_area_struct *vma)
{
	return vma->vm_flags & VM_WRITE ? pte_mkwrite(pte) : pte;
}

/*
 * The page that a present entry counts for; NULL: device memory and other frames that are mapped without counting.
 * In a VM_PFNMAP area those are recognised by standing where remap_pfn_range put them; a private copy does not.
 */
struct page *vm_normal_page(struct vm_area_struct *vma, unsigned long addr, pte_t pte)
{
	unsigned long pfn = pte_pfn(pte);

	if (unlikely(vma->vm_flags & VM_PFNMAP)) {
		if (pfn == vma->vm_pgoff + ((addr - vma->vm_start) >> PAGE_SHIFT) || !is_cow_mapping(vma->vm_flags))
			return NULL;
	}
	ASSERT(pfn_valid(pfn));
	return pfn_to_page(pfn);
}

/* ---- tables ------------------------------------------------------------------------------ */

int __pmd_alloc(struct mm_struct *mm, pgd_t *pgd, unsigned long address)
{
	pmd_t *new = pmd_alloc_one(mm, address);

	if (!new)
		return -ENOMEM;
	spin_lock(&mm->page_table_lock);
	if (pgd_none(*pgd)) {
		pgd_populate(mm, pgd, new);
		new = NULL;
	}
	spin_unlock(&mm->page_table_lock);
	if (new)		/* another thread was faster */
		pmd_free(new);
	return 0;
}

int __pte_alloc(struct mm_struct *mm, pmd_t *pmd, unsigned long address)
{
	struct page *new = alloc_page(GFP_KERNEL | __GFP_REPEAT | __GFP_ZERO);

	if (!new)
		return -ENOMEM;
	spin_lock_init(&new->ptl, RANK_PAGE_TABLE);
	spin_lock(&mm->page_table_lock);
	if (!pmd_present(*pmd)) {
		atomic_long_inc(&mm->nr_ptes);
		inc_zone_page_state(new, NR_PAGETABLE);
		pmd_populate(mm, pmd, new);
		new = NULL;
	}
	spin_unlock(&mm->page_table_lock);
	if (new)
		__free_page(new);
	return 0;
}

int __pte_alloc_kernel(pmd_t *pmd, unsigned long address)
{
	pte_t *new = (pte_t *)get_zeroed_page(GFP_KERNEL | __GFP_REPEAT);

	if (!new)
		return -ENOMEM;
	spin_lock(&init_mm.page_table_lock);
	if (!pmd_present(*pmd)) {
		pmd_populate_kernel(&init_mm, pmd, new);
		new = NULL;
	}
	spin_unlock(&init_mm.page_table_lock);
	if (new)
		free_page((unsigned long)new);
	return 0;
}

/* ---- the gather (mm/mmu_gather.h) ---------------------------------------------------------- */

/* => no sleeping until tlb_finish_mmu; @fullmm: no task uses @mm any more */
struct mmu_gather *tlb_gather_mmu(struct mm_struct *mm, bool fullmm)
{
	struct mmu_gather *tlb = &__get_cpu_var(mmu_gathers);

	ASSERT(!tlb->mm);
	atomic_inc(&mm->gathers);
	tlb->mm = mm;
	tlb->fullmm = fullmm;
	tlb->need_flush = tlb->tables = false;
	tlb->nr = 0;
	tlb->start = ~0UL;
	tlb->end = 0;
	return tlb;
}

static void tell_dirty(struct mmu_gather *tlb)
{
	for (unsigned int i = 0; i < tlb->nr; i++)
		if (test_bit(i, tlb->dirty))
			set_page_dirty(tlb->pages[i]);
	memset(tlb->dirty, 0, sizeof(tlb->dirty));
	tlb->any_dirty = false;
}

/* Now no CPU uses the entries that were cleared; then their pages go. */
void tlb_flush_mmu(struct mmu_gather *tlb)
{
	if (!tlb->need_flush)
		return;
	if (tlb->fullmm || tlb->tables)
		flush_tlb_mm(tlb->mm);
	else if (tlb->end)
		flush_tlb_range(tlb->mm, tlb->start, tlb->end);
	if (tlb->any_dirty)
		tell_dirty(tlb);
	release_pages(tlb->pages, (int)tlb->nr, 0);
	tlb->need_flush = tlb->tables = false;
	tlb->nr = 0;
	tlb->start = ~0UL;
	tlb->end = 0;
}

/*
 * All that was gathered is flushed and freed. If others gather in this mm, too (MADV_DONTNEED, truncation), entries that we found
 * empty may be theirs, not flushed yet: then all is flushed here, so that who comes back has no old translation left.
 */
void tlb_finish_mmu(struct mmu_gather *tlb)
{
	if (unlikely(atomic_read(&tlb->mm->gathers) > 1))
		tlb->need_flush = tlb->tables = true;
	tlb_flush_mmu(tlb);
	atomic_dec(&tlb->mm->gathers);
	tlb->mm = NULL;
}

/* ---- freeing tables -------------------------------------------------------------------------- */

static void free_pte_tables(struct mmu_gather *tlb, pgd_t *pgd, unsigned long addr, unsigned long end)
{
	for (; addr < end; addr += PMD_SIZE) {
		pmd_t *pmd = pmd_offset(pgd, addr);
		struct page *table;

		if (pmd_none(*pmd))
			continue;
		table = pmd_page(*pmd);
		pmd_clear(pmd);
		atomic_long_dec(&tlb->mm->nr_ptes);
		dec_zone_page_state(table, NR_PAGETABLE);
		tlb_remove_table(tlb, table);
	}
}

/*
 * Free the tables of [@addr, @end) that cover nothing below @floor, where an area before ends, or at or above @ceiling,
 * where the next one begins.
 */
static void free_pgd_range(struct mmu_gather *tlb, unsigned long addr, unsigned long end, unsigned long floor, unsigned long ceiling)
{
	unsigned long next;

	addr &= PMD_MASK;
	if (addr < floor)
		addr += PMD_SIZE;
	end = (end + PMD_SIZE - 1) & PMD_MASK;
	if (end > ceiling)
		end -= PMD_SIZE;
	for (; addr < end; addr = next) {
		pgd_t *pgd = pgd_offset(tlb->mm, addr);
		unsigned long first = addr & PGDIR_MASK;

		next = pgd_addr_end(addr, end);
		if (pgd_none(*pgd))
			continue;
		free_pte_tables(tlb, pgd, addr, next);
		if (PTRS_PER_PMD > 1 && first >= floor && first + PGDIR_SIZE <= ceiling) {
			struct page *table = virt_to_page(pmd_offset(pgd, first));

			pgd_clear(pgd);
			tlb_remove_table(tlb, table);
		}
	}
}

/*
 * Free the tables under a detached, emptied list of areas between @floor and @ceiling (0: nothing above).
 * => mmap_sem held for write; from here on neither truncation nor rmap finds these areas
 */
void free_pgtables(struct mmu_gather *tlb, struct vm_area_struct *vma, unsigned long floor, unsigned long ceiling)
{
	while (vma) {
		unsigned long addr = vma->vm_start, end;
		struct vm_area_struct *next = vma;

		do {	/* areas that may share a table go together */
			anon_vma_unlink(next);
			unlink_file_vma(next);
			end = next->vm_end;
			next = next->vm_next;
		} while (next && next->vm_start <= end + PMD_SIZE);
		free_pgd_range(tlb, addr, end, floor, next ? next->vm_start : ceiling ? ceiling : ~0UL);
		vma = next;
	}
}

/* ---- fork ---------------------------------------------------------------------------------------- */

/* One present entry into the child's table; rss[1] counts anonymous pages, rss[0] the others. */
static inline void copy_one_pte(struct mm_struct *dst_mm, struct mm_struct *src_mm, pte_t *dst, pte_t *src,
				struct vm_area_struct *vma, unsigned long addr, long *rss)
{
	pte_t pte = *src;
	struct page *page;

	if (is_cow_mapping(vma->vm_flags) && pte_write(pte)) {
		ptep_set_wrprotect(src_mm, addr, src);
		pte = pte_wrprotect(pte);
	}
	if (vma->vm_flags & VM_SHARED)
		pte = pte_mkclean(pte);		/* the parent's entry remembers what it wrote */
	pte = pte_mkold(pte);
	page = vm_normal_page(vma, addr, pte);
	if (page) {
		get_page(page);
		page_dup_rmap(page);
		rss[PageAnon(page)]++;
	}
	set_pte_at(dst_mm, addr, dst, pte);
}

static int copy_pte_range(struct mm_struct *dst_mm, struct mm_struct *src_mm, pmd_t *dst_pmd, pmd_t *src_pmd,
			  struct vm_area_struct *vma, unsigned long addr, unsigned long end)
{
	spinlock_t *src_ptl, *dst_ptl;
	pte_t *src, *dst, *src_map, *dst_map;
	long rss[2] = { 0, 0 };

	dst_map = dst = pte_alloc_map_lock(dst_mm, dst_pmd, addr, &dst_ptl);
	if (!dst)
		return -ENOMEM;
	src_map = src = pte_offset_map_nested(src_pmd, addr);
	src_ptl = pte_lockptr(src_mm, src_pmd);
	spin_lock_nested(src_ptl);	/* the child's first: nobody else can hold that one */
	for (; addr != end; addr += PAGE_SIZE, src++, dst++)
		if (!pte_none(*src))
			copy_one_pte(dst_mm, src_mm, dst, src, vma, addr, rss);
	spin_unlock(src_ptl);
	pte_unmap_nested(src_map);
	add_mm_counter(dst_mm, file_rss, rss[0]);
	add_mm_counter(dst_mm, anon_rss, rss[1]);
	pte_unmap_unlock(dst_map, dst_ptl);
	cond_resched();
	return 0;
}

static int copy_pmd_range(struct mm_struct *dst_mm, struct mm_struct *src_mm, pgd_t *dst_pgd, pgd_t *src_pgd,
			  struct vm_area_struct *vma, unsigned long addr, unsigned long end)
{
	unsigned long next;

	for (; addr != end; addr = next) {
		pmd_t *src = pmd_offset(src_pgd, addr), *dst;

		next = pmd_addr_end(addr, end);
		if (pmd_none(*src))
			continue;
		dst = pmd_alloc(dst_mm, dst_pgd, addr);
		if (!dst || copy_pte_range(dst_mm, src_mm, dst, src, vma, addr, next))
			return -ENOMEM;
	}
	return 0;
}

/*
 * Give the child @dst_mm the entries of @src_mm's area @vma, shared until one of them writes. Entries that a fault can
 * make again from a file are not copied at all.
 * => both mmap_sems held for write; may sleep; the caller flushes @src_mm. 0 or -ENOMEM
 */
int copy_page_range(struct mm_struct *dst_mm, struct mm_struct *src_mm, struct vm_area_struct *vma)
{
	unsigned long addr = vma->vm_start, end = vma->vm_end, next;

	if (!(vma->vm_flags & (VM_PFNMAP | VM_INSERTPAGE)) && !vma->anon_vma)
		return 0;
	for (; addr != end; addr = next) {
		pgd_t *src = pgd_offset(src_mm, addr);

		next = pgd_addr_end(addr, end);
		if (!pgd_none(*src) && copy_pmd_range(dst_mm, src_mm, pgd_offset(dst_mm, addr), src, vma, addr, next))
			return -ENOMEM;
	}
	return 0;
}

/* ---- zapping --------------------------------------------------------------------------------------- */

/* Clear a present entry and hand its page to the gather; false: @details spare it. */
static inline bool zap_one_pte(struct mmu_gather *tlb, struct vm_area_struct *vma, pte_t *ptep, unsigned long addr,
			       struct zap_details *details, long *rss)
{
	struct page *page = vm_normal_page(vma, addr, *ptep);
	bool dirty = false;
	pte_t pte;

	if (unlikely(details) && page && details->check_mapping && PageAnon(page))	/* also one that just left the cache */
		return false;
	pte = ptep_get_and_clear(tlb->mm, addr, ptep);
	tlb_note_address(tlb, addr);
	if (!page)
		return true;
	if (PageAnon(page)) {
		rss[1]--;
	} else {
		dirty = pte_dirty(pte);
		if (pte_young(pte))
			mark_page_accessed(page);
		rss[0]--;
	}
	page_remove_rmap(page, vma);
	tlb_remove_page(tlb, page, dirty);
	return true;
}

static unsigned long zap_pte_range(struct mmu_gather *tlb, struct vm_area_struct *vma, pmd_t *pmd, unsigned long addr,
				   unsigned long end, long *budget, struct zap_details *details)
{
	long rss[2] = { 0, 0 };
	spinlock_t *ptl;
	pte_t *map, *pte;

	map = pte = pte_offset_map_lock(tlb->mm, pmd, addr, &ptl);
	for (; addr != end && *budget > 0; addr += PAGE_SIZE, pte++) {
		if (pte_none(*pte) || !zap_one_pte(tlb, vma, pte, addr, details, rss))
			*budget -= 1;
		else
			*budget -= 8;
	}
	add_mm_counter(tlb->mm, file_rss, rss[0]);
	add_mm_counter(tlb->mm, anon_rss, rss[1]);
	pte_unmap_unlock(map, ptl);
	return addr;
}

static unsigned long zap_pmd_range(struct mmu_gather *tlb, struct vm_area_struct *vma, pgd_t *pgd, unsigned long addr,
				   unsigned long end, long *budget, struct zap_details *details)
{
	while (addr != end && *budget > 0) {
		unsigned long next = pmd_addr_end(addr, end);
		pmd_t *pmd = pmd_offset(pgd, addr);

		if (!pmd_none(*pmd))
			next = zap_pte_range(tlb, vma, pmd, addr, next, budget, details);
		else
			*budget -= 1;
		addr = next;
	}
	return addr;
}

/* Empty [@addr, @end) as far as @budget goes; where it stopped. */
static unsigned long unmap_page_range(struct mmu_gather *tlb, struct vm_area_struct *vma, unsigned long addr, unsigned long end,
				      long *budget, struct zap_details *details)
{
	while (addr != end && *budget > 0) {
		unsigned long next = pgd_addr_end(addr, end);
		pgd_t *pgd = pgd_offset(tlb->mm, addr);

		if (!pgd_none(*pgd))
			next = zap_pmd_range(tlb, vma, pgd, addr, next, budget, details);
		else
			*budget -= 1;
		addr = next;
	}
	return addr;
}

/* Empty [@from, @to) of @vma. *@tlbp may be another gather afterwards. => may sleep unless @details are given */
static void unmap_area(struct mmu_gather **tlbp, struct vm_area_struct *vma, unsigned long from, unsigned long to,
		       struct zap_details *details)
{
	struct mm_struct *mm = vma->vm_mm;

	while (from != to) {
		long budget = ZAP_BUDGET;

		from = unmap_page_range(*tlbp, vma, from, to, &budget, details);
		if (!details && budget <= 0 && need_resched()) {
			bool fullmm = (*tlbp)->fullmm;

			tlb_finish_mmu(*tlbp);
			cond_resched();
			*tlbp = tlb_gather_mmu(mm, fullmm);
		}
	}
}

/*
 * Empty the page tables of all areas of the list @vma, as far as they lie in [@start, @end). Adds to *@accounted what the
 * areas were charged for.
 * => mmap_sem held for write, or nobody else knows the list; may sleep
 */
void unmap_vmas(struct mmu_gather **tlbp, struct vm_area_struct *vma, unsigned long start, unsigned long end,
		unsigned long *accounted)
{
	for (; vma && vma->vm_start < end; vma = vma->vm_next) {
		unsigned long from = max(vma->vm_start, start), to = min(vma->vm_end, end);

		if (from >= to)
			continue;
		if (vma->vm_flags & VM_ACCOUNT)
			*accounted += (to - from) >> PAGE_SHIFT;
		unmap_area(tlbp, vma, from, to, NULL);
	}
}

/*
 * Empty [@address, +@size), which lies in @vma.
 * => mmap_sem held, may sleep; or i_mmap_lock (then @details are given): that keeps @vma, but not the areas next to it
 */
unsigned long zap_page_range(struct vm_area_struct *vma, unsigned long address, unsigned long size, struct zap_details *details)
{
	struct mm_struct *mm = vma->vm_mm;
	struct mmu_gather *tlb;

	lru_add_drain();
	tlb = tlb_gather_mmu(mm, false);
	update_hiwater_rss(mm);
	unmap_area(&tlb, vma, address, min(address + size, vma->vm_end), details);
	tlb_finish_mmu(tlb);
	return address + size;
}

/* Unmap the first piece of pages [@first, @last] everywhere. Where the next one begins; 0: that was all. => i_mmap_lock held */
static pgoff_t unmap_piece(struct address_space *mapping, pgoff_t first, pgoff_t last, struct zap_details *details)
{
	pgoff_t end = last - first < UNMAP_PIECE ? last : first + UNMAP_PIECE - 1, next = 0;
	struct prio_tree_iter iter;
	struct vm_area_struct *vma;

	vma_prio_tree_foreach(vma, &iter, &mapping->i_mmap, first, last) {
		pgoff_t from = max(first, vma->vm_pgoff), to = min(last, vma->vm_pgoff + vma_pages(vma) - 1);

		if (to > end) {
			next = next ? min(next, max(from, end + 1)) : max(from, end + 1);
			to = end;
		}
		if (from <= to)
			zap_page_range(vma, vma->vm_start + ((from - vma->vm_pgoff) << PAGE_SHIFT), (to - from + 1) << PAGE_SHIFT,
				       details);
	}
	return next;
}

/*
 * Unmap [@holebegin, +@holelen) of a file (0: to its end) from every address space; with @even_cows private copies go,
 * too (truncation; without: only the cache is dropped). A fault that found its page before this sees truncate_count
 * changed once it has the table's lock, and looks again.
 * => may be called with the page lock held; may sleep
 */
void unmap_mapping_range(struct address_space *mapping, loff_t holebegin, loff_t holelen, int even_cows)
{
	struct zap_details details = { .check_mapping = even_cows ? NULL : mapping };
	pgoff_t first = (pgoff_t)(holebegin >> PAGE_SHIFT), last = ~0UL;
	u64 behind = (u64)holebegin + (u64)holelen + PAGE_SIZE - 1;

	if (holelen && (behind >> PAGE_SHIFT) <= ~0UL)
		last = (pgoff_t)(behind >> PAGE_SHIFT) - 1;
	do {			/* each piece as if it were all: what is behind it does not come back */
		spin_lock(&mapping->i_mmap_lock);
		mapping->truncate_count++;
		smp_mb();
		first = unmap_piece(mapping, first, last, &details);
		spin_unlock(&mapping->i_mmap_lock);
		cond_resched();
	} while (first);
}

/*
 * Give @inode the size @offset: pages behind are unmapped, dropped and, by ->truncate, freed on disk.
 * => i_mutex held; may sleep. 0, or -EFBIG (with SIGXFSZ where a limit says so)
 */
int vmtruncate(struct inode *inode, loff_t offset)
{
	struct address_space *mapping = inode->i_mapping;

	if (i_size_read(inode) < offset) {
		if ((u64)offset > fsize_limit()) {
			send_sig(SIGXFSZ, current, 0);
			return -EFBIG;
		}
		if (offset > inode->i_sb->s_maxbytes)
			return -EFBIG;
		i_size_write(inode, offset);
	} else {
		i_size_write(inode, offset);
		unmap_mapping_range(mapping, offset + (loff_t)PAGE_SIZE - 1, 0, 1);
		truncate_inode_pages(mapping, offset);
		/* a private copy may have been made of a page between the two */
		unmap_mapping_range(mapping, offset + (loff_t)PAGE_SIZE - 1, 0, 1);
	}
	if (inode->i_op->truncate)
		inode->i_op->truncate(inode);
	return 0;
}

/* ---- faults -------------------------------------------------------------------------------------------- */

/* @page is about to be mapped at @address: as a new anonymous page, or as one that others know. => table's lock held */
static inline void count_new_mapping(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long address, struct page *page, bool anon)
{
	if (anon) {
		inc_mm_counter(mm, anon_rss);
		lru_cache_add_active(page);
		page_add_new_anon_rmap(page, vma, address);
	} else {
		inc_mm_counter(mm, file_rss);
		page_add_file_rmap(page);
	}
}

/*
 * First touch of anonymous memory. A read maps the zero page; a write gets a page of its own.
 * => nothing mapped or locked in; the entry is looked at again under its lock
 */
static int do_anonymous_page(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long address, pmd_t *pmd, int write)
{
	struct page *page = ZERO_PAGE(address);
	spinlock_t *ptl;
	pte_t *ptep, entry;

	if (write) {
		if (unlikely(anon_vma_prepare(vma)))
			return VM_FAULT_OOM;
		page = alloc_page_vma(GFP_HIGHUSER | __GFP_ZERO, vma, address);
		if (!page)
			return VM_FAULT_OOM;
		entry = maybe_mkwrite(pte_mkyoung(pte_mkdirty(mk_pte(page, vma->vm_page_prot))), vma);
	} else {
		get_page(page);
		entry = pte_wrprotect(mk_pte(page, vma->vm_page_prot));
	}
	ptep = pte_offset_map_lock(mm, pmd, address, &ptl);
	if (unlikely(!pte_none(*ptep))) {
		pte_unmap_unlock(ptep, ptl);
		put_page(page);
		return VM_FAULT_MINOR;
	}
	count_new_mapping(mm, vma, address, page, write);
	set_pte_at(mm, address, ptep, entry);
	pte_unmap_unlock(ptep, ptl);
	return VM_FAULT_MINOR;
}

/* A private area is written where a file's page would appear: make the copy at once. *@pagep is exchanged. */
static int early_cow(struct vm_area_struct *vma, unsigned long address, struct page **pagep)
{
	struct page *page;

	if (unlikely(anon_vma_prepare(vma)))
		return -ENOMEM;
	page = alloc_page_vma(GFP_HIGHUSER, vma, address);
	if (!page)
		return -ENOMEM;
	copy_user_highpage(page, *pagep, address);
	SetPageUptodate(page);
	put_page(*pagep);
	*pagep = page;
	return 0;
}

/*
 * Dirty a page that is now mapped writable, and hold back who dirties too much. Not while it is locked: clear_page_dirty_for_io()
 * may have looked at the entries before ours was there, and be about to take the page for clean.
 * => no page lock held; may sleep
 */
static void set_page_dirty_balance(struct page *page)
{
	smp_mb();		/* our entry is there before we look at the lock: rmap takes the lock before it looks for entries */
	wait_on_page_locked(page);
	if (set_page_dirty(page)) {
		struct address_space *mapping = page_mapping(page);

		if (mapping)
			balance_dirty_pages_ratelimited(mapping);
	}
}

/* Tell the file that a shared page becomes writable; then it may have been truncated meanwhile. 0 or -errno */
static int tell_mkwrite(struct vm_area_struct *vma, struct page *page)
{
	int error = vma->vm_ops->page_mkwrite(vma, page);

	return error ? error : page->mapping ? 0 : -EFAULT;
}

/* What do_no_page found, on its way into the table. */
struct new_page {
	struct page *page;
	bool write, anon;		/* anon: a private copy */
	unsigned int sequence;		/* the file's truncate_count before it was found */
};

/*
 * Hang it into the table. 0; -EEXIST: another thread was faster; -EAGAIN: the file was truncated meanwhile. (Truncation
 * counts before it walks the tables, so it sees an entry that was made before, or we see its count.)
 */
static int map_new_page(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long address, pmd_t *pmd, struct new_page *n)
{
	spinlock_t *ptl;
	pte_t *ptep = pte_offset_map_lock(mm, pmd, address, &ptl), entry;
	int error = 0;

	if (!pte_none(*ptep)) {
		error = -EEXIST;
	} else if (vma->vm_file && n->sequence != READ_ONCE(vma->vm_file->f_mapping->truncate_count)) {
		error = -EAGAIN;
	} else {
		entry = pte_mkyoung(mk_pte(n->page, vma->vm_page_prot));
		if (n->write)
			entry = maybe_mkwrite(pte_mkdirty(entry), vma);
		count_new_mapping(mm, vma, address, n->page, n->anon);
		set_pte_at(mm, address, ptep, entry);
	}
	pte_unmap_unlock(ptep, ptl);
	return error;
}

/* First touch of a page that ->nopage provides. => may sleep; nothing locked in or out */
static int do_no_page(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long address, pmd_t *pmd, int write)
{
	bool shared_write = write && (vma->vm_flags & VM_SHARED);
	struct new_page n = { .write = write, .anon = write && !shared_write };
	int ret = VM_FAULT_MINOR, error;

	do {
		if (vma->vm_file) {
			n.sequence = READ_ONCE(vma->vm_file->f_mapping->truncate_count);
			smp_rmb();
		}
		n.page = vma->vm_ops->nopage(vma, address & PAGE_MASK, &ret);
		if (n.page == NOPAGE_SIGBUS)
			return VM_FAULT_SIGBUS;
		if (n.page == NOPAGE_OOM)
			return VM_FAULT_OOM;
		if (n.page == NOPAGE_REFAULT)
			return VM_FAULT_MINOR;
		if (n.anon && early_cow(vma, address, &n.page)) {
			put_page(n.page);
			return VM_FAULT_OOM;
		}
		if (shared_write && vma->vm_ops->page_mkwrite && tell_mkwrite(vma, n.page)) {
			put_page(n.page);
			return VM_FAULT_SIGBUS;
		}
		if (shared_write)
			get_page(n.page);	/* to dirty it when the table's lock is dropped */
		error = map_new_page(mm, vma, address, pmd, &n);
		if (!error && shared_write)
			set_page_dirty_balance(n.page);
		if (error)
			put_page(n.page);
		if (shared_write)
			put_page(n.page);
	} while (error == -EAGAIN);
	return ret;
}

/*
 * May a write go to @page, which @vma maps read-only, as it stands? Nobody else uses it, or it is a file's page shared
 * with everybody. In the latter case *@shared holds a reference, and the table's lock was dropped when the file
 * had to be told: then *@ptepp was looked up again.
 * 1: yes; 0: copy; -EAGAIN: the entry changed meanwhile; -EFAULT: the file refuses
 */
static int can_reuse(struct vm_area_struct *vma, unsigned long address, pmd_t *pmd, pte_t **ptepp, pte_t orig,
		     struct page *page, struct page **shared)
{
	spinlock_t *ptl = pte_lockptr(vma->vm_mm, pmd);
	int error;

	if (PageAnon(page)) {
		bool sole;

		if (!trylock_page(page))	/* its users may be changing */
			return 0;
		sole = page_mapcount(page) == 1;
		unlock_page(page);
		return sole;
	}
	if ((vma->vm_flags & (VM_WRITE | VM_SHARED)) != (VM_WRITE | VM_SHARED))
		return 0;
	get_page(page);
	if (vma->vm_ops && vma->vm_ops->page_mkwrite) {
		pte_unmap_unlock(*ptepp, ptl);
		error = tell_mkwrite(vma, page);
		*ptepp = pte_offset_map_lock(vma->vm_mm, pmd, address, &ptl);
		if (!error && !pte_same(**ptepp, orig))
			error = -EAGAIN;
		if (error) {
			put_page(page);
			return error == -EAGAIN ? -EAGAIN : -EFAULT;
		}
	}
	*shared = page;
	return 1;
}

/* A frame without a struct page is read through the user's own mapping, which may go away: then the copy is zero. */
static void copy_frame(struct page *new, struct page *old, unsigned long address)
{
	if (likely(old)) {
		copy_user_highpage(new, old, address);
	} else {
		void *kaddr = kmap_atomic(new, KM_USER0);

		if (__copy_from_user_inatomic(kaddr, (void __user *)(address & PAGE_MASK), PAGE_SIZE))
			clear_page(kaddr);
		kunmap_atomic(kaddr, KM_USER0);
	}
}

/*
 * Put a new copy of @old (NULL: of a frame that is not counted) in its place.
 * => table's lock held in, dropped out; the entry is cleared and flushed before the copy appears, so that no CPU reads
 *    the old page while another writes the new one
 */
static int cow_copy(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long address, pmd_t *pmd, pte_t *ptep,
		    spinlock_t *ptl, pte_t orig, struct page *old)
{
	bool zero = old == ZERO_PAGE(address);
	struct page *new = NULL;
	int ret = VM_FAULT_MINOR;
	pte_t entry;

	if (old)
		get_page(old);
	pte_unmap_unlock(ptep, ptl);
	if (!anon_vma_prepare(vma))
		new = alloc_page_vma(zero ? GFP_HIGHUSER | __GFP_ZERO : GFP_HIGHUSER, vma, address);
	if (!new) {
		if (old)
			put_page(old);
		return VM_FAULT_OOM;
	}
	if (!zero)
		copy_frame(new, old, address);

	ptep = pte_offset_map_lock(mm, pmd, address, &ptl);
	if (likely(pte_same(*ptep, orig))) {
		entry = maybe_mkwrite(pte_mkyoung(pte_mkdirty(mk_pte(new, vma->vm_page_prot))), vma);
		pte_clear(mm, address, ptep);
		flush_tlb_page(mm, address);
		if (old) {
			page_remove_rmap(old, vma);
			add_mm_counter(mm, file_rss, PageAnon(old) ? 0 : -1);
			add_mm_counter(mm, anon_rss, PageAnon(old) ? -1 : 0);
		}
		count_new_mapping(mm, vma, address, new, true);
		set_pte_at(mm, address, ptep, entry);
		new = old;		/* drop the entry's reference instead */
		ret |= VM_FAULT_WRITE;
	}
	pte_unmap_unlock(ptep, ptl);
	if (new)
		put_page(new);
	if (old)
		put_page(old);
	return ret;
}

/*
 * A write to a present entry that does not allow it.
 * => table's lock held in, dropped out. VM_FAULT_WRITE: now the caller may write, even if the area says no (ptrace)
 */
static int do_wp_page(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long address, pte_t *ptep, pmd_t *pmd,
		      spinlock_t *ptl, pte_t orig)
{
	struct page *page = vm_normal_page(vma, address, orig), *shared = NULL;
	int reuse = page ? can_reuse(vma, address, pmd, &ptep, orig, page, &shared) : 0;

	if (!reuse)
		return cow_copy(mm, vma, address, pmd, ptep, ptl, orig, page);
	if (reuse > 0)
		ptep_set_access_flags(vma, address, ptep, maybe_mkwrite(pte_mkyoung(pte_mkdirty(orig)), vma), 1);
	pte_unmap_unlock(ptep, ptl);
	if (shared) {
		set_page_dirty_balance(shared);
		put_page(shared);
	}
	return reuse == -EFAULT ? VM_FAULT_SIGBUS : reuse > 0 ? VM_FAULT_MINOR | VM_FAULT_WRITE : VM_FAULT_MINOR;
}

static int handle_pte_fault(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long address, pmd_t *pmd, int write)
{
	spinlock_t *ptl;
	pte_t *ptep = pte_offset_map(pmd, address), entry = *ptep;

	if (!pte_present(entry)) {
		pte_unmap(ptep);
		if (vma->vm_ops && vma->vm_ops->nopage)
			return do_no_page(mm, vma, address, pmd, write);
		return do_anonymous_page(mm, vma, address, pmd, write);
	}
	ptl = pte_lockptr(mm, pmd);
	spin_lock(ptl);
	if (unlikely(!pte_same(*ptep, entry))) {	/* somebody else dealt with it */
		pte_unmap_unlock(ptep, ptl);
		return VM_FAULT_MINOR;
	}
	if (write && !pte_write(entry))
		return do_wp_page(mm, vma, address, ptep, pmd, ptl, entry);
	if (write)
		entry = pte_mkdirty(entry);
	if (!ptep_set_access_flags(vma, address, ptep, pte_mkyoung(entry), write))
		local_flush_tlb_page(address);		/* this CPU held on to an older, stricter entry */
	pte_unmap_unlock(ptep, ptl);
	return VM_FAULT_MINOR;
}

/*
 * Make @address accessible, for writing if @write; @vma allows it. VM_FAULT_*.
 * => mmap_sem held for read; may sleep. A fault may have to be repeated: the CPU does that by itself.
 */
int handle_mm_fault(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long address, int write)
{
	pgd_t *pgd = pgd_offset(mm, address);
	pmd_t *pmd;

	__set_current_state(TASK_RUNNING);
	count_vm_event(PGFAULT);
	pmd = pmd_alloc(mm, pgd, address);
	if (!pmd || (unlikely(!pmd_present(*pmd)) && __pte_alloc(mm, pmd, address)))
		return VM_FAULT_OOM;
	return handle_pte_fault(mm, vma, address, pmd, write);
}

/* ---- looking into another's memory -------------------------------------------------------------------- */

/* What follow_page wants of an entry. */
enum follow {
	FOLLOW_READ,
	FOLLOW_WRITE,
	FOLLOW_FORCED,		/* written, though the area says no: then only a private copy will do */
};

/*
 * The page mapped at @address, referenced; to be written only if it may be now. NULL: a fault is needed. (A forced write's
 * fault left its copy read-only, and if that was thrown away meanwhile, the file's own page may stand there again.)
 * => mmap_sem held for read
 */
static struct page *follow_page(struct vm_area_struct *vma, unsigned long address, enum follow how)
{
	struct mm_struct *mm = vma->vm_mm;
	pgd_t *pgd = pgd_offset(mm, address);
	struct page *page = NULL;
	spinlock_t *ptl;
	pmd_t *pmd;
	pte_t *ptep;

	if (pgd_none(*pgd))
		return NULL;
	pmd = pmd_offset(pgd, address);
	if (pmd_none(*pmd))
		return NULL;
	ptep = pte_offset_map_lock(mm, pmd, address, &ptl);
	if (pte_present(*ptep))
		page = vm_normal_page(vma, address, *ptep);
	if (page && how != FOLLOW_READ && !pte_write(*ptep) && !(how == FOLLOW_FORCED && PageAnon(page)))
		page = NULL;
	if (page) {
		get_page(page);
		if (how != FOLLOW_READ && !pte_dirty(*ptep) && !PageDirty(page))
			set_page_dirty(page);
		mark_page_accessed(page);
	}
	pte_unmap_unlock(ptep, ptl);
	return page;
}

/* The area that holds @addr; a stack is extended to it. NULL: none. => mmap_sem held for read */
struct vm_area_struct *find_extend_vma(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma = find_vma(mm, addr);

	if (!vma || vma->vm_start <= addr)
		return vma;
	return (vma->vm_flags & VM_GROWSDOWN) && !expand_stack(vma, addr) ? vma : NULL;
}

/* Fault in what follow_page did not find. 0 or -errno; *@how changes when the entry was copied and stays read-only on purpose. */
static int fault_in_page(struct task_struct *tsk, struct vm_area_struct *vma, unsigned long addr, enum follow *how)
{
	int ret = handle_mm_fault(vma->vm_mm, vma, addr, *how != FOLLOW_READ);

	if ((ret & VM_FAULT_WRITE) && !(vma->vm_flags & VM_WRITE))
		*how = FOLLOW_FORCED;
	switch (ret & ~VM_FAULT_WRITE) {
	case VM_FAULT_MINOR:
		tsk->min_flt++;
		return 0;
	case VM_FAULT_MAJOR:
		tsk->maj_flt++;
		return 0;
	case VM_FAULT_SIGBUS:
		return -EFAULT;
	}
	return -ENOMEM;
}

static int get_one_page(struct task_struct *tsk, struct vm_area_struct *vma, unsigned long addr, int write, struct page **pagep)
{
	enum follow how = write ? FOLLOW_WRITE : FOLLOW_READ;

	cond_resched();
	while (!(*pagep = follow_page(vma, addr, how))) {
		int error;

		if (fatal_signal_pending(current))
			return -ERESTARTSYS;
		if (test_thread_flag(TIF_MEMDIE))
			return -ENOMEM;
		error = fault_in_page(tsk, vma, addr, &how);
		if (error)
			return error;
	}
	return 0;
}

/*
 * Fault in @len pages from @start of @mm, and hand them out referenced in @pages and their areas in @vmas (each may be NULL).
 * @force: rights that the area might get will do (ptrace writes to text).
 * => mmap_sem held for read; may sleep. How many were done, or -errno if none: -EFAULT, -ENOMEM, -ERESTARTSYS
 */
int get_user_pages(struct task_struct *tsk, struct mm_struct *mm, unsigned long start, int len, int write, int force,
		   struct page **pages, struct vm_area_struct **vmas)
{
	unsigned long need = write ? (force ? VM_MAYWRITE : VM_WRITE) : (force ? VM_MAYREAD : VM_READ | VM_WRITE | VM_EXEC);
	struct vm_area_struct *vma = NULL;
	int done;

	start &= PAGE_MASK;
	for (done = 0; done < len; done++, start += PAGE_SIZE) {
		struct page *page;
		int error;

		if (!vma || start >= vma->vm_end || start < vma->vm_start)
			vma = find_extend_vma(mm, start);
		if (!vma || (vma->vm_flags & (VM_IO | VM_PFNMAP)) || !(vma->vm_flags & need))
			return done ? done : -EFAULT;
		if (write && !(vma->vm_flags & VM_WRITE) && !is_cow_mapping(vma->vm_flags))
			return done ? done : -EFAULT;	/* what is shared is not changed behind its owner's back */
		error = get_one_page(tsk, vma, start, write, &page);
		if (error)
			return done ? done : error;
		if (pages)
			pages[done] = page;
		else
			put_page(page);
		if (vmas)
			vmas[done] = vma;
	}
	return done;
}

/* Fault in [@addr, @end) of this task: 0; or -errno, or -1 when only a part could be had. => mmap_sem held for read */
int make_pages_present(unsigned long addr, unsigned long end)
{
	struct vm_area_struct *vma = find_vma(current->mm, addr);
	int len = (int)((end - addr + PAGE_SIZE - 1) >> PAGE_SHIFT), got;

	if (!vma)
		return -ENOMEM;
	/* a private page is copied now; a shared one would only be dirtied for nothing */
	got = get_user_pages(current, current->mm, addr, len, (vma->vm_flags & (VM_WRITE | VM_SHARED)) == VM_WRITE, 0, NULL, NULL);
	return got < 0 ? got : got == len ? 0 : -1;
}

/*
 * Fault in what is mapped of [@addr, +@len), as far as memory goes; areas locked on fault are left alone.
 * => mmap_sem not held; may sleep
 */
void mm_populate(unsigned long addr, unsigned long len)
{
	struct mm_struct *mm = current->mm;
	unsigned long end = addr + len;
	struct vm_area_struct *vma;

	down_read(&mm->mmap_sem);
	for (vma = find_vma(mm, addr); vma && vma->vm_start < end; vma = vma->vm_next)
		if (!(vma->vm_flags & (VM_IO | VM_PFNMAP | VM_LOCKONFAULT)))
			make_pages_present(max(addr, vma->vm_start), min(end, vma->vm_end));
	up_read(&mm->mmap_sem);
}

static void copy_through(struct page *page, unsigned long offset, void *buf, int bytes, int write)
{
	char *kaddr = kmap(page);

	if (write) {
		memcpy(kaddr + offset, buf, (size_t)bytes);
		flush_icache_range((unsigned long)kaddr + offset, (unsigned long)kaddr + offset + (unsigned long)bytes);
		set_page_dirty_lock(page);
	} else {
		memcpy(buf, kaddr + offset, (size_t)bytes);
	}
	kunmap(page);
}

/* Read or write @len bytes of @mm, which is or was @tsk's: /proc/pid/mem. The bytes done. => a user of it; may sleep */
int access_remote_vm(struct task_struct *tsk, struct mm_struct *mm, unsigned long addr, void *buf, int len, int write)
{
	int done = 0;

	down_read(&mm->mmap_sem);
	while (done < len) {
		unsigned long offset = addr & ~PAGE_MASK;
		int bytes = min_t(int, len - done, (int)(PAGE_SIZE - offset));
		struct page *page;

		if (get_user_pages(tsk, mm, addr, 1, write, 1, &page, NULL) <= 0)
			break;
		copy_through(page, offset, (char *)buf + done, bytes, write);
		put_page(page);
		done += bytes;
		addr += (unsigned long)bytes;
	}
	up_read(&mm->mmap_sem);
	return done;
}

/* exec: @n bytes to @pos of @mm, which is not loaded; its stack grows as needed. 0, -ENOMEM, -EFAULT */
int copy_to_mm(struct mm_struct *mm, unsigned long pos, const void *src, size_t n)
{
	while (n) {
		unsigned long offset = pos & ~PAGE_MASK;
		size_t part = min_t(size_t, n, PAGE_SIZE - offset);
		struct page *page;
		char *kaddr;
		int got;

		down_read(&mm->mmap_sem);
		got = get_user_pages(current, mm, pos, 1, 1, 1, &page, NULL);
		up_read(&mm->mmap_sem);
		if (got <= 0)
			return got ? got : -EFAULT;
		kaddr = kmap_atomic(page, KM_USER0);
		memcpy(kaddr + offset, src, part);
		kunmap_atomic(kaddr, KM_USER0);
		put_page(page);
		pos += part;
		src = (const char *)src + part;
		n -= part;
	}
	return 0;
}

/* ---- frames of devices ----------------------------------------------------------------------------------- */

static int map_pfns(struct mm_struct *mm, pmd_t *pmd, unsigned long addr, unsigned long end, unsigned long pfn, pgprot_t prot)
{
	spinlock_t *ptl;
	pte_t *map, *pte;

	map = pte = pte_alloc_map_lock(mm, pmd, addr, &ptl);
	if (!pte)
		return -ENOMEM;
	for (; addr != end; addr += PAGE_SIZE, pte++, pfn++) {
		ASSERT(pte_none(*pte));
		set_pte_at(mm, addr, pte, pfn_pte(pfn, prot));
	}
	pte_unmap_unlock(map, ptl);
	return 0;
}

/*
 * A driver's mmap: show frames from @pfn on at [@addr, +@size) of @vma, without counting them. 0, -EINVAL, -ENOMEM.
 * A private area must be covered whole, since its offset then tells our frames from private copies.
 * => mmap_sem held for write; nothing is mapped there yet
 */
int remap_pfn_range(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn, unsigned long size, pgprot_t prot)
{
	unsigned long end = addr + PAGE_ALIGN(size), next;

	if (is_cow_mapping(vma->vm_flags) && (addr != vma->vm_start || end != vma->vm_end))
		return -EINVAL;
	if (is_cow_mapping(vma->vm_flags))
		vma->vm_pgoff = pfn;
	vma->vm_flags |= VM_IO | VM_RESERVED | VM_PFNMAP;
	for (; addr != end; pfn += (next - addr) >> PAGE_SHIFT, addr = next) {
		pmd_t *pmd = pmd_alloc(vma->vm_mm, pgd_offset(vma->vm_mm, addr), addr);

		next = pmd_addr_end(addr, end);
		if (!pmd || map_pfns(vma->vm_mm, pmd, addr, next, pfn, prot))
			return -ENOMEM;
	}
	return 0;
}

/* ---- pages of drivers ------------------------------------------------------------------------------------- */

/*
 * A driver's mmap: @page, the driver's own, at @addr of @vma, counted as a page of a file. 0; -EFAULT: outside of @vma;
 * -EINVAL: a free or anonymous page; -EBUSY: something is mapped there; -ENOMEM.
 * => mmap_sem held for write; the entry has a reference of its own
 */
int vm_insert_page(struct vm_area_struct *vma, unsigned long addr, struct page *page)
{
	struct mm_struct *mm = vma->vm_mm;
	spinlock_t *ptl;
	pmd_t *pmd;
	pte_t *pte;
	int err = -EBUSY;

	if (addr < vma->vm_start || addr >= vma->vm_end)
		return -EFAULT;
	if (!page_count(page) || PageAnon(page))
		return -EINVAL;
	vma->vm_flags |= VM_INSERTPAGE;
	pmd = pmd_alloc(mm, pgd_offset(mm, addr), addr);
	pte = pmd ? pte_alloc_map_lock(mm, pmd, addr, &ptl) : NULL;
	if (!pte)
		return -ENOMEM;
	if (pte_none(*pte)) {
		get_page(page);
		inc_mm_counter(mm, file_rss);
		page_add_file_rmap(page);
		set_pte_at(mm, addr, pte, mk_pte(page, vma->vm_page_prot));
		err = 0;
	}
	pte_unmap_unlock(pte, ptl);
	return err;
}
