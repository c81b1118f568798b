/*
 * wait_child.c: waiting for children: wait4, waitid.
 *
 * Owns:   the choice of a child and what is told of it.
 * Locks:  tasklist_lock while looking; a zombie is claimed under it by EXIT_DEAD, so one waiter gets it.
 * Read next: exit.c.
 *
 * Children belong to the group, so any thread may wait for all of them.
 */
#include "kernel/sched.h"
#include "kernel/syscalls.h"
#include "kernel/uaccess.h"
#include "kernel/lib/string.h"
#include "kernel/uapi/wait.h"

struct wait_opts {
	int which;			/* P_ALL, P_PID, P_PGID */
	pid_t id;
	int options;
	bool want_usage;
	/* the answer */
	pid_t pid;
	uid_t uid;
	int why, status;		/* CLD_*, and the wait status */
	struct __kernel_rusage usage;
};

static bool eligible(const struct wait_opts *wo, struct task_struct *p)
{
	if (wo->which == P_PID && p->pid != wo->id)
		return false;
	if (wo->which == P_PGID && p->signal->pgrp != wo->id)
		return false;
	if (wo->options & __WALL)
		return true;
	/* "Clones" are children that do not end with SIGCHLD. */
	return (p->exit_signal != SIGCHLD) == !!(wo->options & __WCLONE);
}

static void add_child_times(struct task_struct *p)
{
	struct signal_struct *sig = p->signal, *psig = current->signal;

	spin_lock_irq(&current->sighand->siglock);
	psig->cutime += p->utime + sig->utime + sig->cutime;
	psig->cstime += p->stime + sig->stime + sig->cstime;
	psig->cmin_flt += p->min_flt + sig->min_flt + sig->cmin_flt;
	psig->cmaj_flt += p->maj_flt + sig->maj_flt + sig->cmaj_flt;
	psig->cnvcsw += p->nvcsw + sig->nvcsw + sig->cnvcsw;
	psig->cnivcsw += p->nivcsw + sig->nivcsw + sig->cnivcsw;
	psig->cinblock += p->inblock + sig->inblock + sig->cinblock;
	psig->coublock += p->oublock + sig->oublock + sig->coublock;
	psig->cmaxrss = max(psig->cmaxrss, max(sig->maxrss, sig->cmaxrss));
	spin_unlock_irq(&current->sighand->siglock);
}

/* Fill in who it was. => tasklist_lock held */
static void answer(struct wait_opts *wo, struct task_struct *p, int why, int status)
{
	wo->pid = p->pid;
	wo->uid = p->uid;
	wo->why = why;
	wo->status = status;
	if (wo->want_usage)
		get_rusage(p, RUSAGE_SELF, &wo->usage);
	if (wo->want_usage && why != CLD_STOPPED && why != CLD_CONTINUED) {
		struct __kernel_rusage children;

		get_rusage(p, RUSAGE_CHILDREN, &children);
		wo->usage.ru_utime.tv_sec += children.ru_utime.tv_sec;
		wo->usage.ru_utime.tv_usec += children.ru_utime.tv_usec;
		wo->usage.ru_stime.tv_sec += children.ru_stime.tv_sec;
		wo->usage.ru_stime.tv_usec += children.ru_stime.tv_usec;
		wo->usage.ru_utime.tv_sec += wo->usage.ru_utime.tv_usec / 1000000;
		wo->usage.ru_utime.tv_usec %= 1000000;
		wo->usage.ru_stime.tv_sec += wo->usage.ru_stime.tv_usec / 1000000;
		wo->usage.ru_stime.tv_usec %= 1000000;
		wo->usage.ru_minflt += children.ru_minflt;
		wo->usage.ru_majflt += children.ru_majflt;
		wo->usage.ru_nvcsw += children.ru_nvcsw;
		wo->usage.ru_nivcsw += children.ru_nivcsw;
		wo->usage.ru_inblock += children.ru_inblock;
		wo->usage.ru_oublock += children.ru_oublock;
		wo->usage.ru_maxrss = max(wo->usage.ru_maxrss, children.ru_maxrss);
	}
}

/* True: it is the answer; *release is set if it is to be forgotten. => tasklist_lock held */
static bool take_zombie(struct wait_opts *wo, struct task_struct *p, bool *release)
{
	int status = p->signal->group_exit ? p->signal->group_exit_code : p->exit_code;

	if (!(wo->options & WEXITED))
		return false;
	answer(wo, p, status & WCOREFLAG ? CLD_DUMPED : status & 0x7f ? CLD_KILLED : CLD_EXITED, status);
	*release = !(wo->options & WNOWAIT);
	if (*release) {
		add_child_times(p);
		p->exit_state = EXIT_DEAD;
	}
	return true;
}

/* A child that stopped or was continued since it was last looked at. => tasklist_lock held */
static bool take_stopped(struct wait_opts *wo, struct task_struct *p)
{
	struct signal_struct *sig = p->signal;
	int why = 0, status = 0;

	spin_lock_irq(&p->sighand->siglock);
	if ((wo->options & WSTOPPED) && sig->stop_code) {
		why = CLD_STOPPED;
		status = W_STOPCODE(sig->stop_code);
		if (!(wo->options & WNOWAIT))
			sig->stop_code = 0;
	} else if ((wo->options & WCONTINUED) && sig->continued) {
		why = CLD_CONTINUED;
		status = W_CONTINUED;
		if (!(wo->options & WNOWAIT))
			sig->continued = false;
	}
	spin_unlock_irq(&p->sighand->siglock);
	if (why)
		answer(wo, p, why, status);
	return why != 0;
}

/* One look at all children: 1 with an answer, 0 to wait for, or -ECHILD. */
static int look(struct wait_opts *wo)
{
	struct task_struct *p;
	bool release = false, found = false;
	int result = -ECHILD;

	spin_lock(&tasklist_lock);
	list_for_each_entry(p, &current->group_leader->children, sibling) {
		if (p->exit_state == EXIT_DEAD || !eligible(wo, p))
			continue;
		result = 0;
		/* A leader that ended before its threads is not over yet. */
		if (p->exit_state == EXIT_ZOMBIE && list_is_singular(&p->signal->threads))
			found = take_zombie(wo, p, &release);
		else
			found = take_stopped(wo, p);
		if (found)
			break;
	}
	spin_unlock(&tasklist_lock);
	if (release)
		release_task(p);
	return found ? 1 : result;
}

/* The child's pid with wo filled in, 0 for WNOHANG and nothing to tell, or -errno. => sleeps */
static long do_wait(struct wait_opts *wo)
{
	wait_queue_head_t *q = &current->signal->wait_chldexit;
	DECLARE_WAITQUEUE(wait, current);
	long result;

	add_wait_queue(q, &wait);
	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		result = look(wo);
		if (result || (wo->options & WNOHANG))
			break;
		if (signal_pending(current)) {
			result = -ERESTARTSYS;
			break;
		}
		schedule();
	}
	__set_current_state(TASK_RUNNING);
	remove_wait_queue(q, &wait);
	return result > 0 ? wo->pid : result;
}

/* wait4(2) */
long sys_wait4(pid_t pid, int __user *status, int options, struct __kernel_rusage __user *ru)
{
	struct wait_opts wo = { .options = options | WEXITED, .want_usage = ru != NULL };
	long result;

	if (options & ~(WNOHANG | WUNTRACED | WCONTINUED | __WNOTHREAD | __WCLONE | __WALL))
		return -EINVAL;
	if (pid == (pid_t)0x80000000)
		return -ESRCH;
	wo.which = pid > 0 ? P_PID : pid == -1 ? P_ALL : P_PGID;
	wo.id = pid > 0 ? pid : pid == 0 ? current->signal->pgrp : -pid;
	result = do_wait(&wo);
	if (result <= 0)
		return result;
	if (status && put_user(wo.status, status))
		return -EFAULT;
	if (ru && copy_to_user(ru, &wo.usage, sizeof(*ru)))
		return -EFAULT;
	return result;
}

/* waitpid(2), i386 */
long sys_waitpid(pid_t pid, int __user *status, int options)
{
	return sys_wait4(pid, status, options, NULL);
}

static int siginfo_status(const struct wait_opts *wo)
{
	switch (wo->why) {
	case CLD_EXITED:
		return WEXITSTATUS(wo->status);
	case CLD_STOPPED:
		return WSTOPSIG(wo->status);
	case CLD_CONTINUED:
		return SIGCONT;
	}
	return WTERMSIG(wo->status);
}

/* waitid(2); 0, and info's si_pid 0 if WNOHANG found nothing. */
long sys_waitid(int which, pid_t pid, siginfo_t __user *info, int options, struct __kernel_rusage __user *ru)
{
	struct wait_opts wo = { .which = which, .id = pid, .options = options, .want_usage = ru != NULL };
	siginfo_t si;
	long result;

	if (options & ~(WNOHANG | WNOWAIT | WEXITED | WSTOPPED | WCONTINUED | __WNOTHREAD | __WCLONE | __WALL))
		return -EINVAL;
	if (!(options & (WEXITED | WSTOPPED | WCONTINUED)))
		return -EINVAL;
	if (which < P_ALL || which > P_PGID || (which == P_PID && pid <= 0) || (which == P_PGID && pid < 0))
		return -EINVAL;
	if (which == P_PGID && !pid)
		wo.id = current->signal->pgrp;
	result = do_wait(&wo);
	if (result < 0)
		return result;
	memset(&si, 0, sizeof(si));
	if (result > 0) {
		si.si_signo = SIGCHLD;
		si.si_code = wo.why;
		si.si_pid = wo.pid;
		si.si_uid = wo.uid;
		si.si_status = siginfo_status(&wo);
	}
	if (ru && result > 0 && copy_to_user(ru, &wo.usage, sizeof(*ru)))
		return -EFAULT;
	if (info && copy_to_user(info, &si, sizeof(si)))
		return -EFAULT;
	return 0;
}
