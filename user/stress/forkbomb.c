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
	int started;		/* processes that are or were */
	int live, most;		/* that are; the most at once: what the limit bounds */
	int refusals;
	int over;		/* the limit was met: no more forks */
};

static struct shared *shared;

static int add(int *p, int n)
{
	return __atomic_add_fetch(p, n, __ATOMIC_SEQ_CST);
}

static void born(void)
{
	int live = add(&shared->live, 1), most = __atomic_load_n(&shared->most, __ATOMIC_SEQ_CST);

	while (live > most && !__atomic_compare_exchange_n(&shared->most, &most, live, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
		;
	if (add(&shared->started, 1) > ENOUGH)
		__atomic_store_n(&shared->over, 1, __ATOMIC_SEQ_CST);
}

/* Each process forks until it is told to stop, then waits for all of its children. */
static void explode(void)
{
	pid_t pid;

	born();
	while (!__atomic_load_n(&shared->over, __ATOMIC_SEQ_CST)) {
		pid = fork();
		if (pid == 0) {
			born();
			continue;
		}
		if (pid < 0) {
			add(&shared->refusals, 1);
			__atomic_store_n(&shared->over, 1, __ATOMIC_SEQ_CST);
		}
	}
	while (wait(NULL) > 0 || errno == EINTR)
		;
	add(&shared->live, -1);		/* before the kernel counts us out: never too many */
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
	printf("%d processes, %d at once, %d refused\n", shared->started, shared->most, shared->refusals);
	if (!shared->refusals || status || (unsigned int)shared->most > limit) {
		printf("1..1\nnot ok - forkbomb\n");
		return 1;
	}
	printf("1..1\nok - forkbomb\n");
	return 0;
}
