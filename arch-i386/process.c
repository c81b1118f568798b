/*
 * process.c: what a task owns of the CPU: registers at its start, FPU, TLS segments.
 *
 * The FPU is lazy: CR0.TS is clear exactly while the running task's registers are in it (thread.fpu_live). A task
 * that is switched out with live registers has them saved, so they never live on two CPUs.
 * Locks: none; a thread_struct is its task's own, or that of the CPU that switches it.
 * Read next: switch.S, signal.c.
 */
#include "kernel/arch.h"
#include "kernel/sched.h"
#include "kernel/printk.h"
#include "kernel/kallsyms.h"
#include "kernel/uaccess.h"
#include "kernel/lib/string.h"
#include "kernel/uapi/sched.h"
#include "kernel/uapi/errno.h"
#include <asm/asm-offsets.h>
#include <asm/desc.h>
#include <asm/elf.h>
#include <asm/ldt.h>
#include <asm/setup.h>
#include <asm/syscalls.h>
#include <asm/trap.h>
#include <asm/unistd.h>

BUILD_BUG_ON(offsetof(struct task_struct, stack) != TASK_STACK);
BUILD_BUG_ON(offsetof(struct task_struct, cpu) != TASK_CPU);
BUILD_BUG_ON(offsetof(struct task_struct, tif_flags) != TASK_TIF_FLAGS);
BUILD_BUG_ON(offsetof(struct task_struct, thread.esp) != THREAD_ESP);
BUILD_BUG_ON(TIF_WORK_MASK != (1 << TIF_SIGPENDING | 1 << TIF_NEED_RESCHED | 1 << TIF_RESTORE_SIGMASK));
BUILD_BUG_ON(offsetof(struct cpu_local, task) != CPU_LOCAL_CURRENT);
BUILD_BUG_ON(offsetof(struct pt_regs, ebx) != 0 || offsetof(struct pt_regs, edx) != PT_EDX);
BUILD_BUG_ON(offsetof(struct pt_regs, eax) != PT_EAX || offsetof(struct pt_regs, xds) != PT_XDS);
BUILD_BUG_ON(offsetof(struct pt_regs, xes) != PT_XES || offsetof(struct pt_regs, xfs) != PT_XFS);
BUILD_BUG_ON(offsetof(struct pt_regs, trapno) != PT_TRAPNO || offsetof(struct pt_regs, xcs) != PT_XCS);
BUILD_BUG_ON(offsetof(struct pt_regs, orig_eax) != PT_ORIG_EAX || sizeof(struct pt_regs) != PT_SIZE);

const char arch_uts_machine[] = "i686";
const char arch_platform[] = ELF_PLATFORM;

unsigned long arch_hwcap(void)
{
	return cpu_info[0].features;
}

/* ---- FPU ------------------------------------------------------------------------------------ */

/* FXSAVE's image of an FPU after finit: all exceptions masked. */
static void fpu_default(u8 *area)
{
	memset(area, 0, FXSAVE_SIZE);
	*(u16 *)area = 0x37f;
	*(u32 *)(area + 24) = 0x1f80;
}

/*
 * The running task's registers go into its fxsave_area(), and the FPU is nobody's.
 * => interrupts off, or nothing between here and the use of the area that could switch
 */
void fpu_save(void)
{
	struct thread_struct *t = &current->thread;

	if (!t->fpu_live)
		return;
	__asm__ __volatile__("fxsave %0" : "=m"(*(u8 (*)[FXSAVE_SIZE])fxsave_area(t)));
	t->fpu_live = false;
	stts();
}

/* The FPU becomes the running task's. => interrupts off */
void fpu_load(void)
{
	struct thread_struct *t = &current->thread;

	clts();
	if (!t->fpu_valid)
		fpu_default(fxsave_area(t));
	__asm__ __volatile__("fxrstor %0" : : "m"(*(const u8 (*)[FXSAVE_SIZE])fxsave_area(t)));
	t->fpu_valid = t->fpu_live = true;
}

/* si_code of a floating-point exception: the first that is raised and not masked. */
int fpu_fault_code(bool simd)
{
	const u8 *area = fxsave_area(&current->thread);
	u32 raised;

	local_irq_disable();
	fpu_save();
	local_irq_enable();
	if (simd) {
		u32 mxcsr = *(const u32 *)(area + 24);

		raised = mxcsr & ~(mxcsr >> 7);
	} else {
		raised = *(const u16 *)(area + 2) & ~*(const u16 *)area;
	}
	return raised & 0x01 ? FPE_FLTINV : raised & 0x04 ? FPE_FLTDIV : raised & 0x08 ? FPE_FLTOVF :
	       raised & 0x12 ? FPE_FLTUND : raised & 0x20 ? FPE_FLTRES : FPE_FLTINV;
}

/* ---- the switch -------------------------------------------------------------------------------- */

static unsigned long read_gs(void)
{
	unsigned long gs;

	__asm__ __volatile__("movl %%gs,%0" : "=r"(gs));
	return gs & 0xffff;
}

/* A selector that is not valid becomes 0. */
void load_gs(unsigned long gs)
{
	__asm__ __volatile__("1: movl %0,%%gs\n2:\n"
			     ".subsection 1\n3: xorl %0,%0; jmp 1b\n.previous\n" _ASM_EXTABLE(1b, 3b) : "+r"(gs));
}

static void load_tls(const struct thread_struct *t)
{
	u64 *gdt = &cpu_gdt[smp_processor_id()][GDT_ENTRY_TLS_MIN];

	for (int i = 0; i < GDT_ENTRY_TLS_ENTRIES; i++)
		gdt[i] = t->tls_array[i];
}

/* The part of switch_to in C, on @next's stack. => interrupts off */
void __switch_to(struct task_struct *prev, struct task_struct *next);
void __switch_to(struct task_struct *prev, struct task_struct *next)
{
	struct thread_struct *t = &prev->thread;

	if (t->fpu_live) {
		__asm__ __volatile__("fxsave %0" : "=m"(*(u8 (*)[FXSAVE_SIZE])fxsave_area(t)));
		t->fpu_live = false;
		stts();
	}
	cpu_tss[smp_processor_id()].esp0 = (u32)next->stack + STACK_SIZE;
	t->gs = read_gs();
	load_tls(&next->thread);
	if (t->gs | next->thread.gs)
		load_gs(next->thread.gs);
}

/* ---- a task's start --------------------------------------------------------------------------- */

static bool tls_desc_empty(const struct user_desc *d)
{
	return !d->base_addr && !d->limit && !d->contents && !d->seg_32bit && !d->limit_in_pages && !d->useable &&
	       d->read_exec_only == d->seg_not_present;
}

/* Put @d into @t's table. 0 or -EINVAL. */
static int set_tls_desc(struct thread_struct *t, const struct user_desc *d)
{
	unsigned int i = d->entry_number - GDT_ENTRY_TLS_MIN;
	u8 access = 0xf1 | d->contents << 2 | !d->read_exec_only << 1;	/* present, DPL 3, accessed */
	u8 flags = d->limit_in_pages << 3 | d->seg_32bit << 2 | d->useable;

	if (i >= GDT_ENTRY_TLS_ENTRIES)
		return -EINVAL;
	if (tls_desc_empty(d)) {
		t->tls_array[i] = 0;
		return 0;
	}
	if (!d->seg_32bit || d->contents > 1 || d->seg_not_present)
		return -EINVAL;
	t->tls_array[i] = make_desc(d->base_addr, d->limit, access, flags);
	return 0;
}

/* What switch_to and ret_from_fork will pop: edi esi ebx ebp, return address. */
static void first_frame(struct task_struct *p, void *top, int (*fn)(void *), void *arg)
{
	u32 *sp = (u32 *)top - 5;

	sp[0] = 0;
	sp[1] = (u32)arg;
	sp[2] = (u32)fn;
	sp[3] = 0;
	sp[4] = (u32)ret_from_fork;
	p->thread.esp = (unsigned long)sp;
}

int copy_thread(unsigned long clone_flags, unsigned long usp, struct task_struct *p, struct pt_regs *regs,
		unsigned long tls, int (*fn)(void *), void *arg)
{
	struct pt_regs *child = task_pt_regs(p);
	struct user_desc desc;

	p->thread.fpu_live = false;
	if (fn) {
		p->thread.gs = 0;
		p->thread.fpu_valid = false;
		first_frame(p, child, fn, arg);
		return 0;
	}
	*child = *regs;
	child->eax = 0;
	if (usp)
		child->esp = usp;
	p->thread.gs = read_gs();

	local_irq_disable();
	fpu_save();
	p->thread.fpu_valid = current->thread.fpu_valid;
	memcpy(fxsave_area(&p->thread), fxsave_area(&current->thread), FXSAVE_SIZE);
	local_irq_enable();

	first_frame(p, child, NULL, NULL);
	if (!(clone_flags & CLONE_SETTLS))
		return 0;
	if (copy_from_user(&desc, (void __user *)tls, sizeof(desc)))
		return -EFAULT;
	return tls_desc_empty(&desc) ? -EINVAL : set_tls_desc(&p->thread, &desc);
}

void start_thread(struct pt_regs *regs, unsigned long pc, unsigned long sp)
{
	*regs = (struct pt_regs){
		.xds = __USER_DS, .xes = __USER_DS, .xss = __USER_DS, .xcs = __USER_CS,
		.eip = pc, .esp = sp, .eflags = X86_EFLAGS_IF | 2,
	};
}

void flush_thread(void)
{
	struct thread_struct *t = &current->thread;

	local_irq_disable();
	if (t->fpu_live)
		stts();
	t->fpu_live = t->fpu_valid = false;
	memset(t->tls_array, 0, sizeof(t->tls_array));
	load_gs(0);
	load_tls(t);
	local_irq_enable();
}

/* => nothing of thread_struct is allocated; but its registers may still be in the FPU */
void exit_thread(struct task_struct *p)
{
	if (p != current)
		return;
	local_irq_disable();
	if (p->thread.fpu_live)
		stts();
	p->thread.fpu_live = false;
	local_irq_enable();
}

/* set_thread_area(2): one of three GDT entries of the calling thread. */
long sys_set_thread_area(struct user_desc __user *u)
{
	struct thread_struct *t = &current->thread;
	struct user_desc desc;
	int err;

	if (copy_from_user(&desc, u, sizeof(desc)))
		return -EFAULT;
	if (desc.entry_number == ~0u) {
		int i = 0;

		while (i < GDT_ENTRY_TLS_ENTRIES && t->tls_array[i])
			i++;
		if (i == GDT_ENTRY_TLS_ENTRIES)
			return -ESRCH;
		desc.entry_number = GDT_ENTRY_TLS_MIN + i;
		if (put_user(desc.entry_number, &u->entry_number))
			return -EFAULT;
	}
	err = set_tls_desc(t, &desc);
	if (err)
		return err;
	local_irq_disable();
	load_tls(t);
	local_irq_enable();
	return 0;
}

long sys_get_thread_area(struct user_desc __user *u)
{
	struct user_desc desc = { 0 };
	unsigned int i;
	u64 v;

	if (get_user(i, &u->entry_number))
		return -EFAULT;
	if (i < GDT_ENTRY_TLS_MIN || i > GDT_ENTRY_TLS_MAX)
		return -EINVAL;
	v = current->thread.tls_array[i - GDT_ENTRY_TLS_MIN];
	desc.entry_number = i;
	desc.base_addr = (u32)(v >> 16 & 0xffffff) | (u32)(v >> 56) << 24;
	desc.limit = (u32)(v & 0xffff) | (u32)(v >> 48 & 0xf) << 16;
	desc.seg_32bit = v >> 54 & 1;
	desc.contents = v >> 42 & 3;
	desc.read_exec_only = !(v >> 41 & 1);
	desc.limit_in_pages = v >> 55 & 1;
	desc.seg_not_present = !(v >> 47 & 1);
	desc.useable = v >> 52 & 1;
	return copy_to_user(u, &desc, sizeof(desc)) ? -EFAULT : 0;
}

/* ---- system calls, for restarting ---------------------------------------------------------------- */

bool syscall_is_active(struct pt_regs *regs) { return regs->trapno == SYSCALL_TRAP; }
long syscall_result(struct pt_regs *regs) { return (long)regs->eax; }
void syscall_set_result(struct pt_regs *regs, long value) { regs->eax = (unsigned long)value; }
void syscall_forget(struct pt_regs *regs) { regs->trapno = -1; }

/* int $0x80 is two bytes. */
void syscall_restart(struct pt_regs *regs)
{
	regs->eax = (unsigned long)regs->orig_eax;
	regs->eip -= 2;
}

void syscall_restart_block(struct pt_regs *regs)
{
	regs->eax = __NR_restart_syscall;
	regs->eip -= 2;
}

/* ---- backtraces ------------------------------------------------------------------------------------- */

/* A frame: the caller's ebp, then the return address. The last ebp of a trap's frames is the user's: not trusted. */
struct frame { const struct frame *up; unsigned long ret; };

/* Is @f a frame on @t's stack, above @below? */
static bool frame_ok(const struct task_struct *t, const struct frame *f, const struct frame *below)
{
	unsigned long off = (unsigned long)f - (unsigned long)t->stack;

	return off <= STACK_SIZE - sizeof(*f) && IS_ALIGNED(off, sizeof(long)) && f > below && f->ret >= PAGE_OFFSET;
}

/* Who jumped to where no code is: its return address is what stands above the trap's frame. 0: it was not a jump. */
static unsigned long jumped_from(const struct pt_regs *regs)
{
	if (regs->trapno == 8 || (regs->eip >= (unsigned long)_text && regs->eip < (unsigned long)__init_text_end))
		return 0;
	return regs->esp;		/* the CPU pushes no esp of its own for a trap of the kernel */
}

void show_backtrace(struct task_struct *t, struct pt_regs *regs)
{
	const struct frame *f = __builtin_frame_address(0), *below = NULL;

	if (regs && user_mode(regs))
		return;
	if (regs) {
		print_ip(regs->eip);
		if (jumped_from(regs))
			print_ip(jumped_from(regs) - 1);
		f = (const struct frame *)regs->ebp;
	} else if (t != current) {
		f = (const struct frame *)((const u32 *)t->thread.esp + 3);	/* switch_to's ebp and return address */
	}
	for (int n = 0; n < 32 && frame_ok(t, f, below); n++, below = f, f = f->up)
		print_ip(f->ret);
}

/* See kernel/arch.h. */
unsigned int save_stack_trace(const void *frame, unsigned long *pcs, unsigned int max)
{
	const struct frame *f = frame, *below = NULL;
	unsigned int n = 0;

	for (; n < max && frame_ok(current, f, below); below = f, f = f->up)
		pcs[n++] = f->ret - 1;	/* within the call */
	return n;
}
