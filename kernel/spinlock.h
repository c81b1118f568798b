#ifndef KERNEL_SPINLOCK_H
#define KERNEL_SPINLOCK_H

/*
 * Spinlocks: four bytes in both builds, so that one fits into struct page.
 * A test-and-set lock, not a ticket: under TCG a virtual CPU that is next in line may not be running.
 *
 * DEBUG=1 checks rank, irq-safety, recursion and owner (kernel/lockdep.c).
 */
#include "kernel/types.h"
#include "kernel/printk.h"
#include "mm/locking.h"
#include <asm/irqflags.h>
#include <asm/barrier.h>

typedef struct spinlock {
	u8 locked;
	u8 rank;	/* enum lock_rank; constant after init */
	u8 owner;	/* DEBUG: CPU + 1 while held */
	u8 pad;
} __aligned(4) spinlock_t;

#define SPIN_LOCK_UNLOCKED(r)		{ .rank = (r) }
#define DEFINE_SPINLOCK(name, r)	spinlock_t name = SPIN_LOCK_UNLOCKED(r)

static inline void spin_lock_init(spinlock_t *lock, enum lock_rank rank)
{
	*lock = (spinlock_t)SPIN_LOCK_UNLOCKED(rank);
}

#ifdef CONFIG_DEBUG
void lockdep_acquire(spinlock_t *lock, bool nested, void *caller);	/* before spinning: checks */
void lockdep_acquired(spinlock_t *lock, void *caller);
void lockdep_release(spinlock_t *lock);
bool lockdep_held(const spinlock_t *lock);		/* by this CPU */
void lockdep_assert_may_sleep(const char *file, int line);
void lockdep_sleeping_acquire(void *lock, enum lock_rank rank, bool nested);
void lockdep_sleeping_release(void *lock);
#define assert_held(lock)	ASSERT(lockdep_held(lock))
#define might_sleep()		lockdep_assert_may_sleep(__FILE__, __LINE__)
#else
static inline void lockdep_acquire(spinlock_t *lock, bool nested, void *caller) { (void)lock; (void)nested; (void)caller; }
static inline void lockdep_acquired(spinlock_t *lock, void *caller) { (void)lock; (void)caller; }
static inline void lockdep_release(spinlock_t *lock) { (void)lock; }
static inline void lockdep_sleeping_acquire(void *lock, enum lock_rank rank, bool nested) { (void)lock; (void)rank; (void)nested; }
static inline void lockdep_sleeping_release(void *lock) { (void)lock; }
#define assert_held(lock)	((void)sizeof(lock))
#define might_sleep()		((void)0)
#endif

/* By the whole word, whose lowest byte @locked is: RISC-V has no atomic operations on bytes. */
static inline bool __spin_try(spinlock_t *lock)
{
	return !(__atomic_fetch_or((u32 *)lock, 1, __ATOMIC_ACQUIRE) & 1);
}

static inline void __spin_acquire(spinlock_t *lock)
{
	while (unlikely(!__spin_try(lock)))
		while (READ_ONCE(lock->locked))
			cpu_relax();
}

static __always_inline void spin_lock(spinlock_t *lock)
{
	lockdep_acquire(lock, false, __builtin_return_address(0));
	__spin_acquire(lock);
	lockdep_acquired(lock, __builtin_return_address(0));
}

/* For a second lock of the same rank; the place says in which order. */
static __always_inline void spin_lock_nested(spinlock_t *lock)
{
	lockdep_acquire(lock, true, __builtin_return_address(0));
	__spin_acquire(lock);
	lockdep_acquired(lock, __builtin_return_address(0));
}

static __always_inline bool spin_trylock(spinlock_t *lock)
{
	if (!__spin_try(lock))
		return false;
	lockdep_acquired(lock, __builtin_return_address(0));
	return true;
}

static __always_inline void spin_unlock(spinlock_t *lock)
{
	lockdep_release(lock);
	__atomic_store_n(&lock->locked, 0, __ATOMIC_RELEASE);
}

static inline bool spin_is_locked(const spinlock_t *lock) { return READ_ONCE(lock->locked); }

#define spin_lock_irq(lock)		do { local_irq_disable(); spin_lock(lock); } while (0)
#define spin_unlock_irq(lock)		do { spin_unlock(lock); local_irq_enable(); } while (0)
#define spin_lock_irqsave(lock, flags)	do { local_irq_save(flags); spin_lock(lock); } while (0)
#define spin_unlock_irqrestore(lock, flags) \
	do { spin_unlock(lock); local_irq_restore(flags); } while (0)

#endif
