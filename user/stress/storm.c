/*
 * A storm of fork, exec, pipes, mappings and files: each worker, in a directory of its
 * own, does one random piece of work after the other and verifies every byte. The first
 * wrong byte, lost child or unexpected errno ends all with status 1. Lack of memory,
 * processes or disk is counted and survived.
 */
#include "stress.h"
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define PAGE	4096

enum { FORKS, EXECS, PIPES, MAPS, SHARED, FILES, TREES, SIGNALS, NR_KINDS };
static const char *const kinds[] = {
	"forks", "execs", "pipes", "maps", "shared", "files", "trees", "signals",
};

/* Shared by all workers. */
struct totals {
	unsigned long done[NR_KINDS], refused;
};
static struct totals *totals;
static uint32_t rnd;
static char *self;			/* our own program, for execs */

static void die(const char *what)
{
	printf("FAILED: %s: errno %d (%s)\n", what, errno, strerror(errno));
	fflush(stdout);
	_exit(1);
}

/* A call that may fail when the machine is full, for no other reason. */
static int lacking(void)
{
	if (errno != ENOMEM && errno != EAGAIN && errno != ENOSPC && errno != ENFILE)
		return 0;
	__atomic_add_fetch(&totals->refused, 1, __ATOMIC_RELAXED);
	return 1;
}

/* => child's pid, 0 in the child, -1 for lack of memory */
static pid_t try_fork(void)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0 && !lacking())
		die("fork");
	return pid;
}

static void expect_exit(pid_t pid, int code, const char *what)
{
	int status;

	if (pid < 0)
		return;
	while (waitpid(pid, &status, 0) != pid)
		if (errno != EINTR)
			die("waitpid");
	if (status != code << 8) {
		printf("FAILED: %s: child %d has status %#x, not exit %d\n", what, pid, status, code);
		fflush(stdout);
		_exit(1);
	}
}

static size_t some_pages(void)
{
	size_t most = (size_t)mib * 256 / workers;

	return 1 + chance(&rnd) % (most > 1 ? most : 1);
}

static void *map(size_t n, int flags, int fd)
{
	void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, flags, fd, 0);

	if (p == MAP_FAILED && !lacking())
		die("mmap");
	return p == MAP_FAILED ? NULL : p;
}

/* ---- the pieces of work ------------------------------------------------- */

/* Copy on write: child and grandchild change their copies, nobody sees another's. */
static void do_forks(void)
{
	size_t n = some_pages() * PAGE;
	uint32_t key = chance(&rnd);
	char *p = map(n, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	pid_t child, grandchild;

	if (!p)
		return;
	fill(p, n, key);
	child = try_fork();
	if (child == 0) {
		if (verify(p, n, key, "fork: child's copy"))
			_exit(1);
		fill(p, n / 2 & -4UL, key + 2);
		grandchild = try_fork();
		if (grandchild == 0) {
			if (verify(p, n / 2 & -4UL, key + 2, "fork: grandchild's copy"))
				_exit(1);
			memset(p, 0xaa, n);
			_exit(3);
		}
		expect_exit(grandchild, 3, "fork: grandchild");
		_exit(verify(p, n / 2 & -4UL, key + 2, "fork: after the grandchild") ? 1 : 4);
	}
	if (verify(p, n, key, "fork: parent's copy"))
		_exit(1);
	expect_exit(child, 4, "fork: child");
	if (verify(p, n, key, "fork: after the child"))
		_exit(1);
	munmap(p, n);
}

static void do_execs(void)
{
	uint32_t code = chance(&rnd) % 100;
	char arg[16];
	pid_t pid;

	snprintf(arg, sizeof(arg), "%u", (unsigned int)code);
	pid = try_fork();
	if (pid == 0) {
		execl(self, self, "-exit", arg, (char *)NULL);
		_exit(errno == ENOMEM ? (int)code : 127);
	}
	expect_exit(pid, code, "exec");
}

static void read_exactly(int fd, char *buf, size_t n)
{
	ssize_t got;

	for (; n; n -= got, buf += got) {
		got = read(fd, buf, n);
		if (got <= 0)
			die("pipe: read");
	}
}

static void do_pipes(void)
{
	size_t n = (1 + chance(&rnd) % 16) * 1000 * 4, at, part;
	uint32_t key = chance(&rnd);
	char *buf = malloc(n);
	int fd[2];
	pid_t pid;

	if (!buf || pipe(fd)) {
		if (!lacking() && errno != EMFILE)
			die("pipe");
		free(buf);
		return;
	}
	pid = try_fork();
	if (pid == 0) {
		close(fd[0]);
		fill(buf, n, key);
		for (at = 0; at < n; at += part) {
			part = 1 + chance(&rnd) % 5000;
			part = part < n - at ? part : n - at;
			if (write(fd[1], buf + at, part) != (ssize_t)part)
				die("pipe: write");
		}
		_exit(0);
	}
	close(fd[1]);
	if (pid > 0) {
		read_exactly(fd[0], buf, n);
		if (verify(buf, n, key, "pipe"))
			_exit(1);
		if (read(fd[0], buf, 1) != 0)
			die("pipe: no end");
	}
	close(fd[0]);
	expect_exit(pid, 0, "pipe: writer");
	free(buf);
}

/* Map, protect and unmap piecemeal; what is left keeps its bytes. */
static void do_maps(void)
{
	size_t pages = some_pages(), i;
	uint32_t key = chance(&rnd);
	char *p = map(pages * PAGE, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	if (!p)
		return;
	for (i = 0; i < pages; i++)
		fill(p + i * PAGE, PAGE, key + 2 * i);
	for (i = 0; i < pages; i++) {
		if (i % 3 == 0 && munmap(p + i * PAGE, PAGE) && !lacking())
			die("munmap");
		if (i % 3 == 1 && mprotect(p + i * PAGE, PAGE, PROT_READ) && !lacking())
			die("mprotect");
	}
	for (i = 0; i < pages; i++)
		if (i % 3 && verify(p + i * PAGE, PAGE, key + 2 * i, "map"))
			_exit(1);
	if (munmap(p, pages * PAGE))
		die("munmap of all");
}

/* A file seen through a mapping, through read, and by a child. */
static void do_shared(void)
{
	size_t n = some_pages() % 64 * PAGE + PAGE;
	uint32_t key = chance(&rnd);
	int fd = open("shared", O_RDWR | O_CREAT | O_TRUNC, 0600);
	char *p, *buf;
	pid_t pid;

	if (fd < 0 || ftruncate(fd, n)) {
		if (!lacking())
			die("shared");
		close(fd);
		return;
	}
	p = map(n, MAP_SHARED, fd);
	buf = malloc(n);
	if (p && buf) {
		pid = try_fork();
		if (pid == 0) {
			fill(p, n, key);
			_exit(0);
		}
		expect_exit(pid, 0, "shared: child");
		if (pid > 0) {
			if (pread(fd, buf, n, 0) != (ssize_t)n)
				die("shared: read");
			if (verify(buf, n, key, "shared: read") || verify(p, n, key, "shared: mapping"))
				_exit(1);
		}
	}
	if (p)
		munmap(p, n);
	free(buf);
	close(fd);
	unlink("shared");
}

static void do_files(void)
{
	size_t n = (1 + chance(&rnd) % 200) * 512;
	uint32_t key = chance(&rnd);
	char name[32], other[32], *buf = malloc(n);
	int fd;

	if (!buf)
		return;
	snprintf(name, sizeof(name), "file%u", (unsigned int)(chance(&rnd) % 8));
	snprintf(other, sizeof(other), "file%u", (unsigned int)(chance(&rnd) % 8));
	fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (fd < 0 && !lacking())
		die("open");
	fill(buf, n, key);
	if (fd >= 0 && write(fd, buf, n) == (ssize_t)n) {
		if (chance(&rnd) % 8 == 0 && fsync(fd))
			die("fsync");
		if (rename(name, other))
			die("rename");
		memset(buf, 0, n);
		if (pread(fd, buf, n, 0) != (ssize_t)n)
			die("file: read");
		if (verify(buf, n, key, "file"))
			_exit(1);
		if (chance(&rnd) % 2 && unlink(other))
			die("unlink");
	} else if (fd >= 0) {
		lacking();
		unlink(name);
	}
	close(fd);
	free(buf);
}

static void do_trees(void)
{
	int depth = 1 + chance(&rnd) % 6, i;
	char name[16];

	for (i = 0; i < depth; i++) {
		snprintf(name, sizeof(name), "dir%d", i);
		if (mkdir(name, 0700)) {
			if (!lacking())
				die("mkdir");
			break;
		}
		if (symlink("nowhere", "link") && !lacking() && errno != EEXIST)
			die("symlink");
		if (chdir(name))
			die("chdir");
	}
	while (i-- > 0) {
		if (chdir(".."))
			die("chdir ..");
		unlink("link");
		snprintf(name, sizeof(name), "dir%d", i);
		if (rmdir(name))
			die("rmdir");
	}
}

static volatile sig_atomic_t caught;

static void on_usr1(int sig)
{
	caught++;
}

static void do_signals(void)
{
	int i, before = caught;
	pid_t pid;

	signal(SIGUSR1, on_usr1);
	for (i = 0; i < 20; i++)
		raise(SIGUSR1);
	if (caught != before + 20)
		die("signals: one was lost");
	pid = try_fork();
	if (pid == 0)
		for (;;)
			pause();
	if (pid > 0) {
		int status;

		kill(pid, SIGKILL);
		if (waitpid(pid, &status, 0) != pid || status != SIGKILL)
			die("signals: kill");
	}
}

/* ---- the run ------------------------------------------------------------ */

static void (*const work[NR_KINDS])(void) = {
	do_forks, do_execs, do_pipes, do_maps, do_shared, do_files, do_trees, do_signals,
};

static void worker(unsigned int number, long long end)
{
	char dir[32];
	unsigned int kind;

	rnd = chance_seed(number);
	snprintf(dir, sizeof(dir), "worker%u", number);
	if (mkdir(dir, 0700) || chdir(dir))
		die(dir);
	while (now_ms() < end) {
		kind = chance(&rnd) % NR_KINDS;
		work[kind]();
		__atomic_add_fetch(&totals->done[kind], 1, __ATOMIC_RELAXED);
	}
	_exit(0);
}

static void clean_up(unsigned int n)
{
	struct dirent *e;
	char dir[32];
	DIR *d;

	snprintf(dir, sizeof(dir), "worker%u", n);
	if (chdir(dir))
		return;
	d = opendir(".");
	while (d && (e = readdir(d)))
		if (e->d_name[0] != '.' && unlink(e->d_name))
			rmdir(e->d_name);
	if (d)
		closedir(d);
	if (chdir("..") || rmdir(dir))
		die(dir);
}

int main(int argc, char **argv)
{
	char base[64], path[4096];
	unsigned int i, failed = 0;
	int status, k;
	long long end;

	if (argc == 3 && !strcmp(argv[1], "-exit"))
		return atoi(argv[2]);
	parse_options(argc, argv);
	self = realpath("/proc/self/exe", path);
	totals = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	snprintf(base, sizeof(base), "%s/storm.%d", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp",
		 (int)getpid());
	if (!self || totals == MAP_FAILED || mkdir(base, 0700) || chdir(base))
		die(base);
	end = now_ms() + seconds * 1000LL;
	for (i = 0; i < workers; i++) {
		fflush(stdout);
		if (fork() == 0)
			worker(i, end);
	}
	while (wait(&status) > 0)
		failed += status != 0;
	for (i = 0; i < workers; i++)
		clean_up(i);
	if (chdir("/") || rmdir(base))
		die(base);
	for (k = 0; k < NR_KINDS; k++)
		printf("%s %lu, ", kinds[k], totals->done[k]);
	printf("refused %lu\n", totals->refused);
	printf(failed ? "1..1\nnot ok - storm: %u workers failed\n" : "1..1\nok - storm\n", failed);
	return failed != 0;
}
