/*
 * radix_tree.c: the index of the page cache.
 *
 * Owns:   the cache of nodes, and each CPU's nodes put aside by radix_tree_preload().
 * Locks:  none; see radix_tree.h. The nodes put aside are this CPU's, with interrupts off.
 * Read next: mm/filemap.c, the user.
 */
#include "kernel/lib/radix_tree.h"
#include "kernel/lib/string.h"
#include "kernel/bitops.h"
#include "kernel/percpu.h"
#include "kernel/printk.h"
#include "kernel/uapi/errno.h"
#include "mm/slab.h"
#include <asm/irqflags.h>

#define MAP_SHIFT	6
#define MAP_SIZE	(1U << MAP_SHIFT)
#define MAP_MASK	(MAP_SIZE - 1)
#define TAG_LONGS	(MAP_SIZE / (8 * sizeof(long)))
#define MAX_HEIGHT	DIV_ROUND_UP(8 * sizeof(long), MAP_SHIFT)

struct radix_tree_node {
	unsigned int count;		/* slots in use */
	void *slots[MAP_SIZE];		/* nodes, or, at height 1, items */
	unsigned long tags[RADIX_TREE_MAX_TAGS][TAG_LONGS];
};

/* The way down to an item: which slot of which node, from the root (level 0) on. */
struct path {
	struct radix_tree_node *node[MAX_HEIGHT];
	unsigned int offset[MAX_HEIGHT];
	unsigned int depth;
};

struct preload {
	unsigned int nr;
	struct radix_tree_node *nodes[MAX_HEIGHT];
};

static DEFINE_PER_CPU(struct preload, radix_tree_preloads);
static struct kmem_cache *node_cache;

/* => slab up; called once */
void __init radix_tree_init(void)
{
	node_cache = kmem_cache_create("radix_tree_node", sizeof(struct radix_tree_node), 0, SLAB_PANIC, NULL, NULL);
}

/* The tree's own flags first, without sleeping in vain: then the node put aside. */
static struct radix_tree_node *node_alloc(struct radix_tree_root *root)
{
	struct radix_tree_node *node = kmem_cache_alloc(node_cache, (root->gfp_mask & ~__GFP_WAIT) | __GFP_NOWARN);
	struct preload *pre;
	unsigned long flags;

	if (!node) {
		local_irq_save(flags);
		pre = &__get_cpu_var(radix_tree_preloads);
		if (pre->nr)
			node = pre->nodes[--pre->nr];
		local_irq_restore(flags);
	}
	if (!node && (root->gfp_mask & __GFP_WAIT))
		node = kmem_cache_alloc(node_cache, root->gfp_mask);
	if (node)
		memset(node, 0, sizeof(*node));
	return node;
}

/*
 * Fill this CPU's store of nodes.
 * => 0: the next insertion on this CPU finds what it needs; -ENOMEM.
 */
int radix_tree_preload(gfp_t gfp_mask)
{
	for (;;) {
		struct preload *pre = &__get_cpu_var(radix_tree_preloads);
		struct radix_tree_node *node;
		unsigned long flags;

		if (READ_ONCE(pre->nr) == MAX_HEIGHT)
			return 0;
		node = kmem_cache_alloc(node_cache, gfp_mask);
		if (!node)
			return -ENOMEM;
		/* The allocation may have slept: another CPU, or the store filled by another task. */
		local_irq_save(flags);
		pre = &__get_cpu_var(radix_tree_preloads);
		if (pre->nr < MAX_HEIGHT) {
			pre->nodes[pre->nr++] = node;
			node = NULL;
		}
		local_irq_restore(flags);
		if (node)
			kmem_cache_free(node_cache, node);
	}
}

/* For who counts objects: those of the store are nobody's. */
void radix_tree_drop_preload(void *unused)
{
	unsigned long flags;
	struct preload *pre;

	local_irq_save(flags);
	pre = &__get_cpu_var(radix_tree_preloads);
	while (pre->nr)
		kmem_cache_free(node_cache, pre->nodes[--pre->nr]);
	local_irq_restore(flags);
}

/* The largest index of a tree of this height. */
static unsigned long max_index(unsigned int height)
{
	if (height >= MAX_HEIGHT)
		return ~0UL;
	return (1UL << (height * MAP_SHIFT)) - 1;
}

static bool any_tag(const struct radix_tree_node *node, unsigned int tag)
{
	for (unsigned int i = 0; i < TAG_LONGS; i++)
		if (node->tags[tag][i])
			return true;
	return false;
}

/* New roots on top until @index has room; each takes over the tags of what is below its slot 0. */
static int extend(struct radix_tree_root *root, unsigned long index)
{
	unsigned int height = max(root->height, 1U);

	while (index > max_index(height))
		height++;
	if (!root->rnode) {
		root->height = height;
		return 0;
	}
	while (root->height < height) {
		struct radix_tree_node *node = node_alloc(root);

		if (!node)
			return -ENOMEM;
		node->slots[0] = root->rnode;
		node->count = 1;
		for (unsigned int tag = 0; tag < RADIX_TREE_MAX_TAGS; tag++)
			if (radix_tree_tagged(root, tag))
				__set_bit(0, node->tags[tag]);
		root->rnode = node;
		root->height++;
	}
	return 0;
}

/*
 * Put @item at @index.
 * => 0, -EEXIST, -ENOMEM (never after radix_tree_preload on this CPU).
 */
int radix_tree_insert(struct radix_tree_root *root, unsigned long index, void *item)
{
	struct radix_tree_node *parent = NULL;
	void **slot = (void **)&root->rnode;
	int shift;

	if ((index > max_index(root->height) || (!root->rnode && index)) && extend(root, index))
		return -ENOMEM;
	for (shift = ((int)root->height - 1) * MAP_SHIFT; shift >= 0; shift -= MAP_SHIFT) {
		if (!*slot) {
			*slot = node_alloc(root);
			if (!*slot)
				return -ENOMEM;
			if (parent)
				parent->count++;
		}
		parent = *slot;
		slot = &parent->slots[(index >> shift) & MAP_MASK];
	}
	if (*slot)
		return -EEXIST;
	*slot = item;
	if (parent)
		parent->count++;
	return 0;
}

/* Where @index's item is kept, or NULL if the tree does not reach there. */
void **radix_tree_lookup_slot(struct radix_tree_root *root, unsigned long index)
{
	void **slot = (void **)&root->rnode;

	if (index > max_index(root->height))
		return NULL;
	for (int shift = ((int)root->height - 1) * MAP_SHIFT; shift >= 0; shift -= MAP_SHIFT) {
		if (!*slot)
			return NULL;
		slot = &((struct radix_tree_node *)*slot)->slots[(index >> shift) & MAP_MASK];
	}
	return *slot ? slot : NULL;
}

/* The item at @index, or NULL. */
void *radix_tree_lookup(struct radix_tree_root *root, unsigned long index)
{
	void **slot = radix_tree_lookup_slot(root, index);

	return slot ? *slot : NULL;
}

/* Note the way to @index; its item, or NULL. */
static void *walk(struct radix_tree_root *root, unsigned long index, struct path *path)
{
	void *p = root->rnode;

	path->depth = 0;
	if (index > max_index(root->height))
		return NULL;
	for (int shift = ((int)root->height - 1) * MAP_SHIFT; shift >= 0 && p; shift -= MAP_SHIFT) {
		unsigned int offset = (index >> shift) & MAP_MASK;

		path->node[path->depth] = p;
		path->offset[path->depth++] = offset;
		p = path->node[path->depth - 1]->slots[offset];
	}
	return p;
}

/* Tag the item at @index. => it exists */
void *radix_tree_tag_set(struct radix_tree_root *root, unsigned long index, unsigned int tag)
{
	struct path path;
	void *item = walk(root, index, &path);

	BUG_ON(!item);
	for (unsigned int i = 0; i < path.depth; i++)
		__set_bit(path.offset[i], path.node[i]->tags[tag]);
	root->tags |= 1U << tag;
	return item;
}

/* From the bottom up, until a node has another item with the tag. */
static void clear_path_tag(struct radix_tree_root *root, struct path *path, unsigned int tag)
{
	for (unsigned int i = path->depth; i-- > 0;) {
		__clear_bit(path->offset[i], path->node[i]->tags[tag]);
		if (any_tag(path->node[i], tag))
			return;
	}
	root->tags &= ~(1U << tag);
}

/* Take the tag from the item at @index; the item, or NULL if there is none. */
void *radix_tree_tag_clear(struct radix_tree_root *root, unsigned long index, unsigned int tag)
{
	struct path path;
	void *item = walk(root, index, &path);

	if (item)
		clear_path_tag(root, &path, tag);
	return item;
}

/* Has the item at @index the tag? */
bool radix_tree_tag_get(struct radix_tree_root *root, unsigned long index, unsigned int tag)
{
	struct path path;

	if (!radix_tree_tagged(root, tag) || !walk(root, index, &path))
		return false;
	return !path.depth || test_bit(path.offset[path.depth - 1], path.node[path.depth - 1]->tags[tag]);
}

/* A root whose only child is its first is not needed. */
static void shrink(struct radix_tree_root *root)
{
	while (root->height > 0 && root->rnode->count == 1 && root->rnode->slots[0]) {
		struct radix_tree_node *old = root->rnode;

		root->rnode = old->slots[0];
		root->height--;
		kmem_cache_free(node_cache, old);
	}
}

/* Remove and return the item at @index, or NULL. */
void *radix_tree_delete(struct radix_tree_root *root, unsigned long index)
{
	struct path path;
	void *item = walk(root, index, &path);
	unsigned int i;

	if (!item)
		return NULL;
	for (unsigned int tag = 0; tag < RADIX_TREE_MAX_TAGS; tag++)
		clear_path_tag(root, &path, tag);
	for (i = path.depth; i-- > 0;) {
		path.node[i]->slots[path.offset[i]] = NULL;
		if (--path.node[i]->count) {
			shrink(root);
			return item;
		}
		kmem_cache_free(node_cache, path.node[i]);
	}
	root->rnode = NULL;
	root->height = 0;
	root->tags = 0;
	return item;
}

/* The next slot of @node at or after @offset that is in use (and tagged, if @tag is not -1); MAP_SIZE for none. */
static unsigned int next_slot(struct radix_tree_node *node, unsigned int offset, int tag)
{
	if (tag >= 0)
		return (unsigned int)find_next_bit(node->tags[tag], MAP_SIZE, offset);
	while (offset < MAP_SIZE && !node->slots[offset])
		offset++;
	return offset;
}

/*
 * The lowest leaf node with something at or after *index, which is moved up to it; NULL when there is nothing more.
 */
static struct radix_tree_node *next_leaf(struct radix_tree_root *root, unsigned long *index, int tag)
{
	struct radix_tree_node *node = root->rnode;
	int shift = ((int)root->height - 1) * MAP_SHIFT;

	while (shift >= 0) {
		unsigned int offset = (*index >> shift) & MAP_MASK, found = next_slot(node, offset, tag);

		if (found != offset)		/* all below starts anew */
			*index = (*index & ~((1UL << shift) - 1)) + ((unsigned long)(found - offset) << shift);
		if (found == MAP_SIZE) {	/* nothing here: the index was carried into the slot above */
			if (*index == 0 || *index > max_index(root->height))
				return NULL;
			node = root->rnode;
			shift = ((int)root->height - 1) * MAP_SHIFT;
			continue;
		}
		if (shift == 0)
			return node;
		node = node->slots[found];
		shift -= MAP_SHIFT;
	}
	return NULL;
}

static unsigned int gang_lookup(struct radix_tree_root *root, void **results, unsigned long index,
				unsigned int max, int tag)
{
	unsigned int n = 0;

	if (!root->rnode || index > max_index(root->height))
		return 0;
	if (root->height == 0) {
		results[0] = root->rnode;
		return max ? 1 : 0;
	}
	while (n < max) {
		struct radix_tree_node *leaf = next_leaf(root, &index, tag);
		unsigned int offset;

		if (!leaf)
			break;
		for (offset = index & MAP_MASK; n < max && offset < MAP_SIZE; offset = next_slot(leaf, offset + 1, tag))
			results[n++] = leaf->slots[offset];
		index = (index | MAP_MASK) + 1;
		if (index == 0 || index > max_index(root->height))
			break;
	}
	return n;
}

/* Up to @max items at or after @first, rising; how many. */
unsigned int radix_tree_gang_lookup(struct radix_tree_root *root, void **results, unsigned long first,
				    unsigned int max)
{
	return gang_lookup(root, results, first, max, -1);
}

/* As radix_tree_gang_lookup, of items with @tag. */
unsigned int radix_tree_gang_lookup_tag(struct radix_tree_root *root, void **results, unsigned long first,
					unsigned int max, unsigned int tag)
{
	if (!radix_tree_tagged(root, tag))
		return 0;
	return gang_lookup(root, results, first, max, (int)tag);
}
