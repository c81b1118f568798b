/*
 * Time: clocks, timers, and the two generations of structures. The wide ones are
 * what RISC-V and i386's *_time64 calls take; the old ones i386's first calls.
 */
#ifndef UAPI_TIME_H
#define UAPI_TIME_H

#include "kernel/uapi/types.h"

#define CLOCK_REALTIME			0
#define CLOCK_MONOTONIC			1
#define CLOCK_PROCESS_CPUTIME_ID	2
#define CLOCK_THREAD_CPUTIME_ID		3
#define CLOCK_MONOTONIC_RAW		4
#define CLOCK_REALTIME_COARSE		5
#define CLOCK_MONOTONIC_COARSE		6
#define CLOCK_BOOTTIME			7

#define TIMER_ABSTIME	0x01

#define ITIMER_REAL	0
#define ITIMER_VIRTUAL	1
#define ITIMER_PROF	2

/* Clock ticks a second, as times(2) and /proc/PID/stat count (AT_CLKTCK). */
#define USER_HZ		100

struct __kernel_timespec {
	__s64 tv_sec;
	__s64 tv_nsec;
};

struct __kernel_itimerspec {
	struct __kernel_timespec it_interval;
	struct __kernel_timespec it_value;
};

struct old_timespec32 {
	__s32 tv_sec;
	__s32 tv_nsec;
};

struct old_timeval32 {
	__s32 tv_sec;
	__s32 tv_usec;
};

/* longs: gettimeofday, setitimer and rusage have no wider form on i386 */
struct __kernel_old_timeval {
	__kernel_long_t tv_sec;
	__kernel_long_t tv_usec;
};

struct __kernel_old_timespec {
	__kernel_long_t tv_sec;
	__kernel_long_t tv_nsec;
};

struct __kernel_old_itimerval {
	struct __kernel_old_timeval it_interval;
	struct __kernel_old_timeval it_value;
};

struct __kernel_tms {
	__kernel_clock_t tms_utime;
	__kernel_clock_t tms_stime;
	__kernel_clock_t tms_cutime;
	__kernel_clock_t tms_cstime;
};

#endif
