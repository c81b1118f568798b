#ifndef ASM_IO_H
#define ASM_IO_H

/*
 * Device registers, mapped by ioremap() (mm/vmalloc.h). There are no I/O ports.
 * => a write comes after all memory accesses before it, a read before all after it: DMA and locks work.
 */
#include "kernel/types.h"
#include <asm/barrier.h>

#define DEFINE_IO(name, type)							\
static inline type read##name(const volatile void *addr)			\
{										\
	type v = *(const volatile type *)addr;					\
	RISCV_FENCE(i, iorw);							\
	return v;								\
}										\
static inline void write##name(type v, volatile void *addr)			\
{										\
	RISCV_FENCE(rw, o);							\
	*(volatile type *)addr = v;						\
}

DEFINE_IO(b, u8)
DEFINE_IO(w, u16)
DEFINE_IO(l, u32)
DEFINE_IO(q, u64)

/* Registers that are ports on a machine that has ports: here all are memory. */
static inline volatile void *ioport_map(unsigned long port, unsigned int n) { (void)port; (void)n; return NULL; }
static inline u8 ioread8(const volatile void *addr) { return readb(addr); }
static inline void iowrite8(u8 v, volatile void *addr) { writeb(v, addr); }

#endif
