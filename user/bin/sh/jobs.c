/*
 * Jobs: the processes of one pipeline. With job control (an interactive shell on a
 * terminal) each has a process group, and the terminal belongs to the foreground one;
 * without, all stay in the shell's group.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>
#include "user/bin/sh/sh.h"

#define MAX_PROCS	32

enum state { RUNNING, STOPPED, DONE };

struct job {
	struct job *next;		/* newest first */
	int id;				/* as in %1 */
	pid_t group;
	int nr;				/* processes; the last one's status is the job's */
	pid_t pid[MAX_PROCS];
	enum state state[MAX_PROCS];
	int status;
	int background, told;
	int held[3];			/* ends of its pipes that the shell has open now, or -1 */
	char *text;
};

int job_control;
pid_t last_background;

static struct job *jobs;
static pid_t shell_group;

struct job *job_new(const char *text)
{
	struct job *j = xmalloc(sizeof(*j)), *other;

	*j = (struct job){ .next = jobs, .id = 1, .held = { -1, -1, -1 }, .text = xstrdup(text) };
	for (other = jobs; other; other = other->next)
		if (other->id >= j->id)
			j->id = other->id + 1;
	jobs = j;
	return j;
}

static void job_free(struct job *j)
{
	struct job **p;

	for (p = &jobs; *p != j; p = &(*p)->next)
		;
	*p = j->next;
	free(j->text);
	free(j);
}

static enum state job_state(struct job *j)
{
	enum state s = DONE;
	int i;

	for (i = 0; i < j->nr; i++)
		if (j->state[i] < s)
			s = j->state[i];
	return s;
}

/* What the shell ignores for itself, its children do not. */
void child_signals(void)
{
	static const int sigs[] = { SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGTTIN, SIGTTOU };

	if (interactive)
		for (int i = 0; i < 6; i++)
			signal(sigs[i], SIG_DFL);
}

/* A child's view: nobody else's jobs, no terminal to guard, no way back to the prompt. */
void become_child(void)
{
	traps_reset();
	child_signals();
	interactive = job_control = 0;
	in_child = 1;
	jobs_forget();
}

static void child_of(struct job *j, int background)
{
	int control = job_control && background >= 0, null;

	if (control) {
		setpgid(0, j->group);
		if (!background)
			tcsetpgrp(0, getpgrp());
	}
	become_child();
	if (background > 0 && !control) {
		signal(SIGINT, SIG_IGN);
		signal(SIGQUIT, SIG_IGN);
		null = open("/dev/null", O_RDONLY);
		if (null > 0) {
			dup2(null, 0);
			close(null);
		}
	}
}

/* The shell has these ends of j's pipes open (-1: none) while it forks. */
void job_holds(struct job *j, int in, const int fd[2])
{
	j->held[0] = in;
	j->held[1] = fd[0];
	j->held[2] = fd[1];
}

/* No memory for the rest of j. Those that run must not wait for ends that only the shell has open. */
static void give_up(struct job *j)
{
	fail("cannot fork: %s", strerror(errno));
	for (int i = 0; i < 3; i++)
		if (j->held[i] >= 0)
			close(j->held[i]);
	job_finish(j, 0);
	abandon("command given up");
}

/*
 * Add a process to j. background: 0 or 1; -1 stays in the shell's group and foreground.
 * => 0 in the child, which is ready to run; in the shell its pid. A failure ends the
 *    whole command.
 */
pid_t job_fork(struct job *j, int background)
{
	pid_t pid;

	fflush(stdout);
	pid = j->nr < MAX_PROCS ? fork() : (errno = EAGAIN, -1);
	if (pid < 0)
		give_up(j);
	if (pid == 0) {
		child_of(j, background);
		return 0;
	}
	if (!j->group)
		j->group = pid;
	/* both sides do it, as either may run first */
	if (job_control && background >= 0) {
		setpgid(pid, j->group);
		if (!background)
			tcsetpgrp(0, j->group);
	}
	j->state[j->nr] = RUNNING;
	j->pid[j->nr++] = pid;
	return pid;
}

/* ---- waiting ------------------------------------------------------------ */

static int status_of(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) :
		WIFSTOPPED(status) ? 128 + WSTOPSIG(status) : 128 + WTERMSIG(status);
}

/* Enter what wait said about pid. */
static void note(pid_t pid, int status)
{
	struct job *j;
	int i;

	for (j = jobs; j; j = j->next) {
		for (i = 0; i < j->nr; i++) {
			if (j->pid[i] != pid || j->state[i] == DONE)
				continue;
			j->state[i] = WIFSTOPPED(status) ? STOPPED : WIFCONTINUED(status) ?
				RUNNING : DONE;
			if (i == j->nr - 1 && !WIFCONTINUED(status))
				j->status = status;
			j->told = 0;
			return;
		}
	}
}

/* => 0 if there was nothing to hear (or, if waiting, a signal came) */
static int hear(int options)
{
	int status;
	pid_t pid = waitpid(-1, &status, options | (job_control ? WUNTRACED : 0));

	if (pid > 0)
		note(pid, status);
	return pid > 0;
}

static void say(struct job *j, int force)
{
	enum state s = job_state(j);
	const char *what = s == RUNNING ? "Running" : s == STOPPED ? "Stopped" : "Done";

	if (s == DONE && WIFSIGNALED(j->status))
		what = strsignal(WTERMSIG(j->status));
	if (force || !j->told)
		fprintf(stderr, "[%d]  %-20s %s\n", j->id, what, j->text);
	j->told = 1;
}

/* The foreground job has ended or stopped: take the terminal back, tell how. */
static int conclude(struct job *j)
{
	int status = status_of(j->status), sig = WTERMSIG(j->status);

	if (job_control)
		tcsetpgrp(0, shell_group);
	if (job_state(j) == STOPPED) {
		j->background = 1;
		fprintf(stderr, "\n");
		say(j, 1);
		return status;
	}
	if (WIFSIGNALED(j->status)) {
		if (sig == SIGINT && interactive) {
			interrupted = 1;
		} else if (sig != SIGPIPE && sig != SIGINT && (interactive || !in_child)) {
			fprintf(stderr, "%s%s\n", strsignal(sig),
				WCOREDUMP(j->status) ? " (core dumped)" : "");
		}
	}
	job_free(j);
	return status;
}

int job_wait(struct job *j)
{
	while (job_state(j) == RUNNING)
		if (!hear(0) && errno == ECHILD)
			break;
	return conclude(j);
}

/* The last process of j is on its way. => its status, or 0 for a background job */
int job_finish(struct job *j, int background)
{
	if (background <= 0)
		return job_wait(j);
	j->background = 1;
	last_background = j->nr ? j->pid[j->nr - 1] : 0;
	if (interactive)
		fprintf(stderr, "[%d] %d\n", j->id, last_background);
	return 0;
}

/* => -1 if a signal came first */
static int wait_background(struct job *j)
{
	int status;

	while (job_state(j) == RUNNING) {
		if (!hear(0)) {
			if (errno == ECHILD)
				break;
			if (errno == EINTR)
				return -1;
		}
	}
	status = status_of(j->status);
	if (job_state(j) == DONE)
		job_free(j);
	return status;
}

int jobs_wait_all(void)
{
	struct job *j;

	for (j = jobs; j;) {
		if (!j->background || job_state(j) == STOPPED) {
			j = j->next;
			continue;
		}
		if (wait_background(j) < 0)
			return 130;
		j = jobs;
	}
	return 0;
}

int jobs_wait_pid(pid_t pid)
{
	struct job *j;
	int i;

	for (j = jobs; j; j = j->next)
		for (i = 0; i < j->nr; i++)
			if (j->pid[i] == pid) {
				i = wait_background(j);
				return i < 0 ? 130 : i;
			}
	fail("wait: %d is no child of this shell", pid);
	return 127;
}

/* ---- the user's view ---------------------------------------------------- */

/* %n, %% or nothing for the newest */
struct job *job_find(const char *spec)
{
	int id = spec && *spec == '%' && spec[1] != '%' && spec[1] != '+' ? atoi(spec + 1) : 0;
	struct job *j;

	for (j = jobs; j; j = j->next)
		if (j->background && (id ? j->id == id : 1))
			return j;
	fail("%s: no such job", spec ? spec : "current");
	return NULL;
}

pid_t job_group(struct job *j)
{
	return j->group;
}

int job_resume(struct job *j, int foreground)
{
	int i;

	for (i = 0; i < j->nr; i++)
		if (j->state[i] == STOPPED)
			j->state[i] = RUNNING;
	fprintf(stderr, "%s\n", j->text);
	if (foreground)
		tcsetpgrp(0, j->group);
	kill(-j->group, SIGCONT);
	if (!foreground)
		return 0;
	j->background = 0;
	return job_wait(j);
}

static void tell_from_oldest(struct job *j, int force)
{
	if (!j)
		return;
	tell_from_oldest(j->next, force);
	if (j->background && (force || job_state(j) != RUNNING))
		say(j, force);
	if (j->background && job_state(j) == DONE)
		job_free(j);
}

void jobs_list(void)
{
	while (hear(WNOHANG))
		;
	tell_from_oldest(jobs, 1);
}

/* Before a prompt: which background jobs have ended or stopped. */
void jobs_notify(void)
{
	while (hear(WNOHANG))
		;
	tell_from_oldest(jobs, 0);
}

void jobs_forget(void)
{
	while (jobs)
		job_free(jobs);
}

static void on_interrupt(int sig)
{
	interrupted = 1;
}

/* An interactive shell: ^C only ends what is being typed or run. */
void jobs_init(void)
{
	struct sigaction act = { .sa_handler = on_interrupt };

	sigaction(SIGINT, &act, NULL);
	signal(SIGQUIT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	if (!isatty(0) || tcgetpgrp(0) < 0)
		return;
	while (tcgetpgrp(0) != getpgrp())
		kill(0, SIGTTIN);
	signal(SIGTSTP, SIG_IGN);
	signal(SIGTTIN, SIG_IGN);
	signal(SIGTTOU, SIG_IGN);
	setpgid(0, 0);
	shell_group = getpgrp();
	tcsetpgrp(0, shell_group);
	job_control = 1;
}
