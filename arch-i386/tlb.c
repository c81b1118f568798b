/*
 * tlb.c: address translations that CPUs remember, and which CPU runs in which address space.
 *
 * Owns:  cpu_local.loaded_mm (whose tables CR3 holds) and the bits of mm->cpu_vm_mask.
 *
 *	switch_mm: bit of the new mm set ─► CR3 loaded ─► bit of the old mm cleared
 *
 * so a set bit covers the whole time that a CPU can hold translations. A kernel thread leaves CR3 as it is and the
 * bit set; the first flush that reaches it there makes the CPU leave that mm, and no more will come.
 * Locks: none; loaded_mm is its CPU's, changed with interrupts off. Flushers wait for the others' interrupt.
 */
#include "kernel/arch.h"
#include "kernel/printk.h"
#include "kernel/sched.h"
#include "kernel/smp.h"
#include "mm/mm.h"
#include <asm/tlbflush.h>

#define FLUSH_ALL_ABOVE	(16 * PAGE_SIZE)	/* longer ranges: everything goes */

struct flush {
	struct mm_struct *mm;
	unsigned long start, end;
};

static struct cpu_local *this_cpu(void)
{
	return &cpu_local[smp_processor_id()];
}

void switch_mm(struct mm_struct *prev, struct mm_struct *next, struct task_struct *tsk)
{
	struct cpu_local *c = this_cpu();
	struct mm_struct *old = c->loaded_mm;

	if (old == next)
		return;
	cpu_set(c->cpu, &next->cpu_vm_mask);
	c->loaded_mm = next;
	write_cr3(__pa(next->pgd));
	if (old)
		cpu_clear(c->cpu, &old->cpu_vm_mask);
}

void leave_mm(struct mm_struct *mm)
{
	struct cpu_local *c = this_cpu();

	if (c->loaded_mm != mm)
		return;
	c->loaded_mm = NULL;
	write_cr3(__pa(swapper_pg_dir));
	cpu_clear(c->cpu, &mm->cpu_vm_mask);
}

/* This CPU's part of a flush; a borrowed mm is left instead. => interrupts off */
static void flush_here(void *arg)
{
	const struct flush *f = arg;

	if (this_cpu()->loaded_mm != f->mm)
		return;
	if (current->mm != f->mm) {
		leave_mm(f->mm);
	} else if (f->end - f->start > FLUSH_ALL_ABOVE) {
		__flush_tlb();
	} else {
		for (unsigned long addr = f->start; addr < f->end; addr += PAGE_SIZE)
			__flush_tlb_one(addr);
	}
}

/* => the changed entries are written before cpu_vm_mask is read: a CPU that comes later sees them */
static void flush_user(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	struct flush f = { mm, start, end };
	unsigned long flags;
	cpumask_t others;

	smp_mb();
	local_irq_save(flags);
	others = READ_ONCE(mm->cpu_vm_mask) & ~cpumask_of(smp_processor_id());
	flush_here(&f);
	local_irq_restore(flags);
	if (others)
		smp_call_function_mask(others, flush_here, &f, true);
}

void flush_tlb_page(struct mm_struct *mm, unsigned long addr)
{
	flush_user(mm, addr & PAGE_MASK, (addr & PAGE_MASK) + PAGE_SIZE);
}

void flush_tlb_range(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	flush_user(mm, start & PAGE_MASK, end);
}

void flush_tlb_mm(struct mm_struct *mm)
{
	flush_user(mm, 0, TASK_SIZE);
}

static void flush_kernel_here(void *arg)
{
	const struct flush *f = arg;

	if (f->end - f->start > FLUSH_ALL_ABOVE) {
		__flush_tlb_global();
		return;
	}
	for (unsigned long addr = f->start; addr < f->end; addr += PAGE_SIZE)
		__flush_tlb_one(addr);
}

void flush_tlb_kernel_range(unsigned long start, unsigned long end)
{
	struct flush f = { NULL, start & PAGE_MASK, end };

	on_each_cpu(flush_kernel_here, &f);
}

void local_flush_tlb_page(unsigned long addr)
{
	__flush_tlb_one(addr);
}

/* Instruction fetches see stores on this machine. */
void flush_icache_range(unsigned long start, unsigned long end)
{
}
