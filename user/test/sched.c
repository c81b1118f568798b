/*
 * The scheduler as programs see it: nice values, yielding, affinity, work on all CPUs.
 */
#include "test.h"
#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>

static void nice_values(void)
{
	int start, most;

	errno = 0;
	start = getpriority(PRIO_PROCESS, 0);		/* 0 in the guest; a host's tests may run at any */
	CHECK(start >= -20 && start < 20 && errno == 0);
	most = start + 5 < 19 ? start + 5 : 19;
	CHECK_OK(setpriority(PRIO_PROCESS, 0, most));
	CHECK_EQ(getpriority(PRIO_PROCESS, 0), most);
	CHECK_EQ(nice(3), most + 3 < 19 ? most + 3 : 19);
	CHECK_OK(setpriority(PRIO_PROCESS, 0, 100));
	CHECK_EQ(getpriority(PRIO_PROCESS, 0), 19);
	CHECK_CHILD_OK(CHECK_EQ(getpriority(PRIO_PROCESS, 0), 19));
	CHECK_ERR(setpriority(PRIO_PROCESS, 4000000, 0), ESRCH);
	CHECK_ERR(setpriority(99, 0, 0), EINVAL);
	CHECK_ERR(getpriority(99, 0), EINVAL);
	if (getuid() == 0)
		CHECK_OK(setpriority(PRIO_PROCESS, 0, -20));
}

static void yielding(void)
{
	int i;

	for (i = 0; i < 1000; i++)
		CHECK_OK(sched_yield());
}

static void run_on_each_cpu(void)
{
	cpu_set_t all, one;
	int cpu, n = 0;

	CHECK_OK(sched_getaffinity(0, sizeof(all), &all));
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &all))
			continue;
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		CHECK_OK(sched_setaffinity(0, sizeof(one), &one));
		CHECK_EQ(sched_getcpu(), cpu);
		sched_yield();
		CHECK_EQ(sched_getcpu(), cpu);
		CHECK_CHILD_OK(CHECK_EQ(sched_getcpu(), cpu));
		n++;
	}
	CHECK(n >= 1);
	CPU_ZERO(&one);
	CHECK_ERR(sched_setaffinity(0, sizeof(one), &one), EINVAL);
	CHECK_ERR(sched_setaffinity(4000000, sizeof(all), &all), ESRCH);
	CHECK_OK(sched_setaffinity(0, sizeof(all), &all));
}

/* Without being told, processes that compute spread over all CPUs. */
static void work_spreads(void)
{
	volatile int *seen = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
				  -1, 0);
	struct timespec start, now;
	cpu_set_t all;
	int cpu, i, st, n = 0, used = 0;

	CHECK_OK(sched_getaffinity(0, sizeof(all), &all));
	for (cpu = 0; cpu < 64; cpu++)
		n += !!CPU_ISSET(cpu, &all);
	for (i = 0; i < 2 * n; i++) {
		if (fork() == 0) {
			clock_gettime(CLOCK_MONOTONIC, &start);
			do {
				cpu = sched_getcpu();
				if (cpu >= 0 && cpu < 64)
					seen[cpu] = 1;
				clock_gettime(CLOCK_MONOTONIC, &now);
				for (used = cpu = 0; cpu < 64; cpu++)
					used += seen[cpu];
			} while (used < n && now.tv_sec - start.tv_sec < 20);
			_exit(0);
		}
	}
	for (i = 0; i < 2 * n; i++)
		CHECK(wait(&st) > 0 && st == 0);
	for (used = cpu = 0; cpu < 64; cpu++)
		used += seen[cpu];
	CHECK_EQ(used, n);
}

/* A process that never sleeps leaves others their share: this one gets its turn. */
static void nobody_starves(void)
{
	volatile int *word = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
				  -1, 0);
	cpu_set_t one;
	pid_t hog;

	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	CHECK_OK(sched_setaffinity(0, sizeof(one), &one));
	hog = fork();
	if (hog == 0)
		for (;;)
			(*word)++;
	while (*word == 0)
		sched_yield();
	CHECK_CHILD_OK(;);
	CHECK_OK(kill(hog, SIGKILL));
	CHECK_EQ(waitpid(hog, NULL, 0), hog);
}

TEST_MAIN(
	TEST(nice_values), TEST(yielding), TEST(run_on_each_cpu), TEST(work_spreads),
	TEST(nobody_starves),
)
