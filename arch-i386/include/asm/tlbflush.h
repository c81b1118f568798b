#ifndef ASM_TLBFLUSH_H
#define ASM_TLBFLUSH_H

/* This CPU's own TLB; the machine-wide flushes are declared in kernel/arch.h. */
#include <asm/processor.h>

static inline void __flush_tlb_one(unsigned long addr)
{
	__asm__ __volatile__("invlpg (%0)" : : "r"(addr) : "memory");
}

/* All user translations; PAE: the four top entries are read again, too. */
static inline void __flush_tlb(void) { write_cr3(read_cr3()); }

/* Global ones as well. */
static inline void __flush_tlb_global(void)
{
	unsigned long cr4 = read_cr4();

	write_cr4(cr4 & ~CR4_PGE);
	write_cr4(cr4);
	__flush_tlb();
}

#endif
