#ifndef KERNEL_LIB_RADIX_TREE_H
#define KERNEL_LIB_RADIX_TREE_H

/*
 * Radix trees: pointers by an unsigned long index, with two tags an item, as 2.6.20's.
 *
 *	root ─► node (64 slots) ─► node ─► item	the tree is as high as its largest index needs
 *
 * A node's tag bit says that some item below that slot has the tag, so that tagged items are found
 * without looking at the others.
 * => the caller locks: changes exclude everything, lookups exclude changes.
 */
#include "kernel/types.h"

#define RADIX_TREE_MAX_TAGS	2

struct radix_tree_node;

struct radix_tree_root {
	unsigned int height;		/* 0: rnode is the item of index 0 itself */
	unsigned int tags;		/* bit per tag: some item has it */
	gfp_t gfp_mask;
	struct radix_tree_node *rnode;
};

#define RADIX_TREE_INIT(mask)		{ .gfp_mask = (mask) }
#define RADIX_TREE(name, mask)		struct radix_tree_root name = RADIX_TREE_INIT(mask)
#define INIT_RADIX_TREE(root, mask)	(*(root) = (struct radix_tree_root)RADIX_TREE_INIT(mask))

/* 0, -EEXIST, or -ENOMEM. */
int radix_tree_insert(struct radix_tree_root *root, unsigned long index, void *item);
/* NULL if there is none. The slot may be overwritten with another item. */
void *radix_tree_lookup(struct radix_tree_root *root, unsigned long index);
void **radix_tree_lookup_slot(struct radix_tree_root *root, unsigned long index);
/* Returns the item that was there, or NULL. */
void *radix_tree_delete(struct radix_tree_root *root, unsigned long index);
/* Up to @max items from index @first on, rising; returns how many. */
unsigned int radix_tree_gang_lookup(struct radix_tree_root *root, void **results, unsigned long first,
				    unsigned int max);
unsigned int radix_tree_gang_lookup_tag(struct radix_tree_root *root, void **results, unsigned long first,
					unsigned int max, unsigned int tag);
/* => the item exists (tag_set). Both return the item, or NULL. */
void *radix_tree_tag_set(struct radix_tree_root *root, unsigned long index, unsigned int tag);
void *radix_tree_tag_clear(struct radix_tree_root *root, unsigned long index, unsigned int tag);
bool radix_tree_tag_get(struct radix_tree_root *root, unsigned long index, unsigned int tag);
static inline bool radix_tree_tagged(const struct radix_tree_root *root, unsigned int tag)
{
	return root->tags & (1U << tag);
}

/*
 * Put nodes aside on this CPU so that one insertion under a spinlock cannot fail; 0 or -ENOMEM.
 * => may sleep as @gfp_mask says. The kernel is not preemptible: the nodes stay ours until we sleep.
 */
int radix_tree_preload(gfp_t gfp_mask);
static inline void radix_tree_preload_end(void) { }
void radix_tree_drop_preload(void *unused);	/* this CPU's nodes put aside go back. => any context; for on_each_cpu() */

void radix_tree_init(void);

#endif
