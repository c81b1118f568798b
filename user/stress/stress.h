/*
 * What the stress programs share: their options, a seeded generator, verified patterns,
 * the end of the run. They build with glibc on Linux too.
 *
 *	-s seed  -t seconds  -j workers  -m MiB
 *
 * A program that takes more options defines MORE_OPTIONS (for getopt, and as its usage tells them) and more_option(); one whose
 * processes may fail with nobody waiting for them defines WHEN_FAILED(), which they call.
 */
#ifndef USER_STRESS_H
#define USER_STRESS_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/wait.h>

static unsigned int seed = 1, seconds = 10, workers = 4, mib = 8;

/* xorshift: the same numbers on every machine */
static inline uint32_t chance(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* A generator's start for worker number n; never 0. */
static inline uint32_t chance_seed(unsigned int n)
{
	return (seed * 2654435761u ^ (n + 1) * 2246822519u) | 1;
}

static inline long long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

static inline void fill(void *buf, size_t n, uint32_t key)
{
	uint32_t state = key | 1, *p = buf;

	for (n /= 4; n--; p++)
		*p = chance(&state);
}

/* => 0, or 1 with a line that says where the first wrong word is */
static inline int verify(const void *buf, size_t n, uint32_t key, const char *what)
{
	uint32_t state = key | 1, want;
	const uint32_t *p = buf;
	size_t i;

	for (i = 0; i < n / 4; i++) {
		want = chance(&state);
		if (p[i] != want) {
			printf("WRONG: %s: %p, byte %zu of %zu: %08x, not %08x, seed %u\n", what, (const void *)&p[i], i * 4, n,
			       (unsigned int)p[i], (unsigned int)want, seed);
			fflush(stdout);
			return 1;
		}
	}
	return 0;
}

#ifndef WHEN_FAILED
#define WHEN_FAILED()
#endif

/* What must not be: said at once, with the seed, and the end of this process. */
#define FAILED(...) do { \
	printf("FAILED: %s:%d: ", __FILE__, __LINE__); \
	printf(__VA_ARGS__); \
	printf(", errno %d, seed %u\n", errno, seed); \
	fflush(stdout); \
	WHEN_FAILED(); \
	_exit(1); \
} while (0)

/* A new, empty file of this process in $TMPDIR, else in /tmp; it has lost its name already. */
static inline int nameless_file(void)
{
	const char *folder = getenv("TMPDIR");
	char name[PATH_MAX];
	int fd;

	snprintf(name, sizeof(name), "%s/stress.%d", folder ? folder : "/tmp", (int)getpid());
	fd = open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
	if (fd < 0 || unlink(name))
		FAILED("%s", name);
	return fd;
}

/* => child's pid, 0 in the child; -1: too little memory or too many processes */
static inline pid_t fork_or_lack(void)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0 && errno != EAGAIN && errno != ENOMEM)
		FAILED("fork");
	return pid;
}

/* Wait for that child. => its exit code; a signal is a failure */
static inline int exit_code(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) != pid)
		if (errno != EINTR)
			FAILED("waitpid");
	if (!WIFEXITED(status))
		FAILED("child %d has status %#x", (int)pid, status);
	return WEXITSTATUS(status);
}

/* Run work(n) in a process for each worker; tell the result as TAP. => main's exit status */
static inline int run_workers(const char *name, void (*work)(unsigned int number))
{
	unsigned int i, failed = 0;
	int status;
	pid_t pid;

	for (i = 0; i < workers; i++) {
		fflush(stdout);
		pid = fork();
		if (pid == 0) {
			work(i);
			fflush(stdout);
			_exit(0);
		}
		failed += pid < 0;
	}
	while (wait(&status) > 0 || errno == EINTR)
		failed += status != 0;
	if (failed)
		printf("1..1\nnot ok - %s: %u workers failed, seed %u\n", name, failed, seed);
	else
		printf("1..1\nok - %s\n", name);
	return failed != 0;
}

#ifndef MORE_OPTIONS
#define MORE_OPTIONS	""
#define MORE_USAGE	""
/* => 0: there is no such option */
static inline int more_option(int c, const char *arg)
{
	return 0;
}
#endif

static inline void parse_options(int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "s:t:j:m:" MORE_OPTIONS)) != -1) {
		switch (c) {
		case 's': seed = strtoul(optarg, NULL, 0); break;
		case 't': seconds = strtoul(optarg, NULL, 0); break;
		case 'j': workers = strtoul(optarg, NULL, 0); break;
		case 'm': mib = strtoul(optarg, NULL, 0); break;
		default:
			if (more_option(c, optarg))
				break;
			fprintf(stderr, "usage: %s [-s seed] [-t seconds] [-j workers] [-m MiB]" MORE_USAGE "\n", argv[0]);
			exit(2);
		}
	}
	if (optind < argc || workers < 1 || workers > 64 || mib < 1) {
		fprintf(stderr, "%s: options only, 1 to 64 workers, at least 1 MiB\n", argv[0]);
		exit(2);
	}
}

#endif
