/*
 * dirwalk.c: all that is in a directory.
 */
#include <dirent.h>
#include <dirwalk.h>
#include <err.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

int each_inside(const char *path, int (*each)(const char *child))
{
	char child[PATH_MAX];
	struct dirent *e;
	int status = 0;
	DIR *d = opendir(path);

	if (!d)
		return warn("%s", path), 1;
	while ((e = readdir(d))) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		if (snprintf(child, sizeof(child), "%s/%s", path, e->d_name) >= (int)sizeof(child)) {
			warnx("%s: path too long", path);
			status = 1;
		} else {
			status |= each(child);
		}
	}
	closedir(d);
	return status;
}
