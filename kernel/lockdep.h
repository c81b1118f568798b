#ifndef KERNEL_LOCKDEP_H
#define KERNEL_LOCKDEP_H

/* What kernel/lockdep.c tells besides the checks that spinlock.h and mutex.h call. */

#ifdef CONFIG_DEBUG
/* The spinlocks that each CPU holds and the sleeping locks of the current task, into the log. => panic */
void lockdep_show_held(void);
#else
static inline void lockdep_show_held(void) { }
#endif

#endif
