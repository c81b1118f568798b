/*
 * sched_sys.c: what users may ask of the scheduler: nice, policies, affinity, yielding.
 *
 * Owns:   nothing; changes tasks under their run queue's lock.
 * Read next: sched.c.
 */
#include "kernel/sched_internal.h"
#include "kernel/syscalls.h"
#include "kernel/uaccess.h"
#include "mm/mmzone.h"


/* -20 … 19 */
int task_nice(const struct task_struct *p) { return p->static_prio - 120; }

/* What ps shows of @p: running, sleeping, waiting for a disk, stopped, zombie, dead. => as in sched.h */
char task_state_char(const struct task_struct *p)
{
	if (p->exit_state)
		return p->exit_state == EXIT_ZOMBIE ? 'Z' : 'X';
	switch (p->state) {
	case TASK_INTERRUPTIBLE:
		return 'S';
	case TASK_UNINTERRUPTIBLE:
	case TASK_KILLABLE:
		return 'D';
	case TASK_STOPPED:
		return 'T';
	}
	return p->state == TASK_DEAD ? 'X' : 'R';
}

static bool has_rt_policy(const struct task_struct *p)
{
	return p->policy == SCHED_FIFO || p->policy == SCHED_RR;
}

/* CPU time of @p up to now, ns. */
u64 task_cpu_time(struct task_struct *p)
{
	unsigned long flags;
	struct rq *rq = task_rq_lock(p, &flags);
	u64 ns;

	if (rq->curr == p)
		update_curr(rq);
	ns = p->utime + p->stime;
	spin_unlock_irqrestore(&rq->lock, flags);
	return ns;
}

static void change_nice(struct task_struct *p, int nice)
{
	p->static_prio = 120 + nice;
	if (!has_rt_policy(p))
		p->prio = p->static_prio;
}

/* => @nice is valid; any context that may take a run queue's lock */
void set_user_nice(struct task_struct *p, int nice)
{
	unsigned long flags;
	struct rq *rq = task_rq_lock(p, &flags);

	if (rq->curr == p)
		update_curr(rq);
	requeue_with(rq, p, change_nice, nice);
	spin_unlock_irqrestore(&rq->lock, flags);
}

/*
 * @p runs on the CPUs of @mask only. If it runs now on another one, it moves when it next leaves the kernel; the
 * current task has moved on return.
 * => 0, or -EINVAL if none of them is online; may sleep
 */
int set_cpus_allowed(struct task_struct *p, cpumask_t mask)
{
	unsigned long flags;
	struct rq *rq;
	bool queued;

	if (!(mask & cpu_online_map))
		return -EINVAL;
	spin_lock_irqsave(&p->pi_lock, flags);	/* a waker chooses a CPU now, or after us */
	rq = cpu_rq(p->cpu);
	spin_lock(&rq->lock);
	while (rq->cpu != p->cpu) {
		spin_unlock(&rq->lock);
		rq = cpu_rq(READ_ONCE(p->cpu));
		spin_lock(&rq->lock);
	}
	p->cpus_allowed = mask;
	queued = p->on_rq && !cpu_isset(rq->cpu, mask);
	if (queued && rq->curr == p)
		resched_task(p);	/* schedule() sends it away */
	else if (queued)
		dequeue_task(rq, p);
	queued = queued && rq->curr != p;
	spin_unlock(&rq->lock);
	if (queued) {
		struct rq *dest = cpu_rq(select_cpu(p));

		spin_lock(&dest->lock);
		enqueue_task(dest, p);
		check_preempt(dest, p);
		spin_unlock(&dest->lock);
	}
	spin_unlock_irqrestore(&p->pi_lock, flags);
	if (p == current && need_resched() && !cpu_isset(smp_processor_id(), mask))
		schedule();
	return 0;
}

/* sched_yield(2) */
long sys_sched_yield(void)
{
	yield();
	return 0;
}

/* @pid 0: ourselves. Referenced; NULL: none. */
static struct task_struct *get_target(pid_t pid)
{
	struct task_struct *p;

	spin_lock(&tasklist_lock);
	p = pid ? find_task_by_pid(pid) : current;
	if (p)
		get_task_struct(p);
	spin_unlock(&tasklist_lock);
	return p;
}

static bool may_change(struct task_struct *p)
{
	return capable_root() || current->euid == p->euid || current->euid == p->uid;
}

/* sched_setaffinity(2). Bits beyond our CPUs are ignored. */
long sys_sched_setaffinity(pid_t pid, unsigned int len, unsigned long __user *mask)
{
	struct task_struct *p;
	unsigned long m = 0;
	long err;

	if (copy_from_user(&m, mask, min_t(size_t, len, sizeof(m))))
		return -EFAULT;
	p = get_target(pid);
	if (!p)
		return -ESRCH;
	err = may_change(p) && !((p->flags & PF_KTHREAD) && p != current) ? set_cpus_allowed(p, m & cpu_possible_map) : -EPERM;
	put_task_struct(p);
	return err;
}

/* sched_getaffinity(2): the bytes written. */
long sys_sched_getaffinity(pid_t pid, unsigned int len, unsigned long __user *mask)
{
	struct task_struct *p;
	unsigned long m;

	if (len < sizeof(m) || len % sizeof(m))
		return -EINVAL;
	p = get_target(pid);
	if (!p)
		return -ESRCH;
	m = p->cpus_allowed & cpu_possible_map;
	put_task_struct(p);
	return copy_to_user(mask, &m, sizeof(m)) ? -EFAULT : (long)sizeof(m);
}

/* getcpu(2) */
long sys_getcpu(unsigned int __user *cpup, unsigned int __user *nodep, void __user *unused)
{
	unsigned int cpu = (unsigned)smp_processor_id();

	if (cpup && put_user(cpu, cpup))
		return -EFAULT;
	if (nodep && put_user((unsigned)cpu_to_node((int)cpu), nodep))
		return -EFAULT;
	return 0;
}

static long set_one_nice(struct task_struct *p, int nice)
{
	if (!may_change(p))
		return -EPERM;
	/* Less nice: only as far as RLIMIT_NICE (20 - nice) allows. */
	if (nice < task_nice(p) && !capable_root() &&
	    20UL - (unsigned long)(long)nice > p->signal->rlim[RLIMIT_NICE].rlim_cur)
		return -EACCES;
	set_user_nice(p, nice);
	return 0;
}

/* Does (which, who) of setpriority mean @p? */
static bool matches(struct task_struct *p, int which, int who)
{
	switch (which) {
	case PRIO_PROCESS:
		return p->pid == (who ? who : current->pid);
	case PRIO_PGRP:
		return p->signal->pgrp == (who ? who : current->signal->pgrp);
	default:
		return p->uid == (who ? (uid_t)who : current->uid) && !(p->flags & PF_KTHREAD);
	}
}

/* setpriority(2) */
long sys_setpriority(int which, int who, int niceval)
{
	struct task_struct *p, *t;
	long err = -ESRCH, one;

	if (which < PRIO_PROCESS || which > PRIO_USER)
		return -EINVAL;
	niceval = max(-20, min(19, niceval));
	spin_lock(&tasklist_lock);
	for_each_process(p)
		for_each_thread(p, t)
			if (matches(t, which, who)) {
				one = set_one_nice(t, niceval);
				err = err == -ESRCH || one ? one : err;
			}
	spin_unlock(&tasklist_lock);
	return err;
}

/* getpriority(2): 20 - nice, so that no result is negative. */
long sys_getpriority(int which, int who)
{
	struct task_struct *p, *t;
	long best = -ESRCH;

	if (which < PRIO_PROCESS || which > PRIO_USER)
		return -EINVAL;
	spin_lock(&tasklist_lock);
	for_each_process(p)
		for_each_thread(p, t)
			if (matches(t, which, who))
				best = max(best, 20L - task_nice(t));
	spin_unlock(&tasklist_lock);
	return best;
}

/* nice(2) */
long sys_nice(int increment)
{
	int nice = task_nice(current) + max(-40, min(40, increment));

	nice = max(-20, min(19, nice));
	return set_one_nice(current, nice) ? -EPERM : 0;
}

/* ---- policies ---- */

static bool valid_policy(int policy, int priority)
{
	switch (policy) {
	case SCHED_FIFO:
	case SCHED_RR:
		return priority >= 1 && priority <= MAX_RT_PRIO;
	case SCHED_NORMAL:
	case SCHED_BATCH:
	case SCHED_IDLE:
		return priority == 0;
	}
	return false;
}

static void change_policy(struct task_struct *p, int packed)
{
	p->policy = packed >> 8;
	p->prio = has_rt_policy(p) ? MAX_RT_PRIO - (packed & 0xff) : p->static_prio;
}

/* A user's real-time priority rises as far as RLIMIT_RTPRIO allows; it may always fall. */
static bool may_have_priority(struct task_struct *p, int policy, int priority)
{
	int now = has_rt_policy(p) ? MAX_RT_PRIO - p->prio : 0;
	unsigned long limit = 0;

	if (capable_root() || !priority)
		return true;
	spin_lock(&tasklist_lock);
	if (p->signal)
		limit = p->signal->rlim[RLIMIT_RTPRIO].rlim_cur;
	spin_unlock(&tasklist_lock);
	return (policy == p->policy || limit) && (priority <= now || (unsigned long)priority <= limit);
}

/* @policy -1: as it is. */
static long do_setscheduler(pid_t pid, int policy, struct __kernel_sched_param __user *param)
{
	struct __kernel_sched_param sp;
	struct task_struct *p;
	unsigned long flags;
	struct rq *rq;
	long err = 0;

	if (!param || pid < 0)
		return -EINVAL;
	if (copy_from_user(&sp, param, sizeof(sp)))
		return -EFAULT;
	p = get_target(pid);
	if (!p)
		return -ESRCH;
	if (policy < 0)
		policy = p->policy;
	if (!valid_policy(policy, sp.sched_priority)) {
		err = -EINVAL;
	} else if (!may_change(p) || !may_have_priority(p, policy, sp.sched_priority)) {
		err = -EPERM;
	} else {
		rq = task_rq_lock(p, &flags);
		requeue_with(rq, p, change_policy, policy << 8 | sp.sched_priority);
		spin_unlock_irqrestore(&rq->lock, flags);
	}
	put_task_struct(p);
	return err;
}

/* sched_setscheduler(2) */
long sys_sched_setscheduler(pid_t pid, int policy, struct __kernel_sched_param __user *param)
{
	return policy < 0 ? -EINVAL : do_setscheduler(pid, policy, param);
}

/* sched_setparam(2) */
long sys_sched_setparam(pid_t pid, struct __kernel_sched_param __user *param)
{
	return do_setscheduler(pid, -1, param);
}

/* sched_getscheduler(2) */
long sys_sched_getscheduler(pid_t pid)
{
	struct task_struct *p;
	long policy;

	if (pid < 0)
		return -EINVAL;
	p = get_target(pid);
	if (!p)
		return -ESRCH;
	policy = p->policy;
	put_task_struct(p);
	return policy;
}

/* sched_getparam(2) */
long sys_sched_getparam(pid_t pid, struct __kernel_sched_param __user *param)
{
	struct __kernel_sched_param sp = { 0 };
	struct task_struct *p;

	if (!param || pid < 0)
		return -EINVAL;
	p = get_target(pid);
	if (!p)
		return -ESRCH;
	if (has_rt_policy(p))
		sp.sched_priority = MAX_RT_PRIO - p->prio;
	put_task_struct(p);
	return copy_to_user(param, &sp, sizeof(sp)) ? -EFAULT : 0;
}

/* sched_get_priority_max(2) */
long sys_sched_get_priority_max(int policy)
{
	return valid_policy(policy, 0) ? 0 : valid_policy(policy, 1) ? MAX_RT_PRIO : -EINVAL;
}

/* sched_get_priority_min(2) */
long sys_sched_get_priority_min(int policy)
{
	return valid_policy(policy, 0) ? 0 : valid_policy(policy, 1) ? 1 : -EINVAL;
}
