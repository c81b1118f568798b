#ifndef KERNEL_LOCKDEP_H
#define KERNEL_LOCKDEP_H

/* What kernel/lockdep.c tells besides the checks that spinlock.h and mutex.h call. */

struct task_struct;

#ifdef CONFIG_DEBUG
void lockdep_init_task(struct task_struct *p);	/* holds nothing yet */
/* The spinlocks that each CPU holds and the sleeping locks of the current task, into the log. => panic */
void lockdep_show_held(void);
#else
static inline void lockdep_init_task(struct task_struct *p) { }
static inline void lockdep_show_held(void) { }
#endif

#endif
