/*
 * A fork bomb: every process forks on until EAGAIN (or ENOMEM) says that the limit is
 * reached; then each waits for its children, and all are gone. -j sets RLIMIT_NPROC (for
 * user 65534, as root is exempt); without it the kernel's own limit counts. It fails if
 * no limit was met.
 */
#include "stress.h"
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define ENOUGH	20000		/* a machine without a limit is not brought down */

struct shared {
	int running;		/* processes that are or were */
	int refusals;
	int over;		/* the limit was met: no more forks */
};

static struct shared *shared;

static int add(int *p, int n)
{
	return __atomic_add_fetch(p, n, __ATOMIC_SEQ_CST);
}

/* Each process forks until it is told to stop, then waits for all of its children. */
static void explode(void)
{
	pid_t pid;

	add(&shared->running, 1);
	while (!__atomic_load_n(&shared->over, __ATOMIC_SEQ_CST)) {
		pid = fork();
		if (pid == 0) {
			if (add(&shared->running, 1) > ENOUGH)
				__atomic_store_n(&shared->over, 1, __ATOMIC_SEQ_CST);
			continue;
		}
		if (pid < 0) {
			add(&shared->refusals, 1);
			__atomic_store_n(&shared->over, 1, __ATOMIC_SEQ_CST);
		}
	}
	while (wait(NULL) > 0 || errno == EINTR)
		;
	_exit(0);
}

int main(int argc, char **argv)
{
	struct rlimit lim;
	unsigned int limit = ENOUGH;
	int status;
	pid_t pid;

	workers = 64;
	parse_options(argc, argv);
	shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED || getrlimit(RLIMIT_NPROC, &lim)) {
		perror("forkbomb");
		return 1;
	}
	if (argc > 1)
		lim.rlim_cur = limit = workers;
	if (setrlimit(RLIMIT_NPROC, &lim) || (argc > 1 && getuid() == 0 && setuid(65534))) {
		perror("forkbomb: limit");
		return 1;
	}
	signal(SIGINT, SIG_DFL);
	pid = fork();
	if (pid == 0)
		explode();
	if (pid < 0 || waitpid(pid, &status, 0) != pid) {
		perror("forkbomb");
		return 1;
	}
	printf("%d processes, %d refused\n", shared->running, shared->refusals);
	if (!shared->refusals || status || (unsigned int)shared->running > limit) {
		printf("1..1\nnot ok - forkbomb\n");
		return 1;
	}
	printf("1..1\nok - forkbomb\n");
	return 0;
}
