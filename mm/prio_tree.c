/*
 * prio_tree.c: the areas that map a file, by the range that they map.
 *
 * Owns:   mapping->i_mmap and the links of areas in it (mm/prio_tree.h draws the tree).
 * Locks:  the mapping's i_mmap_lock, always held by the caller.
 * Read next: rmap.c and memory.c:unmap_mapping_range, who ask.
 *
 * Insertion carries a node down along its radix path and exchanges it with the first one that ends earlier; removal pulls
 * up the child that ends later. Both take as many steps as the tree is deep, at most the bits of two page numbers.
 */
#include "mm/mm.h"

#define node_vma(n)	container_of(n, struct vm_area_struct, shared.prio_tree_node)

static unsigned long first_of(const struct raw_prio_tree_node *node)
{
	return node_vma(node)->vm_pgoff;
}

static unsigned long last_of(const struct raw_prio_tree_node *node)
{
	return node_vma(node)->vm_pgoff + vma_pages(node_vma(node)) - 1;
}

/* Which way a node goes at @level: left 0, right 1. Behind start's bits those of last, lowest first. */
static bool way(const struct prio_tree_root *root, const struct raw_prio_tree_node *node, unsigned int level)
{
	if (level < root->index_bits)
		return first_of(node) >> (root->index_bits - 1 - level) & 1;
	return last_of(node) >> (level - root->index_bits) & 1;
}

static unsigned long max_index(unsigned int bits)
{
	return bits >= (unsigned int)BITS_PER_LONG ? ~0UL : (1UL << bits) - 1;
}

static bool is_root(const struct raw_prio_tree_node *node)
{
	return node->parent == node;
}

/* @new gets @old's place and links; @old is out. */
static void take_place(struct prio_tree_root *root, struct raw_prio_tree_node *old, struct raw_prio_tree_node *new)
{
	struct raw_prio_tree_node *parent = is_root(old) ? NULL : old->parent;

	new->left = old->left;
	new->right = old->right;
	new->parent = parent ? parent : new;
	if (!parent)
		root->prio_tree_node = new;
	else if (parent->left == old)
		parent->left = new;
	else
		parent->right = new;
	if (new->left)
		new->left->parent = new;
	if (new->right)
		new->right->parent = new;
}

static void tree_remove(struct prio_tree_root *root, struct raw_prio_tree_node *node)
{
	struct raw_prio_tree_node *cur = node, *up;

	while (cur->left || cur->right) {	/* down to a leaf, by those who end last */
		if (!cur->right || (cur->left && last_of(cur->left) >= last_of(cur->right)))
			cur = cur->left;
		else
			cur = cur->right;
	}
	if (is_root(cur))
		root->prio_tree_node = NULL;
	else if (cur->parent->left == cur)
		cur->parent->left = NULL;
	else
		cur->parent->right = NULL;
	while (cur != node) {			/* each takes the place of the one above */
		up = cur->parent;
		take_place(root, up, cur);
		cur = up;
	}
	node->parent = NULL;
}

/*
 * Make room for @last: paths get longer by leading zeroes, so the old tree goes down to the left, below a chain of as many
 * of its latest enders as there are new bits.
 */
static void expand(struct prio_tree_root *root, unsigned long last)
{
	struct raw_prio_tree_node *first = NULL, *end = NULL, *node;

	while (max_index(root->index_bits) < last) {
		root->index_bits++;
		node = root->prio_tree_node;
		if (!node)
			continue;
		tree_remove(root, node);
		node->left = node->right = NULL;
		node->parent = end ? end : node;
		if (end)
			end->left = node;
		else
			first = node;
		end = node;
	}
	if (!end)
		return;
	end->left = root->prio_tree_node;
	if (end->left)
		end->left->parent = end;
	root->prio_tree_node = first;
}

/* @node, or the one that has the same interval already. */
static struct raw_prio_tree_node *tree_insert(struct prio_tree_root *root, struct raw_prio_tree_node *node)
{
	struct raw_prio_tree_node *cur, **link = &root->prio_tree_node, *parent = NULL, *inserted = node;
	unsigned int level = 0;

	if (last_of(node) > max_index(root->index_bits))
		expand(root, last_of(node));
	while ((cur = *link)) {
		if (first_of(cur) == first_of(node) && last_of(cur) == last_of(node))
			return cur;
		if (last_of(node) > last_of(cur)) {
			take_place(root, cur, node);
			swap(cur, node);
		}
		parent = cur;
		link = way(root, node, level++) ? &cur->right : &cur->left;
	}
	*link = node;
	node->left = node->right = NULL;
	node->parent = parent ? parent : node;
	return inserted;
}

/* ---- areas: sets of one interval ------------------------------------------------------------ */
/*
 *	parent	head
 *	set	NULL or the head of the set	the area is the node
 *	NULL	set: the node's area		it is the head; its list is the ring of the other members
 *	NULL	NULL				it is in that ring
 */

void vma_prio_tree_add(struct vm_area_struct *vma, struct vm_area_struct *old)
{
	ASSERT_OP(vma->vm_pgoff, ==, old->vm_pgoff);
	ASSERT_OP(vma_pages(vma), ==, vma_pages(old));
	vma->shared.vm_set.head = NULL;
	vma->shared.vm_set.parent = NULL;
	if (!old->shared.vm_set.parent) {
		list_add(&vma->shared.vm_set.list, &old->shared.vm_set.list);
	} else if (old->shared.vm_set.head) {
		list_add_tail(&vma->shared.vm_set.list, &old->shared.vm_set.head->shared.vm_set.list);
	} else {
		INIT_LIST_HEAD(&vma->shared.vm_set.list);
		vma->shared.vm_set.head = old;
		old->shared.vm_set.head = vma;
	}
}

void vma_prio_tree_insert(struct vm_area_struct *vma, struct prio_tree_root *root)
{
	struct raw_prio_tree_node *node = &vma->shared.prio_tree_node, *there;

	vma->shared.vm_set.head = NULL;
	there = tree_insert(root, node);
	if (there != node)
		vma_prio_tree_add(vma, node_vma(there));
}

/* Take the head @head out of its ring; the next one of the ring becomes head of @node's set, if there is one. */
static void leave_head(struct vm_area_struct *head, struct vm_area_struct *node)
{
	struct vm_area_struct *next = NULL;

	if (!list_empty(&head->shared.vm_set.list)) {
		next = list_first_entry(&head->shared.vm_set.list, struct vm_area_struct, shared.vm_set.list);
		list_del_init(&head->shared.vm_set.list);
		next->shared.vm_set.head = node;
	}
	node->shared.vm_set.head = next;
}

void vma_prio_tree_remove(struct vm_area_struct *vma, struct prio_tree_root *root)
{
	struct vm_area_struct *head = vma->shared.vm_set.head;

	if (!vma->shared.vm_set.parent) {
		if (head)
			leave_head(vma, head);
		else
			list_del_init(&vma->shared.vm_set.list);
	} else if (!head) {
		tree_remove(root, &vma->shared.prio_tree_node);
	} else {		/* the head becomes the node */
		leave_head(head, head);
		take_place(root, &vma->shared.prio_tree_node, &head->shared.prio_tree_node);
		vma->shared.vm_set.parent = NULL;
	}
	vma->shared.vm_set.head = NULL;
}

/* ---- the walk ---------------------------------------------------------------------------------- */

void prio_tree_iter_init(struct prio_tree_iter *iter, struct prio_tree_root *root, unsigned long first, unsigned long last)
{
	*iter = (struct prio_tree_iter){ .root = root, .first = first, .last = last };
}

/* The bit of start that the step below @iter->cur spells; 0 where they have ended. */
static unsigned long step_bit(const struct prio_tree_iter *iter)
{
	unsigned int bits = iter->root->index_bits;

	return iter->level < bits ? 1UL << (bits - 1 - iter->level) : 0;
}

/* Go down to a child if somebody there may meet the range. */
static bool descend_left(struct prio_tree_iter *iter)
{
	struct raw_prio_tree_node *child = iter->cur->left;

	if (!child || last_of(child) < iter->first)
		return false;
	iter->level++;
	iter->cur = child;
	return true;
}

static bool descend_right(struct prio_tree_iter *iter)
{
	struct raw_prio_tree_node *child = iter->cur->right;
	unsigned long value = iter->value | step_bit(iter);

	if (!child || last_of(child) < iter->first || value > iter->last)
		return false;
	iter->value = value;
	iter->level++;
	iter->cur = child;
	return true;
}

/* Up until a right side is left to see; false: all was seen. */
static bool climb(struct prio_tree_iter *iter)
{
	while (!is_root(iter->cur)) {
		struct raw_prio_tree_node *from = iter->cur;
		bool was_left = from->parent->left == from;

		iter->cur = from->parent;
		iter->level--;
		if (!was_left)
			iter->value &= ~step_bit(iter);
		else if (descend_right(iter))
			return true;
	}
	return false;
}

static struct raw_prio_tree_node *next_node(struct prio_tree_iter *iter)
{
	if (!iter->cur) {
		iter->cur = iter->root->prio_tree_node;
		if (!iter->cur || last_of(iter->cur) < iter->first)
			return NULL;
		if (first_of(iter->cur) <= iter->last)
			return iter->cur;
	}
	do {
		if (!descend_left(iter) && !descend_right(iter) && !climb(iter))
			return NULL;
	} while (first_of(iter->cur) > iter->last);
	return iter->cur;
}

struct vm_area_struct *vma_prio_tree_next(struct vm_area_struct *vma, struct prio_tree_iter *iter)
{
	struct raw_prio_tree_node *node;

	if (vma && vma->shared.vm_set.parent) {
		if (vma->shared.vm_set.head)
			return vma->shared.vm_set.head;
	} else if (vma) {
		struct vm_area_struct *next = list_next_entry(vma, shared.vm_set.list);

		if (!next->shared.vm_set.head)		/* not round the ring yet */
			return next;
	}
	node = next_node(iter);
	return node ? node_vma(node) : NULL;
}
