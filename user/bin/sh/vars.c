/*
 * Variables, positional parameters, functions, and what `local` saved of them.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "user/bin/sh/sh.h"

struct function {
	struct function *next;
	char *name;
	struct node *body;
};

struct saved {
	struct saved *next;
	char *name, *value;
};

char **params;
int nr_params;
char *shell_name = "sh";

static struct var *vars;
static struct function *functions;
static struct saved *saved;
static int nr_saved;

/* Length of the name at s; 0 if none starts there. */
size_t name_length(const char *s)
{
	size_t n = 0;

	if (isdigit(*s))
		return 0;
	while (isalnum(s[n]) || s[n] == '_')
		n++;
	return n;
}

int is_name(const char *s, size_t n)
{
	return n > 0 && name_length(s) == n;
}

static struct var *find(const char *name)
{
	struct var *v;

	for (v = vars; v && strcmp(v->name, name); v = v->next)
		;
	return v;
}

/* The variable, made (without a value) if it was not there. */
struct var *var_mark(const char *name)
{
	struct var *v = find(name);

	if (!v) {
		v = xmalloc(sizeof(*v));
		*v = (struct var){ .next = vars, .name = xstrdup(name) };
		vars = v;
	}
	return v;
}

struct var *vars_first(void)
{
	return vars;
}

char *var_get(const char *name)
{
	struct var *v = find(name);

	return v ? v->value : NULL;
}

int var_set(const char *name, const char *value)
{
	struct var *v = var_mark(name);
	char *copy;

	if (v->readonly) {
		fail("%s: read only", name);
		return 1;
	}
	copy = xstrdup(value);
	free(v->value);
	v->value = copy;
	return 0;
}

/* name=value */
int var_assign(const char *assignment, int export)
{
	size_t n = strcspn(assignment, "=");
	char *name = strndup(assignment, n);
	int ret = var_set(name, assignment + n + 1);

	if (export)
		var_mark(name)->exported = 1;
	free(name);
	return ret;
}

void var_unset(const char *name)
{
	struct var **p, *v;

	for (p = &vars; (v = *p); p = &v->next) {
		if (strcmp(v->name, name))
			continue;
		if (v->readonly)
			return;
		*p = v->next;
		free(v->name);
		free(v->value);
		free(v);
		return;
	}
}

char **vars_environment(struct arena *a)
{
	struct strings env = { 0 };
	struct var *v;
	char *s;

	env.v = arena_alloc(a, sizeof(char *));
	for (v = vars; v; v = v->next) {
		if (!v->exported || !v->value)
			continue;
		s = arena_alloc(a, strlen(v->name) + strlen(v->value) + 2);
		sprintf(s, "%s=%s", v->name, v->value);
		strings_add(&env, a, s);
	}
	return env.v;
}

void vars_init(char **env)
{
	char num[16];

	for (; *env; env++)
		if (is_name(*env, strcspn(*env, "=")) && strchr(*env, '='))
			var_assign(*env, 1);
	snprintf(num, sizeof(num), "%d", getpid());
	var_set("$", num);
	snprintf(num, sizeof(num), "%d", getppid());
	var_set("PPID", num);
	if (!var_get("PATH"))
		var_assign("PATH=/bin:/test:/stress", 1);
}

/* ---- local -------------------------------------------------------------- */

void local_var(const char *name)
{
	struct saved *s = xmalloc(sizeof(*s));
	char *value = var_get(name);

	*s = (struct saved){ saved, xstrdup(name), value ? xstrdup(value) : NULL };
	saved = s;
	nr_saved++;
}

int locals_mark(void)
{
	return nr_saved;
}

void locals_restore(int mark)
{
	struct saved *s;

	while (nr_saved > mark) {
		s = saved;
		saved = s->next;
		nr_saved--;
		if (s->value)
			var_set(s->name, s->value);
		else
			var_unset(s->name);
		free(s->name);
		free(s->value);
		free(s);
	}
}

/* ---- functions ---------------------------------------------------------- */

struct node *function_get(const char *name)
{
	struct function *f;

	for (f = functions; f; f = f->next)
		if (!strcmp(f->name, name))
			return f->body;
	return NULL;
}

void function_set(const char *name, struct node *body)
{
	struct function *f = xmalloc(sizeof(*f));

	*f = (struct function){ functions, xstrdup(name), body };
	functions = f;
}

void function_unset(const char *name)
{
	struct function **p, *f;

	for (p = &functions; (f = *p);) {
		if (strcmp(f->name, name)) {
			p = &f->next;
			continue;
		}
		*p = f->next;
		free(f->name);
		free(f);
	}
}
