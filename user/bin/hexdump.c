/*
 * hexdump [-n bytes] [-s skip] [file]: 16 bytes a line, hexadecimal and text.
 */
#include <ctype.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void line(unsigned long long off, const unsigned char *p, int n)
{
	int i;

	printf("%08llx ", off);
	for (i = 0; i < 16; i++) {
		if (i % 8 == 0)
			putchar(' ');
		if (i < n)
			printf("%02x ", p[i]);
		else
			printf("   ");
	}
	printf(" |");
	for (i = 0; i < n; i++)
		putchar(isprint(p[i]) ? p[i] : '.');
	printf("|\n");
}

int main(int argc, char **argv)
{
	unsigned long long left = -1, off = 0, skip = 0;
	unsigned char buf[16], last[16];
	int c, n, repeated = 0, first = 1;
	FILE *f = stdin;

	while ((c = getopt(argc, argv, "Cn:s:")) != -1) {
		if (c == '?')
			return 2;
		if (c == 'n')
			left = strtoull(optarg, NULL, 0);
		if (c == 's')
			skip = strtoull(optarg, NULL, 0);
	}
	if (optind < argc && !(f = fopen(argv[optind], "r")))
		err(1, "%s", argv[optind]);
	while (off < skip && getc(f) != EOF)
		off++;
	for (; left && (n = fread(buf, 1, left < 16 ? left : 16, f)) > 0; off += n, left -= n) {
		if (!first && n == 16 && !memcmp(buf, last, 16)) {
			if (!repeated++)
				puts("*");
			continue;
		}
		line(off, buf, n);
		memcpy(last, buf, n);
		repeated = first = 0;
	}
	printf("%08llx\n", off);
	return ferror(f);
}
