/*
 * mmap.c: the areas (VMAs) of an address space, and address spaces as a whole.
 *
 * Owns:   every vm_area_struct: in its mm's list, in its tree (which also knows the holes between areas), in the
 *         prio tree of its file and on the list of its anon_vma; the count of committed pages.
 * Locks:  mmap_sem for all of an mm's areas; moving an area's borders also takes i_mmap_lock and anon_vma->lock, so
 *         that rmap sees either state; a stack may grow under mmap_sem held for read, by anon_vma->lock and
 *         page_table_lock.
 * Read next: memory.c (what stands in the page tables), rmap.c (who looks areas up by page).
 */
#include "mm/mm.h"
#include "mm/check.h"
#include "mm/internal.h"
#include "mm/slab.h"
#include "mm/swap.h"
#include "mm/rmap.h"
#include "mm/pagemap.h"
#include "mm/backing-dev.h"
#include "mm/mmu_gather.h"
#include "mm/shmem.h"
#include "kernel/arch.h"
#include "kernel/lib/string.h"
#include "kernel/syscalls.h"
#include "kernel/uapi/mman.h"
#include "kernel/uapi/mount.h"

#define STACK_GUARD_GAP		(256UL << PAGE_SHIFT)	/* kept free below an area that grows down */
#define MMAP_MIN_ADDR		65536UL			/* of /proc/sys/vm/mmap_min_addr at first */
#define STACK_RESERVE_MIN	(128UL << 20)		/* of the stack's limit, what top-down mapping leaves free at least */

/*
 * By VM_SHARED, VM_EXEC, VM_WRITE, VM_READ, from the top bit. A private page is copied before it is written; whatever may be
 * written or executed may be read.
 */
const pgprot_t protection_map[16] = {
	PAGE_NONE, PAGE_READONLY, PAGE_COPY, PAGE_COPY,
	PAGE_READONLY_EXEC, PAGE_READONLY_EXEC, PAGE_COPY_EXEC, PAGE_COPY_EXEC,
	PAGE_NONE, PAGE_READONLY, PAGE_SHARED, PAGE_SHARED,
	PAGE_READONLY_EXEC, PAGE_READONLY_EXEC, PAGE_SHARED_EXEC, PAGE_SHARED_EXEC,
};

int sysctl_overcommit_memory = OVERCOMMIT_GUESS;
int sysctl_overcommit_ratio = 50;
int sysctl_max_map_count = 65530;
int sysctl_legacy_va_layout;
unsigned long sysctl_mmap_min_addr = MMAP_MIN_ADDR;	/* below it only root maps: kernel bugs follow NULL pointers */
atomic_long_t vm_committed_space = ATOMIC_INIT(0);

static struct kmem_cache *mm_cachep, *vm_area_cachep;
static LIST_HEAD(mm_list);			/* mm_list_lock: by mm->all */
static DEFINE_SPINLOCK(mm_list_lock, RANK_MMLIST);

struct mm_struct init_mm = {
	.mm_rb = { NULL },
	.pgd = swapper_pg_dir,
	.mm_users = ATOMIC_INIT(2),
	.mm_count = ATOMIC_INIT(1),
	.mmap_sem = RWSEM_INITIALIZER(init_mm.mmap_sem, RANK_MMAP_SEM),
	.page_table_lock = SPIN_LOCK_UNLOCKED(RANK_PAGE_TABLE),
	.mmlist = LIST_HEAD_INIT(init_mm.mmlist),
};

static bool over_rlimit(unsigned long pages, int resource)
{
	return (u64)pages << PAGE_SHIFT > rlimit(resource);
}

/* ---- commitments ----------------------------------------------------------------------- */

/* Count @pages (or fewer, if negative) as promised. => any context */
void vm_acct_memory(long pages)
{
	atomic_long_add(pages, &vm_committed_space);
}

/* Without the last 1/32, which is root's. */
static long less_root_share(long pages, int cap_sys_admin)
{
	return cap_sys_admin ? pages : pages - pages / 32;
}

/* Overcommit mode 0: what could be had if everything that can be dropped were dropped. */
static bool guess_enough(long pages, int cap_sys_admin)
{
	long free = (long)(global_page_state(NR_FILE_PAGES) + global_page_state(NR_SLAB_RECLAIMABLE)) + nr_swap_pages;
	long unused;

	free = less_root_share(free, cap_sys_admin);
	if (free > pages)
		return true;
	unused = (long)nr_free_pages() - (long)totalreserve_pages;
	return unused > 0 && free + less_root_share(unused, cap_sys_admin) > pages;
}

/* overcommit_ratio percent of memory, in pages: with swap, it is what mode 2 promises (CommitLimit). */
unsigned long vm_commit_ram(void)
{
	unsigned long ratio = (unsigned long)sysctl_overcommit_ratio;

	return totalram_pages / 100 * ratio + totalram_pages % 100 * ratio / 100;	/* the product need not be a long */
}

/* Overcommit mode 2: nobody is promised what might not be there. */
static bool strictly_enough(int cap_sys_admin)
{
	long allowed = less_root_share((long)vm_commit_ram(), cap_sys_admin) + (long)total_swap_pages;

	if (current->mm)
		allowed -= (long)current->mm->total_vm / 32;	/* leave room to kill the one that takes all */
	return atomic_long_read(&vm_committed_space) < allowed;
}

/*
 * May @pages more be promised? They are then accounted; vm_unacct_memory gives them back.
 * => does not sleep. 0 or -ENOMEM.
 */
int vm_enough_memory(long pages, int cap_sys_admin)
{
	vm_acct_memory(pages);
	if (sysctl_overcommit_memory == OVERCOMMIT_ALWAYS)
		return 0;
	if (sysctl_overcommit_memory == OVERCOMMIT_GUESS ? guess_enough(pages, cap_sys_admin) : strictly_enough(cap_sys_admin))
		return 0;
	vm_unacct_memory(pages);
	return -ENOMEM;
}

/* ---- an mm's figures and limits --------------------------------------------------------- */

static bool is_data_mapping(unsigned long vm_flags)
{
	return (vm_flags & (VM_WRITE | VM_SHARED | VM_GROWSDOWN)) == VM_WRITE;
}

/* May @mm have @npages more of this kind? => mmap_sem held for write */
bool may_expand_vm(struct mm_struct *mm, unsigned long vm_flags, unsigned long npages)
{
	if (over_rlimit(mm->total_vm + npages, RLIMIT_AS))
		return false;
	return !is_data_mapping(vm_flags) || !over_rlimit(mm->data_vm + npages, RLIMIT_DATA);
}

/* Add @pages (or take, if negative) of an area of this kind to @mm's figures. => mmap_sem held for write */
void vm_stat_account(struct mm_struct *mm, unsigned long vm_flags, struct file *file, long pages)
{
	mm->total_vm += (unsigned long)pages;
	if (file) {
		mm->shared_vm += (unsigned long)pages;
		if ((vm_flags & (VM_EXEC | VM_WRITE)) == VM_EXEC)
			mm->exec_vm += (unsigned long)pages;
	} else if (vm_flags & VM_GROWSDOWN) {
		mm->stack_vm += (unsigned long)pages;
	}
	if (is_data_mapping(vm_flags))
		mm->data_vm += (unsigned long)pages;
	if (vm_flags & (VM_RESERVED | VM_IO))
		mm->reserved_vm += (unsigned long)pages;
}

/* May @len more bytes be locked? 0 or -EAGAIN. => mmap_sem held */
int mlock_future_check(struct mm_struct *mm, unsigned long vm_flags, unsigned long len)
{
	if ((vm_flags & VM_LOCKED) && !capable_root() && over_rlimit(mm->locked_vm + (len >> PAGE_SHIFT), RLIMIT_MEMLOCK))
		return -EAGAIN;
	return 0;
}

/* The protection of a page in an area with these flags. */
pgprot_t vm_get_page_prot(unsigned long vm_flags)
{
	return protection_map[vm_flags & (VM_READ | VM_WRITE | VM_EXEC | VM_SHARED)];
}

/* Must the first write to each page fault, so that the file learns of it? */
int vma_wants_writenotify(struct vm_area_struct *vma)
{
	if ((vma->vm_flags & (VM_WRITE | VM_SHARED)) != (VM_WRITE | VM_SHARED))
		return 0;
	if (vma->vm_ops && vma->vm_ops->page_mkwrite)
		return 1;
	if (vma->vm_flags & (VM_PFNMAP | VM_INSERTPAGE))
		return 0;
	return vma->vm_file && bdi_cap_account_dirty(vma->vm_file->f_mapping->backing_dev_info);
}

/* Set vm_page_prot by vm_flags. => mmap_sem held for write */
void vma_set_page_prot(struct vm_area_struct *vma)
{
	unsigned long flags = vma->vm_flags;

	vma->vm_page_prot = vm_get_page_prot(vma_wants_writenotify(vma) ? flags & ~VM_SHARED : flags);
}

/* ---- the tree of areas and holes -------------------------------------------------------- */
/*
 *	 hole of A  A   hole of B   B   hole of C  C        hole: free bytes below an area, without the guard gap
 *	|...........####............####..........####      of one that grows down
 * Each node also knows the largest hole of its subtree, so that a search skips whole subtrees.
 */
#define vma_of(node)	rb_entry(node, struct vm_area_struct, vm_rb)

static unsigned long hole_end(const struct vm_area_struct *vma)
{
	unsigned long guard = vma->vm_flags & VM_GROWSDOWN ? STACK_GUARD_GAP : 0;

	return vma->vm_start > guard ? vma->vm_start - guard : 0;
}

static void update_max_hole(struct rb_node *node)
{
	struct vm_area_struct *vma = vma_of(node);
	unsigned long most = vma->hole;

	if (node->rb_left)
		most = max(most, vma_of(node->rb_left)->max_hole);
	if (node->rb_right)
		most = max(most, vma_of(node->rb_right)->max_hole);
	vma->max_hole = most;
}

/* After a rotation or removal somewhere at or above @node: it, its ancestors and their other children. */
static void update_path(struct rb_node *node)
{
	struct rb_node *parent;

	for (; node; node = parent) {
		update_max_hole(node);
		parent = rb_parent(node);
		if (!parent)
			return;
		if (node == parent->rb_left && parent->rb_right)
			update_max_hole(parent->rb_right);
		else if (parent->rb_left)
			update_max_hole(parent->rb_left);
	}
}

/* @vma's start or its predecessor's end has changed. */
static void fix_hole(struct vm_area_struct *vma)
{
	struct rb_node *node, *prev;
	unsigned long from;

	if (!vma)
		return;
	prev = rb_prev(&vma->vm_rb);
	from = prev ? vma_of(prev)->vm_end : 0;
	vma->hole = hole_end(vma) > from ? hole_end(vma) - from : 0;
	for (node = &vma->vm_rb; node; node = rb_parent(node)) {
		unsigned long before = vma_of(node)->max_hole;

		update_max_hole(node);
		if (vma_of(node)->max_hole == before && node != &vma->vm_rb)
			break;
	}
}

static void tree_insert(struct mm_struct *mm, struct vm_area_struct *vma, struct rb_node **link, struct rb_node *parent)
{
	struct rb_node *node = &vma->vm_rb;

	vma->hole = vma->max_hole = 0;
	rb_link_node(node, parent, link);
	rb_insert_color(node, &mm->mm_rb);
	update_path(node->rb_left ? node->rb_left : node->rb_right ? node->rb_right : node);
}

/* The deepest node that rb_erase(@node) leaves with another subtree. */
static struct rb_node *deepest_touched(struct rb_node *node)
{
	struct rb_node *heir;

	if (!node->rb_left && !node->rb_right)
		return rb_parent(node);
	if (!node->rb_right)
		return node->rb_left;
	if (!node->rb_left)
		return node->rb_right;
	heir = rb_next(node);
	if (heir->rb_right)
		return heir->rb_right;
	return rb_parent(heir) != node ? rb_parent(heir) : heir;
}

static void tree_erase(struct mm_struct *mm, struct vm_area_struct *vma)
{
	struct rb_node *deepest = deepest_touched(&vma->vm_rb);

	rb_erase(&vma->vm_rb, &mm->mm_rb);
	update_path(deepest);
}

/* The first area that ends above @addr: it holds @addr or lies above. NULL: none. => mmap_sem held */
struct vm_area_struct *find_vma(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma = READ_ONCE(mm->mmap_cache);
	struct rb_node *node;

	if (vma && vma->vm_start <= addr && addr < vma->vm_end)
		return vma;
	vma = NULL;
	node = mm->mm_rb.rb_node;
	while (node) {
		struct vm_area_struct *tmp = vma_of(node);

		if (addr >= tmp->vm_end) {
			node = node->rb_right;
			continue;
		}
		vma = tmp;
		if (tmp->vm_start <= addr)
			break;
		node = node->rb_left;
	}
	if (vma)
		WRITE_ONCE(mm->mmap_cache, vma);
	return vma;
}

/* As find_vma; *@pprev is the area below the result (the last one, if there is no result), or NULL. */
struct vm_area_struct *find_vma_prev(struct mm_struct *mm, unsigned long addr, struct vm_area_struct **pprev)
{
	struct vm_area_struct *vma = find_vma(mm, addr);
	struct rb_node *prev = vma ? rb_prev(&vma->vm_rb) : rb_last(&mm->mm_rb);

	*pprev = prev ? vma_of(prev) : NULL;
	return vma;
}

/* Where an area that starts at @addr hangs in the tree; returns the area below it. => nothing lies there */
static struct vm_area_struct *find_place(struct mm_struct *mm, unsigned long addr, struct rb_node ***link, struct rb_node **parent)
{
	struct rb_node **p = &mm->mm_rb.rb_node, *up = NULL, *prev = NULL;

	while (*p) {
		up = *p;
		if (vma_of(up)->vm_end > addr) {
			p = &up->rb_left;
		} else {
			prev = up;
			p = &up->rb_right;
		}
	}
	*link = p;
	*parent = up;
	return prev ? vma_of(prev) : NULL;
}

/* Into list and tree. => mmap_sem held for write */
static void link_vma(struct mm_struct *mm, struct vm_area_struct *vma)
{
	struct rb_node **link, *parent;
	struct vm_area_struct *prev = find_place(mm, vma->vm_start, &link, &parent);

	vma->vm_next = prev ? prev->vm_next : mm->mmap;
	if (prev)
		prev->vm_next = vma;
	else
		mm->mmap = vma;
	tree_insert(mm, vma, link, parent);
	fix_hole(vma);
	fix_hole(vma->vm_next);
	mm->map_count++;
}

/* Out of list and tree; @prev is its predecessor. => mmap_sem held for write */
static void unlink_vma(struct mm_struct *mm, struct vm_area_struct *vma, struct vm_area_struct *prev)
{
	if (prev)
		prev->vm_next = vma->vm_next;
	else
		mm->mmap = vma->vm_next;
	tree_erase(mm, vma);
	fix_hole(vma->vm_next);
	if (mm->mmap_cache == vma)
		mm->mmap_cache = NULL;
	mm->map_count--;
}

static struct address_space *vma_mapping(const struct vm_area_struct *vma)
{
	return vma->vm_file ? vma->vm_file->f_mapping : NULL;
}

/* Into, and out of, the file's prio tree. => i_mmap_lock held */
static void link_file(struct vm_area_struct *vma)
{
	struct address_space *mapping = vma_mapping(vma);

	assert_held(&mapping->i_mmap_lock);
	if (vma->vm_flags & VM_SHARED)
		mapping->i_mmap_writable++;
	vma_prio_tree_insert(vma, &mapping->i_mmap);
}

static void unlink_file(struct vm_area_struct *vma)
{
	struct address_space *mapping = vma_mapping(vma);

	assert_held(&mapping->i_mmap_lock);
	if (vma->vm_flags & VM_SHARED)
		mapping->i_mmap_writable--;
	vma_prio_tree_remove(vma, &mapping->i_mmap);
}

/* Make a new area known everywhere. => mmap_sem held for write */
static void link_everywhere(struct mm_struct *mm, struct vm_area_struct *vma)
{
	struct address_space *mapping = vma_mapping(vma);

	if (mapping)
		spin_lock(&mapping->i_mmap_lock);
	anon_vma_lock(vma);
	link_vma(mm, vma);
	__anon_vma_link(vma);
	if (mapping)
		link_file(vma);
	anon_vma_unlock(vma);
	if (mapping)
		spin_unlock(&mapping->i_mmap_lock);
}

/*
 * The area's file does not find it any more: truncation and rmap pass it by.
 * => its page-table entries may be torn down without i_mmap_lock only after this.
 */
void unlink_file_vma(struct vm_area_struct *vma)
{
	struct address_space *mapping = vma_mapping(vma);

	if (!mapping)
		return;
	spin_lock(&mapping->i_mmap_lock);
	unlink_file(vma);
	spin_unlock(&mapping->i_mmap_lock);
}

/* Free an area that nothing points to any more; its successor. => may sleep */
static struct vm_area_struct *remove_vma(struct vm_area_struct *vma)
{
	struct vm_area_struct *next = vma->vm_next;

	might_sleep();
	if (vma->vm_ops && vma->vm_ops->close)
		vma->vm_ops->close(vma);
	if (vma->vm_file)
		fput(vma->vm_file);
	kmem_cache_free(vm_area_cachep, vma);
	return next;
}

/* A new area for @mm: zeroed, or as @like. NULL without memory. */
static struct vm_area_struct *new_vma(struct mm_struct *mm, const struct vm_area_struct *like)
{
	struct vm_area_struct *vma = kmem_cache_alloc(vm_area_cachep, GFP_KERNEL);

	if (!vma)
		return NULL;
	if (like)
		*vma = *like;
	else
		memset(vma, 0, sizeof(*vma));
	vma->vm_mm = mm;
	INIT_LIST_HEAD(&vma->anon_vma_node);
	return vma;
}

/*
 * A ready-made area (exec's, the trampoline's). 0, or -ENOMEM: something lies there, or nothing may be promised.
 * => mmap_sem held for write
 */
int insert_vm_struct(struct mm_struct *mm, struct vm_area_struct *vma)
{
	if (!vma->vm_file && !vma->vm_ops)
		vma->vm_pgoff = vma->vm_start >> PAGE_SHIFT;
	if (find_vma_intersection(mm, vma->vm_start, vma->vm_end))
		return -ENOMEM;
	if ((vma->vm_flags & VM_ACCOUNT) && vm_enough_memory((long)vma_pages(vma), capable_root()))
		return -ENOMEM;
	link_everywhere(mm, vma);
	return 0;
}

/* ---- moving borders, merging, splitting -------------------------------------------------- */

/* One change of borders; see adjust_border. */
struct border_move {
	struct vm_area_struct *vma, *next;	/* the two areas at the border; next: NULL when @insert takes its place */
	struct vm_area_struct *importer;	/* the one that takes over pages of the other, perhaps anonymous ones */
	long shift;				/* bytes by which next's start moves up */
	bool swallow;				/* vma takes all of next */
};

static struct border_move plan_move(struct vm_area_struct *vma, unsigned long end, struct vm_area_struct *insert)
{
	struct border_move m = { .vma = vma, .next = insert ? NULL : vma->vm_next };

	if (!m.next) {
		return m;
	} else if (end >= m.next->vm_end) {
		m.swallow = true;
		m.importer = vma;
	} else if (end > m.next->vm_start) {
		m.shift = (long)(end - m.next->vm_start);
		m.importer = vma;
	} else if (end < vma->vm_end) {		/* only vma_merge shrinks without inserting: next takes the rest */
		ASSERT_OP(vma->vm_end, ==, m.next->vm_start);
		m.shift = -(long)(vma->vm_end - end);
		m.importer = m.next;
	}
	return m;
}

/* The importer of anonymous pages must be on their anon_vma's list before they are its. => anon_vma->lock held */
static void import_anon_vma(struct vm_area_struct *importer, struct anon_vma *anon_vma)
{
	if (importer && !importer->anon_vma) {
		importer->anon_vma = anon_vma;
		__anon_vma_link(importer);
	}
}

static void set_borders(struct border_move *m, unsigned long start, unsigned long end, pgoff_t pgoff)
{
	struct vm_area_struct *vma = m->vma, *next = m->next;
	struct address_space *mapping = vma_mapping(vma);

	if (mapping) {
		vma_prio_tree_remove(vma, &mapping->i_mmap);
		if (m->shift)
			vma_prio_tree_remove(next, &mapping->i_mmap);
	}
	vma->vm_start = start;
	vma->vm_end = end;
	vma->vm_pgoff = pgoff;
	if (m->shift) {
		ASSERT(next);
		next->vm_start += (unsigned long)m->shift;
		next->vm_pgoff += (unsigned long)(m->shift >> PAGE_SHIFT);
	}
	if (mapping) {
		if (m->shift)
			vma_prio_tree_insert(next, &mapping->i_mmap);
		vma_prio_tree_insert(vma, &mapping->i_mmap);
	}
}

/* @end does not lie behind vma's successor here. */
static void adjust_border(struct vm_area_struct *vma, unsigned long start, unsigned long end, pgoff_t pgoff,
			  struct vm_area_struct *insert)
{
	struct mm_struct *mm = vma->vm_mm;
	struct border_move m = plan_move(vma, end, insert);
	struct vm_area_struct *next = m.next;
	struct address_space *mapping = vma_mapping(vma);
	struct anon_vma *anon_vma = vma->anon_vma ? vma->anon_vma : m.importer ? next->anon_vma : NULL;

	if (mapping)
		spin_lock(&mapping->i_mmap_lock);
	if (anon_vma) {
		spin_lock(&anon_vma->lock);
		import_anon_vma(m.importer, anon_vma);
	}
	set_borders(&m, start, end, pgoff);
	if (m.swallow) {
		ASSERT(next);
		unlink_vma(mm, next, vma);
		if (mapping)
			unlink_file(next);
		if (next->anon_vma)
			__anon_vma_merge(vma, next);
	} else if (insert) {
		link_vma(mm, insert);
		__anon_vma_link(insert);
		if (mapping)
			link_file(insert);
	}
	fix_hole(vma);
	fix_hole(vma->vm_next);
	if (anon_vma)
		spin_unlock(&anon_vma->lock);
	if (mapping)
		spin_unlock(&mapping->i_mmap_lock);
	if (m.swallow) {
		if (next->vm_file)
			fput(next->vm_file);
		kmem_cache_free(vm_area_cachep, next);
	}
}

/*
 * Give @vma the borders [@start, @end) and offset @pgoff. Its successor makes room, disappears, or takes what @vma
 * gives up; with @insert (split_vma) that one takes it.
 * => mmap_sem held for write; page tables stay as they are; cannot fail.
 */
void vma_adjust(struct vm_area_struct *vma, unsigned long start, unsigned long end, pgoff_t pgoff, struct vm_area_struct *insert)
{
	while (!insert && vma->vm_next && end > vma->vm_next->vm_end)	/* a hole filled between two areas, one swallowed */
		adjust_border(vma, start, vma->vm_next->vm_end, pgoff, NULL);
	adjust_border(vma, start, end, pgoff, insert);
}

static bool is_mergeable(struct vm_area_struct *vma, unsigned long vm_flags, struct file *file, struct mempolicy *policy)
{
	return vma->vm_flags == vm_flags && vma->vm_file == file && vma->vm_policy == policy &&
	       !(vma->vm_ops && vma->vm_ops->close);
}

static bool anon_vmas_agree(struct anon_vma *a, struct anon_vma *b)
{
	return !a || !b || a == b;
}

/*
 * Can [@addr, @end) with these properties belong to a neighbour? Then that one is changed and returned, else NULL.
 * @prev is the last area that starts below @addr. A: the range, in columns 5 to 8; P, N: its neighbours; X: areas that lie
 * in the range (mprotect and its like change the flags of a part or whole of an area).
 *
 *	1	PPPPAAAANNNN	A fills a hole		→ PPPPPPPPPPPP
 *	2	PPPPAAAA	behind prev		→ PPPPPPPP
 *	3	    AAAANNNN	before next		→     NNNNNNNN
 *	4	PPPPPPPPNNNN	A is prev's tail	→ PPPPNNNNNNNN	(addr < prev->vm_end)
 *	5	PPPPNNNNNNNN	A is next's head	→ PPPPPPPPNNNN
 *	6	PPPPXXXXNNNN	A is a whole area	→ PPPPPPPPPPPP
 *	7	PPPPXXXX…	A is a whole area	→ PPPPPPPP
 *	8	…XXXXNNNN	A is a whole area	→ XXXXXXXX (as next)
 * => mmap_sem held for write; may sleep (the last reference to a file). Does not touch accounting.
 */
struct vm_area_struct *vma_merge(struct mm_struct *mm, struct vm_area_struct *prev, unsigned long addr, unsigned long end,
				 unsigned long vm_flags, struct anon_vma *anon_vma, struct file *file, pgoff_t pgoff,
				 struct mempolicy *policy)
{
	pgoff_t pages = (end - addr) >> PAGE_SHIFT;
	struct vm_area_struct *area, *next;
	bool with_prev, with_next;

	if (vm_flags & VM_SPECIAL)
		return NULL;
	area = next = prev ? prev->vm_next : mm->mmap;
	if (next && next->vm_end == end)	/* cases 6, 7, 8 */
		next = next->vm_next;

	with_prev = prev && prev->vm_end == addr && is_mergeable(prev, vm_flags, file, policy) &&
		    prev->vm_pgoff + vma_pages(prev) == pgoff && anon_vmas_agree(prev->anon_vma, anon_vma);
	with_next = next && next->vm_start == end && is_mergeable(next, vm_flags, file, policy) &&
		    next->vm_pgoff == pgoff + pages && anon_vmas_agree(next->anon_vma, anon_vma);

	if (with_prev) {
		bool all = with_next && anon_vmas_agree(prev->anon_vma, next->anon_vma);

		vma_adjust(prev, prev->vm_start, all ? next->vm_end : end, prev->vm_pgoff, NULL);	/* 1 6, 2 5 7 */
		return prev;
	}
	if (!with_next)
		return NULL;
	if (prev && addr < prev->vm_end) {						/* 4 */
		vma_adjust(prev, prev->vm_start, addr, prev->vm_pgoff, NULL);
		return next;
	}
	vma_adjust(area, addr, next->vm_end, pgoff, NULL);				/* 3, 8 */
	return area;
}

/* split_vma, where the number of areas does not matter. */
static int __split_vma(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long addr, int new_below)
{
	struct vm_area_struct *new = new_vma(mm, vma);
	pgoff_t cut = (addr - vma->vm_start) >> PAGE_SHIFT;

	ASSERT(vma->vm_start < addr && addr < vma->vm_end && !(addr & ~PAGE_MASK));
	if (!new)
		return -ENOMEM;
	if (new->vm_file)
		get_file(new->vm_file);
	if (new->vm_ops && new->vm_ops->open)
		new->vm_ops->open(new);
	if (new_below) {
		new->vm_end = addr;
		vma_adjust(vma, addr, vma->vm_end, vma->vm_pgoff + cut, new);
	} else {
		new->vm_start = addr;
		new->vm_pgoff += cut;
		vma_adjust(vma, vma->vm_start, addr, vma->vm_pgoff, new);
	}
	return 0;
}

/*
 * Cut @vma in two at @addr; the new area is the lower one if @new_below, so that a caller keeps hold of the part he wants.
 * => mmap_sem held for write; may sleep. 0, or -ENOMEM, also when there are too many areas
 */
int split_vma(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long addr, int new_below)
{
	return mm->map_count >= sysctl_max_map_count ? -ENOMEM : __split_vma(mm, vma, addr, new_below);
}

/*
 * [@start, @end) of *@vmap will have @vm_flags: merge it with a neighbour that has them, else cut it out. Then *@vmap is the
 * area that holds it (and, if merged, more), and so is *@prev; before, that is the last one that starts below @start, which
 * may be *@vmap.
 * => mmap_sem held for write; may sleep; flags and page tables are the caller's to change. 0 or -ENOMEM
 */
int vma_isolate(struct vm_area_struct **vmap, struct vm_area_struct **prev, unsigned long start, unsigned long end, unsigned long vm_flags)
{
	struct vm_area_struct *vma = *vmap, *merged;
	struct mm_struct *mm = vma->vm_mm;
	int error = 0;

	merged = vma_merge(mm, *prev, start, end, vm_flags, vma->anon_vma, vma->vm_file,
			   vma->vm_pgoff + ((start - vma->vm_start) >> PAGE_SHIFT), vma->vm_policy);
	*prev = *vmap = merged ? merged : vma;
	if (merged)
		return 0;
	if (start != vma->vm_start)
		error = split_vma(mm, vma, start, 1);
	if (!error && end != vma->vm_end)
		error = split_vma(mm, vma, end, 0);
	return error;
}

/*
 * mremap: an area for [@addr, +@len) like *@vmap, which moves there; perhaps by growing a neighbour (then *@vmap may
 * have become part of the result, and is set to it). NULL without memory. => mmap_sem held for write
 */
struct vm_area_struct *copy_vma(struct vm_area_struct **vmap, unsigned long addr, unsigned long len, pgoff_t pgoff)
{
	struct vm_area_struct *vma = *vmap, *new, *prev;
	struct mm_struct *mm = vma->vm_mm;
	unsigned long old_start = vma->vm_start;

	if (!vma->vm_file && !vma->vm_ops && !vma->anon_vma)	/* no page knows its index yet: the natural one merges */
		pgoff = addr >> PAGE_SHIFT;
	find_vma_prev(mm, addr, &prev);
	new = vma_merge(mm, prev, addr, addr + len, vma->vm_flags, vma->anon_vma, vma->vm_file, pgoff, vma->vm_policy);
	if (new) {
		if (old_start >= new->vm_start && old_start < new->vm_end)
			*vmap = new;
		return new;
	}
	new = new_vma(mm, vma);
	if (!new)
		return NULL;
	new->vm_start = addr;
	new->vm_end = addr + len;
	new->vm_pgoff = pgoff;
	if (new->vm_file)
		get_file(new->vm_file);
	if (new->vm_ops && new->vm_ops->open)
		new->vm_ops->open(new);
	link_everywhere(mm, new);
	return new;
}

/* ---- finding room -------------------------------------------------------------------------- */

struct hole_query {
	unsigned long len, low, high;	/* wanted: len free bytes in [low, high) */
};

/* The lowest place in the holes of @node's subtree; 0: none. */
static unsigned long lowest_hole(struct rb_node *node, const struct hole_query *q)
{
	for (; node && vma_of(node)->max_hole >= q->len; node = node->rb_right) {
		struct vm_area_struct *vma = vma_of(node);
		unsigned long end = min(hole_end(vma), q->high), start = max(hole_end(vma) - vma->hole, q->low), found;

		if (vma->vm_start <= q->low)		/* all on the left lies too low */
			continue;
		found = lowest_hole(node->rb_left, q);
		if (found)
			return found;
		if (vma->hole && end > start && end - start >= q->len)
			return start;
		if (vma->vm_end >= q->high)
			break;
	}
	return 0;
}

/* The highest place in the holes of @node's subtree; 0: none. */
static unsigned long highest_hole(struct rb_node *node, const struct hole_query *q)
{
	for (; node && vma_of(node)->max_hole >= q->len; node = node->rb_left) {
		struct vm_area_struct *vma = vma_of(node);
		unsigned long end = min(hole_end(vma), q->high), start = max(hole_end(vma) - vma->hole, q->low), found;

		if (vma->vm_end < q->high) {		/* else all on the right lies too high */
			found = highest_hole(node->rb_right, q);
			if (found)
				return found;
		}
		if (vma->hole && end > start && end - start >= q->len)
			return end - q->len;
		if (vma->vm_start <= q->low)
			break;
	}
	return 0;
}

/* The hole above all areas has no area to tell of it. */
static unsigned long room_above_all(struct mm_struct *mm, const struct hole_query *q, bool at_top)
{
	struct rb_node *last = rb_last(&mm->mm_rb);
	unsigned long start = max(last ? vma_of(last)->vm_end : 0, q->low);

	if (start >= q->high || q->high - start < q->len)
		return 0;
	return at_top ? q->high - q->len : start;
}

/* The caller's wish, if nothing is in the way; else 0. */
static unsigned long hinted_area(struct mm_struct *mm, unsigned long addr, unsigned long len)
{
	struct vm_area_struct *vma;

	addr = PAGE_ALIGN(addr);
	if (!addr || addr > mm->task_size - len)
		return 0;
	vma = find_vma(mm, addr);
	return !vma || addr + len <= hole_end(vma) ? addr : 0;
}

static unsigned long area_bottom_up(struct file *file, unsigned long addr, unsigned long len, unsigned long pgoff,
				    unsigned long flags)
{
	struct mm_struct *mm = current->mm;
	struct hole_query q = { len, TASK_UNMAPPED_BASE, mm->task_size };
	unsigned long found = addr ? hinted_area(mm, addr, len) : 0;

	for (int pass = 0; pass < 2 && !found; pass++) {	/* when all above the base is full, what lies below it will do */
		if (pass)
			q.low = PAGE_ALIGN(sysctl_mmap_min_addr);
		found = lowest_hole(mm->mm_rb.rb_node, &q);
		if (!found)
			found = room_above_all(mm, &q, false);
	}
	return found ? found : (unsigned long)-ENOMEM;
}

static unsigned long area_top_down(struct file *file, unsigned long addr, unsigned long len, unsigned long pgoff,
				   unsigned long flags)
{
	struct mm_struct *mm = current->mm;
	struct hole_query q = { len, PAGE_ALIGN(sysctl_mmap_min_addr), mm->mmap_base };
	unsigned long found = addr ? hinted_area(mm, addr, len) : 0;

	if (!found)
		found = room_above_all(mm, &q, true);
	if (!found)
		found = highest_hole(mm->mm_rb.rb_node, &q);
	return found ? found : area_bottom_up(file, 0, len, pgoff, flags);
}

/* Top-down below the room that the stack may need; bottom-up for who has an unlimited stack. */
void arch_pick_mmap_layout(struct mm_struct *mm)
{
	u64 gap = rlimit(RLIMIT_STACK);
	bool unlimited = gap >= (u64)TASK_SIZE;

	gap = max_t(u64, gap + STACK_GUARD_GAP, STACK_RESERVE_MIN);
	gap = min_t(u64, gap, TASK_SIZE / 6 * 5);
	mm->task_size = TASK_SIZE;
	mm->mmap_base = PAGE_ALIGN(TASK_SIZE - (unsigned long)gap);
	mm->get_unmapped_area = sysctl_legacy_va_layout || unlimited ? area_bottom_up : area_top_down;
}

/*
 * An address for a mapping of @len bytes: @addr itself with MAP_FIXED, else a free place, @addr if possible.
 * => mmap_sem held for write; -ENOMEM, -EINVAL, -EPERM
 */
unsigned long get_unmapped_area(struct file *file, unsigned long addr, unsigned long len, unsigned long pgoff, unsigned long flags)
{
	struct mm_struct *mm = current->mm;

	if (len > mm->task_size)
		return (unsigned long)-ENOMEM;
	if (!(flags & MAP_FIXED)) {
		if (file && file->f_op && file->f_op->get_unmapped_area)
			return file->f_op->get_unmapped_area(file, addr, len, pgoff, flags);
		return mm->get_unmapped_area(file, addr, len, pgoff, flags);
	}
	if (addr > mm->task_size - len)
		return (unsigned long)-ENOMEM;
	if (addr & ~PAGE_MASK)
		return (unsigned long)-EINVAL;
	if (addr < sysctl_mmap_min_addr && !capable_root())
		return (unsigned long)-EPERM;
	return addr;
}

/* ---- mmap ------------------------------------------------------------------------------------ */

static unsigned long prot_to_vm_flags(unsigned long prot)
{
	return (prot & PROT_READ ? VM_READ : 0) | (prot & PROT_WRITE ? VM_WRITE : 0) | (prot & PROT_EXEC ? VM_EXEC : 0);
}

/* What a mapping of @file may be: rights checked, VM_* that follow put into *@vm_flags. 0 or -errno. */
static int check_file_mapping(struct file *file, unsigned long prot, unsigned long flags, unsigned long *vm_flags)
{
	static const unsigned long known = MAP_TYPE | MAP_FIXED | MAP_GROWSDOWN | MAP_DENYWRITE | MAP_EXECUTABLE | MAP_LOCKED |
		MAP_NORESERVE | MAP_POPULATE | MAP_NONBLOCK | MAP_STACK | MAP_HUGETLB | MAP_FIXED_NOREPLACE;

	switch (flags & MAP_TYPE) {
	case MAP_SHARED_VALIDATE:
		if (flags & ~known)
			return -EOPNOTSUPP;
		fallthrough;
	case MAP_SHARED:
		if ((prot & PROT_WRITE) && !(file->f_mode & FMODE_WRITE))
			return -EACCES;
		*vm_flags |= VM_SHARED | VM_MAYSHARE;
		if (!(file->f_mode & FMODE_WRITE))
			*vm_flags &= ~(VM_MAYWRITE | VM_SHARED);
		fallthrough;
	case MAP_PRIVATE:
		if (!(file->f_mode & FMODE_READ))
			return -EACCES;
		break;
	default:
		return -EINVAL;
	}
	if (file->f_vfsmnt && (file->f_vfsmnt->mnt_flags & MS_NOEXEC)) {
		if (*vm_flags & VM_EXEC)
			return -EPERM;
		*vm_flags &= ~VM_MAYEXEC;
	}
	if (!file->f_op || !file->f_op->mmap)
		return -ENODEV;
	return flags & MAP_GROWSDOWN ? -EINVAL : 0;
}

static int check_anon_mapping(unsigned long flags, unsigned long *vm_flags)
{
	switch (flags & MAP_TYPE) {
	case MAP_SHARED:
		*vm_flags |= VM_SHARED | VM_MAYSHARE;
		return flags & MAP_GROWSDOWN ? -EINVAL : 0;
	case MAP_PRIVATE:
		return 0;
	}
	return -EINVAL;
}

/* Would [@pgoff, +@len bytes) reach beyond what any file of that filesystem can be? */
static bool behind_largest_file(struct file *file, pgoff_t pgoff, unsigned long len)
{
	struct inode *inode = file->f_mapping->host;
	u64 max = inode->i_sb->s_maxbytes;

	if (!S_ISREG(inode->i_mode) && !S_ISBLK(inode->i_mode))
		return false;
	return len > max || pgoff > (max - len) >> PAGE_SHIFT;		/* its end need not be a number of bytes */
}

/* Pages of [@addr, @end) that are mapped already: a mapping over them adds none. */
static unsigned long mapped_pages(struct mm_struct *mm, unsigned long addr, unsigned long end)
{
	struct vm_area_struct *vma;
	unsigned long n = 0;

	for (vma = find_vma(mm, addr); vma && vma->vm_start < end; vma = vma->vm_next)
		n += (min(vma->vm_end, end) - max(vma->vm_start, addr)) >> PAGE_SHIFT;
	return n;
}

/* Let the file, or shared memory, say what faults in @vma do. 0 or -errno. */
static int attach_backing(struct vm_area_struct *vma, struct file *file)
{
	int error;

	if (!file)
		return vma->vm_flags & VM_SHARED ? shmem_zero_setup(vma) : 0;
	vma->vm_file = file;
	get_file(file);
	error = file->f_op->mmap(file, vma);
	if (error) {
		vma->vm_file = NULL;
		fput(file);
	}
	return error;
}

/* Empty the page tables of a detached list of areas, and give back tables that nobody needs any more. */
static void unmap_region(struct mm_struct *mm, struct vm_area_struct *vma, struct vm_area_struct *prev,
			 unsigned long start, unsigned long end)
{
	struct vm_area_struct *next = prev ? prev->vm_next : mm->mmap;
	unsigned long accounted = 0;
	struct mmu_gather *tlb;

	lru_add_drain();
	update_hiwater_rss(mm);
	tlb = tlb_gather_mmu(mm, false);
	unmap_vmas(&tlb, vma, start, end, &accounted);
	vm_unacct_memory((long)accounted);
	free_pgtables(tlb, vma, prev ? prev->vm_end : FIRST_USER_ADDRESS, next ? next->vm_start : 0);
	tlb_finish_mmu(tlb);
}

/* Enter [@addr, +@len) as an area, over whatever was there. The address or -errno. => mmap_sem held for write */
static unsigned long mmap_region(struct file *file, unsigned long addr, unsigned long len, unsigned long vm_flags, pgoff_t pgoff)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma, *prev, *merged;
	unsigned long pages = len >> PAGE_SHIFT, charged = 0;
	int error = -ENOMEM;

	if (!may_expand_vm(mm, vm_flags, pages - mapped_pages(mm, addr, addr + len)))
		return (unsigned long)-ENOMEM;
	if (find_vma_intersection(mm, addr, addr + len) && do_munmap(mm, addr, len))
		return (unsigned long)-ENOMEM;
	find_vma_prev(mm, addr, &prev);
	if (!(vm_flags & VM_NORESERVE) && (vm_flags & VM_WRITE) && !(vm_flags & VM_SHARED)) {
		if (vm_enough_memory((long)pages, capable_root()))
			return (unsigned long)-ENOMEM;
		charged = pages;
		vm_flags |= VM_ACCOUNT;
	}
	vma = file || (vm_flags & VM_SHARED) ? NULL : vma_merge(mm, prev, addr, addr + len, vm_flags, NULL, NULL, pgoff, NULL);
	if (vma)
		goto mapped;

	vma = new_vma(mm, NULL);
	if (!vma)
		goto uncharge;
	vma->vm_start = addr;
	vma->vm_end = addr + len;
	vma->vm_flags = vm_flags;
	vma->vm_page_prot = vm_get_page_prot(vm_flags);
	vma->vm_pgoff = pgoff;
	error = attach_backing(vma, file);
	if (error)
		goto unmap;
	if (vma->vm_flags & (VM_IO | VM_PFNMAP))	/* a device's frames stay anyway, and mlock leaves them alone */
		vma->vm_flags &= ~(VM_LOCKED | VM_LOCKONFAULT);
	vm_flags = vma->vm_flags;
	vma_set_page_prot(vma);
	merged = file ? vma_merge(mm, prev, addr, addr + len, vm_flags, NULL, file, vma->vm_pgoff, NULL) : NULL;
	if (merged) {
		fput(file);
		kmem_cache_free(vm_area_cachep, vma);
		vma = merged;
	} else {
		link_everywhere(mm, vma);
	}
mapped:
	vm_stat_account(mm, vm_flags, vma->vm_file, (long)pages);	/* shared anonymous memory has a file, too */
	if (vm_flags & VM_LOCKED)
		mm->locked_vm += pages;
	return addr;
unmap:
	vma->vm_flags &= ~VM_ACCOUNT;
	unmap_region(mm, vma, prev, addr, addr + len);	/* a driver may have got half of it done */
	kmem_cache_free(vm_area_cachep, vma);
uncharge:
	vm_unacct_memory((long)charged);
	return (unsigned long)error;
}

/*
 * mmap(2), with the offset in pages. Pages that are to be present (MAP_LOCKED, MAP_POPULATE) are the caller's to
 * fetch, once mmap_sem is free.
 * => mmap_sem held for write; may sleep; the address or -errno
 */
unsigned long do_mmap_pgoff(struct file *file, unsigned long addr, unsigned long len, unsigned long prot,
			    unsigned long flags, unsigned long pgoff)
{
	struct mm_struct *mm = current->mm;
	unsigned long vm_flags;
	int error;

	if (!len)
		return (unsigned long)-EINVAL;
	if (flags & MAP_FIXED_NOREPLACE)
		flags |= MAP_FIXED;
	if (!(flags & MAP_FIXED) && (addr & PAGE_MASK) && addr < sysctl_mmap_min_addr)
		addr = PAGE_ALIGN(sysctl_mmap_min_addr);
	len = PAGE_ALIGN(len);
	if (!len)
		return (unsigned long)-ENOMEM;
	if (pgoff + (len >> PAGE_SHIFT) < pgoff || (file && behind_largest_file(file, pgoff, len)))
		return (unsigned long)-EOVERFLOW;
	if (mm->map_count > sysctl_max_map_count)
		return (unsigned long)-ENOMEM;
	addr = get_unmapped_area(file, addr, len, pgoff, flags);
	if (addr & ~PAGE_MASK)
		return addr;
	if ((flags & MAP_FIXED_NOREPLACE) && find_vma_intersection(mm, addr, addr + len))
		return (unsigned long)-EEXIST;

	vm_flags = prot_to_vm_flags(prot) | mm->def_flags | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC |
		   (flags & MAP_GROWSDOWN ? VM_GROWSDOWN : 0) | (flags & MAP_LOCKED ? VM_LOCKED : 0);
	if ((flags & MAP_LOCKED) && !capable_root() && !rlimit(RLIMIT_MEMLOCK))
		return (unsigned long)-EPERM;
	error = mlock_future_check(mm, vm_flags, len);
	if (!error)
		error = file ? check_file_mapping(file, prot, flags, &vm_flags) : check_anon_mapping(flags, &vm_flags);
	if (error)
		return (unsigned long)error;
	if ((flags & MAP_NORESERVE) && sysctl_overcommit_memory != OVERCOMMIT_NEVER)
		vm_flags |= VM_NORESERVE;
	if (!file)
		pgoff = vm_flags & VM_SHARED ? 0 : addr >> PAGE_SHIFT;
	return mmap_region(file, addr, len, vm_flags, pgoff);
}

/* mmap(2): both ISAs' entries come here. */
long sys_mmap_pgoff(unsigned long addr, unsigned long len, unsigned long prot, unsigned long flags, unsigned long fd, unsigned long pgoff)
{
	struct mm_struct *mm = current->mm;
	struct file *file = NULL;
	unsigned long ret;
	bool populate;

	if (!(flags & MAP_ANONYMOUS)) {
		file = fget((unsigned int)fd);
		if (!file)
			return -EBADF;
	}
	if (flags & MAP_HUGETLB) {		/* there are no huge pages */
		if (file)
			fput(file);
		return -EINVAL;
	}
	down_write(&mm->mmap_sem);
	ret = do_mmap_pgoff(file, addr, len, prot, flags, pgoff);
	populate = (flags & MAP_LOCKED) || (mm->def_flags & VM_LOCKED) || (flags & (MAP_POPULATE | MAP_NONBLOCK)) == MAP_POPULATE;
	up_write(&mm->mmap_sem);
	if (populate && !IS_ERR((void *)ret))
		mm_populate(ret, PAGE_ALIGN(len));
	if (file)
		fput(file);
	return (long)ret;
}

/* mmap(2) where the offset comes in bytes. */
long sys_mmap(unsigned long addr, unsigned long len, unsigned long prot, unsigned long flags, unsigned long fd, unsigned long offset)
{
	if (offset & ~PAGE_MASK)
		return -EINVAL;
	return sys_mmap_pgoff(addr, len, prot, flags, fd, offset >> PAGE_SHIFT);
}

/* ---- munmap ------------------------------------------------------------------------------------ */

/* Cut [@start's area … @end) out of list and tree, as a list of its own that ends with NULL. => @prev lies below it */
static void detach_range(struct mm_struct *mm, struct vm_area_struct *vma, struct vm_area_struct *prev, unsigned long end)
{
	struct vm_area_struct **insertion = prev ? &prev->vm_next : &mm->mmap, *last = NULL;

	for (; vma && vma->vm_start < end; vma = vma->vm_next) {
		tree_erase(mm, vma);
		mm->map_count--;
		last = vma;
	}
	*insertion = vma;
	ASSERT(last);		/* @start's area is in the range */
	last->vm_next = NULL;
	mm->mmap_cache = NULL;
	fix_hole(vma);
}

/*
 * Unmap [@start, +@len): areas are cut at its ends; holes in it do not matter.
 * => mmap_sem held for write; may sleep. 0, -EINVAL, or -ENOMEM when a cut would need another area
 */
int do_munmap(struct mm_struct *mm, unsigned long start, size_t len)
{
	struct vm_area_struct *vma, *prev, *last;
	unsigned long end;
	int error;

	if ((start & ~PAGE_MASK) || start > mm->task_size || len > mm->task_size - start || !PAGE_ALIGN(len))
		return -EINVAL;
	end = start + PAGE_ALIGN(len);
	vma = find_vma_prev(mm, start, &prev);
	if (!vma || vma->vm_start >= end)
		return 0;

	if (start > vma->vm_start) {
		if (end < vma->vm_end && mm->map_count >= sysctl_max_map_count)
			return -ENOMEM;
		error = __split_vma(mm, vma, start, 0);
		if (error)
			return error;
		prev = vma;
	}
	last = find_vma(mm, end);
	if (last && last->vm_start < end) {
		error = __split_vma(mm, last, end, 1);
		if (error)
			return error;
	}
	vma = prev ? prev->vm_next : mm->mmap;
	update_hiwater_vm(mm);
	detach_range(mm, vma, prev, end);
	unmap_region(mm, vma, prev, start, end);
	while (vma) {
		long pages = (long)vma_pages(vma);

		vm_stat_account(mm, vma->vm_flags, vma->vm_file, -pages);
		if (vma->vm_flags & VM_LOCKED)
			mm->locked_vm -= (unsigned long)pages;
		vma = remove_vma(vma);
	}
	return 0;
}

long sys_munmap(unsigned long addr, size_t len)
{
	struct mm_struct *mm = current->mm;
	int ret;

	down_write(&mm->mmap_sem);
	ret = do_munmap(mm, addr, len);
	up_write(&mm->mmap_sem);
	return ret;
}

/* ---- brk ---------------------------------------------------------------------------------------- */

/*
 * A private, zeroed, writable mapping at exactly [@addr, +@len): the heap, a program's bss.
 * => mmap_sem held for write; may sleep; @addr or -errno
 */
unsigned long do_brk(unsigned long addr, unsigned long len)
{
	struct mm_struct *mm = current->mm;
	int error;

	len = PAGE_ALIGN(len);
	if (!len)
		return addr;
	if (addr > mm->task_size || len > mm->task_size - addr || (addr & ~PAGE_MASK))
		return (unsigned long)-EINVAL;
	error = mlock_future_check(mm, mm->def_flags, len);
	if (error)
		return (unsigned long)error;
	if (mm->map_count > sysctl_max_map_count)
		return (unsigned long)-ENOMEM;
	return mmap_region(NULL, addr, len, VM_DATA_DEFAULT_FLAGS | mm->def_flags, addr >> PAGE_SHIFT);
}

/* Move the break; false: it stays where it was. => mmap_sem held for write */
static bool move_brk(struct mm_struct *mm, unsigned long brk)
{
	unsigned long new = PAGE_ALIGN(brk), old = PAGE_ALIGN(mm->brk);
	struct vm_area_struct *next;

	if (brk < mm->start_brk || new < brk)
		return false;
	if ((u64)(brk - mm->start_brk) + (mm->end_data - mm->start_data) > rlimit(RLIMIT_DATA))
		return false;
	if (new < old)
		return !do_munmap(mm, new, old - new);
	if (new == old)
		return true;
	next = find_vma(mm, old);
	if (next && new + PAGE_SIZE > hole_end(next))	/* one page is kept free */
		return false;
	return do_brk(old, new - old) == old;
}

/* The new break, or the old one if it could not be moved. */
long sys_brk(unsigned long brk)
{
	struct mm_struct *mm = current->mm;
	unsigned long old, ret;
	bool populate;

	down_write(&mm->mmap_sem);
	old = mm->brk;
	if (brk != old && move_brk(mm, brk))
		mm->brk = brk;
	ret = mm->brk;
	populate = ret > old && (mm->def_flags & VM_LOCKED);
	up_write(&mm->mmap_sem);
	if (populate)
		mm_populate(PAGE_ALIGN(old), PAGE_ALIGN(ret) - PAGE_ALIGN(old));
	return (long)ret;
}

/* ---- stacks -------------------------------------------------------------------------------------- */

/* May @vma become @size bytes by @grow pages more? Then they are accounted. => page_table_lock held */
static int acct_stack_growth(struct vm_area_struct *vma, unsigned long size, unsigned long grow)
{
	struct mm_struct *mm = vma->vm_mm;

	if (!may_expand_vm(mm, vma->vm_flags, grow) || size > rlimit(RLIMIT_STACK) ||
	    mlock_future_check(mm, vma->vm_flags, grow << PAGE_SHIFT))
		return -ENOMEM;
	if ((vma->vm_flags & VM_ACCOUNT) && vm_enough_memory((long)grow, capable_root()))
		return -ENOMEM;
	vm_stat_account(mm, vma->vm_flags, vma->vm_file, (long)grow);
	if (vma->vm_flags & VM_LOCKED)
		mm->locked_vm += grow;
	return 0;
}

/*
 * Let @vma (VM_GROWSDOWN) reach down to @address. 0 or -ENOMEM: a limit, or another mapping would come too near.
 * => mmap_sem held for read; others may do the same at once. May sleep
 */
int expand_stack(struct vm_area_struct *vma, unsigned long address)
{
	struct mm_struct *mm = vma->vm_mm;
	struct vm_area_struct *prev;
	struct rb_node *below;
	int error;

	if (anon_vma_prepare(vma))	/* its lock is what keeps two growers apart */
		return -ENOMEM;
	address &= PAGE_MASK;
	if (address < sysctl_mmap_min_addr)
		return -ENOMEM;
	below = rb_prev(&vma->vm_rb);
	prev = below ? vma_of(below) : NULL;
	if (prev && !(prev->vm_flags & VM_GROWSDOWN) && (prev->vm_flags & (VM_READ | VM_WRITE | VM_EXEC)) &&
	    address < prev->vm_end + STACK_GUARD_GAP)
		return -ENOMEM;
	if (prev && address < prev->vm_end)
		return -ENOMEM;

	anon_vma_lock(vma);
	spin_lock(&mm->page_table_lock);
	error = 0;
	if (address < vma->vm_start) {
		unsigned long grow = (vma->vm_start - address) >> PAGE_SHIFT;

		error = grow > vma->vm_pgoff ? -ENOMEM : acct_stack_growth(vma, vma->vm_end - address, grow);
		if (!error) {
			vma->vm_start = address;
			vma->vm_pgoff -= grow;
			fix_hole(vma);
		}
	}
	spin_unlock(&mm->page_table_lock);
	anon_vma_unlock(vma);
	return error;
}

/* ---- mappings of the kernel's own pages --------------------------------------------------------------- */

static struct page *special_nopage(struct vm_area_struct *vma, unsigned long address, int *type)
{
	struct page **pages = ((const struct vm_special_mapping *)vma->vm_private_data)->pages;
	pgoff_t left = linear_page_index(vma, address);

	while (left && *pages) {
		pages++;
		left--;
	}
	if (!*pages)
		return NOPAGE_SIGBUS;
	get_page(*pages);
	*type = VM_FAULT_MINOR;
	return *pages;
}

static const char *special_name(struct vm_area_struct *vma)
{
	return ((const struct vm_special_mapping *)vma->vm_private_data)->name;
}

static const struct vm_operations_struct special_mapping_ops = {
	.nopage = special_nopage,
	.name = special_name,
};

/* Map @spec's pages at @addr. 0 or -ENOMEM. => mmap_sem held for write; @spec stays */
int install_special_mapping(struct mm_struct *mm, unsigned long addr, unsigned long len, unsigned long vm_flags,
			    const struct vm_special_mapping *spec)
{
	struct vm_area_struct *vma = new_vma(mm, NULL);

	if (!vma)
		return -ENOMEM;
	vma->vm_start = addr;
	vma->vm_end = addr + len;
	vma->vm_flags = vm_flags | mm->def_flags | VM_DONTEXPAND;
	vma->vm_page_prot = vm_get_page_prot(vma->vm_flags);
	vma->vm_ops = &special_mapping_ops;
	vma->vm_private_data = (void *)spec;
	if (insert_vm_struct(mm, vma)) {
		kmem_cache_free(vm_area_cachep, vma);
		return -ENOMEM;
	}
	vm_stat_account(mm, vma->vm_flags, NULL, (long)(len >> PAGE_SHIFT));
	return 0;
}

/* ---- whole address spaces ------------------------------------------------------------------------------- */

static struct mm_struct *mm_setup(struct mm_struct *mm)
{
	mm->mmap = mm->mmap_cache = NULL;
	mm->mm_rb = RB_ROOT;
	mm->map_count = 0;
	atomic_set(&mm->mm_users, 1);
	atomic_set(&mm->mm_count, 1);
	init_rwsem(&mm->mmap_sem, RANK_MMAP_SEM);
	spin_lock_init(&mm->page_table_lock, RANK_PAGE_TABLE);
	INIT_LIST_HEAD(&mm->mmlist);
	atomic_long_set(&mm->_file_rss, 0);
	atomic_long_set(&mm->_anon_rss, 0);
	atomic_long_set(&mm->nr_ptes, 0);
	atomic_set(&mm->gathers, 0);
	mm->total_vm = mm->locked_vm = mm->shared_vm = mm->exec_vm = mm->stack_vm = mm->data_vm = mm->reserved_vm = 0;
	mm->hiwater_rss = mm->hiwater_vm = 0;
	mm->def_flags = 0;
	mm->cpu_vm_mask = 0;
	mm->exe_file = NULL;
	memset(&mm->token, 0, sizeof(mm->token));
	mm->pgd = pgd_alloc(mm);
	if (!mm->pgd) {
		kmem_cache_free(mm_cachep, mm);
		return NULL;
	}
	spin_lock(&mm_list_lock);
	list_add_tail(&mm->all, &mm_list);
	spin_unlock(&mm_list_lock);
	return mm;
}

/* An empty address space with one user, laid out by the current limits. NULL without memory. => may sleep */
struct mm_struct *mm_alloc(void)
{
	struct mm_struct *mm = kmem_cache_zalloc(mm_cachep, GFP_KERNEL);

	mm = mm ? mm_setup(mm) : NULL;
	if (mm)
		arch_pick_mmap_layout(mm);
	return mm;
}

/* One area of @oldmm into the child, next to @prev. 0 or -ENOMEM; then what was done is in place for mmput. */
static int dup_area(struct mm_struct *mm, struct vm_area_struct *old, struct vm_area_struct **prev)
{
	struct address_space *mapping = vma_mapping(old);
	struct vm_area_struct *vma;
	long charge = old->vm_flags & VM_ACCOUNT ? (long)vma_pages(old) : 0;

	if (charge && vm_enough_memory(charge, capable_root()))
		return -ENOMEM;
	vma = new_vma(mm, old);
	if (!vma) {
		vm_unacct_memory(charge);
		return -ENOMEM;
	}
	vma->vm_flags &= ~(VM_LOCKED | VM_LOCKONFAULT);
	vma->vm_next = NULL;
	if (vma->vm_flags & VM_WIPEONFORK)
		vma->anon_vma = NULL;
	anon_vma_link(vma);
	if (mapping) {
		get_file(vma->vm_file);
		spin_lock(&mapping->i_mmap_lock);
		if (vma->vm_flags & VM_SHARED)
			mapping->i_mmap_writable++;
		vma_prio_tree_add(vma, old);
		spin_unlock(&mapping->i_mmap_lock);
	}
	if (*prev)
		(*prev)->vm_next = vma;
	else
		mm->mmap = vma;
	tree_insert(mm, vma, *prev ? &(*prev)->vm_rb.rb_right : &mm->mm_rb.rb_node, *prev ? &(*prev)->vm_rb : NULL);
	fix_hole(vma);
	mm->map_count++;
	*prev = vma;
	vm_stat_account(mm, vma->vm_flags, vma->vm_file, (long)vma_pages(vma));
	if (vma->vm_ops && vma->vm_ops->open)
		vma->vm_ops->open(vma);
	return vma->vm_flags & VM_WIPEONFORK ? 0 : copy_page_range(mm, old->vm_mm, old);
}

/*
 * The areas of @oldmm into the child @mm, which nobody else knows yet. When it returns, no CPU holds on to a right to write
 * that an entry has lost.
 * => may sleep. 0 or -ENOMEM; then what was done is in place for mmput
 */
static int dup_mmap(struct mm_struct *mm, struct mm_struct *oldmm)
{
	struct vm_area_struct *vma, *prev = NULL;
	int error = 0;

	down_write(&oldmm->mmap_sem);
	down_write_nested(&mm->mmap_sem);
	for (vma = oldmm->mmap; vma && !error; vma = vma->vm_next)
		if (!(vma->vm_flags & VM_DONTCOPY))
			error = dup_area(mm, vma, &prev);
	mm->hiwater_vm = mm->total_vm;
	mm->hiwater_rss = get_mm_rss(mm);
	up_write(&mm->mmap_sem);
	flush_tlb_mm(oldmm);			/* its private entries lost their write permission */
	up_write(&oldmm->mmap_sem);
	return error;
}

/*
 * fork: a copy of @tsk's address space; private pages become copy-on-write on both sides.
 * => may sleep; NULL without memory
 */
struct mm_struct *dup_mm(struct task_struct *tsk)
{
	struct mm_struct *oldmm = tsk->mm, *mm = kmem_cache_alloc(mm_cachep, GFP_KERNEL);

	if (!mm)
		return NULL;
	*mm = *oldmm;
	if (!mm_setup(mm))
		return NULL;
	if (oldmm->exe_file) {
		mm->exe_file = oldmm->exe_file;
		get_file(mm->exe_file);
		deny_write_access(mm->exe_file);	/* cannot fail: the parent's mm denies it already */
	}
	if (!dup_mmap(mm, oldmm))
		return mm;
	mmput(mm);
	return NULL;
}

/* Everything out of @mm. => no user left; may sleep */
void exit_mmap(struct mm_struct *mm)
{
	struct vm_area_struct *vma = mm->mmap;
	unsigned long accounted = 0;
	struct mmu_gather *tlb;

	if (!vma)
		return;
	lru_add_drain();
	tlb = tlb_gather_mmu(mm, true);
	unmap_vmas(&tlb, vma, 0, ~0UL, &accounted);
	vm_unacct_memory((long)accounted);
	free_pgtables(tlb, vma, FIRST_USER_ADDRESS, 0);
	tlb_finish_mmu(tlb);
	mm->mmap = mm->mmap_cache = NULL;
	mm->mm_rb = RB_ROOT;
	while (vma)
		vma = remove_vma(vma);
	BUG_ON(atomic_long_read(&mm->nr_ptes));
}

/* Drop a user of @mm; the last one tears it down. => may sleep */
void mmput(struct mm_struct *mm)
{
	might_sleep();
	if (!atomic_dec_and_test(&mm->mm_users))
		return;
	spin_lock(&mm_list_lock);
	list_del(&mm->all);
	spin_unlock(&mm_list_lock);
	if (DEBUG_BUILD)
		BUG_ON(check_areas(mm));
	exit_mmap(mm);
	if (mm->exe_file) {
		allow_write_access(mm->exe_file);
		fput(mm->exe_file);
		mm->exe_file = NULL;
	}
	mmdrop(mm);
}

/* See mm.h. One whose last user is leaving is passed over. */
struct mm_struct *next_mm(struct mm_struct *mm)
{
	struct list_head *pos;
	struct mm_struct *next = NULL;

	spin_lock(&mm_list_lock);
	for (pos = mm ? mm->all.next : mm_list.next; pos != &mm_list && !next; pos = pos->next) {
		next = list_entry(pos, struct mm_struct, all);
		if (!atomic_inc_not_zero(&next->mm_users))
			next = NULL;
	}
	spin_unlock(&mm_list_lock);
	if (mm)
		mmput(mm);
	return next;
}

/* The last reference has gone: no CPU has these page tables loaded. => any context but interrupts */
void __mmdrop(struct mm_struct *mm)
{
	BUG_ON(mm == &init_mm);
	pgd_free(mm->pgd);
	kmem_cache_free(mm_cachep, mm);
}

/*
 * exec: @mm gets its stack area, one page long, below @stack_top. 0 or -errno.
 * => nobody else knows @mm; mmap_sem not held
 */
int setup_arg_pages_vma(struct mm_struct *mm, unsigned long stack_top, unsigned long vm_flags)
{
	struct vm_area_struct *vma = new_vma(mm, NULL);
	int error;

	if (!vma)
		return -ENOMEM;
	vma->vm_end = stack_top;
	vma->vm_start = stack_top - PAGE_SIZE;
	vma->vm_flags = VM_STACK_FLAGS | vm_flags | mm->def_flags;
	vma->vm_page_prot = vm_get_page_prot(vma->vm_flags);
	down_write(&mm->mmap_sem);
	error = insert_vm_struct(mm, vma);
	if (!error)
		vm_stat_account(mm, vma->vm_flags, NULL, 1);
	up_write(&mm->mmap_sem);
	if (error)
		kmem_cache_free(vm_area_cachep, vma);
	return error;
}

/* The caches of address spaces and areas, and those of the files next to this one. => slab up */
void __init mm_init(void)
{
	mm_cachep = kmem_cache_create("mm_struct", sizeof(struct mm_struct), 0, SLAB_HWCACHE_ALIGN | SLAB_PANIC, NULL, NULL);
	vm_area_cachep = kmem_cache_create("vm_area_struct", sizeof(struct vm_area_struct), 0, SLAB_PANIC, NULL, NULL);
	anon_vma_init();
	zero_page_init();
}
