/*
 * rwsem.c: sleeping locks for many readers or one writer.
 *
 * Owns:   struct rw_semaphore.
 * Locks:  the semaphore's own, an irq-safe leaf but for wake-ups.
 *
 * Waiters queue up, and a reader queues behind a waiting writer, so writers do not starve. Whoever gives the semaphore
 * up wakes the first waiter, but until that runs, another may take it: on a busy machine waking up takes long, and
 * work goes on meanwhile. A waiter that was passed over once asks for the semaphore to be handed to it.
 */
#include "kernel/mutex.h"
#include "kernel/sched.h"

struct rwsem_waiter {
	struct list_head list;
	struct task_struct *task;	/* NULL: it is yours */
	bool write;
};

/* A free semaphore. */
void init_rwsem(struct rw_semaphore *sem, enum lock_rank rank)
{
	spin_lock_init(&sem->lock, RANK_WAITQUEUE);
	sem->rank = (u8)rank;
	sem->activity = 0;
	sem->handoff = false;
	INIT_LIST_HEAD(&sem->wait_list);
}

static struct rwsem_waiter *first_waiter(struct rw_semaphore *sem)
{
	return list_empty(&sem->wait_list) ? NULL : list_first_entry(&sem->wait_list, struct rwsem_waiter, list);
}

/* It is @waiter's, who leaves the queue; awake if it slept. => sem->lock held */
static void grant(struct rw_semaphore *sem, struct rwsem_waiter *waiter)
{
	struct task_struct *task = waiter->task;

	sem->activity += waiter->write ? -1 : 1;
	list_del(&waiter->list);
	waiter->task = NULL;
	wake_up_process(task);		/* it looks under sem->lock, so it cannot be gone before we are through */
}

/* The first waiter gets it, with all readers right behind it if it is one. => sem->lock held, the semaphore free for it */
static void grant_first(struct rw_semaphore *sem)
{
	struct rwsem_waiter *w = first_waiter(sem);
	bool write = w->write;

	sem->handoff = false;
	grant(sem, w);
	while (!write && (w = first_waiter(sem)) && !w->write)
		grant(sem, w);
}

/* Nobody has it any more. => sem->lock held */
static void released(struct rw_semaphore *sem)
{
	struct rwsem_waiter *w = first_waiter(sem);

	if (!w)
		return;
	if (sem->handoff)
		grant_first(sem);
	else
		wake_up_process(w->task);
}

/* May one who just came have it? Not among readers while a writer waits. */
static bool try_take(struct rw_semaphore *sem, bool write)
{
	if (sem->activity == 0 ? sem->handoff : write || sem->activity < 0 || first_waiter(sem))
		return false;
	sem->activity += write ? -1 : 1;
	return true;
}

/* => sem->lock held, interrupts off; dropped */
static void wait_for_it(struct rw_semaphore *sem, bool write, unsigned long flags)
{
	struct rwsem_waiter waiter = { .task = current, .write = write };
	bool passed_over = false, mine;

	list_add_tail(&waiter.list, &sem->wait_list);
	for (;;) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		if (waiter.task && first_waiter(sem) == &waiter) {
			if (sem->activity == 0 || (!write && sem->activity > 0))
				grant_first(sem);
			else
				sem->handoff |= passed_over;
			passed_over = true;
		}
		mine = !waiter.task;	/* looked at under the lock: who granted it is through with us */
		spin_unlock_irqrestore(&sem->lock, flags);
		if (mine)
			break;
		schedule();
		spin_lock_irqsave(&sem->lock, flags);
	}
	__set_current_state(TASK_RUNNING);
}

static void down(struct rw_semaphore *sem, bool write, bool nested)
{
	unsigned long flags;

	might_sleep();
	lockdep_sleeping_acquire(sem, sem->rank, nested);
	spin_lock_irqsave(&sem->lock, flags);
	if (try_take(sem, write))
		spin_unlock_irqrestore(&sem->lock, flags);
	else
		wait_for_it(sem, write, flags);
}

static bool trylock(struct rw_semaphore *sem, bool write)
{
	unsigned long flags;
	bool ok;

	spin_lock_irqsave(&sem->lock, flags);
	ok = try_take(sem, write);
	spin_unlock_irqrestore(&sem->lock, flags);
	if (ok)
		lockdep_sleeping_acquire(sem, sem->rank, true);
	return ok;
}

/* Share it. => may sleep; not twice by one task: a writer may wait in between */
void down_read(struct rw_semaphore *sem) { down(sem, false, false); }

/* Have it alone. => may sleep */
void down_write(struct rw_semaphore *sem) { down(sem, true, false); }

/* As down_write, while another of its rank is held. */
void down_write_nested(struct rw_semaphore *sem) { down(sem, true, true); }

/* True if we share it now. => does not sleep; any order */
bool down_read_trylock(struct rw_semaphore *sem) { return trylock(sem, false); }

/* True if it is ours alone now. => does not sleep; any order */
bool down_write_trylock(struct rw_semaphore *sem) { return trylock(sem, true); }

/* A reader goes. => does not sleep */
void up_read(struct rw_semaphore *sem)
{
	unsigned long flags;

	lockdep_sleeping_release(sem);
	spin_lock_irqsave(&sem->lock, flags);
	ASSERT_OP(sem->activity, >, 0);
	if (--sem->activity == 0)
		released(sem);
	spin_unlock_irqrestore(&sem->lock, flags);
}

/* The writer goes. => does not sleep */
void up_write(struct rw_semaphore *sem)
{
	unsigned long flags;

	lockdep_sleeping_release(sem);
	spin_lock_irqsave(&sem->lock, flags);
	ASSERT_OP(sem->activity, ==, -1);
	sem->activity = 0;
	released(sem);
	spin_unlock_irqrestore(&sem->lock, flags);
}

/* The writer stays as a reader, with those readers who came first. */
void downgrade_write(struct rw_semaphore *sem)
{
	unsigned long flags;

	spin_lock_irqsave(&sem->lock, flags);
	ASSERT_OP(sem->activity, ==, -1);
	sem->activity = 1;
	if (first_waiter(sem) && !first_waiter(sem)->write)
		grant_first(sem);
	spin_unlock_irqrestore(&sem->lock, flags);
}
