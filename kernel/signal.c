/*
 * signal.c: signals: sending, choosing, stopping, delivering.
 *
 * Owns:   pending signals of threads and groups, and the group's stops and ends.
 * Locks:  sighand->siglock (irq-safe) for all of it. Who does not work on itself relies on tasklist_lock to keep the
 *         sighand, or takes lock_task_sighand().
 * Read next: signal_sys.c (system calls), the arch's signal.c (frames), exit.c.
 *
 *	send ─► pending set and queue (of the thread, or shared by the group) ─► TIF_SIGPENDING, woken ─►
 *	exit_to_user_mode ─► get_signal ─► ignored | stops the group | ends the group | handler's frame
 *
 * A stop: group_stop_count counts the threads that have yet to stand still; the last one tells the parent.
 * SIGCONT, even ignored or blocked, ends a stop when it is sent; a stop signal takes pending SIGCONTs away.
 */
#include "kernel/arch.h"
#include "kernel/sched.h"
#include "kernel/syscalls.h"
#include "kernel/lib/string.h"
#include "kernel/fs/tty.h"
#include "kernel/uapi/wait.h"
#include "mm/slab.h"

#define SIGNALS_IGNORED	(sigmask(SIGCONT) | sigmask(SIGCHLD) | sigmask(SIGWINCH) | sigmask(SIGURG))
#define SIGNALS_STOP	(sigmask(SIGSTOP) | sigmask(SIGTSTP) | sigmask(SIGTTIN) | sigmask(SIGTTOU))
#define SIGNALS_FAULT	(sigmask(SIGSEGV) | sigmask(SIGBUS) | sigmask(SIGILL) | sigmask(SIGTRAP) | \
			 sigmask(SIGFPE) | sigmask(SIGSYS))
#define sig_in(sig, set)	((sig) < __SIGRTMIN && ((set) & sigmask(sig)))

static struct kmem_cache *sigqueue_cache;

/* => slab up */
void __init signal_init(void)
{
	sigqueue_cache = kmem_cache_create("sigqueue", sizeof(struct sigqueue), 0, SLAB_PANIC, NULL, NULL);
}

/* ---- pending sets ---- */

static struct sigqueue *sigqueue_alloc(struct signal_struct *sig, bool limited)
{
	struct sigqueue *q;

	if (atomic_inc_return(&sig->nr_sigqueue) > (long)min(sig->rlim[RLIMIT_SIGPENDING].rlim_cur, ~0UL >> 1) && limited)
		q = NULL;
	else
		q = kmem_cache_alloc(sigqueue_cache, GFP_ATOMIC | __GFP_NOWARN);
	if (!q)
		atomic_dec(&sig->nr_sigqueue);
	return q;
}

static void sigqueue_free(struct signal_struct *sig, struct sigqueue *q)
{
	list_del(&q->list);
	atomic_dec(&sig->nr_sigqueue);
	kmem_cache_free(sigqueue_cache, q);
}

/* Nothing is pending. => siglock held */
void flush_sigqueue(struct sigpending *pending, struct signal_struct *sig)
{
	struct sigqueue *q, *next;

	sigemptyset(&pending->signal);
	list_for_each_entry_safe(q, next, &pending->list, list)
		sigqueue_free(sig, q);
}

/* Take signals of @set back, at most the first 31. => siglock held */
static void remove_pending(u64 set, struct sigpending *pending, struct signal_struct *sig)
{
	struct sigqueue *q, *next;

	if (!(pending->signal.sig[0] & (unsigned long)set))
		return;
	pending->signal.sig[0] &= ~(unsigned long)set;
	list_for_each_entry_safe(q, next, &pending->list, list)
		if (sig_in(q->info.si_signo, set))
			sigqueue_free(sig, q);
}

/* As remove_pending, for one signal of any number. => siglock held */
void discard_signal(int sig, struct sigpending *pending)
{
	struct sigqueue *q, *next;

	if (!sigismember(&pending->signal, sig))
		return;
	sigdelset(&pending->signal, sig);
	list_for_each_entry_safe(q, next, &pending->list, list)
		if (q->info.si_signo == sig)
			sigqueue_free(current->signal, q);
}

/* Does @ka mean that @sig is dropped? */
bool signal_is_ignored(int sig, const struct k_sigaction *ka)
{
	return ka->sa.sa_handler == SIG_IGN || (ka->sa.sa_handler == SIG_DFL && sig_in(sig, SIGNALS_IGNORED));
}

static void remove_from_group(u64 set, struct task_struct *p)
{
	struct task_struct *t;

	remove_pending(set, &p->signal->shared_pending, p->signal);
	for_each_thread(p, t)
		remove_pending(set, &t->pending, p->signal);
}

static bool has_pending(const struct sigpending *pending, const sigset_t *blocked)
{
	sigset_t ready;

	signandsets(&ready, &pending->signal, blocked);
	return !sigisemptyset(&ready);
}

static bool wants_to_look(struct task_struct *t)
{
	return t->signal->group_stop_count > 0 || t->signal->cld_notify || has_pending(&t->pending, &t->blocked) ||
	       has_pending(&t->signal->shared_pending, &t->blocked);
}

/* Does TIF_SIGPENDING of the current task say the truth? It may be cleared here only. => siglock held */
void recalc_sigpending(void)
{
	if (wants_to_look(current))
		set_thread_flag(TIF_SIGPENDING);
	else
		clear_thread_flag(TIF_SIGPENDING);
}

/* ---- who gets it ---- */

/* @t shall look at its signals soon; to die (@fatal) even if it is stopped, or waits for something else. => siglock held */
void signal_wake_up(struct task_struct *t, bool fatal)
{
	int states = TASK_INTERRUPTIBLE | (fatal ? TASK_STOPPED | TASK_WAKEKILL : 0);

	set_tsk_thread_flag(t, TIF_SIGPENDING);
	if (!wake_up_state(t, states) && t != current && READ_ONCE(t->on_cpu))
		smp_send_reschedule(t->cpu);	/* it may be in user mode: pull it into the kernel */
}

/* All other threads of the group are killed. => siglock held */
void zap_other_threads(struct task_struct *p)
{
	struct task_struct *t;

	p->signal->group_stop_count = 0;
	for_each_thread(p, t) {
		if (t == p || t->exit_state)
			continue;
		sigaddset(&t->pending.signal, SIGKILL);
		signal_wake_up(t, true);
	}
}

/* Can @t take @sig now? */
static bool wants_signal(int sig, struct task_struct *t)
{
	if (sigismember(&t->blocked, sig) || (t->flags & PF_EXITING))
		return false;
	if (sig == SIGKILL)
		return true;
	return !(t->state & TASK_STOPPED) && (t->on_cpu || !signal_pending(t));
}

/* Threads other than @p look at what is pending for the group, since @p will not. => siglock held */
static void retarget(struct task_struct *p)
{
	struct task_struct *t;

	for_each_thread(p, t)
		if (t != p && !(t->flags & PF_EXITING) && has_pending(&p->signal->shared_pending, &t->blocked))
			signal_wake_up(t, false);
}

static bool is_init(struct task_struct *p) { return p->signal == child_reaper->signal; }

/* Ends it the whole group at once? Then all are told now: no thread could prevent it. */
static bool is_fatal(int sig, struct task_struct *p)
{
	if (sig_in(sig, SIGNALS_IGNORED | SIGNALS_STOP) || p->sighand->action[sig - 1].sa.sa_handler != SIG_DFL)
		return false;
	return !p->signal->group_exit && !is_init(p) && !sigismember(&p->real_blocked, sig) &&
	       !sigismember(&p->blocked, sig);
}

static void end_group(int sig, struct task_struct *p)
{
	struct task_struct *t;

	p->signal->group_exit = true;
	p->signal->group_exit_code = sig;
	p->signal->group_stop_count = 0;
	for_each_thread(p, t) {
		sigaddset(&t->pending.signal, SIGKILL);
		signal_wake_up(t, true);
	}
}

/* @sig is pending: choose a thread and wake it. => siglock held */
static void complete_signal(int sig, struct task_struct *p, bool group)
{
	struct task_struct *t = p;

	if (!wants_signal(sig, p)) {
		if (!group)
			return;
		for_each_thread(p, t)
			if (wants_signal(sig, t))
				goto found;
		return;			/* whoever unblocks it first, or gets to its signals, finds it */
	}
found:
	if (is_fatal(sig, t) && !p->signal->group_exit_task)
		end_group(sig, p);
	else
		signal_wake_up(t, sig == SIGKILL);
}

/* ---- sending ---- */

static bool is_ignored(int sig, struct task_struct *p, bool force)
{
	struct k_sigaction *ka = &p->sighand->action[sig - 1];

	if (p->flags & PF_KTHREAD)
		return true;
	if (sigismember(&p->blocked, sig) || sigismember(&p->real_blocked, sig))
		return false;		/* it may have a handler by the time it is unblocked, or is waited for */
	if (is_init(p) && ka->sa.sa_handler == SIG_DFL && !force)
		return true;		/* init dies by its own faults only */
	return signal_is_ignored(sig, ka);
}

static void continue_group(struct task_struct *p)
{
	struct signal_struct *sig = p->signal;
	struct task_struct *t;

	if (sig->stopped) {
		sig->continued = true;
		sig->cld_notify = CLD_CONTINUED;
		sig->stop_code = 0;
	} else if (sig->group_stop_count) {
		sig->cld_notify = CLD_STOPPED;
	}
	sig->stopped = sig->stop_dequeued = false;
	sig->group_stop_count = 0;
	for_each_thread(p, t) {
		if (!(t->state & TASK_STOPPED))
			continue;
		set_tsk_thread_flag(t, TIF_SIGPENDING);
		wake_up_state(t, TASK_STOPPED);
	}
}

/* What sending alone does. False: it goes no further. => siglock held */
static bool prepare_signal(int sig, struct task_struct *p, bool force)
{
	if (p->signal->group_exit)
		return sig == SIGKILL;
	if (sig_in(sig, SIGNALS_STOP)) {
		remove_from_group(sigmask(SIGCONT), p);
	} else if (sig == SIGCONT && !(p->flags & PF_KTHREAD)) {
		remove_from_group(SIGNALS_STOP, p);
		continue_group(p);
	}
	return !is_ignored(sig, p, force);
}

static void fill_info(siginfo_t *to, int sig, const siginfo_t *info)
{
	if (info != SEND_SIG_NOINFO && info != SEND_SIG_PRIV) {
		*to = *info;
		return;
	}
	memset(to, 0, sizeof(*to));
	to->si_signo = sig;
	to->si_code = info == SEND_SIG_PRIV ? SI_KERNEL : SI_USER;
	if (info == SEND_SIG_NOINFO) {
		to->si_pid = current->tgid;
		to->si_uid = current->uid;
	}
}

/* => siglock held; 0, or -EAGAIN if a queued real-time signal has no room */
static int send_signal(int sig, siginfo_t *info, struct task_struct *p, bool group, bool force)
{
	struct sigpending *pending = group ? &p->signal->shared_pending : &p->pending;
	bool from_user = info != SEND_SIG_NOINFO && info != SEND_SIG_PRIV && info->si_code < 0;
	struct sigqueue *q;

	assert_held(&p->sighand->siglock);
	if (!prepare_signal(sig, p, force))
		return 0;
	if (sig < __SIGRTMIN && sigismember(&pending->signal, sig))
		return 0;		/* the old ones do not queue */
	q = sigqueue_alloc(p->signal, sig >= __SIGRTMIN || from_user);
	if (q) {
		fill_info(&q->info, sig, info);
		list_add_tail(&q->list, &pending->list);
	} else if (sig >= __SIGRTMIN && from_user) {
		return -EAGAIN;
	}
	sigaddset(&pending->signal, sig);
	complete_signal(sig, p, group);
	return 0;
}

/*
 * The group's siglock. The memory stays a sighand's while we look (its cache is RCU's), so the lock is a lock; if @p
 * has another sighand when we have it, we look again.
 * => NULL: @p was released. Else interrupts off
 */
struct sighand_struct *lock_task_sighand(struct task_struct *p, unsigned long *flags)
{
	struct sighand_struct *sighand;

	rcu_read_lock();
	while ((sighand = smp_load_acquire(&p->sighand))) {
		spin_lock_irqsave(&sighand->siglock, *flags);
		if (likely(sighand == p->sighand))
			break;
		spin_unlock_irqrestore(&sighand->siglock, *flags);
	}
	rcu_read_unlock();
	return sighand;
}

/* The end of lock_task_sighand. */
void unlock_task_sighand(struct task_struct *p, unsigned long *flags)
{
	spin_unlock_irqrestore(&p->sighand->siglock, *flags);
}

static int do_send(int sig, siginfo_t *info, struct task_struct *p, bool group, bool force)
{
	unsigned long flags;
	int err;

	if (sig < 0 || sig > _NSIG)
		return -EINVAL;
	if (!lock_task_sighand(p, &flags))
		return -ESRCH;
	err = sig ? send_signal(sig, info, p, group, force) : 0;
	unlock_task_sighand(p, &flags);
	return err;
}

/* To one thread. 0, -EINVAL, -ESRCH, -EAGAIN. => @p is held; any context */
int send_sig_info(int sig, siginfo_t *info, struct task_struct *p)
{
	return do_send(sig, info, p, false, false);
}

/* To one thread, from the kernel (@priv) or the current process. => as send_sig_info */
int send_sig(int sig, struct task_struct *p, int priv)
{
	return do_send(sig, priv ? SEND_SIG_PRIV : SEND_SIG_NOINFO, p, false, false);
}

/* To a process: any of its threads takes it. => as send_sig_info; permission was checked */
int group_send_sig_info(int sig, siginfo_t *info, struct task_struct *p)
{
	return do_send(sig, info, p, true, false);
}

/* To all processes of a group; 0 if one took it, or the last error. => tasklist_lock held */
int __kill_pgrp(pid_t pgrp, int sig, int priv)
{
	struct task_struct *p;
	int err = -ESRCH;
	bool sent = false;

	assert_held(&tasklist_lock);
	for_each_process(p) {
		if (p->signal->pgrp != pgrp)
			continue;
		err = group_send_sig_info(sig, priv ? SEND_SIG_PRIV : SEND_SIG_NOINFO, p);
		sent |= !err;
	}
	return sent ? 0 : err;
}

/* => process context; as __kill_pgrp */
int kill_pgrp(pid_t pgrp, int sig, int priv)
{
	int err;

	spin_lock(&tasklist_lock);
	err = __kill_pgrp(pgrp, sig, priv);
	spin_unlock(&tasklist_lock);
	return err;
}

/* A fault of @p itself: if it cannot take the signal, the default action ends it. => @p is held */
void force_sig_info(int sig, siginfo_t *info, struct task_struct *p)
{
	struct k_sigaction *ka;
	unsigned long flags;

	if (!lock_task_sighand(p, &flags))
		return;
	ka = &p->sighand->action[sig - 1];
	if (sigismember(&p->blocked, sig) || ka->sa.sa_handler == SIG_IGN) {
		ka->sa.sa_handler = SIG_DFL;
		sigdelset(&p->blocked, sig);
		sigdelset(&p->real_blocked, sig);
	}
	send_signal(sig, info, p, false, true);
	unlock_task_sighand(p, &flags);
}

/* As force_sig_info, from the kernel. */
void force_sig(int sig, struct task_struct *p)
{
	force_sig_info(sig, SEND_SIG_PRIV, p);
}

/* A fault of the current task at @addr. */
void force_sig_fault(int sig, int code, void __user *addr)
{
	siginfo_t info;

	memset(&info, 0, sizeof(info));
	info.si_signo = sig;
	info.si_code = code;
	info.si_addr = addr;
	force_sig_info(sig, &info, current);
}

/* ---- telling the parent ---- */

/* Who waits for @p in wait4 shall look. => tasklist_lock held */
void wake_up_parent(struct task_struct *p)
{
	wake_up_interruptible_all(&p->parent->signal->wait_chldexit);
}

/* => tasklist_lock held */
bool parent_wants_no_zombie(struct task_struct *p)
{
	struct sigaction *sa = &p->parent->sighand->action[SIGCHLD - 1].sa;

	return p->exit_signal == SIGCHLD && (sa->sa_handler == SIG_IGN || (sa->sa_flags & SA_NOCLDWAIT));
}

static void child_info(siginfo_t *info, struct task_struct *p, int sig)
{
	u64 utime, stime;

	thread_group_cputime(p, &utime, &stime);
	memset(info, 0, sizeof(*info));
	info->si_signo = sig;
	info->si_pid = p->tgid;
	info->si_uid = p->uid;
	info->si_utime = (long)(utime / (NSEC_PER_SEC / USER_HZ));
	info->si_stime = (long)(stime / (NSEC_PER_SEC / USER_HZ));
}

/* The process of leader @p has ended: @sig to its parent (0: none), and who waits is woken. => tasklist_lock held */
void do_notify_parent(struct task_struct *p, int sig)
{
	int status = p->signal->group_exit ? p->signal->group_exit_code : p->exit_code;
	siginfo_t info;

	child_info(&info, p, sig);
	if (status & 0x7f) {
		info.si_code = status & WCOREFLAG ? CLD_DUMPED : CLD_KILLED;
		info.si_status = status & 0x7f;
	} else {
		info.si_code = CLD_EXITED;
		info.si_status = WEXITSTATUS(status);
	}
	if (sig && !(sig == SIGCHLD && p->parent->sighand->action[SIGCHLD - 1].sa.sa_handler == SIG_IGN))
		group_send_sig_info(sig, &info, p->parent);
	wake_up_parent(p);
}

/* The group of @p stands still (CLD_STOPPED) or goes on (CLD_CONTINUED). => tasklist_lock held */
void notify_parent_of_stop(struct task_struct *p, int why)
{
	struct task_struct *leader = p->group_leader, *parent = leader->parent;
	struct sigaction *sa = &parent->sighand->action[SIGCHLD - 1].sa;
	siginfo_t info;

	child_info(&info, leader, SIGCHLD);
	info.si_code = why;
	info.si_status = why == CLD_CONTINUED ? SIGCONT : leader->signal->group_exit_code & 0x7f;
	if (sa->sa_handler != SIG_IGN && !(sa->sa_flags & SA_NOCLDSTOP))
		group_send_sig_info(SIGCHLD, &info, parent);
	wake_up_parent(leader);
}

/* ---- stopping and leaving ---- */

/* One thread more stands still, or is gone. True: it was the last. => siglock held */
static bool stop_reached(struct signal_struct *sig)
{
	if (sig->group_stop_count)
		return false;
	sig->stopped = true;
	sig->continued = false;
	sig->stop_code = sig->group_exit_code;
	return true;
}

/* @p will take no more signals. True: with it gone, all the others have stopped. => takes siglock */
bool signal_exiting(struct task_struct *p)
{
	bool stopped = false;

	spin_lock_irq(&p->sighand->siglock);
	p->flags |= PF_EXITING;
	if (!p->signal->group_exit)
		retarget(p);
	if (p->signal->group_stop_count > 0) {
		p->signal->group_stop_count--;
		stopped = stop_reached(p->signal);
	}
	spin_unlock_irq(&p->sighand->siglock);
	return stopped;
}

static void begin_stop(int sig)
{
	struct signal_struct *s = current->signal;
	struct task_struct *t;

	s->group_exit_code = sig;
	for_each_thread(current, t) {
		if (t == current || (t->flags & PF_EXITING) || (t->state & TASK_STOPPED))
			continue;
		s->group_stop_count++;
		signal_wake_up(t, false);
	}
}

/*
 * Begin (@sig) or join (0) a stop of the group, and sleep in it.
 * => siglock held; true: it was dropped, look at everything again. False: there is no stop any more
 */
static bool do_signal_stop(int sig)
{
	struct signal_struct *s = current->signal;
	bool last;

	if (s->group_stop_count > 0)
		s->group_stop_count--;
	else if (!sig || !s->stop_dequeued || s->group_exit || s->group_exit_task)
		return false;
	else
		begin_stop(sig);
	last = stop_reached(s);
	__set_current_state(TASK_STOPPED);	/* under siglock: SIGCONT and SIGKILL find us so */
	spin_unlock_irq(&current->sighand->siglock);
	if (last) {
		spin_lock(&tasklist_lock);
		notify_parent_of_stop(current, CLD_STOPPED);
		spin_unlock(&tasklist_lock);
	}
	schedule();
	return true;
}

/* ---- delivery ---- */

static int next_signal(const struct sigpending *pending, const sigset_t *mask)
{
	sigset_t ready;

	signandsets(&ready, &pending->signal, mask);
	if (ready.sig[0] & SIGNALS_FAULT)	/* what a thread did itself comes first: its pc still says where */
		ready.sig[0] &= SIGNALS_FAULT;
	for (int i = 0; i < _NSIG_WORDS; i++)
		if (ready.sig[i])
			return (int)__ffs(ready.sig[i]) + i * _NSIG_BPW + 1;
	return 0;
}

/* The oldest of @sig into *info; it stays pending if there are more. */
static void collect_signal(int sig, struct sigpending *pending, siginfo_t *info)
{
	struct sigqueue *q, *first = NULL;
	bool more = false;

	list_for_each_entry(q, &pending->list, list) {
		if (q->info.si_signo != sig)
			continue;
		if (first) {
			more = true;
			break;
		}
		first = q;
	}
	if (!more)
		sigdelset(&pending->signal, sig);
	if (first) {
		*info = first->info;
		sigqueue_free(current->signal, first);
	} else {			/* there was no memory for its story */
		memset(info, 0, sizeof(*info));
		info->si_signo = sig;
		info->si_code = SI_USER;
	}
}

/* Take the next signal that @mask does not block; 0: none. => siglock held */
int dequeue_signal(const sigset_t *mask, siginfo_t *info)
{
	struct sigpending *pending = &current->pending;
	int sig = next_signal(pending, mask);

	if (!sig) {
		pending = &current->signal->shared_pending;
		sig = next_signal(pending, mask);
		if (sig == SIGALRM)
			itimer_rearm(current->signal);
	}
	if (sig) {
		collect_signal(sig, pending, info);
		if (sig_in(sig, SIGNALS_STOP))
			current->signal->stop_dequeued = true;
	}
	recalc_sigpending();
	return sig;
}

/* A stop by the terminal does nothing to a group that nobody could continue. => siglock held; it is dropped and retaken */
static bool stop_is_pointless(int sig)
{
	pid_t pgrp = current->signal->pgrp;
	bool orphaned;

	if (sig == SIGSTOP)
		return false;
	spin_unlock_irq(&current->sighand->siglock);
	orphaned = is_orphaned_pgrp(pgrp);
	spin_lock_irq(&current->sighand->siglock);
	return orphaned;
}

/* What the group owes its parent since SIGCONT came. => siglock held; dropped */
static void pay_notification(void)
{
	int why = current->signal->cld_notify;

	current->signal->cld_notify = 0;
	spin_unlock_irq(&current->sighand->siglock);
	spin_lock(&tasklist_lock);
	notify_parent_of_stop(current, why);
	spin_unlock(&tasklist_lock);
}

enum verdict { DROP, HANDLE, STOP, END };

/* What is to become of the dequeued signal? => siglock held */
static enum verdict judge(struct ksignal *ks)
{
	struct k_sigaction *ka = &current->sighand->action[ks->sig - 1];

	if (ks->sig != SIGKILL && ka->sa.sa_handler == SIG_IGN)
		return DROP;
	if (ks->sig != SIGKILL && ka->sa.sa_handler != SIG_DFL) {
		ks->ka = *ka;
		if (ka->sa.sa_flags & SA_RESETHAND)
			ka->sa.sa_handler = SIG_DFL;
		return HANDLE;
	}
	if (sig_in(ks->sig, SIGNALS_IGNORED))
		return DROP;
	if (is_init(current) && ks->info.si_code <= 0 && !current->signal->group_exit && !current->signal->group_exit_task)
		return DROP;
	return sig_in(ks->sig, SIGNALS_STOP) ? STOP : END;
}

/*
 * Take signals until one has a handler. => true: *ks wants a frame. May stop; may not return.
 */
bool get_signal(struct ksignal *ks)
{
	struct signal_struct *sig = current->signal;

again:
	spin_lock_irq(&current->sighand->siglock);
	if (sig->cld_notify) {
		pay_notification();
		goto again;
	}
	for (;;) {
		if (sig->group_stop_count > 0 && do_signal_stop(0))
			goto again;
		ks->sig = dequeue_signal(&current->blocked, &ks->info);
		if (!ks->sig)
			break;
		switch (judge(ks)) {
		case DROP:
			continue;
		case HANDLE:
			spin_unlock_irq(&current->sighand->siglock);
			return true;
		case STOP:
			if (!stop_is_pointless(ks->sig) && do_signal_stop(ks->sig))
				goto again;
			continue;
		case END:
			spin_unlock_irq(&current->sighand->siglock);
			do_group_exit(ks->sig);
		}
	}
	spin_unlock_irq(&current->sighand->siglock);
	return false;
}

/* The mask of the current task; SIGKILL and SIGSTOP cannot be in it. */
void set_current_blocked(const sigset_t *set)
{
	sigset_t new = *set;

	sigdelset(&new, SIGKILL);
	sigdelset(&new, SIGSTOP);
	spin_lock_irq(&current->sighand->siglock);
	current->blocked = new;
	if (has_pending(&current->signal->shared_pending, &(sigset_t){ { 0 } }))
		retarget(current);
	recalc_sigpending();
	spin_unlock_irq(&current->sighand->siglock);
}

/* The frame stands: until the handler returns, its mask holds. */
void signal_delivered(struct ksignal *ks)
{
	sigset_t blocked;

	sigorsets(&blocked, &current->blocked, &ks->ka.sa.sa_mask);
	if (!(ks->ka.sa.sa_flags & SA_NODEFER))
		sigaddset(&blocked, ks->sig);
	set_current_blocked(&blocked);
	clear_thread_flag(TIF_RESTORE_SIGMASK);
}

/* exec, or a new program's start: handlers become the default, ignored ones stay unless @force_default. */
void flush_signal_handlers(struct task_struct *t, bool force_default)
{
	for (int i = 0; i < _NSIG; i++) {
		struct sigaction *sa = &t->sighand->action[i].sa;
		__sighandler_t handler = sa->sa_handler;

		memset(sa, 0, sizeof(*sa));
		if (handler == SIG_IGN && !force_default)
			sa->sa_handler = SIG_IGN;
	}
}

/* ---- the way out to user mode ---- */

/* The interrupted call runs again, unless the handler wants to see EINTR. */
static void restart_with_handler(struct pt_regs *regs, const struct ksignal *ks)
{
	switch (-syscall_result(regs)) {
	case ERESTARTSYS:
		if (!(ks->ka.sa.sa_flags & SA_RESTART)) {
			syscall_set_result(regs, -EINTR);
			break;
		}
		fallthrough;
	case ERESTARTNOINTR:
		syscall_restart(regs);
		break;
	case ERESTARTNOHAND:
	case ERESTART_RESTARTBLOCK:
		syscall_set_result(regs, -EINTR);
		break;
	}
}

static void restart_without_handler(struct pt_regs *regs)
{
	switch (-syscall_result(regs)) {
	case ERESTARTSYS:
	case ERESTARTNOINTR:
	case ERESTARTNOHAND:
		syscall_restart(regs);
		break;
	case ERESTART_RESTARTBLOCK:
		syscall_restart_block(regs);
		break;
	}
}

static void handle_signal(struct ksignal *ks, struct pt_regs *regs)
{
	sigset_t oldset = test_thread_flag(TIF_RESTORE_SIGMASK) ? current->saved_sigmask : current->blocked;

	if (syscall_is_active(regs)) {
		restart_with_handler(regs, ks);
		syscall_forget(regs);
	}
	if (!setup_rt_frame(ks, &oldset, regs)) {
		signal_delivered(ks);
		return;
	}
	/* No room for the frame. If it was SIGSEGV's own, its handler is of no use. */
	if (ks->sig == SIGSEGV) {
		spin_lock_irq(&current->sighand->siglock);
		current->sighand->action[SIGSEGV - 1].sa.sa_handler = SIG_DFL;
		spin_unlock_irq(&current->sighand->siglock);
	}
	force_sig(SIGSEGV, current);
}

static void do_signal(struct pt_regs *regs)
{
	struct ksignal ks;

	if (get_signal(&ks)) {
		handle_signal(&ks, regs);
		return;
	}
	if (syscall_is_active(regs)) {
		restart_without_handler(regs);
		syscall_forget(regs);
	}
	if (test_thread_flag(TIF_RESTORE_SIGMASK)) {
		clear_thread_flag(TIF_RESTORE_SIGMASK);
		set_current_blocked(&current->saved_sigmask);
	}
}

/* What was asked of this task before it may return to user mode. => interrupts off in and out */
void exit_to_user_mode(struct pt_regs *regs)
{
	const unsigned long signals = 1UL << TIF_SIGPENDING | 1UL << TIF_RESTORE_SIGMASK;
	unsigned long work;

	while ((work = READ_ONCE(current->tif_flags) & (signals | 1UL << TIF_NEED_RESCHED))) {
		local_irq_enable();
		if (work & (1UL << TIF_NEED_RESCHED))
			schedule();
		if (work & signals)
			do_signal(regs);
		local_irq_disable();
	}
}
