/*
 * rm [-rf] file...: with -r directories and what is in them.
 */
#include <dirwalk.h>
#include <err.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

static int recursive, force;

static int remove_tree(const char *path)
{
	struct stat st;
	int ret;

	if (lstat(path, &st)) {
		if (force && errno == ENOENT)
			return 0;
		return warn("%s", path), 1;
	}
	if (S_ISDIR(st.st_mode) && !recursive)
		return warnx("%s: is a directory", path), 1;
	if (S_ISDIR(st.st_mode)) {
		if (each_inside(path, remove_tree))
			return 1;
		ret = rmdir(path);
	} else {
		ret = unlink(path);
	}
	if (ret)
		warn("%s", path);
	return ret != 0;
}

int main(int argc, char **argv)
{
	int status = 0, c, i;
	const char *base;

	while ((c = getopt(argc, argv, "rRf")) != -1) {
		if (c == '?')
			return 2;
		recursive |= c != 'f';
		force |= c == 'f';
	}
	if (optind == argc && !force)
		errx(2, "usage: rm [-rf] file...");
	for (i = optind; i < argc; i++) {
		base = strrchr(argv[i], '/') ? strrchr(argv[i], '/') + 1 : argv[i];
		if (!strcmp(base, ".") || !strcmp(base, "..") || !strcmp(argv[i], "/")) {
			warnx("%s: will not be removed", argv[i]);
			status = 1;
		} else {
			status |= remove_tree(argv[i]);
		}
	}
	return status;
}
