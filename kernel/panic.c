/*
 * panic.c: the end, told as well as we can.
 *
 * Owns:   panic_cpu, and the order in which the CPUs tell where they are; tainted: what makes this kernel's word doubtful.
 * Locks:  none are taken: a lock may be held by who died. printk knows (oops_in_progress).
 * Read next: smp.c (smp_send_stop), lockdep.c (which locks are held).
 *
 *	panic ─► stop the others ─► message, registers, backtrace ─► each other CPU in turn ─► locks, memory ─► power off
 */
#include "kernel/printk.h"
#include "kernel/kallsyms.h"
#include "kernel/sched.h"
#include "kernel/arch.h"
#include "kernel/lockdep.h"
#include "mm/mm.h"

int panic_timeout;
unsigned long tainted;			/* TAINT_ bits; never cleared */

static int panic_cpu = -1;
static int panic_turn = -1;		/* the stopped CPU that may print now */
static cpumask_t panic_stopped, panic_told;

/* True: we are the one CPU that tells the end. A second one waits for ever; the same one again gives up at once. */
static void panic_enter(void)
{
	int cpu = smp_processor_id(), none = -1;

	if (!__atomic_compare_exchange_n(&panic_cpu, &none, cpu, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
		if (none == cpu) {
			printk(KERN_EMERG "panic inside a panic: giving up\n");
			machine_power_off(PANIC_EXIT_CODE);
		}
		panic_stop_cpu(NULL);
	}
	oops_in_progress = 1;
	console_loglevel = 8;
}

static bool wait_for_bit(cpumask_t *mask, int cpu, u64 ns)
{
	u64 end = arch_clock_ns() + ns;

	while (!cpu_isset(cpu, READ_ONCE(*mask))) {
		if (arch_clock_ns() > end)
			return false;
		cpu_relax();
	}
	return true;
}

/*
 * A CPU that was asked to stop, or came second: prints its state when its turn comes, and stays here for good.
 * => interrupts off; @regs: what was interrupted, NULL: nothing
 */
void panic_stop_cpu(struct pt_regs *regs)
{
	int cpu = smp_processor_id();

	cpu_set(cpu, &panic_stopped);
	while (READ_ONCE(panic_turn) != cpu)
		cpu_relax();
	printk(KERN_EMERG "CPU %d: pid %d (%s)\n", cpu, current->pid, current->comm);
	show_backtrace(current, regs);
	cpu_set(cpu, &panic_told);
	for (;;)
		cpu_relax();
}

static void tell_other_cpus(void)
{
	int cpu;

	smp_send_stop();
	for_each_online_cpu(cpu) {
		if (cpu == smp_processor_id())
			continue;
		if (!wait_for_bit(&panic_stopped, cpu, 100 * NSEC_PER_MSEC)) {
			printk(KERN_EMERG "CPU %d does not answer; it runs pid %d (%s)\n", cpu,
			       curr_task(cpu)->pid, curr_task(cpu)->comm);
			continue;
		}
		WRITE_ONCE(panic_turn, cpu);
		wait_for_bit(&panic_told, cpu, 2 * NSEC_PER_SEC);
	}
}

static void panic_leave(void) __noreturn;
static void panic_leave(void)
{
	if (system_state != SYSTEM_BOOTING)
		tell_other_cpus();
	lockdep_show_held();
	show_mem();
	if (panic_timeout > 0) {
		u64 end = arch_clock_ns() + (u64)panic_timeout * NSEC_PER_SEC;

		printk(KERN_EMERG "restarting in %d seconds\n", panic_timeout);
		while (arch_clock_ns() < end)
			cpu_relax();
		machine_restart();
	}
	machine_power_off(PANIC_EXIT_CODE);
}

/* Something has happened after which this kernel may no longer be itself (TAINT_ bits). => any context */
void add_taint(unsigned long flags)
{
	__atomic_fetch_or(&tainted, flags, __ATOMIC_RELAXED);
}

/* As Linux says it: a letter for each bit, of which only B can be here. */
const char *print_tainted(void)
{
	return READ_ONCE(tainted) & TAINT_BAD_PAGE ? "Tainted: G    B" : "Not tainted";
}

static void tell_who(void)
{
	printk(KERN_EMERG "CPU %d, pid %d (%s), %s\n", smp_processor_id(), current->pid, current->comm, print_tainted());
}

/* What a program had in its registers when it entered the kernel; a kernel thread came from nowhere. */
static void tell_user_regs(void)
{
	struct pt_regs *regs = task_pt_regs(current);

	if (!current->mm || !user_mode(regs))
		return;
	printk(KERN_EMERG "Registers of %s as it entered the kernel:\n", current->comm);
	show_regs(regs);
}

/* The kernel cannot go on: say why and where, and power off with PANIC_EXIT_CODE. => any context */
void panic(const char *fmt, ...)
{
	__builtin_va_list args;

	local_irq_disable();
	panic_enter();
	printk(KERN_EMERG "Kernel panic: ");
	__builtin_va_start(args, fmt);
	vprintk(fmt, args);
	__builtin_va_end(args);
	printk("\n");
	tell_who();
	show_backtrace(current, NULL);
	tell_user_regs();
	panic_leave();
}

/* As panic, for an exception in kernel mode. => any context */
void die(const char *what, struct pt_regs *regs)
{
	local_irq_disable();
	panic_enter();
	printk(KERN_EMERG "Kernel panic: %s\n", what);
	tell_who();
	show_regs(regs);
	show_backtrace(current, regs);
	panic_leave();
}

/* Where are we? => any context */
void dump_stack(void)
{
	tell_who();
	show_backtrace(current, NULL);
}

/* WARN_ON's message. => any context */
void warn_at(const char *file, int line, const char *cond)
{
	printk(KERN_WARNING "WARNING at %s:%d: %s\n", file, line, cond);
	dump_stack();
}
