/*
 * $(( )): C's operators on longs, with variables by name and = for assignment.
 * Precedence climbing: a level of the table for each call.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "user/bin/sh/sh.h"

static const char *at;

static long ternary(void);

static void skip_space(void)
{
	while (isspace(*at))
		at++;
}

static long variable(const char *name, size_t n)
{
	char buf[64], num[24];
	const char *value;
	long v;

	snprintf(buf, sizeof(buf), "%.*s", (int)n, name);
	skip_space();
	if (at[0] == '=' && at[1] != '=') {
		at++;
		v = ternary();
		snprintf(num, sizeof(num), "%ld", v);
		var_set(buf, num);
		return v;
	}
	value = var_get(buf);
	return value ? strtol(value, NULL, 0) : 0;
}

static long primary(void)
{
	const char *name;
	char *end;
	long v;

	skip_space();
	switch (*at) {
	case '-': at++; return -primary();
	case '+': at++; return primary();
	case '!': at++; return !primary();
	case '~': at++; return ~primary();
	case '(':
		at++;
		v = ternary();
		skip_space();
		if (*at++ != ')')
			abandon("arithmetic: missing )");
		return v;
	}
	if (name_length(at)) {
		name = at;
		at += name_length(at);
		return variable(name, at - name);
	}
	v = strtol(at, &end, 0);
	if (end == at)
		abandon("arithmetic: expected a number at '%s'", at);
	at = end;
	return v;
}

/* Tightest last. Longer operators stand before their own prefixes. */
static const char *const levels[][5] = {
	{ "||" }, { "&&" }, { "|" }, { "^" }, { "&" }, { "==", "!=" },
	{ "<=", ">=", "<", ">" }, { "<<", ">>" }, { "+", "-" }, { "*", "/", "%" },
};
#define NR_LEVELS	((int)(sizeof(levels) / sizeof(*levels)))

/* The operator of this level that stands at the text's head, or null. */
static const char *operator(int level)
{
	const char *const *op;
	size_t n;

	skip_space();
	for (op = levels[level]; *op; op++) {
		n = strlen(*op);
		/* | is not the head of ||, nor < that of << */
		if (!strncmp(at, *op, n) && !(n == 1 && strchr("|&<>", **op) && at[1] == **op))
			return *op;
	}
	return NULL;
}

static long apply(const char *op, long a, long b)
{
	switch (op[0]) {
	case '|': return op[1] ? a || b : a | b;
	case '&': return op[1] ? a && b : a & b;
	case '^': return a ^ b;
	case '=': return a == b;
	case '!': return a != b;
	case '<': return op[1] == '<' ? a << b : op[1] ? a <= b : a < b;
	case '>': return op[1] == '>' ? a >> b : op[1] ? a >= b : a > b;
	case '+': return a + b;
	case '-': return a - b;
	case '*': return a * b;
	}
	if (b == 0)
		abandon("arithmetic: division by zero");
	if (b == -1)
		return op[0] == '/' ? -a : 0;
	return op[0] == '/' ? a / b : a % b;
}

static long binary(int level)
{
	const char *op;
	long v;

	if (level == NR_LEVELS)
		return primary();
	v = binary(level + 1);
	while ((op = operator(level))) {
		at += strlen(op);
		v = apply(op, v, binary(level + 1));
	}
	return v;
}

static long ternary(void)
{
	long c = binary(0), a, b;

	skip_space();
	if (*at != '?')
		return c;
	at++;
	a = ternary();
	skip_space();
	if (*at++ != ':')
		abandon("arithmetic: missing :");
	b = ternary();
	return c ? a : b;
}

long arith(const char *expr)
{
	long v;

	at = expr;
	skip_space();
	if (!*at)
		return 0;
	v = ternary();
	skip_space();
	if (*at)
		abandon("arithmetic: unexpected '%s'", at);
	return v;
}
