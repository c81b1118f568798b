/*
 * mv [-f] file... file|directory: by rename; to another file system by copying.
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <unistd.h>
#include <copytree.h>

static int move(const char *from, const char *to, int flags)
{
	if (rename(from, to) == 0)
		return 0;
	if (errno != EXDEV)
		return warn("%s", to), 1;
	return copy_tree(from, to, COPY_RECURSIVE | COPY_ATTRIBUTES) || remove_copied(from);
}

int main(int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "f")) != -1)
		if (c == '?')
			return 2;
	if (argc - optind < 2)
		errx(2, "usage: mv file... file|directory");
	return for_each_target(argc - optind, argv + optind, move, 0);
}
