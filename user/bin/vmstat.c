/*
 * vmstat [-s] [seconds [count]]: memory, paging and CPU time, as the program of this name on Linux. The first line is
 * since boot, each other one since the last; -s: the counters as a list.
 *
 * From /proc/meminfo (KiB), /proc/vmstat (events) and /proc/stat (hundredths of a second).
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HEADER	"procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu-----\n" \
		" r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st\n"
#define LINES	20		/* then the header comes again */

enum { USER, NICE, SYSTEM, IDLE, IOWAIT, IRQ, SOFTIRQ, STEAL, NR_TIMES };

struct sample {
	unsigned long long in, out, swap_in, swap_out, interrupts, switches, time[NR_TIMES];
};

static char text[65536];

static void slurp(const char *path)
{
	FILE *f = fopen(path, "r");
	size_t n;

	if (!f)
		err(1, "%s", path);
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = 0;
	fclose(f);
}

/* The number behind @name at the start of a line of text[]; 0 if there is no such line. */
static unsigned long long field(const char *name)
{
	size_t n = strlen(name);
	char *p = text;

	while (p && (strncmp(p, name, n) || (p[n] != ' ' && p[n] != ':')))
		if ((p = strchr(p, '\n')))
			p++;
	return p ? strtoull(p + n + 1, NULL, 10) : 0;
}

static void take(struct sample *s)
{
	char *p;

	slurp("/proc/vmstat");
	*s = (struct sample){ .in = field("pgpgin"), .out = field("pgpgout"), .swap_in = field("pswpin"),
			      .swap_out = field("pswpout") };
	slurp("/proc/stat");
	s->interrupts = field("intr");
	s->switches = field("ctxt");
	p = text + 3;				/* "cpu  …" is the first line */
	for (int i = 0; i < NR_TIMES; i++)
		s->time[i] = strtoull(p, &p, 10);
}

static unsigned int percent(unsigned long long part, unsigned long long whole)
{
	return whole ? (unsigned int)((part * 100 + whole / 2) / whole) : 0;
}

/* @new - @old, each second of which there were @seconds. */
static void show(const struct sample *new, const struct sample *old, unsigned long long seconds)
{
	unsigned long long t[NR_TIMES], sum = 0, running, blocked, page = sysconf(_SC_PAGESIZE) / 1024;

	for (int i = 0; i < NR_TIMES; i++)
		sum += t[i] = new->time[i] - old->time[i];
	running = field("procs_running");	/* text[] is still /proc/stat */
	blocked = field("procs_blocked");
	slurp("/proc/meminfo");
	printf("%2llu %2llu %6llu %6llu %6llu %6llu %4llu %4llu %5llu %5llu %4llu %4llu %2u %2u %2u %2u %2u\n", running, blocked,
	       field("SwapTotal") - field("SwapFree"), field("MemFree"), field("Buffers"), field("Cached"),
	       (new->swap_in - old->swap_in) * page / seconds, (new->swap_out - old->swap_out) * page / seconds,
	       (new->in - old->in) / 2 / seconds, (new->out - old->out) / 2 / seconds,
	       (new->interrupts - old->interrupts) / seconds, (new->switches - old->switches) / seconds,
	       percent(t[USER] + t[NICE], sum), percent(t[SYSTEM] + t[IRQ] + t[SOFTIRQ], sum), percent(t[IDLE], sum),
	       percent(t[IOWAIT], sum), percent(t[STEAL], sum));
	fflush(stdout);
}

static void list(void)
{
	static const struct { const char *name, *text; } memory[] = {
		{ "MemTotal", "K total memory" }, { "MemFree", "K free memory" }, { "Active", "K active memory" },
		{ "Inactive", "K inactive memory" }, { "Buffers", "K buffer memory" }, { "Cached", "K page cache" },
		{ "SwapTotal", "K total swap" }, { "SwapFree", "K free swap" },
	};

	slurp("/proc/meminfo");
	for (size_t i = 0; i < sizeof(memory) / sizeof(*memory); i++)
		printf("%12llu %s\n", field(memory[i].name), memory[i].text);
	slurp("/proc/vmstat");
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		char *value = strchr(line, ' ');

		if (value && strncmp(line, "nr_", 3))
			printf("%12s %.*s\n", value + 1, (int)(value - line), line);
	}
}

static unsigned long long uptime(void)
{
	slurp("/proc/uptime");
	return strtoull(text, NULL, 10) + 1;
}

int main(int argc, char **argv)
{
	struct sample old = { 0 }, new;
	unsigned long long since = uptime();
	int c, wait, count;

	while ((c = getopt(argc, argv, "s")) != -1) {
		if (c == '?')
			return 2;
		list();
		return 0;
	}
	wait = optind < argc ? atoi(argv[optind]) : 0;
	count = optind + 1 < argc ? atoi(argv[optind + 1]) : wait ? -1 : 1;
	if (argc > optind + 2 || (optind < argc && wait < 1) || count == 0)
		errx(2, "usage: vmstat [-s] [seconds [count]]");
	for (int line = 0; line != count; line++) {
		if (line) {
			sleep(wait);
			since = wait;
		}
		if (line % LINES == 0)
			printf(HEADER);
		take(&new);
		show(&new, &old, since);
		old = new;
	}
	return 0;
}
