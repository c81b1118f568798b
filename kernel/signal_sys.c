/*
 * signal_sys.c: the system calls about signals.
 *
 * Owns:   nothing; works on what signal.c owns, under siglock.
 * Read next: signal.c.
 */
#include "kernel/sched.h"
#include "kernel/arch.h"
#include "kernel/time.h"
#include "kernel/syscalls.h"
#include "kernel/uaccess.h"
#include "kernel/lib/string.h"

/* ---- sending ---- */

static bool may_signal(int sig, struct task_struct *p)
{
	if (capable_root() || current->euid == p->suid || current->euid == p->uid || current->uid == p->suid ||
	    current->uid == p->uid)
		return true;
	return sig == SIGCONT && p->signal->session == current->signal->session;
}

static int checked_send(int sig, siginfo_t *info, struct task_struct *p, bool group)
{
	if (sig < 0 || sig > _NSIG)
		return -EINVAL;
	if (!may_signal(sig, p))
		return -EPERM;
	return group ? group_send_sig_info(sig, info, p) : send_sig_info(sig, info, p);
}

/* kill(-1): everybody but init and ourselves. kill(-pgrp), kill(0). */
static int kill_many(pid_t pid, int sig, siginfo_t *info)
{
	pid_t pgrp = pid == 0 ? current->signal->pgrp : -pid;
	struct task_struct *p;
	int err = -ESRCH;
	bool sent = false;

	for_each_process(p) {
		if (pid == -1 ? p->pid <= 1 || p == current->group_leader || (p->flags & PF_KTHREAD) : p->signal->pgrp != pgrp)
			continue;
		err = checked_send(sig, info, p, true);
		if (pid == -1 && err == -EPERM)
			err = sent ? 0 : -ESRCH;
		sent |= !err;
	}
	return sent ? 0 : err;
}

/* kill(2) */
long sys_kill(pid_t pid, int sig)
{
	struct task_struct *p;
	siginfo_t info;
	int err = -ESRCH;

	if (pid == (pid_t)0x80000000)
		return -ESRCH;
	memset(&info, 0, sizeof(info));
	info.si_signo = sig;
	info.si_code = SI_USER;
	info.si_pid = current->tgid;
	info.si_uid = current->uid;
	spin_lock(&tasklist_lock);
	if (pid > 0) {
		p = find_task_by_pid(pid);
		if (p)
			err = checked_send(sig, &info, p, true);
	} else {
		err = kill_many(pid, sig, &info);
	}
	spin_unlock(&tasklist_lock);
	return err;
}

static long do_tkill(pid_t tgid, pid_t pid, int sig)
{
	struct task_struct *p;
	siginfo_t info;
	int err = -ESRCH;

	memset(&info, 0, sizeof(info));
	info.si_signo = sig;
	info.si_code = SI_TKILL;
	info.si_pid = current->tgid;
	info.si_uid = current->uid;
	spin_lock(&tasklist_lock);
	p = find_task_by_pid(pid);
	if (p && (tgid <= 0 || p->tgid == tgid))
		err = checked_send(sig, &info, p, false);
	spin_unlock(&tasklist_lock);
	return err;
}

/* tkill(2) */
long sys_tkill(pid_t pid, int sig)
{
	return pid <= 0 ? -EINVAL : do_tkill(0, pid, sig);
}

/* tgkill(2) */
long sys_tgkill(pid_t tgid, pid_t pid, int sig)
{
	return pid <= 0 || tgid <= 0 ? -EINVAL : do_tkill(tgid, pid, sig);
}

/* rt_sigqueueinfo(2): nobody may pretend to be the kernel or kill(), but to himself. */
long sys_rt_sigqueueinfo(pid_t pid, int sig, siginfo_t __user *uinfo)
{
	struct task_struct *p;
	siginfo_t info;
	int err = -ESRCH;

	if (copy_from_user(&info, uinfo, sizeof(info)))
		return -EFAULT;
	if ((info.si_code >= 0 || info.si_code == SI_TKILL) && current->tgid != pid)
		return -EPERM;
	info.si_signo = sig;
	spin_lock(&tasklist_lock);
	p = pid > 0 ? find_task_by_pid(pid) : NULL;
	if (p)
		err = checked_send(sig, &info, p, true);
	spin_unlock(&tasklist_lock);
	return err;
}

/* ---- actions and masks ---- */

/* Install *@act (if not NULL) for @sig; the old action into *@old. 0 or -EINVAL. */
int do_sigaction(int sig, const struct k_sigaction *act, struct k_sigaction *old)
{
	struct k_sigaction *ka;
	struct task_struct *t;

	if (sig < 1 || sig > _NSIG || (act && (sig == SIGKILL || sig == SIGSTOP)))
		return -EINVAL;
	ka = &current->sighand->action[sig - 1];
	spin_lock(&tasklist_lock);
	spin_lock_irq(&current->sighand->siglock);
	if (old)
		*old = *ka;
	if (act) {
		*ka = *act;
		sigdelset(&ka->sa.sa_mask, SIGKILL);
		sigdelset(&ka->sa.sa_mask, SIGSTOP);
		/* POSIX: what is ignored from now on is not pending any more, blocked or not. */
		if (signal_is_ignored(sig, ka)) {
			discard_signal(sig, &current->signal->shared_pending);
			for_each_thread(current, t)
				discard_signal(sig, &t->pending);
			recalc_sigpending();
		}
	}
	spin_unlock_irq(&current->sighand->siglock);
	spin_unlock(&tasklist_lock);
	return 0;
}

/* rt_sigaction(2) */
long sys_rt_sigaction(int sig, const struct sigaction __user *act, struct sigaction __user *oact, size_t sigsetsize)
{
	struct k_sigaction new, old;
	int err;

	if (sigsetsize != sizeof(sigset_t))
		return -EINVAL;
	if (act && copy_from_user(&new.sa, act, sizeof(new.sa)))
		return -EFAULT;
	err = do_sigaction(sig, act ? &new : NULL, oact ? &old : NULL);
	if (!err && oact && copy_to_user(oact, &old.sa, sizeof(old.sa)))
		return -EFAULT;
	return err;
}

/* The mask changed by @set as @how says. 0 or -EINVAL. */
int sigprocmask(int how, const sigset_t *set)
{
	sigset_t new;

	switch (how) {
	case SIG_BLOCK:
		sigorsets(&new, &current->blocked, set);
		break;
	case SIG_UNBLOCK:
		signandsets(&new, &current->blocked, set);
		break;
	case SIG_SETMASK:
		new = *set;
		break;
	default:
		return -EINVAL;
	}
	set_current_blocked(&new);
	return 0;
}

/* rt_sigprocmask(2) */
long sys_rt_sigprocmask(int how, const sigset_t __user *nset, sigset_t __user *oset, size_t sigsetsize)
{
	sigset_t old = current->blocked, new;
	int err;

	if (sigsetsize != sizeof(sigset_t))
		return -EINVAL;
	if (nset) {
		if (copy_from_user(&new, nset, sizeof(new)))
			return -EFAULT;
		err = sigprocmask(how, &new);
		if (err)
			return err;
	}
	return oset && copy_to_user(oset, &old, sizeof(old)) ? -EFAULT : 0;
}

/* rt_sigpending(2) */
long sys_rt_sigpending(sigset_t __user *uset, size_t sigsetsize)
{
	sigset_t set;

	if (sigsetsize > sizeof(set))
		return -EINVAL;
	spin_lock_irq(&current->sighand->siglock);
	sigorsets(&set, &current->pending.signal, &current->signal->shared_pending.signal);
	spin_unlock_irq(&current->sighand->siglock);
	sigandsets(&set, &set, &current->blocked);
	return copy_to_user(uset, &set, sigsetsize) ? -EFAULT : 0;
}

/* ---- waiting ---- */

/* The old mask comes back when the handler has its frame, which remembers it; or without one. */
long sigsuspend(const sigset_t *set)
{
	current->saved_sigmask = current->blocked;
	set_current_blocked(set);
	while (!signal_pending(current)) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (!signal_pending(current))
			schedule();
		__set_current_state(TASK_RUNNING);
	}
	set_thread_flag(TIF_RESTORE_SIGMASK);
	return -ERESTARTNOHAND;
}

/* rt_sigsuspend(2) */
long sys_rt_sigsuspend(const sigset_t __user *uset, size_t sigsetsize)
{
	sigset_t set;

	if (sigsetsize != sizeof(set))
		return -EINVAL;
	if (copy_from_user(&set, uset, sizeof(set)))
		return -EFAULT;
	return sigsuspend(&set);
}

/* pause(2) */
long sys_pause(void)
{
	while (!signal_pending(current)) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (!signal_pending(current))
			schedule();
		__set_current_state(TASK_RUNNING);
	}
	return -ERESTARTNOHAND;
}

/* See signal.h. */
int set_user_sigmask(const sigset_t __user *umask, size_t sigsetsize)
{
	sigset_t set;

	if (!umask)
		return 0;
	if (sigsetsize != sizeof(set))
		return -EINVAL;
	if (copy_from_user(&set, umask, sizeof(set)))
		return -EFAULT;
	current->saved_sigmask = current->blocked;
	set_current_blocked(&set);
	return 0;
}

/* See signal.h. */
void restore_user_sigmask(const sigset_t __user *umask, bool interrupted)
{
	if (!umask)
		return;
	if (interrupted)
		set_thread_flag(TIF_RESTORE_SIGMASK);
	else
		set_current_blocked(&current->saved_sigmask);
}

/*
 * Until a signal of @set is pending, or @expires: its number, -EAGAIN, or -EINTR.
 * While we wait its signals are unblocked, so that they wake us; real_blocked keeps their default action away.
 */
static int wait_for_signal(const sigset_t *set, siginfo_t *info, u64 expires)
{
	struct sighand_struct *sighand = current->sighand;
	sigset_t others, none;
	int sig;

	sigemptyset(&none);
	sigfillset(&others);
	signandsets(&others, &others, set);
	sigaddset(&others, SIGKILL);	/* not to be waited for */
	sigaddset(&others, SIGSTOP);
	spin_lock_irq(&sighand->siglock);
	sig = dequeue_signal(&others, info);
	if (!sig && expires) {
		current->real_blocked = current->blocked;
		sigandsets(&current->blocked, &current->blocked, &others);
		recalc_sigpending();
		if (!signal_pending(current)) {
			__set_current_state(TASK_INTERRUPTIBLE);
			spin_unlock_irq(&sighand->siglock);
			schedule_until(expires);
			spin_lock_irq(&sighand->siglock);
		}
		sig = dequeue_signal(&others, info);
		current->blocked = current->real_blocked;
		current->real_blocked = none;
		recalc_sigpending();
	}
	spin_unlock_irq(&sighand->siglock);
	if (sig)
		return sig;
	return signal_pending(current) ? -EINTR : -EAGAIN;
}

/* See signal.h. */
long do_sigtimedwait(const sigset_t __user *uset, siginfo_t __user *uinfo, const void __user *timeout, size_t sigsetsize,
		     const struct timespec_abi *abi)
{
	sigset_t set;
	siginfo_t info;
	u64 expires;
	int sig;

	if (sigsetsize != sizeof(set))
		return -EINVAL;
	if (copy_from_user(&set, uset, sizeof(set)))
		return -EFAULT;
	sig = get_timeout(timeout, abi, &expires);
	if (!sig)
		sig = wait_for_signal(&set, &info, expires);
	if (sig > 0 && uinfo && copy_to_user(uinfo, &info, sizeof(info)))
		return -EFAULT;
	return sig;
}

/* rt_sigtimedwait(2) */
long sys_rt_sigtimedwait(const sigset_t __user *uset, siginfo_t __user *uinfo,
			 const struct __kernel_timespec __user *timeout, size_t sigsetsize)
{
	return do_sigtimedwait(uset, uinfo, timeout, sigsetsize, &timespec_wide);
}

/* restart_syscall: not called by programs, but by us for them. */
long sys_restart_syscall(void)
{
	struct restart_block *rb = &current->restart_block;

	return rb->fn ? rb->fn(rb) : -EINTR;
}

/* ---- the alternate stack ---- */

/* Is @sp on it? Its lowest byte is not: a stack pointer there is that of the stack above it, full. */
bool on_sig_stack(unsigned long sp)
{
	return sp > current->sas_ss_sp && sp - current->sas_ss_sp <= current->sas_ss_size;
}

/* Where the frame of a handler begins, growing down. */
unsigned long sigsp(unsigned long sp, const struct ksignal *ks)
{
	if ((ks->ka.sa.sa_flags & SA_ONSTACK) && current->sas_ss_size && !on_sig_stack(sp))
		return current->sas_ss_sp + current->sas_ss_size;
	return sp;
}

static int set_altstack(const stack_t *ss, unsigned long sp)
{
	if (on_sig_stack(sp))
		return -EPERM;
	if (ss->ss_flags != SS_DISABLE && ss->ss_flags != SS_ONSTACK && ss->ss_flags != 0)
		return -EINVAL;
	if (ss->ss_flags == SS_DISABLE) {
		current->sas_ss_sp = 0;
		current->sas_ss_size = 0;
		return 0;
	}
	if (ss->ss_size < MINSIGSTKSZ)
		return -ENOMEM;
	current->sas_ss_sp = (unsigned long)ss->ss_sp;
	current->sas_ss_size = ss->ss_size;
	return 0;
}

/* sigaltstack(2) for a user whose stack pointer is @sp; sigreturn's too. */
int do_sigaltstack(const stack_t __user *uss, stack_t __user *uoss, unsigned long sp)
{
	stack_t new, old;
	int err = 0;

	memset(&old, 0, sizeof(old));
	old.ss_sp = (void *)current->sas_ss_sp;
	old.ss_size = current->sas_ss_size;
	old.ss_flags = !current->sas_ss_size ? SS_DISABLE : on_sig_stack(sp) ? SS_ONSTACK : 0;
	if (uss) {
		if (copy_from_user(&new, uss, sizeof(new)))
			return -EFAULT;
		err = set_altstack(&new, sp);
	}
	if (!err && uoss && copy_to_user(uoss, &old, sizeof(old)))
		err = -EFAULT;
	return err;
}

/* sigaltstack(2) */
long sys_sigaltstack(const stack_t __user *ss, stack_t __user *old)
{
	return do_sigaltstack(ss, old, user_stack_pointer(task_pt_regs(current)));
}
