#ifndef KERNEL_MUTEX_H
#define KERNEL_MUTEX_H

/*
 * Sleeping locks: mutex (one owner, who unlocks) and rw_semaphore (writers are not starved: a waiting
 * writer stops new readers). Lock letters: [w] the lock's own wait queue lock
 */
#include "kernel/wait.h"
#include "kernel/atomic.h"

struct mutex {
	atomic_t count;			/* 1 free, 0 held, -1 held and waited for */
	u8 rank;
	struct task_struct *owner;	/* the holder, for checks and panic reports */
	wait_queue_head_t wait;
};

#define MUTEX_INITIALIZER(name, r) { .count = ATOMIC_INIT(1), .rank = (r), .wait = { \
	.lock = SPIN_LOCK_UNLOCKED(RANK_WAITQUEUE), .task_list = LIST_HEAD_INIT((name).wait.task_list) } }
#define DEFINE_MUTEX(name, r)	struct mutex name = MUTEX_INITIALIZER(name, r)

void mutex_init(struct mutex *lock, enum lock_rank rank);
/* => may sleep; process context. */
void mutex_lock(struct mutex *lock);
/* A second mutex of one rank, in an order that the place documents. */
void mutex_lock_nested(struct mutex *lock);
/* 0 or -EINTR. */
int mutex_lock_interruptible(struct mutex *lock);
bool mutex_trylock(struct mutex *lock);
void mutex_unlock(struct mutex *lock);
static inline bool mutex_is_locked(struct mutex *lock) { return atomic_read(&lock->count) != 1; }

struct rw_semaphore {
	spinlock_t lock;		/* guards the fields below; irq-safe leaf */
	u8 rank;
	bool handoff;			/* the first waiter was passed over: nobody else takes it */
	int activity;			/* -1 a writer, 0 free, n readers */
	struct list_head wait_list;	/* rwsem_waiter, first come first served */
};

#define RWSEM_INITIALIZER(name, r) { .lock = SPIN_LOCK_UNLOCKED(RANK_WAITQUEUE), .rank = (r), \
	.wait_list = LIST_HEAD_INIT((name).wait_list) }
#define DECLARE_RWSEM(name, r)	struct rw_semaphore name = RWSEM_INITIALIZER(name, r)

void init_rwsem(struct rw_semaphore *sem, enum lock_rank rank);
void down_read(struct rw_semaphore *sem);
bool down_read_trylock(struct rw_semaphore *sem);
void down_write(struct rw_semaphore *sem);
void down_write_nested(struct rw_semaphore *sem);
bool down_write_trylock(struct rw_semaphore *sem);
void up_read(struct rw_semaphore *sem);
void up_write(struct rw_semaphore *sem);
void downgrade_write(struct rw_semaphore *sem);
static inline bool rwsem_is_locked(struct rw_semaphore *sem) { return READ_ONCE(sem->activity) != 0; }

#endif
