#ifndef ASM_SMP_H
#define ASM_SMP_H

/* CPU numbers are ours: 0 is the hart that booted, the others follow in the device tree's order. */
#include "kernel/types.h"
#include "kernel/bitops.h"
#include <asm/asm-offsets.h>
#include <asm/current.h>

/* task->cpu by offset, since per-CPU headers come before struct task_struct. */
#define smp_processor_id()	(*(const volatile int *)((const char *)current + TASK_CPU))

extern unsigned long cpu_hartid[NR_CPUS];
/* -1: no CPU of ours. */
int hartid_to_cpu(unsigned long hartid);
/* A set of CPUs as SBI wants it: hart ids relative to the lowest one, *base. */
unsigned long cpus_to_hart_mask(cpumask_t cpus, unsigned long *base);

#endif
