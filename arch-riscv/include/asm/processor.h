#ifndef ASM_PROCESSOR_H
#define ASM_PROCESSOR_H

/* What a thread owns of the CPU, and the shape of user space. */
#include "kernel/types.h"
#include <asm/asm-offsets.h>
#include <asm/barrier.h>	/* cpu_relax */
#include <asm/ptrace.h>

#define STACK_SIZE		(1UL << STACK_SHIFT)	/* kernel stack; aligned to its size or not */

#define TASK_SIZE		(1UL << 38)		/* Sv39's lower half */
#define STACK_TOP		TASK_SIZE
#define TASK_UNMAPPED_BASE	PAGE_ALIGN(TASK_SIZE / 3)

struct fp_state {
	u64 f[32];
	u32 fcsr;
};

struct thread_struct {
	unsigned long ra, sp, s[12];	/* of the last switch_to */
	unsigned long kernel_sp;	/* where a trap from user mode stores registers: task_pt_regs; 0: never a user */
	unsigned long scratch;		/* trap.S, while it has no register to spare */
	struct fp_state fstate;		/* the user's, unless sstatus.FS in its registers says Dirty */
};

#endif
