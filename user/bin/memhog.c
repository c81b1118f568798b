/*
 * memhog [-r rounds] [-f file] [-l] [-k] size[k|m|g]: takes memory and writes to every page of it.
 *
 *	-r N	walks over it N times (1)
 *	-f FILE	a shared mapping of FILE, made that large, instead of anonymous memory
 *	-l	locked (mlock)
 *	-k	keeps it until it is killed
 *
 * Each page carries a number that is looked at in the next round: a page that lost it is told, with exit status 1.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/mman.h>

/* "64m" in bytes; 0: it is no size. */
static size_t parse_size(const char *s)
{
	char *end;
	unsigned long long n = strtoull(s, &end, 10);
	int shift = *end == 'g' || *end == 'G' ? 30 : *end == 'm' || *end == 'M' ? 20 : *end == 'k' || *end == 'K' ? 10 : 0;

	if (end == s || (shift && end[1]) || (!shift && *end))
		return 0;
	n <<= shift;
	return n == (size_t)n ? (size_t)n : 0;
}

static char *get(size_t size, const char *file)
{
	int fd = -1, flags = MAP_PRIVATE | MAP_ANONYMOUS;
	char *p;

	if (file) {
		fd = open(file, O_RDWR | O_CREAT, 0600);
		if (fd < 0 || ftruncate(fd, size))
			err(1, "%s", file);
		flags = MAP_SHARED;
	}
	p = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, fd, 0);
	if (p == MAP_FAILED)
		err(1, "mmap of %lu bytes", (unsigned long)size);
	if (fd >= 0)
		close(fd);
	return p;
}

/* Write @round's numbers, after a look at those of the round before. */
static void walk(char *p, size_t size, unsigned long page, int round)
{
	for (size_t at = 0; at < size; at += page) {
		unsigned long *word = (unsigned long *)(p + at);

		if (round && *word != at / page + round - 1)
			errx(1, "page %lu lost its number in round %d: %lu", (unsigned long)(at / page), round, *word);
		*word = at / page + round;
	}
}

int main(int argc, char **argv)
{
	int c, rounds = 1, lock = 0, keep = 0;
	unsigned long page = sysconf(_SC_PAGESIZE);
	const char *file = NULL;
	size_t size;
	char *p;

	while ((c = getopt(argc, argv, "r:f:lk")) != -1)
		switch (c) {
		case 'r': rounds = atoi(optarg); break;
		case 'f': file = optarg; break;
		case 'l': lock = 1; break;
		case 'k': keep = 1; break;
		default: return 2;
		}
	size = optind + 1 == argc ? parse_size(argv[optind]) / page * page : 0;
	if (!size || rounds < 1)
		errx(2, "usage: memhog [-r rounds] [-f file] [-l] [-k] size[k|m|g]");
	p = get(size, file);
	if (lock && mlock(p, size))
		err(1, "mlock");
	for (int round = 0; round < rounds; round++) {
		walk(p, size, page, round);
		printf("round %d: %lu pages\n", round + 1, (unsigned long)(size / page));
		fflush(stdout);
	}
	while (keep)
		pause();
	return 0;
}
