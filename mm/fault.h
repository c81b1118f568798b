#ifndef MM_FAULT_H
#define MM_FAULT_H

/* The portable half of a page fault (mm/fault.c). */
#include "kernel/types.h"

struct pt_regs;

#define FAULT_READ	1u
#define FAULT_WRITE	2u
#define FAULT_EXEC	4u

/*
 * The arch's trap met a fault at @addr. Repairs it, or sends SIGSEGV or SIGBUS, or runs the fixup of a user
 * access, or dies. => interrupts as they were in the faulting context; may sleep if that could.
 */
void do_page_fault(struct pt_regs *regs, unsigned long addr, unsigned int access);
/* Faults on user addresses fail (as if there were no vma) instead of sleeping. Nest; per task. */
void pagefault_disable(void);
void pagefault_enable(void);

#endif
