/*
 * rbtree.c: keeps a binary tree balanced.
 *
 * The rules: the root is black; a red node has no red child; every way from the root to an empty place
 * passes the same number of black nodes. So the longest way is at most twice the shortest.
 * Both repairs below are written once, for either side: "dir" says on which side of its parent the node
 * stands, and child() picks a link by side.
 */
#include "kernel/printk.h"
#include "kernel/lib/rbtree.h"

enum { LEFT, RIGHT };

static inline struct rb_node **child(struct rb_node *n, int dir)
{
	return dir == LEFT ? &n->rb_left : &n->rb_right;
}

static inline bool is_red(const struct rb_node *n)
{
	return n && !(n->rb_parent_color & RB_BLACK);	/* an empty place is black */
}

static inline void set_parent(struct rb_node *n, struct rb_node *parent)
{
	n->rb_parent_color = (n->rb_parent_color & 3) | (unsigned long)parent;
}

static inline void set_color(struct rb_node *n, int color)
{
	n->rb_parent_color = (n->rb_parent_color & ~1UL) | (unsigned long)color;
}

/* Whoever pointed at @old (its parent or the root) points at @new. */
static void replace_child(struct rb_node *parent, struct rb_node *old, struct rb_node *new, struct rb_root *root)
{
	if (!parent)
		root->rb_node = new;
	else
		*child(parent, old == parent->rb_left ? LEFT : RIGHT) = new;
}

/*
 *	    n                 c
 *	   / \     dir=LEFT  / \
 *	  a   c    ───────► n   y
 *	     / \           / \
 *	    x   y         a   x
 */
static void rotate(struct rb_node *n, int dir, struct rb_root *root)
{
	struct rb_node *c = *child(n, !dir), *x = *child(c, dir), *parent = rb_parent(n);

	*child(n, !dir) = x;
	if (x)
		set_parent(x, n);
	replace_child(parent, n, c, root);
	set_parent(c, parent);
	*child(c, dir) = n;
	set_parent(n, c);
}

/*
 * Balance after rb_link_node: @node came in red, so only "no red child of a red node" can be broken.
 */
void rb_insert_color(struct rb_node *node, struct rb_root *root)
{
	struct rb_node *parent, *grand, *uncle;

	while (is_red(parent = rb_parent(node))) {
		grand = rb_parent(parent);	/* exists: a red parent is not the root */
		int dir = parent == grand->rb_left ? LEFT : RIGHT;

		uncle = *child(grand, !dir);
		if (is_red(uncle)) {		/* push the red up and look again there */
			set_color(uncle, RB_BLACK);
			set_color(parent, RB_BLACK);
			set_color(grand, RB_RED);
			node = grand;
			continue;
		}
		if (node == *child(parent, !dir)) {	/* inner grandchild: make it the outer one */
			rotate(parent, dir, root);
			swap(node, parent);
		}
		set_color(parent, RB_BLACK);
		set_color(grand, RB_RED);
		rotate(grand, !dir, root);
	}
	set_color(root->rb_node, RB_BLACK);
}

/* The place of @node (which may be empty) below @parent has one black too few. */
static void erase_color(struct rb_node *node, struct rb_node *parent, struct rb_root *root)
{
	while (node != root->rb_node && !is_red(node)) {
		int dir = node == parent->rb_left ? LEFT : RIGHT;
		struct rb_node *sib = *child(parent, !dir);	/* exists: its side has a black to spare */

		if (is_red(sib)) {		/* get a black sibling */
			set_color(sib, RB_BLACK);
			set_color(parent, RB_RED);
			rotate(parent, dir, root);
			sib = *child(parent, !dir);
		}
		ASSERT(sib);
		if (!is_red(sib->rb_left) && !is_red(sib->rb_right)) {
			set_color(sib, RB_RED);	/* now the whole parent is short: go up */
			node = parent;
			parent = rb_parent(node);
			continue;
		}
		if (!is_red(*child(sib, !dir))) {	/* the red nephew must be the outer one */
			set_color(*child(sib, dir), RB_BLACK);
			set_color(sib, RB_RED);
			rotate(sib, !dir, root);
			sib = *child(parent, !dir);
		}
		set_color(sib, is_red(parent) ? RB_RED : RB_BLACK);
		set_color(parent, RB_BLACK);
		set_color(*child(sib, !dir), RB_BLACK);
		rotate(parent, dir, root);
		return;
	}
	if (node)
		set_color(node, RB_BLACK);
}

/* Take @old, which has two children, out by putting its successor in its place. */
static void erase_inner(struct rb_node *old, struct rb_root *root)
{
	struct rb_node *succ = rb_next(old), *hole = succ->rb_right, *parent = rb_parent(succ);
	bool black = !is_red(succ);

	if (parent == old) {
		parent = succ;
	} else {
		parent->rb_left = hole;
		if (hole)
			set_parent(hole, parent);
		succ->rb_right = old->rb_right;
		set_parent(succ->rb_right, succ);
	}
	succ->rb_left = old->rb_left;
	set_parent(succ->rb_left, succ);
	replace_child(rb_parent(old), old, succ, root);
	succ->rb_parent_color = old->rb_parent_color;
	if (black)
		erase_color(hole, parent, root);
}

/* @node leaves the tree; its own links stay as they were. */
void rb_erase(struct rb_node *node, struct rb_root *root)
{
	struct rb_node *only, *parent = rb_parent(node);

	if (node->rb_left && node->rb_right) {
		erase_inner(node, root);
		return;
	}
	only = node->rb_left ? node->rb_left : node->rb_right;
	if (only)
		set_parent(only, parent);
	replace_child(parent, node, only, root);
	if (!is_red(node))
		erase_color(only, parent, root);
}

static struct rb_node *outermost(struct rb_node *n, int dir)
{
	while (n && *child(n, dir))
		n = *child(n, dir);
	return n;
}

/* The neighbour towards @dir: down into that subtree, or up until we come from the other side. */
static struct rb_node *neighbour(const struct rb_node *node, int dir)
{
	struct rb_node *n = (struct rb_node *)node, *parent;

	if (*child(n, dir))
		return outermost(*child(n, dir), !dir);
	while ((parent = rb_parent(n)) && n == *child(parent, dir))
		n = parent;
	return parent;
}

/* The node after @node in order, or NULL. */
struct rb_node *rb_next(const struct rb_node *node) { return neighbour(node, RIGHT); }

/* The node before @node in order, or NULL. */
struct rb_node *rb_prev(const struct rb_node *node) { return neighbour(node, LEFT); }

/* The first in order; NULL in an empty tree. */
struct rb_node *rb_first(const struct rb_root *root) { return outermost(root->rb_node, LEFT); }

/* The last in order; NULL in an empty tree. */
struct rb_node *rb_last(const struct rb_root *root) { return outermost(root->rb_node, RIGHT); }
