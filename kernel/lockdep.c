/*
 * lockdep.c (DEBUG=1): are locks taken in the order of mm/locking.h?
 *
 * Owns:   for each CPU the stack of spinlocks that it holds; for each task that of its sleeping locks.
 * Locks:  none: a CPU's stack is its own, with interrupts off.
 *
 * A rank must be greater than all that are held. Ranks from RANK_IRQSAFE on need interrupts off, always; the others
 * never come in an interrupt. That is enough: no graph is learnt, so a wrong order is found the first time it runs.
 */
#include "kernel/spinlock.h"
#include "kernel/sched.h"
#include "kernel/irq.h"
#include "kernel/kallsyms.h"
#include "kernel/lockdep.h"

#define MAX_HELD	24

struct held_locks {
	int nr;
	struct { spinlock_t *lock; void *caller; } lock[MAX_HELD];
};

static DEFINE_PER_CPU(struct held_locks, held_locks);

static bool checking(void) { return !oops_in_progress; }

static int highest_rank(struct held_locks *held)
{
	int rank = RANK_NONE;

	for (int i = 0; i < held->nr; i++)
		rank = max(rank, (int)held->lock[i].lock->rank);
	return rank;
}

static void complain(const char *what, spinlock_t *lock, void *caller) __noreturn;
static void complain(const char *what, spinlock_t *lock, void *caller)
{
	char name[64];

	sprint_symbol(name, sizeof(name), (unsigned long)caller);
	panic("lock order: %s: lock %p of rank %d in %s", what, lock, lock->rank, name);
}

/* Before spinning for @lock: may we? => any context */
void lockdep_acquire(spinlock_t *lock, bool nested, void *caller)
{
	unsigned long flags;
	struct held_locks *held;
	int highest;

	if (!checking() || lock->rank == RANK_NONE)
		return;
	if (lock->rank >= RANK_IRQSAFE && !irqs_disabled())
		complain("interrupts are on", lock, caller);
	if (lock->rank < RANK_IRQSAFE && in_interrupt())
		complain("not for interrupts", lock, caller);
	local_irq_save(flags);
	held = &__get_cpu_var(held_locks);
	if (lock->owner == smp_processor_id() + 1 && READ_ONCE(lock->locked))
		complain("taken twice", lock, caller);
	highest = highest_rank(held);
	if (lock->rank < highest || (lock->rank == highest && !nested))
		complain("too low a rank", lock, caller);
	local_irq_restore(flags);
}

/* @lock is ours. */
void lockdep_acquired(spinlock_t *lock, void *caller)
{
	unsigned long flags;
	struct held_locks *held;

	if (!checking() || lock->rank == RANK_NONE)
		return;
	local_irq_save(flags);
	held = &__get_cpu_var(held_locks);
	if (held->nr == MAX_HELD)
		complain("too many held", lock, caller);
	held->lock[held->nr].lock = lock;
	held->lock[held->nr++].caller = caller;
	lock->owner = (u8)(smp_processor_id() + 1);
	local_irq_restore(flags);
}

/* @lock is given up; it need not be the last that was taken. */
void lockdep_release(spinlock_t *lock)
{
	unsigned long flags;
	struct held_locks *held;
	int i;

	if (!checking() || lock->rank == RANK_NONE)
		return;
	local_irq_save(flags);
	held = &__get_cpu_var(held_locks);
	for (i = held->nr - 1; i >= 0 && held->lock[i].lock != lock; i--)
		;
	if (i < 0)
		complain("released but not held", lock, __builtin_return_address(0));
	lock->owner = 0;
	held->nr--;
	for (; i < held->nr; i++)
		held->lock[i] = held->lock[i + 1];
	local_irq_restore(flags);
}

/* Does this CPU hold @lock? */
bool lockdep_held(const spinlock_t *lock)
{
	return !checking() || (READ_ONCE(lock->locked) &&
	       (lock->rank == RANK_NONE || lock->owner == smp_processor_id() + 1));
}

/* might_sleep(): no spinlock, no interrupt, no RCU reader. Boot, which has one task, may pretend. */
void lockdep_assert_may_sleep(const char *file, int line)
{
	unsigned long flags;
	int nr;

	if (!checking() || system_state == SYSTEM_BOOTING)
		return;
	local_irq_save(flags);
	nr = __get_cpu_var(held_locks).nr;
	local_irq_restore(flags);
	if (nr || irqs_disabled() || in_interrupt() || current->rcu_depth)
		panic("sleep at %s:%d: %d spinlocks held, interrupts %s%s, %d RCU readers", file, line, nr,
		      irqs_disabled() ? "off" : "on", in_interrupt() ? ", in an interrupt" : "", current->rcu_depth);
}

/* Before waiting for a mutex or semaphore. => process context */
void lockdep_sleeping_acquire(void *lock, enum lock_rank rank, bool nested)
{
	if (!checking() || rank == RANK_NONE)
		return;
	for (int i = 0; i < current->nr_held_sleeping; i++) {
		int held = current->held_sleeping[i].rank;

		if (current->held_sleeping[i].lock == lock && !nested)
			panic("lock order: sleeping lock %p of rank %d taken twice", lock, rank);
		if (rank < held || (rank == held && !nested))
			panic("lock order: sleeping lock %p of rank %d while %p of rank %d is held", lock, rank,
			      current->held_sleeping[i].lock, held);
	}
	if (current->nr_held_sleeping == (int)ARRAY_SIZE(current->held_sleeping))
		panic("lock order: too many sleeping locks");
	current->held_sleeping[current->nr_held_sleeping].lock = lock;
	current->held_sleeping[current->nr_held_sleeping++].rank = (u8)rank;
}

/* A mutex or semaphore is given up. */
void lockdep_sleeping_release(void *lock)
{
	int i;

	for (i = current->nr_held_sleeping - 1; i >= 0; i--)
		if (current->held_sleeping[i].lock == lock)
			break;
	if (i < 0)
		return;			/* unranked */
	current->nr_held_sleeping--;
	for (; i < current->nr_held_sleeping; i++)
		current->held_sleeping[i] = current->held_sleeping[i + 1];
}

/* Readers are counted so that might_sleep() sees them. */
void rcu_read_lock(void) { current->rcu_depth++; barrier(); }

/* The end of rcu_read_lock. */
void rcu_read_unlock(void) { barrier(); current->rcu_depth--; }

/* A new task, copied from its parent, holds nothing. */
void lockdep_init_task(struct task_struct *p)
{
	p->nr_held_sleeping = p->rcu_depth = 0;
}

/* For a panic's report. */
void lockdep_show_held(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct held_locks *held = &per_cpu(held_locks, cpu);

		for (int i = 0; i < min(held->nr, MAX_HELD); i++) {
			printk(KERN_EMERG "CPU %d holds spinlock %p of rank %d, taken at\n", cpu,
			       held->lock[i].lock, held->lock[i].lock->rank);
			print_ip((unsigned long)held->lock[i].caller);
		}
	}
	for (int i = 0; i < current->nr_held_sleeping; i++)
		printk(KERN_EMERG "pid %d holds sleeping lock %p of rank %d\n", current->pid,
		       current->held_sleeping[i].lock, current->held_sleeping[i].rank);
}
