/*
 * From a word as written to arguments: parameters, command substitution, arithmetic,
 * splitting at IFS, patterns. Text under way is in "pattern form": a character that was
 * quoted and would mean something to a pattern has a backslash before it.
 */
#include <ctype.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "user/bin/sh/sh.h"

struct expansion {
	struct arena *arena;
	struct strings *out;	/* fields go here; null: it all stays one text */
	struct text field;
	int started;		/* the field exists, even if empty */
	int here;		/* a here-document: double quotes mean nothing */
};

static void expand(struct expansion *e, const char *p, const char *end, int quoted);

void strings_add(struct strings *s, struct arena *a, char *str)
{
	char **grown;

	if (s->n + 2 > s->cap) {
		s->cap = s->cap ? s->cap * 2 : 16;
		grown = arena_alloc(a, s->cap * sizeof(char *));
		if (s->n)
			memcpy(grown, s->v, s->n * sizeof(char *));
		s->v = grown;
	}
	s->v[s->n++] = str;
	s->v[s->n] = NULL;
}

/* ---- the field under way ------------------------------------------------ */

static void put(struct expansion *e, char c, int quoted)
{
	if (c == '\\' || (quoted && strchr("*?[]!^-", c) && c))
		text_put(&e->field, '\\');
	text_put(&e->field, c);
	e->started = 1;
}

static void end_field(struct expansion *e)
{
	char *s = arena_strndup(e->arena, e->field.s ? e->field.s : "", e->field.len);

	if (e->started) {
		if (opt_noglob)
			strings_add(e->out, e->arena, unescape(s));
		else
			glob_add(s, e->arena, e->out);
	}
	e->field.len = 0;
	e->started = 0;
}

/* What an expansion gave: unquoted, it is split where fields are wanted. */
static void put_value(struct expansion *e, const char *s, int quoted)
{
	const char *ifs = var_get("IFS");

	if (!ifs)
		ifs = " \t\n";
	for (; *s; s++) {
		if (quoted || !e->out || !strchr(ifs, *s)) {
			put(e, *s, quoted);
		} else {
			if (!isspace(*s))
				e->started = 1;
			end_field(e);
		}
	}
}

/* "$@" is as many fields as there are parameters; the others are joined or split. */
static void put_params(struct expansion *e, char which, int quoted)
{
	const char *ifs = var_get("IFS");
	char joint[2] = { ifs ? ifs[0] : ' ', 0 };
	int i;

	for (i = 0; i < nr_params; i++) {
		if (i && e->out && !(quoted && which == '*'))
			end_field(e);
		else if (i)
			put_value(e, joint, 1);
		if (quoted)
			e->started = 1;
		put_value(e, params[i], quoted);
	}
}

/* ---- finding ends ------------------------------------------------------- */

/* => past the close that matches; p is just past the opening */
static const char *skip_nested(const char *p, char open, char close)
{
	int depth = 1;
	char quote = 0;

	for (; *p; p++) {
		if (*p == '\\' && quote != '\'' && p[1])
			p++;
		else if (quote)
			quote = *p == quote ? 0 : quote;
		else if (*p == '\'' || *p == '"' || *p == '`')
			quote = *p;
		else if (*p == open)
			depth++;
		else if (*p == close && --depth == 0)
			return p + 1;
	}
	return p;
}

static const char *name_end(const char *p)
{
	size_t n = name_length(p);

	if (n)
		return p + n;
	if (isdigit(*p)) {
		while (isdigit(*p))
			p++;
		return p;
	}
	return *p && strchr("@*#?$!-", *p) ? p + 1 : p;
}

/* ---- values ------------------------------------------------------------- */

/* => null if it is not set; $@ and $* are not for here */
static const char *param_value(struct expansion *e, const char *name, size_t n)
{
	char buf[16];
	long v;

	if (isdigit(*name)) {
		v = atoi(name);
		return v == 0 ? shell_name : v <= nr_params ? params[v - 1] : NULL;
	}
	switch (*name) {
	case '#': v = nr_params; break;
	case '?': v = last_status; break;
	case '$':
		v = atol(var_get("$"));
		break;
	case '!': v = last_background; break;
	case '-':
		return interactive ? "i" : "";
	case '@':
	case '*':
		return nr_params ? params[0] : NULL;
	default:
		return var_get(arena_strndup(e->arena, name, n));
	}
	snprintf(buf, sizeof(buf), "%ld", v);
	return arena_strndup(e->arena, buf, strlen(buf));
}

/* Expand part of a word on its own, as one text in pattern form. */
static char *expand_part(struct arena *a, const char *p, const char *end, int quoted, int here)
{
	struct expansion e = { .arena = a, .here = here };
	char *s;

	expand(&e, p, end, quoted);
	s = arena_strndup(a, e.field.s ? e.field.s : "", e.field.len);
	free(e.field.s);
	return s;
}

/* ${x#p} ${x##p} ${x%p} ${x%%p}: cut the shortest or longest match off one end. */
static void put_trimmed(struct expansion *e, const char *value, char side, int longest,
			const char *pattern, int quoted)
{
	size_t n = strlen(value), i, cut;
	char *part;

	for (i = 0; i <= n; i++) {
		cut = longest ? n - i : i;
		part = side == '#' ? arena_strndup(e->arena, value, cut) : (char *)value + n - cut;
		if (fnmatch(pattern, part, 0) == 0) {
			put_value(e, side == '#' ? value + cut :
				  arena_strndup(e->arena, value, n - cut), quoted);
			return;
		}
	}
	put_value(e, value, quoted);
}

/* The operator of ${name op word}; value is null if the rule took it for unset. */
static void put_conditional(struct expansion *e, const char *name, size_t n, char op,
			    const char *value, const char *word, const char *end, int quoted)
{
	char *s;

	if (op == '+') {
		if (value)
			expand(e, word, end, quoted);
	} else if (value) {
		if (*name == '@' || *name == '*')
			put_params(e, *name, quoted);
		else
			put_value(e, value, quoted);
	} else if (op == '-') {
		expand(e, word, end, quoted);
	} else {
		s = unescape(expand_part(e->arena, word, end, quoted, 0));
		name = arena_strndup(e->arena, name, n);
		if (op == '?')
			abandon("%s: %s", name, *s ? s : "parameter not set");
		var_set(name, s);
		put_value(e, s, quoted);
	}
}

static void put_unset_checked(struct expansion *e, const char *name, size_t n, int quoted)
{
	const char *value;

	if (*name == '@' || *name == '*') {
		put_params(e, *name, quoted);
		return;
	}
	value = param_value(e, name, n);
	if (!value && opt_nounset)
		abandon("%.*s: parameter not set", (int)n, name);
	put_value(e, value ? value : "", quoted);
}

/* ${...}: p is past the brace. => past the closing one */
static const char *put_braces(struct expansion *e, const char *p, int quoted)
{
	const char *after = skip_nested(p, '{', '}'), *end = after - 1;
	const char *name = p, *value, *op;
	char num[16];
	int colon, twice;

	if (*p == '#' && p[1] != '}' && name_end(p + 1) == end) {
		value = param_value(e, p + 1, end - p - 1);
		snprintf(num, sizeof(num), "%d", value ? (int)strlen(value) : 0);
		put_value(e, num, quoted);
		return after;
	}
	op = name_end(p);
	if (op == p || op > end)
		abandon("bad substitution");
	if (op == end) {
		put_unset_checked(e, name, op - name, quoted);
		return after;
	}
	value = param_value(e, name, op - name);
	if (*op == '#' || *op == '%') {
		twice = op[1] == op[0];
		put_trimmed(e, value ? value : "", *op, twice,
			    expand_part(e->arena, op + 1 + twice, end, 0, 0), quoted);
		return after;
	}
	colon = *op == ':';
	if (!op[colon] || !strchr("-+=?", op[colon]))
		abandon("bad substitution");
	if (colon && value && !*value)
		value = NULL;
	put_conditional(e, name, op - name, op[colon], value, op + colon + 1, end, quoted);
	return after;
}

static void put_command(struct expansion *e, const char *command, int quoted)
{
	struct text out = { 0 };

	capture(command, &out);
	while (out.len && out.s[out.len - 1] == '\n')
		out.s[--out.len] = 0;
	if (out.len)
		put_value(e, out.s, quoted);
	free(out.s);
}

/* p is past the dollar. => past what it introduced */
static const char *put_dollar(struct expansion *e, const char *p, int quoted)
{
	const char *end;
	char num[24];

	if (p[0] == '(' && p[1] == '(') {
		end = skip_nested(p + 2, '(', ')');
		if (*end == ')') {
			snprintf(num, sizeof(num), "%ld",
				 arith(unescape(expand_part(e->arena, p + 2, end - 1, 1, 1))));
			put_value(e, num, quoted);
			return end + 1;
		}
	}
	if (*p == '(') {
		end = skip_nested(p + 1, '(', ')');
		put_command(e, arena_strndup(e->arena, p + 1, end - p - 2), quoted);
		return end;
	}
	if (*p == '{')
		return put_braces(e, p + 1, quoted);
	end = isdigit(*p) ? p + 1 : name_end(p);
	if (end == p)
		put(e, '$', 1);
	else
		put_unset_checked(e, p, end - p, quoted);
	return end;
}

/* `...`: p is past the backquote; inside, a backslash protects $ ` and itself. */
static const char *put_backquoted(struct expansion *e, const char *p, int quoted)
{
	struct text t = { 0 };

	for (; *p && *p != '`'; p++) {
		if (*p == '\\' && p[1] && strchr("$`\\", p[1]))
			p++;
		text_put(&t, *p);
	}
	if (t.s)
		put_command(e, arena_strndup(e->arena, t.s, t.len), quoted);
	free(t.s);
	return *p ? p + 1 : p;
}

static const char *put_backslash(struct expansion *e, const char *p, int quoted)
{
	if (*p == '\n')
		return p + 1;
	if (!*p || (quoted && !strchr(e->here ? "$`\\" : "$`\"\\", *p))) {
		put(e, '\\', 1);
		return p;
	}
	put(e, *p, 1);
	return p + 1;
}

/* "..." without a character makes an empty field, unless it holds a "$@" of nothing. */
static const char *put_double_quoted(struct expansion *e, const char *p)
{
	const char *end = p;

	while (*end && *end != '"') {
		if (*end == '\\' && end[1])
			end += 2;
		else if (*end == '$' && (end[1] == '(' || end[1] == '{'))
			end = skip_nested(end + 2, end[1], end[1] == '(' ? ')' : '}');
		else
			end++;
	}
	if (!(nr_params == 0 && end - p == 2 && !strncmp(p, "$@", 2)))
		e->started = 1;
	expand(e, p, end, 1);
	return *end ? end + 1 : end;
}

static void expand(struct expansion *e, const char *p, const char *end, int quoted)
{
	const char *start = p;
	char c;

	while (p < end) {
		c = *p++;
		if (c == '$') {
			p = put_dollar(e, p, quoted);
		} else if (c == '`') {
			p = put_backquoted(e, p, quoted);
		} else if (c == '\\') {
			p = put_backslash(e, p, quoted);
		} else if (c == '"' && !e->here && !quoted) {
			p = put_double_quoted(e, p);
		} else if (c == '"' && !e->here) {
			continue;
		} else if (c == '\'' && !quoted) {
			for (e->started = 1; p < end && *p != '\''; p++)
				put(e, *p, 1);
			p++;
		} else if (c == '~' && !quoted && p == start + 1 && (p == end || *p == '/')) {
			put_value(e, var_get("HOME") ? var_get("HOME") : "/", 1);
		} else {
			put(e, c, quoted);
		}
	}
}

/* ---- entrances ---------------------------------------------------------- */

void expand_words(struct word *w, struct arena *a, struct strings *out)
{
	struct expansion e = { .arena = a, .out = out };

	for (; w; w = w->next) {
		expand(&e, w->text, w->text + strlen(w->text), 0);
		end_field(&e);
	}
	free(e.field.s);
}

char *expand_pattern(const char *text, struct arena *a)
{
	return expand_part(a, text, text + strlen(text), 0, 0);
}

char *expand_string(const char *text, struct arena *a)
{
	return unescape(expand_pattern(text, a));
}

char *expand_here(const char *text, struct arena *a)
{
	return unescape(expand_part(a, text, text + strlen(text), 1, 1));
}

/* Out of pattern form, in place. */
char *unescape(char *pattern)
{
	char *from, *to;

	for (from = to = pattern; *from; from++) {
		if (*from == '\\' && from[1])
			from++;
		*to++ = *from;
	}
	*to = 0;
	return pattern;
}
