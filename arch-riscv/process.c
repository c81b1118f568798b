/*
 * process.c: a thread's registers: at birth, at a switch, at exec, for a report.
 *
 * The floating-point registers are the user's all the time, since the kernel does not use them. They are written to memory
 * when sstatus.FS of the user's registers says Dirty, and read back at each switch to a thread that uses them.
 * Read next: switch.S, trap.S:ret_from_fork.
 */
#include "kernel/arch.h"
#include "kernel/kallsyms.h"
#include "kernel/lib/string.h"
#include "kernel/sched.h"
#include "kernel/uapi/sched.h"
#include <asm/fpu.h>
#include <asm/setup.h>

#define ASSERT_OFFSET(type, field, offset)	BUILD_BUG_ON(offsetof(type, field) != (offset))
ASSERT_OFFSET(struct task_struct, stack, TASK_STACK);
ASSERT_OFFSET(struct task_struct, cpu, TASK_CPU);
ASSERT_OFFSET(struct task_struct, tif_flags, TASK_TIF_FLAGS);
ASSERT_OFFSET(struct task_struct, thread.ra, THREAD_RA);
ASSERT_OFFSET(struct task_struct, thread.sp, THREAD_SP);
ASSERT_OFFSET(struct task_struct, thread.s, THREAD_S0);
ASSERT_OFFSET(struct task_struct, thread.kernel_sp, THREAD_KERNEL_SP);
ASSERT_OFFSET(struct task_struct, thread.scratch, THREAD_SCRATCH);
ASSERT_OFFSET(struct fp_state, fcsr, FSTATE_FCSR);
ASSERT_OFFSET(struct pt_regs, s0, PT_S0);
ASSERT_OFFSET(struct pt_regs, a0, PT_A0);
ASSERT_OFFSET(struct pt_regs, s2, PT_S2);
ASSERT_OFFSET(struct pt_regs, t3, PT_T3);
ASSERT_OFFSET(struct pt_regs, status, PT_STATUS);
ASSERT_OFFSET(struct pt_regs, orig_a0, PT_ORIG_A0);
BUILD_BUG_ON(sizeof(struct pt_regs) != PT_SIZE);

#define USER_STATUS	(SR_SPIE | SR_FS_INITIAL | SR_SUM_DEFAULT)

extern char ret_from_fork[];
struct task_struct *__switch_to(struct task_struct *prev, struct task_struct *next);

/* See asm/fpu.h. */
void fpu_flush(struct task_struct *task)
{
	struct pt_regs *regs = (struct pt_regs *)task->thread.kernel_sp;

	if (regs && (regs->status & SR_FS) == SR_FS_DIRTY) {
		fpu_save(&task->thread.fstate);
		regs->status = (regs->status & ~SR_FS) | SR_FS_CLEAN;
	}
}

/* See kernel/arch.h. */
struct task_struct *switch_to(struct task_struct *prev, struct task_struct *next)
{
	struct pt_regs *regs = (struct pt_regs *)next->thread.kernel_sp;

	fpu_flush(prev);
	if (regs && (regs->status & SR_FS))
		fpu_restore(&next->thread.fstate);
	return __switch_to(prev, next);
}

/* See kernel/arch.h. Never fails. */
int copy_thread(unsigned long clone_flags, unsigned long usp, struct task_struct *p, struct pt_regs *regs,
		unsigned long tls, int (*fn)(void *), void *arg)
{
	struct pt_regs *child = task_pt_regs(p);

	memset(&p->thread, 0, offsetof(struct thread_struct, fstate));
	p->thread.ra = (unsigned long)ret_from_fork;
	p->thread.sp = p->thread.kernel_sp = (unsigned long)child;
	if (fn) {
		memset(child, 0, sizeof(*child));
		p->thread.s[1] = (unsigned long)fn;
		p->thread.s[2] = (unsigned long)arg;
		return 0;
	}
	fpu_flush(current);
	p->thread.fstate = current->thread.fstate;
	*child = *regs;
	child->a0 = 0;
	if (usp)
		child->sp = usp;
	if (clone_flags & CLONE_SETTLS)
		child->tp = tls;
	return 0;
}

/* See kernel/arch.h. */
void start_thread(struct pt_regs *regs, unsigned long pc, unsigned long sp)
{
	memset(regs, 0, sizeof(*regs));
	regs->epc = pc;
	regs->sp = sp;
	regs->status = USER_STATUS;
}

/* See kernel/arch.h. */
void flush_thread(void)
{
	memset(&current->thread.fstate, 0, sizeof(current->thread.fstate));
	fpu_restore(&current->thread.fstate);
}

/* See kernel/arch.h. Nothing of a thread is allocated. */
void exit_thread(struct task_struct *p)
{
}

/* See kernel/arch.h. wfi returns for a pending interrupt even while interrupts are off. */
void cpu_do_idle(void)
{
	__asm__ __volatile__("wfi" ::: "memory");
	local_irq_enable();
}

/* See kernel/arch.h. */
void show_regs(struct pt_regs *r)
{
	printk("epc %016lx ra  %016lx sp  %016lx gp  %016lx\n", r->epc, r->ra, r->sp, r->gp);
	printk("tp  %016lx t0  %016lx t1  %016lx t2  %016lx\n", r->tp, r->t0, r->t1, r->t2);
	printk("s0  %016lx s1  %016lx a0  %016lx a1  %016lx\n", r->s0, r->s1, r->a0, r->a1);
	printk("a2  %016lx a3  %016lx a4  %016lx a5  %016lx\n", r->a2, r->a3, r->a4, r->a5);
	printk("a6  %016lx a7  %016lx s2  %016lx s3  %016lx\n", r->a6, r->a7, r->s2, r->s3);
	printk("s4  %016lx s5  %016lx s6  %016lx s7  %016lx\n", r->s4, r->s5, r->s6, r->s7);
	printk("s8  %016lx s9  %016lx s10 %016lx s11 %016lx\n", r->s8, r->s9, r->s10, r->s11);
	printk("t3  %016lx t4  %016lx t5  %016lx t6  %016lx\n", r->t3, r->t4, r->t5, r->t6);
	printk("status %lx badaddr %016lx cause %lx\n", r->status, r->badaddr, r->cause);
}

/* ---- backtraces: s0 points behind the frame: saved ra at -8, the caller's s0 at -16 ---- */
struct unwind { unsigned long fp, pc, low, high; };

static void unwind_from(struct unwind *u, const struct task_struct *t, unsigned long fp, unsigned long sp)
{
	u->fp = fp;
	u->low = (unsigned long)t->stack;
	u->high = u->low + STACK_SIZE;
	if (sp > u->low && sp < u->high)
		u->low = sp;
}

/* To the caller; false at the end or where the chain is broken. */
static bool unwind_step(struct unwind *u)
{
	unsigned long *frame = (unsigned long *)u->fp;

	if (u->fp & 7 || u->fp < u->low + 16 || u->fp > u->high)
		return false;
	u->pc = frame[-1];
	u->low = u->fp;
	u->fp = frame[-2];
	return u->pc != 0;
}

/*
 * An interrupted leaf function has saved s0 only, where others keep ra: what looks like a return address
 * there is a place on the stack. Its caller is in regs->ra.
 */
static bool in_leaf(const struct unwind *u)
{
	unsigned long saved;

	if (u->fp & 7 || u->fp < u->low + 16 || u->fp > u->high)
		return false;
	saved = ((unsigned long *)u->fp)[-1];
	return saved >= u->low && saved <= u->high;
}

static bool is_text(unsigned long pc)
{
	return pc >= (unsigned long)_text && pc < (unsigned long)__init_text_end;
}

/* See kernel/arch.h. */
void show_backtrace(struct task_struct *t, struct pt_regs *regs)
{
	struct unwind u;

	if (regs && user_mode(regs))
		return;
	if (regs) {
		unwind_from(&u, t, regs->s0, regs->sp);
		print_ip(regs->epc);
		if (in_leaf(&u)) {
			u.fp = ((unsigned long *)u.fp)[-1];
			print_ip(regs->ra);
		} else if (!is_text(regs->epc)) {
			print_ip(regs->ra - 2);		/* who jumped to where no code is */
		}
	} else if (t == current) {
		unwind_from(&u, t, (unsigned long)__builtin_frame_address(0), 0);
	} else {
		unwind_from(&u, t, t->thread.s[0], t->thread.sp);
		print_ip(t->thread.ra);
	}
	for (int n = 0; n < 40 && unwind_step(&u) && is_text(u.pc); n++)
		print_ip(u.pc - 2);	/* within the call: behind it, another function may begin */
}

/* See kernel/arch.h. */
unsigned int save_stack_trace(const void *frame, unsigned long *pcs, unsigned int max)
{
	unsigned int n = 0;
	struct unwind u;

	unwind_from(&u, current, (unsigned long)frame, 0);
	while (n < max && unwind_step(&u) && is_text(u.pc))
		pcs[n++] = u.pc - 2;
	return n;
}
