/*
 * workqueue.c: work for later, in process context.
 *
 * Owns:   each CPU's list of work and its thread, "events/N".
 * Locks:  the list's lock, irq-safe: work comes from interrupts.
 *
 *	schedule_work ─► pending set, on this CPU's list ─► events/N: off the list, pending cleared, func(work)
 *
 * Since pending is cleared before func runs, work that is scheduled again meanwhile runs again.
 */
#include "kernel/workqueue.h"
#include "kernel/sched.h"

struct cpu_workqueue {
	spinlock_t lock;
	struct list_head list;		/* [lock] */
	wait_queue_head_t more, done;
	unsigned long inserted, finished; /* [lock] */
	struct task_struct *thread;
};

static DEFINE_PER_CPU(struct cpu_workqueue, workqueues);
static DEFINE_PER_CPU(struct work_struct, each_cpu_work);	/* [each_cpu_mutex] */
static DEFINE_MUTEX(each_cpu_mutex, RANK_CHAIN_MUTEX);
static bool workqueue_up;		/* lists are usable: static initialisers cannot make the copies point at themselves */

/* => the work is not queued */
void INIT_WORK(struct work_struct *work, void (*func)(struct work_struct *))
{
	work->pending = 0;
	INIT_LIST_HEAD(&work->entry);
	work->func = func;
}

static void queue_on(int cpu, struct work_struct *work)
{
	struct cpu_workqueue *wq = &per_cpu(workqueues, cpu);
	unsigned long flags;

	BUG_ON(!workqueue_up);
	spin_lock_irqsave(&wq->lock, flags);
	list_add_tail(&work->entry, &wq->list);
	wq->inserted++;
	spin_unlock_irqrestore(&wq->lock, flags);
	wake_up(&wq->more);
}

/* Run @work soon. False: it waits already. => any context */
bool schedule_work(struct work_struct *work)
{
	if (test_and_set_bit(0, &work->pending))
		return false;
	queue_on(smp_processor_id(), work);
	return true;
}

/* The same, in @cpu's thread. */
bool schedule_work_on(int cpu, struct work_struct *work)
{
	if (test_and_set_bit(0, &work->pending))
		return false;
	queue_on(cpu, work);
	return true;
}

static void delayed_work_timer(struct timer_list *timer)
{
	queue_on(smp_processor_id(), &container_of(timer, struct delayed_work, timer)->work);
}

/* => the work is not queued */
void INIT_DELAYED_WORK(struct delayed_work *work, void (*func)(struct work_struct *))
{
	INIT_WORK(&work->work, func);
	setup_timer(&work->timer, delayed_work_timer);
}

struct remote_arm {
	struct delayed_work *work;
	u64 expires;
	int cpu;
};

static void arm_here(void *arg)
{
	struct remote_arm *r = arg;

	mod_timer(&r->work->timer, r->expires);
}

/* Run @work after @delay jiffies, in @cpu's thread. False: it waits already. => process context, interrupts on */
bool schedule_delayed_work_on(int cpu, struct delayed_work *work, unsigned long delay)
{
	struct remote_arm r = { work, ktime_get() + jiffies_to_ns(delay), cpu };
	unsigned long flags;
	bool here;

	if (test_and_set_bit(0, &work->work.pending))
		return false;
	local_irq_save(flags);		/* else we might move between the question and the act */
	here = smp_processor_id() == cpu;
	if (here)
		arm_here(&r);
	local_irq_restore(flags);
	if (!here)
		smp_call_function_mask(cpumask_of(cpu), arm_here, &r, true);
	return true;
}

static void run_one(struct cpu_workqueue *wq)
{
	struct work_struct *work = list_first_entry(&wq->list, struct work_struct, entry);
	void (*func)(struct work_struct *) = work->func;

	list_del_init(&work->entry);
	spin_unlock_irq(&wq->lock);
	clear_bit_unlock(0, &work->pending);
	func(work);			/* may free @work */
	spin_lock_irq(&wq->lock);
	wq->finished++;
	spin_unlock_irq(&wq->lock);
	wake_up_all(&wq->done);
	cond_resched();
	spin_lock_irq(&wq->lock);
}

static int worker(void *arg)
{
	struct cpu_workqueue *wq = arg;

	for (;;) {
		wait_event_interruptible(wq->more, !list_empty(&wq->list));	/* idle, not busy: it takes no signals */
		spin_lock_irq(&wq->lock);
		while (!list_empty(&wq->list))
			run_one(wq);
		spin_unlock_irq(&wq->lock);
	}
	return 0;
}

/* Until all that was queued by now has run. => sleeps; not from work */
void flush_scheduled_work(void)
{
	int cpu;

	for_each_online_cpu(cpu) {
		struct cpu_workqueue *wq = &per_cpu(workqueues, cpu);
		unsigned long target = READ_ONCE(wq->inserted);

		wait_event(wq->done, (long)(READ_ONCE(wq->finished) - target) >= 0);
	}
}

/*
 * Run @func on every CPU, and wait for it. Unlike 2.6.20's it cannot fail: the callers take turns with one work a CPU.
 * => sleeps; not from work
 */
void schedule_on_each_cpu(void (*func)(struct work_struct *))
{
	int cpu;

	mutex_lock(&each_cpu_mutex);
	for_each_online_cpu(cpu) {
		INIT_WORK(&per_cpu(each_cpu_work, cpu), func);
		schedule_work_on(cpu, &per_cpu(each_cpu_work, cpu));
	}
	flush_scheduled_work();
	mutex_unlock(&each_cpu_mutex);
}

/* Threads for all CPUs that run. => process context, after smp_init */
void __init workqueue_init(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct cpu_workqueue *wq = &per_cpu(workqueues, cpu);

		spin_lock_init(&wq->lock, RANK_WORK);
		INIT_LIST_HEAD(&wq->list);
		init_waitqueue_head(&wq->more);
		init_waitqueue_head(&wq->done);
		if (!cpu_online(cpu))
			continue;
		wq->thread = kthread_create(worker, wq, "events/%d", cpu);
		if (IS_ERR(wq->thread))
			panic("no memory for events/%d", cpu);
		set_cpus_allowed(wq->thread, cpumask_of(cpu));
		wake_up_process(wq->thread);
	}
	workqueue_up = true;
}
