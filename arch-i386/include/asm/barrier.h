#ifndef ASM_BARRIER_H
#define ASM_BARRIER_H

/*
 * Loads stay in order with loads, stores with stores; only a store may be passed by a later load. Every atomic
 * read-modify-write is a full barrier. Devices are mapped uncached, so that rmb and wmb only hold the compiler.
 */
#include "kernel/compiler.h"

#define mb()		__asm__ __volatile__("lock; addl $0,0(%%esp)" : : : "memory", "cc")
#define rmb()		barrier()
#define wmb()		barrier()
#define smp_mb()	mb()
#define smp_rmb()	barrier()
#define smp_wmb()	barrier()


static inline void cpu_relax(void) { __asm__ __volatile__("pause" : : : "memory"); }

#endif
