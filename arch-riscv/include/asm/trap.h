#ifndef ASM_TRAP_H
#define ASM_TRAP_H

/* Between trap.S, trap.c and fault.c. */
struct pt_regs;

extern char trap_entry[];

/* => interrupts off on entry, as they may be on return; trap.S switches them off again */
void do_trap(struct pt_regs *regs);
void do_syscall(struct pt_regs *regs);
void stack_overflow(struct pt_regs *regs) __noreturn;
/* A page fault by either mode: repaired, or a signal, a fixup, the end. */
void handle_page_fault(struct pt_regs *regs);

/* This machine's own system calls. */
long sys_rt_sigreturn(void);
long sys_riscv_flush_icache(unsigned long start, unsigned long end, unsigned long flags);

#endif
