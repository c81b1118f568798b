/*
 * pmap PID...: the areas of processes' memory: where, how large, how much of it is in memory, and changed; and the sums.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct area {
	char start[20], mode[8], name[256];
	unsigned long size, rss, dirty;		/* KiB */
};

static void print_area(const struct area *a)
{
	if (a->start[0])
		printf("%16s %9lu %9lu %9lu %s %s\n", a->start, a->size, a->rss, a->dirty, a->mode, a->name);
}

/* "start-end mode offset dev inode name" begins an area. => it did */
static int begin_area(const char *line, struct area *a)
{
	const char *dash = strchr(line, '-'), *p = strchr(line, ' ');
	int i;

	if (!dash || !p || dash > p || strchr("0123456789abcdef", line[0]) == NULL)
		return 0;
	memset(a, 0, sizeof(*a));
	snprintf(a->start, sizeof(a->start), "%.*s", (int)(dash - line), line);
	snprintf(a->mode, sizeof(a->mode), "%.4s", p + 1);
	for (i = 0; i < 4 && p; i++)
		p = strchr(p + 1, ' ');
	while (p && *p == ' ')
		p++;
	snprintf(a->name, sizeof(a->name), "%.*s", (int)strcspn(p && *p != '\n' ? p : "  [ anon ]", "\n"), p && *p != '\n' ? p : "  [ anon ]");
	return 1;
}

static unsigned long kib(const char *line, const char *name)
{
	size_t n = strlen(name);

	return strncmp(line, name, n) ? 0 : strtoul(line + n, NULL, 10);
}

static int show(const char *pid)
{
	unsigned long size = 0, rss = 0, dirty = 0, n;
	struct area next, a = { .start = "" };
	char line[512];
	FILE *f;

	snprintf(line, sizeof(line), "/proc/%s/smaps", pid);
	f = fopen(line, "r");
	if (!f) {
		warn("%s", pid);
		return 1;
	}
	printf("%s:\n%16s %9s %9s %9s Mode Mapping\n", pid, "Address", "Kbytes", "RSS", "Dirty");
	while (fgets(line, sizeof(line), f)) {
		if (begin_area(line, &next)) {
			print_area(&a);
			a = next;
		}
		n = kib(line, "Size:");
		a.size += n;
		size += n;
		n = kib(line, "Rss:");
		a.rss += n;
		rss += n;
		n = kib(line, "Shared_Dirty:") + kib(line, "Private_Dirty:");
		a.dirty += n;
		dirty += n;
	}
	print_area(&a);
	printf("%16s %9lu %9lu %9lu\n", "total kB", size, rss, dirty);
	fclose(f);
	return 0;
}

int main(int argc, char **argv)
{
	int failed = 0;

	if (argc < 2)
		errx(1, "usage: pmap PID...");
	while (*++argv)
		failed |= show(*argv);
	return failed;
}
