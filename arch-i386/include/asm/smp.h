#ifndef ASM_SMP_H
#define ASM_SMP_H

/*
 * This CPU's own words, reached through %fs in kernel mode: the segment's base is the CPU's struct cpu_local.
 * %gs stays the user's all the time.
 */
#include "kernel/types.h"

struct task_struct;
struct mm_struct;

struct cpu_local {
	int cpu;			/* offset 0: smp_processor_id() */
	struct task_struct *task;	/* offset 4: current */
	struct mm_struct *loaded_mm;	/* whose page tables CR3 holds; NULL: swapper_pg_dir */
	u64 timer_deadline;		/* ns; ~0: not armed */
	unsigned int apicid;
} __attribute__((aligned(64)));

extern struct cpu_local cpu_local[NR_CPUS];

/* The memory operand keeps the compiler from carrying the answer over a call, which may have slept. */
static inline int smp_processor_id(void)
{
	int cpu;

	__asm__("movl %%fs:0,%0" : "=r"(cpu) : "m"(cpu_local[0].task));
	return cpu;
}

#endif
