#ifndef KERNEL_WORKQUEUE_H
#define KERNEL_WORKQUEUE_H

/* Deferred work in process context: one thread a CPU ("events/N"). Lock letters: [w] the CPU's work lock */
#include "kernel/lib/list.h"
#include "kernel/timer.h"

struct work_struct {
	unsigned long pending;		/* bit 0: queued and not yet begun */
	struct list_head entry;		/* [w] */
	void (*func)(struct work_struct *work);
};

struct delayed_work {
	struct work_struct work;
	struct timer_list timer;
};

void INIT_WORK(struct work_struct *work, void (*func)(struct work_struct *));
void INIT_DELAYED_WORK(struct delayed_work *work, void (*func)(struct work_struct *));
/* => any context. False: it was pending already. */
bool schedule_work(struct work_struct *work);
bool schedule_work_on(int cpu, struct work_struct *work);
bool schedule_delayed_work_on(int cpu, struct delayed_work *work, unsigned long delay);	/* jiffies */
/* => sleeps until func has run in every CPU's thread; not from work */
void schedule_on_each_cpu(void (*func)(struct work_struct *));
/* => sleeps until all that was queued at the call has run. */
void flush_scheduled_work(void);
void workqueue_init(void);

#endif
