/*
 * sort.c: heap sort, because it needs neither memory nor a deep stack and has no bad case.
 */
#include "kernel/lib/string.h"

static void swap_bytes(u8 *a, u8 *b, size_t size)
{
	while (size--) {
		u8 t = *a;

		*a++ = *b;
		*b++ = t;
	}
}

/* Let the element at @i sink until no child is larger. */
static void sift_down(u8 *base, size_t i, size_t n, size_t size, int (*cmp)(const void *, const void *))
{
	for (size_t c; (c = 2 * i + 1) < n; i = c) {
		if (c + 1 < n && cmp(base + c * size, base + (c + 1) * size) < 0)
			c++;
		if (cmp(base + i * size, base + c * size) >= 0)
			return;
		swap_bytes(base + i * size, base + c * size, size);
	}
}

/* Sort @n elements of @size bytes rising by @cmp; equal ones in any order. */
void sort(void *base, size_t n, size_t size, int (*cmp)(const void *a, const void *b))
{
	u8 *b = base;

	for (size_t i = n / 2; i-- > 0;)
		sift_down(b, i, n, size, cmp);
	for (size_t i = n; i-- > 1;) {
		swap_bytes(b, b + i * size, size);
		sift_down(b, 0, i, size, cmp);
	}
}
