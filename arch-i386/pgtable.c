/*
 * pgtable.c: the kernel's page tables, tables for user programs, and the fixed slots.
 *
 * Owns:  swapper_pg_dir and all below it; the fixmap's table; pkmap_page_table.
 * Locks: boot alone writes swapper_pg_dir's upper levels: whatever vmalloc, pkmap and fixmap need is there from the
 *        start (classic: page tables; PAE: the one pmd page, shared), so no process' tables ever lag behind. The ptes
 *        are their users'.
 * Read next: asm/pgtable.h, boot.S (the first tables), highmem.c, tlb.c.
 */
#include "kernel/arch.h"
#include "kernel/lib/string.h"
#include "kernel/printk.h"
#include "mm/bootmem.h"
#include "mm/highmem.h"
#include "mm/mm.h"
#include <asm/processor.h>
#include <asm/setup.h>
#include <asm/tlbflush.h>

pteval_t supported_pte_mask = (pteval_t)~_PAGE_NX;
pte_t *pkmap_page_table;
static pte_t fixmap_table[PTRS_PER_PTE] __aligned(PAGE_SIZE);
extern pgd_t trampoline_pg_dir[];

BUILD_BUG_ON((FIXADDR_START & PMD_MASK) != (FIXADDR_TOP & PMD_MASK));	/* one table holds all slots */

/* ---- the kernel's own mappings -------------------------------------------------------------- */

static pmd_t *kernel_pmd(unsigned long addr)
{
	return pmd_offset(pgd_offset_k(addr), addr);
}

static pte_t *kernel_pte(unsigned long addr)
{
	return pte_offset_kernel(kernel_pmd(addr), addr);
}

/* Fixmap slots work from here on. => once, on the first page tables */
void __init early_fixmap_init(void)
{
	if (cpu_has_nx)
		supported_pte_mask = (pteval_t)~0ULL;
	pmd_populate_kernel(&init_mm, kernel_pmd(FIXADDR_START), fixmap_table);
}

/* What the direct map allows at kernel address @addr, until free_initmem(). */
static pgprot_t __init direct_prot(unsigned long addr)
{
	if (addr >= (unsigned long)_text && addr < (unsigned long)_etext)
		return PAGE_KERNEL_RX;
	if (addr >= (unsigned long)_etext && addr < (unsigned long)_erodata)
		return PAGE_KERNEL_RO;
	if (addr >= (unsigned long)__init_begin && addr < (unsigned long)__init_text_end)
		return PAGE_KERNEL_RX;
	return PAGE_KERNEL;
}

/* One pmd's worth of the direct map by small pages, up to @end. */
static void __init map_small(pmd_t *pmd, unsigned long addr, unsigned long end)
{
	pte_t *table = alloc_bootmem_pages(PAGE_SIZE);

	for (; addr < end; addr += PAGE_SIZE)
		set_pte(table + pte_index(addr), pfn_pte(__pa(addr) >> PAGE_SHIFT, direct_prot(addr)));
	pmd_populate_kernel(&init_mm, pmd, table);
}

/* All of low memory: large pages, but for the kernel's image and a last piece that would reach beyond. Then nothing. */
static void __init map_lowmem(void)
{
	unsigned long end = (unsigned long)__va((phys_t)max_low_pfn << PAGE_SHIFT);

	for (unsigned long addr = PAGE_OFFSET; addr < PKMAP_BASE; addr += PMD_SIZE) {
		pmd_t *pmd = kernel_pmd(addr);
		pte_t large = pfn_pte(__pa(addr) >> PAGE_SHIFT, PAGE_KERNEL);

		if (addr >= end)
			pmd_clear(pmd);
		else if (addr < (unsigned long)_end || end - addr < PMD_SIZE)
			map_small(pmd, addr, min(end, addr + PMD_SIZE));
		else
			set_pmd(pmd, __pmd(pte_val(large) | _PAGE_PSE));
	}
}

/* Empty page tables for [start, end). */
static void __init preallocate(unsigned long start, unsigned long end)
{
	for (unsigned long addr = start & PMD_MASK; addr < end; addr += PMD_SIZE)
		if (!pmd_present(*kernel_pmd(addr)))
			pmd_populate_kernel(&init_mm, kernel_pmd(addr), (pte_t *)alloc_bootmem_pages(PAGE_SIZE));
}

/* Classic: all tables that vmalloc may want, since each process copies the top level. PAE: they share the pmd page. */
static void __init map_windows(void)
{
	if (PTRS_PER_PMD == 1)
		preallocate(VMALLOC_START, VMALLOC_END);
	preallocate(PKMAP_BASE, PKMAP_BASE + PMD_SIZE);
	pkmap_page_table = kernel_pte(PKMAP_BASE);
}

/*
 * The final kernel mappings: text and rodata read-only, data not executable, nothing at address 0.
 * => boot memory works, max_low_pfn and VMALLOC_START are known; interrupts off
 */
void __init paging_init(void)
{
	map_lowmem();
	map_windows();
#ifndef CONFIG_PAE
	memcpy(trampoline_pg_dir + USER_PTRS_PER_PGD, swapper_pg_dir + USER_PTRS_PER_PGD,
	       (PTRS_PER_PGD - USER_PTRS_PER_PGD) * sizeof(pgd_t));
#endif
	__flush_tlb_global();
}

void free_initmem(void)
{
	unsigned long start = (unsigned long)__init_begin, end = (unsigned long)__init_end;

	for (unsigned long addr = start; addr < end; addr += PAGE_SIZE)
		set_pte_atomic(kernel_pte(addr), pfn_pte(__pa(addr) >> PAGE_SHIFT, PAGE_KERNEL));
	flush_tlb_kernel_range(start, end);
	memset(__init_begin, 0xcc, end - start);
	free_reserved_area(start, end, "init sections");
}

/* ---- tables of user programs -------------------------------------------------------------------- */

#ifdef CONFIG_PAE
/* The four entries live in the mm itself, where they are aligned. */
pgd_t *pgd_alloc(struct mm_struct *mm)
{
	pgd_t *pgd = (pgd_t *)ALIGN((unsigned long)mm->context.pgd_area, 4 * sizeof(pgd_t));

	memset(pgd, 0, USER_PTRS_PER_PGD * sizeof(pgd_t));
	pgd[USER_PTRS_PER_PGD] = swapper_pg_dir[USER_PTRS_PER_PGD];
	return pgd;
}

void pgd_free(pgd_t *pgd)
{
}

pmd_t *pmd_alloc_one(struct mm_struct *mm, unsigned long addr)
{
	return (pmd_t *)get_zeroed_page(GFP_KERNEL);
}

void pmd_free(pmd_t *pmd)
{
	free_page((unsigned long)pmd);
}

/* See asm/pgtable.h: a CPU reads its four top entries only when CR3 is loaded. */
void pgd_populate(struct mm_struct *mm, pgd_t *pgdp, pmd_t *pmd)
{
	set_pte((pte_t *)pgdp, __pte(_PAGE_PRESENT | __pa(pmd)));
	flush_tlb_mm(mm);
}
#else
pgd_t *pgd_alloc(struct mm_struct *mm)
{
	pgd_t *pgd = (pgd_t *)get_zeroed_page(GFP_KERNEL);

	if (pgd)
		memcpy(pgd + USER_PTRS_PER_PGD, swapper_pg_dir + USER_PTRS_PER_PGD,
		       (PTRS_PER_PGD - USER_PTRS_PER_PGD) * sizeof(pgd_t));
	return pgd;
}

void pgd_free(pgd_t *pgd)
{
	free_page((unsigned long)pgd);
}
#endif

/* ---- fixed slots ------------------------------------------------------------------------------------ */

/* See asm/fixmap.h, as all below. */
pte_t *fixmap_pte(unsigned long addr)
{
	return fixmap_table + pte_index(addr);
}

void __set_fixmap(enum fixed_addresses idx, phys_t phys, pgprot_t prot)
{
	unsigned long addr = __fix_to_virt(idx);

	set_pte(fixmap_pte(addr), pgprot_val(prot) ? pfn_pte(phys >> PAGE_SHIFT, prot) : __pte(0));
	__flush_tlb_one(addr);
}

void *early_ioremap(phys_t phys, size_t size)
{
	phys_t offset = phys & ~PAGE_MASK, base = phys - offset;
	unsigned int pages = (unsigned int)((offset + size + PAGE_SIZE - 1) >> PAGE_SHIFT);

	if (pages > NR_FIX_BOOT)
		return NULL;
	for (unsigned int i = 0; i < pages; i++)
		__set_fixmap(FIX_BOOT_BEGIN - i, base + (phys_t)i * PAGE_SIZE, PAGE_KERNEL);
	return (void *)(__fix_to_virt(FIX_BOOT_BEGIN) + (unsigned long)offset);
}

void early_iounmap(void)
{
	for (int i = FIX_BOOT_END; i <= FIX_BOOT_BEGIN; i++)
		__set_fixmap(i, 0, __pgprot(0));
}
