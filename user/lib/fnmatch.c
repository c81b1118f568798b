/*
 * Shell patterns: * ? [a-z] [!a-z] and backslash.
 */
#include <fnmatch.h>
#include <string.h>

/* Does c match the set at p, just past its '['? *end is past the ']', or null if it has none. */
static int in_set(const char *p, char c, const char **end)
{
	int negate = *p == '!' || *p == '^', hit = 0;
	const char *first = p += negate;

	for (; *p && (*p != ']' || p == first); p++) {
		if (p[1] == '-' && p[2] && p[2] != ']') {
			hit |= c >= p[0] && c <= p[2];
			p += 2;
		} else {
			hit |= c == *p;
		}
	}
	*end = *p ? p + 1 : NULL;
	return hit != negate;
}

/* => only the last * needs to be tried again: an earlier one has all it needs */
int fnmatch(const char *p, const char *s, int flags)
{
	const char *star = NULL, *retry = NULL, *end;
	int ok;

	for (;;) {
		if (*p == '*') {
			star = ++p;
			retry = s;
			continue;
		}
		if (!*s && !*p)
			return 0;
		end = p + 1;
		if (!*s)
			return FNM_NOMATCH;
		if (*p == '[') {
			ok = in_set(p + 1, *s, &end);
			if (!end) {
				ok = *s == '[';
				end = p + 1;
			}
		} else if (*p == '\\' && p[1]) {
			ok = *s == p[1];
			end = p + 2;
		} else {
			ok = *p && (*p == '?' || *p == *s);
		}
		if (ok) {
			p = end;
			s++;
		} else if (star) {
			p = star;
			s = ++retry;
		} else {
			return FNM_NOMATCH;
		}
	}
}
