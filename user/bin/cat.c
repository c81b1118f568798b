/*
 * cat [-n] [file...]: files (- is standard input) to standard output.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char buf[16384];

/* Write it all. => 0, or -1 */
static int write_all(const char *p, ssize_t n)
{
	ssize_t done;

	for (; n > 0; n -= done, p += done) {
		done = write(1, p, n);
		if (done < 0)
			return -1;
	}
	return 0;
}

static void number_lines(const char *p, ssize_t n)
{
	static int line, inside;

	for (; n > 0; n--, p++) {
		if (!inside)
			printf("%6d\t", ++line);
		inside = *p != '\n';
		putchar(*p);
	}
}

static int copy(int fd, const char *name, int number)
{
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0) {
		if (number)
			number_lines(buf, n);
		else if (write_all(buf, n))
			err(1, "write");
	}
	if (n < 0)
		warn("%s", name);
	return n < 0;
}

int main(int argc, char **argv)
{
	int number = 0, status = 0, c, fd, i;

	while ((c = getopt(argc, argv, "nu")) != -1) {
		if (c == '?')
			return 2;
		number |= c == 'n';
	}
	if (optind == argc)
		return copy(0, "stdin", number) | !!fflush(stdout);
	for (i = optind; i < argc; i++) {
		fd = strcmp(argv[i], "-") ? open(argv[i], O_RDONLY) : 0;
		if (fd < 0) {
			warn("%s", argv[i]);
			status = 1;
			continue;
		}
		status |= copy(fd, argv[i], number);
		if (fd)
			close(fd);
	}
	return status | !!fflush(stdout);
}
