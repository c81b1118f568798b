#ifndef ASM_TRAP_H
#define ASM_TRAP_H

/* Vectors, and who handles them. */
#include <asm/ptrace.h>

#define NR_EXCEPTIONS	32
#define IRQ_VECTOR(irq)	(NR_EXCEPTIONS + (irq))	/* lines 0 … MAX_IRQ - 1, below int 0x80 */
#define MAX_IRQ		(SYSCALL_TRAP - NR_EXCEPTIONS)
#define TIMER_VECTOR	0xf0
#define IPI_VECTOR	0xf1
#define SPURIOUS_VECTOR	0xff

extern void (*const trap_handlers[256])(struct pt_regs *regs);	/* => each is called with interrupts off */
extern char trap_stubs[], system_call[], ret_from_fork[];	/* trap.S, switch.S */

void trap_page_fault(struct pt_regs *regs);	/* fault.c */
void trap_irq(struct pt_regs *regs);		/* irq.c */
void trap_spurious(struct pt_regs *regs);
void trap_timer(struct pt_regs *regs);		/* timer.c */
void trap_ipi(struct pt_regs *regs);		/* smp.c */
void fpu_load(void);				/* process.c */
int fpu_fault_code(bool simd);
void fpu_save(void);
void load_gs(unsigned long gs);

#endif
