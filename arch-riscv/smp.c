/*
 * smp.c: starting harts, and poking them.
 *
 * A hart that is off is started by the firmware (HSM) at boot.S:secondary_entry, which takes its idle task from
 * secondary_task[]. The only interrupt between processors is the supervisor software interrupt; kernel/smp.c keeps
 * what it means.
 * Locks: none. Read next: kernel/smp.c, boot.S.
 */
#include "kernel/arch.h"
#include "kernel/sched.h"
#include "kernel/smp.h"
#include "kernel/timer.h"
#include "kernel/uapi/errno.h"
#include <asm/sbi.h>
#include <asm/setup.h>

#define START_TIMEOUT	(5 * NSEC_PER_SEC)

extern char secondary_entry[];
struct task_struct *secondary_task[NR_CPUS];	/* for boot.S; written before the hart is started */
void start_secondary(void) __noreturn;

/* See kernel/arch.h. */
void arch_pretend_cpu(int cpu)
{
	current->cpu = cpu;
}

/* See kernel/arch.h. */
void arch_send_ipi(cpumask_t mask)
{
	unsigned long base, harts = cpus_to_hart_mask(mask, &base);

	smp_wmb();	/* what we poke them for, before the poke */
	if (harts)
		sbi_call(SBI_EXT_IPI, 0, harts, base, 0, 0);
}

/* See kernel/arch.h. */
int __cpu_up(int cpu, struct task_struct *idle)
{
	u64 give_up = arch_clock_ns() + START_TIMEOUT;
	long err;

	idle->cpu = cpu;
	secondary_task[cpu] = idle;
	smp_wmb();
	err = sbi_call(SBI_EXT_HSM, SBI_HSM_START, cpu_hartid[cpu], __pa(secondary_entry), 0, 0);
	if (err)
		return -ENODEV;
	while (!cpu_online(cpu)) {
		if (arch_clock_ns() > give_up)
			return -EIO;
		cpu_relax();
	}
	return 0;
}

/* From boot.S, on the idle task's stack, interrupts off. */
void start_secondary(void)
{
	trap_init();
	irq_init_cpu();
	arch_timer_program(~0ULL);
	secondary_start_kernel(smp_processor_id());
}
