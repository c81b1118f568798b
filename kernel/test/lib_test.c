/*
 * lib_test.c: the structures of kernel/lib against slow and simple ones.
 */
#include "kernel/ktest.h"
#include "kernel/bitops.h"
#include "kernel/lib/radix_tree.h"
#include "kernel/lib/rbtree.h"
#include "kernel/lib/string.h"
#include "kernel/uapi/errno.h"
#include "mm/slab.h"

/* ---- rb tree ---- */

#define NR_NODES	200

struct item {
	struct rb_node node;
	u32 key;
	bool in;
};

static void insert(struct rb_root *root, struct item *item)
{
	struct rb_node **link = &root->rb_node, *parent = NULL;

	while (*link) {
		parent = *link;
		link = item->key < rb_entry(parent, struct item, node)->key ? &parent->rb_left : &parent->rb_right;
	}
	rb_link_node(&item->node, parent, link);
	rb_insert_color(&item->node, root);
}

/* Black nodes on the way down, the same everywhere; -1: a rule is broken. */
static int black_height(const struct rb_node *n)
{
	bool red;
	int left, right;

	if (!n)
		return 0;
	red = !(n->rb_parent_color & RB_BLACK);
	left = black_height(n->rb_left);
	right = black_height(n->rb_right);
	if (left < 0 || left != right)
		return -1;
	if (red && ((n->rb_left && !(n->rb_left->rb_parent_color & RB_BLACK)) ||
		    (n->rb_right && !(n->rb_right->rb_parent_color & RB_BLACK))))
		return -1;
	return left + !red;
}

static void check_order(struct ktest *t, struct rb_root *root, int wanted)
{
	u32 last = 0;
	int n = 0;

	for (struct rb_node *p = rb_first(root); p; p = rb_next(p), n++) {
		EXPECT_OP(t, rb_entry(p, struct item, node)->key, >=, last);
		last = rb_entry(p, struct item, node)->key;
	}
	EXPECT_EQ(t, n, wanted);
	for (struct rb_node *p = rb_last(root); p; p = rb_prev(p))
		n--;
	EXPECT_EQ(t, n, 0);
}

KTEST(rbtree, stays_sorted_and_balanced)
{
	struct item *items = kcalloc(NR_NODES, sizeof(*items), GFP_KERNEL);
	struct rb_root root = RB_ROOT;
	int n = 0;

	if (!EXPECT(t, items))
		return;
	for (int round = 0; round < 4000 && !t->failures; round++) {
		struct item *item = &items[ktest_random(&t->seed) % NR_NODES];

		if (item->in) {
			rb_erase(&item->node, &root);
		} else {
			item->key = ktest_random(&t->seed) % 100;
			insert(&root, item);
		}
		item->in = !item->in;
		n += item->in ? 1 : -1;
		EXPECT_OP(t, black_height(root.rb_node), >=, 0);
		if (round % 50 == 0)
			check_order(t, &root, n);
	}
	kfree(items);
}

/* ---- radix tree ---- */

#define NR_INDICES	150

struct model {
	unsigned long index[NR_INDICES];	/* rising */
	bool in[NR_INDICES], tag[NR_INDICES][RADIX_TREE_MAX_TAGS];
};

/* Indices near each other, near powers of 64, and at the very end. */
static void choose_indices(struct model *m, u32 *seed)
{
	unsigned long index = 0;

	for (int i = 0; i < NR_INDICES; i++) {
		unsigned int bits = ktest_random(seed) % (i < NR_INDICES / 2 ? 4 : BITS_PER_LONG - 8);

		m->index[i] = index;
		if (index + (1UL << bits) < index)
			bits = 0;
		index += 1UL << bits;
	}
	m->index[NR_INDICES - 1] = ~0UL;
}

static void change(struct ktest *t, struct radix_tree_root *root, struct model *m)
{
	unsigned int i = ktest_random(&t->seed) % NR_INDICES, tag = ktest_random(&t->seed) % RADIX_TREE_MAX_TAGS;
	void *item = &m->index[i];

	if (!m->in[i]) {
		EXPECT_EQ(t, radix_tree_insert(root, m->index[i], item), 0);
		EXPECT_EQ(t, radix_tree_insert(root, m->index[i], item), -EEXIST);
		memset(m->tag[i], 0, sizeof(m->tag[i]));
		m->in[i] = true;
	} else if (ktest_random(&t->seed) % 3 == 0) {
		EXPECT(t, radix_tree_delete(root, m->index[i]) == item);
		EXPECT(t, !radix_tree_delete(root, m->index[i]));
		m->in[i] = false;
	} else if (m->tag[i][tag]) {
		EXPECT(t, radix_tree_tag_clear(root, m->index[i], tag) == item);
		m->tag[i][tag] = false;
	} else {
		EXPECT(t, radix_tree_tag_set(root, m->index[i], tag) == item);
		m->tag[i][tag] = true;
	}
}

/* Everything from index @first on, of @tag (-1: all), in pieces of @piece. */
static void compare(struct ktest *t, struct radix_tree_root *root, struct model *m, int first, int tag, unsigned int piece)
{
	unsigned long from = m->index[first];
	void *found[16];
	int i = first;

	for (;;) {
		unsigned int n = tag < 0 ? radix_tree_gang_lookup(root, found, from, piece) :
				 radix_tree_gang_lookup_tag(root, found, from, piece, (unsigned)tag);

		for (unsigned int k = 0; k < n; k++, i++) {
			while (i < NR_INDICES && (!m->in[i] || (tag >= 0 && !m->tag[i][tag])))
				i++;
			if (!EXPECT(t, i < NR_INDICES && found[k] == &m->index[i]))
				return;
		}
		if (n < piece)
			break;
		from = *(unsigned long *)found[n - 1] + 1;
		if (!from)
			break;
	}
	for (; i < NR_INDICES; i++)
		EXPECT(t, !m->in[i] || (tag >= 0 && !m->tag[i][tag]));
}

KTEST(radix_tree, holds_what_a_table_holds)
{
	struct model *m = kzalloc(sizeof(*m), GFP_KERNEL);
	RADIX_TREE(root, GFP_KERNEL);

	if (!EXPECT(t, m))
		return;
	choose_indices(m, &t->seed);
	for (int round = 0; round < 6000 && !t->failures; round++) {
		change(t, &root, m);
		if (round % 20 == 0)
			compare(t, &root, m, (int)(ktest_random(&t->seed) % NR_INDICES),
				(int)(ktest_random(&t->seed) % 3) - 1, 1 + ktest_random(&t->seed) % 16);
	}
	for (int i = 0; i < NR_INDICES; i++) {
		EXPECT(t, radix_tree_lookup(&root, m->index[i]) == (m->in[i] ? &m->index[i] : NULL));
		if (m->in[i])
			EXPECT_EQ(t, radix_tree_tag_get(&root, m->index[i], 1), m->tag[i][1]);
	}
	for (int i = 0; i < NR_INDICES; i++)
		radix_tree_delete(&root, m->index[i]);
	EXPECT(t, !root.rnode && !root.height);
	kfree(m);
}

/* ---- text and numbers ---- */

/* The compiler knows formats too well to let wrong widths through, so they come from tables. */
static void expect_text(struct ktest *t, const char *got, const char *wanted)
{
	if (strcmp(got, wanted))
		ktest_fail(t, __FILE__, __LINE__, "\"%s\" instead of \"%s\"", got, wanted);
}

KTEST(vsnprintf, formats_as_the_c_library_does)
{
	char buf[64];

	snprintf(buf, sizeof(buf), "%d|%5d|%-5d|%05d|%+d|% d", -1, 42, 42, 42, 42, 42);
	expect_text(t, buf, "-1|   42|42   |00042|+42| 42");
	snprintf(buf, sizeof(buf), "%x|%#x|%X|%#o|%08lx|%u", 255, 255, 255, 8, 0xbeefUL, ~0u);
	expect_text(t, buf, "ff|0xff|FF|010|0000beef|4294967295");
	snprintf(buf, sizeof(buf), "%s|%.2s|%6s|%-6s|%c|%%|%*d", "abc", "abc", "abc", "abc", 'x', 4, 7);
	expect_text(t, buf, "abc|ab|   abc|abc   |x|%|   7");
	snprintf(buf, sizeof(buf), "%lld|%llu|%zu|%.3d", -(1LL << 62), ~0ULL, sizeof(u32), 5);
	expect_text(t, buf, "-4611686018427387904|18446744073709551615|4|005");
}

KTEST(vsnprintf, never_writes_beyond_and_tells_the_length)
{
	char buf[8] = "-------";

	EXPECT_EQ(t, snprintf(buf, 4, "%s", "abcdef"), 6);
	EXPECT_EQ(t, memcmp(buf, "abc\0---", 8), 0);
	EXPECT_EQ(t, scnprintf(buf, 4, "%d", 123456), 3);
	EXPECT_EQ(t, snprintf(NULL, 0, "%d", 123456), 6);
}

KTEST(parse, numbers_and_sizes)
{
	unsigned long ul;
	char *end;

	EXPECT_EQ(t, memparse("64M,", &end), 64 << 20);
	EXPECT_EQ(t, *end, ',');
	EXPECT_EQ(t, memparse("0x10k", NULL), 16 << 10);
	EXPECT_EQ(t, simple_strtoul("0755", NULL, 0), 0755);
	EXPECT_EQ(t, kstrtoul("12\n", 10, &ul), 0);
	EXPECT_EQ(t, ul, 12);
	EXPECT_EQ(t, kstrtoul("12x", 10, &ul), -EINVAL);
	EXPECT_EQ(t, kstrtoul("", 10, &ul), -EINVAL);
	EXPECT_EQ(t, kstrtoul("99999999999999999999", 10, &ul), -ERANGE);
}

KTEST(string, overlapping_and_odd_copies)
{
	u8 a[80], b[80];

	for (int round = 0; round < 2000 && !t->failures; round++) {
		unsigned int from = ktest_random(&t->seed) % 40, to = ktest_random(&t->seed) % 40;
		unsigned int n = ktest_random(&t->seed) % 40;

		for (int i = 0; i < 80; i++)
			a[i] = b[i] = (u8)(i + round);
		memmove(a + to, a + from, n);
		for (unsigned int i = 0; i < 80; i++)
			EXPECT_EQ(t, a[i], i >= to && i < to + n ? b[i - to + from] : b[i]);
	}
	EXPECT(t, glob_match("page_*.a?c", "page_alloc.abc") && !glob_match("*.x", "a.y") && glob_match("*", ""));
}

KTEST(bitmap, next_bit_of_either_kind)
{
	unsigned long map[BITS_TO_LONGS(130)];

	for (int round = 0; round < 500 && !t->failures; round++) {
		unsigned long start = ktest_random(&t->seed) % 135, i;

		for (i = 0; i < ARRAY_SIZE(map); i++)
			map[i] = round % 3 ? ktest_random(&t->seed) & ktest_random(&t->seed) & ktest_random(&t->seed) : 0;
		for (i = start; i < 130 && !test_bit((unsigned)i, map); i++)
			;
		EXPECT_EQ(t, find_next_bit(map, 130, start), min(i, 130UL));
		for (i = start; i < 130 && test_bit((unsigned)i, map); i++)
			;
		EXPECT_EQ(t, find_next_zero_bit(map, 130, start), min(i, 130UL));
	}
}
