#ifndef ASM_PTRACE_H
#define ASM_PTRACE_H

/*
 * What a trap leaves on the kernel stack, lowest address first. A trap from kernel mode pushes no esp and xss:
 * the structure is cut short there.
 */
#include "kernel/types.h"

struct pt_regs {
	unsigned long ebx, ecx, edx, esi, edi, ebp, eax;
	unsigned long xds, xes, xfs;
	long trapno;			/* vector; SYSCALL_TRAP while a system call is under way */
	long orig_eax;			/* system call's number; else the trap's error code */
	unsigned long eip, xcs, eflags, esp, xss;
};

#define SYSCALL_TRAP	0x80

#define user_mode(regs)			(((regs)->xcs & 3) != 0)
#define instruction_pointer(regs)	((regs)->eip)
#define user_stack_pointer(regs)	((regs)->esp)
/* Where the trap from user mode put them. */
#define task_pt_regs(task)	((struct pt_regs *)((char *)(task)->stack + STACK_SIZE) - 1)

#endif
