/*
 * drop_caches.c: /proc/sys/vm/drop_caches: 1 drops clean pages of files, 2 unused dentries and inodes, 3 both.
 *
 * Owns:   nothing.
 * Locks:  /proc/sys's mutex around a write; inode_lock to follow a superblock's inodes.
 * Read next: mm/truncate.c:invalidate_mapping_pages, dcache.c and inode.c, whose shrinkers are called.
 */
#include "kernel/fs/internal.h"
#include "kernel/fs/proc_fs.h"
#include "mm/mm.h"
#include "mm/pagemap.h"
#include "mm/swap.h"

#define DROP_PAGES	1
#define DROP_OBJECTS	2
#define ALL		(1 << 30)

/* The clean pages of all inodes of @sb. => s_umount held; may sleep */
static void drop_pagecache_sb(struct super_block *sb, long unused)
{
	struct inode *inode, *last = NULL;	/* last: its reference keeps our place in the list */

	spin_lock(&inode_lock);
	list_for_each_entry(inode, &sb->s_inodes, i_sb_list) {
		if (inode->i_state & (I_FREEING | I_WILL_FREE) || !inode->i_mapping->nrpages)
			continue;
		__iget(inode);
		spin_unlock(&inode_lock);
		iput(last);
		last = inode;
		invalidate_mapping_pages(inode->i_mapping, 0, (pgoff_t)-1);
		spin_lock(&inode_lock);
	}
	spin_unlock(&inode_lock);
	iput(last);
}

/* All that is unused, to the last one: shrink_slab() works by batches, and leaves part of one. => may sleep */
static void drop_objects(void)
{
	int before, left = shrink_dcache_memory(0, GFP_KERNEL) + shrink_icache_memory(0, GFP_KERNEL);

	do {
		before = left;
		shrink_dcache_memory(ALL, GFP_KERNEL);
		left = shrink_dcache_memory(0, GFP_KERNEL) + shrink_icache_memory(before + 1, GFP_KERNEL);
	} while (left < before);
}

static int what;

static int drop_caches(const struct proc_sys *entry)
{
	if (what & DROP_PAGES) {
		lru_add_drain_all();		/* a page that a page vector holds is in use */
		iterate_supers(drop_pagecache_sb, 0);
	}
	if (what & DROP_OBJECTS)
		drop_objects();
	return 0;
}

static const struct proc_sys entry = {
	.path = "vm/drop_caches", .data = &what, .min = 0, .max = DROP_PAGES | DROP_OBJECTS, .changed = drop_caches,
};

void drop_caches_init(void)
{
	proc_sys_register(&entry);
}
