/*
 * signal.c: signal frames as Linux/i386 builds them, and the way back from them.
 *
 *	esp ─►	return address (restorer)	non-rt, without SA_SIGINFO: struct sigframe, left by sigreturn
 *		arguments, registers, mask …	rt: struct rt_sigframe, left by rt_sigreturn
 *		FPU state, if there is any
 *
 * Owns: the page with the return code, the same in all programs. Locks: none; only the current task is touched.
 * Read next: kernel/signal.c (which signal, when).
 */
#include "kernel/arch.h"
#include "kernel/sched.h"
#include "kernel/uaccess.h"
#include "kernel/lib/string.h"
#include "mm/mm.h"
#include <asm/sigcontext.h>
#include <asm/syscalls.h>
#include <asm/trap.h>

#define USER_EFLAGS	0x00050dd5UL	/* AC RF OF DF TF SF ZF AF PF CF: what a program may set */
#define EFLAGS_FOR_HANDLER (~(X86_EFLAGS_DF | X86_EFLAGS_TF | X86_EFLAGS_RF))
#define MXCSR_MASK	0xffbf		/* fxrstor faults on other bits */

extern char sigreturn_page[], sigreturn_code[], rt_sigreturn_code[];

__asm__(".pushsection .rodata\n"
	"	.balign 4096\n"
	"sigreturn_page:\n"
	"	.balign 16\n"
	"sigreturn_code:\n"
	"	popl %eax\n	movl $119,%eax\n	int $0x80\n"
	"	.balign 16\n"
	"rt_sigreturn_code:\n"
	"	movl $173,%eax\n	int $0x80\n"
	"	.balign 4096\n"
	".popsection\n");

static struct page *sigreturn_pages[2];
static const struct vm_special_mapping sigreturn_mapping = { "[sigpage]", sigreturn_pages };

int arch_setup_additional_pages(struct mm_struct *mm)
{
	unsigned long addr = get_unmapped_area(NULL, 0, PAGE_SIZE, 0, 0);
	int err;

	if (IS_ERR((void *)addr))
		return (int)addr;
	sigreturn_pages[0] = virt_to_page(sigreturn_page);
	err = install_special_mapping(mm, addr, PAGE_SIZE, VM_READ | VM_EXEC | VM_MAYREAD | VM_MAYEXEC, &sigreturn_mapping);
	if (!err)
		mm->context.sigreturn = addr;
	return err;
}

/* ---- FPU state ---------------------------------------------------------------------------------- */

/* The tag word's two bits for a register: valid 0, zero 1, special 2, empty 3. */
static unsigned int fpu_tag(const struct _fpreg *st)
{
	unsigned int exponent = st->exponent & 0x7fff;

	if (exponent == 0x7fff)
		return 2;
	if (exponent)
		return st->significand[3] & 0x8000 ? 0 : 2;
	return st->significand[0] | st->significand[1] | st->significand[2] | st->significand[3] ? 2 : 1;
}

/* FXSAVE's image in the older FSAVE form, which comes first in a frame. */
static void legacy_fpstate(struct _fpstate *to, const u8 *fx)
{
	u32 tags = 0, top = *(const u16 *)(fx + 2) >> 11 & 7;

	for (unsigned int reg = 0; reg < 8; reg++) {
		const u8 *st = fx + 32 + ((reg - top) & 7) * 16;

		tags |= (fx[4] >> reg & 1 ? fpu_tag((const struct _fpreg *)st) : 3) << (2 * reg);
	}
	to->cw = *(const u16 *)fx | 0xffff0000;
	to->sw = *(const u16 *)(fx + 2) | 0xffff0000;
	to->tag = tags | 0xffff0000;
	to->ipoff = *(const u32 *)(fx + 8);
	to->cssel = *(const u16 *)(fx + 12) | (u32)*(const u16 *)(fx + 6) << 16;
	to->dataoff = *(const u32 *)(fx + 16);
	to->datasel = *(const u16 *)(fx + 20) | 0xffff0000;
	for (int i = 0; i < 8; i++)
		memcpy(&to->_st[i], fx + 32 + i * 16, sizeof(to->_st[i]));
	to->status = *(const u16 *)(fx + 2);
	to->magic = X86_FXSR_MAGIC;
}

/* Into the frame; the handler starts with a fresh FPU. 0 or -EFAULT. */
static int save_fpu_state(struct _fpstate __user *buf)
{
	struct thread_struct *t = &current->thread;
	const u8 *fx = fxsave_area(t);
	struct _fpstate legacy;

	local_irq_disable();
	fpu_save();
	local_irq_enable();
	legacy_fpstate(&legacy, fx);
	if (copy_to_user(buf, &legacy, offsetof(struct _fpstate, _fxsr)) || copy_to_user(buf->_fxsr, fx, FXSAVE_SIZE))
		return -EFAULT;
	t->fpu_valid = false;
	return 0;
}

static int restore_fpu_state(const struct _fpstate __user *buf)
{
	struct thread_struct *t = &current->thread;
	u8 *fx = fxsave_area(t);

	local_irq_disable();
	fpu_save();			/* whatever it holds is the handler's */
	local_irq_enable();
	t->fpu_valid = false;
	if (!buf)
		return 0;
	if (copy_from_user(fx, buf->_fxsr, FXSAVE_SIZE))
		return -EFAULT;
	*(u32 *)(fx + 24) &= MXCSR_MASK;
	t->fpu_valid = true;
	return 0;
}

/* ---- registers ------------------------------------------------------------------------------------ */

static int setup_sigcontext(struct sigcontext __user *to, struct _fpstate __user *fp, struct pt_regs *regs, unsigned long mask)
{
	struct thread_struct *t = &current->thread;
	struct sigcontext sc = {
		.fs = regs->xfs, .es = regs->xes, .ds = regs->xds, .edi = regs->edi, .esi = regs->esi, .ebp = regs->ebp,
		.esp = regs->esp, .ebx = regs->ebx, .edx = regs->edx, .ecx = regs->ecx, .eax = regs->eax,
		.trapno = t->trapno, .err = t->error_code, .eip = regs->eip, .cs = regs->xcs, .eflags = regs->eflags,
		.esp_at_signal = regs->esp, .ss = regs->xss, .oldmask = mask, .cr2 = t->cr2,
	};

	__asm__("movw %%gs,%0" : "=rm"(sc.gs));
	if (t->fpu_valid) {
		sc.fpstate = fp;
		if (save_fpu_state(fp))
			return -EFAULT;
	}
	return copy_to_user(to, &sc, sizeof(sc)) ? -EFAULT : 0;
}

/* Registers from the frame, as far as a program may choose them. Selectors are tried on the way out (trap.S). */
static int restore_sigcontext(struct pt_regs *regs, const struct sigcontext __user *from)
{
	struct sigcontext sc;

	if (copy_from_user(&sc, from, sizeof(sc)))
		return -EFAULT;
	regs->ebx = sc.ebx;
	regs->ecx = sc.ecx;
	regs->edx = sc.edx;
	regs->esi = sc.esi;
	regs->edi = sc.edi;
	regs->ebp = sc.ebp;
	regs->eax = sc.eax;
	regs->eip = sc.eip;
	regs->esp = sc.esp;
	regs->xds = sc.ds;
	regs->xes = sc.es;
	regs->xfs = sc.fs;
	regs->xcs = sc.cs | 3;
	regs->xss = sc.ss | 3;
	regs->eflags = (regs->eflags & ~USER_EFLAGS) | (sc.eflags & USER_EFLAGS);
	syscall_forget(regs);
	load_gs(sc.gs);
	return restore_fpu_state(sc.fpstate);
}

/* ---- frames ------------------------------------------------------------------------------------------ */

/* Room for a frame of @size and the FPU state; the handler finds esp + 4 on a 16-byte boundary, as after a call. */
static void __user *get_sigframe(struct ksignal *ks, struct pt_regs *regs, size_t size, struct _fpstate __user **fp)
{
	unsigned long sp = sigsp(regs->esp, ks);

	if (current->thread.fpu_valid) {
		sp = ALIGN_DOWN(sp - sizeof(struct _fpstate), 16);
		*fp = (struct _fpstate __user *)sp;
	}
	return (void __user *)(((sp - size + 4) & ~15UL) - 4);
}

static u32 return_address(const struct ksignal *ks, const char *code)
{
	if (ks->ka.sa.sa_flags & SA_RESTORER)
		return (u32)ks->ka.sa.sa_restorer;
	return current->mm->context.sigreturn + (code - sigreturn_page);
}

static void enter_handler(struct ksignal *ks, struct pt_regs *regs, void __user *frame, u32 info, u32 uc)
{
	regs->esp = (unsigned long)frame;
	regs->eip = (unsigned long)ks->ka.sa.sa_handler;
	regs->eax = ks->sig;
	regs->edx = info;
	regs->ecx = uc;
	regs->xds = regs->xes = regs->xss = __USER_DS;
	regs->xcs = __USER_CS;
	regs->eflags &= EFLAGS_FOR_HANDLER;
}

static int setup_old_frame(struct ksignal *ks, const sigset_t *oldset, struct pt_regs *regs)
{
	struct _fpstate __user *fp = NULL;
	struct sigframe __user *frame = get_sigframe(ks, regs, sizeof(*frame), &fp);

	if (!access_ok(frame, sizeof(*frame)) ||
	    __put_user(return_address(ks, sigreturn_code), &frame->pretcode) || __put_user(ks->sig, &frame->sig) ||
	    setup_sigcontext(&frame->sc, fp, regs, oldset->sig[0]) || __put_user(oldset->sig[1], &frame->extramask[0]))
		return -EFAULT;
	enter_handler(ks, regs, frame, 0, 0);
	return 0;
}

int setup_rt_frame(struct ksignal *ks, const sigset_t *oldset, struct pt_regs *regs)
{
	struct _fpstate __user *fp = NULL;
	struct rt_sigframe __user *frame;
	stack_t stack = {
		.ss_sp = (void *)current->sas_ss_sp, .ss_size = current->sas_ss_size,
		.ss_flags = !current->sas_ss_size ? SS_DISABLE : on_sig_stack(regs->esp) ? SS_ONSTACK : 0,
	};

	if (!(ks->ka.sa.sa_flags & SA_SIGINFO))
		return setup_old_frame(ks, oldset, regs);
	frame = get_sigframe(ks, regs, sizeof(*frame), &fp);
	if (!access_ok(frame, sizeof(*frame)) ||
	    __put_user(return_address(ks, rt_sigreturn_code), &frame->pretcode) || __put_user(ks->sig, &frame->sig) ||
	    __put_user((u32)&frame->info, &frame->pinfo) || __put_user((u32)&frame->uc, &frame->puc) ||
	    copy_to_user(&frame->info, &ks->info, sizeof(frame->info)) ||
	    __put_user(0, &frame->uc.uc_flags) || __put_user((struct ucontext *)NULL, &frame->uc.uc_link) ||
	    copy_to_user(&frame->uc.uc_stack, &stack, sizeof(stack)) ||
	    setup_sigcontext(&frame->uc.uc_mcontext, fp, regs, oldset->sig[0]) ||
	    copy_to_user(&frame->uc.uc_sigmask, oldset, sizeof(*oldset)))
		return -EFAULT;
	enter_handler(ks, regs, frame, (u32)&frame->info, (u32)&frame->uc);
	return 0;
}

/* A frame that cannot be read back is the end of the program, or of its SIGSEGV handler's patience. */
static long bad_frame(void)
{
	force_sig(SIGSEGV, current);
	return 0;
}

/* => called through the return code: it has popped the signal number, so the frame begins 8 bytes below */
long sys_sigreturn(void)
{
	struct pt_regs *regs = task_pt_regs(current);
	struct sigframe __user *frame = (void __user *)(regs->esp - 8);
	sigset_t set;

	if (!access_ok(frame, sizeof(*frame)) || __get_user(set.sig[0], &frame->sc.oldmask) ||
	    __get_user(set.sig[1], &frame->extramask[0]))
		return bad_frame();
	set_current_blocked(&set);
	return restore_sigcontext(regs, &frame->sc) ? bad_frame() : (long)regs->eax;
}

/* => only the return address is gone from the frame */
long sys_rt_sigreturn(void)
{
	struct pt_regs *regs = task_pt_regs(current);
	struct rt_sigframe __user *frame = (void __user *)(regs->esp - 4);
	sigset_t set;

	if (copy_from_user(&set, &frame->uc.uc_sigmask, sizeof(set)))
		return bad_frame();
	set_current_blocked(&set);
	if (restore_sigcontext(regs, &frame->uc.uc_mcontext))
		return bad_frame();
	if (do_sigaltstack(&frame->uc.uc_stack, NULL, regs->esp) == -EFAULT)
		return bad_frame();
	return (long)regs->eax;
}
