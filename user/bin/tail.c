/*
 * tail [-n [+]lines | -lines] [-f] [file]: the last lines are kept in a ring; with + all
 * from that line on. -f goes on as the file grows.
 */
#include <ctype.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void from_line(FILE *f, long line)
{
	int c;

	for (; line > 1 && (c = getc(f)) != EOF;)
		line -= c == '\n';
	while ((c = getc(f)) != EOF)
		putchar(c);
}

static void last_lines(FILE *f, long n)
{
	char **ring = calloc(n + 1, sizeof(char *));
	size_t *cap = calloc(n + 1, sizeof(size_t));
	long count = 0, i;

	if (!ring || !cap)
		err(1, "tail");
	while (getline(&ring[count % (n + 1)], &cap[count % (n + 1)], f) > 0)
		count++;
	for (i = count > n ? count - n : 0; i < count; i++)
		fputs(ring[i % (n + 1)], stdout);
	for (i = 0; i <= n; i++)
		free(ring[i]);
	free(ring);
	free(cap);
}

static void follow(FILE *f)
{
	int c;

	for (;;) {
		while ((c = getc(f)) != EOF)
			putchar(c);
		fflush(stdout);
		clearerr(f);
		usleep(200000);
	}
}

int main(int argc, char **argv)
{
	const char *lines = "10";
	int c, forever = 0, status = 0;
	FILE *f = stdin;

	if (argc > 1 && argv[1][0] == '-' && isdigit(argv[1][1])) {
		lines = argv[1] + 1;
		optind = 2;
	}
	while ((c = getopt(argc, argv, "n:f")) != -1) {
		if (c == '?')
			return 2;
		if (c == 'f')
			forever = 1;
		else
			lines = optarg;
	}
	do {
		if (optind < argc)
			f = fopen(argv[optind], "r");
		if (!f) {
			warn("%s", argv[optind]);
			status = 1;
			continue;
		}
		if (*lines == '+')
			from_line(f, atol(lines + 1));
		else
			last_lines(f, atol(lines));
		if (forever)
			follow(f);
	} while (++optind < argc);
	return status | !!fflush(stdout);
}
