/*
 * head [-n lines | -c bytes | -lines] [file...]
 */
#include <ctype.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void head(FILE *f, long lines, long bytes)
{
	int c;

	while ((bytes < 0 ? lines > 0 : bytes-- > 0) && (c = getc(f)) != EOF) {
		putchar(c);
		lines -= c == '\n';
	}
}

int main(int argc, char **argv)
{
	long lines = 10, bytes = -1;
	int c, i, status = 0, names;
	FILE *f;

	if (argc > 1 && argv[1][0] == '-' && isdigit(argv[1][1])) {
		lines = atol(argv[1] + 1);
		optind = 2;
	}
	while ((c = getopt(argc, argv, "n:c:")) != -1) {
		if (c == '?')
			return 2;
		*(c == 'n' ? &lines : &bytes) = atol(optarg);
	}
	if (optind == argc)
		head(stdin, lines, bytes);
	names = argc - optind > 1;
	for (i = optind; i < argc; i++) {
		f = fopen(argv[i], "r");
		if (!f) {
			warn("%s", argv[i]);
			status = 1;
			continue;
		}
		if (names)
			printf("%s==> %s <==\n", i > optind ? "\n" : "", argv[i]);
		head(f, lines, bytes);
		fclose(f);
	}
	return status | !!fflush(stdout);
}
