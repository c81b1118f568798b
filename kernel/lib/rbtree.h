#ifndef KERNEL_LIB_RBTREE_H
#define KERNEL_LIB_RBTREE_H

/*
 * Red-black trees, as Linux's: the user walks down to the place himself (and so chooses the order), links the
 * node there, and has the tree balanced.
 *
 *	rb_link_node(&new->node, parent, link);
 *	rb_insert_color(&new->node, &root);
 *
 * => no locking here.
 */
#include "kernel/types.h"

struct rb_node {
	unsigned long rb_parent_color;	/* the parent's address; bit 0: black */
	struct rb_node *rb_right, *rb_left;
} __aligned(sizeof(long));

struct rb_root {
	struct rb_node *rb_node;
};

#define RB_RED		0
#define RB_BLACK	1
#define RB_ROOT		(struct rb_root){ NULL }

#define rb_parent(r)		((struct rb_node *)((r)->rb_parent_color & ~3UL))
#define rb_entry(ptr, type, member)	container_of(ptr, type, member)
#define RB_EMPTY_ROOT(root)	((root)->rb_node == NULL)
/* A node that is its own parent is in no tree. */
#define RB_EMPTY_NODE(node)	(rb_parent(node) == (node))
#define RB_CLEAR_NODE(node)	((node)->rb_parent_color = (unsigned long)(node))

void rb_insert_color(struct rb_node *node, struct rb_root *root);
void rb_erase(struct rb_node *node, struct rb_root *root);

/* In order; NULL at the ends. */
struct rb_node *rb_next(const struct rb_node *node);
struct rb_node *rb_prev(const struct rb_node *node);
struct rb_node *rb_first(const struct rb_root *root);
struct rb_node *rb_last(const struct rb_root *root);

static inline void rb_link_node(struct rb_node *node, struct rb_node *parent, struct rb_node **link)
{
	node->rb_parent_color = (unsigned long)parent;
	node->rb_left = node->rb_right = NULL;
	*link = node;
}

#endif
