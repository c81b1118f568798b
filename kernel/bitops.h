#ifndef KERNEL_BITOPS_H
#define KERNEL_BITOPS_H

/*
 * Bits in arrays of unsigned long.
 * => set_bit, clear_bit, change_bit: atomic, no ordering. test_and_*: atomic and full barriers.
 * => names with __ are not atomic.
 */
#include "kernel/types.h"

#define BIT_WORD(nr)		((nr) / (unsigned)BITS_PER_LONG)
#define BIT_MASK(nr)		(1UL << ((nr) % (unsigned)BITS_PER_LONG))
#define BITS_TO_LONGS(n)	DIV_ROUND_UP((n), (unsigned)BITS_PER_LONG)

static inline void set_bit(unsigned int nr, unsigned long *map)
{
	__atomic_fetch_or(map + BIT_WORD(nr), BIT_MASK(nr), __ATOMIC_RELAXED);
}

static inline void clear_bit(unsigned int nr, unsigned long *map)
{
	__atomic_fetch_and(map + BIT_WORD(nr), ~BIT_MASK(nr), __ATOMIC_RELAXED);
}

/* clear_bit with release order: what the bit guarded is seen before the bit is gone. */
static inline void clear_bit_unlock(unsigned int nr, unsigned long *map)
{
	__atomic_fetch_and(map + BIT_WORD(nr), ~BIT_MASK(nr), __ATOMIC_RELEASE);
}

static inline bool test_bit(unsigned int nr, const unsigned long *map)
{
	return READ_ONCE(map[BIT_WORD(nr)]) & BIT_MASK(nr);
}

static inline bool test_and_set_bit(unsigned int nr, unsigned long *map)
{
	return __atomic_fetch_or(map + BIT_WORD(nr), BIT_MASK(nr), __ATOMIC_SEQ_CST) & BIT_MASK(nr);
}

static inline bool test_and_clear_bit(unsigned int nr, unsigned long *map)
{
	return __atomic_fetch_and(map + BIT_WORD(nr), ~BIT_MASK(nr), __ATOMIC_SEQ_CST) & BIT_MASK(nr);
}

static inline void __set_bit(unsigned int nr, unsigned long *map)
{
	map[BIT_WORD(nr)] |= BIT_MASK(nr);
}

static inline void __clear_bit(unsigned int nr, unsigned long *map)
{
	map[BIT_WORD(nr)] &= ~BIT_MASK(nr);
}

static inline bool __test_and_set_bit(unsigned int nr, unsigned long *map)
{
	bool old = test_bit(nr, map);

	__set_bit(nr, map);
	return old;
}

static inline bool __test_and_clear_bit(unsigned int nr, unsigned long *map)
{
	bool old = test_bit(nr, map);

	__clear_bit(nr, map);
	return old;
}

#define __ffs(x)	((unsigned int)__builtin_ctzl(x))	/* first set bit; x must not be 0 */
#define ffz(x)		__ffs(~(x))				/* first clear bit */
#define __fls(x)	((unsigned int)(BITS_PER_LONG - 1 - __builtin_clzl(x)))
/* 1 + index of the last set bit, 0 for none. */
static inline int fls(unsigned int x) { return x ? 32 - __builtin_clz(x) : 0; }
static inline int ffs(unsigned int x) { return x ? __builtin_ctz(x) + 1 : 0; }
static inline int hweight_long(unsigned long x) { int n = 0; for (; x; x &= x - 1) n++; return n; }
static inline int ilog2(unsigned long x) { return (int)__fls(x); }
static inline bool is_power_of_2(unsigned long x) { return x && !(x & (x - 1)); }

/* kernel/lib/bitmap.c. All return @size when there is none. */
unsigned long find_next_bit(const unsigned long *map, unsigned long size, unsigned long start);
unsigned long find_next_zero_bit(const unsigned long *map, unsigned long size, unsigned long start);
#define find_first_bit(map, size)	find_next_bit(map, size, 0)
#define find_first_zero_bit(map, size)	find_next_zero_bit(map, size, 0)

/* A set of CPUs: NR_CPUS is at most 8, so one word does. */
typedef unsigned long cpumask_t;
#define cpumask_of(cpu)		(1UL << (cpu))
#define cpu_isset(cpu, mask)	(((mask) >> (cpu)) & 1)
#define for_each_cpu_mask(cpu, mask) \
	for ((cpu) = 0; (cpu) < NR_CPUS; (cpu)++) if (cpu_isset(cpu, mask))
static inline void cpu_set(int cpu, cpumask_t *mask) { set_bit((unsigned)cpu, mask); }
static inline void cpu_clear(int cpu, cpumask_t *mask) { clear_bit((unsigned)cpu, mask); }

#endif
