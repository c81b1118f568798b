/*
 * cp [-rpf] file... file|directory: -r copies directories, links and devices as such;
 * -p keeps mode, owner and times.
 */
#include <err.h>
#include <stdio.h>
#include <unistd.h>
#include <copytree.h>

int main(int argc, char **argv)
{
	int flags = 0, c;

	while ((c = getopt(argc, argv, "rRpfa")) != -1) {
		if (c == '?')
			return 2;
		if (c == 'r' || c == 'R' || c == 'a')
			flags |= COPY_RECURSIVE;
		if (c == 'p' || c == 'a')
			flags |= COPY_ATTRIBUTES;
	}
	if (argc - optind < 2)
		errx(2, "usage: cp [-rp] file... file|directory");
	return for_each_target(argc - optind, argv + optind, copy_tree, flags);
}
