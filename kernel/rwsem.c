/*
 * rwsem.c: sleeping locks for many readers or one writer.
 *
 * Owns:   struct rw_semaphore.
 * Locks:  the semaphore's own, an irq-safe leaf but for wake-ups.
 *
 * First come, first served: who finds waiters waits behind them, so writers do not starve. Whoever gives the semaphore
 * up hands it to the first waiter (or to all readers at the head), who finds waiter.task cleared and just goes on.
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
	INIT_LIST_HEAD(&sem->wait_list);
}

/* The waiter's stack frame may be gone as soon as its task is cleared; the task itself is held. */
static void grant(struct rwsem_waiter *waiter)
{
	struct task_struct *task = waiter->task;

	list_del(&waiter->list);
	get_task_struct(task);
	smp_store_release(&waiter->task, NULL);
	wake_up_process(task);
	put_task_struct(task);
}

/* Give the semaphore to those whose turn it is. => sem->lock held, no writer in it */
static void wake_next(struct rw_semaphore *sem)
{
	while (!list_empty(&sem->wait_list)) {
		struct rwsem_waiter *waiter = list_first_entry(&sem->wait_list, struct rwsem_waiter, list);

		if (waiter->write) {
			if (sem->activity == 0) {
				sem->activity = -1;
				grant(waiter);
			}
			return;
		}
		sem->activity++;
		grant(waiter);
	}
}

/* => sem->lock held; dropped */
static void wait_for_grant(struct rw_semaphore *sem, bool write, unsigned long flags)
{
	struct rwsem_waiter waiter = { .task = current, .write = write };

	list_add_tail(&waiter.list, &sem->wait_list);
	spin_unlock_irqrestore(&sem->lock, flags);
	for (;;) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		if (!smp_load_acquire(&waiter.task))
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
}

static bool try_read(struct rw_semaphore *sem)
{
	if (sem->activity < 0 || !list_empty(&sem->wait_list))
		return false;
	sem->activity++;
	return true;
}

static bool try_write(struct rw_semaphore *sem)
{
	if (sem->activity || !list_empty(&sem->wait_list))
		return false;
	sem->activity = -1;
	return true;
}

static void down(struct rw_semaphore *sem, bool write, bool nested)
{
	unsigned long flags;

	might_sleep();
	lockdep_sleeping_acquire(sem, sem->rank, nested);
	spin_lock_irqsave(&sem->lock, flags);
	if (write ? try_write(sem) : try_read(sem))
		spin_unlock_irqrestore(&sem->lock, flags);
	else
		wait_for_grant(sem, write, flags);
}

static bool trylock(struct rw_semaphore *sem, bool write)
{
	unsigned long flags;
	bool ok;

	spin_lock_irqsave(&sem->lock, flags);
	ok = write ? try_write(sem) : try_read(sem);
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
		wake_next(sem);
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
	wake_next(sem);
	spin_unlock_irqrestore(&sem->lock, flags);
}

/* The writer stays as a reader, with those readers who came first. */
void downgrade_write(struct rw_semaphore *sem)
{
	unsigned long flags;

	spin_lock_irqsave(&sem->lock, flags);
	ASSERT_OP(sem->activity, ==, -1);
	sem->activity = 1;
	wake_next(sem);
	spin_unlock_irqrestore(&sem->lock, flags);
}
