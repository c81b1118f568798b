/*
 * signal.c: signal frames in Linux's layout, system-call restarting, the return trampoline, struct stat.
 *
 * On the user's stack:  sp ─► rt_sigframe { siginfo, ucontext { …, sigcontext { registers, floating point } } }
 * The handler returns into the trampoline, a page of ours in every address space, which calls rt_sigreturn.
 * Read next: kernel/signal.c, include/asm/sigcontext.h.
 */
#include "kernel/arch.h"
#include "kernel/fs/fs.h"
#include "kernel/lib/string.h"
#include "kernel/sched.h"
#include "kernel/syscalls.h"
#include "kernel/uaccess.h"
#include "mm/mm.h"
#include <asm/fpu.h>
#include <asm/sigcontext.h>
#include <asm/stat.h>
#include <asm/trap.h>
#include <asm/unistd.h>

/* The page that every program gets, read-only and executable: li a7, __NR_rt_sigreturn; ecall. */
__asm__(".pushsection .rodata\n"
	".balign 4096\n"
	"sigreturn_page:\n"
	"	.option push\n	.option norvc\n"
	"	li a7, 139\n	ecall\n"
	"	.option pop\n"
	".balign 4096\n"
	".popsection");
BUILD_BUG_ON(__NR_rt_sigreturn != 139);
extern char sigreturn_page[];

/* See kernel/arch.h. */
int arch_setup_additional_pages(struct mm_struct *mm)
{
	static struct page *pages[2];
	static const struct vm_special_mapping spec = { .name = "[vdso]", .pages = pages };
	unsigned long addr = get_unmapped_area(NULL, 0, PAGE_SIZE, 0, 0);
	int err;

	if (IS_ERR((void *)addr))
		return (int)addr;
	pages[0] = virt_to_page(sigreturn_page);
	err = install_special_mapping(mm, addr, PAGE_SIZE, VM_READ | VM_EXEC | VM_MAYREAD | VM_MAYEXEC, &spec);
	if (!err)
		mm->context.sigreturn = addr;
	return err;
}

/* The registers that user_regs_struct lists are pt_regs' first 32 words. */
BUILD_BUG_ON(sizeof(struct user_regs_struct) != offsetof(struct pt_regs, status));

static int save_context(struct sigcontext __user *sc, struct pt_regs *regs)
{
	fpu_flush(current);
	if (copy_to_user(&sc->sc_regs, regs, sizeof(sc->sc_regs)) ||
	    copy_to_user(&sc->sc_fpregs.d, &current->thread.fstate, sizeof(struct __riscv_d_ext_state)) ||
	    clear_user(&sc->sc_fpregs.q.reserved, sizeof(sc->sc_fpregs.q.reserved)))
		return -EFAULT;
	return 0;
}

static int restore_context(struct pt_regs *regs, struct sigcontext __user *sc)
{
	struct fp_state fp;

	if (copy_from_user(regs, &sc->sc_regs, sizeof(sc->sc_regs)) || copy_from_user(&fp, &sc->sc_fpregs.d, sizeof(fp)))
		return -EFAULT;
	current->thread.fstate = fp;
	fpu_restore(&fp);
	regs->status = (regs->status & ~SR_FS) | SR_FS_CLEAN;
	return 0;
}

static int save_altstack(stack_t __user *uss, unsigned long sp)
{
	stack_t ss = { .ss_sp = (void *)current->sas_ss_sp, .ss_size = current->sas_ss_size,
		       .ss_flags = !current->sas_ss_size ? SS_DISABLE : on_sig_stack(sp) ? SS_ONSTACK : 0 };

	return copy_to_user(uss, &ss, sizeof(ss)) ? -EFAULT : 0;
}

/* See kernel/arch.h. */
int setup_rt_frame(struct ksignal *ks, const sigset_t *oldset, struct pt_regs *regs)
{
	unsigned long sp = (sigsp(regs->sp, ks) - sizeof(struct rt_sigframe)) & ~15UL;
	struct rt_sigframe __user *frame = (struct rt_sigframe __user *)sp;

	if (!access_ok(frame, sizeof(*frame)) || clear_user(&frame->uc, offsetof(struct ucontext, uc_mcontext)) ||
	    copy_to_user(&frame->info, &ks->info, sizeof(frame->info)) ||
	    copy_to_user(&frame->uc.uc_sigmask, oldset, sizeof(*oldset)) ||
	    save_altstack(&frame->uc.uc_stack, regs->sp) || save_context(&frame->uc.uc_mcontext, regs))
		return -EFAULT;
	regs->ra = current->mm->context.sigreturn;
	regs->epc = (unsigned long)ks->ka.sa.sa_handler;
	regs->sp = sp;
	regs->a0 = (unsigned long)ks->sig;
	regs->a1 = (unsigned long)&frame->info;
	regs->a2 = (unsigned long)&frame->uc;
	return 0;
}

/* The trampoline's call: everything as the frame at sp says. A bad frame is a SIGSEGV. */
long sys_rt_sigreturn(void)
{
	struct pt_regs *regs = task_pt_regs(current);
	struct rt_sigframe __user *frame = (struct rt_sigframe __user *)regs->sp;
	sigset_t set;

	syscall_forget(regs);
	if (!access_ok(frame, sizeof(*frame)) || copy_from_user(&set, &frame->uc.uc_sigmask, sizeof(set)) ||
	    restore_context(regs, &frame->uc.uc_mcontext) ||
	    do_sigaltstack(&frame->uc.uc_stack, NULL, regs->sp) == -EFAULT) {
		force_sig(SIGSEGV, current);
		return 0;
	}
	set_current_blocked(&set);
	return (long)regs->a0;
}

/* ---- restarting: a system call has cause 8 and its first argument in orig_a0. See kernel/arch.h ---- */
bool syscall_is_active(struct pt_regs *regs)
{
	return regs->cause == EXC_SYSCALL;
}

long syscall_result(struct pt_regs *regs)
{
	return (long)regs->a0;
}

void syscall_set_result(struct pt_regs *regs, long value)
{
	regs->a0 = (unsigned long)value;
}

void syscall_restart(struct pt_regs *regs)
{
	regs->a0 = regs->orig_a0;
	regs->epc -= 4;
}

void syscall_restart_block(struct pt_regs *regs)
{
	syscall_restart(regs);
	regs->a7 = __NR_restart_syscall;
}

void syscall_forget(struct pt_regs *regs)
{
	regs->cause = ~0UL;
}

/* See kernel/arch.h. 0 or -EFAULT. */
int cp_new_stat(const struct kstat *st, void __user *buf)
{
	struct stat s = {
		.st_dev = new_encode_dev(st->dev), .st_ino = st->ino, .st_mode = st->mode, .st_nlink = st->nlink,
		.st_uid = st->uid, .st_gid = st->gid, .st_rdev = new_encode_dev(st->rdev), .st_size = st->size,
		.st_blksize = (int)st->blksize, .st_blocks = (long)st->blocks,
		.st_atime = st->atime.tv_sec, .st_atime_nsec = (unsigned long)st->atime.tv_nsec,
		.st_mtime = st->mtime.tv_sec, .st_mtime_nsec = (unsigned long)st->mtime.tv_nsec,
		.st_ctime = st->ctime.tv_sec, .st_ctime_nsec = (unsigned long)st->ctime.tv_nsec,
	};

	return copy_to_user(buf, &s, sizeof(s)) ? -EFAULT : 0;
}
