/*
 * trap: commands to run when a signal came (between two commands) or at the end; and
 * the names of signals, which kill wants too.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signame.h>
#include <sys/wait.h>
#include "user/bin/sh/sh.h"

static char *actions[NSIG];		/* [0] is EXIT's; "" ignores */
static volatile sig_atomic_t pending[NSIG];
static volatile sig_atomic_t any_pending;

static void on_signal(int sig)
{
	pending[sig] = any_pending = 1;
}

static void set_trap(int sig, const char *action)
{
	struct sigaction act = { .sa_handler = on_signal };

	free(actions[sig]);
	actions[sig] = action ? xstrdup(action) : NULL;
	if (sig == 0)
		return;
	if (!action)
		act.sa_handler = SIG_DFL;
	else if (!*action)
		act.sa_handler = SIG_IGN;
	sigaction(sig, &act, NULL);
}

static int print_traps(void)
{
	int i;

	for (i = 0; i < NSIG; i++)
		if (actions[i])
			printf("trap -- '%s' %s\n", actions[i], i ? signal_name(i) : "EXIT");
	return 0;
}

/* trap [action] signal...; the action - or none at all restores the default */
int do_trap(int argc, char **argv)
{
	const char *action = argv[1];
	int i = 2, sig, status = 0;

	if (argc == 1)
		return print_traps();
	if (argc == 2 || !strcmp(action, "-")) {
		i = argc == 2 ? 1 : 2;
		action = NULL;
	}
	for (; i < argc; i++) {
		sig = strcmp(argv[i], "EXIT") ? signal_number(argv[i]) : 0;
		if (sig < 0) {
			fail("trap: %s: no such signal", argv[i]);
			status = 1;
		} else {
			set_trap(sig, action);
		}
	}
	return status;
}

void traps_run(void)
{
	int i, saved = last_status;

	if (!any_pending)
		return;
	any_pending = 0;
	for (i = 1; i < NSIG; i++) {
		if (!pending[i])
			continue;
		pending[i] = 0;
		if (actions[i]) {
			run_string(actions[i], 0);
			last_status = saved;
		}
	}
}

/* A child does not inherit the commands; what was ignored stays so. */
void traps_reset(void)
{
	int i;

	for (i = 0; i < NSIG; i++)
		if (actions[i] && (i == 0 || *actions[i]))
			set_trap(i, NULL);
}

int trap_exit_set(void)
{
	return actions[0] != NULL;
}

void trap_exit(void)
{
	char *action = actions[0];

	actions[0] = NULL;
	if (action)
		run_string(action, 0);
	free(action);
}

/* kill [-signal] pid|%job... */
int do_kill(int argc, char **argv)
{
	int sig = SIGTERM, i = 1, status = 0;
	struct job *j;

	if (argc > 1 && argv[1][0] == '-' && argv[1][1]) {
		if (!strcmp(argv[1], "-l"))
			return print_signals();
		sig = signal_number(argv[1] + 1);
		i = 2;
		if (!strcmp(argv[1], "-s") && argc > 2)
			sig = signal_number(argv[i++]);
	}
	if (sig < 0 || i >= argc) {
		fail("usage: kill [-signal] pid|%%job...");
		return 2;
	}
	for (; i < argc; i++) {
		j = argv[i][0] == '%' ? job_find(argv[i]) : NULL;
		if (argv[i][0] == '%' ? !j || kill(-job_group(j), sig) :
		    kill(atoi(argv[i]), sig)) {
			perror(argv[i]);
			status = 1;
		} else if (j && sig != SIGCONT && sig != SIGSTOP) {
			kill(-job_group(j), SIGCONT);
		}
	}
	return status;
}
