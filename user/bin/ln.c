/*
 * ln [-s] [-f] target... name|directory
 */
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <limits.h>
#include <sys/stat.h>

static int symbolic, force;

static int make_link(const char *target, const char *name)
{
	struct stat st;
	char path[PATH_MAX];
	const char *base = strrchr(target, '/');

	if (stat(name, &st) == 0 && S_ISDIR(st.st_mode)) {
		snprintf(path, sizeof(path), "%s/%s", name, base ? base + 1 : target);
		name = path;
	}
	if (force)
		unlink(name);
	if ((symbolic ? symlink(target, name) : link(target, name)) == 0)
		return 0;
	warn("%s", name);
	return 1;
}

int main(int argc, char **argv)
{
	int status = 0, c, i;

	while ((c = getopt(argc, argv, "sfn")) != -1) {
		if (c == '?')
			return 2;
		symbolic |= c == 's';
		force |= c == 'f';
	}
	if (optind == argc)
		errx(2, "usage: ln [-sf] target... name");
	if (optind == argc - 1)
		return make_link(argv[optind], ".");
	for (i = optind; i < argc - 1; i++)
		status |= make_link(argv[i], argv[argc - 1]);
	return status;
}
