#ifndef MM_MM_TYPES_H
#define MM_MM_TYPES_H

/*
 * The three structures everything here is about: a page, an area of an address space, an address space.
 *
 * Lock letters: [m] mmap_sem  [p] page lock (PG_locked)  [i] mapping->i_mmap_lock  [a] anon_vma->lock
 *               [t] the page-table lock of the table  [pt] mm->page_table_lock  [l] zone->lru_lock  [z] zone->lock
 *               [tree] mapping->tree_lock  [x] atomic  [o] owner of the page, who it is says flags
 */
#include "kernel/types.h"
#include "kernel/atomic.h"
#include "kernel/bitops.h"
#include "kernel/spinlock.h"
#include "kernel/mutex.h"
#include "kernel/lib/list.h"
#include "kernel/lib/rbtree.h"
#include "mm/prio_tree.h"
#include "mm/thrash.h"
#include <asm/page.h>
#include <asm/mmu.h>		/* mm_context_t */

struct address_space;
struct inode;
struct file;
struct anon_vma;
struct mempolicy;
struct vm_operations_struct;

/* 32 bytes on 32 bits, 56 on 64. */
struct page {
	unsigned long flags;		/* [x] PG_* | zone | section */
	atomic_t _count;		/* references; 0: free */
	atomic_t _mapcount;		/* page-table entries that map it, minus one: -1 is none */
	union {
		unsigned long private;	/* PG_private: buffers; PG_buddy: order [z]; PG_swapcache: entry; compound: the head */
		spinlock_t ptl;		/* page-table page: its entries' lock */
	};
	struct address_space *mapping;	/* [p] low bit set: an anon_vma; slab: free */
	pgoff_t index;			/* [p] offset in mapping, pages; anonymous: linear index of the vma */
	struct list_head lru;		/* [l] LRU list; free: [z] buddy list; slab: cache and slab */
};

#define PAGE_MAPPING_ANON	1UL

struct vm_area_struct {
	struct mm_struct *vm_mm;
	unsigned long vm_start;		/* [m] (+ [a], [i] when moved) first byte */
	unsigned long vm_end;		/* [m] first byte behind */
	struct vm_area_struct *vm_next;	/* [m] sorted by address */
	pgprot_t vm_page_prot;		/* [m] */
	unsigned long vm_flags;		/* [m] VM_* */
	struct rb_node vm_rb;		/* [m] */
	unsigned long hole, max_hole;	/* [m][pt] free bytes below it; the most of any in its subtree */
	union {
		struct {
			struct list_head list;
			void *parent;	/* prio_tree_node's */
			struct vm_area_struct *head;
		} vm_set;
		struct raw_prio_tree_node prio_tree_node;
	} shared;			/* [i] in mapping->i_mmap */
	struct list_head anon_vma_node;	/* [a] */
	struct anon_vma *anon_vma;	/* [m] or [pt] to set it first */
	const struct vm_operations_struct *vm_ops;
	unsigned long vm_pgoff;		/* offset in vm_file, pages */
	struct file *vm_file;		/* a reference, or NULL */
	void *vm_private_data;
	struct mempolicy *vm_policy;	/* [m] */
};

struct mm_struct {
	struct vm_area_struct *mmap;	/* [m] list, lowest first */
	struct rb_root mm_rb;		/* [m] */
	struct vm_area_struct *mmap_cache; /* last find_vma; a hint, written by readers too */
	unsigned long (*get_unmapped_area)(struct file *file, unsigned long addr, unsigned long len,
					   unsigned long pgoff, unsigned long flags);
	unsigned long mmap_base;	/* top of the area for top-down */
	unsigned long task_size;
	pgd_t *pgd;
	atomic_t mm_users;		/* tasks that live in it, and get_task_mm */
	atomic_t mm_count;		/* references to the structure; all users together are one */
	int map_count;			/* [m] areas */
	struct rw_semaphore mmap_sem;
	spinlock_t page_table_lock;	/* [pt] populating upper levels, hiwater, first anon_vma */
	struct list_head mmlist;	/* swapped mms, under mmlist_lock */
	struct list_head all;		/* all that have users, under mm_list_lock */

	atomic_long_t _file_rss, _anon_rss;	/* pages mapped */
	unsigned long hiwater_rss, hiwater_vm;	/* high marks */
	unsigned long total_vm, locked_vm, shared_vm, exec_vm, stack_vm, data_vm, reserved_vm; /* [m][pt] pages */
	unsigned long def_flags;	/* [m] VM_LOCKED after mlockall(MCL_FUTURE) */
	atomic_long_t nr_ptes;		/* page-table pages */
	atomic_t gathers;		/* mmu_gathers at work: entries may have gone, and their translations not yet */
	unsigned long start_code, end_code, start_data, end_data;	/* [m] */
	unsigned long start_brk, brk, start_stack;
	unsigned long arg_start, arg_end, env_start, env_end;
	unsigned long saved_auxv[2 * 24];	/* for /proc/pid/auxv */
	struct file *exe_file;		/* /proc/pid/exe; a reference */

	cpumask_t cpu_vm_mask;		/* [x] CPUs that may hold translations */
	mm_context_t context;		/* arch */
	struct swap_token_record token;	/* mm/thrash.h */
	bool oom_disabled;
};

#endif
