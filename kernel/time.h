#ifndef KERNEL_TIME_H
#define KERNEL_TIME_H

/* Users' times: seconds and parts into nanoseconds and back (kernel/time.c). Time inside the kernel is u64 ns. */
#include "kernel/types.h"
#include "kernel/timer.h"
#include "kernel/uapi/time.h"

/* The largest time that we know, about 292 years. */
#define KTIME_MAX	((u64)~0ULL >> 1)

static inline bool timespec_valid(const struct __kernel_timespec *ts)
{
	return ts->tv_sec >= 0 && ts->tv_nsec >= 0 && ts->tv_nsec < NSEC_PER_SEC;
}
/* => valid; saturates */
u64 timespec_to_ns(const struct __kernel_timespec *ts);
struct __kernel_timespec ns_to_timespec(u64 ns);
struct __kernel_old_timeval ns_to_timeval(u64 ns);
/* 0, -EFAULT or -EINVAL. */
int get_timespec(const void __user *uts, u64 *ns);
int put_timespec(u64 ns, void __user *uts);
static inline u64 timeout_from_ns(u64 ns) { return min(ktime_get() + ns, KTIME_MAX); }

/* How a call's times are laid out: as a timespec, or as i386's first calls have them (time32.c). */
struct timespec_abi {
	int (*get)(const void __user *uts, u64 *ns);	/* 0, -EFAULT or -EINVAL */
	int (*put)(u64 ns, void __user *uts);		/* 0 or -EFAULT */
};
extern const struct timespec_abi timespec_wide;
/* When a wait that a user gave a length for is over; ktime_get() counts. NULL: never, ~0. 0, -EFAULT, -EINVAL. */
int get_timeout(const void __user *uts, const struct timespec_abi *abi, u64 *expires);

/* What clock_* do, in ns. 0 or -errno. */
int clock_get_ns(int clock, u64 *ns);
int clock_res_ns(int clock, u64 *ns);

/* Calls of both layouts. => may sleep */
long do_clock_settime(int clock, const void __user *tp, const struct timespec_abi *abi);
long do_clock_nanosleep(int clock, int flags, const void __user *req, void __user *rem, const struct timespec_abi *abi);

#endif
