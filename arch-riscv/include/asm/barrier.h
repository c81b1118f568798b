#ifndef ASM_BARRIER_H
#define ASM_BARRIER_H

/*
 * Ordering. mb, rmb, wmb: device registers and memory; smp_*: memory between CPUs.
 * Value-returning atomics (kernel/atomic.h) are full barriers: the compiler emits .aqrl or fences.
 */
#include "kernel/compiler.h"

#define RISCV_FENCE(p, s)	__asm__ __volatile__("fence " #p "," #s ::: "memory")

#define mb()		RISCV_FENCE(iorw, iorw)
#define rmb()		RISCV_FENCE(ir, ir)
#define wmb()		RISCV_FENCE(ow, ow)
#define smp_mb()	RISCV_FENCE(rw, rw)
#define smp_rmb()	RISCV_FENCE(r, r)
#define smp_wmb()	RISCV_FENCE(w, w)

/* In a spin: the `pause' hint, a fence that orders nothing. */
static inline void cpu_relax(void)
{
	__asm__ __volatile__(".word 0x0100000f" ::: "memory");
}

#endif
