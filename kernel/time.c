/*
 * time.c: clocks, and sleeping by them.
 *
 * Owns:   the offset of CLOCK_REALTIME from the monotonic clock.
 * Locks:  wall_lock, a leaf, since 64 bits tear on 32-bit machines.
 * Read next: timer.c, itimer.c; time32.c for i386's old structures.
 */
#include "kernel/time.h"
#include "kernel/arch.h"
#include "kernel/sched.h"
#include "kernel/syscalls.h"
#include "kernel/uaccess.h"

static DEFINE_SPINLOCK(wall_lock, RANK_IRQ_LEAF);
static u64 wall_offset;			/* [wall_lock] CLOCK_REALTIME - CLOCK_MONOTONIC */
static struct timezone { int minuteswest, dsttime; } sys_tz;

/* CLOCK_MONOTONIC, ns. => any context */
u64 ktime_get(void) { return arch_clock_ns(); }

/* CLOCK_REALTIME, ns since 1970. => any context */
u64 ktime_get_real(void)
{
	unsigned long flags;
	u64 offset;

	spin_lock_irqsave(&wall_lock, flags);
	offset = wall_offset;
	spin_unlock_irqrestore(&wall_lock, flags);
	return arch_clock_ns() + offset;
}

/* It is @ns since 1970 now. 0, or -EINVAL for a time before boot. => any context */
int ktime_set_real(u64 ns)
{
	unsigned long flags;
	u64 now = arch_clock_ns();

	if (ns < now || ns > KTIME_MAX)
		return -EINVAL;
	spin_lock_irqsave(&wall_lock, flags);
	wall_offset = ns - now;
	spin_unlock_irqrestore(&wall_lock, flags);
	return 0;
}

/* => the arch's clocks run */
void __init time_init(void)
{
	wall_offset = arch_rtc_seconds() * NSEC_PER_SEC - min(arch_clock_ns(), arch_rtc_seconds() * NSEC_PER_SEC);
}

/* Ticks since boot. */
unsigned long get_jiffies(void) { return (unsigned long)(arch_clock_ns() / TICK_NSEC); }

/* ---- conversions ---- */

/* Saturates at KTIME_MAX. */
u64 timespec_to_ns(const struct __kernel_timespec *ts)
{
	if ((u64)ts->tv_sec >= KTIME_MAX / NSEC_PER_SEC)
		return KTIME_MAX;
	return (u64)ts->tv_sec * NSEC_PER_SEC + (u64)ts->tv_nsec;
}

struct __kernel_timespec ns_to_timespec(u64 ns)
{
	return (struct __kernel_timespec){ (s64)(ns / NSEC_PER_SEC), (s64)(ns % NSEC_PER_SEC) };
}

struct __kernel_old_timeval ns_to_timeval(u64 ns)
{
	return (struct __kernel_old_timeval){ (long)(ns / NSEC_PER_SEC), (long)(ns % NSEC_PER_SEC / NSEC_PER_USEC) };
}

/* A user's time; the upper half of a 32-bit program's nanoseconds is padding. */
int get_timespec(const void __user *uts, u64 *ns)
{
	struct __kernel_timespec ts;

	if (copy_from_user(&ts, uts, sizeof(ts)))
		return -EFAULT;
	if (sizeof(long) == 4)
		ts.tv_nsec = (u32)ts.tv_nsec;
	if (!timespec_valid(&ts))
		return -EINVAL;
	*ns = timespec_to_ns(&ts);
	return 0;
}

int put_timespec(u64 ns, void __user *uts)
{
	struct __kernel_timespec ts = ns_to_timespec(ns);

	return copy_to_user(uts, &ts, sizeof(ts)) ? -EFAULT : 0;
}

const struct timespec_abi timespec_wide = { get_timespec, put_timespec };

int get_timeout(const void __user *uts, const struct timespec_abi *abi, u64 *expires)
{
	u64 ns;
	int err;

	*expires = ~0ULL;
	if (!uts)
		return 0;
	err = abi->get(uts, &ns);
	if (!err)
		*expires = timeout_from_ns(ns);
	return err;
}

/* ---- CPU clocks ---- */

/* A whole group's CPU time, ended threads included. => tasklist_lock or siglock held, or p's group is our own */
void thread_group_cputime(struct task_struct *p, u64 *utime, u64 *stime)
{
	struct task_struct *t;

	*utime = p->signal->utime;
	*stime = p->signal->stime;
	for_each_thread(p, t) {
		task_cpu_time(t);	/* brings them up to date */
		*utime += t->utime;
		*stime += t->stime;
	}
}

static u64 group_time(struct task_struct *p)
{
	u64 utime, stime;

	thread_group_cputime(p, &utime, &stime);
	return utime + stime;
}

/* Negative clocks: ~pid << 3 | 4 if a thread's | which; all kinds are answered with the whole time. */
static int cpu_clock(int clock, u64 *ns)
{
	bool thread = clock == CLOCK_THREAD_CPUTIME_ID || (clock < 0 && (clock & 4));
	pid_t pid = clock < 0 ? ~(clock >> 3) : 0;
	struct task_struct *p;
	int err = 0;

	if (clock < 0 && (clock & 3) == 3)
		return -EINVAL;
	spin_lock(&tasklist_lock);
	p = pid ? find_task_by_pid(pid) : current;
	if (!p || (pid && thread && p->tgid != current->tgid))
		err = -EINVAL;
	else
		*ns = thread ? task_cpu_time(p) : group_time(p);
	spin_unlock(&tasklist_lock);
	return err;
}

int clock_get_ns(int clock, u64 *ns)
{
	switch (clock) {
	case CLOCK_REALTIME:
	case CLOCK_REALTIME_COARSE:
		*ns = ktime_get_real();
		return 0;
	case CLOCK_MONOTONIC:
	case CLOCK_MONOTONIC_RAW:
	case CLOCK_MONOTONIC_COARSE:
	case CLOCK_BOOTTIME:
		*ns = ktime_get();
		return 0;
	}
	if (clock < 0 || clock == CLOCK_PROCESS_CPUTIME_ID || clock == CLOCK_THREAD_CPUTIME_ID)
		return cpu_clock(clock, ns);
	return -EINVAL;
}

int clock_res_ns(int clock, u64 *ns)
{
	int err = clock_get_ns(clock, ns);

	*ns = clock == CLOCK_REALTIME_COARSE || clock == CLOCK_MONOTONIC_COARSE ? TICK_NSEC : 1;
	return err;
}

/* ---- system calls ---- */

/* clock_gettime(2) */
long sys_clock_gettime(int clock, struct __kernel_timespec __user *tp)
{
	u64 ns;
	int err = clock_get_ns(clock, &ns);

	return err ? err : put_timespec(ns, tp);
}

/* clock_getres(2) */
long sys_clock_getres(int clock, struct __kernel_timespec __user *tp)
{
	u64 ns;
	int err = clock_res_ns(clock, &ns);

	return err || !tp ? err : put_timespec(ns, tp);
}

long do_clock_settime(int clock, const void __user *tp, const struct timespec_abi *abi)
{
	u64 ns;
	int err;

	if (clock != CLOCK_REALTIME)
		return -EINVAL;
	err = abi->get(tp, &ns);
	if (err)
		return err;
	return capable_root() ? ktime_set_real(ns) : -EPERM;
}

/* clock_settime(2) */
long sys_clock_settime(int clock, const struct __kernel_timespec __user *tp)
{
	return do_clock_settime(clock, tp, &timespec_wide);
}

/* Sleep until @expires of the monotonic clock; true: slept enough. */
static bool sleep_until(u64 expires)
{
	while (ktime_get() < expires) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (signal_pending(current)) {
			__set_current_state(TASK_RUNNING);
			return false;
		}
		schedule_until(expires);
	}
	return true;
}

static long put_remaining(struct restart_block *rb)
{
	const struct timespec_abi *abi = (const struct timespec_abi *)rb->args[0];
	u64 now = ktime_get();

	return rb->rmtp ? abi->put(rb->expires > now ? rb->expires - now : 0, rb->rmtp) : 0;
}

/* Sleep on, after a signal without a handler (a stop) came between. */
static long nanosleep_restart(struct restart_block *rb)
{
	if (sleep_until(rb->expires))
		return 0;
	return put_remaining(rb) ? -EFAULT : -ERESTART_RESTARTBLOCK;
}

long do_clock_nanosleep(int clock, int flags, const void __user *req, void __user *rem, const struct timespec_abi *abi)
{
	struct restart_block *rb = &current->restart_block;
	u64 now = 0, ns;
	int err = abi->get(req, &ns);

	if (err)
		return err;
	if (clock == CLOCK_PROCESS_CPUTIME_ID || clock < 0)
		return -EOPNOTSUPP;
	if (clock == CLOCK_THREAD_CPUTIME_ID || clock_get_ns(clock, &now))
		return -EINVAL;
	if (flags & TIMER_ABSTIME) {
		u64 left = ns > now ? ns - now : 0;

		return sleep_until(timeout_from_ns(left)) ? 0 : -ERESTARTNOHAND;
	}
	rb->expires = timeout_from_ns(ns);
	if (sleep_until(rb->expires))
		return 0;
	rb->fn = nanosleep_restart;
	rb->rmtp = rem;
	rb->args[0] = (unsigned long)abi;
	return put_remaining(rb) ? -EFAULT : -ERESTART_RESTARTBLOCK;
}

/* clock_nanosleep(2) */
long sys_clock_nanosleep(int clock, int flags, const struct __kernel_timespec __user *req,
			 struct __kernel_timespec __user *rem)
{
	return do_clock_nanosleep(clock, flags, req, rem, &timespec_wide);
}

/* nanosleep(2) */
long sys_nanosleep(const struct __kernel_timespec __user *req, struct __kernel_timespec __user *rem)
{
	return sys_clock_nanosleep(CLOCK_MONOTONIC, 0, req, rem);
}

/* gettimeofday(2) */
long sys_gettimeofday(struct __kernel_old_timeval __user *utv, struct timezone __user *tz)
{
	struct __kernel_old_timeval tv = ns_to_timeval(ktime_get_real());

	if (utv && copy_to_user(utv, &tv, sizeof(tv)))
		return -EFAULT;
	return tz && copy_to_user(tz, &sys_tz, sizeof(sys_tz)) ? -EFAULT : 0;
}

/* settimeofday(2) */
long sys_settimeofday(const struct __kernel_old_timeval __user *utv, const struct timezone __user *utz)
{
	struct __kernel_old_timeval tv;
	struct timezone tz;

	if ((utv && copy_from_user(&tv, utv, sizeof(tv))) || (utz && copy_from_user(&tz, utz, sizeof(tz))))
		return -EFAULT;
	if (utv && (tv.tv_sec < 0 || tv.tv_usec < 0 || tv.tv_usec >= 1000000))
		return -EINVAL;
	if (!capable_root())
		return -EPERM;
	if (utz)
		sys_tz = tz;
	return utv ? ktime_set_real((u64)tv.tv_sec * NSEC_PER_SEC + (u64)tv.tv_usec * NSEC_PER_USEC) : 0;
}

static long ns_to_user_ticks(u64 ns) { return (long)(ns / (NSEC_PER_SEC / USER_HZ)); }

/* times(2): the ticks since boot. */
long sys_times(struct __kernel_tms __user *buf)
{
	struct __kernel_tms tms;
	u64 utime, stime;

	if (buf) {
		spin_lock_irq(&current->sighand->siglock);
		thread_group_cputime(current, &utime, &stime);
		tms.tms_utime = ns_to_user_ticks(utime);
		tms.tms_stime = ns_to_user_ticks(stime);
		tms.tms_cutime = ns_to_user_ticks(current->signal->cutime);
		tms.tms_cstime = ns_to_user_ticks(current->signal->cstime);
		spin_unlock_irq(&current->sighand->siglock);
		if (copy_to_user(buf, &tms, sizeof(tms)))
			return -EFAULT;
	}
	return ns_to_user_ticks(ktime_get());
}
