/*
 * sleep seconds[.fraction]...
 */
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <time.h>

static struct timespec parse(const char *s)
{
	struct timespec ts;
	char *end;
	long digit = 100000000;

	ts.tv_sec = strtol(s, &end, 10);
	ts.tv_nsec = 0;
	if (*end == '.')
		for (end++; *end >= '0' && *end <= '9'; end++, digit /= 10)
			ts.tv_nsec += (*end - '0') * digit;
	if (*end || end == s || ts.tv_sec < 0)
		errx(2, "%s: not a number of seconds", s);
	return ts;
}

int main(int argc, char **argv)
{
	struct timespec ts;
	int i;

	if (argc < 2)
		errx(2, "usage: sleep seconds...");
	for (i = 1; i < argc; i++) {
		ts = parse(argv[i]);
		while (nanosleep(&ts, &ts) && errno == EINTR)
			;
	}
	return 0;
}
