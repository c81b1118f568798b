#ifndef MM_PRIO_TREE_H
#define MM_PRIO_TREE_H

/*
 * Radix priority search tree: which areas (vmas) map a given range of a file (mm/prio_tree.c).
 *
 * Each node stands for an interval [start, last] of file pages. A heap by last: nobody below a node ends later. A radix
 * tree by start: the path to a node spells the bits of its start, highest first; where these end, the bits of last.
 *
 *	[0,9]			index_bits 4; left: next bit is 0
 *	├ [2,7]
 *	│  └ [3,3]
 *	└ [8,9]
 *
 * Areas with the same interval share one node: the node's area points to a head, whose ring holds the others.
 * => everything under mapping->i_mmap_lock
 */
#include "kernel/types.h"

struct raw_prio_tree_node {
	struct raw_prio_tree_node *left, *right;	/* NULL: none */
	struct raw_prio_tree_node *parent;		/* itself in the root; NULL: not in the tree (vm_set.parent) */
};

struct prio_tree_root {
	struct raw_prio_tree_node *prio_tree_node;
	unsigned short index_bits;	/* bits that the greatest last of all needs */
};

/* A walk over all intervals that meet [first, last]. */
struct prio_tree_iter {
	struct prio_tree_root *root;
	struct raw_prio_tree_node *cur;	/* NULL: not begun */
	unsigned int level;		/* of cur */
	unsigned long value;		/* bits of start that the path to cur spells */
	unsigned long first, last;
};

struct vm_area_struct;

void prio_tree_iter_init(struct prio_tree_iter *iter, struct prio_tree_root *root, unsigned long first, unsigned long last);
void vma_prio_tree_insert(struct vm_area_struct *vma, struct prio_tree_root *root);
void vma_prio_tree_remove(struct vm_area_struct *vma, struct prio_tree_root *root);
/* @vma, with the same interval as @old, joins its node. */
void vma_prio_tree_add(struct vm_area_struct *vma, struct vm_area_struct *old);
/* The area behind @vma (NULL: the first); NULL at the end. */
struct vm_area_struct *vma_prio_tree_next(struct vm_area_struct *vma, struct prio_tree_iter *iter);
#define INIT_PRIO_TREE_ROOT(ptr)	(*(ptr) = (struct prio_tree_root){ NULL, 1 })
#define prio_tree_empty(root)		((root)->prio_tree_node == NULL)
#define vma_prio_tree_foreach(vma, iter, root, first, last)			\
	for (prio_tree_iter_init(iter, root, first, last), vma = NULL;		\
	     (vma = vma_prio_tree_next(vma, iter)); )

#endif
