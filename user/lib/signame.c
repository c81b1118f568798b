/*
 * Names of signals, for kill and trap.
 */
#include <ctype.h>
#include <signal.h>
#include <signame.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = {
	"0", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV",
	"USR2", "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU",
	"URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
};
#define NR_NAMES	((int)(sizeof(names) / sizeof(*names)))

const char *signal_name(int sig)
{
	return sig >= 0 && sig < NR_NAMES ? names[sig] : "?";
}

int signal_number(const char *name)
{
	char *end;
	long n;
	int i;

	if (isdigit(*name)) {
		n = strtol(name, &end, 10);
		return *end || n > _NSIG ? -1 : n;
	}
	if (!strncmp(name, "SIG", 3))
		name += 3;
	for (i = 1; i < NR_NAMES; i++)
		if (!strcasecmp(name, names[i]))
			return i;
	return -1;
}

int print_signals(void)
{
	int i;

	for (i = 1; i < NR_NAMES; i++)
		printf("%2d %-8s%s", i, names[i], i % 6 ? "" : "\n");
	putchar('\n');
	return 0;
}
