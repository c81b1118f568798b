/*
 * wait.c: sleeping until something has happened.
 *
 * Owns:   wait queues and completions; the hashed table of queues for bits of words.
 * Locks:  each queue's own (irq-safe), under which waiters are woken: p->pi_lock and a run queue's lock nest inside.
 * Read next: sched.c:try_to_wake_up.
 */
#include "kernel/wait.h"
#include "kernel/sched.h"

#define WAIT_TABLE_BITS	7
#define WAIT_TABLE_SIZE	(1 << WAIT_TABLE_BITS)

static wait_queue_head_t bit_wait_table[WAIT_TABLE_SIZE];

/* => boot, before anybody sleeps */
void __init wait_init(void)
{
	for (int i = 0; i < WAIT_TABLE_SIZE; i++)
		init_waitqueue_head(&bit_wait_table[i]);
}

/* An empty queue. */
void init_waitqueue_head(wait_queue_head_t *q)
{
	spin_lock_init(&q->lock, RANK_WAITQUEUE);
	INIT_LIST_HEAD(&q->task_list);
}

/* Wake the waiter's task if it sleeps in a state of @mode. => the queue's lock held */
int default_wake_function(wait_queue_t *wait, unsigned int mode, int sync, void *key)
{
	return wake_up_state(wait->private, mode);
}

/* As default_wake_function, and takes the waiter off the queue. */
int autoremove_wake_function(wait_queue_t *wait, unsigned int mode, int sync, void *key)
{
	int woken = default_wake_function(wait, mode, sync, key);

	if (woken)
		list_del_init(&wait->task_list);
	return woken;
}

/* Woken with everybody. */
void add_wait_queue(wait_queue_head_t *q, wait_queue_t *wait)
{
	unsigned long flags;

	wait->flags &= ~WQ_FLAG_EXCLUSIVE;
	spin_lock_irqsave(&q->lock, flags);
	list_add(&wait->task_list, &q->task_list);
	spin_unlock_irqrestore(&q->lock, flags);
}

/* Off the queue, on which it must be. */
void remove_wait_queue(wait_queue_head_t *q, wait_queue_t *wait)
{
	unsigned long flags;

	spin_lock_irqsave(&q->lock, flags);
	list_del_init(&wait->task_list);
	spin_unlock_irqrestore(&q->lock, flags);
}

static void prepare(wait_queue_head_t *q, wait_queue_t *wait, int state, bool exclusive)
{
	unsigned long flags;

	spin_lock_irqsave(&q->lock, flags);
	wait->flags = exclusive ? WQ_FLAG_EXCLUSIVE : 0;
	if (list_empty(&wait->task_list)) {
		if (exclusive)
			list_add_tail(&wait->task_list, &q->task_list);
		else
			list_add(&wait->task_list, &q->task_list);
	}
	/* Before the caller looks at the condition: a waker that changes it later finds us on the queue, and asleep. */
	set_current_state(state);
	spin_unlock_irqrestore(&q->lock, flags);
}

/* On the queue and as good as asleep: now test the condition, then schedule(). */
void prepare_to_wait(wait_queue_head_t *q, wait_queue_t *wait, int state)
{
	prepare(q, wait, state, false);
}

/* As prepare_to_wait, to be woken alone. */
void prepare_to_wait_exclusive(wait_queue_head_t *q, wait_queue_t *wait, int state)
{
	prepare(q, wait, state, true);
}

/* Awake and off the queue, however that came. */
void finish_wait(wait_queue_head_t *q, wait_queue_t *wait)
{
	unsigned long flags;

	__set_current_state(TASK_RUNNING);
	spin_lock_irqsave(&q->lock, flags);
	if (!list_empty(&wait->task_list))
		list_del_init(&wait->task_list);
	spin_unlock_irqrestore(&q->lock, flags);
}

static void wake_up_common(wait_queue_head_t *q, unsigned int mode, int nr_exclusive, void *key)
{
	wait_queue_t *wait, *next;

	list_for_each_entry_safe(wait, next, &q->task_list, task_list) {
		unsigned int flags = wait->flags;

		if (wait->func(wait, mode, 0, key) && (flags & WQ_FLAG_EXCLUSIVE) && !--nr_exclusive)
			break;
	}
}

/* Wake all waiters that wait with everybody, and @nr_exclusive of the others (0: all). => any context */
void __wake_up(wait_queue_head_t *q, unsigned int mode, int nr_exclusive, void *key)
{
	unsigned long flags;

	spin_lock_irqsave(&q->lock, flags);
	wake_up_common(q, mode, nr_exclusive, key);
	spin_unlock_irqrestore(&q->lock, flags);
}

/* As __wake_up with one exclusive waiter. => the queue's lock held */
void __wake_up_locked(wait_queue_head_t *q, unsigned int mode)
{
	assert_held(&q->lock);
	wake_up_common(q, mode, 1, NULL);
}

/* Nothing is complete. */
void init_completion(struct completion *x)
{
	x->done = 0;
	init_waitqueue_head(&x->wait);
}

/* One waiter goes on: now, or whenever it comes. => any context */
void complete(struct completion *x)
{
	unsigned long flags;

	spin_lock_irqsave(&x->wait.lock, flags);
	x->done++;
	__wake_up_locked(&x->wait, TASK_NORMAL);
	spin_unlock_irqrestore(&x->wait.lock, flags);
}

/* The waker is out of @x when this returns, since it works under the lock: @x may stand on our stack. */
static int wait_for_common(struct completion *x, int state)
{
	DECLARE_WAITQUEUE(wait, current);
	int err = 0;

	might_sleep();
	spin_lock_irq(&x->wait.lock);
	if (!x->done) {
		wait.flags |= WQ_FLAG_EXCLUSIVE;
		list_add_tail(&wait.task_list, &x->wait.task_list);
		while (!x->done) {
			set_current_state(state);	/* first: a signal that comes after the look wakes us */
			if (state & TASK_WAKEKILL && fatal_signal_pending(current)) {
				err = -EINTR;
				break;
			}
			spin_unlock_irq(&x->wait.lock);
			schedule();
			spin_lock_irq(&x->wait.lock);
		}
		__set_current_state(TASK_RUNNING);
		list_del(&wait.task_list);
	}
	if (!err)
		x->done--;
	spin_unlock_irq(&x->wait.lock);
	return err;
}

/* Until complete(). => sleeps */
void wait_for_completion(struct completion *x)
{
	wait_for_common(x, TASK_UNINTERRUPTIBLE);
}

/* 0, or -EINTR when a signal that kills us came first. => sleeps */
int wait_for_completion_killable(struct completion *x)
{
	return wait_for_common(x, TASK_KILLABLE);
}

/* The queue for a bit, shared with others. => any context */
wait_queue_head_t *bit_waitqueue(void *word, int bit)
{
	unsigned long h = ((unsigned long)word / sizeof(long) * BITS_PER_LONG + (unsigned long)bit) * 0x9e3779b1UL;

	return &bit_wait_table[(u32)h >> (32 - WAIT_TABLE_BITS)];
}

/* A waiter of a hashed queue: only for its own bit, and only if that is clear. */
int wake_bit_function(wait_queue_t *wait, unsigned int mode, int sync, void *key)
{
	struct wait_bit_queue *w = container_of(wait, struct wait_bit_queue, wait);
	struct wait_bit_key *k = key;

	if (w->key.flags != k->flags || w->key.bit_nr != k->bit_nr || test_bit((unsigned)k->bit_nr, k->flags))
		return 0;
	return autoremove_wake_function(wait, mode, sync, key);
}

/* As wake_up_bit, of the queue that the caller chose. => any context */
void __wake_up_bit(wait_queue_head_t *q, void *word, int bit)
{
	struct wait_bit_key key = { word, bit };

	if (waitqueue_active(q))
		__wake_up(q, TASK_NORMAL, 1, &key);
}

/* Wake who waits for @bit of *@word. => it is clear, and a full barrier was passed; any context */
void wake_up_bit(void *word, int bit)
{
	__wake_up_bit(bit_waitqueue(word, bit), word, bit);
}

/* Until the bit is clear, or @action is not 0. => sleeps */
int __wait_on_bit(wait_queue_head_t *q, struct wait_bit_queue *wait, int (*action)(void *word), int state)
{
	int err = 0;

	do {
		prepare_to_wait(q, &wait->wait, state);
		if (test_bit((unsigned)wait->key.bit_nr, wait->key.flags))
			err = action(wait->key.flags);
	} while (test_bit((unsigned)wait->key.bit_nr, wait->key.flags) && !err);
	finish_wait(q, &wait->wait);
	return err;
}

/* Until we are who sets the bit, or @action is not 0. => sleeps */
int __wait_on_bit_lock(wait_queue_head_t *q, struct wait_bit_queue *wait, int (*action)(void *word), int state)
{
	int err = 0;

	do {
		prepare_to_wait_exclusive(q, &wait->wait, state);
		if (test_bit((unsigned)wait->key.bit_nr, wait->key.flags))
			err = action(wait->key.flags);
	} while (!err && test_and_set_bit((unsigned)wait->key.bit_nr, wait->key.flags));
	finish_wait(q, &wait->wait);
	return err;
}

/* As __wait_on_bit, on the hashed queue. */
int wait_on_bit(void *word, int bit, int (*action)(void *word), int state)
{
	DEFINE_WAIT_BIT(wait, word, bit);

	return test_bit((unsigned)bit, word) ? __wait_on_bit(bit_waitqueue(word, bit), &wait, action, state) : 0;
}
