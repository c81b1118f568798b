#ifndef KERNEL_IRQ_H
#define KERNEL_IRQ_H

/* Device interrupts by line number (kernel/irq.c), over the arch's controllers. */
#include "kernel/types.h"

#define NR_IRQS		128

struct pt_regs;
typedef bool (*irq_handler_t)(int irq, void *dev);	/* true: it was ours. => interrupts off, may not sleep */

/* 0, -EINVAL for a line that does not exist, -ENOMEM. Lines are shared; handlers of a line are all asked. */
int request_irq(int irq, irq_handler_t handler, const char *name, void *dev);
void free_irq(int irq, void *dev);
/* From the arch's trap. => interrupts off. */
void do_IRQ(int irq, struct pt_regs *regs);
/* In an interrupt handler? (per-CPU nesting count kept by irq_enter and irq_exit, which do_IRQ, timer and IPI entries call) */
bool in_interrupt(void);
bool cpu_in_interrupt(int cpu);			/* is that CPU? For RCU: the count is raised with a barrier behind it */
unsigned long kstat_irqs(int irq, int cpu);	/* for /proc/interrupts and /proc/stat */
unsigned long kstat_irqs_sum(void);
const char *irq_name(int irq);			/* of its first handler; NULL: nobody's */
void irq_enter(void);
void irq_exit(void);

#endif
