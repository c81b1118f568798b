/*
 * vmalloc_test.c: areas, their guards, and what is mapped in them.
 */
#include "mm/check.h"
#include "mm/fault_inject.h"
#include "mm/highmem.h"
#include "mm/internal.h"
#include "mm/slab.h"
#include "mm/vmalloc.h"
#include "kernel/ktest.h"
#include "kernel/lib/string.h"
#include "kernel/uapi/errno.h"

static struct page *mapped_page(const void *p)
{
	unsigned long addr = (unsigned long)p;
	pmd_t *pmd = pmd_offset(pgd_offset_k(addr), addr);
	pte_t *pte;

	if (!pmd_present(*pmd))
		return NULL;
	pte = pte_offset_kernel(pmd, addr);
	return pte_present(*pte) ? pte_page(*pte) : NULL;
}

KTEST(vmalloc, memory_is_contiguous_and_ends_at_a_guard)
{
	char *p = vmalloc(5 * PAGE_SIZE + 1);

	if (!EXPECT(t, p))
		return;
	EXPECT(t, is_vmalloc_addr(p));
	memset(p, 0x42, 6 * PAGE_SIZE);
	EXPECT(t, !memchr_inv(p, 0x42, 6 * PAGE_SIZE));
	EXPECT(t, mapped_page(p + 6 * PAGE_SIZE - 1));
	EXPECT(t, !mapped_page(p + 6 * PAGE_SIZE));
	EXPECT(t, find_vm_area(p + 6 * PAGE_SIZE) && find_vm_area(p + 6 * PAGE_SIZE)->addr == p);
	vfree(p);
	EXPECT(t, !mapped_page(p));
	vfree(NULL);
}

KTEST(vmalloc, addresses_are_used_again)
{
	void *a = vmalloc(3 * PAGE_SIZE), *b = vmalloc(PAGE_SIZE), *again;

	if (EXPECT(t, a && b)) {
		vfree(a);
		again = vmalloc(3 * PAGE_SIZE);
		EXPECT(t, again == a);
		a = again;
	}
	vfree(a);
	vfree(b);
}

KTEST(vmalloc, absurd_sizes_fail)
{
	EXPECT(t, !vmalloc(0));
	EXPECT(t, !vmalloc((num_physpages + 1) << PAGE_SHIFT));
	EXPECT(t, !vmalloc(~0UL));
}

/* Some alignments have no address in the window, or none at all: no memory then, never an area elsewhere. */
KTEST(vmalloc, alignments_that_no_address_has)
{
	for (int shift = PAGE_SHIFT; shift < BITS_PER_LONG; shift++) {
		char *p = __vmalloc_area(PAGE_SIZE, 1UL << shift, GFP_KERNEL, PAGE_KERNEL, 0);

		if (!p)
			continue;
		EXPECT(t, is_vmalloc_addr(p) && IS_ALIGNED((unsigned long)p, 1UL << shift));
		vfree(p);
	}
	EXPECT(t, !__vmalloc_area(PAGE_SIZE, 1UL << (BITS_PER_LONG - 1), GFP_KERNEL, PAGE_KERNEL, 0));
	EXPECT_EQ(t, check_vmalloc(), 0);
}

KTEST(vmalloc, stacks_are_aligned_between_two_guards)
{
	void *stacks[8] = { NULL };

	for (int i = 0; i < 8; i++) {
		stacks[i] = __vmalloc_area(4 * PAGE_SIZE, 4 * PAGE_SIZE, GFP_KERNEL, PAGE_KERNEL, VM_STACK_AREA);
		if (!EXPECT(t, stacks[i]))
			break;
		EXPECT(t, IS_ALIGNED((unsigned long)stacks[i], 4 * PAGE_SIZE));
		EXPECT(t, !mapped_page((char *)stacks[i] - 1) && mapped_page(stacks[i]));
		EXPECT(t, find_vm_area((char *)stacks[i] - 1) == find_vm_area(stacks[i]));
	}
	EXPECT_EQ(t, check_vmalloc(), 0);
	for (int i = 0; i < 8; i++)
		vfree(stacks[i]);
}

KTEST(vmalloc, vmap_shows_the_callers_pages)
{
	struct page *pages[4];
	char *p;

	for (int i = 0; i < 4; i++)
		pages[i] = alloc_page(GFP_KERNEL | __GFP_NOFAIL);
	p = vmap(pages, 4, 0, PAGE_KERNEL);
	if (EXPECT(t, p)) {
		for (int i = 0; i < 4; i++) {
			p[(unsigned long)i * PAGE_SIZE] = (char)('a' + i);
			EXPECT_EQ(t, *(char *)lowmem_page_address(pages[i]), 'a' + i);
			EXPECT(t, mapped_page(p + (unsigned long)i * PAGE_SIZE) == pages[i]);
		}
		vunmap(p);
	}
	for (int i = 0; i < 4; i++)
		__free_page(pages[i]);
}

/* Without memory in the middle of it, nothing is left: neither pages nor addresses. */
KTEST(vmalloc, failure_leaves_nothing)
{
	for (unsigned long n = 1; n <= 6; n++) {
		void *p;

		set_fail_nth(n);
		p = vmalloc(4 * PAGE_SIZE);
		EXPECT(t, !p);
		set_fail_nth(0);
		vfree(p);
	}
}

KTEST(vmalloc, a_thousand_at_random)
{
	void *areas[32] = { NULL };

	for (int round = 0; round < 1000; round++) {
		u32 r = ktest_random(&t->seed);
		void **slot = &areas[r % 32];

		if (*slot)
			vfree(*slot);
		*slot = *slot ? NULL : vmalloc((r >> 8) % (16 * PAGE_SIZE) + 1);
	}
	EXPECT_EQ(t, check_vmalloc(), 0);
	for (int i = 0; i < 32; i++)
		vfree(areas[i]);
}

static void storm_cpu(void *arg, int cpu)
{
	atomic_t *errors = arg;
	u32 seed = 5 + (u32)cpu;

	for (int round = 0; round < 100; round++) {
		unsigned long size = (ktest_random(&seed) % 8 + 1) * PAGE_SIZE;
		char *p = vmalloc(size);

		if (!p)
			continue;
		memset(p, cpu, size);
		cond_resched();
		if (memchr_inv(p, cpu, size))
			atomic_inc(errors);
		vfree(p);
	}
}

KTEST(vmalloc, storm_from_all_cpus)
{
	atomic_t errors = ATOMIC_INIT(0);

	ktest_on_all_cpus(t, storm_cpu, &errors);
	EXPECT_EQ(t, atomic_read(&errors), 0);
}

/* Programs may see such an area: nothing of anybody else's is in it. The others are not theirs to map. */
KTEST(vmalloc, memory_for_programs_is_zero)
{
	char *p = vmalloc_user(3 * PAGE_SIZE - 5), *q = vmalloc(PAGE_SIZE);
	struct vm_area_struct vma = { .vm_start = PAGE_SIZE, .vm_end = 5 * PAGE_SIZE };

	if (EXPECT(t, p && q)) {
		EXPECT(t, !memchr_inv(p, 0, 3 * PAGE_SIZE));
		EXPECT_EQ(t, remap_vmalloc_range(&vma, q, 0), -EINVAL);		/* not for programs */
		EXPECT_EQ(t, remap_vmalloc_range(&vma, p + PAGE_SIZE, 0), -EINVAL);	/* no area begins there */
		EXPECT_EQ(t, remap_vmalloc_range(&vma, p, 0), -EINVAL);		/* four pages of three */
		vma.vm_end = 3 * PAGE_SIZE;
		EXPECT_EQ(t, remap_vmalloc_range(&vma, p, 2), -EINVAL);
		EXPECT_EQ(t, remap_vmalloc_range(&vma, p, ~0UL), -EINVAL);
	}
	vfree(p);
	vfree(q);
}

/* vmalloc() takes high memory first, vmalloc_32() never. */
KTEST(vmalloc, the_zone_is_as_asked_for)
{
	char *any = vmalloc(8 * PAGE_SIZE), *low = vmalloc_32(8 * PAGE_SIZE);

	for (unsigned long i = 0; i < 8 && any && low; i++) {
		if (nr_free_highpages() > 1000)
			EXPECT(t, PageHighMem(vmalloc_to_page(any + i * PAGE_SIZE)));
		EXPECT(t, !PageHighMem(vmalloc_to_page(low + i * PAGE_SIZE)));
	}
	EXPECT(t, any && low && !vmalloc_to_page(any + 8 * PAGE_SIZE));
	vfree(any);
	vfree(low);
}

/* A reader sees the bytes of areas, and 0 between them, whatever it runs across. */
KTEST(vmalloc, reading_across_holes)
{
	char *p = vmalloc(2 * PAGE_SIZE), *buf = kmalloc(4 * PAGE_SIZE, GFP_KERNEL);

	if (EXPECT(t, p && buf)) {
		memset(p, 0x5e, 2 * PAGE_SIZE);
		vread(buf, p + 100, 3 * PAGE_SIZE - 200);
		EXPECT(t, !memchr_inv(buf, 0x5e, 2 * PAGE_SIZE - 100));
		EXPECT(t, !memchr_inv(buf + 2 * PAGE_SIZE - 100, 0, PAGE_SIZE - 100));
		vread(buf, (char *)VMALLOC_END - PAGE_SIZE, 2 * PAGE_SIZE);
		EXPECT(t, !memchr_inv(buf, 0, 2 * PAGE_SIZE));
	}
	vfree(p);
	kfree(buf);
}

/* To the power of two above their pages, 128 pages at most. */
KTEST(vmalloc, registers_are_aligned)
{
	static const struct { unsigned long size, align; } cases[] = {
		{ 1, 2 * PAGE_SIZE }, { PAGE_SIZE, 4 * PAGE_SIZE }, { 5 * PAGE_SIZE, 8 * PAGE_SIZE }, { 300 * PAGE_SIZE, 128 * PAGE_SIZE },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		char *p = ioremap(((phys_t)max_pfn << PAGE_SHIFT) + 0x24, cases[i].size);

		if (EXPECT(t, p)) {
			EXPECT(t, IS_ALIGNED((unsigned long)p - 0x24, cases[i].align));
			iounmap(p);
		}
	}
}

/* tools/test/test_highmem.py reads what the kernel says then. */
KTEST_DIES(vmalloc, running_into_a_guard_names_the_area)
{
	char *p = vmalloc(3 * PAGE_SIZE);

	if (EXPECT(t, p))
		memset(p, 0, 3 * PAGE_SIZE + 1);
}
