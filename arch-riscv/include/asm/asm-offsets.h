#ifndef ASM_OFFSETS_H
#define ASM_OFFSETS_H

/* Where assembly finds the fields of task_struct and pt_regs; process.c asserts each. */

#define TASK_STACK		0
#define TASK_CPU		8
#define TASK_TIF_FLAGS		16
#define TASK_THREAD		24
#define THREAD_RA		(TASK_THREAD + 0)
#define THREAD_SP		(TASK_THREAD + 8)
#define THREAD_S0		(TASK_THREAD + 16)
#define THREAD_KERNEL_SP	(TASK_THREAD + 112)
#define THREAD_SCRATCH		(TASK_THREAD + 120)
#define FSTATE_FCSR		256

#define PT_EPC		0
#define PT_RA		8
#define PT_SP		16
#define PT_GP		24
#define PT_TP		32
#define PT_T0		40
#define PT_T1		48
#define PT_T2		56
#define PT_S0		64
#define PT_S1		72
#define PT_A0		80
#define PT_S2		144
#define PT_T3		224
#define PT_STATUS	256
#define PT_BADADDR	264
#define PT_CAUSE	272
#define PT_ORIG_A0	280
#define PT_SIZE		288

#define STACK_SHIFT		14
#define OVERFLOW_STACK_SHIFT	13

#endif
