/*
 * chmod [-R] mode file...: the mode in octal or as changes, as in u+x,go=r; with -R of all that is in a directory, too.
 */
#include <dirent.h>
#include <err.h>
#include <filemode.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

static const char *wanted;
static mode_t mask;
static int recursive;

static int change(const char *path);

/* What is in a directory; links in there stay as they are, and so does what they name. */
static int change_inside(const char *path)
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
		} else if (e->d_type != DT_LNK) {
			status |= change(child);
		}
	}
	closedir(d);
	return status;
}

static int change(const char *path)
{
	struct stat st;
	mode_t mode;

	if (stat(path, &st))
		return warn("%s", path), 1;
	if (parse_mode(wanted, st.st_mode, mask, &mode))
		errx(1, "%s is no mode", wanted);
	if (chmod(path, mode & 07777))
		return warn("%s", path), 1;
	return recursive && S_ISDIR(st.st_mode) ? change_inside(path) : 0;
}

int main(int argc, char **argv)
{
	int status = 0, c, i;

	mask = umask(0);
	umask(mask);
	while ((c = getopt(argc, argv, "R")) != -1) {
		if (c == '?')
			return 1;
		recursive = 1;
	}
	if (argc - optind < 2)
		errx(1, "usage: chmod [-R] mode file...");
	wanted = argv[optind];
	for (i = optind + 1; i < argc; i++)
		status |= change(argv[i]);
	return status;
}
