/*
 * The shell: text becomes a tree (parse.c), words of the tree become arguments
 * (expand.c, arith.c, glob.c), the tree is run (exec.c) as processes gathered in jobs
 * (jobs.c) or in the shell itself (builtin.c, vars.c). main.c ties them together.
 *
 * Memory comes from arenas: a tree lives in one until it has been run (for ever, if it
 * defined a function), and what a command's expansion made in another, until the
 * command is done.
 */
#ifndef SH_H
#define SH_H

#include <signal.h>
#include <setjmp.h>
#include <stddef.h>
#include <sys/types.h>

/* ---- memory and text (mem.c) -------------------------------------------- */

struct arena {
	struct chunk *chunks;
	int keep;			/* a function's body lies here: never free it */
};

void *xmalloc(size_t n);
char *xstrdup(const char *s);
void *arena_alloc(struct arena *a, size_t n);
char *arena_strndup(struct arena *a, const char *s, size_t n);
void arena_free(struct arena *a);

struct text {
	char *s;			/* always terminated once something was put */
	size_t len, cap;
};

void text_put(struct text *t, char c);
void text_puts(struct text *t, const char *s);

/* ---- the tree (parse.c) ------------------------------------------------- */

enum node_type {
	N_SIMPLE,	/* assigns words redirs */
	N_PIPE,		/* body: stages linked by next; negate */
	N_AND, N_OR,	/* cond, body */
	N_LIST,		/* body: commands linked by next, each with its background */
	N_IF,		/* cond body other */
	N_WHILE, N_UNTIL,	/* cond body */
	N_FOR,		/* name words body; has_in */
	N_CASE,		/* words (one), items */
	N_GROUP,	/* body: { } */
	N_SUBSHELL,	/* body: ( ) */
	N_FUNC,		/* name body */
};

struct word {
	struct word *next;
	char *text;			/* as written, quotes and all */
};

enum redir_type { R_IN, R_OUT, R_APPEND, R_RDWR, R_DUP, R_HERE };

struct redir {
	struct redir *next;
	enum redir_type type;
	int fd;
	char *target;			/* a word, or the here-document's text */
	struct redir *next_here;	/* while its body is still to come */
	int strip, literal;		/* <<-; its delimiter was quoted */
};

struct case_item {
	struct case_item *next;
	struct word *patterns;
	struct node *body;
};

struct node {
	enum node_type type;
	struct node *next;
	struct node *cond, *body, *other;
	struct word *assigns, *words;
	struct redir *redirs;
	struct case_item *items;
	char *name;
	int background, negate, has_in;
};

struct input {
	const char *string;		/* what is left of it, or null: read fd */
	int fd;
	int interactive;
	int line;
	int peeked;			/* a character put back, or -2 */
	int at_start;			/* of a line: time for a prompt */
	int len, pos;
	char buf[512];
};

void input_string(struct input *in, const char *s);
void input_file(struct input *in, int fd, int interactive);
struct node *parse_command(struct input *in, struct arena *a, int *eof);

/* ---- expansion (expand.c, arith.c, glob.c) ------------------------------- */

struct strings {
	char **v;
	int n, cap;
};

void strings_add(struct strings *s, struct arena *a, char *str);
void expand_words(struct word *w, struct arena *a, struct strings *out);
char *expand_string(const char *text, struct arena *a);
char *expand_pattern(const char *text, struct arena *a);
char *expand_here(const char *text, struct arena *a);
char *unescape(char *pattern);
long arith(const char *expr);
void glob_add(char *pattern, struct arena *a, struct strings *out);

/* ---- running (exec.c) ---------------------------------------------------- */

enum skip { SKIP_NONE, SKIP_BREAK, SKIP_CONTINUE, SKIP_RETURN };

#define RUN_EXEC	1		/* our last act: no need to come back */

extern int last_status;
extern enum skip skip;
extern int skip_levels, loop_depth;
extern volatile sig_atomic_t interrupted;
extern int interactive, job_control, in_child;
extern int opt_errexit, opt_trace, opt_noglob, opt_nounset;
extern jmp_buf top_level;

int run(struct node *n, int flags);
int run_input(struct input *in, int flags);
int run_string(const char *s, int flags);
void capture(const char *command, struct text *out);
void exec_program(char **argv) __attribute__((noreturn));
int keep_redirections(struct redir *r);
void fail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void abandon(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));
void exit_shell(int status) __attribute__((noreturn));
void become_child(void);

/* ---- jobs (jobs.c) ------------------------------------------------------- */

struct job;

extern pid_t last_background;

struct job *job_new(const char *text);
void job_holds(struct job *j, int in, const int fd[2]);
pid_t job_fork(struct job *j, int background);
int job_finish(struct job *j, int background);
int job_wait(struct job *j);
struct job *job_find(const char *spec);
pid_t job_group(struct job *j);
int job_resume(struct job *j, int foreground);
void jobs_list(void);
void jobs_notify(void);
int jobs_wait_all(void);
int jobs_wait_pid(pid_t pid);
void jobs_init(void);
void jobs_forget(void);
void child_signals(void);

/* ---- variables and functions (vars.c) ------------------------------------ */

struct var {
	struct var *next;
	char *name, *value;		/* value null: only the export mark is there */
	int exported, readonly;
};

extern char **params;			/* $1 and so on, null at the end */
extern int nr_params;
extern char *shell_name;		/* $0 */

char *var_get(const char *name);
int var_set(const char *name, const char *value);
int var_assign(const char *assignment, int export);
void var_unset(const char *name);
struct var *var_mark(const char *name);
struct var *vars_first(void);
int is_name(const char *s, size_t n);
size_t name_length(const char *s);
char **vars_environment(struct arena *a);
void vars_init(char **env);
void local_var(const char *name);
int locals_mark(void);
void locals_restore(int mark);
struct node *function_get(const char *name);
void function_set(const char *name, struct node *body);
void function_unset(const char *name);

/* ---- builtins and traps (builtin.c, trap.c) ------------------------------ */

typedef int (*builtin_fn)(int argc, char **argv);

builtin_fn builtin_find(const char *name);
int builtin_special(builtin_fn fn);
int do_kill(int argc, char **argv);
int do_trap(int argc, char **argv);
void traps_run(void);
void traps_reset(void);
void trap_exit(void);
int trap_exit_set(void);

#endif
