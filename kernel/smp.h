#ifndef KERNEL_SMP_H
#define KERNEL_SMP_H

/*
 * CPUs and calls across them (kernel/smp.c), over the arch's one kind of interrupt between processors.
 */
#include "kernel/bitops.h"
#include <asm/smp.h>

extern cpumask_t cpu_possible_map;	/* told by the firmware; fixed after setup_arch */
extern cpumask_t cpu_online_map;	/* scheduling */
extern int setup_max_cpus;		/* maxcpus= */

#define cpu_online(cpu)			cpu_isset(cpu, READ_ONCE(cpu_online_map))
#define cpu_possible(cpu)		cpu_isset(cpu, cpu_possible_map)
#define for_each_online_cpu(cpu)	for_each_cpu_mask(cpu, READ_ONCE(cpu_online_map))
#define for_each_possible_cpu(cpu)	for_each_cpu_mask(cpu, cpu_possible_map)
#define num_online_cpus()		hweight_long(READ_ONCE(cpu_online_map))

/*
 * Run @func(@arg) on the CPUs of @mask but this one, in their interrupt; wait until all have run it if @wait.
 * => interrupts on, no irq-safe lock held (the others may be spinning with interrupts off).
 */
void smp_call_function_mask(cpumask_t mask, void (*func)(void *arg), void *arg, bool wait);
void smp_call_function(void (*func)(void *arg), void *arg, bool wait);
void on_each_cpu(void (*func)(void *arg), void *arg);
void smp_send_reschedule(int cpu);
/* Panic: all others stop where they are, after storing their backtrace. */
void smp_send_stop(void);
/* From the arch's IPI trap, on each CPU that was poked. => interrupts off. */
struct pt_regs;
void smp_ipi_interrupt(struct pt_regs *regs);
/* Bring up the others (maxcpus= honoured). */
void smp_init(void);
/* What the arch's entry for a secondary calls, on its idle task's stack, with page tables and traps set; never returns. */
void secondary_start_kernel(int cpu) __attribute__((noreturn));

#endif
