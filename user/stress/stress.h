/*
 * What the stress programs share: their options, a seeded generator, verified patterns,
 * the end of the run. They build with glibc on Linux too.
 *
 *	-s seed  -t seconds  -j workers  -m MiB
 */
#ifndef USER_STRESS_H
#define USER_STRESS_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

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
			printf("WRONG: %s: at byte %zu of %zu: %08x, not %08x\n", what, i * 4, n,
			       p[i], want);
			fflush(stdout);
			return 1;
		}
	}
	return 0;
}

static inline void parse_options(int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "s:t:j:m:")) != -1) {
		switch (c) {
		case 's': seed = strtoul(optarg, NULL, 0); break;
		case 't': seconds = strtoul(optarg, NULL, 0); break;
		case 'j': workers = strtoul(optarg, NULL, 0); break;
		case 'm': mib = strtoul(optarg, NULL, 0); break;
		default:
			fprintf(stderr, "usage: %s [-s seed] [-t seconds] [-j workers] [-m MiB]\n",
				argv[0]);
			exit(2);
		}
	}
	if (workers < 1 || workers > 64 || mib < 1) {
		fprintf(stderr, "%s: 1 to 64 workers, at least 1 MiB\n", argv[0]);
		exit(2);
	}
}

#endif
