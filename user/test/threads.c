/*
 * Threads: clone with one address space, thread-local storage, futexes private and
 * shared, and how threads end.
 */
#include "test.h"
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <time.h>

#ifdef __NR_futex_time64
#define NR_FUTEX	__NR_futex_time64
#else
#define NR_FUTEX	__NR_futex
#endif

#define THREAD_FLAGS	(CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD)
#define STACK		65536
#define NR_THREADS	4

static __thread int local = 5;
static __thread int local_zero;
static volatile int shared;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t barrier;

/* 64-bit seconds on both ISAs */
struct wide_timespec {
	long long tv_sec, tv_nsec;
};

static long futex(volatile int *word, int op, int value, const struct wide_timespec *ts)
{
	return syscall(NR_FUTEX, word, op, value, ts, NULL, 0);
}

static void *add_one(void *arg)
{
	shared += *(int *)arg;
	return (void *)7L;
}

static void create_and_join(void)
{
	pthread_t t;
	void *result;
	int v = 3;

	CHECK_EQ(pthread_create(&t, NULL, add_one, &v), 0);
	CHECK_EQ(pthread_join(t, &result), 0);
	CHECK_EQ(shared, 3);
	CHECK_EQ((long)result, 7);
}

static void *use_local(void *arg)
{
	int i;

	CHECK_EQ(local, 5);
	CHECK_EQ(local_zero, 0);
	for (i = 0; i < 1000; i++) {
		local += (long)arg;
		local_zero++;
		errno = (long)arg;
		sched_yield();
		CHECK_EQ(errno, (long)arg);
	}
	CHECK_EQ(local, 5 + 1000 * (long)arg);
	CHECK_EQ(local_zero, 1000);
	return NULL;
}

static void thread_local_storage(void)
{
	pthread_t t[NR_THREADS];
	long i;

	local = 77;
	for (i = 0; i < NR_THREADS; i++)
		CHECK_EQ(pthread_create(&t[i], NULL, use_local, (void *)i), 0);
	for (i = 0; i < NR_THREADS; i++)
		CHECK_EQ(pthread_join(t[i], NULL), 0);
	CHECK_EQ(local, 77);
	CHECK_CHILD_OK(CHECK_EQ(local, 77));
}

static void *count_locked(void *arg)
{
	int i;

	for (i = 0; i < 20000; i++) {
		pthread_mutex_lock(&mutex);
		shared++;
		pthread_mutex_unlock(&mutex);
	}
	return NULL;
}

static void mutual_exclusion(void)
{
	pthread_t t[NR_THREADS];
	int i;

	for (i = 0; i < NR_THREADS; i++)
		CHECK_EQ(pthread_create(&t[i], NULL, count_locked, NULL), 0);
	for (i = 0; i < NR_THREADS; i++)
		CHECK_EQ(pthread_join(t[i], NULL), 0);
	CHECK_EQ(shared, 20000 * NR_THREADS);
}

static void *meet(void *arg)
{
	int round;

	for (round = 0; round < 200; round++) {
		__atomic_add_fetch(&shared, 1, __ATOMIC_SEQ_CST);
		pthread_barrier_wait(&barrier);
		CHECK_EQ(shared, (round + 1) * NR_THREADS);
		pthread_barrier_wait(&barrier);
	}
	return NULL;
}

static void barriers(void)
{
	pthread_t t[NR_THREADS];
	int i;

	pthread_barrier_init(&barrier, NULL, NR_THREADS);
	for (i = 0; i < NR_THREADS; i++)
		CHECK_EQ(pthread_create(&t[i], NULL, meet, NULL), 0);
	for (i = 0; i < NR_THREADS; i++)
		CHECK_EQ(pthread_join(t[i], NULL), 0);
}

static void futex_answers(void)
{
	struct wide_timespec soon = { 0, 5000000 }, bad = { 0, 2000000000 };

	shared = 1;
	CHECK_ERR(futex(&shared, FUTEX_WAIT, 2, NULL), EAGAIN);
	CHECK_ERR(futex(&shared, FUTEX_WAIT, 1, &soon), ETIMEDOUT);
	CHECK_ERR(futex(&shared, FUTEX_WAIT | FUTEX_PRIVATE_FLAG, 1, &soon), ETIMEDOUT);
	CHECK_ERR(futex(&shared, FUTEX_WAIT, 1, &bad), EINVAL);
	CHECK_EQ(futex(&shared, FUTEX_WAKE, 10, NULL), 0);
	CHECK_ERR(futex((volatile int *)((char *)&shared + 1), FUTEX_WAIT, 1, NULL), EINVAL);
	CHECK_ERR(futex((volatile int *)8, FUTEX_WAIT, 1, NULL), EFAULT);
	CHECK_ERR(futex(&shared, 100, 1, NULL), ENOSYS);
}

static volatile int words[2];

static void *wait_for_one(void *arg)
{
	__atomic_add_fetch(&words[1], 1, __ATOMIC_SEQ_CST);
	while (!__atomic_load_n(&words[0], __ATOMIC_SEQ_CST))
		futex(&words[0], FUTEX_WAIT, 0, NULL);
	return arg;
}

/* Moving waiters of a word to the same word ends, and they can be woken after it. */
static void futex_requeue_onto_itself(void)
{
	pthread_t t[3];
	int i;

	for (i = 0; i < 3; i++)
		CHECK_EQ(pthread_create(&t[i], NULL, wait_for_one, NULL), 0);
	while (__atomic_load_n(&words[1], __ATOMIC_SEQ_CST) < 3)
		sched_yield();
	for (i = 0; i < 100; i++) {
		CHECK(syscall(NR_FUTEX, &words[0], FUTEX_REQUEUE, 0, (void *)(long)INT_MAX, &words[0], 0) >= 0);
		sched_yield();
	}
	__atomic_store_n(&words[0], 1, __ATOMIC_SEQ_CST);
	futex(&words[0], FUTEX_WAKE, INT_MAX, NULL);
	for (i = 0; i < 3; i++)
		CHECK_EQ(pthread_join(t[i], NULL), 0);
}

/* Between processes, through a mapping that they share, at whatever address. */
static void futex_between_processes(void)
{
	int fd = open("f", O_RDWR | O_CREAT, 0600), i, st;
	volatile int *a, *b;

	CHECK_OK(ftruncate(fd, PAGE));
	a = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	CHECK(a != MAP_FAILED);
	if (fork() == 0) {
		b = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		for (i = 0; i < 500; i++) {
			while (__atomic_load_n(&b[0], __ATOMIC_SEQ_CST) == i)
				futex(&b[0], FUTEX_WAIT, i, NULL);
			__atomic_store_n(&b[1], i + 1, __ATOMIC_SEQ_CST);
			futex(&b[1], FUTEX_WAKE, 1, NULL);
		}
		_exit(0);
	}
	for (i = 0; i < 500; i++) {
		__atomic_store_n(&a[0], i + 1, __ATOMIC_SEQ_CST);
		futex(&a[0], FUTEX_WAKE, 1, NULL);
		while (__atomic_load_n(&a[1], __ATOMIC_SEQ_CST) == i)
			futex(&a[1], FUTEX_WAIT, i, NULL);
	}
	CHECK(wait(&st) > 0 && st == 0);
}

static int raw_thread(void *arg)
{
	volatile int *v = arg;

	v[0] = syscall(__NR_gettid);
	v[1] = syscall(__NR_getpid);
	return 0;
}

/* clone as libraries use it: the kernel writes the tid at birth and clears it at death. */
static void tids_written_and_cleared(void)
{
	char *stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	volatile int got[2] = { 0, 0 }, parent_tid = 0, child_tid = -1;
	int tid;

	tid = clone(raw_thread, stack + STACK, THREAD_FLAGS | CLONE_PARENT_SETTID |
		    CLONE_CHILD_CLEARTID | CLONE_SYSVSEM, (void *)got, &parent_tid, NULL, &child_tid);
	CHECK(tid > 0);
	CHECK_EQ(parent_tid, tid);
	while (child_tid)
		futex(&child_tid, FUTEX_WAIT, -1, NULL);
	CHECK_EQ(got[0], tid);
	CHECK_EQ(got[1], getpid());
	CHECK(tid != getpid());
	CHECK_ERR(waitpid(tid, NULL, __WALL), ECHILD);
}

static int raw_child(void *arg)
{
	*(volatile int *)arg = 9;
	_exit(4);
}

static void vm_without_thread(void)
{
	char *stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	volatile int v = 0;
	int st, pid;

	pid = clone(raw_child, stack + STACK, CLONE_VM | CLONE_VFORK | SIGCHLD, (void *)&v);
	CHECK(pid > 0);
	CHECK_EQ(v, 9);
	CHECK_EQ(waitpid(pid, &st, 0), pid);
	CHECK_EQ(st, 4 << 8);
}

static void clone_errors(void)
{
	char *stack = malloc(STACK);

	CHECK_ERR(clone(raw_child, stack + STACK, CLONE_THREAD | SIGCHLD, NULL), EINVAL);
	CHECK_ERR(clone(raw_child, stack + STACK, CLONE_SIGHAND | SIGCHLD, NULL), EINVAL);
}

static void *sleep_forever(void *arg)
{
	while (arg != &mutex)
		pause();
	return NULL;
}

static void exit_ends_all_threads(void)
{
	pthread_t t;
	int i;

	CHECK_EQ(IN_CHILD({
		for (i = 0; i < 3; i++)
			pthread_create(&t, NULL, sleep_forever, NULL);
		_exit(6);
	}), 6 << 8);
	CHECK_KILLED(SIGTERM, {
		for (i = 0; i < 3; i++)
			pthread_create(&t, NULL, sleep_forever, NULL);
		kill(getpid(), SIGTERM);
		pause();
	});
}

static void *exec_true(void *arg)
{
	execl("/bin/true", "true", (char *)NULL);
	_exit(1);
}

static void exec_from_a_thread(void)
{
	pthread_t t;

	CHECK_CHILD_OK({
		pthread_create(&t, NULL, sleep_forever, NULL);
		pthread_create(&t, NULL, exec_true, NULL);
		sleep_forever(NULL);
	});
}

static void *fault(void *arg)
{
	*(volatile int *)arg = 1;
	return NULL;
}

static void fault_in_a_thread_kills_all(void)
{
	pthread_t t;
	volatile uintptr_t null = 8;

	CHECK_KILLED(SIGSEGV, { pthread_create(&t, NULL, fault, (void *)null); sleep_forever(NULL); });
}

static volatile int handled_by;

static void on_usr1(int sig)
{
	handled_by = syscall(__NR_gettid);
}

static void *tell_tid(void *arg)
{
	*(volatile int *)arg = syscall(__NR_gettid);
	while (!handled_by)
		sched_yield();
	return NULL;
}

static void signal_to_one_thread(void)
{
	volatile int tid = 0;
	pthread_t t;

	signal(SIGUSR1, on_usr1);
	CHECK_EQ(pthread_create(&t, NULL, tell_tid, (void *)&tid), 0);
	while (!tid)
		sched_yield();
	CHECK_OK(syscall(__NR_tgkill, getpid(), tid, SIGUSR1));
	CHECK_EQ(pthread_join(t, NULL), 0);
	CHECK_EQ(handled_by, tid);
	CHECK_ERR(syscall(__NR_tgkill, getpid(), 4000000, SIGUSR1), ESRCH);
	CHECK_ERR(syscall(__NR_tgkill, -1, tid, SIGUSR1), EINVAL);
}

/* While threads write to a page, others change its protection: no store is lost. */
static char *page;

static void *storer(void *arg)
{
	volatile int *mine = (volatile int *)page + (long)arg;
	int i;

	for (i = 0; i < 20000; i++) {
		*mine = i;
		CHECK_EQ(*mine, i);
	}
	return NULL;
}

static void *mapper(void *arg)
{
	char *p;
	int i;

	for (i = 0; i < 300; i++) {
		p = mmap(NULL, 16 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		CHECK(p != MAP_FAILED);
		memset(p, (long)arg, 16 * PAGE);
		CHECK_OK(mprotect(p, 8 * PAGE, PROT_READ));
		CHECK_EQ(p[5 * PAGE], (char)(long)arg);
		CHECK_OK(munmap(p, 16 * PAGE));
	}
	return NULL;
}

static void mappings_race(void)
{
	pthread_t t[2 * NR_THREADS];
	long i;

	page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	for (i = 0; i < 2 * NR_THREADS; i++)
		CHECK_EQ(pthread_create(&t[i], NULL, i % 2 ? storer : mapper, (void *)(i + 1)), 0);
	for (i = 0; i < 3; i++)
		CHECK_CHILD_OK(page[0] = 1);
	for (i = 0; i < 2 * NR_THREADS; i++)
		CHECK_EQ(pthread_join(t[i], NULL), 0);
}

TEST_MAIN(
	TEST(create_and_join), TEST(thread_local_storage), TEST(mutual_exclusion), TEST(barriers),
	TEST(futex_answers), TEST(futex_requeue_onto_itself), TEST(futex_between_processes), TEST(tids_written_and_cleared),
	TEST(vm_without_thread), TEST(clone_errors), TEST(exit_ends_all_threads),
	TEST(exec_from_a_thread), TEST(fault_in_a_thread_kills_all), TEST(signal_to_one_thread),
	TEST(mappings_race),
)
