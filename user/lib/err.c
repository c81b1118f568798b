/*
 * Messages of small programs. What is on its way to stdout comes first.
 */
#include <err.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "user/lib/internal.h"

static void say(const char *fmt, va_list ap, int why)
{
	fflush(stdout);
	fprintf(stderr, "%s: ", __program_name);
	vfprintf(stderr, fmt, ap);
	fprintf(stderr, why ? ": %s\n" : "\n", strerror(why));
}

#define SAY(why) do { va_list ap; va_start(ap, fmt); say(fmt, ap, why); va_end(ap); } while (0)

void warn(const char *fmt, ...)
{
	int why = errno;

	SAY(why);
}

void warnx(const char *fmt, ...)
{
	SAY(0);
}

void err(int status, const char *fmt, ...)
{
	int why = errno;

	SAY(why);
	exit(status);
}

void errx(int status, const char *fmt, ...)
{
	SAY(0);
	exit(status);
}
