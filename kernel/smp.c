/*
 * smp.c: the other CPUs: starting them, and making them do something.
 *
 * Owns:   the maps of CPUs; each CPU's word of requests; the one cross-CPU call under way.
 * Locks:  call_lock: one call at a time. Requests are atomic bits.
 *
 *	sender: set the bit of the request in the CPU's word ─► arch_send_ipi ─► there: take all bits, do each
 */
#include "kernel/smp.h"
#include "kernel/sched.h"
#include "kernel/arch.h"
#include "kernel/irq.h"
#include "kernel/lib/string.h"

enum { IPI_RESCHEDULE, IPI_CALL, IPI_STOP };

cpumask_t cpu_possible_map = 1, cpu_online_map = 1;
int setup_max_cpus = NR_CPUS;

static DEFINE_PER_CPU(unsigned long, ipi_requests);
static DEFINE_SPINLOCK(call_lock, RANK_CALL);
static struct {
	void (*func)(void *arg);
	void *arg;
	cpumask_t todo;			/* atomic: CPUs that have not begun; with wait, that have not finished */
	bool wait;
} call;					/* [call_lock] */

static void send(cpumask_t mask, int what)
{
	int cpu;

	for_each_cpu_mask(cpu, mask)
		set_bit((unsigned)what, &per_cpu(ipi_requests, cpu));
	smp_mb();			/* the bits are there before the interrupt is */
	if (mask)
		arch_send_ipi(mask);
}

static void do_call(int cpu)
{
	void (*func)(void *arg) = call.func;
	void *arg = call.arg;
	bool wait = call.wait;

	if (!wait)			/* the caller may go on, and overwrite what we just read */
		__atomic_fetch_and(&call.todo, ~cpumask_of(cpu), __ATOMIC_SEQ_CST);
	func(arg);
	if (wait)
		__atomic_fetch_and(&call.todo, ~cpumask_of(cpu), __ATOMIC_SEQ_CST);
}

/* Another CPU wants something of this one. => interrupts off */
void smp_ipi_interrupt(struct pt_regs *regs)
{
	int cpu = smp_processor_id();
	unsigned long todo = xchg(&per_cpu(ipi_requests, cpu), 0);

	irq_enter();
	if (test_bit(IPI_STOP, &todo))
		panic_stop_cpu(regs);
	if (test_bit(IPI_CALL, &todo))
		do_call(cpu);
	irq_exit();			/* a wish to reschedule was left in the task's flags: its way out sees it */
}

/*
 * Run @func(@arg) on the other CPUs of @mask; until all have run it if @wait, else until all have begun.
 * => interrupts on; no lock that an interrupt takes is held; does not sleep
 */
void smp_call_function_mask(cpumask_t mask, void (*func)(void *arg), void *arg, bool wait)
{
	unsigned long flags;
	int me;

	ASSERT(system_state == SYSTEM_BOOTING || !irqs_disabled());
	/* While we wait for the lock, interrupts stay on: its holder may be waiting for us. */
	for (;;) {
		local_irq_save(flags);
		if (spin_trylock(&call_lock))
			break;
		local_irq_restore(flags);
		cpu_relax();
	}
	me = smp_processor_id();
	mask &= READ_ONCE(cpu_online_map) & ~cpumask_of(me);
	call.func = func;
	call.arg = arg;
	call.wait = wait;
	__atomic_store_n(&call.todo, mask, __ATOMIC_SEQ_CST);
	send(mask, IPI_CALL);
	while (smp_load_acquire(&call.todo))
		cpu_relax();		/* nobody can be waiting for us: that would need call_lock */
	spin_unlock(&call_lock);
	local_irq_restore(flags);
}

/* As smp_call_function_mask, on all other CPUs. */
void smp_call_function(void (*func)(void *arg), void *arg, bool wait)
{
	smp_call_function_mask(cpu_online_map, func, arg, wait);
}

/* On every CPU, this one included; all have run it on return. => as smp_call_function_mask */
void on_each_cpu(void (*func)(void *arg), void *arg)
{
	unsigned long flags;

	smp_call_function(func, arg, true);
	local_irq_save(flags);
	func(arg);
	local_irq_restore(flags);
}

/* @cpu looks at its need_resched soon. => any context */
void smp_send_reschedule(int cpu)
{
	send(cpumask_of(cpu), IPI_RESCHEDULE);
}

/* Panic: the others end in panic_stop_cpu. => any context; does not wait */
void smp_send_stop(void)
{
	send(cpu_online_map & ~cpumask_of(smp_processor_id()), IPI_STOP);
}

/* Start the others, as many as maxcpus= allows. => process context */
void __init smp_init(void)
{
	int cpu, err;

	for_each_possible_cpu(cpu) {
		struct task_struct *idle;

		if (cpu == 0 || num_online_cpus() >= setup_max_cpus)
			continue;
		idle = init_idle(cpu);
		err = idle ? __cpu_up(cpu, idle) : -ENOMEM;
		if (err)
			printk(KERN_ERR "CPU %d did not start (error %d)\n", cpu, err);
		while (!err && !cpu_online(cpu))
			cpu_relax();
	}
	printk(KERN_INFO "%d of %d CPUs run\n", num_online_cpus(), hweight_long(cpu_possible_map));
}

/* A secondary CPU's start_kernel, on its idle task. => interrupts off */
void secondary_start_kernel(int cpu)
{
	cpu_set(cpu, &cpu_online_map);
	smp_mb();
	cpu_idle();
}
