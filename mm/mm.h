#ifndef MM_MM_H
#define MM_MM_H

/*
 * What the memory manager offers to the rest of the kernel. Each group names the file that holds it.
 */
#include "mm/mm_types.h"
#include "mm/mmzone.h"
#include "mm/gfp.h"
#include "mm/page_flags.h"
#include "mm/vmstat.h"
#include "kernel/sched.h"
#include <asm/pgtable.h>

/* ---- struct page ---------------------------------------------------------------- */
static inline unsigned long page_section_nr(const struct page *page) { return page->flags >> SECTIONS_PGSHIFT & (NR_MEM_SECTIONS - 1); }
static inline struct page *pfn_to_page(unsigned long pfn) { return mem_section[pfn_to_section_nr(pfn)].map + pfn; }
static inline unsigned long page_to_pfn(const struct page *page) { return (unsigned long)(page - mem_section[page_section_nr(page)].map); }
static inline int page_to_nid(const struct page *page) { return mem_section[page_section_nr(page)].nid; }
static inline int page_zonenum(const struct page *page) { return (int)(page->flags >> ZONES_PGSHIFT) & (MAX_NR_ZONES - 1); }
static inline struct zone *page_zone(const struct page *page) { return &NODE_DATA(page_to_nid(page))->node_zones[page_zonenum(page)]; }
static inline bool PageHighMem(const struct page *page) { return is_highmem_idx(page_zonenum(page)); }
static inline phys_t page_to_phys(const struct page *page) { return (phys_t)page_to_pfn(page) << PAGE_SHIFT; }
static inline struct page *virt_to_page(const void *addr) { return pfn_to_page(__pa((unsigned long)addr) >> PAGE_SHIFT); }
/* The kernel's address of a page that is not in high memory. */
static inline void *lowmem_page_address(const struct page *page) { return __va(page_to_phys(page)); }

static inline struct page *compound_head(struct page *page)
{
	return unlikely(PageCompound(page)) ? (struct page *)page->private : page;
}
/* The second page of a compound page keeps what to do at the last put_page, and the order. */
typedef void (*compound_page_dtor)(struct page *page);
static inline void set_compound_page_dtor(struct page *page, compound_page_dtor dtor) { page[1].lru.next = (struct list_head *)(void *)dtor; }
static inline compound_page_dtor get_compound_page_dtor(struct page *page) { return (compound_page_dtor)(void *)page[1].lru.next; }
static inline unsigned int compound_order(struct page *page) { return (unsigned int)(unsigned long)page[1].lru.prev; }
static inline int page_count(struct page *page) { return atomic_read(&compound_head(page)->_count); }
static inline void get_page(struct page *page)
{
	page = compound_head(page);
	ASSERT(atomic_read(&page->_count) > 0);
	atomic_inc(&page->_count);
}
/* Take a reference unless the page is free already. */
static inline bool get_page_unless_zero(struct page *page) { return atomic_inc_not_zero(&page->_count); }
static inline bool put_page_testzero(struct page *page)
{
	ASSERT(atomic_read(&page->_count) > 0);
	return atomic_dec_and_test(&page->_count);
}
void put_page(struct page *page);		/* swap.c. => any context */
void split_page(struct page *page, unsigned int order);
static inline unsigned long page_private(const struct page *page) { return page->private; }
static inline void set_page_private(struct page *page, unsigned long v) { page->private = v; }
static inline int page_mapcount(struct page *page) { return atomic_read(&page->_mapcount) + 1; }
static inline bool page_mapped(struct page *page) { return atomic_read(&page->_mapcount) >= 0; }
static inline bool PageAnon(const struct page *page) { return (unsigned long)page->mapping & PAGE_MAPPING_ANON; }
/* The file's address space (or the swap cache's, once there is swap); NULL for anonymous pages outside it. */
struct address_space *page_mapping(struct page *page);
bool page_has_buffers(const struct page *page);

/* page-writeback.c */
int set_page_dirty(struct page *page);		/* => page referenced; may not sleep. 1: newly dirty */
int set_page_dirty_lock(struct page *page);	/* as set_page_dirty, takes the page lock */
int __set_page_dirty_nobuffers(struct page *page);
int clear_page_dirty_for_io(struct page *page);	/* => page locked. 1: it was dirty, write it now */
void cancel_dirty_page(struct page *page);

/* ---- vmas: flags as in 2.6.20 --------------------------------------------------------- */
#define VM_READ		0x00000001UL
#define VM_WRITE	0x00000002UL
#define VM_EXEC		0x00000004UL
#define VM_SHARED	0x00000008UL
#define VM_MAYREAD	0x00000010UL
#define VM_MAYWRITE	0x00000020UL
#define VM_MAYEXEC	0x00000040UL
#define VM_MAYSHARE	0x00000080UL
#define VM_GROWSDOWN	0x00000100UL
#define VM_PFNMAP	0x00000400UL
#define VM_DENYWRITE	0x00000800UL
#define VM_EXECUTABLE	0x00001000UL
#define VM_LOCKED	0x00002000UL
#define VM_IO		0x00004000UL
#define VM_SEQ_READ	0x00008000UL
#define VM_RAND_READ	0x00010000UL
#define VM_DONTCOPY	0x00020000UL
#define VM_DONTEXPAND	0x00040000UL
#define VM_RESERVED	0x00080000UL
#define VM_ACCOUNT	0x00100000UL
#define VM_INSERTPAGE	0x02000000UL
#define VM_ALWAYSDUMP	0x04000000UL
#define VM_NORESERVE	0x00200000UL
#define VM_LOCKONFAULT	0x08000000UL	/* with VM_LOCKED: pages are locked as they come, not fetched */
#define VM_WIPEONFORK	0x10000000UL	/* the child finds zeros */
#define VM_SPECIAL	(VM_IO | VM_DONTEXPAND | VM_RESERVED | VM_PFNMAP)	/* never merged */
#define VM_STACK_FLAGS	(VM_GROWSDOWN | VM_READ | VM_WRITE | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC | VM_ACCOUNT)
#define VM_DATA_DEFAULT_FLAGS (VM_READ | VM_WRITE | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC)
#define VM_ReadHint(v)		((v)->vm_flags & (VM_SEQ_READ | VM_RAND_READ))
#define VM_SequentialReadHint(v) ((v)->vm_flags & VM_SEQ_READ)
#define VM_RandomReadHint(v)	((v)->vm_flags & VM_RAND_READ)

struct vm_operations_struct {
	void (*open)(struct vm_area_struct *vma);	/* => mmap_sem held for write: the vma was copied or split */
	void (*close)(struct vm_area_struct *vma);
	/* The page at @address, referenced; NOPAGE_SIGBUS, NOPAGE_OOM or NOPAGE_REFAULT. *type: VM_FAULT_MINOR or MAJOR. */
	struct page *(*nopage)(struct vm_area_struct *vma, unsigned long address, int *type);
	int (*page_mkwrite)(struct vm_area_struct *vma, struct page *page); /* a shared page is about to become writable. 0 or -errno */
	const char *(*name)(struct vm_area_struct *vma);	/* for /proc/pid/maps; NULL: none */
};
#define NOPAGE_SIGBUS	NULL
#define NOPAGE_OOM	((struct page *)-1L)
#define NOPAGE_REFAULT	((struct page *)-2L)

#define VM_FAULT_OOM	0
#define VM_FAULT_SIGBUS	1
#define VM_FAULT_MINOR	2
#define VM_FAULT_MAJOR	3
#define VM_FAULT_WRITE	0x10	/* do_wp_page made it writable: get_user_pages need not ask again */

/* ---- mmap.c ------------------------------------------------------------------------------- */
struct vm_area_struct *find_vma(struct mm_struct *mm, unsigned long addr);	/* first with addr < vm_end. => mmap_sem held */
struct vm_area_struct *find_vma_prev(struct mm_struct *mm, unsigned long addr, struct vm_area_struct **pprev);
static inline struct vm_area_struct *find_vma_intersection(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	struct vm_area_struct *vma = find_vma(mm, start);

	return vma && end <= vma->vm_start ? NULL : vma;
}
/* The mapping's address, or -errno. => mmap_sem held for write; may sleep */
unsigned long do_mmap_pgoff(struct file *file, unsigned long addr, unsigned long len, unsigned long prot,
			    unsigned long flags, unsigned long pgoff);
int do_munmap(struct mm_struct *mm, unsigned long start, size_t len);	/* => mmap_sem held for write */
unsigned long do_brk(unsigned long addr, unsigned long len);		/* => mmap_sem held for write */
int expand_stack(struct vm_area_struct *vma, unsigned long address);
int split_vma(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long addr, int new_below);
int vma_isolate(struct vm_area_struct **vmap, struct vm_area_struct **prev, unsigned long start, unsigned long end, unsigned long vm_flags);
struct vm_area_struct *vma_merge(struct mm_struct *mm, struct vm_area_struct *prev, unsigned long addr, unsigned long end,
				 unsigned long vm_flags, struct anon_vma *anon_vma, struct file *file, pgoff_t pgoff,
				 struct mempolicy *policy);
struct vm_area_struct *copy_vma(struct vm_area_struct **vmap, unsigned long addr, unsigned long len, pgoff_t pgoff);
int insert_vm_struct(struct mm_struct *mm, struct vm_area_struct *vma);	/* 0 or -ENOMEM. => mmap_sem held for write */
/* A mapping of the kernel's own pages, such as the signal trampoline; lives as long as the kernel does. */
struct vm_special_mapping {
	const char *name;		/* for /proc/pid/maps */
	struct page **pages;		/* NULL-ended */
};
int install_special_mapping(struct mm_struct *mm, unsigned long addr, unsigned long len, unsigned long vm_flags,
			    const struct vm_special_mapping *spec);	/* 0 or -errno. => mmap_sem held for write */
void unlink_file_vma(struct vm_area_struct *vma);	/* the file's rmap does not find it any more */
void exit_mmap(struct mm_struct *mm);
int vm_enough_memory(long pages, int cap_sys_admin);	/* accounts them; 0 or -ENOMEM */
void vm_acct_memory(long pages);
unsigned long vm_commit_ram(void);		/* of CommitLimit, what is not swap; pages */
static inline void vm_unacct_memory(long pages) { vm_acct_memory(-pages); }
bool may_expand_vm(struct mm_struct *mm, unsigned long vm_flags, unsigned long npages);	/* RLIMIT_AS, RLIMIT_DATA */
void vm_stat_account(struct mm_struct *mm, unsigned long vm_flags, struct file *file, long pages);
int vma_wants_writenotify(struct vm_area_struct *vma);	/* shared file pages: the first write must fault */
void vma_set_page_prot(struct vm_area_struct *vma);	/* vm_page_prot from vm_flags. => mmap_sem held for write */
int mlock_future_check(struct mm_struct *mm, unsigned long vm_flags, unsigned long len);	/* RLIMIT_MEMLOCK: 0 or -EAGAIN */
unsigned long get_unmapped_area(struct file *file, unsigned long addr, unsigned long len, unsigned long pgoff, unsigned long flags);
pgprot_t vm_get_page_prot(unsigned long vm_flags);
void vma_adjust(struct vm_area_struct *vma, unsigned long start, unsigned long end, pgoff_t pgoff, struct vm_area_struct *insert);
extern int sysctl_overcommit_memory, sysctl_overcommit_ratio, sysctl_max_map_count, sysctl_legacy_va_layout;
extern unsigned long sysctl_mmap_min_addr;
extern atomic_long_t vm_committed_space;
static inline unsigned long vma_pages(const struct vm_area_struct *vma) { return (vma->vm_end - vma->vm_start) >> PAGE_SHIFT; }

/* Address spaces as a whole (mmap.c). */
struct mm_struct *mm_alloc(void);		/* empty, one user; NULL without memory */
struct mm_struct *dup_mm(struct task_struct *tsk);	/* fork: a copy of tsk->mm; NULL or ERR_PTR */
void mmput(struct mm_struct *mm);		/* drop a user; the last tears it down. => may sleep */
/* All that have users: the one behind @mm (NULL: the first), as its user; @mm's user is dropped. NULL at the end. => may sleep */
struct mm_struct *next_mm(struct mm_struct *mm);
void __mmdrop(struct mm_struct *mm);
static inline void mmdrop(struct mm_struct *mm) { if (atomic_dec_and_test(&mm->mm_count)) __mmdrop(mm); }
extern struct mm_struct init_mm;
void arch_pick_mmap_layout(struct mm_struct *mm);	/* mmap.c: top-down below the stack's limit, or legacy */
/* exec: stack area of the new mm with room for one page at STACK_TOP; 0 or -errno. Later: moved and sized. */
int setup_arg_pages_vma(struct mm_struct *mm, unsigned long stack_top, unsigned long vm_flags);

/* ---- memory.c, fault.c ----------------------------------------------------------------------- */
int handle_mm_fault(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long address, int write_access);
int copy_page_range(struct mm_struct *dst, struct mm_struct *src, struct vm_area_struct *vma);
struct zap_details;	/* mm/mmu_gather.h */
unsigned long zap_page_range(struct vm_area_struct *vma, unsigned long address, unsigned long size, struct zap_details *details);
void unmap_mapping_range(struct address_space *mapping, loff_t holebegin, loff_t holelen, int even_cows);
int vmtruncate(struct inode *inode, loff_t offset);
struct vm_area_struct *find_extend_vma(struct mm_struct *mm, unsigned long addr);
int get_user_pages(struct task_struct *tsk, struct mm_struct *mm, unsigned long start, int len, int write, int force,
		   struct page **pages, struct vm_area_struct **vmas);	/* => mmap_sem held for read. pages done or -errno */
int make_pages_present(unsigned long addr, unsigned long end);	/* => mmap_sem held for read */
void mm_populate(unsigned long addr, unsigned long len);	/* as make_pages_present, of what is mapped; errors ignored. => mmap_sem not held */
/* exec: bytes into the not yet loaded @mm's stack, at user address @pos. 0 or -errno. => mmap_sem not held */
int copy_to_mm(struct mm_struct *mm, unsigned long pos, const void *src, size_t n);
int access_remote_vm(struct task_struct *tsk, struct mm_struct *mm, unsigned long addr, void *buf, int len, int write);
int vm_insert_page(struct vm_area_struct *vma, unsigned long addr, struct page *page);
int remap_pfn_range(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn, unsigned long size, pgprot_t prot);
struct page *vm_normal_page(struct vm_area_struct *vma, unsigned long addr, pte_t pte);
/* Populate one entry of an upper level; 0 or -ENOMEM, also 0 when another was faster. => may sleep */
int __pmd_alloc(struct mm_struct *mm, pgd_t *pgd, unsigned long address);
int __pte_alloc(struct mm_struct *mm, pmd_t *pmd, unsigned long address);
int __pte_alloc_kernel(pmd_t *pmd, unsigned long address);
/* The entries for @address, tables made as needed; NULL without memory. */
static inline pmd_t *pmd_alloc(struct mm_struct *mm, pgd_t *pgd, unsigned long address)
{
	return unlikely(pgd_none(*pgd)) && __pmd_alloc(mm, pgd, address) ? NULL : pmd_offset(pgd, address);
}
#define pte_alloc_map(mm, pmd, addr) \
	((unlikely(!pmd_present(*(pmd))) && __pte_alloc(mm, pmd, addr)) ? NULL : pte_offset_map(pmd, addr))
#define pte_alloc_map_lock(mm, pmd, addr, ptlp) \
	((unlikely(!pmd_present(*(pmd))) && __pte_alloc(mm, pmd, addr)) ? NULL : pte_offset_map_lock(mm, pmd, addr, ptlp))
#define pte_alloc_kernel(pmd, addr) \
	((unlikely(!pmd_present(*(pmd))) && __pte_alloc_kernel(pmd, addr)) ? NULL : pte_offset_kernel(pmd, addr))
void zero_page_init(void);
extern struct page *zero_page;
#define ZERO_PAGE(addr)	(zero_page)

#define get_mm_counter(mm, c)		((unsigned long)atomic_long_read(&(mm)->_##c))
#define add_mm_counter(mm, c, v)	atomic_long_add((v), &(mm)->_##c)
#define inc_mm_counter(mm, c)		atomic_long_inc(&(mm)->_##c)
#define dec_mm_counter(mm, c)		atomic_long_dec(&(mm)->_##c)
#define update_hiwater_rss(mm)		((mm)->hiwater_rss = max((mm)->hiwater_rss, get_mm_rss(mm)))
#define update_hiwater_vm(mm)		((mm)->hiwater_vm = max((mm)->hiwater_vm, (mm)->total_vm))
#define get_mm_rss(mm)			(get_mm_counter(mm, file_rss) + get_mm_counter(mm, anon_rss))

/* ---- the others, each in the file of its name -------------------------------------------------- */
void show_mem(void);				/* page_alloc.c: the memory state, for panics and the OOM report */
void show_free_areas(void);
unsigned long nr_free_pages(void);
unsigned long nr_free_buffer_pages(void);
extern unsigned long totalram_pages, totalhigh_pages;
struct sysinfo;
void si_meminfo(struct sysinfo *val);
void mm_quiesce(void);				/* fold counters, drain pagevecs and per-CPU lists: then everything adds up. => may sleep */
void drain_all_pages(void);			/* all CPUs' lists of single pages to the buddy lists. => may sleep */
void mm_init(void);				/* slab caches of vmas, mms, anon_vmas … (mmap.c) */
char *kstrdup(const char *s, gfp_t gfp);
void *kmemdup(const void *src, size_t len, gfp_t gfp);
char *strndup_user(const char __user *s, long n);	/* ERR_PTR(-EFAULT, -EINVAL too long, -ENOMEM) */
void out_of_memory(gfp_t gfp, int order);	/* oom_kill.c */
unsigned long badness(struct task_struct *p, u64 uptime_ns);	/* => tasklist_lock held */

#endif
