/*
 * Processes: fork, exec, exit, wait, groups and sessions, orphans, stop and continue.
 */
#include "test.h"
#include <sched.h>
#include <sys/resource.h>

static int shared_data = 1;

static void exit_status(void)
{
	int i;

	for (i = 0; i < 256; i += 51)
		CHECK_EQ(IN_CHILD(_exit(i)), i << 8);
	CHECK_EQ(IN_CHILD(_exit(0x1234)), 0x34 << 8);
}

static void killed_status(void)
{
	CHECK_EQ(IN_CHILD(raise(SIGKILL)) & 0x7f, SIGKILL);
	CHECK_EQ(IN_CHILD(raise(SIGTERM)) & 0x7f, SIGTERM);
	CHECK_KILLED(SIGABRT, abort());
}

static void fork_copies_memory(void)
{
	int on_stack = 1;

	CHECK_CHILD_OK({ shared_data = 2; on_stack = 2; CHECK_EQ(shared_data + on_stack, 4); });
	CHECK_EQ(shared_data, 1);
	CHECK_EQ(on_stack, 1);
}

static void fork_shares_offsets(void)
{
	int fd = open("f", O_RDWR | O_CREAT, 0600);
	char c;

	CHECK_EQ(write(fd, "abc", 3), 3);
	CHECK_EQ(lseek(fd, 0, SEEK_SET), 0);
	CHECK_CHILD_OK(CHECK_EQ(read(fd, &c, 1), 1));
	CHECK_EQ(read(fd, &c, 1), 1);
	CHECK_EQ(c, 'b');
}

static void wait_errors(void)
{
	int st;

	CHECK_ERR(wait(&st), ECHILD);
	CHECK_ERR(waitpid(getpid(), &st, 0), ECHILD);
	CHECK_ERR(waitpid(-1, &st, 0x40000), EINVAL);
	CHECK_CHILD_OK(CHECK_ERR(wait(&st), ECHILD));
}

static void wait_nohang(void)
{
	int fd[2], st;
	char c;
	pid_t pid;

	CHECK_OK(pipe(fd));
	pid = fork();
	if (pid == 0) {
		close(fd[1]);
		_exit(read(fd[0], &c, 1) == 0 ? 5 : 6);
	}
	CHECK_EQ(waitpid(pid, &st, WNOHANG), 0);
	CHECK_EQ(waitpid(-1, &st, WNOHANG), 0);
	close(fd[1]);
	CHECK_EQ(waitpid(pid, &st, 0), pid);
	CHECK_EQ(st, 5 << 8);
	CHECK_ERR(waitpid(pid, &st, WNOHANG), ECHILD);
}

static void wait_picks_the_child(void)
{
	pid_t a, b;
	int st;

	if ((a = fork()) == 0)
		_exit(1);
	if ((b = fork()) == 0)
		_exit(2);
	CHECK_EQ(waitpid(b, &st, 0), b);
	CHECK_EQ(st, 2 << 8);
	CHECK_EQ(waitpid(a, &st, 0), a);
	CHECK_EQ(st, 1 << 8);
}

static void wait_by_group(void)
{
	pid_t pid;
	int st;

	if ((pid = fork()) == 0) {
		setpgid(0, 0);
		raise(SIGSTOP);
		_exit(9);
	}
	CHECK_EQ(waitpid(pid, &st, WUNTRACED), pid);
	CHECK(WIFSTOPPED(st) && WSTOPSIG(st) == SIGSTOP);
	CHECK_ERR(waitpid(0, &st, WNOHANG), ECHILD);
	CHECK_EQ(waitpid(-pid, &st, WNOHANG), 0);
	CHECK_OK(kill(-pid, SIGCONT));
	CHECK_EQ(waitpid(-pid, &st, 0), pid);
	CHECK_EQ(st, 9 << 8);
}

static void stop_and_continue(void)
{
	pid_t pid;
	int st;

	if ((pid = fork()) == 0)
		for (;;)
			pause();
	CHECK_OK(kill(pid, SIGSTOP));
	CHECK_EQ(waitpid(pid, &st, WUNTRACED), pid);
	CHECK(WIFSTOPPED(st));
	CHECK_OK(kill(pid, SIGCONT));
	CHECK_EQ(waitpid(pid, &st, WCONTINUED), pid);
	CHECK(WIFCONTINUED(st));
	CHECK_OK(kill(pid, SIGSTOP));
	CHECK_OK(kill(pid, SIGKILL));
	CHECK_EQ(waitpid(pid, &st, 0), pid);
	CHECK(WIFSIGNALED(st) && WTERMSIG(st) == SIGKILL);
}

static void waitid_tells_more(void)
{
	siginfo_t info;
	pid_t pid;

	if ((pid = fork()) == 0)
		_exit(7);
	memset(&info, 0, sizeof(info));
	CHECK_OK(waitid(P_PID, pid, &info, WEXITED | WNOWAIT));
	CHECK_EQ(info.si_pid, pid);
	CHECK_EQ(info.si_code, CLD_EXITED);
	CHECK_EQ(info.si_status, 7);
	CHECK_OK(waitid(P_ALL, 0, &info, WEXITED));
	CHECK_EQ(info.si_pid, pid);
	CHECK_ERR(waitid(P_ALL, 0, &info, WEXITED), ECHILD);
	CHECK_ERR(waitid(P_ALL, 0, &info, 0), EINVAL);
}

static void vfork_waits_for_exec_or_exit(void)
{
	static volatile int seen;
	pid_t pid;
	int st;

	pid = vfork();
	if (pid == 0) {
		seen = 1;
		_exit(3);
	}
	CHECK_EQ(seen, 1);
	CHECK_EQ(waitpid(pid, &st, 0), pid);
	CHECK_EQ(st, 3 << 8);
	pid = vfork();
	if (pid == 0) {
		execl("/bin/true", "true", (char *)NULL);
		_exit(1);
	}
	CHECK_EQ(waitpid(pid, &st, 0), pid);
	CHECK_EQ(st, 0);
}

/* What a child of vfork does is no reason for its parent to live on. */
static void vfork_waits_no_longer_than_it_lives(void)
{
	static const int fatal[] = { SIGKILL, SIGTERM };

	for (unsigned int i = 0; i < COUNT(fatal); i++) {
		pid_t parent, child;
		int fd[2], st;

		CHECK_OK(pipe(fd));
		parent = fork();
		if (parent == 0) {
			if (vfork() == 0) {
				child = getpid();
				write(fd[1], &child, sizeof(child));
				for (;;)
					pause();
			}
			_exit(1);
		}
		CHECK_EQ(read(fd[0], &child, sizeof(child)), sizeof(child));
		CHECK_OK(kill(parent, fatal[i]));
		CHECK_EQ(waitpid(parent, &st, 0), parent);
		CHECK_EQ(st, fatal[i]);
		CHECK_OK(kill(child, SIGKILL));
		close(fd[0]);
		close(fd[1]);
	}
}

static void orphan_gets_a_new_parent(void)
{
	int fd[2];
	pid_t middle, got[2];

	CHECK_OK(pipe(fd));
	middle = fork();
	if (middle == 0) {
		pid_t parent = getpid();

		if (fork() == 0) {
			while (getppid() == parent)
				sched_yield();
			got[0] = parent;
			got[1] = getppid();
			_exit(write(fd[1], got, sizeof(got)) != sizeof(got));
		}
		_exit(0);
	}
	CHECK_EQ(waitpid(middle, NULL, 0), middle);
	CHECK_EQ(read(fd[0], got, sizeof(got)), sizeof(got));
	CHECK_EQ(got[0], middle);
	CHECK(got[1] != middle && got[1] > 0);
}

static void sigchld_ignored_leaves_no_zombie(void)
{
	pid_t pid;

	signal(SIGCHLD, SIG_IGN);
	if ((pid = fork()) == 0)
		_exit(1);
	CHECK_ERR(waitpid(pid, NULL, 0), ECHILD);
	while (kill(pid, 0) == 0)
		sched_yield();
	CHECK_EQ(errno, ESRCH);
}

static void many_children(void)
{
	int i, st, sum = 0;

	for (i = 0; i < 100; i++) {
		pid_t pid = fork();

		CHECK(pid >= 0);
		if (pid == 0)
			_exit(i);
	}
	for (i = 0; i < 100; i++) {
		CHECK(wait(&st) > 0);
		sum += WEXITSTATUS(st);
	}
	CHECK_EQ(sum, 4950);
	CHECK_ERR(wait(&st), ECHILD);
}

static void groups_and_sessions(void)
{
	CHECK_CHILD_OK({
		CHECK_OK(setpgid(0, 0));
		CHECK_EQ(getpgrp(), getpid());
		CHECK_ERR(setsid(), EPERM);
		CHECK_ERR(setpgid(0, -1), EINVAL);
		CHECK_ERR(setpgid(1, 0), ESRCH);
		CHECK_ERR(setpgid(0, getpid() + 1), EPERM);
		CHECK_ERR(getpgid(4000000), ESRCH);
		CHECK_ERR(getsid(4000000), ESRCH);
	});
	CHECK_CHILD_OK({
		CHECK_EQ(setsid(), getpid());
		CHECK_EQ(getsid(0), getpid());
		CHECK_EQ(getpgrp(), getpid());
		CHECK_ERR(setpgid(0, 0), EPERM);
		CHECK_ERR(open("/dev/tty", O_RDWR), ENXIO);
	});
}

static void kill_errors(void)
{
	CHECK_ERR(kill(getpid(), 65), EINVAL);
	CHECK_ERR(kill(getpid(), -1), EINVAL);
	CHECK_ERR(kill(4000000, 0), ESRCH);
	CHECK_ERR(kill(-4000000, 0), ESRCH);
	CHECK_OK(kill(getpid(), 0));
	CHECK_OK(kill(0, 0));
}

static void children_time_counts(void)
{
	struct rusage ru;

	memset(&ru, 0xff, sizeof(ru));
	CHECK_OK(getrusage(RUSAGE_CHILDREN, &ru));
	CHECK_EQ(ru.ru_utime.tv_sec, 0);
	CHECK_CHILD_OK({ volatile long i; for (i = 0; i < 30000000; i++) ; });
	CHECK_OK(getrusage(RUSAGE_CHILDREN, &ru));
	CHECK(ru.ru_utime.tv_sec * 1000000L + ru.ru_utime.tv_usec +
	      ru.ru_stime.tv_sec * 1000000L + ru.ru_stime.tv_usec > 0);
	CHECK(ru.ru_minflt > 0);
	CHECK_ERR(getrusage(5, &ru), EINVAL);
}

static void umask_and_cwd_are_inherited(void)
{
	char a[256], b[256];

	umask(027);
	CHECK(getcwd(a, sizeof(a)) == a);
	CHECK_CHILD_OK({
		CHECK_EQ(umask(0), 027);
		CHECK(getcwd(b, sizeof(b)) == b && !strcmp(a, b));
		CHECK_OK(chdir("/"));
	});
	CHECK(getcwd(b, sizeof(b)) == b && !strcmp(a, b));
	CHECK_EQ(umask(022), 027);
	CHECK(getcwd(a, 2) == NULL && errno == ERANGE);
}

static void process_limit(void)
{
	struct rlimit lim = { 1, 1 };

	if (getuid() == 0) {
		CHECK_OK(getrlimit(RLIMIT_NPROC, &lim));
		SKIP("root is exempt");
	}
	CHECK_OK(setrlimit(RLIMIT_NPROC, &lim));
	CHECK_ERR(fork(), EAGAIN);
}

TEST_MAIN(
	TEST(exit_status), TEST(killed_status), TEST(fork_copies_memory), TEST(fork_shares_offsets),
	TEST(wait_errors), TEST(wait_nohang), TEST(wait_picks_the_child), TEST(wait_by_group),
	TEST(stop_and_continue), TEST(waitid_tells_more), TEST(vfork_waits_for_exec_or_exit),
	TEST(vfork_waits_no_longer_than_it_lives),
	TEST(orphan_gets_a_new_parent), TEST(sigchld_ignored_leaves_no_zombie), TEST(many_children),
	TEST(groups_and_sessions), TEST(kill_errors), TEST(children_time_counts),
	TEST(umask_and_cwd_are_inherited), TEST(process_limit),
)
