/*
 * Signals: handlers and what they are told, masks, restart, the alternate stack, what
 * sigreturn brings back, and faults as signals.
 */
#include "test.h"
#include <poll.h>
#include <setjmp.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>

static volatile sig_atomic_t count, last_sig, last_code;
static void *volatile last_addr;
static volatile pid_t last_pid;
static sigjmp_buf back;

static void on_signal(int sig, siginfo_t *info, void *context)
{
	count++;
	last_sig = sig;
	last_code = info->si_code;
	last_addr = info->si_addr;
	last_pid = info->si_pid;
}

static void on_fault(int sig, siginfo_t *info, void *context)
{
	on_signal(sig, info, context);
	siglongjmp(back, 1);
}

static void catch(int sig, void (*fn)(int, siginfo_t *, void *), int flags)
{
	struct sigaction act;

	memset(&act, 0, sizeof(act));
	act.sa_sigaction = fn;
	act.sa_flags = SA_SIGINFO | flags;
	CHECK_OK(sigaction(sig, &act, NULL));
}

static sigset_t set_of(int sig)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, sig);
	return set;
}

/* statement must end in that signal, with that code and address */
#define CHECK_FAULT(sig, code, addr, statement) do { \
	catch((sig), on_fault, 0); \
	last_sig = 0; \
	if (sigsetjmp(back, 1) == 0) { \
		statement; \
		FAIL("%s: no signal", #statement); \
	} \
	CHECK_EQ(last_sig, (sig)); \
	CHECK_EQ(last_code, (code)); \
	CHECK_EQ((uintptr_t)last_addr, (uintptr_t)(addr)); \
} while (0)

static void handler_runs(void)
{
	struct sigaction old;

	catch(SIGUSR1, on_signal, 0);
	CHECK_OK(kill(getpid(), SIGUSR1));
	CHECK_EQ(count, 1);
	CHECK_EQ(last_sig, SIGUSR1);
	CHECK_EQ(last_code, SI_USER);
	CHECK_EQ(last_pid, getpid());
	CHECK_OK(raise(SIGUSR1));
	CHECK_EQ(count, 2);
	CHECK_EQ(last_code, SI_TKILL);
	CHECK_OK(sigaction(SIGUSR1, NULL, &old));
	CHECK(old.sa_sigaction == on_signal);
	CHECK(old.sa_flags & SA_SIGINFO);
	CHECK_ERR(sigaction(SIGKILL, &old, NULL), EINVAL);
	CHECK_ERR(sigaction(SIGSTOP, &old, NULL), EINVAL);
	CHECK_ERR(sigaction(65, &old, NULL), EINVAL);
}

static void plain_handler(int sig)
{
	count += sig;
}

static void handler_without_siginfo(void)
{
	CHECK(signal(SIGUSR2, plain_handler) == SIG_DFL);
	CHECK_OK(raise(SIGUSR2));
	CHECK_EQ(count, SIGUSR2);
	CHECK(signal(SIGUSR2, SIG_IGN) == plain_handler);
	CHECK_OK(raise(SIGUSR2));
	CHECK_EQ(count, SIGUSR2);
}

static void default_actions(void)
{
	CHECK_KILLED(SIGUSR1, raise(SIGUSR1));
	CHECK_KILLED(SIGALRM, raise(SIGALRM));
	CHECK_EQ(IN_CHILD({ raise(SIGCHLD); raise(SIGURG); raise(SIGWINCH); raise(SIGCONT); }), 0);
}

static void masks(void)
{
	sigset_t set = set_of(SIGUSR1), old, pending;

	catch(SIGUSR1, on_signal, 0);
	CHECK_OK(sigprocmask(SIG_BLOCK, &set, &old));
	CHECK_EQ(sigismember(&old, SIGUSR1), 0);
	CHECK_OK(raise(SIGUSR1));
	CHECK_OK(raise(SIGUSR1));
	CHECK_EQ(count, 0);
	CHECK_OK(sigpending(&pending));
	CHECK_EQ(sigismember(&pending, SIGUSR1), 1);
	CHECK_EQ(sigismember(&pending, SIGUSR2), 0);
	CHECK_OK(sigprocmask(SIG_UNBLOCK, &set, NULL));
	CHECK_EQ(count, 1);
	sigfillset(&set);
	CHECK_OK(sigprocmask(SIG_SETMASK, &set, NULL));
	CHECK_OK(sigprocmask(SIG_BLOCK, NULL, &old));
	CHECK_EQ(sigismember(&old, SIGKILL), 0);
	CHECK_EQ(sigismember(&old, SIGSTOP), 0);
	CHECK_EQ(sigismember(&old, SIGTERM), 1);
	CHECK_ERR(sigprocmask(99, &set, NULL), EINVAL);
}

static void on_nested(int sig, siginfo_t *info, void *context)
{
	sigset_t now;

	sigprocmask(SIG_BLOCK, NULL, &now);
	count = count * 10 + sigismember(&now, SIGUSR1) * 2 + sigismember(&now, SIGUSR2);
}

static void mask_during_handler(void)
{
	struct sigaction act;
	sigset_t now;

	memset(&act, 0, sizeof(act));
	act.sa_sigaction = on_nested;
	act.sa_flags = SA_SIGINFO;
	act.sa_mask = set_of(SIGUSR2);
	CHECK_OK(sigaction(SIGUSR1, &act, NULL));
	CHECK_OK(raise(SIGUSR1));
	CHECK_EQ(count, 3);
	act.sa_flags |= SA_NODEFER;
	sigemptyset(&act.sa_mask);
	CHECK_OK(sigaction(SIGUSR1, &act, NULL));
	CHECK_OK(raise(SIGUSR1));
	CHECK_EQ(count, 30);
	CHECK_OK(sigprocmask(SIG_BLOCK, NULL, &now));
	CHECK_EQ(sigismember(&now, SIGUSR1), 0);
	CHECK_EQ(sigismember(&now, SIGUSR2), 0);
}

static void reset_after_first(void)
{
	catch(SIGUSR1, on_signal, SA_RESETHAND);
	CHECK_KILLED(SIGUSR1, {
		raise(SIGUSR1);
		CHECK_EQ(count, 1);
		raise(SIGUSR1);
	});
}

static void start_timer(int first_ms, int every_ms)
{
	struct itimerval it = { { 0, every_ms * 1000 }, { 0, first_ms * 1000 } };

	CHECK_OK(setitimer(ITIMER_REAL, &it, NULL));
}

static void interrupted_calls(void)
{
	struct timespec ts = { 50, 0 }, left = { 0, 0 };
	struct pollfd p;
	int fd[2];
	char c;

	CHECK_OK(pipe(fd));
	catch(SIGALRM, on_signal, 0);
	start_timer(20, 20);
	CHECK_ERR(read(fd[0], &c, 1), EINTR);
	CHECK_ERR(nanosleep(&ts, &left), EINTR);
	CHECK(left.tv_sec > 0 && left.tv_sec < 50);
	p = (struct pollfd){ .fd = fd[0], .events = POLLIN };
	CHECK_ERR(poll(&p, 1, -1), EINTR);
	CHECK_ERR(pause(), EINTR);
	if (fork() == 0) {
		close(fd[1]);
		_exit(read(fd[0], &c, 1));
	}
	CHECK_ERR(wait(NULL), EINTR);
}

static int told[2];		/* a pipe: a byte for each signal */

static void on_signal_tell(int sig, siginfo_t *info, void *context)
{
	on_signal(sig, info, context);
	if (write(told[1], "s", 1) != 1)
		_exit(1);
}

/* The child writes when its parent has had so many signals that most came in the middle of read(). */
static void restarted_read(void)
{
	int fd[2], st, i;
	char c = 0;

	CHECK_OK(pipe(fd));
	CHECK_OK(pipe(told));
	catch(SIGALRM, on_signal_tell, SA_RESTART);
	start_timer(20, 20);
	if (fork() == 0) {
		for (i = 0; i < 6; i++)
			CHECK_EQ(read(told[0], &c, 1), 1);
		_exit(write(fd[1], "z", 1) != 1);
	}
	CHECK_EQ(read(fd[0], &c, 1), 1);
	CHECK_EQ(c, 'z');
	CHECK(count >= 6);
	CHECK(wait(&st) > 0 && st == 0);
}

static void suspend(void)
{
	sigset_t set = set_of(SIGUSR1), empty, now;

	sigemptyset(&empty);
	catch(SIGUSR1, on_signal, 0);
	CHECK_OK(sigprocmask(SIG_BLOCK, &set, NULL));
	CHECK_OK(raise(SIGUSR1));
	CHECK_ERR(sigsuspend(&empty), EINTR);
	CHECK_EQ(count, 1);
	CHECK_OK(sigprocmask(SIG_BLOCK, NULL, &now));
	CHECK_EQ(sigismember(&now, SIGUSR1), 1);
}

static void wait_for_signal(void)
{
	sigset_t set = set_of(SIGUSR1);
	siginfo_t info;
	struct timespec none = { 0, 1000000 };

	CHECK_OK(sigprocmask(SIG_BLOCK, &set, NULL));
	CHECK_ERR(sigtimedwait(&set, &info, &none), EAGAIN);
	CHECK_OK(kill(getpid(), SIGUSR1));
	CHECK_EQ(sigwaitinfo(&set, &info), SIGUSR1);
	CHECK_EQ(info.si_pid, getpid());
	CHECK_ERR(sigtimedwait(&set, &info, &none), EAGAIN);
}

/* Real-time signals queue, in order, each with its value. */
static void on_queued(int sig, siginfo_t *info, void *context)
{
	count = count * 10 + info->si_value.sival_int;
	last_code = info->si_code;
}

static void queued_values(void)
{
	sigset_t set = set_of(SIGRTMIN);
	int i;

	catch(SIGRTMIN, on_queued, 0);
	CHECK_OK(sigprocmask(SIG_BLOCK, &set, NULL));
	for (i = 1; i <= 4; i++)
		CHECK_OK(sigqueue(getpid(), SIGRTMIN, (union sigval){ .sival_int = i }));
	CHECK_OK(sigprocmask(SIG_UNBLOCK, &set, NULL));
	CHECK_EQ(count, 1234);
	CHECK_EQ(last_code, SI_QUEUE);
}

static void child_tells(void)
{
	sigset_t set = set_of(SIGCHLD);
	siginfo_t info;
	pid_t pid;

	CHECK_OK(sigprocmask(SIG_BLOCK, &set, NULL));
	if ((pid = fork()) == 0)
		_exit(9);
	CHECK_EQ(sigwaitinfo(&set, &info), SIGCHLD);
	CHECK_EQ(info.si_pid, pid);
	CHECK_EQ(info.si_code, CLD_EXITED);
	CHECK_EQ(info.si_status, 9);
	CHECK_EQ(waitpid(pid, NULL, 0), pid);
}

/* ---- the alternate stack ------------------------------------------------ */

static char *alt_stack;

static void on_alt(int sig, siginfo_t *info, void *context)
{
	char here;
	stack_t now;

	last_addr = info->si_addr;
	count = &here >= alt_stack && &here < alt_stack + 65536;
	sigaltstack(NULL, &now);
	last_code = now.ss_flags;
	siglongjmp(back, 1);
}

static volatile int never;

static int deep(volatile char *p)
{
	volatile char buf[1024];

	buf[0] = p ? p[0] : 0;
	return never ? 0 : deep(buf) + buf[0];
}

static void stack_overflow_on_alternate_stack(void)
{
	stack_t ss = { .ss_size = 65536 }, old;

	alt_stack = ss.ss_sp = malloc(65536);
	CHECK_OK(sigaltstack(&ss, NULL));
	CHECK_OK(sigaltstack(NULL, &old));
	CHECK(old.ss_sp == alt_stack && old.ss_size == 65536 && old.ss_flags == 0);
	catch(SIGSEGV, on_alt, SA_ONSTACK);
	if (sigsetjmp(back, 1) == 0)
		deep(NULL);
	CHECK_EQ(count, 1);
	CHECK_EQ(last_code, SS_ONSTACK);
	ss.ss_size = 100;
	CHECK_ERR(sigaltstack(&ss, NULL), ENOMEM);
	ss.ss_flags = 99;
	CHECK_ERR(sigaltstack(&ss, NULL), EINVAL);
}

static void stack_overflow_kills(void)
{
	CHECK_KILLED(SIGSEGV, deep(NULL));
}

/* ---- faults ------------------------------------------------------------- */

static volatile int sink;

static void fault_addresses(void)
{
	char *p = mmap(NULL, 3 * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(p != MAP_FAILED);
	CHECK_OK(munmap(p + PAGE, PAGE));
	CHECK_OK(mprotect(p + 2 * PAGE, PAGE, PROT_NONE));
	CHECK_FAULT(SIGSEGV, SEGV_MAPERR, p + PAGE + 123, sink = *(volatile char *)(p + PAGE + 123));
	CHECK_FAULT(SIGSEGV, SEGV_MAPERR, p + PAGE, *(volatile char *)(p + PAGE) = 1);
	CHECK_FAULT(SIGSEGV, SEGV_ACCERR, p + 7, *(volatile char *)(p + 7) = 1);
	CHECK_FAULT(SIGSEGV, SEGV_ACCERR, p + 2 * PAGE, sink = *(volatile char *)(p + 2 * PAGE));
	CHECK_FAULT(SIGSEGV, SEGV_MAPERR, 0x10, {
		volatile uintptr_t null = 0x10;
		*(volatile int *)null = 1;
	});
}

static void kernel_addresses(void)
{
	volatile uintptr_t top = -PAGE;
	volatile uintptr_t kernel = sizeof(long) == 4 ? 0xc0100000UL : (uintptr_t)0xffffffc080200000ULL;

	CHECK_KILLED(SIGSEGV, sink = *(volatile char *)top);
	CHECK_KILLED(SIGSEGV, sink = *(volatile char *)kernel);
	CHECK_KILLED(SIGSEGV, *(volatile char *)kernel = 1);
	CHECK_KILLED(SIGSEGV, ((void (*)(void))kernel)());
}

static void jump_to_null(void)
{
	void (*volatile fn)(void) = NULL;

	CHECK_FAULT(SIGSEGV, SEGV_MAPERR, 0, fn());
	CHECK_KILLED(SIGSEGV, { signal(SIGSEGV, SIG_DFL); fn(); });
}

static void execute_data(void)
{
	static const unsigned char ret[] = { 0xc3, 0x80, 0x82, 0x80 };	/* ret on each ISA */
	volatile unsigned char on_stack[16] = { 0 };
	void *heap = malloc(16);

	if (!has_no_execute())
		SKIP("page tables without NX");
	on_stack[0] = ret[0];
	memcpy(heap, ret, sizeof(ret));
	CHECK_KILLED(SIGSEGV, ((void (*)(void))(uintptr_t)on_stack)());
	CHECK_KILLED(SIGSEGV, ((void (*)(void))heap)());
}

static void write_to_text(void)
{
	volatile char *text = (volatile char *)(uintptr_t)write_to_text;

	CHECK_FAULT(SIGSEGV, SEGV_ACCERR, text, *text = 0);
}

static void beyond_end_of_file(void)
{
	int fd = open("f", O_RDWR | O_CREAT, 0600);
	char *p;

	CHECK_EQ(write(fd, "x", 1), 1);
	p = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	CHECK(p != MAP_FAILED);
	CHECK_EQ(p[0], 'x');
	CHECK_EQ(p[PAGE - 1], 0);
	CHECK_FAULT(SIGBUS, BUS_ADRERR, p + PAGE + 5, sink = *(volatile char *)(p + PAGE + 5));
	CHECK_FAULT(SIGBUS, BUS_ADRERR, p + PAGE, *(volatile char *)(p + PAGE) = 1);
	CHECK_OK(ftruncate(fd, 2 * PAGE));
	p[PAGE] = 'y';
	CHECK_OK(ftruncate(fd, 0));
	CHECK_FAULT(SIGBUS, BUS_ADRERR, p, sink = *(volatile char *)p);
}

static void illegal_instruction(void)
{
#if defined(__riscv)
	CHECK_KILLED(SIGILL, __asm__ volatile("unimp"));
	CHECK_KILLED(SIGTRAP, __asm__ volatile("ebreak"));
#else
	CHECK_KILLED(SIGILL, __asm__ volatile("ud2"));
	CHECK_KILLED(SIGTRAP, __asm__ volatile("int3"));
#endif
}

static void fault_with_signal_blocked_kills(void)
{
	sigset_t set = set_of(SIGSEGV);
	volatile uintptr_t null = 0;

	catch(SIGSEGV, on_signal, 0);
	CHECK_OK(sigprocmask(SIG_BLOCK, &set, NULL));
	CHECK_KILLED(SIGSEGV, *(volatile int *)null = 1);
}

static char *mended;

static void on_mend(int sig, siginfo_t *info, void *context)
{
	count++;
	mprotect(mended, PAGE, PROT_READ | PROT_WRITE);
}

static void handler_may_mend(void)
{
	mended = mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(mended != MAP_FAILED);
	catch(SIGSEGV, on_mend, 0);
	*(volatile char *)mended = 5;
	CHECK_EQ(count, 1);
	CHECK_EQ(*mended, 5);
}

/* ---- what sigreturn brings back ----------------------------------------- */

static void on_clobber(int sig, siginfo_t *info, void *context)
{
	volatile double x = 1.5;
	int i;

	for (i = 0; i < 50; i++)
		x = x * 1.0001 + i;
	count++;
}

static volatile long turns = 200000;

/* A computation in integer and floating registers gives the same under a rain of signals. */
static double compute(long n)
{
	double a = 1, b = 2, c = 3, d = 4;
	unsigned long w = 1, x = 2, y = 3, z = 4;
	long i;

	for (i = 0; i < n; i++) {
		a = a * 0.999 + b * 0.001;
		b = b * 0.998 + c * 0.002;
		c = c * 0.997 + d * 0.003;
		d = d * 0.996 + a * 0.004;
		w = w * 5 + x;
		x ^= y >> 3;
		y += z * 7;
		z = (z << 1 | z >> 31) ^ w;
	}
	return a + b + c + d + (double)((w ^ x ^ y ^ z) % 1000003);
}

static void registers_survive(void)
{
	volatile double expected = compute(turns), got = expected;	/* rounded, on i386 */
	int round;

	catch(SIGALRM, on_clobber, SA_RESTART);
	start_timer(1, 1);
	for (round = 0; round < 20000 && count < 10; round++) {
		got = compute(turns);
		CHECK(got == expected);
	}
	CHECK(count >= 10);
}

static void ignored_and_exec(void)
{
	signal(SIGUSR1, SIG_IGN);
	catch(SIGUSR2, on_signal, 0);
	CHECK_EQ(IN_CHILD(execl("/bin/sh", "sh", "-c", "kill -USR1 $$; exit 4", NULL)), 4 << 8);
	CHECK_KILLED(SIGUSR2, execl("/bin/sh", "sh", "-c", "kill -USR2 $$; exit 4", NULL));
}

TEST_MAIN(
	TEST(handler_runs), TEST(handler_without_siginfo), TEST(default_actions), TEST(masks),
	TEST(mask_during_handler), TEST(reset_after_first), TEST(interrupted_calls),
	TEST(restarted_read), TEST(suspend), TEST(wait_for_signal), TEST(queued_values),
	TEST(child_tells), TEST(stack_overflow_on_alternate_stack), TEST(stack_overflow_kills),
	TEST(fault_addresses), TEST(kernel_addresses), TEST(jump_to_null), TEST(execute_data),
	TEST(write_to_text), TEST(beyond_end_of_file), TEST(illegal_instruction),
	TEST(fault_with_signal_blocked_kills), TEST(handler_may_mend), TEST(registers_survive),
	TEST(ignored_and_exec),
)
