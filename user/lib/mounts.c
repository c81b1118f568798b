/*
 * mounts.c: reads /proc/mounts, where blanks and such in names are written as \ooo, in octal.
 */
#include <ctype.h>
#include <err.h>
#include <mounts.h>
#include <string.h>

FILE *open_mounts(void)
{
	FILE *f = fopen("/proc/mounts", "r");

	if (!f)
		err(1, "/proc/mounts");
	return f;
}

static int is_octal(const char *p)
{
	return p[0] == '\\' && isdigit(p[1]) && isdigit(p[2]) && isdigit(p[3]);
}

/* In place: it only becomes shorter. */
static char *decoded(char *word)
{
	char *from = word, *to = word;

	while (from && *from) {
		if (is_octal(from)) {
			*to++ = (from[1] - '0') << 6 | (from[2] - '0') << 3 | (from[3] - '0');
			from += 4;
		} else {
			*to++ = *from++;
		}
	}
	if (from)
		*to = 0;
	return word;
}

int next_mount(FILE *f, struct mount_entry *m)
{
	while (fgets(m->line, sizeof(m->line), f)) {
		m->device = decoded(strtok(m->line, " "));
		m->dir = decoded(strtok(NULL, " "));
		m->type = strtok(NULL, " ");
		m->options = strtok(NULL, " ");
		if (m->options)
			return 1;
	}
	return 0;
}
