#ifndef KERNEL_SCHED_INTERNAL_H
#define KERNEL_SCHED_INTERNAL_H

/*
 * Between sched.c (the switch), sched_balance.c (which CPU) and sched_sys.c (what users may change).
 * Lock letters: [rq] rq->lock  [x] atomic
 */
#include "kernel/sched.h"
#include "kernel/arch.h"
#include "kernel/uapi/sched.h"

struct rq {
	spinlock_t lock;
	int cpu;			/* constant */
	unsigned long nr_running;	/* [rq] tasks in the tree, and the running one if it is not idle */
	struct rb_root tree;		/* [rq] runnable tasks that do not run, who comes next first */
	struct rb_node *leftmost;	/* [rq] */
	u64 min_vruntime;		/* [rq] the queue's clock */
	struct task_struct *curr, *idle; /* [rq] */
	struct mm_struct *prev_mm;	/* [rq] from the switch to its end: to be dropped */
	unsigned long nr_switches;	/* [rq] */
	long nr_uninterruptible;	/* [x] only the sum over all CPUs means anything */
	long nr_iowait;			/* [x] */
	u64 next_balance;		/* own CPU, interrupts off */
	struct cpu_usage usage;		/* [rq] */
};

DECLARE_PER_CPU(struct rq, runqueues);
#define cpu_rq(c)	(&per_cpu(runqueues, c))
#define this_rq()	cpu_rq(smp_processor_id())

#ifdef CONFIG_DEBUG
#define might_sleep_in_schedule()	lockdep_assert_may_sleep(__FILE__, __LINE__)
#else
#define might_sleep_in_schedule()	((void)0)
#endif

void update_curr(struct rq *rq);
void enqueue_task(struct rq *rq, struct task_struct *p);
void dequeue_task(struct rq *rq, struct task_struct *p);
void requeue_with(struct rq *rq, struct task_struct *p, void (*change)(struct task_struct *p, int arg), int arg);
struct rq *task_rq_lock(struct task_struct *p, unsigned long *flags);
void resched_task(struct task_struct *p);
void check_preempt(struct rq *rq, struct task_struct *p);

/* sched_balance.c */
int select_cpu(struct task_struct *p);		/* where a waking task should run. => any context */
bool idle_balance(struct rq *this_rq);		/* pull work to a CPU without any; true: got some. => interrupts off, rq not locked */
void balance_tick(struct rq *this_rq);		/* => interrupts off */
void calc_load(void);				/* => interrupts off */

/* fork.c */
struct task_struct *fork_idle(int cpu);
/* itimer.c */
void itimer_tick(struct task_struct *p, bool user);	/* => interrupts off */

#endif
