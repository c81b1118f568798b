/*
 * smp.c: starting the other CPUs, interrupts between CPUs, and waiting for one.
 *
 *	__cpu_up: trampoline page below 1 MiB ─► INIT, STARTUP, STARTUP ─► boot.S ─► start_secondary ─► secondary_start_kernel
 *
 * Owns:  cpu_up_seen. Locks: none: CPUs are started one after another.
 * Read next: kernel/smp.c, boot.S.
 */
#include "kernel/arch.h"
#include "kernel/lib/string.h"
#include "kernel/printk.h"
#include "kernel/sched.h"
#include "kernel/smp.h"
#include "kernel/uapi/errno.h"
#include <asm/setup.h>
#include <asm/trap.h>

#define ICR_FIXED	0x04000
#define ICR_INIT	0x0c500		/* assert, level */
#define ICR_INIT_OFF	0x08500
#define ICR_STARTUP	0x04600
#define ICR_PENDING	0x01000
#define START_TIMEOUT_US 1000000

extern char trampoline_start[], trampoline_end[];
extern u32 secondary_stack, secondary_cpu;	/* boot.S */
void start_secondary(void) __noreturn;
static volatile int cpu_up_seen;		/* the last CPU that reached C */

/* Somebody wants something of this CPU; what, kernel/smp.c knows. */
void trap_ipi(struct pt_regs *regs)
{
	lapic_write(LAPIC_EOI, 0);
	smp_ipi_interrupt(regs);
}

/* Two registers: an interrupt between their writes must not send one of its own. */
static void send_icr(int cpu, u32 command)
{
	unsigned long flags;

	local_irq_save(flags);
	while (lapic_read(LAPIC_ICR) & ICR_PENDING)
		cpu_relax();
	lapic_write(LAPIC_ICR_HIGH, cpu_apicid[cpu] << 24);
	lapic_write(LAPIC_ICR, command);
	local_irq_restore(flags);
}

void arch_send_ipi(cpumask_t mask)
{
	int cpu;

	for_each_cpu_mask(cpu, mask)
		send_icr(cpu, ICR_FIXED | IPI_VECTOR);
}

/* C's first function on another CPU. => interrupts off, cpu_init() done, on the idle task's stack */
void start_secondary(void)
{
	int cpu = smp_processor_id();

	identify_cpu(cpu);
	trap_init();
	lapic_init();
	lapic_timer_init();
	cpu_up_seen = cpu;
	secondary_start_kernel(cpu);
}

int __cpu_up(int cpu, struct task_struct *idle)
{
	u64 deadline;

	if (!phys_is_ram(TRAMPOLINE_BASE, TRAMPOLINE_BASE + PAGE_SIZE))
		return -ENODEV;
	memcpy(__va(TRAMPOLINE_BASE), trampoline_start, trampoline_end - trampoline_start);
	cpu_local[cpu].task = idle;
	secondary_cpu = cpu;
	secondary_stack = (u32)idle->stack + STACK_SIZE;
	smp_mb();

	send_icr(cpu, ICR_INIT);
	delay_us(200);
	send_icr(cpu, ICR_INIT_OFF);
	delay_us(1000);				/* the 10 ms of old were for CPUs before the Pentium Pro */
	deadline = arch_clock_ns() + START_TIMEOUT_US * 1000ULL;
	for (int i = 0; i < 2 && cpu_up_seen != cpu; i++) {
		send_icr(cpu, ICR_STARTUP | TRAMPOLINE_BASE >> PAGE_SHIFT);
		delay_us(300);
	}
	while (cpu_up_seen != cpu)
		if (arch_clock_ns() > deadline)
			return -EIO;
	return 0;
}

/* See kernel/arch.h. */
void arch_pretend_cpu(int cpu)
{
	cpu_local[0].cpu = cpu;
}

/* sti takes effect after the next instruction: an interrupt that was pending ends the hlt. */
void cpu_do_idle(void)
{
	__asm__ __volatile__("sti; hlt" : : : "memory");
}
