/*
 * chmod [-R] mode file...: the mode in octal or as changes, as in u+x,go=r; with -R of all that is in a directory, too.
 */
#include <dirwalk.h>
#include <err.h>
#include <filemode.h>
#include <unistd.h>
#include <sys/stat.h>

static const char *wanted;
static mode_t mask;
static int recursive;

static int change_inside(const char *child);

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
	return recursive && S_ISDIR(st.st_mode) ? each_inside(path, change_inside) : 0;
}

/* Links in a directory stay as they are, and so does what they name. */
static int change_inside(const char *child)
{
	struct stat st;

	if (lstat(child, &st))
		return warn("%s", child), 1;
	return S_ISLNK(st.st_mode) ? 0 : change(child);
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
