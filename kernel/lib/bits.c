/*
 * bits.c: what the compiler calls for __builtin_clz and its relatives on a machine without such instructions.
 *
 * Linked for RISC-V only: not every compiler's own library fits a kernel without floating point.
 */
#include "kernel/types.h"

int __clzsi2(unsigned int x);
int __clzdi2(unsigned long x);
int __ctzsi2(unsigned int x);
int __ctzdi2(unsigned long x);
unsigned int __bswapsi2(unsigned int x);
unsigned long __bswapdi2(unsigned long x);

/* Halve the field that holds the highest set bit until it is one bit. => x is not 0 */
int __clzdi2(unsigned long x)
{
	int n = 0;

	for (int width = 32; width; width >>= 1) {
		if (!(x >> (64 - width))) {
			n += width;
			x <<= width;
		}
	}
	return n;
}

/* => x is not 0 */
int __ctzdi2(unsigned long x)
{
	int n = 0;

	for (int width = 32; width; width >>= 1) {
		if (!(x << (64 - width))) {
			n += width;
			x >>= width;
		}
	}
	return n;
}

/* => x is not 0 */
int __clzsi2(unsigned int x) { return __clzdi2(x) - 32; }

/* => x is not 0 */
int __ctzsi2(unsigned int x) { return __ctzdi2(x); }

/* The bytes in the other order: bytes change places, then halves, then words. */
unsigned long __bswapdi2(unsigned long x)
{
	x = (x & 0x00ff00ff00ff00ffUL) << 8 | (x >> 8 & 0x00ff00ff00ff00ffUL);
	x = (x & 0x0000ffff0000ffffUL) << 16 | (x >> 16 & 0x0000ffff0000ffffUL);
	return x << 32 | x >> 32;
}

/* As __bswapdi2, of four bytes. */
unsigned int __bswapsi2(unsigned int x) { return (unsigned int)(__bswapdi2(x) >> 32); }
