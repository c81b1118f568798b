/*
 * Commands that must run in the shell itself, and a few that may as well.
 */
#include <ctype.h>
#include <echo.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <testexpr.h>
#include <unistd.h>
#include <sys/stat.h>
#include "user/bin/sh/sh.h"

static int do_true(int argc, char **argv) { return 0; }
static int do_false(int argc, char **argv) { return 1; }
static int do_test(int argc, char **argv) { return test_command(argc, argv); }

static int do_cd(int argc, char **argv)
{
	const char *dir = argc > 1 ? argv[1] : var_get("HOME");
	char *old = getcwd(NULL, 0), *now;

	if (dir && !strcmp(dir, "-"))
		dir = var_get("OLDPWD");
	if (!dir || chdir(dir)) {
		fail("cd: %s: %s", dir ? dir : "nowhere", strerror(errno));
		free(old);
		return 1;
	}
	now = getcwd(NULL, 0);
	var_set("OLDPWD", old ? old : "");
	var_set("PWD", now ? now : "");
	if (argc > 1 && !strcmp(argv[1], "-"))
		puts(var_get("PWD"));
	free(old);
	free(now);
	return 0;
}

static int do_pwd(int argc, char **argv)
{
	char *dir = getcwd(NULL, 0);

	if (!dir) {
		fail("pwd: %s", strerror(errno));
		return 1;
	}
	puts(dir);
	free(dir);
	return 0;
}

static int do_exit(int argc, char **argv)
{
	exit_shell(argc > 1 ? atoi(argv[1]) & 0xff : last_status);
}

static int do_return(int argc, char **argv)
{
	skip = SKIP_RETURN;
	return argc > 1 ? atoi(argv[1]) & 0xff : last_status;
}

static int leave_loops(int argc, char **argv, enum skip how)
{
	int n = argc > 1 ? atoi(argv[1]) : 1;

	if (loop_depth) {
		skip = how;
		skip_levels = n < 1 ? 1 : n > loop_depth ? loop_depth : n;
	}
	return 0;
}

static int do_break(int argc, char **argv) { return leave_loops(argc, argv, SKIP_BREAK); }
static int do_continue(int argc, char **argv) { return leave_loops(argc, argv, SKIP_CONTINUE); }

/* ---- variables ---------------------------------------------------------- */

static int list_vars(const char *prefix, int exported, int readonly)
{
	struct var *v;

	for (v = vars_first(); v; v = v->next)
		if (v->value && is_name(v->name, strlen(v->name)) && v->exported >= exported &&
		    v->readonly >= readonly)
			printf("%s%s='%s'\n", prefix, v->name, v->value);
	return 0;
}

/* export, readonly and local: name or name=value. => the name, or null after a message */
static char *declare(char *arg)
{
	size_t n = strcspn(arg, "=");

	if (!is_name(arg, n)) {
		fail("%s: not a name", arg);
		return NULL;
	}
	return strndup(arg, n);
}

static int do_export(int argc, char **argv)
{
	int readonly = argv[0][0] == 'r', status = 0, i;
	char *name;

	if (argc == 1 || !strcmp(argv[1], "-p"))
		return list_vars(readonly ? "readonly " : "export ", !readonly, readonly);
	for (i = 1; i < argc; i++) {
		name = declare(argv[i]);
		if (!name || (strchr(argv[i], '=') && var_assign(argv[i], 0))) {
			status = 1;
		} else if (readonly) {
			var_mark(name)->readonly = 1;
		} else {
			var_mark(name)->exported = 1;
		}
		free(name);
	}
	return status;
}

static int do_local(int argc, char **argv)
{
	char *name;
	int i;

	for (i = 1; i < argc; i++) {
		name = declare(argv[i]);
		if (!name)
			return 1;
		local_var(name);
		var_set(name, strchr(argv[i], '=') ? strchr(argv[i], '=') + 1 : "");
		free(name);
	}
	return 0;
}

static int do_unset(int argc, char **argv)
{
	int i, functions = argc > 1 && !strcmp(argv[1], "-f");

	for (i = 1 + functions; i < argc; i++) {
		if (functions)
			function_unset(argv[i]);
		else
			var_unset(argv[i]);
	}
	return 0;
}

static int set_option(char c, int on)
{
	switch (c) {
	case 'e': opt_errexit = on; return 0;
	case 'x': opt_trace = on; return 0;
	case 'f': opt_noglob = on; return 0;
	case 'u': opt_nounset = on; return 0;
	}
	fail("set: no option %c", c);
	return 1;
}

/* set [-+efux...] [--] [parameters]; the old parameters' memory stays with whoever set them */
static int do_set(int argc, char **argv)
{
	int i = 1, status = 0, n;
	char *p;

	if (argc == 1)
		return list_vars("", 0, 0);
	for (; i < argc && (argv[i][0] == '-' || argv[i][0] == '+'); i++) {
		if (!strcmp(argv[i], "--")) {
			i++;
			nr_params = 0;
			break;
		}
		for (p = argv[i] + 1; *p; p++)
			status |= set_option(*p, argv[i][0] == '-');
	}
	if (i == argc)
		return status;
	params = xmalloc((argc - i + 1) * sizeof(char *));
	for (n = 0; i < argc; i++)
		params[n++] = xstrdup(argv[i]);
	params[n] = NULL;
	nr_params = n;
	return status;
}

static int do_shift(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 1;

	if (n < 0 || n > nr_params)
		return 1;
	params += n;
	nr_params -= n;
	return 0;
}

/* One line of standard input, by single characters. => 0 at its end */
static int read_input_line(struct text *t, int raw)
{
	char c;
	ssize_t n;

	while ((n = read(0, &c, 1)) == 1 && c != '\n') {
		if (c == '\\' && !raw) {
			n = read(0, &c, 1);
			if (n != 1)
				break;
			if (c == '\n')
				continue;
		}
		text_put(t, c);
	}
	return n == 1;
}

/* read [-r] name...: a word for each name, the rest of the line for the last */
static int do_read(int argc, char **argv)
{
	int raw = argc > 1 && !strcmp(argv[1], "-r"), i = 1 + raw, ok;
	const char *ifs = var_get("IFS") ? var_get("IFS") : " \t\n";
	struct text t = { 0 };
	char *p, *end;

	ok = read_input_line(&t, raw);
	if (i == argc)
		var_set("REPLY", t.len ? t.s : "");
	for (p = t.len ? t.s : ""; i < argc; i++) {
		while (*p && isspace(*p) && strchr(ifs, *p))
			p++;
		end = i + 1 < argc ? p + strcspn(p, ifs) : p + strlen(p);
		if (i + 1 == argc)
			while (end > p && isspace(end[-1]) && strchr(ifs, end[-1]))
				*--end = 0;
		if (*end)
			*end++ = 0;
		var_set(argv[i], p);
		p = end;
	}
	free(t.s);
	return !ok;
}

static int do_umask(int argc, char **argv)
{
	mode_t old;

	if (argc > 1) {
		umask(strtol(argv[1], NULL, 8));
		return 0;
	}
	old = umask(0);
	umask(old);
	printf("%04o\n", old);
	return 0;
}

/* ---- running ------------------------------------------------------------ */

static int do_eval(int argc, char **argv)
{
	struct text t = { 0 };
	int i, status = 0;

	for (i = 1; i < argc; i++) {
		text_puts(&t, argv[i]);
		text_put(&t, ' ');
	}
	if (t.s)
		status = run_string(t.s, 0);
	free(t.s);
	return status;
}

static int do_dot(int argc, char **argv)
{
	struct input *in;
	int fd = argc > 1 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1, status;

	if (fd < 0) {
		fail("%s: %s", argc > 1 ? argv[1] : ".", strerror(errno));
		return 1;
	}
	in = xmalloc(sizeof(*in));
	input_file(in, fd, 0);
	status = run_input(in, 0);
	if (skip == SKIP_RETURN)
		skip = SKIP_NONE;
	close(fd);
	free(in);
	return status;
}

static int do_exec(int argc, char **argv)
{
	fflush(stdout);
	child_signals();
	exec_program(argv + 1);
}

static int do_wait(int argc, char **argv)
{
	struct job *j;
	int status = 0, i;

	if (argc == 1)
		return jobs_wait_all();
	for (i = 1; i < argc; i++) {
		j = argv[i][0] == '%' ? job_find(argv[i]) : NULL;
		status = j ? job_wait(j) : argv[i][0] == '%' ? 127 : jobs_wait_pid(atoi(argv[i]));
	}
	return status;
}

static int do_fg(int argc, char **argv)
{
	struct job *j = job_find(argv[1]);

	return j ? job_resume(j, argv[0][0] == 'f') : 1;
}

static int do_jobs(int argc, char **argv)
{
	jobs_list();
	return 0;
}

/* type: what a name means here. */
static int do_type(int argc, char **argv)
{
	const char *path = var_get("PATH"), *end;
	char full[4096];
	int i, status = 0;

	for (i = 1; i < argc; i++) {
		if (function_get(argv[i]) || builtin_find(argv[i])) {
			printf("%s is a %s\n", argv[i], function_get(argv[i]) ? "function" :
			       "builtin of the shell");
			continue;
		}
		for (; path && *path; path = *end ? end + 1 : end) {
			end = path + strcspn(path, ":");
			snprintf(full, sizeof(full), "%.*s/%s", (int)(end - path), path, argv[i]);
			if (access(full, X_OK) == 0)
				break;
		}
		if (path && *path)
			printf("%s is %s\n", argv[i], full);
		else
			status = (fail("%s: not found", argv[i]), 1);
	}
	return status;
}

static const struct builtin {
	const char *name;
	builtin_fn fn;
	int special;		/* assignments before it last */
} builtins[] = {
	{ ".", do_dot, 1 }, { ":", do_true, 1 }, { "[", do_test, 0 }, { "bg", do_fg, 0 },
	{ "break", do_break, 1 }, { "cd", do_cd, 0 }, { "continue", do_continue, 1 },
	{ "echo", echo_command, 0 }, { "eval", do_eval, 1 }, { "exec", do_exec, 1 },
	{ "exit", do_exit, 1 }, { "export", do_export, 1 }, { "false", do_false, 0 },
	{ "fg", do_fg, 0 }, { "jobs", do_jobs, 0 }, { "kill", do_kill, 0 },
	{ "local", do_local, 1 }, { "pwd", do_pwd, 0 }, { "read", do_read, 0 },
	{ "readonly", do_export, 1 }, { "return", do_return, 1 }, { "set", do_set, 1 },
	{ "shift", do_shift, 1 }, { "test", do_test, 0 }, { "trap", do_trap, 1 },
	{ "true", do_true, 0 }, { "type", do_type, 0 }, { "umask", do_umask, 0 },
	{ "unset", do_unset, 1 }, { "wait", do_wait, 0 },
};
#define NR_BUILTINS	((int)(sizeof(builtins) / sizeof(*builtins)))

builtin_fn builtin_find(const char *name)
{
	int i;

	for (i = 0; i < NR_BUILTINS; i++)
		if (!strcmp(builtins[i].name, name))
			return builtins[i].fn;
	return NULL;
}

int builtin_special(builtin_fn fn)
{
	int i;

	for (i = 0; i < NR_BUILTINS && builtins[i].fn != fn; i++)
		;
	return i < NR_BUILTINS && builtins[i].special;
}
