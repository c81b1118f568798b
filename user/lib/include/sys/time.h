#ifndef _SYS_TIME_H
#define _SYS_TIME_H

#include <sys/types.h>
#include "kernel/uapi/time.h"

/* Longs on both ISAs: i386 has no wider itimer or rusage. */
struct timeval {
	long tv_sec;
	long tv_usec;
};

struct itimerval {
	struct timeval it_interval;
	struct timeval it_value;
};

int gettimeofday(struct timeval *tv, void *tz);
int getitimer(int which, struct itimerval *it);
int setitimer(int which, const struct itimerval *it, struct itimerval *old);

#endif
