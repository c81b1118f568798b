/*
 * grep [-cEFhHilnqrsvw] pattern [file...]: lines that match. The pattern language is
 * small: . [set] ^ $ \c, and after one of them (or a plain character) * + ?; alternatives
 * by |. No groups.
 */
#include <ctype.h>
#include <dirwalk.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

static char opt[128];
static const char *wanted;		/* the pattern */
static int status = 1;			/* 0 found, 1 not, 2 trouble */

/* Length of the single-character pattern at p. */
static size_t atom_length(const char *p)
{
	const char *q = p + 1;

	if (*p == '\\' && p[1])
		return 2;
	if (*p != '[')
		return 1;
	q += *q == '^';
	q += *q == ']';
	while (*q && *q != ']')
		q++;
	return *q ? q + 1 - p : 1;
}

static int same(int a, int b)
{
	return opt['i'] ? tolower(a) == tolower(b) : a == b;
}

static int in_set(const char *p, const char *end, int c)
{
	int negate = *p == '^', hit = 0;

	for (p += negate; p < end; p++) {
		if (p + 2 < end && p[1] == '-') {
			hit |= (c >= p[0] && c <= p[2]) || (opt['i'] &&
				((tolower(c) >= p[0] && tolower(c) <= p[2]) ||
				 (toupper(c) >= p[0] && toupper(c) <= p[2])));
			p += 2;
		} else {
			hit |= same(*p, c);
		}
	}
	return hit != negate;
}

static int match_one(const char *p, size_t n, int c)
{
	if (!c)
		return 0;
	if (*p == '[' && n > 1)
		return in_set(p + 1, p + n - 1, c);
	return (*p == '.' && n == 1) || same(n == 2 ? p[1] : p[0], c);
}

/* Does [p, end) match a head of s? *tail is what follows the match. */
static int match_here(const char *p, const char *end, const char *s, const char **tail)
{
	size_t n, most;
	char repeat;

	if (p >= end) {
		*tail = s;
		return 1;
	}
	if (*p == '$' && p + 1 == end) {
		*tail = s;
		return !*s;
	}
	n = atom_length(p);
	repeat = p + n < end ? p[n] : 0;
	if (repeat != '*' && repeat != '+' && repeat != '?')
		return match_one(p, n, *s) && match_here(p + n, end, s + 1, tail);
	for (most = 0; match_one(p, n, s[most]) && !(repeat == '?' && most == 1);)
		most++;
	for (;; most--) {
		if (most < (repeat == '+'))
			return 0;
		if (match_here(p + n + 1, end, s + most, tail))
			return 1;
		if (most == 0)
			return 0;
	}
}

static int is_word(int c)
{
	return isalnum(c) || c == '_';
}

/* One alternative anywhere in the line. */
static int match_branch(const char *p, const char *end, const char *line)
{
	int anchored = p < end && *p == '^' && !opt['F'];
	const char *s = line, *tail;

	p += anchored;
	do {
		if (opt['F']) {
			for (tail = s; tail - s < end - p && same(p[tail - s], *tail); tail++)
				;
			if (tail - s < end - p)
				continue;
		} else if (!match_here(p, end, s, &tail)) {
			continue;
		}
		if (!opt['w'] || ((s == line || !is_word(s[-1])) && !is_word(*tail)))
			return 1;
	} while (!anchored && *s++);
	return 0;
}

static int match(const char *pattern, const char *line)
{
	const char *p = pattern, *end;

	for (;;) {
		for (end = p; *end && (opt['F'] || *end != '|'); )
			end += opt['F'] ? 1 : atom_length(end);
		if (match_branch(p, end, line))
			return 1;
		if (!*end)
			return 0;
		p = end + 1;
	}
}

static void grep(const char *pattern, FILE *f, const char *name)
{
	unsigned long line = 0, count = 0;
	static char *buf;
	static size_t cap;
	ssize_t n;

	while ((n = getline(&buf, &cap, f)) > 0) {
		line++;
		if (buf[n - 1] == '\n')
			buf[n - 1] = 0;
		if (match(pattern, buf) == opt['v'])
			continue;
		count++;
		if (opt['q'] || opt['l'])
			break;
		if (opt['c'])
			continue;
		if (opt['H'])
			printf("%s:", name);
		if (opt['n'])
			printf("%lu:", line);
		puts(buf);
	}
	if (count && status == 1)
		status = 0;
	if (opt['c'])
		printf(opt['H'] ? "%s:%lu\n" : "%.0s%lu\n", name, count);
	if (opt['l'] && count)
		puts(name);
}

static int grep_inside(const char *child);

static void grep_path(const char *path)
{
	struct stat st;
	FILE *f;

	if (opt['r'] && stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		if (each_inside(path, grep_inside))
			status = 2;
		return;
	}
	f = fopen(path, "r");
	if (!f) {
		if (!opt['s'])
			warn("%s", path);
		status = 2;
		return;
	}
	grep(wanted, f, path);
	fclose(f);
}

/* Neither links nor devices: only what one names is followed or waited for. */
static int grep_inside(const char *child)
{
	struct stat st;

	if (lstat(child, &st) == 0 && (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)))
		grep_path(child);
	return 0;
}

int main(int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "cEFhHilnqrsvwe:")) != -1) {
		if (c == '?')
			return 2;
		if (c == 'e')
			wanted = optarg;
		opt[c] = 1;
	}
	if (!wanted && optind < argc)
		wanted = argv[optind++];
	if (!wanted)
		errx(2, "usage: grep [-cEFhHilnqrsvw] pattern [file...]");
	opt['H'] |= (argc - optind > 1 || opt['r']) && !opt['h'];
	if (optind == argc && opt['r'])
		grep_path(".");
	else if (optind == argc)
		grep(wanted, stdin, "(standard input)");
	for (; optind < argc; optind++)
		grep_path(argv[optind]);
	fflush(stdout);
	return status;
}
