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
#include "kernel/fs/fs.h"

static int get_timespec32(const void __user *uts, u64 *ns)
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

static const struct timespec_abi timespec_narrow = { get_timespec32, put_timespec32 };

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
	return do_clock_settime(clock, tp, &timespec_narrow);
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
	return do_clock_nanosleep(clock, flags, req, rem, &timespec_narrow);
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
	return do_futex(uaddr, op, val, timeout, uaddr2, val3, &timespec_narrow);
}

/* rt_sigtimedwait, i386 177 */
long sys_rt_sigtimedwait_time32(const sigset_t __user *uset, siginfo_t __user *uinfo,
				const struct old_timespec32 __user *timeout, size_t sigsetsize)
{
	return do_sigtimedwait(uset, uinfo, timeout, sigsetsize, &timespec_narrow);
}

/* ppoll, i386 309 */
long sys_ppoll_time32(struct pollfd __user *fds, unsigned int nfds, const struct old_timespec32 __user *timeout,
		      const sigset_t __user *mask, size_t sigsetsize)
{
	return do_ppoll(fds, nfds, (void __user *)timeout, mask, sigsetsize, &timespec_narrow);
}

/* pselect6, i386 308 */
long sys_pselect6_time32(int n, unsigned long __user *in, unsigned long __user *out, unsigned long __user *ex,
			 struct old_timespec32 __user *timeout, void __user *sig)
{
	return do_pselect6(n, (unsigned long __user *[]){ in, out, ex }, timeout, sig, &timespec_narrow);
}

/* utimensat, i386 320: UTIME_NOW and UTIME_OMIT are no times, so it is not timespec_narrow's */
long sys_utimensat_time32(int dfd, const char __user *name, const struct old_timespec32 __user *utimes, int flags)
{
	struct old_timespec32 old[2];
	struct __kernel_timespec times[2];

	if (utimes && copy_from_user(old, utimes, sizeof(old)))
		return -EFAULT;
	for (int i = 0; utimes && i < 2; i++)
		times[i] = (struct __kernel_timespec){ old[i].tv_sec, old[i].tv_nsec };
	return do_utimensat(dfd, name, utimes ? times : NULL, flags);
}

/* utimes, i386 271: microseconds */
long sys_utimes_time32(const char __user *name, const struct old_timeval32 __user *utimes)
{
	struct old_timeval32 old[2];
	struct __kernel_timespec times[2];

	if (utimes && copy_from_user(old, utimes, sizeof(old)))
		return -EFAULT;
	for (int i = 0; utimes && i < 2; i++) {
		if (old[i].tv_usec < 0 || old[i].tv_usec >= 1000000)
			return -EINVAL;
		times[i] = (struct __kernel_timespec){ old[i].tv_sec, old[i].tv_usec * 1000LL };
	}
	return do_utimensat(AT_FDCWD, name, utimes ? times : NULL, 0);
}

/* utime, i386 30: seconds */
long sys_utime32(const char __user *name, const int __user *utime)
{
	struct __kernel_timespec times[2] = { { 0, 0 }, { 0, 0 } };
	int seconds[2];

	if (utime && copy_from_user(seconds, utime, sizeof(seconds)))
		return -EFAULT;
	for (int i = 0; utime && i < 2; i++)
		times[i].tv_sec = seconds[i];
	return do_utimensat(AT_FDCWD, name, utime ? times : NULL, 0);
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
