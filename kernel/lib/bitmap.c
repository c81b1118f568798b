/*
 * bitmap.c: finding bits in arrays of words.
 */
#include "kernel/bitops.h"

/* @flip is all ones to look for a zero bit. */
static unsigned long find_bit(const unsigned long *map, unsigned long size, unsigned long start, unsigned long flip)
{
	unsigned long i, word;

	if (start >= size)
		return size;
	i = start / BITS_PER_LONG;
	word = (map[i] ^ flip) & (~0UL << (start % BITS_PER_LONG));
	while (!word) {
		if (++i * BITS_PER_LONG >= size)
			return size;
		word = map[i] ^ flip;
	}
	return min(i * BITS_PER_LONG + __ffs(word), size);
}

/* The first set bit at or after @start; @size if there is none. */
unsigned long find_next_bit(const unsigned long *map, unsigned long size, unsigned long start)
{
	return find_bit(map, size, start, 0);
}

/* The first clear bit at or after @start; @size if there is none. */
unsigned long find_next_zero_bit(const unsigned long *map, unsigned long size, unsigned long start)
{
	return find_bit(map, size, start, ~0UL);
}
