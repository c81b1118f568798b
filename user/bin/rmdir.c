/*
 * rmdir directory...
 */
#include <err.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int status = 0, i;

	if (argc < 2)
		errx(2, "usage: rmdir directory...");
	for (i = 1; i < argc; i++) {
		if (rmdir(argv[i])) {
			warn("%s", argv[i]);
			status = 1;
		}
	}
	return status;
}
