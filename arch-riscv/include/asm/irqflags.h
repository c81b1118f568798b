#ifndef ASM_IRQFLAGS_H
#define ASM_IRQFLAGS_H

/* This CPU's interrupts on and off: sstatus.SIE. */
#include "kernel/types.h"
#include <asm/csr.h>

#define local_irq_enable()	csr_set(sstatus, SR_SIE)
#define local_irq_disable()	csr_clear(sstatus, SR_SIE)
#define local_save_flags(flags)	((flags) = csr_read(sstatus) & SR_SIE)
#define local_irq_save(flags)	((flags) = csr_read_clear(sstatus, SR_SIE) & SR_SIE)
#define local_irq_restore(flags) csr_set(sstatus, (flags))	/* they were off since the save */

static inline bool irqs_disabled(void)
{
	return !(csr_read(sstatus) & SR_SIE);
}

#endif
