/*
 * wc [-lwc] [file...]: lines, words, bytes.
 */
#include <ctype.h>
#include <err.h>
#include <stdio.h>
#include <unistd.h>

struct counts {
	unsigned long n[3];
};

static struct counts count(FILE *f)
{
	struct counts k = { { 0 } };
	int c, inside = 0;

	while ((c = getc(f)) != EOF) {
		k.n[2]++;
		k.n[0] += c == '\n';
		k.n[1] += !isspace(c) && !inside;
		inside = !isspace(c);
	}
	return k;
}

static void print(const struct counts *k, int want, const char *name)
{
	int i, one = want == 1 || want == 2 || want == 4;

	for (i = 0; i < 3; i++)
		if (want >> i & 1)
			printf(one && !*name ? "%lu" : "%7lu ", k->n[i]);
	printf("%s\n", name);
}

int main(int argc, char **argv)
{
	struct counts k, total = { { 0 } };
	int want = 0, status = 0, c, i, j;
	FILE *f;

	while ((c = getopt(argc, argv, "lwc")) != -1) {
		if (c == '?')
			return 2;
		want |= c == 'l' ? 1 : c == 'w' ? 2 : 4;
	}
	want = want ? want : 7;
	if (optind == argc) {
		k = count(stdin);
		print(&k, want, "");
	}
	for (i = optind; i < argc; i++) {
		f = fopen(argv[i], "r");
		if (!f) {
			warn("%s", argv[i]);
			status = 1;
			continue;
		}
		k = count(f);
		fclose(f);
		print(&k, want, argv[i]);
		for (j = 0; j < 3; j++)
			total.n[j] += k.n[j];
	}
	if (argc - optind > 1)
		print(&total, want, "total");
	return status | !!fflush(stdout);
}
