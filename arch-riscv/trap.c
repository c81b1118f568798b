/*
 * trap.c: what a trap was, and who handles it.
 *
 * Interrupts run to the end with interrupts off. Exceptions of user mode become page faults or signals; those of the
 * kernel are page faults, accesses that may fail (exception table), or its end.
 * Read next: trap.S, fault.c, syscall_table.c.
 */
#include "kernel/arch.h"
#include "kernel/irq.h"
#include "kernel/sched.h"
#include "kernel/smp.h"
#include "kernel/syscalls.h"
#include <asm/setup.h>
#include <asm/trap.h>

/* What an exception of user mode means; those without a signal are handled by name. */
static const struct { const char *name; u8 sig, code; bool at_pc; } exceptions[] = {
	[EXC_INSN_MISALIGNED] = { "misaligned instruction", SIGBUS, BUS_ADRALN, false },
	[EXC_INSN_ACCESS] = { "instruction access fault", SIGSEGV, SEGV_ACCERR, false },
	[EXC_INSN_ILLEGAL] = { "illegal instruction", SIGILL, ILL_ILLOPC, true },
	[EXC_BREAKPOINT] = { "breakpoint", SIGTRAP, TRAP_BRKPT, true },
	[EXC_LOAD_MISALIGNED] = { "misaligned load", SIGBUS, BUS_ADRALN, false },
	[EXC_LOAD_ACCESS] = { "load access fault", SIGSEGV, SEGV_ACCERR, false },
	[EXC_STORE_MISALIGNED] = { "misaligned store", SIGBUS, BUS_ADRALN, false },
	[EXC_STORE_ACCESS] = { "store access fault", SIGSEGV, SEGV_ACCERR, false },
	[EXC_SYSCALL] = { "environment call", SIGILL, ILL_ILLTRP, true },
	[EXC_STORE_PAGE_FAULT] = { "store page fault", 0, 0, false },
};

static void handle_exception(struct pt_regs *regs)
{
	unsigned long cause = regs->cause;

	if (cause >= ARRAY_SIZE(exceptions) || !exceptions[cause].sig)
		die("unknown exception", regs);
	if (user_mode(regs)) {
		local_irq_enable();
		force_sig_fault(exceptions[cause].sig, exceptions[cause].code,
				(void __user *)(exceptions[cause].at_pc ? regs->epc : regs->badaddr));
	} else if (!fixup_exception(regs)) {
		die(exceptions[cause].name, regs);
	}
}

static void handle_interrupt(struct pt_regs *regs)
{
	switch (regs->cause & ~CAUSE_IRQ_FLAG) {
	case IRQ_S_TIMER:
		csr_clear(sie, 1UL << IRQ_S_TIMER);	/* until arch_timer_program() */
		timer_interrupt(regs);
		break;
	case IRQ_S_SOFT:
		csr_clear(sip, 1UL << IRQ_S_SOFT);
		smp_mb();	/* the poke is taken before we look what it was for */
		smp_ipi_interrupt(regs);
		break;
	case IRQ_S_EXT:
		handle_external_interrupt(regs);
		break;
	default:
		die("unknown interrupt", regs);
	}
}

/* See asm/trap.h. */
void do_trap(struct pt_regs *regs)
{
	if (regs->cause & CAUSE_IRQ_FLAG)
		handle_interrupt(regs);
	else if (regs->cause == EXC_INSN_PAGE_FAULT || regs->cause == EXC_LOAD_PAGE_FAULT ||
		 regs->cause == EXC_STORE_PAGE_FAULT)
		handle_page_fault(regs);
	else
		handle_exception(regs);
}

/* See asm/trap.h. */
void do_syscall(struct pt_regs *regs)
{
	typedef long (*syscall_t)(unsigned long, unsigned long, unsigned long, unsigned long, unsigned long, unsigned long);
	unsigned long nr = regs->a7;

	local_irq_enable();
	regs->epc += 4;
	regs->orig_a0 = regs->a0;
	regs->badaddr = 0;
	if (likely(nr < nr_syscalls))
		regs->a0 = (unsigned long)((syscall_t)(void (*)(void))sys_call_table[nr])(
			regs->a0, regs->a1, regs->a2, regs->a3, regs->a4, regs->a5);
	else
		regs->a0 = (unsigned long)sys_ni_syscall();
}

/* See asm/trap.h. On the hart's overflow stack: no way back. */
void stack_overflow(struct pt_regs *regs)
{
	unsigned long bottom = (unsigned long)current->stack;

	if (regs->sp >= bottom - PAGE_SIZE && regs->sp < bottom + STACK_SIZE)
		die("kernel stack overflow", regs);
	die("kernel stack pointer outside the task's stack", regs);
}

/* See kernel/arch.h. */
void trap_init(void)
{
	csr_write(stvec, (unsigned long)trap_entry);
	csr_write(sie, 1UL << IRQ_S_SOFT | 1UL << IRQ_S_EXT | 1UL << IRQ_S_TIMER);
}
