/*
 * The registers in a RISC-V signal frame, and the ucontext around them.
 */
#ifndef ASM_SIGCONTEXT_H
#define ASM_SIGCONTEXT_H

#include "kernel/uapi/signal.h"

struct user_regs_struct {
	unsigned long pc;
	unsigned long ra;
	unsigned long sp;
	unsigned long gp;
	unsigned long tp;
	unsigned long t0;
	unsigned long t1;
	unsigned long t2;
	unsigned long s0;
	unsigned long s1;
	unsigned long a0;
	unsigned long a1;
	unsigned long a2;
	unsigned long a3;
	unsigned long a4;
	unsigned long a5;
	unsigned long a6;
	unsigned long a7;
	unsigned long s2;
	unsigned long s3;
	unsigned long s4;
	unsigned long s5;
	unsigned long s6;
	unsigned long s7;
	unsigned long s8;
	unsigned long s9;
	unsigned long s10;
	unsigned long s11;
	unsigned long t3;
	unsigned long t4;
	unsigned long t5;
	unsigned long t6;
};

struct __riscv_d_ext_state {
	__u64 f[32];
	__u32 fcsr;
};

/* Room for the Q extension too; extensions' headers end at the three reserved words. */
union __riscv_fp_state {
	struct __riscv_d_ext_state d;
	struct {
		__u64 f[64] __attribute__((aligned(16)));
		__u32 fcsr;
		__u32 reserved[3];
	} q;
};

struct sigcontext {
	struct user_regs_struct sc_regs;
	union __riscv_fp_state sc_fpregs;
};

struct ucontext {
	unsigned long uc_flags;
	struct ucontext *uc_link;
	stack_t uc_stack;
	sigset_t uc_sigmask;
	__u8 __uc_unused[1024 / 8 - sizeof(sigset_t)];
	struct sigcontext uc_mcontext;
};

_Static_assert(sizeof(struct sigcontext) == 784, "Linux's layout");
_Static_assert(sizeof(struct ucontext) == 960, "Linux's layout");

/* What the handler's stack pointer points at. */
struct rt_sigframe {
	struct siginfo info;
	struct ucontext uc;
};

#endif
