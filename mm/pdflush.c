/*
 * pdflush.c: a few threads that write dirty pages, more of them while there is much to do.
 *
 * Owns:   the threads "pdflush", 2 to 8, and the list of the idle ones, last one first.
 * Locks:  pdflush_lock for the list and the threads' orders.
 * Read next: page-writeback.c, which gives them work.
 *
 * A thread that comes back from work starts another one if nobody was idle for a second; a thread that wakes up to work goes
 * away if somebody has been idle for a second and there are more than 2.
 */
#include "mm/pagemap.h"
#include "kernel/sched.h"
#include "kernel/irq.h"

#define MIN_PDFLUSH_THREADS	2
#define MAX_PDFLUSH_THREADS	8

/* One thread's order. [p] pdflush_lock */
struct pdflush_work {
	struct task_struct *who;
	void (*fn)(unsigned long);	/* [p] NULL: none yet */
	unsigned long arg0;		/* [p] */
	struct list_head list;		/* [p] pdflush_list */
	unsigned long idle_since;	/* [p] jiffies */
};

static LIST_HEAD(pdflush_list);
static DEFINE_SPINLOCK(pdflush_lock, RANK_WORK);
static unsigned long last_empty;	/* [p] when the last idle thread got work */
int nr_pdflush_threads;			/* [p] */

static int pdflush(void *unused);

/* => pdflush_lock not held; may sleep */
static void start_one(void)
{
	bool wanted;

	spin_lock_irq(&pdflush_lock);
	wanted = nr_pdflush_threads < MAX_PDFLUSH_THREADS;
	if (wanted)
		nr_pdflush_threads++;
	spin_unlock_irq(&pdflush_lock);
	if (wanted && IS_ERR(kthread_run(pdflush, NULL, "pdflush"))) {
		spin_lock_irq(&pdflush_lock);
		nr_pdflush_threads--;
		spin_unlock_irq(&pdflush_lock);
	}
}

/* Sleep on the idle list until there is an order. */
static void await_order(struct pdflush_work *mine)
{
	spin_lock_irq(&pdflush_lock);
	mine->fn = NULL;
	mine->idle_since = jiffies;
	list_move(&mine->list, &pdflush_list);
	while (!mine->fn) {
		set_current_state(TASK_INTERRUPTIBLE);
		spin_unlock_irq(&pdflush_lock);
		schedule();
		spin_lock_irq(&pdflush_lock);
	}
	__set_current_state(TASK_RUNNING);
	spin_unlock_irq(&pdflush_lock);
}

/* Has the longest idle thread been so for a second, and are there more than enough? */
static bool too_many(void)
{
	struct pdflush_work *longest;
	bool leave = false;

	spin_lock_irq(&pdflush_lock);
	if (!list_empty(&pdflush_list) && nr_pdflush_threads > MIN_PDFLUSH_THREADS) {
		longest = list_last_entry(&pdflush_list, struct pdflush_work, list);
		if (time_after(jiffies, longest->idle_since + HZ)) {
			longest->idle_since = jiffies;		/* at most one goes a second */
			nr_pdflush_threads--;
			leave = true;
		}
	}
	spin_unlock_irq(&pdflush_lock);
	return leave;
}

static bool too_few(void)
{
	bool start;

	spin_lock_irq(&pdflush_lock);
	start = list_empty(&pdflush_list) && time_after(jiffies, last_empty + HZ);
	spin_unlock_irq(&pdflush_lock);
	return start;
}

static int pdflush(void *unused)
{
	struct pdflush_work mine = { .who = current, .list = LIST_HEAD_INIT(mine.list) };

	current->flags |= PF_SWAPWRITE;
	do {
		await_order(&mine);
		mine.fn(mine.arg0);
		if (too_few())
			start_one();
	} while (!too_many());
	return 0;
}

/* Let an idle thread call @fn(@arg0). 0, or -1: all are busy. => any context */
int pdflush_operation(void (*fn)(unsigned long), unsigned long arg0)
{
	struct pdflush_work *work;
	unsigned long flags;
	int ret = -1;

	spin_lock_irqsave(&pdflush_lock, flags);
	if (!list_empty(&pdflush_list)) {
		work = list_first_entry(&pdflush_list, struct pdflush_work, list);
		list_del_init(&work->list);
		if (list_empty(&pdflush_list))
			last_empty = jiffies;
		work->fn = fn;
		work->arg0 = arg0;
		wake_up_process(work->who);
		ret = 0;
	}
	spin_unlock_irqrestore(&pdflush_lock, flags);
	return ret;
}

/* => threads can be made */
void __init pdflush_init(void)
{
	for (int i = 0; i < MIN_PDFLUSH_THREADS; i++)
		start_one();
}
