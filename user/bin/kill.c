/*
 * kill [-l] [-signal | -s signal] pid...
 */
#include <err.h>
#include <signal.h>
#include <signame.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
	int sig = SIGTERM, status = 0, i = 1;

	if (argc > 1 && !strcmp(argv[1], "-l"))
		return print_signals();
	if (argc > 2 && !strcmp(argv[1], "-s")) {
		sig = signal_number(argv[2]);
		i = 3;
	} else if (argc > 2 && argv[1][0] == '-') {
		sig = signal_number(argv[1] + 1);
		i = 2;
	}
	if (sig < 0 || i >= argc)
		errx(2, "usage: kill [-l] [-signal] pid...");
	for (; i < argc; i++) {
		if (kill(atoi(argv[i]), sig)) {
			warn("%s", argv[i]);
			status = 1;
		}
	}
	return status;
}
