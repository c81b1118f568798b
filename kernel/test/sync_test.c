/*
 * sync_test.c: locks, waiting, RCU, timers and work, from all CPUs at once.
 */
#include "kernel/ktest.h"
#include "kernel/sched.h"
#include "kernel/workqueue.h"
#include "kernel/lib/string.h"
#include "kernel/uapi/errno.h"
#include "mm/slab.h"

#define ROUNDS	500

/* ---- locks: a counter that only a lock keeps whole ---- */

struct counter {
	spinlock_t spin;
	struct mutex mutex;
	struct rw_semaphore sem;
	volatile long spun, slept, written;
	atomic_t torn;
};

static void bump(volatile long *v)
{
	long x = *v;

	cond_resched();
	*v = x + 1;
}

static void count_locked(void *arg, int cpu)
{
	struct counter *c = arg;

	for (int i = 0; i < ROUNDS; i++) {
		spin_lock(&c->spin);
		c->spun++;
		spin_unlock(&c->spin);
		mutex_lock(&c->mutex);
		bump(&c->slept);
		mutex_unlock(&c->mutex);
		if (i % 4) {
			long seen;

			down_read(&c->sem);
			seen = c->written;
			cond_resched();
			if (seen != c->written)
				atomic_inc(&c->torn);
			up_read(&c->sem);
			continue;
		}
		down_write(&c->sem);
		bump(&c->written);
		if (i % 8)
			downgrade_write(&c->sem);
		if (i % 8)
			up_read(&c->sem);
		else
			up_write(&c->sem);
	}
}

KTEST(locks, counters_stay_whole)
{
	struct counter *c = kzalloc(sizeof(*c), GFP_KERNEL);

	if (!EXPECT(t, c))
		return;
	spin_lock_init(&c->spin, RANK_LEAF);
	mutex_init(&c->mutex, RANK_MUTEX_LEAF);
	init_rwsem(&c->sem, RANK_FS_MUTEX);
	ktest_on_all_cpus(t, count_locked, c);
	EXPECT_EQ(t, c->spun, ROUNDS * num_online_cpus());
	EXPECT_EQ(t, c->slept, ROUNDS * num_online_cpus());
	EXPECT_EQ(t, c->written, ROUNDS / 4 * num_online_cpus());
	EXPECT_EQ(t, atomic_read(&c->torn), 0);
	EXPECT(t, !mutex_is_locked(&c->mutex) && !rwsem_is_locked(&c->sem));
	kfree(c);
}

KTEST(locks, trylocks_say_no)
{
	DEFINE_MUTEX(m, RANK_MUTEX_LEAF);
	DECLARE_RWSEM(sem, RANK_FS_MUTEX);

	EXPECT(t, mutex_trylock(&m) && !mutex_trylock(&m));
	mutex_unlock(&m);
	EXPECT(t, down_read_trylock(&sem) && down_read_trylock(&sem) && !down_write_trylock(&sem));
	up_read(&sem);
	up_read(&sem);
	EXPECT(t, down_write_trylock(&sem) && !down_read_trylock(&sem));
	up_write(&sem);
}

/* ---- waiting ---- */

struct ping {
	wait_queue_head_t wait;
	atomic_t turn;			/* CPUs go one after the other */
	int cpus;
};

static void take_turns(void *arg, int cpu)
{
	struct ping *p = arg;

	for (int i = 0; i < ROUNDS / 4; i++) {
		wait_event(p->wait, atomic_read(&p->turn) % p->cpus == cpu);
		atomic_inc(&p->turn);
		wake_up_all(&p->wait);
	}
}

KTEST(wait, no_wake_up_is_lost)
{
	struct ping *p = kzalloc(sizeof(*p), GFP_KERNEL);

	if (!EXPECT(t, p))
		return;
	init_waitqueue_head(&p->wait);
	p->cpus = num_online_cpus();
	ktest_on_all_cpus(t, take_turns, p);
	EXPECT_EQ(t, atomic_read(&p->turn), ROUNDS / 4 * p->cpus);
	kfree(p);
}

KTEST(wait, a_timeout_is_kept)
{
	DECLARE_WAIT_QUEUE_HEAD(nobody);
	u64 before = ktime_get();

	EXPECT_EQ(t, wait_event_timeout(nobody, false, 3), 0);
	EXPECT_OP(t, ktime_get() - before, >=, 3 * TICK_NSEC);
	EXPECT_OP(t, wait_event_timeout(nobody, true, 3), >, 0);
}

/* ---- RCU: what was unpublished stays readable until the readers are gone ---- */

struct shared { struct rcu_head rcu; u32 magic; };
struct rcu_storm { struct shared *current_one; atomic_t bad, freed; };

#define ALIVE	0x600df00du

static struct rcu_storm *storm;

static void poison(struct rcu_head *head)
{
	struct shared *s = container_of(head, struct shared, rcu);

	s->magic = 0;
	kfree(s);
	atomic_inc(&storm->freed);
}

static void read_and_replace(void *arg, int cpu)
{
	for (int i = 0; i < ROUNDS; i++) {
		struct shared *s, *new;

		rcu_read_lock();
		s = rcu_dereference(storm->current_one);
		for (int spin = 0; spin < 20; spin++)
			if (READ_ONCE(s->magic) != ALIVE)
				atomic_inc(&storm->bad);
		rcu_read_unlock();
		new = kmalloc(sizeof(*new), GFP_KERNEL);
		if (!new)
			continue;
		new->magic = ALIVE;
		s = xchg(&storm->current_one, new);
		call_rcu(&s->rcu, poison);
		if (i % 32 == 0)
			synchronize_rcu();
	}
}

KTEST(rcu, readers_never_see_what_was_freed)
{
	storm = kzalloc(sizeof(*storm), GFP_KERNEL);
	if (!EXPECT(t, storm))
		return;
	storm->current_one = kmalloc(sizeof(struct shared), GFP_KERNEL);
	if (EXPECT(t, storm->current_one)) {
		storm->current_one->magic = ALIVE;
		ktest_on_all_cpus(t, read_and_replace, NULL);
		synchronize_rcu();
		synchronize_rcu();
		EXPECT_EQ(t, atomic_read(&storm->bad), 0);
		EXPECT_OP(t, atomic_read(&storm->freed), >, 0);
		kfree(storm->current_one);
	}
	kfree(storm);
}

/* ---- timers and work ---- */

struct timer_row {
	struct timer_list timer[8];
	u64 last;
	atomic_t fired, early, disordered;
};

static struct timer_row *row;

static void note(struct timer_list *timer)
{
	if (ktime_get() < timer->expires)
		atomic_inc(&row->early);
	if (timer->expires < row->last)
		atomic_inc(&row->disordered);
	row->last = timer->expires;
	atomic_inc(&row->fired);
}

KTEST(timer, they_fire_in_order_and_never_early)
{
	static const u8 order[8] = { 3, 7, 0, 5, 1, 6, 2, 4 };
	unsigned long flags;
	u64 base;

	row = kzalloc(sizeof(*row), GFP_KERNEL);
	if (!EXPECT(t, row))
		return;
	local_irq_save(flags);		/* all on one CPU */
	base = ktime_get() + 5 * NSEC_PER_MSEC;
	for (int i = 0; i < 8; i++) {
		setup_timer(&row->timer[i], note);
		EXPECT(t, !mod_timer(&row->timer[i], base + order[i] * NSEC_PER_MSEC));
	}
	EXPECT(t, mod_timer(&row->timer[0], base + 20 * NSEC_PER_MSEC));
	EXPECT(t, del_timer(&row->timer[1]) && !del_timer(&row->timer[1]));
	local_irq_restore(flags);
	while (ktime_get() < base + 30 * NSEC_PER_MSEC)
		schedule_timeout_uninterruptible(1);
	for (int i = 0; i < 8; i++)
		EXPECT(t, !del_timer_sync(&row->timer[i]));
	EXPECT_EQ(t, atomic_read(&row->fired), 7);
	EXPECT_EQ(t, atomic_read(&row->early), 0);
	EXPECT_EQ(t, atomic_read(&row->disordered), 0);
	kfree(row);
}

static atomic_t work_done;

static void do_work(struct work_struct *work) { atomic_inc(&work_done); }

KTEST(workqueue, what_was_queued_has_run_after_a_flush)
{
	struct work_struct work[8];
	struct delayed_work later;

	atomic_set(&work_done, 0);
	for (int i = 0; i < 8; i++) {
		INIT_WORK(&work[i], do_work);
		EXPECT(t, schedule_work(&work[i]));
	}
	flush_scheduled_work();
	EXPECT_EQ(t, atomic_read(&work_done), 8);

	INIT_DELAYED_WORK(&later, do_work);
	EXPECT(t, schedule_delayed_work_on(num_online_cpus() - 1, &later, HZ));
	EXPECT(t, !schedule_delayed_work_on(0, &later, 1));
	for (int i = 0; i < 100 * HZ && atomic_read(&work_done) < 9; i++)
		schedule_timeout_uninterruptible(1);
	flush_scheduled_work();
	EXPECT_EQ(t, atomic_read(&work_done), 9);
}

/* ---- CPUs ---- */

static void note_cpu(void *arg) { set_bit((unsigned)smp_processor_id(), arg); }

KTEST(smp, a_call_reaches_every_cpu)
{
	unsigned long seen = 0;

	for (int i = 0; i < 50; i++) {
		seen = 0;
		on_each_cpu(note_cpu, &seen);
		EXPECT_EQ(t, seen, cpu_online_map);
	}
}

KTEST(sched, a_task_runs_where_it_may)
{
	cpumask_t old = current->cpus_allowed;
	int cpu;

	for_each_online_cpu(cpu) {
		EXPECT_EQ(t, set_cpus_allowed(current, cpumask_of(cpu)), 0);
		EXPECT_EQ(t, smp_processor_id(), cpu);
		schedule_timeout_uninterruptible(1);
		EXPECT_EQ(t, smp_processor_id(), cpu);
	}
	EXPECT_EQ(t, set_cpus_allowed(current, 0), -EINVAL);
	set_cpus_allowed(current, old);
}

/* ---- signals ------------------------------------------------------------------------------------------------------ */

/* A signal that comes after a sleeper's last look and before it says that it sleeps is not slept over. */
KTEST(sched, a_pending_signal_prevents_sleep)
{
	long left;

	set_thread_flag(TIF_SIGPENDING);
	__set_current_state(TASK_INTERRUPTIBLE);
	left = schedule_timeout(20 * HZ);
	clear_thread_flag(TIF_SIGPENDING);
	EXPECT_OP(t, left, >, 0);
	EXPECT_EQ(t, schedule_timeout_uninterruptible(1), 0);
}
