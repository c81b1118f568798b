/*
 * What the kernel's everyday work costs. Under `make bench` a nanosecond of the clock is one instruction, so that each
 * row is a count of instructions, the same on every machine. Runs as init (and then powers off) or from the shell.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096
#define PAGES 256

/* Nanoseconds since boot. */
static unsigned long long now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

static void must(int ok, const char *what)
{
	if (!ok) {
		perror(what);
		exit(1);
	}
}

/* Instructions since the kernel started, without what it waited for the disk (to a hundredth of a second). */
static unsigned long long busy_since_boot(void)
{
	unsigned long long ticks = 0;
	char text[256], *p = text + 4;		/* "cpu ", then user nice system idle iowait */
	int fd;
	ssize_t n;

	mount("proc", "/proc", "proc", 0, NULL);	/* done already, if we are not init */
	fd = open("/proc/stat", O_RDONLY);
	must(fd >= 0 && (n = read(fd, text, sizeof(text) - 1)) > 0, "/proc/stat");
	close(fd);
	text[n] = 0;
	for (int i = 0; i < 5; i++)
		ticks = strtoull(p, &p, 10);
	return now() - ticks * 10000000;
}

static void system_call(int n)
{
	while (n--)
		must(getppid() >= 0, "getppid");
}

static void fork_and_wait(int n)
{
	int status;

	while (n--) {
		pid_t pid = fork();

		must(pid >= 0, "fork");
		if (pid == 0)
			_exit(0);
		must(waitpid(pid, &status, 0) == pid, "waitpid");
	}
}

/* A page of fresh memory: fault, clear, map, and away again. */
static void touch_page(int n)
{
	char *p = mmap(NULL, n * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	must(p != MAP_FAILED, "mmap");
	for (int i = 0; i < n; i++)
		p[i * PAGE] = 1;
	munmap(p, n * PAGE);
}

static void map_and_unmap(int n)
{
	while (n--) {
		void *p = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		must(p != MAP_FAILED, "mmap");
		munmap(p, PAGE);
	}
}

/* A byte to a child and back: two switches. */
static void pipe_round_trip(int n)
{
	int there[2], back[2], status;
	char c = 0;

	must(pipe(there) == 0 && pipe(back) == 0, "pipe");
	pid_t pid = fork();

	must(pid >= 0, "fork");
	if (pid == 0) {
		close(there[1]);
		while (read(there[0], &c, 1) == 1)
			if (write(back[1], &c, 1) != 1)
				_exit(1);
		_exit(0);
	}
	close(there[0]);
	while (n--)
		must(write(there[1], &c, 1) == 1 && read(back[0], &c, 1) == 1, "pipe");
	close(there[1]);
	close(back[0]);
	close(back[1]);
	must(waitpid(pid, &status, 0) == pid, "waitpid");
}

/* A page of a file that the page cache holds. */
static void read_cached_page(int n)
{
	static char page[PAGE];
	int fd = open("/bin/sh", O_RDONLY);

	must(fd >= 0 && read(fd, page, PAGE) == PAGE, "/bin/sh");
	while (n--)
		must(pread(fd, page, PAGE, 0) == PAGE, "pread");
	close(fd);
}

static const struct {
	const char *name;
	void (*run)(int n);
	int times;
} rows[] = {
	{ "system call", system_call, 1000 },
	{ "fork, exit, wait", fork_and_wait, 20 },
	{ "page touched first", touch_page, PAGES },
	{ "mmap and munmap", map_and_unmap, 200 },
	{ "pipe round trip", pipe_round_trip, 200 },
	{ "read of a cached page", read_cached_page, 200 },
};

int main(void)
{
	printf("bench: %-32s %12llu\n", "boot to the first program", busy_since_boot());
	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		rows[i].run(2);		/* once for the caches */
		unsigned long long start = now();

		rows[i].run(rows[i].times);
		printf("bench: %-32s %12llu\n", rows[i].name, (now() - start) / rows[i].times);
	}
	fflush(stdout);
	if (getpid() == 1)
		reboot(RB_POWER_OFF);
	return 0;
}
