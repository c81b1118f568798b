/*
 * sh [-eiux] [-c command [name [arguments]] | script [arguments]]: start, messages, end.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "user/bin/sh/sh.h"

int interactive, in_child;
int opt_errexit, opt_trace, opt_noglob, opt_nounset;
jmp_buf top_level;

static int at_top;			/* top_level may be jumped to */

static void message(const char *fmt, va_list ap)
{
	fflush(stdout);
	fprintf(stderr, "%s: ", shell_name);
	vfprintf(stderr, fmt, ap);
	fprintf(stderr, "\n");
}

void fail(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	message(fmt, ap);
	va_end(ap);
}

/* Give the whole command up: back to the prompt, or out of a shell that has none. */
void abandon(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	message(fmt, ap);
	va_end(ap);
	last_status = 2;
	if (at_top && !in_child)
		longjmp(top_level, 1);
	exit_shell(2);
}

void exit_shell(int status)
{
	last_status = status;
	if (!in_child)
		trap_exit();
	fflush(stdout);
	_exit(status);
}

/* => the rest of the arguments are the shell's parameters */
static void set_params(char **argv, int n)
{
	params = argv;
	nr_params = n > 0 ? n : 0;
}

/* Each turn is a prompt's worth; what abandons a command comes back here. */
static int run_interactive(struct input *in)
{
	if (setjmp(top_level)) {
		skip = SKIP_NONE;
		loop_depth = 0;
		locals_restore(0);
	}
	at_top = 1;
	run_input(in, 0);
	fprintf(stderr, "\n");
	return last_status;
}

static int open_script(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), high;

	if (fd < 0) {
		fail("%s: %s", path, strerror(errno));
		exit_shell(errno == ENOENT ? 127 : 126);
	}
	high = fcntl(fd, F_DUPFD_CLOEXEC, 10);
	if (high < 0)
		return fd;
	close(fd);
	return high;
}

static void read_profile(void)
{
	static struct input in;
	int fd = open("/etc/profile", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	input_file(&in, fd, 0);
	run_input(&in, 0);
	close(fd);
}

int main(int argc, char **argv, char **env)
{
	static struct input in;
	char *command = NULL;
	int c;

	vars_init(env);
	while ((c = getopt(argc, argv, "c:eiuxfl")) != -1) {
		switch (c) {
		case 'c': command = optarg; break;
		case 'e': opt_errexit = 1; break;
		case 'i': interactive = 1; break;
		case 'u': opt_nounset = 1; break;
		case 'x': opt_trace = 1; break;
		case 'f': opt_noglob = 1; break;
		case '?': return 2;
		}
	}
	argv += optind;
	argc -= optind;
	if (argc && (command || *argv))
		shell_name = argv[0];
	set_params(argv + 1, argc - 1);
	if (command)
		exit_shell(run_string(command, RUN_EXEC));
	if (argc) {
		input_file(&in, open_script(argv[0]), 0);
		exit_shell(run_input(&in, 0));
	}
	interactive |= isatty(0) && isatty(2);
	if (!interactive) {
		input_file(&in, 0, 0);
		exit_shell(run_input(&in, 0));
	}
	jobs_init();
	read_profile();
	input_file(&in, 0, 1);
	exit_shell(run_interactive(&in));
}
