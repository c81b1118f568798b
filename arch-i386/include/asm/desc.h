#ifndef ASM_DESC_H
#define ASM_DESC_H

/* The tables that the CPU reads by itself: descriptors, gates, task states. */
#include "kernel/types.h"
#include <asm/segment.h>

struct tss {
	u32 back_link, esp0, ss0, esp1, ss1, esp2, ss2, cr3;
	u32 eip, eflags, eax, ecx, edx, ebx, esp, ebp, esi, edi;
	u32 es, cs, ss, ds, fs, gs, ldt;
	u16 trace, io_bitmap_base;
};
_Static_assert(sizeof(struct tss) == 104, "the CPU's layout");

struct desc_ptr {
	u16 limit;
	u32 base;
} __packed;

extern u64 cpu_gdt[NR_CPUS][GDT_ENTRIES];
extern struct tss cpu_tss[NR_CPUS];

/* @access: present, DPL, type; @flags: granularity and size, as in bits 52..55 of the descriptor. */
static inline u64 make_desc(u32 base, u32 limit, u8 access, u8 flags)
{
	return (limit & 0xffff) | (u64)(base & 0xffffff) << 16 | (u64)access << 40 |
	       (u64)(limit >> 16 & 0xf) << 48 | (u64)flags << 52 | (u64)(base >> 24) << 56;
}

static inline u64 make_gate(u16 selector, u32 handler, u8 access)
{
	return (handler & 0xffff) | (u32)selector << 16 | (u64)access << 40 | (u64)(handler >> 16) << 48;
}

void cpu_init(int cpu);		/* trap.c */

#endif
