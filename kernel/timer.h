#ifndef KERNEL_TIMER_H
#define KERNEL_TIMER_H

/*
 * One-shot timers, in nanoseconds of the monotonic clock, kept in an rb tree a CPU. A timer's function runs in
 * the timer interrupt of the CPU that armed it. Lock letters: [t] that CPU's timer base lock
 */
#include "kernel/types.h"
#include "kernel/lib/rbtree.h"

#define HZ		100
#define NSEC_PER_SEC	1000000000LL
#define NSEC_PER_MSEC	1000000LL
#define NSEC_PER_USEC	1000LL
#define TICK_NSEC	(NSEC_PER_SEC / HZ)

struct timer_list {
	struct rb_node node;				/* [t] */
	u64 expires;					/* [t] ns since boot */
	void (*function)(struct timer_list *timer);	/* => interrupts off; may re-arm */
	int cpu;					/* [t] base, or -1: never armed */
	bool pending;					/* [t] */
};

void setup_timer(struct timer_list *timer, void (*function)(struct timer_list *));
/* Arm or re-arm for @expires (ns). => any context. True: it was pending. */
bool mod_timer(struct timer_list *timer, u64 expires);
/* True: it was pending and will not run now. It may still be running elsewhere. */
bool del_timer(struct timer_list *timer);
/* As del_timer, and waits until it runs nowhere. => not from the timer's own function. */
bool del_timer_sync(struct timer_list *timer);
static inline bool timer_pending(const struct timer_list *timer) { return READ_ONCE(timer->pending); }

u64 ktime_get(void);			/* CLOCK_MONOTONIC, ns since boot */
u64 ktime_get_real(void);		/* CLOCK_REALTIME, ns since 1970 */
int ktime_set_real(u64 ns);
/* Ticks since boot, derived from the clock (there is no periodic tick to count on idle CPUs). */
unsigned long get_jiffies(void);
#define jiffies			get_jiffies()
#define time_after(a, b)	((long)((b) - (a)) < 0)
#define time_before(a, b)	time_after(b, a)
#define msecs_to_jiffies(ms)	(((unsigned long)(ms) * HZ + 999) / 1000)
#define jiffies_to_ns(j)	((u64)(j) * TICK_NSEC)
#define MAX_SCHEDULE_TIMEOUT	((long)(~0UL >> 1))

/* Sleep for at most @timeout jiffies in the state that was set before; returns what was left. */
long schedule_timeout(long timeout);
long schedule_timeout_uninterruptible(long timeout);
/* ns variant: sleep until @expires in the state set before; true: it was reached. */
bool schedule_until(u64 expires);

/* From the arch's timer interrupt. => interrupts off. */
struct pt_regs;
void timer_interrupt(struct pt_regs *regs);
/* The idle loop's: a CPU that idles has no tick. => interrupts off */
void tick_stop(void);
void tick_start(void);
void timers_init(void);
void time_init(void);

#endif
