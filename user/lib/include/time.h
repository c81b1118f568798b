#ifndef _TIME_H
#define _TIME_H

#include <sys/types.h>
#include "kernel/uapi/time.h"

#define CLOCKS_PER_SEC	1000000L

/* 16 bytes on both ISAs, as the *_time64 calls want it */
struct timespec {
	time_t tv_sec;
	long tv_nsec;
	int : 8 * (8 - sizeof(long));
};

struct itimerspec {
	struct timespec it_interval;
	struct timespec it_value;
};

struct tm {
	int tm_sec, tm_min, tm_hour, tm_mday, tm_mon, tm_year, tm_wday, tm_yday, tm_isdst;
};

time_t time(time_t *t);
int clock_gettime(clockid_t id, struct timespec *ts);
int clock_settime(clockid_t id, const struct timespec *ts);
int clock_getres(clockid_t id, struct timespec *ts);
int clock_nanosleep(clockid_t id, int flags, const struct timespec *ts, struct timespec *left);
int nanosleep(const struct timespec *ts, struct timespec *left);
clock_t clock(void);
struct tm *gmtime_r(const time_t *t, struct tm *tm);
struct tm *gmtime(const time_t *t);
struct tm *localtime(const time_t *t);
size_t strftime(char *buf, size_t size, const char *fmt, const struct tm *tm);

#endif
