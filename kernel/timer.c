/*
 * timer.c: one-shot timers, the tick, and sleeping for a time.
 *
 * Owns:   each CPU's timer base: its timers in an rb tree by expiry, and when its next tick is due.
 * Locks:  base->lock. A timer belongs to the base of timer->cpu; timer->cpu changes only under that base's lock, so
 *         who locks looks again (lock_base).
 * Read next: sched.c:scheduler_tick, time.c.
 *
 *	arch interrupt ─► timer_interrupt ─► functions of the timers that are due ─► tick, if due ─► program the next
 *
 * A CPU has a tick only while it runs a task: the idle loop stops it (tick_stop) and programs the first timer alone.
 */
#include "kernel/timer.h"
#include "kernel/profile.h"
#include "kernel/sched.h"
#include "kernel/arch.h"
#include "kernel/irq.h"

#define TIMER_MOVING	(-2)		/* timer->cpu between two bases; -1: never armed */

struct timer_base {
	spinlock_t lock;
	struct rb_root timers;		/* [lock] by expiry, equal ones first come first served */
	struct timer_list *running;	/* [lock] whose function runs now, on this CPU */
	u64 next_tick;			/* this CPU, interrupts off; ~0: none */
};

static DEFINE_PER_CPU(struct timer_base, timer_bases) = {
	.lock = SPIN_LOCK_UNLOCKED(RANK_TIMER), .next_tick = ~0ULL
};

/* A timer that is not armed. */
void setup_timer(struct timer_list *timer, void (*function)(struct timer_list *))
{
	timer->function = function;
	timer->expires = 0;
	timer->cpu = -1;
	timer->pending = false;
}

static u64 first_expiry(struct timer_base *base)
{
	struct rb_node *first = rb_first(&base->timers);

	return first ? rb_entry(first, struct timer_list, node)->expires : ~0ULL;
}

/* => this CPU's base, locked */
static void program(struct timer_base *base)
{
	arch_timer_program(min(first_expiry(base), base->next_tick));
}

/* The base that the timer belongs to, locked; NULL if it was never armed. => interrupts off */
static struct timer_base *lock_base(struct timer_list *timer)
{
	for (;;) {
		int cpu = READ_ONCE(timer->cpu);
		struct timer_base *base;

		if (cpu == TIMER_MOVING) {
			cpu_relax();
			continue;
		}
		if (cpu < 0)
			return NULL;
		base = &per_cpu(timer_bases, cpu);
		spin_lock(&base->lock);
		if (cpu == timer->cpu)
			return base;
		spin_unlock(&base->lock);
	}
}

static void dequeue(struct timer_base *base, struct timer_list *timer)
{
	rb_erase(&timer->node, &base->timers);
	timer->pending = false;
}

static void enqueue(struct timer_base *base, struct timer_list *timer)
{
	struct rb_node **link = &base->timers.rb_node, *parent = NULL;

	while (*link) {
		parent = *link;
		if (timer->expires < rb_entry(parent, struct timer_list, node)->expires)
			link = &parent->rb_left;
		else
			link = &parent->rb_right;
	}
	rb_link_node(&timer->node, parent, link);
	rb_insert_color(&timer->node, &base->timers);
	timer->pending = true;
}

/*
 * Arm @timer for @expires on this CPU. A timer whose function runs on another CPU just now stays with that CPU, so
 * that it never runs twice at once.
 * => any context; true: it was pending
 */
bool mod_timer(struct timer_list *timer, u64 expires)
{
	struct timer_base *base, *here;
	unsigned long flags;
	bool was_pending;

	local_irq_save(flags);
	here = &__get_cpu_var(timer_bases);
	base = lock_base(timer);
	was_pending = base && timer->pending;
	if (was_pending)
		dequeue(base, timer);
	if (base != here && !(base && base->running == timer)) {
		if (base) {
			WRITE_ONCE(timer->cpu, TIMER_MOVING);	/* nobody else arms it while we hold no lock */
			spin_unlock(&base->lock);
		}
		base = here;
		spin_lock(&base->lock);
		WRITE_ONCE(timer->cpu, smp_processor_id());
	}
	timer->expires = expires;
	enqueue(base, timer);
	if (base == here)
		program(here);
	spin_unlock(&base->lock);
	local_irq_restore(flags);
	return was_pending;
}

/* => any context; true: it was pending */
bool del_timer(struct timer_list *timer)
{
	struct timer_base *base;
	unsigned long flags;
	bool was_pending;

	local_irq_save(flags);
	base = lock_base(timer);
	was_pending = base && timer->pending;
	if (was_pending)
		dequeue(base, timer);
	if (base)
		spin_unlock(&base->lock);
	local_irq_restore(flags);
	return was_pending;
}

/* As del_timer; when it returns, the function does not run anywhere. => not from the function; no lock that it takes */
bool del_timer_sync(struct timer_list *timer)
{
	bool was_pending = false;

	for (;;) {
		struct timer_base *base;
		unsigned long flags;
		bool running;

		local_irq_save(flags);
		base = lock_base(timer);
		running = base && base->running == timer;
		if (base && timer->pending) {
			dequeue(base, timer);
			was_pending = true;
		}
		if (base)
			spin_unlock(&base->lock);
		local_irq_restore(flags);
		if (!running)
			return was_pending;
		cpu_relax();
	}
}

/* Functions run unlocked. Another CPU may have armed one of our timers meanwhile (mod_timer): we program afterwards. */
static void run_timers(struct timer_base *base, u64 now)
{
	struct rb_node *first;

	spin_lock(&base->lock);
	while ((first = rb_first(&base->timers))) {
		struct timer_list *timer = rb_entry(first, struct timer_list, node);

		if (timer->expires > now)
			break;
		dequeue(base, timer);
		base->running = timer;
		spin_unlock(&base->lock);
		timer->function(timer);
		spin_lock(&base->lock);
		base->running = NULL;	/* the timer itself may be gone by now */
	}
	spin_unlock(&base->lock);
}

/* This CPU's clock interrupt. => interrupts off */
void timer_interrupt(struct pt_regs *regs)
{
	struct timer_base *base = &__get_cpu_var(timer_bases);
	u64 now = arch_clock_ns();

	irq_enter();
	run_timers(base, now);
	if (now >= base->next_tick) {
		base->next_tick = (now / TICK_NSEC + 1) * TICK_NSEC;
		scheduler_tick(user_mode(regs));
		profile_tick(regs);
		printk_tick();
	}
	spin_lock(&base->lock);
	program(base);
	spin_unlock(&base->lock);
	irq_exit();
}

static void set_tick(u64 when)
{
	struct timer_base *base = &__get_cpu_var(timer_bases);

	base->next_tick = when;
	spin_lock(&base->lock);
	program(base);
	spin_unlock(&base->lock);
}

/* This CPU idles: no ticks. => interrupts off */
void tick_stop(void)
{
	set_tick(~0ULL);
}

/* This CPU has work: ticks, at times that are the same multiples on all CPUs. => interrupts off */
void tick_start(void)
{
	set_tick((arch_clock_ns() / TICK_NSEC + 1) * TICK_NSEC);
}

struct sleep_timer {
	struct timer_list timer;
	struct task_struct *task;
};

static void wake_sleeper(struct timer_list *timer)
{
	wake_up_process(container_of(timer, struct sleep_timer, timer)->task);
}

/* Sleep, in the state set before, until woken or @expires. => true: it is that late */
bool schedule_until(u64 expires)
{
	struct sleep_timer st = { .task = current };

	if (expires == ~0ULL) {
		schedule();
		return false;
	}
	setup_timer(&st.timer, wake_sleeper);
	mod_timer(&st.timer, expires);
	schedule();
	return !del_timer_sync(&st.timer) || ktime_get() >= expires;
}

/* As schedule_until, in jiffies from now; what is left of them. MAX_SCHEDULE_TIMEOUT: for ever. */
long schedule_timeout(long timeout)
{
	u64 expires, now;

	if (timeout == MAX_SCHEDULE_TIMEOUT) {
		schedule();
		return timeout;
	}
	if (timeout < 0)
		timeout = 0;
	expires = ktime_get() + jiffies_to_ns(timeout);
	schedule_until(expires);
	now = ktime_get();
	return now >= expires ? 0 : (long)((expires - now + TICK_NSEC - 1) / TICK_NSEC);
}

/* => sleeps */
long schedule_timeout_uninterruptible(long timeout)
{
	__set_current_state(TASK_UNINTERRUPTIBLE);
	return schedule_timeout(timeout);
}

/* The boot CPU's ticks begin. => interrupts off, arch_time_init done */
void __init timers_init(void)
{
	tick_start();
}
