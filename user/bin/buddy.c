/*
 * buddy [-w seconds]: the free lists as a picture, from /proc/buddyinfo: for each zone and order how many blocks, and
 * which part of the zone's free memory they hold.
 *
 *	Node 0, zone DMA32: 249.6M free
 *	   4K     12 |                                  0.0%
 *	  ...
 *	   4M     61 |##############################   97.8%
 */
#include <err.h>
#include <human.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BAR		30
#define MAX_ORDERS	32

static void picture(unsigned long page, const unsigned long *blocks, int orders, unsigned long long sum)
{
	char size[24], bar[BAR + 1];
	int order;

	for (order = 0; order < orders; order++) {
		unsigned long long bytes = (unsigned long long)blocks[order] * page << order;
		unsigned int tenths = sum ? bytes * 1000 / sum : 0;

		memset(bar, ' ', BAR);
		memset(bar, '#', (tenths * BAR + 999) / 1000);
		bar[BAR] = 0;
		printf("%6s %7lu |%s %4u.%u%%\n", human_size(size, (unsigned long long)page << order), blocks[order], bar,
		       tenths / 10, tenths % 10);
	}
}

/* => a line of /proc/buddyinfo: "Node 0, zone    DMA32      1      0 …" */
static void zone(char *line)
{
	unsigned long page = sysconf(_SC_PAGESIZE), blocks[MAX_ORDERS];
	char *p = strstr(line, "zone"), *name, *end, size[24];
	unsigned long long sum = 0;
	int orders = 0;

	name = p ? strtok(p + 4, " \n") : NULL;
	if (!name)
		errx(1, "/proc/buddyinfo: what is \"%s\"?", line);
	while (orders < MAX_ORDERS && (p = strtok(NULL, " \n"))) {
		blocks[orders] = strtoul(p, &end, 10);
		sum += (unsigned long long)blocks[orders] * page << orders;
		orders++;
	}
	printf("Node %lu, zone %s: %s free\n", strtoul(line + 4, NULL, 10), name, human_size(size, sum));
	picture(page, blocks, orders, sum);
}

static void show(void)
{
	FILE *f = fopen("/proc/buddyinfo", "r");
	char line[512];

	if (!f)
		err(1, "/proc/buddyinfo");
	while (fgets(line, sizeof(line), f))
		zone(line);
	fclose(f);
}

int main(int argc, char **argv)
{
	int c, wait = 0;

	while ((c = getopt(argc, argv, "w:")) != -1) {
		if (c == '?')
			return 2;
		wait = atoi(optarg);
		if (wait < 1)
			errx(2, "-w wants seconds, at least 1");
	}
	for (show(); wait; show()) {
		fflush(stdout);
		sleep(wait);
		printf("\n");
	}
	return 0;
}
