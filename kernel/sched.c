/*
 * sched.c: which task runs on which CPU.
 *
 * Owns:   each CPU's run queue; the states of tasks as far as running and sleeping go.
 * Locks:  rq->lock (irq-safe) for a queue and the tasks on it; p->pi_lock around a wake-up, outside of it. Two queues:
 *         the one of the lower CPU first. rq->lock is held across the switch: the next task releases it.
 * Read next: the arch's switch.S; fork.c (sched_fork), sched_balance.c, sched_sys.c.
 *
 *	running ──schedule, state not RUNNING──► off the queue (on_rq = 0) ──switch done──► on_cpu = 0: may be woken elsewhere
 *	   ▲                                                                                     │
 *	   └──schedule picks it── on a queue (on_rq = 1) ◄── try_to_wake_up ─────────────────────┘
 *
 * Fair among equals: each task has a virtual time, its CPU time divided by its weight, and the one that is furthest
 * behind runs next. A step of nice is a factor of 5/4 in weight. Real-time tasks come before all others.
 */
#include "kernel/sched_internal.h"
#include "kernel/arch.h"
#include "kernel/irq.h"
#include "kernel/uaccess.h"
#include "kernel/workqueue.h"
#include "kernel/lib/string.h"
#include "mm/mm.h"

#define SLEEPER_CREDIT	(10 * NSEC_PER_MSEC)	/* how far behind the others a sleeper may come back */
#define WAKEUP_GRANULARITY (2 * NSEC_PER_MSEC)	/* who is behind by more than this takes the CPU at once */

DEFINE_PER_CPU(struct rq, runqueues) = { .lock = SPIN_LOCK_UNLOCKED(RANK_RQ) };

enum system_state system_state = SYSTEM_BOOTING;

/* ---- virtual time ---- */

static unsigned int weight_of[40];	/* of nice -20 … 19 */

static void __init weights_init(void)
{
	unsigned int up = 1024, down = 1024;

	weight_of[20] = 1024;
	for (int i = 1; i <= 20; i++) {
		weight_of[20 - i] = up = up * 5 / 4;
		if (i < 20)
			weight_of[20 + i] = down = max(down * 4 / 5, 1U);
	}
}

static u64 virtual_delta(const struct task_struct *p, u64 ns)
{
	return ns * 1024 / weight_of[p->static_prio - 100];
}

static bool is_realtime(const struct task_struct *p) { return p->prio < 100; }

/* Does @a run before @b? Virtual times are compared by difference: they may wrap. */
static bool runs_before(const struct task_struct *a, const struct task_struct *b)
{
	if (a->prio != b->prio && (is_realtime(a) || is_realtime(b)))
		return a->prio < b->prio;
	return (s64)(a->vruntime - b->vruntime) < 0;
}

static struct task_struct *first_task(struct rq *rq)
{
	return rq->leftmost ? rb_entry(rq->leftmost, struct task_struct, run_node) : NULL;
}

/* The queue's clock: the virtual time of who is furthest behind, never going back. */
static void update_min_vruntime(struct rq *rq)
{
	struct task_struct *first = first_task(rq), *curr = rq->curr;
	u64 v = rq->min_vruntime;

	if (curr != rq->idle && curr->on_rq && !is_realtime(curr))
		v = curr->vruntime;
	else if (first && !is_realtime(first))
		v = first->vruntime;
	else
		return;
	if (first && !is_realtime(first) && (s64)(first->vruntime - v) < 0)
		v = first->vruntime;
	if ((s64)(v - rq->min_vruntime) > 0)
		rq->min_vruntime = v;
}

/* Charge the running task for its time since last counted. => rq locked */
void update_curr(struct rq *rq)
{
	struct task_struct *curr = rq->curr;
	u64 now = arch_clock_ns(), delta = now - curr->sched_stamp;

	curr->sched_stamp = now;
	if (curr == rq->idle) {
		*(rq->nr_iowait ? &rq->usage.iowait : &rq->usage.idle) += delta;
		return;
	}
	if (curr->ran_in_user) {
		curr->utime += delta;
		*(task_nice(curr) > 0 ? &rq->usage.nice : &rq->usage.user) += delta;
	} else {
		curr->stime += delta;
		rq->usage.system += delta;
	}
	curr->vruntime += virtual_delta(curr, delta);
	update_min_vruntime(rq);
}

/* ---- queues: the running task is not in the tree, but counts in nr_running ---- */

static void tree_insert(struct rq *rq, struct task_struct *p)
{
	struct rb_node **link = &rq->tree.rb_node, *parent = NULL;
	bool leftmost = true;

	while (*link) {
		parent = *link;
		if (runs_before(p, rb_entry(parent, struct task_struct, run_node))) {
			link = &parent->rb_left;
		} else {
			link = &parent->rb_right;
			leftmost = false;
		}
	}
	if (leftmost)
		rq->leftmost = &p->run_node;
	rb_link_node(&p->run_node, parent, link);
	rb_insert_color(&p->run_node, &rq->tree);
}

static void tree_remove(struct rq *rq, struct task_struct *p)
{
	if (rq->leftmost == &p->run_node)
		rq->leftmost = rb_next(&p->run_node);
	rb_erase(&p->run_node, &rq->tree);
}

/* @p is runnable here. Its vruntime is relative to the queue's clock until now. => rq locked, @p not on a queue */
void enqueue_task(struct rq *rq, struct task_struct *p)
{
	ASSERT(!p->on_rq);
	p->cpu = rq->cpu;
	p->vruntime += rq->min_vruntime;
	p->on_rq = true;
	rq->nr_running++;
	tree_insert(rq, p);
}

/* The reverse. => rq locked */
void dequeue_task(struct rq *rq, struct task_struct *p)
{
	ASSERT(p->on_rq);
	if (p != rq->curr)
		tree_remove(rq, p);
	p->on_rq = false;
	rq->nr_running--;
	p->vruntime -= rq->min_vruntime;
}

/* A key of the order changes by @change: out of the tree and in again. => rq locked */
void requeue_with(struct rq *rq, struct task_struct *p, void (*change)(struct task_struct *p, int arg), int arg)
{
	bool in_tree = p->on_rq && p != rq->curr;

	if (in_tree)
		tree_remove(rq, p);
	change(p, arg);
	if (in_tree)
		tree_insert(rq, p);
	if (p->on_rq)
		resched_task(rq->curr);
}

/* The queue of @p, locked; interrupts off. */
struct rq *task_rq_lock(struct task_struct *p, unsigned long *flags)
{
	for (;;) {
		struct rq *rq;

		local_irq_save(*flags);
		rq = cpu_rq(READ_ONCE(p->cpu));
		spin_lock(&rq->lock);
		if (rq->cpu == p->cpu)
			return rq;
		spin_unlock_irqrestore(&rq->lock, *flags);
	}
}

/* ---- waking ---- */

/* The CPU of the running @p shall call schedule() soon. => its rq locked */
void resched_task(struct task_struct *p)
{
	if (test_tsk_thread_flag(p, TIF_NEED_RESCHED))
		return;
	set_tsk_thread_flag(p, TIF_NEED_RESCHED);
	if (p->cpu != smp_processor_id())
		smp_send_reschedule(p->cpu);
}

/* @p came onto the queue: should it run at once? => rq locked */
void check_preempt(struct rq *rq, struct task_struct *p)
{
	struct task_struct *curr = rq->curr;

	if (curr == rq->idle) {
		resched_task(curr);
		return;
	}
	update_curr(rq);
	if (is_realtime(p) ? p->prio < curr->prio :
	    !is_realtime(curr) && (s64)(curr->vruntime - p->vruntime) > WAKEUP_GRANULARITY)
		resched_task(curr);
}

/* The time slept counts as time not had, up to a limit. vruntime is relative to a queue's clock here. */
static void credit_sleep(struct task_struct *p)
{
	s64 v = (s64)p->vruntime, slept = (s64)(arch_clock_ns() - p->sched_stamp);

	if (v > -SLEEPER_CREDIT)
		p->vruntime = (u64)max(v - max(slept, 0LL), -SLEEPER_CREDIT);
}

/* Put the runnable @p onto the best queue. => nobody else may: pi_lock held, or it is new; interrupts off */
static void activate(struct task_struct *p)
{
	struct rq *rq = cpu_rq(select_cpu(p));

	spin_lock(&rq->lock);
	credit_sleep(p);
	enqueue_task(rq, p);
	check_preempt(rq, p);
	spin_unlock(&rq->lock);
}

/* If @p has not left its queue yet, it need only not go to sleep. => pi_lock held */
static bool wake_queued(struct task_struct *p)
{
	struct rq *rq;
	bool queued;

	if (!READ_ONCE(p->on_rq))
		return false;
	rq = cpu_rq(p->cpu);		/* only a queued task moves between queues unseen by pi_lock: looked at again below */
	spin_lock(&rq->lock);
	while (rq->cpu != p->cpu) {
		spin_unlock(&rq->lock);
		rq = cpu_rq(READ_ONCE(p->cpu));
		spin_lock(&rq->lock);
	}
	queued = p->on_rq;
	if (queued)
		p->state = TASK_RUNNING;
	spin_unlock(&rq->lock);
	return queued;
}

/*
 * Make @p run if it sleeps in one of @states.
 * => any context; true: it did. What the caller wrote before is seen by @p when it runs.
 */
bool wake_up_state(struct task_struct *p, unsigned int states)
{
	unsigned long flags;
	bool woken = false;

	spin_lock_irqsave(&p->pi_lock, flags);
	smp_mb();			/* what the sleeper tests was written before we look at its state */
	if (!(p->state & states))
		goto out;
	woken = true;
	smp_rmb();			/* state before on_rq: a sleeper wrote them in the other order */
	if (wake_queued(p))
		goto out;
	/* Off its queue, but perhaps its CPU still stands on its stack. It needs nothing that we hold to leave. */
	while (smp_load_acquire(&p->on_cpu))
		cpu_relax();
	if (p->migrating)		/* it ran on by itself, and finish_migration waits for pi_lock to queue it */
		goto out;
	if (p->state & TASK_UNINTERRUPTIBLE)
		__atomic_fetch_sub(&cpu_rq(p->cpu)->nr_uninterruptible, 1, __ATOMIC_RELAXED);
	p->state = TASK_RUNNING;
	activate(p);
out:
	spin_unlock_irqrestore(&p->pi_lock, flags);
	return woken;
}

/* Wake @p from sleep, not from a stop. => as wake_up_state */
bool wake_up_process(struct task_struct *p)
{
	return wake_up_state(p, TASK_NORMAL);
}

/* ---- new tasks ---- */

/* The scheduler's fields of the child of current. It starts a little behind its parent, not ahead of all. */
void sched_fork(struct task_struct *p)
{
	p->on_rq = p->on_cpu = p->migrating = false;
	/* A user's task counts as running, on no queue, until wake_up_new_task: no signal wakes it before. */
	p->state = p->flags & PF_KTHREAD ? TASK_INTERRUPTIBLE : TASK_RUNNING;
	p->ran_in_user = !(p->flags & PF_KTHREAD);
	p->cpu = smp_processor_id();
	p->vruntime = 0;
	p->utime = p->stime = 0;
	p->nvcsw = p->nivcsw = 0;
	p->inblock = p->oublock = 0;
	p->start_time = p->sched_stamp = ktime_get();
	spin_lock_init(&p->pi_lock, RANK_PI);
}

/* It runs for the first time. => process context */
void wake_up_new_task(struct task_struct *p)
{
	unsigned long flags;

	spin_lock_irqsave(&p->pi_lock, flags);
	p->state = TASK_RUNNING;
	p->sched_stamp = ktime_get();
	activate(p);
	spin_unlock_irqrestore(&p->pi_lock, flags);
}

/* ---- the switch ---- */

/* Who was to move on goes to a CPU that it may use. Its state is RUNNING: no waker touches it. */
static void finish_migration(struct task_struct *p)
{
	unsigned long flags;

	spin_lock_irqsave(&p->pi_lock, flags);
	p->migrating = false;
	activate(p);
	spin_unlock_irqrestore(&p->pi_lock, flags);
}

/*
 * The first thing that a task does after it was switched to: let the previous one go.
 * => rq locked and interrupts off in; both free out
 */
void finish_task_switch(struct task_struct *prev)
{
	struct rq *rq = this_rq();
	struct mm_struct *mm = rq->prev_mm;
	bool dead = prev->state == TASK_DEAD, migrating = prev->migrating;

	rq->prev_mm = NULL;
	/* From here on it may run elsewhere; it may even be gone, unless it is dead or migrating: then it is ours. */
	smp_store_release(&prev->on_cpu, false);
	spin_unlock_irq(&rq->lock);
	if (mm)
		mmdrop(mm);
	if (migrating)
		finish_migration(prev);
	if (dead) {
		free_kernel_stack(prev->stack);
		prev->stack = NULL;
		put_task_struct(prev);
	}
}

/* A new task's first code. => as finish_task_switch */
void schedule_tail(struct task_struct *prev)
{
	finish_task_switch(prev);
	if (current->set_child_tid && put_user(current->pid, current->set_child_tid))
		current->set_child_tid = NULL;	/* the child's memory was bad: Linux does not care either */
}

static void switch_address_space(struct rq *rq, struct task_struct *prev, struct task_struct *next)
{
	struct mm_struct *old = prev->active_mm;

	if (next->mm) {
		next->active_mm = next->mm;
		switch_mm(old, next->mm, next);
	} else {			/* borrow: kernel addresses are the same in all */
		next->active_mm = old;
		atomic_inc(&old->mm_count);
	}
	if (!prev->mm) {
		prev->active_mm = NULL;
		rq->prev_mm = old;	/* dropped when nobody stands on it any more */
	}
}

/* An idle CPU borrows from whoever ran last: from its "events" thread, then, and that from init_mm. */
static void leave_borrowed_mm(struct work_struct *unused)
{
	struct mm_struct *old = current->active_mm;

	atomic_inc(&init_mm.mm_count);
	local_irq_disable();
	current->active_mm = &init_mm;
	switch_mm(old, &init_mm, current);
	local_irq_enable();
	mmdrop(old);
}

/* What idle CPUs have borrowed they give back, so that ended address spaces are freed now. => sleeps; not from work */
void leave_borrowed_mms(void)
{
	schedule_on_each_cpu(leave_borrowed_mm);
}

static struct task_struct *pick_next(struct rq *rq)
{
	struct task_struct *next = first_task(rq);

	if (!next)
		return rq->idle;
	tree_remove(rq, next);
	return next;
}

/* Does @prev stay on the queue? => rq locked */
static void put_prev(struct rq *rq, struct task_struct *prev)
{
	if (prev == rq->idle)
		return;
	if (prev->state == TASK_INTERRUPTIBLE && signal_pending(prev))
		prev->state = TASK_RUNNING;	/* the signal came before the state: its sender saw nobody to wake */
	if (prev->state != TASK_RUNNING) {
		if (prev->state & TASK_UNINTERRUPTIBLE)
			__atomic_fetch_add(&rq->nr_uninterruptible, 1, __ATOMIC_RELAXED);
		dequeue_task(rq, prev);
		prev->nvcsw++;
		return;
	}
	prev->nivcsw++;
	if (!cpu_isset(rq->cpu, prev->cpus_allowed)) {
		dequeue_task(rq, prev);
		prev->migrating = true;
		return;
	}
	tree_insert(rq, prev);
}

/*
 * Run somebody else, or on. The caller has set its state: anything but TASK_RUNNING sleeps until it is woken, except
 * that nobody sleeps interruptibly with a signal pending, as in Linux.
 * => no spinlock held, interrupts on; returns in TASK_RUNNING
 */
void schedule(void)
{
	struct task_struct *prev = current, *next;
	struct rq *rq;

	might_sleep_in_schedule();
	local_irq_disable();
	rq = this_rq();
	if (rq->nr_running == (prev != rq->idle && prev->state != TASK_RUNNING))
		idle_balance(rq);	/* we would idle; this needs the queue unlocked */
	spin_lock(&rq->lock);
	smp_mb();			/* our state was written before: a waker sees it, or we see what it made true */
	update_curr(rq);
	put_prev(rq, prev);
	next = pick_next(rq);
	clear_tsk_thread_flag(prev, TIF_NEED_RESCHED);
	rcu_qsctr_inc(rq->cpu);
	if (next == prev) {
		spin_unlock_irq(&rq->lock);
		return;
	}
	next->sched_stamp = next->slice_start = arch_clock_ns();
	next->on_cpu = true;
	rq->curr = next;
	rq->nr_switches++;
	switch_address_space(rq, prev, next);
	prev = switch_to(prev, next);
	/* Another CPU, perhaps, and much later. */
	finish_task_switch(prev);
}

/* Sleep for a disk: the CPU's idle time counts as waiting for I/O. => as schedule */
void io_schedule(void)
{
	io_schedule_timeout(MAX_SCHEDULE_TIMEOUT);
}

/* As schedule_timeout, for a disk. */
long io_schedule_timeout(long timeout)
{
	struct rq *rq = cpu_rq(smp_processor_id());
	long left;

	__atomic_fetch_add(&rq->nr_iowait, 1, __ATOMIC_RELAXED);
	left = schedule_timeout(timeout);
	__atomic_fetch_sub(&rq->nr_iowait, 1, __ATOMIC_RELAXED);
	return left;
}

/* Let all the others on this CPU run first. => as schedule */
void yield(void)
{
	unsigned long flags;
	struct rq *rq = task_rq_lock(current, &flags);
	struct rb_node *last = rb_last(&rq->tree);

	update_curr(rq);
	if (last && !is_realtime(rb_entry(last, struct task_struct, run_node)))
		current->vruntime = rb_entry(last, struct task_struct, run_node)->vruntime + 1;
	spin_unlock_irqrestore(&rq->lock, flags);
	__set_current_state(TASK_RUNNING);
	schedule();
}

/* In a long loop: let others run if they should. => may sleep */
void cond_resched(void)
{
	might_sleep();
	if (need_resched() && system_state != SYSTEM_BOOTING) {
		__set_current_state(TASK_RUNNING);
		schedule();
	}
}

/* The clock tick on this CPU. => interrupts off */
void scheduler_tick(bool user)
{
	struct rq *rq = this_rq();
	struct task_struct *curr = rq->curr, *first;

	spin_lock(&rq->lock);
	curr->ran_in_user = user;	/* who pays for the time that just went by */
	update_curr(rq);
	first = first_task(rq);
	if (first && (curr == rq->idle || (curr->policy != SCHED_FIFO && !runs_before(curr, first))))
		resched_task(curr);
	spin_unlock(&rq->lock);
	rcu_check_callbacks(rq->cpu, user || curr == rq->idle);
	calc_load();
	if (curr != rq->idle) {
		balance_tick(rq);
		itimer_tick(curr, user);
	}
}

/* ---- idle, boot ---- */

/* What a CPU does when it has nothing to do. => its idle task; never returns */
void cpu_idle(void)
{
	for (;;) {
		local_irq_disable();
		while (!need_resched()) {
			printk_tick();
			rcu_idle_enter();
			tick_stop();
			cpu_do_idle();
			local_irq_disable();
			rcu_idle_exit();
			if (idle_balance(this_rq()))
				break;
		}
		tick_start();
		local_irq_enable();
		schedule();
	}
}

static void init_rq(int cpu, struct task_struct *idle)
{
	struct rq *rq = cpu_rq(cpu);

	rq->cpu = cpu;
	rq->curr = rq->idle = idle;
	idle->cpu = cpu;
	idle->on_cpu = true;
	idle->sched_stamp = arch_clock_ns();
}

/* The boot CPU's queue; init_task becomes its idle task. => per-CPU areas stand, interrupts off */
void __init sched_init(void)
{
	int cpu;

	weights_init();
	for_each_possible_cpu(cpu)
		cpu_rq(cpu)->cpu = cpu;
	atomic_inc(&init_mm.mm_count);
	init_rq(0, &init_task);
}

/* The idle task of a CPU to be started; NULL without memory. => process context */
struct task_struct *__init init_idle(int cpu)
{
	struct task_struct *idle = fork_idle(cpu);

	if (!idle)
		return NULL;
	idle->active_mm = &init_mm;
	atomic_inc(&init_mm.mm_count);
	init_rq(cpu, idle);
	return idle;
}
