/*
 * itimer.c: interval timers: setitimer, getitimer, alarm; and the limit of CPU time.
 *
 * Owns:   the it_* fields of signal_struct.
 * Locks:  siglock. The real timer's function looks under it whether the timer was set anew meanwhile.
 * Read next: timer.c.
 */
#include "kernel/sched_internal.h"
#include "kernel/time.h"
#include "kernel/syscalls.h"
#include "kernel/uaccess.h"

/* ITIMER_REAL is due. => timer interrupt */
static void real_timer_due(struct timer_list *timer)
{
	struct signal_struct *sig = container_of(timer, struct signal_struct, real_timer);
	unsigned long flags;
	bool due;

	if (!lock_task_sighand(sig->leader, &flags))
		return;
	due = sig->it_real_expires && sig->it_real_expires <= ktime_get();
	unlock_task_sighand(sig->leader, &flags);
	if (due)
		group_send_sig_info(SIGALRM, SEND_SIG_PRIV, sig->leader);
}

/*
 * The group takes its SIGALRM: ITIMER_REAL goes on at the next multiple of its interval. Not before, as an interval that
 * is shorter than its interrupt would leave the CPU nothing else to do; so nobody hears of it while SIGALRM is ignored.
 * => siglock held. As Linux's dequeue_signal()
 */
void itimer_rearm(struct signal_struct *sig)
{
	u64 now = ktime_get(), missed;

	if (!sig->it_real_incr || !sig->it_real_expires || timer_pending(&sig->real_timer))
		return;
	missed = now > sig->it_real_expires ? (now - sig->it_real_expires) / sig->it_real_incr : 0;
	sig->it_real_expires = min(sig->it_real_expires + (missed + 1) * sig->it_real_incr, KTIME_MAX);
	mod_timer(&sig->real_timer, sig->it_real_expires);
}

/* A new group has no timer running. */
void itimer_init(struct signal_struct *sig)
{
	setup_timer(&sig->real_timer, real_timer_due);
}

/* => siglock held */
static void get_times(int which, u64 *left, u64 *incr)
{
	struct signal_struct *sig = current->signal;
	u64 now = ktime_get();

	switch (which) {
	case ITIMER_REAL:
		*left = !timer_pending(&sig->real_timer) ? 0 : sig->it_real_expires > now ? sig->it_real_expires - now : NSEC_PER_USEC;
		*incr = sig->it_real_incr;
		break;
	case ITIMER_VIRTUAL:
		*left = sig->it_virt_left;
		*incr = sig->it_virt_incr;
		break;
	default:
		*left = sig->it_prof_left;
		*incr = sig->it_prof_incr;
	}
}

/* => siglock held */
static void set_times(int which, u64 left, u64 incr)
{
	struct signal_struct *sig = current->signal;

	switch (which) {
	case ITIMER_REAL:
		sig->it_real_expires = left ? timeout_from_ns(left) : 0;
		sig->it_real_incr = incr;
		if (left)
			mod_timer(&sig->real_timer, sig->it_real_expires);
		else
			del_timer(&sig->real_timer);
		break;
	case ITIMER_VIRTUAL:
		sig->it_virt_left = left;
		sig->it_virt_incr = incr;
		break;
	default:
		sig->it_prof_left = left;
		sig->it_prof_incr = incr;
	}
}

static int put_itimerval(struct __kernel_old_itimerval __user *uv, u64 left, u64 incr)
{
	struct __kernel_old_itimerval v = {
		.it_interval = ns_to_timeval(incr), .it_value = ns_to_timeval(left + NSEC_PER_USEC - 1),
	};

	return copy_to_user(uv, &v, sizeof(v)) ? -EFAULT : 0;
}

static bool timeval_ns(const struct __kernel_old_timeval *tv, u64 *ns)
{
	struct __kernel_timespec ts = { tv->tv_sec, (s64)tv->tv_usec * NSEC_PER_USEC };

	*ns = timespec_to_ns(&ts);
	return timespec_valid(&ts);
}

/* getitimer(2) */
long sys_getitimer(int which, struct __kernel_old_itimerval __user *value)
{
	u64 left, incr;

	if (which < ITIMER_REAL || which > ITIMER_PROF)
		return -EINVAL;
	spin_lock_irq(&current->sighand->siglock);
	get_times(which, &left, &incr);
	spin_unlock_irq(&current->sighand->siglock);
	return put_itimerval(value, left, incr);
}

/* setitimer(2) */
long sys_setitimer(int which, const struct __kernel_old_itimerval __user *value,
		   struct __kernel_old_itimerval __user *old)
{
	struct __kernel_old_itimerval v = { 0 };
	u64 left, incr, old_left, old_incr;

	if (value && copy_from_user(&v, value, sizeof(v)))
		return -EFAULT;
	if (which < ITIMER_REAL || which > ITIMER_PROF || !timeval_ns(&v.it_value, &left) ||
	    !timeval_ns(&v.it_interval, &incr))
		return -EINVAL;
	spin_lock_irq(&current->sighand->siglock);
	get_times(which, &old_left, &old_incr);
	set_times(which, left, incr);
	spin_unlock_irq(&current->sighand->siglock);
	return old ? put_itimerval(old, old_left, old_incr) : 0;
}

/* alarm(2): the seconds that were left, at least 1 if any time was. */
long sys_alarm(unsigned int seconds)
{
	u64 left, incr;

	spin_lock_irq(&current->sighand->siglock);
	get_times(ITIMER_REAL, &left, &incr);
	set_times(ITIMER_REAL, (u64)seconds * NSEC_PER_SEC, 0);
	spin_unlock_irq(&current->sighand->siglock);
	return (long)((left + NSEC_PER_SEC / 2 - 1) / NSEC_PER_SEC) + (left && left < NSEC_PER_SEC / 2 + 1);
}

/* One tick of a CPU timer; true: it is due. => siglock held */
static bool count_down(u64 *left, u64 incr)
{
	if (!*left)
		return false;
	if (*left > (u64)TICK_NSEC) {
		*left -= TICK_NSEC;
		return false;
	}
	*left = incr;
	return true;
}

/* RLIMIT_CPU: SIGXCPU each second beyond the soft limit, SIGKILL at the hard one. => siglock held; signal or 0 */
static int check_cpu_limit(struct task_struct *p)
{
	struct rlimit *limit = &p->signal->rlim[RLIMIT_CPU];
	u64 utime, stime;
	unsigned long seconds;

	if (limit->rlim_cur == RLIM_INFINITY)
		return 0;
	thread_group_cputime(p, &utime, &stime);
	seconds = (unsigned long)((utime + stime) / NSEC_PER_SEC);
	if (seconds >= limit->rlim_max)
		return SIGKILL;
	if (seconds < limit->rlim_cur)
		return 0;
	limit->rlim_cur = seconds + 1;
	return SIGXCPU;
}

/* A tick found @p running. => timer interrupt */
void itimer_tick(struct task_struct *p, bool user)
{
	struct signal_struct *sig = READ_ONCE(p->signal);
	bool virt, prof;
	unsigned long flags;
	int cpu;

	if (!sig || !p->mm || (p->flags & PF_EXITING) ||
	    (!sig->it_virt_left && !sig->it_prof_left && sig->rlim[RLIMIT_CPU].rlim_cur == RLIM_INFINITY))
		return;
	if (!lock_task_sighand(p, &flags))
		return;
	virt = user && count_down(&sig->it_virt_left, sig->it_virt_incr);
	prof = count_down(&sig->it_prof_left, sig->it_prof_incr);
	cpu = check_cpu_limit(p);
	unlock_task_sighand(p, &flags);
	if (virt)
		group_send_sig_info(SIGVTALRM, SEND_SIG_PRIV, p);
	if (prof)
		group_send_sig_info(SIGPROF, SEND_SIG_PRIV, p);
	if (cpu)
		group_send_sig_info(cpu, SEND_SIG_PRIV, p);
}
