/*
 * rcu.c: freeing what readers may still look at.
 *
 * Owns:   each CPU's list of callbacks and its count of quiescent states; the "rcu" thread, who waits for one state of
 *         each CPU and then runs the callbacks.
 * Locks:  rcu_cpu.lock, a leaf, for the list. The count is written by its own CPU only.
 *
 *	call_rcu ─► this CPU's list ─► thread: take all lists, note all counts ─► every CPU's count changed, or it
 *	idles outside of interrupts ─► run them
 *
 * A CPU is quiescent when it switches tasks, and when the tick finds it in user mode.
 */
#include "kernel/rcu.h"
#include "kernel/sched.h"
#include "kernel/irq.h"

struct rcu_cpu {
	spinlock_t lock;
	struct rcu_head *list, **tail;	/* [lock] callbacks; tail NULL: none yet */
	unsigned long qs;		/* quiescent states so far */
	bool idle;
};

static DEFINE_PER_CPU(struct rcu_cpu, rcu_cpus) = { .lock = SPIN_LOCK_UNLOCKED(RANK_RCU) };
static struct task_struct *rcu_thread;
static bool rcu_work;			/* some list has something */

/* @func(@head) once all readers of now are gone. => any context where a task may be woken */
void call_rcu(struct rcu_head *head, void (*func)(struct rcu_head *head))
{
	unsigned long flags;
	struct rcu_cpu *rc;

	head->func = func;
	head->next = NULL;
	local_irq_save(flags);
	rc = &__get_cpu_var(rcu_cpus);
	spin_lock(&rc->lock);
	if (!rc->list)
		rc->tail = &rc->list;
	*rc->tail = head;
	rc->tail = &head->next;
	spin_unlock(&rc->lock);
	local_irq_restore(flags);
	if (!READ_ONCE(rcu_work)) {
		WRITE_ONCE(rcu_work, true);
		if (rcu_thread)
			wake_up_process(rcu_thread);
	}
}

/* This CPU reads nothing just now. => by the scheduler's switch, interrupts off */
void rcu_qsctr_inc(int cpu)
{
	smp_mb();
	per_cpu(rcu_cpus, cpu).qs++;
}

/* The tick came to @cpu while it was in user mode, or not. => interrupts off */
void rcu_check_callbacks(int cpu, bool user)
{
	if (user)
		rcu_qsctr_inc(cpu);
}

/* => this CPU's idle task, interrupts off */
void rcu_idle_enter(void)
{
	rcu_qsctr_inc(smp_processor_id());
	WRITE_ONCE(__get_cpu_var(rcu_cpus).idle, true);
}

/* => as rcu_idle_enter */
void rcu_idle_exit(void)
{
	WRITE_ONCE(__get_cpu_var(rcu_cpus).idle, false);
	smp_mb();			/* nobody takes us for idle any more before we read anything */
}

/* irq_enter has a barrier, so an interrupt that we do not see yet reads what was published before. */
static bool quiescent_since(int cpu, unsigned long qs)
{
	struct rcu_cpu *rc = &per_cpu(rcu_cpus, cpu);

	return READ_ONCE(rc->qs) != qs || (READ_ONCE(rc->idle) && !cpu_in_interrupt(cpu));
}

/* Every other CPU was quiescent once; ours is, since we run here. => sleeps */
static void wait_for_readers(void)
{
	unsigned long qs[NR_CPUS];
	int cpu;

	smp_mb();
	for_each_online_cpu(cpu)
		qs[cpu] = READ_ONCE(per_cpu(rcu_cpus, cpu).qs);
	rcu_qsctr_inc(smp_processor_id());	/* we may wake up elsewhere below */
	for_each_online_cpu(cpu)
		while (cpu_online(cpu) && !quiescent_since(cpu, qs[cpu]))
			schedule_timeout_uninterruptible(1);
	smp_mb();
}

static struct rcu_head *take_callbacks(void)
{
	struct rcu_head *all = NULL, **end = &all;
	int cpu;

	for_each_possible_cpu(cpu) {
		struct rcu_cpu *rc = &per_cpu(rcu_cpus, cpu);

		spin_lock_irq(&rc->lock);
		if (rc->list) {
			*end = rc->list;
			end = rc->tail;
			rc->list = NULL;
		}
		spin_unlock_irq(&rc->lock);
	}
	return all;
}

static int rcu_loop(void *unused)
{
	for (;;) {
		struct rcu_head *head;

		set_current_state(TASK_INTERRUPTIBLE);
		if (!READ_ONCE(rcu_work))
			schedule();
		__set_current_state(TASK_RUNNING);
		WRITE_ONCE(rcu_work, false);
		smp_mb();		/* who adds a callback after we took the lists sees the flag clear, and wakes us */
		head = take_callbacks();
		if (!head)
			continue;
		wait_for_readers();
		while (head) {
			struct rcu_head *next = head->next;

			head->func(head);
			head = next;
			cond_resched();
		}
	}
	return 0;
}

struct rcu_waiter {
	struct rcu_head head;
	struct completion done;
};

static void wake_waiter(struct rcu_head *head)
{
	complete(&container_of(head, struct rcu_waiter, head)->done);
}

/* Until all readers of now are gone. => sleeps */
void synchronize_rcu(void)
{
	struct rcu_waiter waiter;

	init_completion(&waiter.done);
	call_rcu(&waiter.head, wake_waiter);
	wait_for_completion(&waiter.done);
}

/* Start the thread. => process context; callbacks of before are kept until now */
void __init rcu_init(void)
{
	struct task_struct *t = kthread_run(rcu_loop, NULL, "rcu");

	if (IS_ERR(t))
		panic("no memory for the rcu thread");
	WRITE_ONCE(rcu_work, true);
	rcu_thread = t;
	wake_up_process(t);
}
