#ifndef ASM_IRQFLAGS_H
#define ASM_IRQFLAGS_H

/* This CPU's interrupt flag. => all are compiler barriers */
#include "kernel/types.h"

#define X86_EFLAGS_IF	0x00000200UL
#define X86_EFLAGS_TF	0x00000100UL
#define X86_EFLAGS_DF	0x00000400UL
#define X86_EFLAGS_RF	0x00010000UL
#define X86_EFLAGS_AC	0x00040000UL

static inline unsigned long __local_save_flags(void)
{
	unsigned long flags;

	__asm__ __volatile__("pushfl; popl %0" : "=rm"(flags) : : "memory");
	return flags;
}

static inline void local_irq_disable(void) { __asm__ __volatile__("cli" : : : "memory"); }
static inline void local_irq_enable(void) { __asm__ __volatile__("sti" : : : "memory"); }
static inline bool irqs_disabled_flags(unsigned long flags) { return !(flags & X86_EFLAGS_IF); }
static inline bool irqs_disabled(void) { return irqs_disabled_flags(__local_save_flags()); }

static inline unsigned long __local_irq_save(void)
{
	unsigned long flags = __local_save_flags();

	local_irq_disable();
	return flags;
}

/* Not by popf: it would bring back the other flags as well, and is slower than the test. */
static inline void local_irq_restore(unsigned long flags)
{
	if (flags & X86_EFLAGS_IF)
		local_irq_enable();
	else
		local_irq_disable();
}

#define local_irq_save(flags)	((flags) = __local_irq_save())

#endif
