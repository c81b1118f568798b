/*
 * Single-letter options, as POSIX has them: getopt stops at the first operand.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

char *optarg;
int optind = 1, opterr = 1, optopt;

static int complain(const char *prog, const char *what, int c)
{
	optopt = c;
	if (opterr)
		fprintf(stderr, "%s: %s -- '%c'\n", prog, what, c);
	return '?';
}

int getopt(int argc, char *const argv[], const char *opts)
{
	static int at;		/* inside a group like -la */
	const char *arg, *spec;
	int c;

	if (at == 0) {
		arg = optind < argc ? argv[optind] : NULL;
		if (!arg || arg[0] != '-' || !arg[1])
			return -1;
		if (!strcmp(arg, "--")) {
			optind++;
			return -1;
		}
		at = 1;
	}
	arg = argv[optind];
	c = arg[at++];
	spec = c == ':' ? NULL : strchr(opts, c);
	if (!arg[at] || (spec && spec[1] == ':'))
		optind++;
	if (spec && spec[1] == ':') {
		optarg = arg[at] ? (char *)arg + at : argv[optind];
		at = 0;
		if (optarg && optarg == argv[optind])
			optind++;
		return optarg ? c : complain(argv[0], "option requires an argument", c);
	}
	if (!arg[at])
		at = 0;
	return spec ? c : complain(argv[0], "invalid option", c);
}
