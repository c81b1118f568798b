#ifndef ASM_TLBFLUSH_H
#define ASM_TLBFLUSH_H

/* This hart's own translations; the machine-wide flushes are declared in kernel/arch.h. */
#include "kernel/compiler.h"

/* Everything, global entries too. */
static inline void local_flush_tlb_all(void)
{
	__asm__ __volatile__("sfence.vma" ::: "memory");
}

/* All user translations: those of ASID 0. */
static inline void local_flush_tlb_user(void)
{
	__asm__ __volatile__("sfence.vma zero, %0" :: "r"(0) : "memory");
}

#endif
