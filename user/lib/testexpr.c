/*
 * The test command's expressions: ! ( ) -a -o, files, strings, numbers.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <testexpr.h>
#include <unistd.h>
#include <sys/stat.h>

static char **at;			/* what is left; null at the end */
static int broken;

static int either(void);

static int complain(const char *what, const char *arg)
{
	if (!broken)
		fprintf(stderr, "test: %s%s\n", what, arg);
	broken = 1;
	return 0;
}

static long number(const char *s)
{
	char *end;
	long n = strtol(s, &end, 10);

	if (end == s || *end)
		complain("not a number: ", s);
	return n;
}

static int file_test(char op, const char *path)
{
	struct stat st;

	switch (op) {
	case 'r': return access(path, R_OK) == 0;
	case 'w': return access(path, W_OK) == 0;
	case 'x': return access(path, X_OK) == 0;
	case 't': return isatty(number(path));
	case 'h':
	case 'L': return lstat(path, &st) == 0 && S_ISLNK(st.st_mode);
	}
	if (stat(path, &st))
		return 0;
	switch (op) {
	case 'f': return S_ISREG(st.st_mode);
	case 'd': return S_ISDIR(st.st_mode);
	case 'b': return S_ISBLK(st.st_mode);
	case 'c': return S_ISCHR(st.st_mode);
	case 'p': return S_ISFIFO(st.st_mode);
	case 's': return st.st_size > 0;
	}
	return 1;
}

/* => -1 if op is no binary operator */
static int binary(const char *a, const char *op, const char *b)
{
	static const char *const ops[] = { "-eq", "-ne", "-lt", "-le", "-gt", "-ge" };
	struct stat sa, sb;
	long x, y;
	int i;

	if (!strcmp(op, "=") || !strcmp(op, "=="))
		return !strcmp(a, b);
	if (!strcmp(op, "!="))
		return strcmp(a, b) != 0;
	if (!strcmp(op, "-nt") || !strcmp(op, "-ot")) {
		if (stat(a, &sa) || stat(b, &sb))
			return 0;
		return op[1] == 'n' ? sa.st_mtime > sb.st_mtime : sa.st_mtime < sb.st_mtime;
	}
	if (!strcmp(op, "-ef"))
		return !stat(a, &sa) && !stat(b, &sb) && sa.st_dev == sb.st_dev &&
			sa.st_ino == sb.st_ino;
	for (i = 0; i < 6 && strcmp(op, ops[i]); i++)
		;
	if (i == 6)
		return -1;
	x = number(a);
	y = number(b);
	return i == 0 ? x == y : i == 1 ? x != y : i == 2 ? x < y : i == 3 ? x <= y :
		i == 4 ? x > y : x >= y;
}

static int primary(void)
{
	char *arg = *at, op;
	int v;

	if (!arg)
		return complain("argument expected", "");
	if (at[1] && at[2]) {
		v = binary(arg, at[1], at[2]);
		if (v >= 0) {
			at += 3;
			return v;
		}
	}
	at++;
	if (!strcmp(arg, "!") && *at)
		return !primary();
	if (!strcmp(arg, "(") && *at) {
		v = either();
		if (!*at || strcmp(*at, ")"))
			return complain("missing )", "");
		at++;
		return v;
	}
	op = arg[0] == '-' && arg[1] && !arg[2] && *at ? arg[1] : 0;
	if (op == 'n' || op == 'z')
		return (**at++ != 0) == (op == 'n');
	if (op && strchr("rwxthLfdbcpse", op))
		return file_test(op, *at++);
	return *arg != 0;
}

static int both(void)
{
	int v = primary();

	while (*at && !strcmp(*at, "-a")) {
		at++;
		v = primary() && v;
	}
	return v;
}

static int either(void)
{
	int v = both();

	while (*at && !strcmp(*at, "-o")) {
		at++;
		v = both() || v;
	}
	return v;
}

int test_command(int argc, char **argv)
{
	int v;

	broken = 0;
	if (!strcmp(argv[0], "[")) {
		if (strcmp(argv[argc - 1], "]")) {
			complain("missing ]", "");
			return 2;
		}
		argv[--argc] = NULL;
	}
	at = argv + 1;
	if (!*at)
		return 1;
	v = either();
	if (*at)
		complain("unexpected ", *at);
	return broken ? 2 : !v;
}
