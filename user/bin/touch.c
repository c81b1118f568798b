/*
 * touch [-c] file...: make it (unless -c), or set its times to now.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include <sys/stat.h>

int main(int argc, char **argv)
{
	int create = 1, status = 0, c, i, fd;

	while ((c = getopt(argc, argv, "c")) != -1) {
		if (c == '?')
			return 2;
		create = 0;
	}
	if (optind == argc)
		errx(2, "usage: touch [-c] file...");
	for (i = optind; i < argc; i++) {
		if (utimensat(AT_FDCWD, argv[i], NULL, 0) == 0 || (errno == ENOENT && !create))
			continue;
		fd = open(argv[i], O_WRONLY | O_CREAT | O_NONBLOCK | O_NOCTTY, 0666);
		if (fd < 0) {
			warn("%s", argv[i]);
			status = 1;
		} else {
			close(fd);
		}
	}
	return status;
}
