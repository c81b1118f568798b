/*
 * rmap.c: from a page to the entries that map it.
 *
 * Owns:   page->_mapcount, the lists of anon_vmas, and the counters AnonPages and Mapped.
 * Locks:  anon_vma->lock for its list; i_mmap_lock for a file's tree; the entry's table lock for _mapcount and the
 *         counters. An anon_vma's memory is freed by RCU, so that its lock may be tried without a reference: whoever
 *         holds an anon_vma that was freed and used again finds areas that do not map his page.
 * Read next: vmscan.c (who unmaps), page-writeback.c (page_mkclean).
 *
 * All areas that came of one by fork, split or mremap share one anon_vma. page->index tells the address:
 * vm_start + (index - vm_pgoff) pages, in each of them.
 */
#include "mm/rmap.h"
#include "mm/internal.h"
#include "mm/slab.h"
#include "mm/swap.h"
#include "mm/pagemap.h"
#include "kernel/arch.h"
#include "kernel/rcu.h"

static struct kmem_cache *anon_vma_cachep;

static void anon_vma_ctor(void *obj, struct kmem_cache *cachep, unsigned long flags)
{
	struct anon_vma *anon_vma = obj;

	spin_lock_init(&anon_vma->lock, RANK_ANON_VMA);
	INIT_LIST_HEAD(&anon_vma->head);
}

/* => slab up */
void __init anon_vma_init(void)
{
	anon_vma_cachep = kmem_cache_create("anon_vma", sizeof(struct anon_vma), 0, SLAB_DESTROY_BY_RCU | SLAB_PANIC,
					    anon_vma_ctor, NULL);
}

/* ---- areas and their anon_vma ---------------------------------------------------------------- */

/* Might @low and its neighbour @high become one area, whatever their rights are now? */
static bool could_merge(const struct vm_area_struct *low, const struct vm_area_struct *high)
{
	return low->vm_end == high->vm_start && low->vm_file == high->vm_file && low->vm_policy == high->vm_policy &&
	       !((low->vm_flags ^ high->vm_flags) & ~(VM_READ | VM_WRITE | VM_EXEC)) &&
	       high->vm_pgoff == low->vm_pgoff + vma_pages(low);
}

/* A neighbour's anon_vma: with a common one the two can be merged later. => mmap_sem held */
static struct anon_vma *find_mergeable_anon_vma(struct vm_area_struct *vma)
{
	struct vm_area_struct *next = vma->vm_next, *prev;
	struct rb_node *below;

	if (next && next->anon_vma && could_merge(vma, next))
		return next->anon_vma;
	below = rb_prev(&vma->vm_rb);
	prev = below ? rb_entry(below, struct vm_area_struct, vm_rb) : NULL;
	return prev && prev->anon_vma && could_merge(prev, vma) ? prev->anon_vma : NULL;
}

/*
 * Give @vma an anon_vma before its first anonymous page. 0 or -ENOMEM.
 * => mmap_sem held, for read is enough: page_table_lock settles a race. May sleep
 */
int anon_vma_prepare(struct vm_area_struct *vma)
{
	struct anon_vma *anon_vma, *fresh = NULL;

	if (likely(vma->anon_vma))
		return 0;
	anon_vma = find_mergeable_anon_vma(vma);
	if (!anon_vma)
		anon_vma = fresh = kmem_cache_alloc(anon_vma_cachep, GFP_KERNEL);
	if (!anon_vma)
		return -ENOMEM;
	spin_lock(&anon_vma->lock);
	spin_lock(&vma->vm_mm->page_table_lock);
	if (likely(!vma->anon_vma)) {
		vma->anon_vma = anon_vma;
		list_add_tail(&vma->anon_vma_node, &anon_vma->head);
		fresh = NULL;
	}
	spin_unlock(&vma->vm_mm->page_table_lock);
	spin_unlock(&anon_vma->lock);
	if (fresh)
		kmem_cache_free(anon_vma_cachep, fresh);
	return 0;
}

/* @next is merged into @vma and disappears. => anon_vma->lock held */
void __anon_vma_merge(struct vm_area_struct *vma, struct vm_area_struct *next)
{
	BUG_ON(vma->anon_vma != next->anon_vma);
	list_del(&next->anon_vma_node);
}

/* A copy of an area goes on the list of the anon_vma that it copied. => anon_vma->lock held, if there is one */
void __anon_vma_link(struct vm_area_struct *vma)
{
	if (vma->anon_vma)
		list_add_tail(&vma->anon_vma_node, &vma->anon_vma->head);
}

void anon_vma_link(struct vm_area_struct *vma)
{
	anon_vma_lock(vma);
	__anon_vma_link(vma);
	anon_vma_unlock(vma);
}

/* @vma goes away; with the last one the anon_vma does, too. => its page tables are empty */
void anon_vma_unlink(struct vm_area_struct *vma)
{
	struct anon_vma *anon_vma = vma->anon_vma;
	bool empty;

	if (!anon_vma)
		return;
	spin_lock(&anon_vma->lock);
	list_del(&vma->anon_vma_node);
	empty = list_empty(&anon_vma->head);
	spin_unlock(&anon_vma->lock);
	if (empty)
		kmem_cache_free(anon_vma_cachep, anon_vma);
}

/* ---- from a page to addresses -------------------------------------------------------------------- */

/*
 * The anon_vma of @page, locked; NULL if the page is not mapped (any more).
 * => once locked it stays: a CPU that holds a spinlock ends no grace period
 */
struct anon_vma *page_lock_anon_vma(struct page *page)
{
	struct anon_vma *anon_vma = NULL;
	unsigned long mapping;

	rcu_read_lock();
	mapping = (unsigned long)READ_ONCE(page->mapping);
	if ((mapping & PAGE_MAPPING_ANON) && page_mapped(page)) {
		anon_vma = (struct anon_vma *)(mapping & ~PAGE_MAPPING_ANON);
		spin_lock(&anon_vma->lock);
	}
	rcu_read_unlock();
	return anon_vma;
}

/* Where @page would stand in @vma; -EFAULT: outside. => @vma stays; whether the page does stand there is not asked */
unsigned long vma_address(struct page *page, struct vm_area_struct *vma)
{
	unsigned long address = vma->vm_start + ((page->index - vma->vm_pgoff) << PAGE_SHIFT);

	return address < vma->vm_start || address >= vma->vm_end ? (unsigned long)-EFAULT : address;
}

/*
 * The entry of @mm at @address, if it maps @page; else NULL.
 * => the table is locked then, *@ptlp; pte_unmap_unlock. The area is on the page's list, so its tables stay
 */
pte_t *page_check_address(struct page *page, struct mm_struct *mm, unsigned long address, spinlock_t **ptlp)
{
	pgd_t *pgd = pgd_offset(mm, address);
	pmd_t *pmd;
	pte_t *pte;

	if (!pgd_present(*pgd))
		return NULL;
	pmd = pmd_offset(pgd, address);
	if (!pmd_present(*pmd))
		return NULL;
	pte = pte_offset_map(pmd, address);
	if (!pte_present(*pte)) {	/* most often, and no lock is needed to see it */
		pte_unmap(pte);
		return NULL;
	}
	*ptlp = pte_lockptr(mm, pmd);
	spin_lock(*ptlp);
	if (pte_present(*pte) && page_to_pfn(page) == pte_pfn(*pte))
		return pte;
	pte_unmap_unlock(pte, *ptlp);
	return NULL;
}

/* One visit to all areas that may map a page. */
struct rmap_walk {
	int (*one)(struct page *page, struct vm_area_struct *vma, struct rmap_walk *walk);	/* nonzero: stop */
	int left;		/* mappings not met yet; 0: stop */
	int result;		/* @one's to fill */
	int migration;		/* try_to_unmap's */
};

static void rmap_walk_anon(struct page *page, struct rmap_walk *walk)
{
	struct anon_vma *anon_vma = page_lock_anon_vma(page);
	struct vm_area_struct *vma;

	if (!anon_vma)
		return;
	list_for_each_entry(vma, &anon_vma->head, anon_vma_node) {
		if (walk->one(page, vma, walk) || !walk->left)
			break;
	}
	spin_unlock(&anon_vma->lock);
}

static void rmap_walk_file(struct page *page, struct rmap_walk *walk)
{
	struct address_space *mapping = page->mapping;
	struct prio_tree_iter iter;
	struct vm_area_struct *vma;

	ASSERT(PageLocked(page));	/* else the mapping might go */
	spin_lock(&mapping->i_mmap_lock);
	vma_prio_tree_foreach(vma, &iter, &mapping->i_mmap, page->index, page->index) {
		if (walk->one(page, vma, walk) || !walk->left)
			break;
	}
	spin_unlock(&mapping->i_mmap_lock);
}

/* => the page is locked if it is a file's; does not sleep */
static int rmap_walk(struct page *page, struct rmap_walk *walk)
{
	walk->left = max(page_mapcount(page), 1);	/* it may be unmapped since, and mapped again */
	if (PageAnon(page))
		rmap_walk_anon(page, walk);
	else if (page->mapping)
		rmap_walk_file(page, walk);
	return walk->result;
}

/* ---- was it used? ------------------------------------------------------------------------------------ */

static int page_referenced_one(struct page *page, struct vm_area_struct *vma, struct rmap_walk *walk)
{
	unsigned long address = vma_address(page, vma);
	spinlock_t *ptl;
	pte_t *pte;

	if (address == (unsigned long)-EFAULT)
		return 0;
	if (!PageAnon(page) && (vma->vm_flags & (VM_LOCKED | VM_MAYSHARE)) == (VM_LOCKED | VM_MAYSHARE)) {
		walk->result++;
		return 1;
	}
	pte = page_check_address(page, vma->vm_mm, address, &ptl);
	if (!pte)
		return 0;
	if (ptep_test_and_clear_young(vma, address, pte)) {
		flush_tlb_page(vma->vm_mm, address);
		walk->result++;
	}
	walk->left--;
	pte_unmap_unlock(pte, ptl);
	return 0;
}

/*
 * How many references to @page were there since we asked last? PG_referenced and the accessed bits are cleared.
 * => the page is referenced; @is_locked: the caller has its lock. A file's page whose lock cannot be had counts as used.
 */
int page_referenced(struct page *page, int is_locked)
{
	struct rmap_walk walk = { .one = page_referenced_one };
	int referenced = TestClearPageReferenced(page) ? 1 : 0;

	if (!page_mapped(page) || !page->mapping)
		return referenced;
	if (PageAnon(page) || is_locked)
		return referenced + rmap_walk(page, &walk);
	if (!trylock_page(page))
		return referenced + 1;
	if (page->mapping)
		referenced += rmap_walk(page, &walk);
	unlock_page(page);
	return referenced;
}

/* ---- writing back: the next write must fault -------------------------------------------------------------- */

static int page_mkclean_one(struct page *page, struct vm_area_struct *vma, struct rmap_walk *walk)
{
	unsigned long address = vma_address(page, vma);
	struct mm_struct *mm = vma->vm_mm;
	spinlock_t *ptl;
	pte_t *pte, entry;

	if (!(vma->vm_flags & VM_SHARED) || address == (unsigned long)-EFAULT)
		return 0;
	pte = page_check_address(page, mm, address, &ptl);
	if (!pte)
		return 0;
	if (pte_dirty(*pte) || pte_write(*pte)) {
		entry = ptep_get_and_clear(mm, address, pte);
		flush_tlb_page(mm, address);
		set_pte_at(mm, address, pte, pte_mkclean(pte_wrprotect(entry)));
		walk->result = 1;
	}
	pte_unmap_unlock(pte, ptl);
	return 0;
}

/*
 * 1: some entry was dirty or could have become so unseen.
 * => page locked. A fault may map it meanwhile, and then waits for that lock before it takes the page for dirty; so mappings
 * are not counted here: the walk meets all areas
 */
int page_mkclean(struct page *page)
{
	struct rmap_walk walk = { .one = page_mkclean_one };

	ASSERT(PageLocked(page));
	if (!page_mapped(page) || !page_mapping(page))
		return 0;
	return rmap_walk(page, &walk);
}

/* ---- counting mappings ------------------------------------------------------------------------------------- */

/* The first entry for a page that nobody else knows. => table's lock held */
void page_add_new_anon_rmap(struct page *page, struct vm_area_struct *vma, unsigned long address)
{
	ASSERT(vma->anon_vma && address >= vma->vm_start && address < vma->vm_end);
	atomic_set(&page->_mapcount, 0);
	page->mapping = (struct address_space *)((unsigned long)vma->anon_vma | PAGE_MAPPING_ANON);
	page->index = linear_page_index(vma, address);
	__inc_zone_page_state(page, NR_ANON_PAGES);
}

/* An entry for a file's page, or the zero page. => table's lock held */
void page_add_file_rmap(struct page *page)
{
	if (atomic_inc_and_test(&page->_mapcount))
		__inc_zone_page_state(page, NR_FILE_MAPPED);
}

/*
 * An entry went. The mapping of an anonymous page stays until it is freed: it may be trusted only while mapped.
 * => table's lock held; the entry's reference is the caller's to drop
 */
void page_remove_rmap(struct page *page, struct vm_area_struct *vma)
{
	if (!atomic_add_negative(-1, &page->_mapcount))
		return;
	if (unlikely(page_mapcount(page) < 0))
		panic("page %lx of flags %lx: unmapped more often than mapped, at %lx-%lx", page_to_pfn(page), page->flags,
		      vma->vm_start, vma->vm_end);
	__dec_zone_page_state(page, PageAnon(page) ? NR_ANON_PAGES : NR_FILE_MAPPED);
}

/* ---- unmapping ----------------------------------------------------------------------------------------------- */

static int try_to_unmap_one(struct page *page, struct vm_area_struct *vma, struct rmap_walk *walk)
{
	unsigned long address = vma_address(page, vma);
	struct mm_struct *mm = vma->vm_mm;
	spinlock_t *ptl;
	pte_t *pte, entry;

	if (address == (unsigned long)-EFAULT)
		return 0;
	pte = page_check_address(page, mm, address, &ptl);
	if (!pte)
		return 0;
	if (!walk->migration && ((vma->vm_flags & VM_LOCKED) || ptep_test_and_clear_young(vma, address, pte))) {
		flush_tlb_page(mm, address);
		pte_unmap_unlock(pte, ptl);
		walk->result = SWAP_FAIL;
		return 1;
	}
	entry = ptep_get_and_clear(mm, address, pte);
	flush_tlb_page(mm, address);
	if (pte_dirty(entry))
		set_page_dirty(page);
	update_hiwater_rss(mm);
	dec_mm_counter(mm, file_rss);
	page_remove_rmap(page, vma);
	walk->left--;
	pte_unmap_unlock(pte, ptl);
	put_page(page);
	return 0;
}

/*
 * Take @page, a file's, out of all page tables; a fault brings it back. SWAP_SUCCESS: nobody maps it now; SWAP_FAIL: it is
 * locked in memory, in use, or anonymous, which needs a place in swap; SWAP_AGAIN: some entry escaped.
 * => page locked and referenced
 */
int try_to_unmap(struct page *page, int migration)
{
	struct rmap_walk walk = { .one = try_to_unmap_one, .result = SWAP_AGAIN, .migration = migration };

	ASSERT(PageLocked(page));
	if (PageAnon(page))
		return SWAP_FAIL;
	rmap_walk(page, &walk);
	return page_mapped(page) ? walk.result : SWAP_SUCCESS;
}
