/*
 * prio_tree_test.c: the tree against looking at every area.
 */
#include "kernel/ktest.h"
#include "kernel/lib/string.h"
#include "mm/mm.h"
#include "mm/slab.h"

#define N	300

static bool meets(const struct vm_area_struct *vma, pgoff_t first, pgoff_t last)
{
	return vma->vm_pgoff <= last && vma->vm_pgoff + vma_pages(vma) - 1 >= first;
}

/* Every area of [first, last] is found once, and no other. */
static void compare(struct ktest *t, struct prio_tree_root *root, struct vm_area_struct *vmas, const bool *in, pgoff_t first, pgoff_t last)
{
	struct prio_tree_iter iter;
	struct vm_area_struct *vma;
	int found = 0, wanted = 0;

	vma_prio_tree_foreach(vma, &iter, root, first, last) {
		found++;
		EXPECT(t, in[vma - vmas] && meets(vma, first, last));
		if (found > N)
			break;
	}
	for (int i = 0; i < N; i++)
		wanted += in[i] && meets(&vmas[i], first, last);
	EXPECT_EQ(t, found, wanted);
}

static void random_interval(struct vm_area_struct *vma, u32 *seed)
{
	unsigned int bits = 1 + ktest_random(seed) % 19;

	vma->vm_pgoff = ktest_random(seed) % (1u << bits);
	vma->vm_start = 0;
	vma->vm_end = (1 + ktest_random(seed) % 7 * (ktest_random(seed) % 50)) * PAGE_SIZE;
}

KTEST(prio_tree, finds_what_brute_force_finds)
{
	struct vm_area_struct *vmas = kcalloc(N, sizeof(*vmas), GFP_KERNEL);
	struct prio_tree_root root;
	bool in[N] = { false };

	if (!EXPECT(t, vmas))
		return;
	INIT_PRIO_TREE_ROOT(&root);
	for (int round = 0; round < 5000 && !t->failures; round++) {
		unsigned int i = ktest_random(&t->seed) % N;
		pgoff_t first = ktest_random(&t->seed) % (1u << (1 + ktest_random(&t->seed) % 19));

		if (in[i]) {
			vma_prio_tree_remove(&vmas[i], &root);
		} else if (i % 3 || !in[i / 3]) {
			random_interval(&vmas[i], &t->seed);
			vma_prio_tree_insert(&vmas[i], &root);
		} else {			/* a twin, as fork makes it */
			vmas[i].vm_pgoff = vmas[i / 3].vm_pgoff;
			vmas[i].vm_start = vmas[i / 3].vm_start;
			vmas[i].vm_end = vmas[i / 3].vm_end;
			vma_prio_tree_add(&vmas[i], &vmas[i / 3]);
		}
		in[i] = !in[i];
		compare(t, &root, vmas, in, first, first + ktest_random(&t->seed) % 100);
		if (round % 50 == 0)
			compare(t, &root, vmas, in, 0, ~0UL);
	}
	kfree(vmas);
}

KTEST(prio_tree, removing_the_node_of_many_promotes_another)
{
	struct vm_area_struct *vmas = kcalloc(N, sizeof(*vmas), GFP_KERNEL);
	struct prio_tree_root root;
	bool in[N];

	if (!EXPECT(t, vmas))
		return;
	INIT_PRIO_TREE_ROOT(&root);
	for (int i = 0; i < N; i++) {
		vmas[i].vm_pgoff = 5;
		vmas[i].vm_end = 3 * PAGE_SIZE;
		vma_prio_tree_insert(&vmas[i], &root);
		in[i] = true;
	}
	for (int i = 0; i < N && !t->failures; i++) {
		compare(t, &root, vmas, in, 7, 7);
		vma_prio_tree_remove(&vmas[i], &root);
		in[i] = false;
	}
	EXPECT(t, prio_tree_empty(&root));
	kfree(vmas);
}
