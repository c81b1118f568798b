#ifndef ASM_IO_H
#define ASM_IO_H

/* Device registers: I/O ports, and memory that ioremap() made visible (uncached). */
#include "kernel/types.h"

static inline u8 inb(u16 port) { u8 v; __asm__ __volatile__("inb %1,%0" : "=a"(v) : "Nd"(port)); return v; }
static inline u16 inw(u16 port) { u16 v; __asm__ __volatile__("inw %1,%0" : "=a"(v) : "Nd"(port)); return v; }
static inline u32 inl(u16 port) { u32 v; __asm__ __volatile__("inl %1,%0" : "=a"(v) : "Nd"(port)); return v; }
static inline void outb(u8 v, u16 port) { __asm__ __volatile__("outb %0,%1" : : "a"(v), "Nd"(port)); }
static inline void outw(u16 v, u16 port) { __asm__ __volatile__("outw %0,%1" : : "a"(v), "Nd"(port)); }
static inline void outl(u32 v, u16 port) { __asm__ __volatile__("outl %0,%1" : : "a"(v), "Nd"(port)); }

static inline void insw(u16 port, void *buf, unsigned long n)
{
	__asm__ __volatile__("rep insw" : "+D"(buf), "+c"(n) : "d"(port) : "memory");
}

static inline void outsw(u16 port, const void *buf, unsigned long n)
{
	__asm__ __volatile__("rep outsw" : "+S"(buf), "+c"(n) : "d"(port) : "memory");
}

#define __DEFINE_MMIO(suffix, type)						\
static inline type read##suffix(const volatile void *addr)			\
{ type v = *(const volatile type *)addr; barrier(); return v; }			\
static inline void write##suffix(type v, volatile void *addr)			\
{ barrier(); *(volatile type *)addr = v; }

__DEFINE_MMIO(b, u8)
__DEFINE_MMIO(w, u16)
__DEFINE_MMIO(l, u32)
__DEFINE_MMIO(q, u64)	/* two halves, low first */

/* Registers of which only the machine knows whether they are ports or memory: a cookie below 64 KiB is a port. */
static inline volatile void *ioport_map(unsigned long port, unsigned int n) { (void)n; return (volatile void *)port; }
static inline u8 ioread8(const volatile void *addr)
{
	return (unsigned long)addr < 0x10000 ? inb((u16)(unsigned long)addr) : readb(addr);
}
static inline void iowrite8(u8 v, volatile void *addr)
{
	if ((unsigned long)addr < 0x10000)
		outb(v, (u16)(unsigned long)addr);
	else
		writeb(v, addr);
}

#endif
