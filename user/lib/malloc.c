/*
 * The heap: blocks of 2^k bytes on a free list for each k, cut from brk (or, where brk
 * refuses, from mappings); from 128 KiB up each block is a mapping of its own. One lock.
 */
#include <stdint.h>
#include <sys/mman.h>
#include "user/lib/internal.h"

#define MIN_ORDER	5
#define BIG_ORDER	17
#define CHUNK		(64 * 1024UL)

/* Before each block; 16 bytes keep the block aligned for any type. */
union header {
	struct {
		size_t size;		/* of header and block together */
		union header *next;	/* while it is free */
	};
	char align[16];
};

static union header *free_lists[BIG_ORDER];
static char *chunk, *chunk_end;
static int heap_lock;

static int order_of(size_t n)
{
	int k = MIN_ORDER;

	while (1UL << k < n)
		k++;
	return k;
}

static void *map(size_t n)
{
	void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

/* Cut n bytes from the current chunk; a new one follows the old if brk is undisturbed. */
static void *cut(size_t n)
{
	size_t want = n > CHUNK ? n : CHUNK;
	char *p;

	if (chunk_end - chunk < n) {
		p = sbrk(want);
		if (p == (char *)-1 || (uintptr_t)p % 16)
			p = map(want);
		if (!p)
			return NULL;
		if (p != chunk_end)
			chunk = p;
		chunk_end = p + want;
	}
	p = chunk;
	chunk += n;
	return p;
}

static union header *alloc_block(size_t n)
{
	int k = order_of(n);
	union header *h;

	if (k >= BIG_ORDER) {
		n = (n + PAGE - 1) & -PAGE;
		h = map(n);
	} else {
		n = 1UL << k;
		__lock(&heap_lock);
		h = free_lists[k];
		if (h)
			free_lists[k] = h->next;
		else
			h = cut(n);
		__unlock(&heap_lock);
	}
	if (h)
		h->size = n;
	return h;
}

void *malloc(size_t n)
{
	union header *h = n < PTRDIFF_MAX - 2 * PAGE ? alloc_block(n + sizeof(*h)) : NULL;

	if (h)
		return h + 1;
	errno = ENOMEM;
	return NULL;
}

void free(void *p)
{
	union header *h;
	int k;

	if (!p)
		return;
	h = (union header *)p - 1;
	k = order_of(h->size);
	if (k >= BIG_ORDER) {
		munmap(h, h->size);
		return;
	}
	__lock(&heap_lock);
	h->next = free_lists[k];
	free_lists[k] = h;
	__unlock(&heap_lock);
}

void *calloc(size_t n, size_t size)
{
	size_t total;
	void *p = NULL;

	if (!__builtin_mul_overflow(n, size, &total))
		p = malloc(total);
	else
		errno = ENOMEM;
	return p ? memset(p, 0, total) : NULL;
}

void *realloc(void *p, size_t n)
{
	size_t old = p ? ((union header *)p - 1)->size - sizeof(union header) : 0;
	void *q;

	if (p && n <= old)
		return p;
	q = malloc(n);
	if (q && p) {
		memcpy(q, p, old);
		free(p);
	}
	return q;
}
