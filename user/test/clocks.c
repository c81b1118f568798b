/*
 * Time: clocks, sleeping, interval timers. What a test waits for may come late, never
 * early.
 */
#include "test.h"
#include <sys/time.h>
#include <sys/times.h>
#include <sys/resource.h>
#include <time.h>

static volatile sig_atomic_t count;

static void on_alarm(int sig)
{
	count++;
}

static long long now(clockid_t id)
{
	struct timespec ts;

	CHECK_OK(clock_gettime(id, &ts));
	CHECK(ts.tv_nsec >= 0 && ts.tv_nsec < 1000000000);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

static void monotonic_never_goes_back(void)
{
	long long last = now(CLOCK_MONOTONIC), t;
	int i;

	for (i = 0; i < 20000; i++) {
		t = now(CLOCK_MONOTONIC);
		CHECK(t >= last);
		last = t;
	}
}

static void realtime_agrees(void)
{
	struct timeval tv;
	long long a = now(CLOCK_REALTIME), b;

	CHECK_OK(gettimeofday(&tv, NULL));
	b = now(CLOCK_REALTIME);
	CHECK(tv.tv_sec * 1000000LL + tv.tv_usec >= a / 1000);
	CHECK(tv.tv_sec * 1000000LL + tv.tv_usec <= b / 1000);
	CHECK(time(NULL) >= tv.tv_sec);
	CHECK(a > 1500000000LL * 1000000000);
}

static void clock_errors(void)
{
	struct timespec ts;

	CHECK_ERR(clock_gettime(99, &ts), EINVAL);
	CHECK_OK(clock_getres(CLOCK_MONOTONIC, &ts));
	CHECK(ts.tv_sec == 0 && ts.tv_nsec > 0 && ts.tv_nsec <= 10000000);
}

static void sleeps_long_enough(void)
{
	struct timespec ts = { 0, 30000000 }, bad = { 0, 1000000000 }, until;
	long long start = now(CLOCK_MONOTONIC);

	CHECK_OK(nanosleep(&ts, NULL));
	CHECK(now(CLOCK_MONOTONIC) - start >= 30000000);
	CHECK_ERR(nanosleep(&bad, NULL), EINVAL);
	bad.tv_sec = -1;
	bad.tv_nsec = 0;
	CHECK_ERR(nanosleep(&bad, NULL), EINVAL);
	CHECK_OK(clock_gettime(CLOCK_MONOTONIC, &until));
	until.tv_sec++;
	start = now(CLOCK_MONOTONIC);
	CHECK_EQ(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL), 0);
	CHECK(now(CLOCK_MONOTONIC) >= until.tv_sec * 1000000000LL + until.tv_nsec);
	CHECK_EQ(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL), 0);
	CHECK_EQ(clock_nanosleep(99, 0, &until, NULL), EINVAL);
}

/* On i386 the nanoseconds are a long in a 64-bit place: what lies above is not looked at. */
static void padding_is_ignored(void)
{
#ifdef __NR_clock_nanosleep_time64
	struct { long long sec; int nsec, above; } ts = { 0, 1000000, -1 }, two[2] = { ts, ts };

	CHECK_OK(syscall(__NR_clock_nanosleep_time64, CLOCK_MONOTONIC, 0, &ts, NULL));
	CHECK_EQ(syscall(__NR_ppoll_time64, NULL, 0, &ts, NULL, 8), 0);
	CHECK_OK(syscall(__NR_utimensat_time64, AT_FDCWD, ".", two, 0));
#else
	SKIP("a long is 64 bits");
#endif
}

static void real_timer(void)
{
	struct itimerval it = { { 0, 10000 }, { 0, 20000 } }, old;
	long long start = now(CLOCK_MONOTONIC);

	signal(SIGALRM, on_alarm);
	CHECK_OK(setitimer(ITIMER_REAL, &it, NULL));
	while (count < 5)
		pause();
	CHECK(now(CLOCK_MONOTONIC) - start >= 60000000 - 10000000);
	CHECK_OK(getitimer(ITIMER_REAL, &old));
	CHECK_EQ(old.it_interval.tv_usec, 10000);
	memset(&it, 0, sizeof(it));
	CHECK_OK(setitimer(ITIMER_REAL, &it, &old));
	CHECK_OK(getitimer(ITIMER_REAL, &old));
	CHECK(old.it_value.tv_sec == 0 && old.it_value.tv_usec == 0);
	it.it_value.tv_usec = 1000000;
	CHECK_ERR(setitimer(ITIMER_REAL, &it, NULL), EINVAL);
	it.it_value.tv_usec = 0;
	CHECK_ERR(setitimer(7, &it, NULL), EINVAL);
}

/* It goes on when its signal is taken: until then there is no time left, and an interval. */
static void real_timer_waits_for_its_signal(void)
{
	struct itimerval it = { { 0, 1000 }, { 0, 1000 } }, got;
	sigset_t alarm_alone, old;

	signal(SIGALRM, on_alarm);
	sigemptyset(&alarm_alone);
	sigaddset(&alarm_alone, SIGALRM);
	CHECK_OK(sigprocmask(SIG_BLOCK, &alarm_alone, &old));
	CHECK_OK(setitimer(ITIMER_REAL, &it, NULL));
	do
		CHECK_OK(getitimer(ITIMER_REAL, &got));
	while (got.it_value.tv_usec);
	CHECK_EQ(got.it_interval.tv_usec, 1000);
	CHECK_EQ(count, 0);
	CHECK_OK(sigprocmask(SIG_SETMASK, &old, NULL));
	while (count < 3)
		pause();
	signal(SIGALRM, SIG_IGN);
	do
		CHECK_OK(getitimer(ITIMER_REAL, &got));
	while (got.it_value.tv_usec);
	signal(SIGALRM, on_alarm);
	count = 0;
	CHECK_OK(kill(getpid(), SIGALRM));
	while (count < 3)
		pause();
	memset(&it, 0, sizeof(it));
	CHECK_OK(setitimer(ITIMER_REAL, &it, NULL));
}

/* An interval that is shorter than its own interrupt takes no CPU away for good: who has it can be killed. */
static void tiny_interval(void)
{
	struct itimerval it = { { 0, 1 }, { 0, 1 } };
	int status, ready[2];
	pid_t pid;
	char c;

	CHECK_OK(pipe(ready));
	pid = fork();
	if (!pid) {
		signal(SIGALRM, on_alarm);
		if (write(ready[1], "x", 1) != 1 || setitimer(ITIMER_REAL, &it, NULL))
			_exit(1);
		for (;;)
			;
	}
	CHECK_EQ(read(ready[0], &c, 1), 1);
	CHECK_OK(kill(pid, SIGKILL));
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void alarm_seconds(void)
{
	CHECK(alarm(100) <= TIMEOUT_SECONDS);
	CHECK_EQ(alarm(50), 100);
	CHECK_EQ(alarm(0), 50);
	CHECK_EQ(alarm(0), 0);
}

static void virtual_timer(void)
{
	struct itimerval it = { { 0, 0 }, { 0, 30000 } };
	struct rusage ru;

	signal(SIGVTALRM, on_alarm);
	CHECK_OK(setitimer(ITIMER_VIRTUAL, &it, NULL));
	while (!count)
		;
	CHECK_OK(getrusage(RUSAGE_SELF, &ru));
	CHECK(ru.ru_utime.tv_sec * 1000000L + ru.ru_utime.tv_usec > 0);	/* how much: a loaded host decides */
}

static void processor_time(void)
{
	long long start = now(CLOCK_PROCESS_CPUTIME_ID), thread = now(CLOCK_THREAD_CPUTIME_ID);
	struct tms t;
	volatile int i;

	for (i = 0; i < 20000000; i++)
		;
	CHECK(now(CLOCK_PROCESS_CPUTIME_ID) > start);
	CHECK(now(CLOCK_THREAD_CPUTIME_ID) > thread);
	CHECK(times(&t) != (clock_t)-1);
	CHECK(t.tms_utime >= 0 && t.tms_cutime == 0);
}

static void timers_are_not_inherited(void)
{
	struct itimerval it = { { 0, 0 }, { 100, 0 } }, got;

	CHECK_OK(setitimer(ITIMER_REAL, &it, NULL));
	CHECK_CHILD_OK({ CHECK_OK(getitimer(ITIMER_REAL, &got)); CHECK_EQ(got.it_value.tv_sec, 0); });
}

TEST_MAIN(
	TEST(monotonic_never_goes_back), TEST(realtime_agrees), TEST(clock_errors),
	TEST(sleeps_long_enough), TEST(padding_is_ignored), TEST(real_timer), TEST(real_timer_waits_for_its_signal),
	TEST(tiny_interval), TEST(alarm_seconds), TEST(virtual_timer),
	TEST(processor_time), TEST(timers_are_not_inherited),
)
