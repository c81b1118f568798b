/*
 * free [-h | -b | -m]: memory, from /proc/meminfo, in KiB unless told otherwise.
 */
#include <err.h>
#include <human.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char unit = 'k';

/* => KiB; 0 if the kernel does not tell */
static unsigned long long field(const char *text, const char *name)
{
	const char *p = text;
	size_t n = strlen(name);

	while (p && strncmp(p, name, n))
		if ((p = strchr(p, '\n')))
			p++;
	return p ? strtoull(p + n, NULL, 10) : 0;
}

static void column(unsigned long long kib)
{
	char buf[24];

	if (unit == 'h')
		printf(" %11s", human_size(buf, kib << 10));
	else
		printf(" %11llu", unit == 'b' ? kib << 10 : unit == 'm' ? kib >> 10 : kib);
}

int main(int argc, char **argv)
{
	static char text[8192];
	unsigned long long total, left, cached, swap, swap_free;
	size_t n;
	FILE *f;
	int c;

	while ((c = getopt(argc, argv, "hbkm")) != -1) {
		if (c == '?')
			return 2;
		unit = c;
	}
	f = fopen("/proc/meminfo", "r");
	if (!f)
		err(1, "/proc/meminfo");
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = 0;
	total = field(text, "MemTotal:");
	left = field(text, "MemFree:");
	cached = field(text, "Buffers:") + field(text, "Cached:");
	swap = field(text, "SwapTotal:");
	swap_free = field(text, "SwapFree:");
	printf("%-6s %11s %11s %11s %11s %11s\n", "", "total", "used", "free", "shared", "buff/cache");
	printf("%-6s", "Mem:");
	column(total);
	column(total - left - cached);
	column(left);
	column(field(text, "Shmem:"));
	column(cached);
	printf("\n%-6s", "Swap:");
	column(swap);
	column(swap - swap_free);
	column(swap_free);
	printf("\n");
	return 0;
}
