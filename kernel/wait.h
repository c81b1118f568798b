#ifndef KERNEL_WAIT_H
#define KERNEL_WAIT_H

/*
 * Wait queues, as Linux's.
 *
 *	sleeper: prepare_to_wait ─► test condition ─► schedule ─► … ─► finish_wait
 *	waker:   make condition true ─► wake_up (calls each waiter's func under the queue's lock)
 *
 * Lock letters: [q] wait_queue_head.lock (irq-safe)
 */
#include "kernel/lib/list.h"
#include "kernel/spinlock.h"
#include "kernel/uapi/errno.h"

struct task_struct;

typedef struct wait_queue_head {
	spinlock_t lock;
	struct list_head task_list;	/* [q] */
} wait_queue_head_t;

typedef struct wait_queue wait_queue_t;
typedef int (*wait_queue_func_t)(wait_queue_t *wait, unsigned int mode, int sync, void *key);

struct wait_queue {
	unsigned int flags;		/* [q] WQ_FLAG_EXCLUSIVE */
	void *private;			/* the task, for the default function */
	wait_queue_func_t func;		/* returns nonzero when it woke somebody */
	struct list_head task_list;	/* [q] */
};

#define WQ_FLAG_EXCLUSIVE	1

#define WAIT_QUEUE_HEAD(name) wait_queue_head_t name = { \
	.lock = SPIN_LOCK_UNLOCKED(RANK_WAITQUEUE), .task_list = LIST_HEAD_INIT((name).task_list) }
#define DECLARE_WAIT_QUEUE_HEAD(name)	WAIT_QUEUE_HEAD(name)

#define DEFINE_WAIT(name) wait_queue_t name = { \
	.private = current, .func = autoremove_wake_function, .task_list = LIST_HEAD_INIT((name).task_list) }
#define DECLARE_WAITQUEUE(name, tsk) wait_queue_t name = { \
	.private = (tsk), .func = default_wake_function, .task_list = LIST_HEAD_INIT((name).task_list) }

void wait_init(void);
void init_waitqueue_head(wait_queue_head_t *q);
int default_wake_function(wait_queue_t *wait, unsigned int mode, int sync, void *key);
int autoremove_wake_function(wait_queue_t *wait, unsigned int mode, int sync, void *key);

/* => q's lock taken inside; do not sleep between prepare_to_wait and schedule. */
void add_wait_queue(wait_queue_head_t *q, wait_queue_t *wait);
void remove_wait_queue(wait_queue_head_t *q, wait_queue_t *wait);
void prepare_to_wait(wait_queue_head_t *q, wait_queue_t *wait, int state);
void prepare_to_wait_exclusive(wait_queue_head_t *q, wait_queue_t *wait, int state);
void finish_wait(wait_queue_head_t *q, wait_queue_t *wait);

/* => any context; wakes all non-exclusive waiters and @nr exclusive ones (0: all). */
void __wake_up(wait_queue_head_t *q, unsigned int mode, int nr_exclusive, void *key);
void __wake_up_locked(wait_queue_head_t *q, unsigned int mode);

#define wake_up(q)			__wake_up(q, TASK_NORMAL, 1, NULL)
#define wake_up_all(q)			__wake_up(q, TASK_NORMAL, 0, NULL)
#define wake_up_interruptible(q)	__wake_up(q, TASK_INTERRUPTIBLE, 1, NULL)
#define wake_up_interruptible_all(q)	__wake_up(q, TASK_INTERRUPTIBLE, 0, NULL)

static inline bool waitqueue_active(wait_queue_head_t *q) { return !list_empty(&q->task_list); }

#define __wait_event(q, cond, state, body) do {				\
	DEFINE_WAIT(__wait);						\
	for (;;) {							\
		prepare_to_wait(&(q), &__wait, state);			\
		if (cond)						\
			break;						\
		body;							\
	}								\
	finish_wait(&(q), &__wait);					\
} while (0)

#define wait_event(q, cond) do {					\
	might_sleep();							\
	if (!(cond))							\
		__wait_event(q, cond, TASK_UNINTERRUPTIBLE, schedule());\
} while (0)

/* 0, or -ERESTARTSYS when a signal came first. */
#define wait_event_interruptible(q, cond) ({				\
	int __ret = 0;							\
	might_sleep();							\
	if (!(cond))							\
		__wait_event(q, cond, TASK_INTERRUPTIBLE,		\
			if (signal_pending(current)) { __ret = -ERESTARTSYS; break; } \
			schedule());					\
	__ret; })

/* Jiffies left (at least 1 when the condition came true), 0 on timeout. */
#define wait_event_timeout(q, cond, timeout) ({				\
	long __left = (timeout);					\
	might_sleep();							\
	if (!(cond))							\
		__wait_event(q, cond, TASK_UNINTERRUPTIBLE,		\
			__left = schedule_timeout(__left);		\
			if (!__left) { __left = (cond) ? 1 : 0; break; });	\
	__left; })

struct completion {
	unsigned int done;		/* [q] of wait */
	wait_queue_head_t wait;
};

#define DECLARE_COMPLETION(name) struct completion name = { 0, { \
	.lock = SPIN_LOCK_UNLOCKED(RANK_WAITQUEUE), .task_list = LIST_HEAD_INIT((name).wait.task_list) } }
void init_completion(struct completion *x);
void complete(struct completion *x);
void wait_for_completion(struct completion *x);
int wait_for_completion_killable(struct completion *x);

/*
 * Waiting for a bit of a word to be clear, over a hashed table of queues. Queues are shared: a waiter is woken
 * for its own word and bit only.
 */
struct wait_bit_key { void *flags; int bit_nr; };
struct wait_bit_queue {
	struct wait_bit_key key;
	wait_queue_t wait;
};
#define DEFINE_WAIT_BIT(name, word, bit) struct wait_bit_queue name = {		\
	.key = { (word), (bit) }, .wait = { .private = current,			\
	.func = wake_bit_function, .task_list = LIST_HEAD_INIT((name).wait.task_list) } }
int wake_bit_function(wait_queue_t *wait, unsigned int mode, int sync, void *key);
wait_queue_head_t *bit_waitqueue(void *word, int bit);
/* => the bit was cleared, and a full barrier passed since. Any context. */
void wake_up_bit(void *word, int bit);
void __wake_up_bit(wait_queue_head_t *q, void *word, int bit);
/* @action sleeps (and may start I/O first); nonzero: give up with that. 0: the bit is clear, resp. we have set it. */
int __wait_on_bit(wait_queue_head_t *q, struct wait_bit_queue *wait, int (*action)(void *word), int state);
int __wait_on_bit_lock(wait_queue_head_t *q, struct wait_bit_queue *wait, int (*action)(void *word), int state);
int wait_on_bit(void *word, int bit, int (*action)(void *word), int state);

#endif
