/*
 * time32.c: i386's first system calls with times of 32 bits. Linked there only.
 *
 * Owns:   nothing: each converts and calls what the wide form calls.
 * Read next: time.c.
 */
#include "kernel/time.h"
#include "kernel/futex.h"
#include "kernel/sched.h"
#include "kernel/syscalls.h"
#include "kernel/uaccess.h"

static int get_timespec32(const struct old_timespec32 __user *uts, u64 *ns)
{
	struct old_timespec32 ts32;
	struct __kernel_timespec ts;

	if (copy_from_user(&ts32, uts, sizeof(ts32)))
		return -EFAULT;
	ts = (struct __kernel_timespec){ ts32.tv_sec, ts32.tv_nsec };
	if (!timespec_valid(&ts))
		return -EINVAL;
	*ns = timespec_to_ns(&ts);
	return 0;
}

static int put_timespec32(u64 ns, void __user *uts)
{
	struct old_timespec32 ts = { (s32)(ns / NSEC_PER_SEC), (s32)(ns % NSEC_PER_SEC) };

	return copy_to_user(uts, &ts, sizeof(ts)) ? -EFAULT : 0;
}

/* clock_gettime, i386 265 */
long sys_clock_gettime32(int clock, struct old_timespec32 __user *tp)
{
	u64 ns;
	int err = clock_get_ns(clock, &ns);

	return err ? err : put_timespec32(ns, tp);
}

/* clock_settime, i386 264 */
long sys_clock_settime32(int clock, const struct old_timespec32 __user *tp)
{
	u64 ns;
	int err;

	if (clock != CLOCK_REALTIME)
		return -EINVAL;
	err = get_timespec32(tp, &ns);
	if (err)
		return err;
	return capable_root() ? ktime_set_real(ns) : -EPERM;
}

/* clock_getres, i386 266 */
long sys_clock_getres_time32(int clock, struct old_timespec32 __user *tp)
{
	u64 ns;
	int err = clock_res_ns(clock, &ns);

	return err || !tp ? err : put_timespec32(ns, tp);
}

/* clock_nanosleep, i386 267 */
long sys_clock_nanosleep_time32(int clock, int flags, const struct old_timespec32 __user *req,
				struct old_timespec32 __user *rem)
{
	u64 ns;
	int err = get_timespec32(req, &ns);

	return err ? err : do_clock_nanosleep(clock, flags, ns, rem, put_timespec32);
}

/* nanosleep, i386 162 */
long sys_nanosleep_time32(const struct old_timespec32 __user *req, struct old_timespec32 __user *rem)
{
	return sys_clock_nanosleep_time32(CLOCK_MONOTONIC, 0, req, rem);
}

/* futex, i386 240 */
long sys_futex_time32(u32 __user *uaddr, int op, u32 val, const struct old_timespec32 __user *timeout,
		      u32 __user *uaddr2, u32 val3)
{
	u64 ns = 0;
	int err;

	if (!timeout || !futex_has_timeout(op))
		return do_futex(uaddr, op, val, NULL, uaddr2, (u32)(unsigned long)timeout, val3);
	err = get_timespec32(timeout, &ns);
	return err ? err : do_futex(uaddr, op, val, &ns, uaddr2, 0, val3);
}

/* rt_sigtimedwait, i386 177 */
long sys_rt_sigtimedwait_time32(const sigset_t __user *uset, siginfo_t __user *uinfo,
				const struct old_timespec32 __user *timeout, size_t sigsetsize)
{
	u64 expires = ~0ULL, ns;
	sigset_t set;
	siginfo_t info;
	int sig;

	if (sigsetsize != sizeof(set))
		return -EINVAL;
	if (copy_from_user(&set, uset, sizeof(set)))
		return -EFAULT;
	if (timeout) {
		int err = get_timespec32(timeout, &ns);

		if (err)
			return err;
		expires = timeout_from_ns(ns);
	}
	sig = do_sigtimedwait(&set, &info, expires);
	if (sig > 0 && uinfo && copy_to_user(uinfo, &info, sizeof(info)))
		return -EFAULT;
	return sig;
}

/* time, i386 13 */
long sys_time32(int __user *tloc)
{
	int now = (int)(ktime_get_real() / NSEC_PER_SEC);

	return tloc && put_user(now, tloc) ? -EFAULT : now;
}

/* stime, i386 25 */
long sys_stime32(const int __user *tptr)
{
	int seconds;

	if (get_user(seconds, tptr))
		return -EFAULT;
	if (!capable_root())
		return -EPERM;
	return seconds < 0 ? -EINVAL : ktime_set_real((u64)seconds * NSEC_PER_SEC);
}
