/*
 * tlb.c: translations thrown away, on all harts that may hold them; and the switch of address spaces.
 *
 * An mm knows in cpu_vm_mask which CPUs may hold its translations. Who changes an entry and who starts to use the table:
 *
 *	flush:      write entry ─► full fence ─► read cpu_vm_mask ─► fence those harts (SBI)
 *	switch_mm:  set own bit ─► full fence ─► load satp, sfence.vma: nothing older than the bit is kept
 *
 * so one of the two sees the other. A kernel thread keeps the mm of the task before it (lazy TLB), its bit stays set and
 * it is flushed as any other. All spaces run as ASID 0; kernel entries are global and survive a switch.
 * Remote fences reach harts with interrupts off, but kernel/arch.h promises callers less. Read next: include/asm/tlbflush.h.
 */
#include "kernel/arch.h"
#include "kernel/smp.h"
#include "kernel/uapi/errno.h"
#include "mm/mm.h"
#include <asm/sbi.h>
#include <asm/tlbflush.h>
#include <asm/trap.h>

#define FLUSH_ONE_BY_ONE	32	/* pages; above, a full flush is cheaper */

unsigned long cpus_to_hart_mask(cpumask_t cpus, unsigned long *base)
{
	unsigned long mask = 0;
	int cpu;

	*base = ~0UL;
	for_each_cpu_mask(cpu, cpus)
		*base = min(*base, cpu_hartid[cpu]);
	for_each_cpu_mask(cpu, cpus)
		mask |= 1UL << (cpu_hartid[cpu] - *base);
	return mask;
}

static void sbi_rfence(unsigned long function, cpumask_t cpus, unsigned long start, unsigned long size)
{
	unsigned long base, mask = cpus_to_hart_mask(cpus, &base);

	if (mask)
		sbi_call(SBI_EXT_RFENCE, function, mask, base, start, size);
}

static void local_flush_range(unsigned long start, unsigned long end)
{
	if (end - start > FLUSH_ONE_BY_ONE * PAGE_SIZE) {
		local_flush_tlb_all();
		return;
	}
	for (; start < end; start += PAGE_SIZE)
		local_flush_tlb_page(start);
}

static void flush_on(cpumask_t cpus, unsigned long start, unsigned long end)
{
	cpumask_t self = cpumask_of(smp_processor_id());

	if (cpus & self)
		local_flush_range(start, end);
	sbi_rfence(SBI_RFENCE_SFENCE_VMA, cpus & ~self, start, end - start);
}

/* See kernel/arch.h, as all below. */
void local_flush_tlb_page(unsigned long addr)
{
	__asm__ __volatile__("sfence.vma %0" :: "r"(addr) : "memory");
}

void flush_tlb_range(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	smp_mb();
	flush_on(READ_ONCE(mm->cpu_vm_mask), start & PAGE_MASK, PAGE_ALIGN(end));
}

void flush_tlb_page(struct mm_struct *mm, unsigned long addr)
{
	flush_tlb_range(mm, addr & PAGE_MASK, (addr & PAGE_MASK) + PAGE_SIZE);
}

void flush_tlb_mm(struct mm_struct *mm)
{
	flush_tlb_range(mm, 0, TASK_SIZE);
}

void flush_tlb_kernel_range(unsigned long start, unsigned long end)
{
	smp_mb();
	flush_on(cpu_online_map | cpumask_of(smp_processor_id()), start & PAGE_MASK, PAGE_ALIGN(end));
}

void flush_icache_range(unsigned long start, unsigned long end)
{
	smp_mb();
	__asm__ __volatile__("fence.i" ::: "memory");
	sbi_rfence(SBI_RFENCE_FENCE_I, cpu_online_map & ~cpumask_of(smp_processor_id()), 0, 0);
}

/* riscv_flush_icache(2): @flags may say that this thread alone is meant; others do no harm. 0 or -EINVAL. */
long sys_riscv_flush_icache(unsigned long start, unsigned long end, unsigned long flags)
{
	if (flags & ~1UL)
		return -EINVAL;
	flush_icache_range(start, end);
	return 0;
}

static void load_pgd(const pgd_t *pgd)
{
	csr_write(satp, SATP_SV39 | __pa(pgd) >> PAGE_SHIFT);
	local_flush_tlb_user();
}

void switch_mm(struct mm_struct *prev, struct mm_struct *next, struct task_struct *tsk)
{
	int cpu = smp_processor_id();

	if (prev == next && cpu_isset(cpu, READ_ONCE(next->cpu_vm_mask)))
		return;
	cpu_set(cpu, &next->cpu_vm_mask);
	smp_mb();
	load_pgd(next->pgd);
	if (prev != next)
		cpu_clear(cpu, &prev->cpu_vm_mask);
}

void leave_mm(struct mm_struct *mm)
{
	load_pgd(swapper_pg_dir);
	smp_mb();
	cpu_clear(smp_processor_id(), &mm->cpu_vm_mask);
}
