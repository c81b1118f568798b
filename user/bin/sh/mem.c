/*
 * Memory that cannot fail (the shell says so and ends), arenas, growing text.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "user/bin/sh/sh.h"

struct chunk {
	struct chunk *next;
	char data[] __attribute__((aligned(8)));
};

void *xmalloc(size_t n)
{
	void *p = malloc(n);

	if (!p) {
		fprintf(stderr, "sh: out of memory\n");
		_exit(2);
	}
	return p;
}

char *xstrdup(const char *s)
{
	return strcpy(xmalloc(strlen(s) + 1), s);
}

/* => zeroed */
void *arena_alloc(struct arena *a, size_t n)
{
	struct chunk *c = xmalloc(sizeof(*c) + n);

	c->next = a->chunks;
	a->chunks = c;
	return memset(c->data, 0, n);
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
	return memcpy(arena_alloc(a, n + 1), s, n);
}

void arena_free(struct arena *a)
{
	struct chunk *c;

	if (a->keep)
		return;
	while ((c = a->chunks)) {
		a->chunks = c->next;
		free(c);
	}
}

void text_put(struct text *t, char c)
{
	char *grown;

	if (t->len + 2 > t->cap) {
		t->cap = t->cap ? t->cap * 2 : 64;
		grown = xmalloc(t->cap);
		if (t->s)
			memcpy(grown, t->s, t->len);
		free(t->s);
		t->s = grown;
	}
	t->s[t->len++] = c;
	t->s[t->len] = 0;
}

void text_puts(struct text *t, const char *s)
{
	while (*s)
		text_put(t, *s++);
}
