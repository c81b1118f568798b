/*
 * sched_balance.c: spreading tasks over CPUs, and the figures that tell how busy they are.
 *
 * Owns:   the choice of a CPU for a waking task; pulling tasks to CPUs with less work; load averages.
 * Locks:  two run queues, the lower CPU's first. Numbers of other queues are read without: they are hints.
 * Read next: sched.c.
 *
 *	wakes up: its old CPU if that idles, else an idle one, else the least busy
 *	a CPU becomes idle: it pulls one task from the busiest
 *	each 100 ms a busy CPU looks for one that is busier by two, and calls idle ones if it has two itself
 */
#include "kernel/sched_internal.h"

#define BALANCE_INTERVAL	(100 * NSEC_PER_MSEC)
#define LOAD_INTERVAL		(5 * NSEC_PER_SEC)

/* Fixed point with 11 bits, and the weight that 5 seconds ago has after 1, 5 and 15 minutes: exp(-5/60) … */
#define FSHIFT			11
static const unsigned long load_decay[3] = { 1884, 2014, 2037 };
unsigned long avenrun[3];

static bool cpu_idles(int cpu)
{
	struct rq *rq = cpu_rq(cpu);

	return READ_ONCE(rq->curr) == rq->idle && !READ_ONCE(rq->nr_running);
}

/* A CPU that @p may use and that is online: its last one, an idle one, or the least busy. => any context */
int select_cpu(struct task_struct *p)
{
	cpumask_t mask = p->cpus_allowed & READ_ONCE(cpu_online_map);
	int cpu, best = -1;

	if (!mask)
		mask = READ_ONCE(cpu_online_map);
	if (cpu_isset(p->cpu, mask) && cpu_idles(p->cpu))
		return p->cpu;
	for_each_cpu_mask(cpu, mask) {
		if (cpu_idles(cpu))
			return cpu;
		if (best < 0 || READ_ONCE(cpu_rq(cpu)->nr_running) < READ_ONCE(cpu_rq(best)->nr_running))
			best = cpu;
	}
	if (cpu_isset(p->cpu, mask) && cpu_rq(p->cpu)->nr_running <= cpu_rq(best)->nr_running)
		return p->cpu;
	return best;
}

static void lock_two(struct rq *a, struct rq *b)
{
	if (a->cpu > b->cpu)
		swap(a, b);
	spin_lock(&a->lock);
	spin_lock_nested(&b->lock);
}

/* The longest queue that has at least @least tasks; NULL. */
static struct rq *busiest_queue(struct rq *this_rq, unsigned long least)
{
	struct rq *busiest = NULL;
	int cpu;

	for_each_online_cpu(cpu) {
		struct rq *rq = cpu_rq(cpu);

		if (rq != this_rq && READ_ONCE(rq->nr_running) >= least &&
		    (!busiest || READ_ONCE(rq->nr_running) > READ_ONCE(busiest->nr_running)))
			busiest = rq;
	}
	return busiest;
}

/* The waiting task of @from that has waited longest for its turn and may run here. => both locked */
static bool pull_one(struct rq *this_rq, struct rq *from)
{
	struct rb_node *n;

	for (n = rb_last(&from->tree); n; n = rb_prev(n)) {
		struct task_struct *p = rb_entry(n, struct task_struct, run_node);

		if (!cpu_isset(this_rq->cpu, p->cpus_allowed))
			continue;
		dequeue_task(from, p);
		enqueue_task(this_rq, p);
		check_preempt(this_rq, p);
		return true;
	}
	return false;
}

/* Pull up to @n tasks, but leave @from one. => interrupts off, nothing locked */
static bool pull(struct rq *this_rq, struct rq *from, unsigned long n)
{
	bool pulled = false;

	lock_two(this_rq, from);
	for (; n && from->nr_running > 1 && pull_one(this_rq, from); n--)
		pulled = true;
	spin_unlock(&from->lock);
	spin_unlock(&this_rq->lock);
	return pulled;
}

/* This CPU has nothing, or will have nothing, to do: take from the busiest. => interrupts off, nothing locked */
bool idle_balance(struct rq *this_rq)
{
	struct rq *busiest = busiest_queue(this_rq, 2);

	return busiest && pull(this_rq, busiest, 1);
}

/* A tick on a busy CPU. => interrupts off */
void balance_tick(struct rq *this_rq)
{
	u64 now = ktime_get();
	struct rq *busiest;
	int cpu;

	if (now < this_rq->next_balance)
		return;
	this_rq->next_balance = now + BALANCE_INTERVAL;
	busiest = busiest_queue(this_rq, this_rq->nr_running + 2);
	if (busiest) {
		pull(this_rq, busiest, (busiest->nr_running - this_rq->nr_running) / 2);
		return;
	}
	if (this_rq->nr_running < 2)
		return;
	for_each_online_cpu(cpu) {
		if (cpu_idles(cpu)) {
			smp_send_reschedule(cpu);	/* it idles without ticks: its idle loop looks for work */
			return;
		}
	}
}

/* ---- figures ---- */

/* A figure of all queues. */
#define sum_of_queues(field) ({								\
	long __sum = 0;									\
	int __cpu;									\
											\
	for_each_possible_cpu(__cpu)							\
		__sum += (long)READ_ONCE(cpu_rq(__cpu)->field);				\
	__sum;										\
})

/* Runnable tasks, running ones included. */
unsigned long nr_running(void) { return (unsigned long)sum_of_queues(nr_running); }

/* Tasks in TASK_UNINTERRUPTIBLE, killable or not: of those that move while we look one may be counted where it is no more. */
unsigned long nr_uninterruptible(void) { return (unsigned long)max(sum_of_queues(nr_uninterruptible), 0L); }

/* Tasks that wait for a disk. */
unsigned long nr_iowait(void) { return (unsigned long)max(sum_of_queues(nr_iowait), 0L); }

/* Switches since boot; wraps. */
unsigned long nr_context_switches(void) { return (unsigned long)sum_of_queues(nr_switches); }

/* Where @cpu's time went, up to now. */
void get_cpu_usage(int cpu, struct cpu_usage *usage)
{
	struct rq *rq = cpu_rq(cpu);
	unsigned long flags;

	spin_lock_irqsave(&rq->lock, flags);
	if (rq->idle)
		update_curr(rq);
	*usage = rq->usage;
	spin_unlock_irqrestore(&rq->lock, flags);
}

/* Who runs on @cpu; a hint. */
struct task_struct *curr_task(int cpu) { return READ_ONCE(cpu_rq(cpu)->curr); }

/*
 * Load averages, each five seconds. If all CPUs slept through some of them, nothing was active then.
 * => by any CPU's tick, interrupts off
 */
void calc_load(void)
{
	static DEFINE_SPINLOCK(load_lock, RANK_IRQ_LEAF);
	static u64 next;		/* [load_lock] */
	u64 now = ktime_get(), missed;

	if (!spin_trylock(&load_lock))
		return;
	if (now >= next) {
		missed = next ? (now - next) / LOAD_INTERVAL : 0;
		next = (next ? next : now) + (missed + 1) * LOAD_INTERVAL;
		for (int i = 0; i < 3; i++) {
			unsigned long active = (nr_running() + nr_uninterruptible()) << FSHIFT, load = avenrun[i];

			for (u64 n = min(missed, 1000ULL); n; n--)
				load = load * load_decay[i] >> FSHIFT;
			avenrun[i] = (load * load_decay[i] + active * ((1UL << FSHIFT) - load_decay[i])) >> FSHIFT;
		}
	}
	spin_unlock(&load_lock);
}
