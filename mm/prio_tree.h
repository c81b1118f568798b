#ifndef MM_PRIO_TREE_H
#define MM_PRIO_TREE_H

/*
 * Radix priority search tree: which vmas map this range of a file (mm/prio_tree.c).
 * A node stands for an interval [start, last] of file pages; a heap by last, a radix tree by start.
 * Vmas with the same interval hang in a list on one node. => all under mapping->i_mmap_lock
 */
struct prio_tree_node;

struct raw_prio_tree_node {
	struct prio_tree_node *left, *right, *parent;
};

struct prio_tree_node {
	struct prio_tree_node *left, *right, *parent;
	unsigned long start, last;
};

struct prio_tree_root {
	struct prio_tree_node *prio_tree_node;
	unsigned short index_bits;
	unsigned short raw;		/* nodes are vmas: start and last are computed */
};

struct prio_tree_iter {
	struct prio_tree_node *cur;
	unsigned long mask, value;
	int size_level;
	struct prio_tree_root *root;
	unsigned long r_index, h_index;	/* the range asked for */
};

struct vm_area_struct;

void prio_tree_init(void);
void prio_tree_iter_init(struct prio_tree_iter *iter, struct prio_tree_root *root, unsigned long first, unsigned long last);
void vma_prio_tree_insert(struct vm_area_struct *vma, struct prio_tree_root *root);
void vma_prio_tree_remove(struct vm_area_struct *vma, struct prio_tree_root *root);
/* @vma, with the same interval as @old, joins its node. */
void vma_prio_tree_add(struct vm_area_struct *vma, struct vm_area_struct *old);
struct vm_area_struct *vma_prio_tree_next(struct vm_area_struct *vma, struct prio_tree_iter *iter);
#define INIT_PRIO_TREE_ROOT(ptr)	(*(ptr) = (struct prio_tree_root){ NULL, 1, 1 })
#define prio_tree_empty(root)		((root)->prio_tree_node == NULL)
#define vma_prio_tree_foreach(vma, iter, root, first, last)			\
	for (prio_tree_iter_init(iter, root, first, last), vma = NULL;		\
	     (vma = vma_prio_tree_next(vma, iter)); )

#endif
