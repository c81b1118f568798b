/*
 * slabtop [-s c|n|o] [-n lines]: the kernel's object caches by size, from /proc/slabinfo.
 *
 *	-s	sort by cache size (c, as it is), name (n), or number of objects (o)
 *	-n	so many lines (all)
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_CACHES	256

struct cache {
	char name[32];
	unsigned long active, objs, size, per_slab, pages, slabs, kib;
};
static struct cache caches[MAX_CACHES];
static int nr_caches;

static int by_size(const void *a, const void *b)
{
	const struct cache *x = a, *y = b;

	return x->kib != y->kib ? (x->kib < y->kib ? 1 : -1) : strcmp(x->name, y->name);
}

static int by_objects(const void *a, const void *b)
{
	const struct cache *x = a, *y = b;

	return x->objs != y->objs ? (x->objs < y->objs ? 1 : -1) : strcmp(x->name, y->name);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct cache *)a)->name, ((const struct cache *)b)->name);
}

/* "name active objs objsize objperslab pagesperslab : tunables … : slabdata active_slabs num_slabs shared" */
static void parse(char *line)
{
	struct cache *c = &caches[nr_caches];
	unsigned long *field[] = { &c->active, &c->objs, &c->size, &c->per_slab, &c->pages };
	char *name = strtok(line, " "), *word, *data;

	data = strtok(NULL, "");
	if (!name || !data || nr_caches == MAX_CACHES)
		return;
	snprintf(c->name, sizeof(c->name), "%s", name);
	word = data;
	for (size_t i = 0; i < sizeof(field) / sizeof(*field); i++)
		*field[i] = strtoul(word, &word, 10);
	word = strstr(data, "slabdata");
	if (!word)
		return;
	strtoul(word + 8, &word, 10);
	c->slabs = strtoul(word, NULL, 10);
	c->kib = c->slabs * c->pages * (sysconf(_SC_PAGESIZE) / 1024);
	nr_caches++;
}

static void read_caches(void)
{
	FILE *f = fopen("/proc/slabinfo", "r");
	char line[512];

	if (!f)
		err(1, "/proc/slabinfo");	/* a kernel with slob has none */
	while (fgets(line, sizeof(line), f))
		if (*line != '#' && strncmp(line, "slabinfo", 8))
			parse(line);
	fclose(f);
}

int main(int argc, char **argv)
{
	unsigned long kib = 0, objs = 0, active = 0;
	int c, lines = MAX_CACHES;
	char order = 'c';

	while ((c = getopt(argc, argv, "s:n:")) != -1) {
		if (c == 's')
			order = *optarg;
		else if (c == 'n')
			lines = atoi(optarg);
		else
			return 2;
	}
	if (!strchr("cno", order) || lines < 1 || optind < argc)
		errx(2, "usage: slabtop [-s c|n|o] [-n lines]");
	read_caches();
	qsort(caches, nr_caches, sizeof(*caches), order == 'n' ? by_name : order == 'o' ? by_objects : by_size);
	for (int i = 0; i < nr_caches; i++) {
		kib += caches[i].kib;
		objs += caches[i].objs;
		active += caches[i].active;
	}
	printf("%d caches, %lu objects, %lu of them in use, %luK\n", nr_caches, objs, active, kib);
	printf("%7s %7s %4s %8s %6s %8s %9s %s\n", "OBJS", "ACTIVE", "USE", "OBJ SIZE", "SLABS", "OBJ/SLAB", "CACHE", "NAME");
	for (int i = 0; i < nr_caches && i < lines; i++) {
		struct cache *k = &caches[i];

		printf("%7lu %7lu %3lu%% %8lu %6lu %8lu %8luK %s\n", k->objs, k->active, k->objs ? k->active * 100 / k->objs : 0,
		       k->size, k->slabs, k->per_slab, k->kib, k->name);
	}
	return 0;
}
