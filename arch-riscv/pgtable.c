/*
 * pgtable.c: the kernel's own page tables, and tables for everybody.
 *
 * Owns: swapper_pg_dir, whose upper half is that of every pgd and is complete after paging_init():
 *	direct map	leaves of 1 GiB, 2 MiB or 4 KiB, the largest that fit: text executable, rodata read-only, the rest
 *			writable, firmware's memory not at all; the registers that the arch itself drives
 *	vmalloc		a pmd table for each GiB of the window; mm/vmalloc.c fills them
 *	windows		a pmd table for those onto high memory, where there is some; highmem.c fills it
 * Locks: none; boot changes it on one CPU, free_initmem() only single entries. Read next: include/asm/pgtable.h, tlb.c.
 */
#include "kernel/arch.h"
#include "kernel/lib/string.h"
#include "mm/bootmem.h"
#include "mm/highmem.h"
#include "mm/mm.h"
#include <asm/fixmap.h>
#include <asm/setup.h>
#include <asm/tlbflush.h>

pgd_t swapper_pg_dir[PTRS_PER_PGD] __aligned(PAGE_SIZE);

static struct phys_range io_windows[MAX_RANGES];
static int nr_io_windows;

/* The encodings that the core relies on. */
BUILD_BUG_ON(_PAGE_PROTNONE & _PAGE_PRESENT);
BUILD_BUG_ON(((1UL << __SWP_TYPE_BITS) - 1) << __SWP_TYPE_SHIFT & (_PAGE_PRESENT | _PAGE_PROTNONE));
BUILD_BUG_ON(__SWP_TYPE_BITS + __SWP_TYPE_SHIFT > _PAGE_PFN_SHIFT);
BUILD_BUG_ON(USER_PTRS_PER_PGD * PGDIR_SIZE != TASK_SIZE);
BUILD_BUG_ON(pgd_index(PAGE_OFFSET) != USER_PTRS_PER_PGD);
BUILD_BUG_ON(pgd_index(VMALLOC_START) != USER_PTRS_PER_PGD + DIRECT_MAP_SIZE / PGDIR_SIZE);

/* ---- the kernel's map, at boot ---- */
void *__init map_io_early(phys_t base, phys_t size)
{
	if (nr_io_windows == MAX_RANGES)
		panic("device tree: more than %d devices of the arch's own", MAX_RANGES);
	io_windows[nr_io_windows++] = (struct phys_range){ base & PAGE_MASK, PAGE_ALIGN(base + size) };
	return __va(base);
}

static pmd_t *__init boot_pmd_table(pgd_t *pgd)
{
	if (pgd_none(*pgd))
		pgd_populate(&init_mm, pgd, (pmd_t *)alloc_bootmem_pages(PAGE_SIZE));
	return (pmd_t *)pgd_page_vaddr(*pgd);
}

static pte_t *__init boot_pte_table(pmd_t *pmd)
{
	if (pmd_none(*pmd))
		pmd_populate_kernel(&init_mm, pmd, alloc_bootmem_pages(PAGE_SIZE));
	return (pte_t *)pmd_page_vaddr(*pmd);
}

/* Is [pa, end) at least one whole page of @size, from its start? */
static bool __init fits(phys_t pa, phys_t end, unsigned long size)
{
	return IS_ALIGNED(pa, size) && end - pa >= size;
}

/* Map what a single entry can hold at @pa, and return its size. A larger page that is there stays. */
static unsigned long __init map_one(phys_t pa, phys_t end, pgprot_t prot)
{
	unsigned long va = (unsigned long)__va(pa);
	unsigned long leaf = pte_val(pfn_pte(pa >> PAGE_SHIFT, prot));
	pgd_t *pgd = pgd_offset_k(va);
	pmd_t *pmd;

	if (pgd_leaf(*pgd) || (pgd_none(*pgd) && fits(pa, end, PGDIR_SIZE))) {
		if (pgd_none(*pgd))
			set_pgd(pgd, __pgd(leaf));
		return PGDIR_SIZE - (va & ~PGDIR_MASK);
	}
	pmd = boot_pmd_table(pgd) + pmd_index(va);
	if (pmd_leaf(*pmd) || (pmd_none(*pmd) && fits(pa, end, PMD_SIZE))) {
		if (pmd_none(*pmd))
			set_pmd(pmd, __pmd(leaf));
		return PMD_SIZE - (va & ~PMD_MASK);
	}
	set_pte(boot_pte_table(pmd) + pte_index(va), __pte(leaf));
	return PAGE_SIZE;
}

static void __init map_range(phys_t start, phys_t end, pgprot_t prot)
{
	while (start < end)
		start += map_one(start, end, prot);
}

/* Map RAM but for memory that is firmware's alone. */
static void __init map_ram(phys_t start, phys_t end, pgprot_t prot)
{
	for (int i = 0; i < nr_nomap; i++) {
		if (nomap[i].start >= end || nomap[i].end <= start)
			continue;
		if (nomap[i].start > start)
			map_ram(start, nomap[i].start, prot);
		start = nomap[i].end;
	}
	map_range(start, end, prot);
}

/* Where the rights of the direct map change, in rising order; the last covers all that is above. */
static const struct { const char *end; bool exec, write; } image[] = {
	{ _text, false, true }, { _etext, true, false }, { _erodata, false, false },
	{ __init_text_end, true, false }, { NULL, false, true },
};

/* See asm/setup.h. */
void __init paging_init(void)
{
	for (int i = 0; i < nr_ram; i++) {
		phys_t pa = ram[i].start, ram_end = min(ram[i].end, (phys_t)max_low_pfn << PAGE_SHIFT);

		for (unsigned int s = 0; s < ARRAY_SIZE(image) && pa < ram_end; s++) {
			phys_t end = image[s].end ? min(__pa(image[s].end), ram_end) : ram_end;

			if (end <= pa)
				continue;
			map_ram(pa, end, image[s].exec ? PAGE_KERNEL_RX : image[s].write ? PAGE_KERNEL : PAGE_KERNEL_RO);
			pa = end;
		}
	}
	for (int i = 0; i < nr_io_windows; i++)
		map_range(io_windows[i].start, io_windows[i].end, PAGE_KERNEL_NOCACHE);
	for (unsigned long va = VMALLOC_START; va < VMALLOC_END; va += PGDIR_SIZE)
		boot_pmd_table(pgd_offset_k(va));
	kmap_init(boot_pmd_table(pgd_offset_k(PKMAP_BASE)));

	csr_write(satp, SATP_SV39 | __pa(swapper_pg_dir) >> PAGE_SHIFT);
	local_flush_tlb_all();
}

/* See kernel/arch.h. Text and rodata have had their rights since paging_init(). */
void free_initmem(void)
{
	unsigned long start = (unsigned long)__init_begin, end = (unsigned long)__init_end;

	for (unsigned long va = start; va < end; va += PAGE_SIZE)
		set_pte(pte_offset_kernel(pmd_offset(pgd_offset_k(va), va), va), pfn_pte(virt_to_pfn(va), PAGE_KERNEL));
	flush_tlb_kernel_range(start, end);
	memset(__init_begin, 0xcc, end - start);
	free_reserved_area(start, end, "init sections");
}

/* ---- tables of user address spaces ---- */

/* See kernel/arch.h. The user's half is empty. */
pgd_t *pgd_alloc(struct mm_struct *mm)
{
	pgd_t *pgd = (pgd_t *)get_zeroed_page(GFP_KERNEL);

	if (pgd)
		memcpy(pgd + USER_PTRS_PER_PGD, swapper_pg_dir + USER_PTRS_PER_PGD,
		       (PTRS_PER_PGD - USER_PTRS_PER_PGD) * sizeof(pgd_t));
	return pgd;
}

/* See kernel/arch.h. => its tables are gone, and no CPU has it loaded */
void pgd_free(pgd_t *pgd)
{
	free_page((unsigned long)pgd);
}

/* See asm/pgtable.h, as the next. */
pmd_t *pmd_alloc_one(struct mm_struct *mm, unsigned long addr)
{
	return (pmd_t *)get_zeroed_page(GFP_KERNEL | __GFP_REPEAT);
}

void pmd_free(pmd_t *pmd)
{
	free_page((unsigned long)pmd);
}
