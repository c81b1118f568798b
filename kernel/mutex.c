/*
 * mutex.c: sleeping locks with one owner.
 *
 * Owns:   struct mutex. Its count: 1 free, 0 held, -1 held and perhaps waited for.
 * Locks:  the mutex's wait queue's.
 *
 * Whoever wants it stores -1 and has it if it was 1. So the owner always sees -1 when somebody sleeps, and wakes one;
 * the last one to go may wake nobody, which costs nothing. A waker never hands the mutex over: who runs takes it.
 */
#include "kernel/mutex.h"
#include "kernel/sched.h"

/* A free mutex. */
void mutex_init(struct mutex *lock, enum lock_rank rank)
{
	atomic_set(&lock->count, 1);
	lock->rank = (u8)rank;
	lock->owner = NULL;
	init_waitqueue_head(&lock->wait);
}

/*
 * A signal may end the wait although we were the one that was woken: that is no loss, since we then left
 * -1 behind with somebody else as the owner, who wakes the next.
 */
static int lock_slow(struct mutex *lock, int state)
{
	DEFINE_WAIT(wait);
	int err = 0;

	for (;;) {
		prepare_to_wait_exclusive(&lock->wait, &wait, state);
		if (atomic_xchg(&lock->count, -1) == 1)
			break;
		if (state == TASK_INTERRUPTIBLE && signal_pending(current)) {
			err = -EINTR;
			break;
		}
		schedule();
	}
	finish_wait(&lock->wait, &wait);
	return err;
}

static int lock_common(struct mutex *lock, int state, bool nested)
{
	int err = 0;

	might_sleep();
	lockdep_sleeping_acquire(lock, lock->rank, nested);
	if (unlikely(atomic_cmpxchg(&lock->count, 1, 0) != 1))
		err = lock_slow(lock, state);
	if (err)
		lockdep_sleeping_release(lock);
	else
		lock->owner = current;
	return err;
}

/* => may sleep; process context */
void mutex_lock(struct mutex *lock)
{
	lock_common(lock, TASK_UNINTERRUPTIBLE, false);
}

/* As mutex_lock, while another of its rank is held. */
void mutex_lock_nested(struct mutex *lock)
{
	lock_common(lock, TASK_UNINTERRUPTIBLE, true);
}

/* 0, or -EINTR without the mutex. */
int mutex_lock_interruptible(struct mutex *lock)
{
	return lock_common(lock, TASK_INTERRUPTIBLE, false);
}

/* True if we have it now. => does not sleep; any order */
bool mutex_trylock(struct mutex *lock)
{
	if (atomic_cmpxchg(&lock->count, 1, 0) != 1)
		return false;
	lockdep_sleeping_acquire(lock, lock->rank, true);
	lock->owner = current;
	return true;
}

/* => by its owner; does not sleep */
void mutex_unlock(struct mutex *lock)
{
	ASSERT(lock->owner == current);
	lockdep_sleeping_release(lock);
	lock->owner = NULL;
	if (unlikely(atomic_xchg(&lock->count, 1) < 0))
		wake_up(&lock->wait);
}
