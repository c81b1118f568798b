/*
 * Patterns against the file system: one path component after the other.
 */
#include <dirent.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "user/bin/sh/sh.h"

static int is_pattern(const char *p, size_t n)
{
	for (; n; n--, p++) {
		if (*p == '\\' && n > 1)
			n--, p++;
		else if (*p == '*' || *p == '?' || *p == '[')
			return 1;
	}
	return 0;
}

static char *join(struct arena *a, const char *dir, const char *name, size_t n, int slash)
{
	size_t len = strlen(dir);
	char *s = arena_alloc(a, len + n + 2);

	memcpy(s, dir, len);
	memcpy(s + len, name, n);
	if (slash)
		s[len + n] = '/';
	return s;
}

/* Add what dir (a path ending in '/', or empty) holds that matches rest. */
static void walk(const char *dir, const char *rest, struct arena *a, struct strings *out)
{
	size_t n = strcspn(rest, "/");
	int more = rest[n] == '/';
	const char *next = rest + n + strspn(rest + n, "/");
	char *pattern = arena_strndup(a, rest, n), *path;
	struct dirent *ent;
	struct stat st;
	DIR *d;

	if (!is_pattern(rest, n)) {
		unescape(pattern);
		path = join(a, dir, pattern, strlen(pattern), more);
		if (*next)
			walk(path, next, a, out);
		else if (lstat(path, &st) == 0)
			strings_add(out, a, path);
		return;
	}
	d = opendir(*dir ? dir : ".");
	while (d && (ent = readdir(d))) {
		if ((ent->d_name[0] == '.' && pattern[0] != '.') || fnmatch(pattern, ent->d_name, 0))
			continue;
		path = join(a, dir, ent->d_name, strlen(ent->d_name), more);
		if (*next)
			walk(path, next, a, out);
		else if (!more || (stat(path, &st) == 0 && S_ISDIR(st.st_mode)))
			strings_add(out, a, path);
	}
	if (d)
		closedir(d);
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Add the files that pattern names, sorted; the pattern itself where there are none. */
void glob_add(char *pattern, struct arena *a, struct strings *out)
{
	int before = out->n;
	size_t root = strspn(pattern, "/");

	if (is_pattern(pattern, strlen(pattern)))
		walk(arena_strndup(a, pattern, root), pattern + root, a, out);
	if (out->n == before)
		strings_add(out, a, unescape(pattern));
	else
		qsort(out->v + before, out->n - before, sizeof(char *), compare);
}
