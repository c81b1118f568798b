/*
 * string.c: memory and strings.
 *
 * memcpy, memmove, memset and memcmp are also what the compiler calls on its own. Long runs go by words.
 */
#include "kernel/lib/string.h"

typedef unsigned long __attribute__((may_alias)) word;
#define WORD		sizeof(word)
#define aligned(p)	(((uintptr_t)(p) & (WORD - 1)) == 0)

/* The compiler would recognise these loops and replace them by calls of themselves. */
#define no_idiom	__attribute__((optimize("no-tree-loop-distribute-patterns")))

/* Copy upwards. => the areas do not overlap, or @dst lies below @src */
no_idiom void *memcpy(void *dst, const void *src, size_t n)
{
	u8 *d = dst;
	const u8 *s = src;

	if ((((uintptr_t)d ^ (uintptr_t)s) & (WORD - 1)) == 0) {
		for (; n && !aligned(d); n--)
			*d++ = *s++;
		for (; n >= 4 * WORD; n -= 4 * WORD, d += 4 * WORD, s += 4 * WORD) {
			word a = ((const word *)s)[0], b = ((const word *)s)[1];
			word c = ((const word *)s)[2], e = ((const word *)s)[3];

			((word *)d)[0] = a;
			((word *)d)[1] = b;
			((word *)d)[2] = c;
			((word *)d)[3] = e;
		}
		for (; n >= WORD; n -= WORD, d += WORD, s += WORD)
			*(word *)d = *(const word *)s;
	}
	while (n--)
		*d++ = *s++;
	return dst;
}

/* As memcpy; the areas may overlap. */
no_idiom void *memmove(void *dst, const void *src, size_t n)
{
	u8 *d = (u8 *)dst + n;
	const u8 *s = (const u8 *)src + n;

	if ((uintptr_t)dst - (uintptr_t)src >= n)
		return memcpy(dst, src, n);
	if ((((uintptr_t)d ^ (uintptr_t)s) & (WORD - 1)) == 0) {
		for (; n && !aligned(d); n--)
			*--d = *--s;
		for (; n >= WORD; n -= WORD)
			*(word *)(d -= WORD) = *(const word *)(s -= WORD);
	}
	while (n--)
		*--d = *--s;
	return dst;
}

/* Fill with the byte @c. */
no_idiom void *memset(void *dst, int c, size_t n)
{
	u8 *d = dst;
	word w = (u8)c * (~0UL / 255);

	for (; n && !aligned(d); n--)
		*d++ = (u8)c;
	for (; n >= 4 * WORD; n -= 4 * WORD, d += 4 * WORD) {
		((word *)d)[0] = w;
		((word *)d)[1] = w;
		((word *)d)[2] = w;
		((word *)d)[3] = w;
	}
	for (; n >= WORD; n -= WORD, d += WORD)
		*(word *)d = w;
	while (n--)
		*d++ = (u8)c;
	return dst;
}

/* The difference of the first unequal bytes, 0 for equal areas. */
no_idiom int memcmp(const void *a, const void *b, size_t n)
{
	const u8 *p = a, *q = b;

	for (; n; n--, p++, q++)
		if (*p != *q)
			return *p - *q;
	return 0;
}

/* The first byte @c in the area, or NULL. */
void *memchr(const void *s, int c, size_t n)
{
	for (const u8 *p = s; n; n--, p++)
		if (*p == (u8)c)
			return (void *)p;
	return NULL;
}

/* The first byte that is not @c, or NULL. */
void *memchr_inv(const void *s, int c, size_t n)
{
	for (const u8 *p = s; n; n--, p++)
		if (*p != (u8)c)
			return (void *)p;
	return NULL;
}

/* Bytes before the NUL. */
no_idiom size_t strlen(const char *s)
{
	const char *p = s;

	while (*p)
		p++;
	return (size_t)(p - s);
}

/* As strlen, but looks at @max bytes at most. */
size_t strnlen(const char *s, size_t max)
{
	size_t n = 0;

	while (n < max && s[n])
		n++;
	return n;
}

/* Less than, equal to or greater than 0, as @a sorts against @b. */
int strcmp(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return (u8)*a - (u8)*b;
}

/* As strcmp, for @n bytes at most. */
int strncmp(const char *a, const char *b, size_t n)
{
	while (n && *a && *a == *b)
		a++, b++, n--;
	return n ? (u8)*a - (u8)*b : 0;
}

/* => @dst is large enough */
char *strcpy(char *dst, const char *src)
{
	return memcpy(dst, src, strlen(src) + 1);
}

/* Copy what fits; the length that was wanted tells whether it did. */
size_t strlcpy(char *dst, const char *src, size_t size)
{
	size_t len = strlen(src);

	if (size) {
		size_t n = min(len, size - 1);

		memcpy(dst, src, n);
		dst[n] = '\0';
	}
	return len;
}

/* The first @c (NUL too), or NULL. */
char *strchr(const char *s, int c)
{
	for (; *s != (char)c; s++)
		if (!*s)
			return NULL;
	return (char *)s;
}

/* The last @c, or NULL. */
char *strrchr(const char *s, int c)
{
	const char *last = NULL;

	do {
		if (*s == (char)c)
			last = s;
	} while (*s++);
	return (char *)last;
}

/* The first place where @what stands in @s, or NULL. */
char *strstr(const char *s, const char *what)
{
	size_t len = strlen(what);

	for (; *s || !len; s++)
		if (!strncmp(s, what, len))
			return (char *)s;
	return NULL;
}

/* Length of the start of @s that is made of bytes of @set only. */
size_t strspn(const char *s, const char *set)
{
	size_t n = 0;

	while (s[n] && strchr(set, s[n]))
		n++;
	return n;
}

/* Length of the start of @s that has no byte of @set. */
size_t strcspn(const char *s, const char *set)
{
	size_t n = 0;

	while (s[n] && !strchr(set, s[n]))
		n++;
	return n;
}

/* The first byte of @s that is in @set, or NULL. */
char *strpbrk(const char *s, const char *set)
{
	s += strcspn(s, set);
	return *s ? (char *)s : NULL;
}

/* Cut off and return the word up to the next delimiter; *@s goes behind it, NULL after the last. */
char *strsep(char **s, const char *delimiters)
{
	char *word = *s, *end;

	if (!word)
		return NULL;
	end = strpbrk(word, delimiters);
	if (end)
		*end++ = '\0';
	*s = end;
	return word;
}

/* Shell pattern of * and ? only: on a mismatch, the last star takes one byte more. */
bool glob_match(const char *pattern, const char *s)
{
	const char *star = NULL, *retry = NULL;

	for (;;) {
		if (*pattern == '*') {
			star = ++pattern;
			retry = s;
		} else if (*s && (*pattern == '?' || *pattern == *s)) {
			pattern++;
			s++;
		} else if (!*s && !*pattern) {
			return true;
		} else if (star && *retry) {
			pattern = star;
			s = ++retry;
		} else {
			return false;
		}
	}
}
