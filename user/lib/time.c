/*
 * Clocks, sleeping, interval timers, and dates (UTC only).
 */
#include <stdio.h>
#include <time.h>
#include <sys/time.h>
#include "user/lib/internal.h"

/* The calls with 64-bit seconds: RISC-V's only ones, i386's second generation. */
#ifdef __NR_clock_gettime64
#define NR_GETTIME	__NR_clock_gettime64
#define NR_SETTIME	__NR_clock_settime64
#define NR_GETRES	__NR_clock_getres_time64
#define NR_NANOSLEEP	__NR_clock_nanosleep_time64
#else
#define NR_GETTIME	__NR_clock_gettime
#define NR_SETTIME	__NR_clock_settime
#define NR_GETRES	__NR_clock_getres
#define NR_NANOSLEEP	__NR_clock_nanosleep
#endif

int clock_gettime(clockid_t id, struct timespec *ts) { return syscall(NR_GETTIME, id, ts); }
int clock_settime(clockid_t id, const struct timespec *ts) { return syscall(NR_SETTIME, id, ts); }
int clock_getres(clockid_t id, struct timespec *ts) { return syscall(NR_GETRES, id, ts); }
int getitimer(int which, struct itimerval *it) { return sys(getitimer, which, it); }

int setitimer(int which, const struct itimerval *it, struct itimerval *old)
{
	return sys(setitimer, which, it, old);
}

/* => returns the error number, unlike nanosleep */
int clock_nanosleep(clockid_t id, int flags, const struct timespec *ts, struct timespec *left)
{
	return syscall(NR_NANOSLEEP, id, flags, ts, left) ? errno : 0;
}

int nanosleep(const struct timespec *ts, struct timespec *left)
{
	return syscall(NR_NANOSLEEP, CLOCK_REALTIME, 0, ts, left);
}

unsigned int sleep(unsigned int sec)
{
	struct timespec ts = { sec, 0 };

	return nanosleep(&ts, &ts) ? ts.tv_sec + (ts.tv_nsec > 0) : 0;
}

int usleep(useconds_t usec)
{
	struct timespec ts = { usec / 1000000, usec % 1000000 * 1000L };

	return nanosleep(&ts, NULL);
}

unsigned int alarm(unsigned int sec)
{
	struct itimerval it = { .it_value.tv_sec = sec }, old;

	if (setitimer(ITIMER_REAL, &it, &old))
		return 0;
	return old.it_value.tv_sec + (old.it_value.tv_usec > 0);
}

time_t time(time_t *t)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	if (t)
		*t = ts.tv_sec;
	return ts.tv_sec;
}

int gettimeofday(struct timeval *tv, void *tz)
{
	struct timespec ts;

	if (clock_gettime(CLOCK_REALTIME, &ts))
		return -1;
	*tv = (struct timeval){ ts.tv_sec, ts.tv_nsec / 1000 };
	return 0;
}

clock_t clock(void)
{
	struct timespec ts;

	if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts))
		return -1;
	return ts.tv_sec * CLOCKS_PER_SEC + ts.tv_nsec / 1000;
}

static int is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

struct tm *gmtime_r(const time_t *t, struct tm *tm)
{
	static const char month_days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	long days = *t / 86400, left = *t % 86400;
	int year = 1970, month = 0, n;

	if (left < 0) {
		left += 86400;
		days--;
	}
	*tm = (struct tm){ .tm_sec = left % 60, .tm_min = left / 60 % 60, .tm_hour = left / 3600 };
	tm->tm_wday = ((days + 4) % 7 + 7) % 7;
	for (; days < 0; days += 365 + is_leap(year))
		year--;
	for (; days >= 365 + is_leap(year); year++)
		days -= 365 + is_leap(year);
	tm->tm_yday = days;
	for (; days >= (n = month_days[month] + (month == 1 && is_leap(year))); month++)
		days -= n;
	tm->tm_year = year - 1900;
	tm->tm_mon = month;
	tm->tm_mday = days + 1;
	return tm;
}

struct tm *gmtime(const time_t *t)
{
	static struct tm tm;

	return gmtime_r(t, &tm);
}

struct tm *localtime(const time_t *t)
{
	return gmtime(t);
}

/* One conversion of strftime into buf; an unknown one is copied. */
static void put_field(char *buf, size_t size, char conv, const struct tm *tm)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	static const char days[] = "SunMonTueWedThuFriSat";

	switch (conv) {
	case 'Y': snprintf(buf, size, "%d", tm->tm_year + 1900); break;
	case 'm': snprintf(buf, size, "%02d", tm->tm_mon + 1); break;
	case 'd': snprintf(buf, size, "%02d", tm->tm_mday); break;
	case 'e': snprintf(buf, size, "%2d", tm->tm_mday); break;
	case 'H': snprintf(buf, size, "%02d", tm->tm_hour); break;
	case 'M': snprintf(buf, size, "%02d", tm->tm_min); break;
	case 'S': snprintf(buf, size, "%02d", tm->tm_sec); break;
	case 'j': snprintf(buf, size, "%03d", tm->tm_yday + 1); break;
	case 'b': snprintf(buf, size, "%.3s", names + 3 * tm->tm_mon); break;
	case 'a': snprintf(buf, size, "%.3s", days + 3 * tm->tm_wday); break;
	case 'Z': snprintf(buf, size, "UTC"); break;
	case 'F': strftime(buf, size, "%Y-%m-%d", tm); break;
	case 'T': strftime(buf, size, "%H:%M:%S", tm); break;
	default: snprintf(buf, size, "%c", conv);
	}
}

size_t strftime(char *buf, size_t size, const char *fmt, const struct tm *tm)
{
	size_t n = 0;

	for (; *fmt && n + 1 < size; fmt++) {
		if (*fmt != '%' || !fmt[1]) {
			buf[n++] = *fmt;
			continue;
		}
		put_field(buf + n, size - n, *++fmt, tm);
		n += strlen(buf + n);
	}
	if (*fmt || !size)
		return 0;
	buf[n] = 0;
	return n;
}
