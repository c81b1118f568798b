/*
 * ps [-l]: the processes, from /proc/PID/stat; -l adds priority, threads and faults.
 */
#include <ctype.h>
#include <dirent.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NR_FIELDS	40		/* of stat, after the name: [0] is field 3 */

enum { STATE = 0, PPID = 1, PGRP = 2, TTY = 4, MAJFLT = 9, UTIME = 11, STIME = 12, PRIO = 15,
       NICE = 16, THREADS = 17, VSIZE = 20, RSS = 21 };

static int read_file(const char *pid, const char *name, char *buf, size_t size)
{
	char path[64];
	FILE *f;
	size_t n;

	snprintf(path, sizeof(path), "/proc/%s/%s", pid, name);
	f = fopen(path, "r");
	if (!f)
		return -1;
	n = fread(buf, 1, size - 1, f);
	buf[n] = 0;
	fclose(f);
	return n;
}

/* Arguments are separated by null characters; a process without any shows its name. */
static void print_command(const char *pid, const char *name)
{
	char line[256];
	int n = read_file(pid, "cmdline", line, sizeof(line)), i;

	if (n <= 0) {
		printf(" [%s]\n", name);
		return;
	}
	for (i = 0; i < n - 1; i++)
		if (!line[i])
			line[i] = ' ';
	printf(" %s\n", line);
}

static void show(const char *pid, int longer)
{
	char buf[1024], *name, *end, *p;
	char *field[NR_FIELDS] = { NULL };
	unsigned long ticks;
	int n;

	if (read_file(pid, "stat", buf, sizeof(buf)) <= 0)
		return;		/* it is gone already */
	name = strchr(buf, '(');
	end = strrchr(buf, ')');
	if (!name || !end)
		return;
	name++;
	*end = 0;
	for (n = 0, p = strtok(end + 1, " \n"); p && n < NR_FIELDS; p = strtok(NULL, " \n"))
		field[n++] = p;
	if (n <= RSS)
		return;
	ticks = strtoul(field[UTIME], NULL, 10) + strtoul(field[STIME], NULL, 10);
	printf("%5s %5s %-2s", pid, field[PPID], field[STATE]);
	if (longer)
		printf(" %5s %3s %3s %7s", field[PGRP], field[NICE], field[THREADS], field[MAJFLT]);
	printf(" %7llu %6lu %3lu:%02lu.%02lu", strtoull(field[VSIZE], NULL, 10) >> 10,
	       strtoul(field[RSS], NULL, 10) * 4, ticks / 6000, ticks / 100 % 60, ticks % 100);
	print_command(pid, name);
}

static int by_number(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

int main(int argc, char **argv)
{
	static int pids[4096];
	int longer = argc > 1 && strchr(argv[1], 'l') != NULL, n = 0, i;
	DIR *d = opendir("/proc");
	struct dirent *e;
	char pid[16];

	if (!d)
		err(1, "/proc");
	while ((e = readdir(d)))
		if (isdigit(e->d_name[0]) && n < 4096)
			pids[n++] = atoi(e->d_name);
	closedir(d);
	qsort(pids, n, sizeof(int), by_number);
	printf("  PID  PPID S %s     VSZ    RSS      TIME COMMAND\n",
	       longer ? "  PGRP  NI THR  MAJFLT " : "");
	for (i = 0; i < n; i++) {
		snprintf(pid, sizeof(pid), "%d", pids[i]);
		show(pid, longer);
	}
	return 0;
}
