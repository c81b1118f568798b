/*
 * Running the tree. What can run in the shell itself does; the rest becomes a job.
 * A command's status is last_status as well as what run returns.
 */
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "user/bin/sh/sh.h"

#define SAVE_FROM	10		/* the shell's own files live from here on */
#define MAX_DEPTH	1000		/* functions calling functions */

int last_status;
enum skip skip;
int skip_levels, loop_depth;
volatile sig_atomic_t interrupted;

static int untested_depth;		/* inside a condition: set -e does not apply */
static int call_depth;
static int captured_status;		/* of the last $( ) in an assignment */

/* A file that a redirection replaced; copy is -1 if it was closed before. */
struct saved_fd {
	struct saved_fd *next;
	int fd, copy;
};

/* ---- redirections ------------------------------------------------------- */

/* => a descriptor to read the text from, or -1 */
static int here_document(const struct redir *r, struct arena *a)
{
	const char *text = r->literal ? r->target : expand_here(r->target, a);
	size_t n = strlen(text);
	int fd[2];

	if (pipe(fd))
		return -1;
	/* a reader of a pipe sees what fits at once; a longer text needs a writer */
	if (n <= 4096) {
		if (write(fd[1], text, n) < 0)
			n = 0;
	} else if (fork() == 0) {
		become_child();
		close(fd[0]);
		while (n > 0) {
			ssize_t done = write(fd[1], text, n);

			if (done < 0)
				break;
			text += done;
			n -= done;
		}
		_exit(0);
	}
	close(fd[1]);
	return fd[0];
}

/* => a descriptor for what r names; -2 to close; -1 after a message */
static int open_target(const struct redir *r, struct arena *a)
{
	static const int flags[] = {
		[R_IN] = O_RDONLY, [R_OUT] = O_WRONLY | O_CREAT | O_TRUNC,
		[R_APPEND] = O_WRONLY | O_CREAT | O_APPEND, [R_RDWR] = O_RDWR | O_CREAT,
	};
	char *target, *end;
	int fd;

	if (r->type == R_HERE)
		return here_document(r, a);
	target = expand_string(r->target, a);
	if (r->type == R_DUP) {
		if (!strcmp(target, "-"))
			return -2;
		fd = strtol(target, &end, 10);
		if (end == target || *end || fcntl(fd, F_GETFD) < 0) {
			fail("%s: bad file descriptor", target);
			return -1;
		}
		return fd;
	}
	fd = open(target, flags[r->type], 0666);
	if (fd < 0)
		fail("%s: %s", target, strerror(errno));
	return fd;
}

static int save_fd(struct saved_fd **saved, int fd, struct arena *a)
{
	struct saved_fd *s = arena_alloc(a, sizeof(*s));

	s->fd = fd;
	s->copy = fcntl(fd, F_DUPFD_CLOEXEC, SAVE_FROM);
	s->next = *saved;
	*saved = s;
	return s->copy;
}

/* => 0, or 1 after a message; what was done so far is on saved (if the caller cares) */
static int redirect(struct redir *r, struct saved_fd **saved, struct arena *a)
{
	int fd;

	for (; r; r = r->next) {
		fd = open_target(r, a);
		if (fd == -1)
			return 1;
		if (saved)
			save_fd(saved, r->fd, a);
		if (fd == -2) {
			close(r->fd);
		} else if (fd != r->fd) {
			dup2(fd, r->fd);
			if (r->type != R_DUP)
				close(fd);
		}
	}
	return 0;
}

static void restore_fds(struct saved_fd *s)
{
	fflush(stdout);
	for (; s; s = s->next) {
		if (s->copy < 0) {
			close(s->fd);
		} else {
			dup2(s->copy, s->fd);
			close(s->copy);
		}
	}
}

/* `exec` without a command: its redirections stay. */
int keep_redirections(struct redir *r)
{
	struct arena a = { 0 };
	int ret = redirect(r, NULL, &a);

	arena_free(&a);
	return ret;
}

/* ---- simple commands ---------------------------------------------------- */

/* Replace the shell. A file that is no program is taken for a script. */
void exec_program(char **argv)
{
	struct arena a = { 0 };
	char **script;
	int n, err;

	environ = vars_environment(&a);
	execvp(argv[0], argv);
	err = errno;
	if (err == ENOEXEC && strchr(argv[0], '/')) {
		for (n = 0; argv[n]; n++)
			;
		script = arena_alloc(&a, (n + 2) * sizeof(char *));
		script[0] = "sh";
		memcpy(script + 1, argv, n * sizeof(char *));
		execv("/bin/sh", script);
	}
	fail("%s: %s", argv[0], err == ENOENT && !strchr(argv[0], '/') ? "not found" :
	     strerror(err));
	_exit(err == ENOENT ? 127 : 126);
}

static int assign_all(struct word *w, struct arena *a, int export)
{
	struct text t = { 0 };
	size_t n;
	int ret = 0;

	for (; w; w = w->next) {
		n = strcspn(w->text, "=") + 1;
		t.len = 0;
		for (size_t i = 0; i < n; i++)
			text_put(&t, w->text[i]);
		text_puts(&t, expand_string(w->text + n, a));
		ret |= var_assign(t.s, export);
	}
	free(t.s);
	return ret;
}

/* Assignments before a builtin or a function last as long as it runs. */
static void save_assigned(struct word *w, struct arena *a)
{
	for (; w; w = w->next)
		local_var(arena_strndup(a, w->text, strcspn(w->text, "=")));
}

static int call_function(struct node *body, char **argv, int argc)
{
	char **old_params = params;
	int old_nr = nr_params, old_loops = loop_depth, mark = locals_mark();

	if (call_depth == MAX_DEPTH)
		abandon("functions call each other too deeply");
	call_depth++;
	params = argv + 1;
	nr_params = argc - 1;
	loop_depth = 0;
	run(body, 0);
	if (skip == SKIP_RETURN)
		skip = SKIP_NONE;
	locals_restore(mark);
	params = old_params;
	nr_params = old_nr;
	loop_depth = old_loops;
	call_depth--;
	return last_status;
}

/* In the shell itself, with redirections that end with the command. */
static int run_inside(struct node *n, struct strings *args, builtin_fn fn, struct node *body,
		      struct arena *a)
{
	struct saved_fd *saved = NULL;
	int mark = locals_mark(), special = fn && builtin_special(fn), status = 1;

	if (!special)
		save_assigned(n->assigns, a);
	if (redirect(n->redirs, &saved, a) == 0 && assign_all(n->assigns, a, !special) == 0)
		status = fn ? fn(args->n, args->v) : call_function(body, args->v, args->n);
	restore_fds(saved);
	if (!special)
		locals_restore(mark);
	return status;
}

/* Words of a command, for the job's name. */
static void describe(struct node *n, struct text *t)
{
	struct word *w;

	if (n->type == N_PIPE || n->type == N_LIST) {
		for (n = n->body; n; n = n->next) {
			describe(n, t);
			if (n->next)
				text_puts(t, " | ");
		}
	} else if (n->type == N_AND || n->type == N_OR) {
		describe(n->cond, t);
		text_puts(t, n->type == N_AND ? " && " : " || ");
		describe(n->body, t);
	} else if (n->type == N_SIMPLE) {
		for (w = n->words; w; w = w->next) {
			text_puts(t, w->text);
			if (w->next)
				text_put(t, ' ');
		}
	} else {
		text_puts(t, n->type == N_SUBSHELL ? "(...)" : "...");
	}
}

static struct job *job_for(struct node *n)
{
	struct text t = { 0 };
	struct job *j;

	describe(n, &t);
	j = job_new(t.s ? t.s : "");
	free(t.s);
	return j;
}

static int run_outside(struct node *n, struct strings *args, struct arena *a, int flags)
{
	struct job *j;

	if (!(flags & RUN_EXEC) || trap_exit_set()) {
		j = job_for(n);
		if (job_fork(j, 0))
			return job_finish(j, 0);
	}
	if (redirect(n->redirs, NULL, a) || assign_all(n->assigns, a, 1))
		_exit(1);
	exec_program(args->v);
}

static void trace(const struct strings *args)
{
	int i;

	if (!opt_trace || !args->n)
		return;
	fprintf(stderr, "+");
	for (i = 0; i < args->n; i++)
		fprintf(stderr, " %s", args->v[i]);
	fprintf(stderr, "\n");
}

static int run_assignments(struct node *n, struct arena *a)
{
	struct saved_fd *saved = NULL;
	int status;

	captured_status = 0;
	status = redirect(n->redirs, &saved, a);
	restore_fds(saved);
	if (status == 0)
		status = assign_all(n->assigns, a, 0);
	return status ? status : captured_status;
}

static int run_simple(struct node *n, int flags)
{
	struct arena a = { 0 };
	struct strings args = { 0 };
	struct node *body;
	builtin_fn fn;
	int status;

	expand_words(n->words, &a, &args);
	trace(&args);
	body = args.n ? function_get(args.v[0]) : NULL;
	fn = args.n && !body ? builtin_find(args.v[0]) : NULL;
	if (args.n == 0)
		status = run_assignments(n, &a);
	else if (!strcmp(args.v[0], "exec") && args.n == 1)
		status = keep_redirections(n->redirs);
	else if (body || fn)
		status = run_inside(n, &args, fn, body, &a);
	else
		status = run_outside(n, &args, &a, flags);
	arena_free(&a);
	return status;
}

/* ---- compound commands -------------------------------------------------- */

/* A stage of a pipeline in its own process: in and out are its ends, or -1. */
static void run_stage(struct node *n, int in, int out, int unused)
{
	if (in >= 0) {
		dup2(in, 0);
		close(in);
	}
	if (out >= 0) {
		dup2(out, 1);
		close(out);
	}
	if (unused >= 0)
		close(unused);
	exit_shell(run(n, RUN_EXEC));
}

static int run_pipe(struct node *n, int background)
{
	struct job *j = job_for(n);
	struct node *stage;
	int in = -1, fd[2];

	for (stage = n->body; stage; stage = stage->next) {
		fd[0] = fd[1] = -1;
		if (stage->next && pipe(fd)) {
			fail("pipe: %s", strerror(errno));
			break;
		}
		job_holds(j, in, fd);
		if (job_fork(j, background) == 0)
			run_stage(stage, in, fd[1], fd[0]);
		if (in >= 0)
			close(in);
		if (fd[1] >= 0)
			close(fd[1]);
		in = fd[0];
	}
	if (in >= 0)			/* the next stage never came: nobody shall wait for it to read */
		close(in);
	return job_finish(j, background);
}

/* @body in a process of its own, as the job @n. */
static int run_in_child(struct node *n, struct node *body, int background)
{
	struct job *j = job_for(n);

	if (job_fork(j, background) == 0)
		exit_shell(run(body, RUN_EXEC));
	return job_finish(j, background);
}

static int run_background(struct node *n)
{
	if (n->type == N_PIPE && !n->negate)
		return run_pipe(n, 1);
	return run_in_child(n, n, 1);
}

static int run_list(struct node *n, int flags)
{
	struct node *c;
	int status = 0;

	for (c = n->body; c && !skip && !interrupted; c = c->next)
		status = c->background ? run_background(c) : run(c, c->next ? 0 : flags);
	return status;
}

/* A condition: its failure is an answer, not an error. */
static int run_test(struct node *n)
{
	int status;

	untested_depth++;
	status = run(n, 0);
	untested_depth--;
	return status;
}

/* After a loop's body: => does the loop end here? */
static int loop_ends(void)
{
	int ends;

	if (interrupted || skip == SKIP_RETURN)
		return 1;
	if (!skip)
		return 0;
	ends = skip == SKIP_BREAK || skip_levels > 1;
	if (--skip_levels <= 0)
		skip = SKIP_NONE;
	return ends;
}

static int run_while(struct node *n)
{
	int status = 0;

	loop_depth++;
	while ((run_test(n->cond) == 0) == (n->type == N_WHILE)) {
		if (skip) {
			if (loop_ends())
				break;
			continue;
		}
		if (interrupted)
			break;
		status = run(n->body, 0);
		if (loop_ends())
			break;
	}
	loop_depth--;
	return status;
}

static int run_for(struct node *n)
{
	struct arena a = { 0 };
	struct strings values = { 0 };
	int status = 0, i;

	if (n->has_in)
		expand_words(n->words, &a, &values);
	else
		for (i = 0; i < nr_params; i++)
			strings_add(&values, &a, params[i]);
	loop_depth++;
	for (i = 0; i < values.n; i++) {
		var_set(n->name, values.v[i]);
		status = run(n->body, 0);
		if (loop_ends())
			break;
	}
	loop_depth--;
	arena_free(&a);
	return status;
}

static int run_case(struct node *n, int flags)
{
	struct arena a = { 0 };
	char *value = expand_string(n->words->text, &a);
	struct case_item *item;
	struct word *w;
	int status = 0;

	for (item = n->items; item; item = item->next) {
		for (w = item->patterns; w; w = w->next)
			if (fnmatch(expand_pattern(w->text, &a), value, 0) == 0)
				break;
		if (w) {
			status = item->body ? run(item->body, flags) : 0;
			break;
		}
	}
	arena_free(&a);
	return status;
}

static int run_if(struct node *n, int flags)
{
	if (run_test(n->cond) == 0)
		return skip || interrupted ? last_status : run(n->body, flags);
	return n->other && !skip ? run(n->other, flags) : 0;
}

static int run_compound(struct node *n, int flags)
{
	switch (n->type) {
	case N_LIST: return run_list(n, flags);
	case N_GROUP: return run(n->body, flags);
	case N_IF: return run_if(n, flags);
	case N_WHILE:
	case N_UNTIL: return run_while(n);
	case N_FOR: return run_for(n);
	case N_CASE: return run_case(n, flags);
	case N_FUNC:
		function_set(n->name, n->body);
		return 0;
	case N_AND: return run_test(n->cond) == 0 && !skip ? run(n->body, flags) : last_status;
	case N_OR: return run_test(n->cond) != 0 && !skip ? run(n->body, flags) : last_status;
	case N_PIPE:
		if (!n->negate)
			return run_pipe(n, 0);
		return !(n->body->next ? run_pipe(n, 0) : run_test(n->body));
	case N_SUBSHELL:
		if (flags & RUN_EXEC && !trap_exit_set())
			return run(n->body, RUN_EXEC);
		return run_in_child(n, n->body, 0);	/* n's own redirections are in force already */
	default: return run_simple(n, flags);
	}
}

int run(struct node *n, int flags)
{
	struct arena a = { 0 };
	struct saved_fd *saved = NULL;
	int status = 1;

	if (n->type == N_SIMPLE || !n->redirs) {
		status = run_compound(n, flags);
	} else {
		if (redirect(n->redirs, &saved, &a) == 0)
			status = run_compound(n, 0);
		restore_fds(saved);
		arena_free(&a);
	}
	last_status = status;
	if (status && opt_errexit && !untested_depth && !skip && n->type <= N_PIPE && !n->negate)
		exit_shell(status);
	traps_run();
	return last_status;
}

/* ---- text --------------------------------------------------------------- */

/* flags: RUN_EXEC if the shell ends with the text */
int run_input(struct input *in, int flags)
{
	struct arena a = { 0 };
	struct node *n;
	int eof = 0;

	while (!eof && !skip) {
		if (in->interactive)
			jobs_notify();
		n = parse_command(in, &a, &eof);
		if (n && n->body)
			run(n, eof ? flags : 0);
		arena_free(&a);
		a = (struct arena){ 0 };
		if (interrupted && !in->interactive)
			break;
		if (interrupted)
			fprintf(stderr, "\n");
		interrupted = 0;
	}
	return last_status;
}

int run_string(const char *s, int flags)
{
	struct input in;

	input_string(&in, s);
	last_status = 0;
	return run_input(&in, flags);
}

/* What command writes to its standard output. */
void capture(const char *command, struct text *out)
{
	char buf[512];
	struct job *j;
	ssize_t n, i;
	int fd[2];

	if (pipe(fd))
		abandon("pipe: %s", strerror(errno));
	j = job_new(command);
	job_holds(j, -1, fd);
	if (job_fork(j, -1) == 0) {
		close(fd[0]);
		dup2(fd[1], 1);
		close(fd[1]);
		exit_shell(run_string(command, RUN_EXEC));
	}
	close(fd[1]);
	while ((n = read(fd[0], buf, sizeof(buf))) > 0 || (n < 0 && errno == EINTR))
		for (i = 0; i < n; i++)
			text_put(out, buf[i]);
	close(fd[0]);
	captured_status = last_status = job_finish(j, 0);
}
