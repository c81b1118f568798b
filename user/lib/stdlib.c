/*
 * Numbers from text, the environment, sorting, pseudo-random numbers.
 */
#include <ctype.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include "user/lib/internal.h"

static int digit(int c)
{
	if (isdigit(c))
		return c - '0';
	return isalpha(c) ? tolower(c) - 'a' + 10 : INT_MAX;
}

/*
 * The magnitude of the number at s, with its sign in *neg.
 * => more than max gives max and ERANGE; no digits gives 0 and *end == s
 */
static unsigned long long parse(const char *s, char **end, int base, int *neg,
				unsigned long long max)
{
	const char *p = s;
	unsigned long long v = 0;
	int d, over = 0, any = 0;

	while (isspace(*p))
		p++;
	*neg = *p == '-';
	if (*p == '-' || *p == '+')
		p++;
	if ((base == 0 || base == 16) && p[0] == '0' && (p[1] | 32) == 'x' && isxdigit(p[2])) {
		p += 2;
		base = 16;
	}
	if (base == 0)
		base = *p == '0' ? 8 : 10;
	for (; (d = digit(*p)) < base; p++, any = 1) {
		over |= v > (max - d) / base;
		v = v * base + d;
	}
	if (end)
		*end = (char *)(any ? p : s);
	if (over)
		errno = ERANGE;
	return over ? max : v;
}

unsigned long long strtoull(const char *s, char **end, int base)
{
	int neg;
	unsigned long long v = parse(s, end, base, &neg, ULLONG_MAX);

	return neg ? -v : v;
}

unsigned long strtoul(const char *s, char **end, int base)
{
	int neg;
	unsigned long v = parse(s, end, base, &neg, ULONG_MAX);

	return neg ? -v : v;
}

long long strtoll(const char *s, char **end, int base)
{
	int neg;
	unsigned long long v = parse(s, end, base, &neg, 1ULL + LLONG_MAX);

	if (!neg && v > LLONG_MAX) {
		errno = ERANGE;
		return LLONG_MAX;
	}
	return neg ? -v : v;
}

long strtol(const char *s, char **end, int base)
{
	long long v = strtoll(s, end, base);

	if (v >= LONG_MIN && v <= LONG_MAX)
		return v;
	errno = ERANGE;
	return v < 0 ? LONG_MIN : LONG_MAX;
}

int atoi(const char *s) { return strtol(s, NULL, 10); }
long atol(const char *s) { return strtol(s, NULL, 10); }
int abs(int v) { return v < 0 ? -v : v; }

/* ---- environment -------------------------------------------------------- */

static char **find_env(const char *name)
{
	size_t n = strcspn(name, "=");
	char **p;

	for (p = environ; *p; p++)
		if (!strncmp(*p, name, n) && (*p)[n] == '=')
			break;
	return p;
}

char *getenv(const char *name)
{
	char **p = find_env(name);

	return *p ? strchr(*p, '=') + 1 : NULL;
}

/* The vector is copied each time it grows; strings replaced stay allocated, as callers may hold them. */
int setenv(const char *name, const char *value, int overwrite)
{
	static char **owned;
	char **p = find_env(name), **grown;
	size_t n = p - environ;
	char *s;

	if (*p && !overwrite)
		return 0;
	s = malloc(strlen(name) + strlen(value) + 2);
	if (!s)
		return -1;
	strcpy(s, name);
	strcat(strcat(s, "="), value);
	if (!*p) {
		grown = malloc((n + 2) * sizeof(char *));
		if (!grown) {
			free(s);
			return -1;
		}
		memcpy(grown, environ, n * sizeof(char *));
		grown[n + 1] = NULL;
		free(owned);
		owned = environ = grown;
		p = environ + n;
	}
	*p = s;
	return 0;
}

int unsetenv(const char *name)
{
	char **p = find_env(name);

	for (; *p; p++)
		p[0] = p[1];
	return 0;
}

/* ---- sorting and chance ------------------------------------------------- */

static void swap(char *a, char *b, size_t size)
{
	char t;

	while (size--) {
		t = *a;
		*a++ = *b;
		*b++ = t;
	}
}

/* Heap sort: no recursion, no worst case. */
static void sift(char *base, size_t root, size_t n, size_t size,
		 int (*cmp)(const void *, const void *))
{
	size_t child;

	while ((child = 2 * root + 1) < n) {
		if (child + 1 < n && cmp(base + child * size, base + (child + 1) * size) < 0)
			child++;
		if (cmp(base + root * size, base + child * size) >= 0)
			return;
		swap(base + root * size, base + child * size, size);
		root = child;
	}
}

void qsort(void *base, size_t n, size_t size, int (*cmp)(const void *, const void *))
{
	size_t i;

	for (i = n / 2; i-- > 0;)
		sift(base, i, n, size, cmp);
	for (i = n; i-- > 1;) {
		swap(base, (char *)base + i * size, size);
		sift(base, 0, i, size, cmp);
	}
}

static unsigned int seed = 1;

void srand(unsigned int s) { seed = s; }

int rand(void)
{
	seed = seed * 1103515245 + 12345;
	return seed >> 1 ^ seed >> 16;
}

int mkstemp(char *template)
{
	char *x = template + strlen(template) - 6;
	int fd, i, tries;
	unsigned int v = getpid();

	for (tries = 0; tries < 100; tries++) {
		v = v * 2654435761U + tries;
		for (i = 0; i < 6; i++)
			x[i] = 'a' + (v >> 5 * i & 31) % 26;
		fd = open(template, O_RDWR | O_CREAT | O_EXCL, 0600);
		if (fd >= 0 || errno != EEXIST)
			return fd;
	}
	return -1;
}
