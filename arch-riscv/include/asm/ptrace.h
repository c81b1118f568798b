#ifndef ASM_PTRACE_H
#define ASM_PTRACE_H

/* The registers of an interrupted context, as trap.S stores them. For user mode they are the stack's top bytes. */
#include "kernel/types.h"
#include <asm/csr.h>

struct pt_regs {
	unsigned long epc;
	unsigned long ra, sp, gp, tp, t0, t1, t2, s0, s1;
	unsigned long a0, a1, a2, a3, a4, a5, a6, a7;
	unsigned long s2, s3, s4, s5, s6, s7, s8, s9, s10, s11;
	unsigned long t3, t4, t5, t6;	/* up to here in the order of struct user_regs_struct */
	unsigned long status, badaddr;
	unsigned long cause;		/* ~0: a system call that must not restart any more */
	unsigned long orig_a0;		/* a0 as the system call got it */
};

#define user_mode(regs)			(!((regs)->status & SR_SPP))
#define instruction_pointer(regs)	((regs)->epc)
#define user_stack_pointer(regs)	((regs)->sp)
#define frame_pointer(regs)		((regs)->s0)
#define task_pt_regs(task)		((struct pt_regs *)((char *)(task)->stack + STACK_SIZE) - 1)

#endif
