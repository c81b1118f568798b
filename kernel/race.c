/*
 * race.c (DEBUG=1): a test stops a task at a named place until it has done the other half of a race.
 *
 * Owns:   the one armed place. Tests run one at a time, so one is enough.
 * Locks:  race_lock for the three states:  armed ─(a task comes)─► reached ─(released)─► gone
 */
#include "kernel/race.h"
#include "kernel/sched.h"
#include "kernel/lib/string.h"

static DEFINE_SPINLOCK(race_lock, RANK_IRQ_LEAF);
static DECLARE_WAIT_QUEUE_HEAD(race_wait_queue);
static const char *race_name;		/* [race_lock] armed, until released */
static bool race_reached;		/* [race_lock] */

/* The named place: go on, unless a test armed it. */
void race_point(const char *name)
{
	unsigned long flags;
	bool stop;

	if (likely(!READ_ONCE(race_name)))
		return;
	spin_lock_irqsave(&race_lock, flags);
	stop = race_name && !race_reached && !strcmp(race_name, name);
	if (stop)
		race_reached = true;
	spin_unlock_irqrestore(&race_lock, flags);
	if (!stop)
		return;
	wake_up_all(&race_wait_queue);
	wait_event(race_wait_queue, !READ_ONCE(race_reached));
}

/* The next task that comes to @name stops there. */
void race_arm(const char *name)
{
	unsigned long flags;

	spin_lock_irqsave(&race_lock, flags);
	race_reached = false;
	race_name = name;
	spin_unlock_irqrestore(&race_lock, flags);
}

/* Until a task stands at @name. False after five seconds. => sleeps */
bool race_wait(const char *name)
{
	return wait_event_timeout(race_wait_queue, READ_ONCE(race_reached), 5 * HZ) && race_name == name;
}

/* Let it go, and disarm. */
void race_release(const char *name)
{
	unsigned long flags;

	spin_lock_irqsave(&race_lock, flags);
	race_reached = false;
	race_name = NULL;
	spin_unlock_irqrestore(&race_lock, flags);
	wake_up_all(&race_wait_queue);
}
