#ifndef KERNEL_RCU_H
#define KERNEL_RCU_H

/*
 * Classic RCU. A reader must not sleep; a CPU is quiescent when it switches tasks, idles or runs in user
 * mode. A callback runs in process context of the one "rcu" thread, after every CPU was quiescent once.
 */
#include "kernel/atomic.h"
#include "kernel/printk.h"

struct rcu_head {
	struct rcu_head *next;
	void (*func)(struct rcu_head *head);
};

#ifdef CONFIG_DEBUG
void rcu_read_lock(void);	/* counted, so that sleeping inside is caught */
void rcu_read_unlock(void);
#else
static inline void rcu_read_lock(void) { barrier(); }
static inline void rcu_read_unlock(void) { barrier(); }
#endif
#define rcu_dereference(p)		READ_ONCE(p)
#define rcu_assign_pointer(p, v)	smp_store_release(&(p), (v))

/* => any context; @func may not sleep. */
void call_rcu(struct rcu_head *head, void (*func)(struct rcu_head *head));
/* => sleeps until all readers of now are gone. */
void synchronize_rcu(void);
void rcu_init(void);
/* The scheduler's and the tick's reports. => interrupts off. */
void rcu_qsctr_inc(int cpu);
void rcu_check_callbacks(int cpu, bool user);
void rcu_idle_enter(void);	/* this CPU reads nothing until rcu_idle_exit, but in interrupts */
void rcu_idle_exit(void);

#endif
