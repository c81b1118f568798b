/*
 * trap.S: the only way into the kernel, and the ways out.
 *
 *	in user mode:   sscratch = the task, tp = the user's
 *	in the kernel:  sscratch = 0,        tp = the task
 *
 * From user mode, registers go to the top of the task's stack, where task_pt_regs() finds them. From the kernel, they
 * go below sp, after a look whether there is room: a stack overflow would otherwise trap again and again.
 * No fences and no satp writes here: user and kernel share the page table.
 * Read next: trap.c.
 */
#include <asm/asm-offsets.h>
#include <asm/csr.h>

/* All but zero, sp, tp and the CSRs. */
	.macro	EACH_REG op
	\op	ra, PT_RA(sp)
	\op	gp, PT_GP(sp)
	\op	t0, PT_T0(sp)
	\op	t1, PT_T1(sp)
	\op	t2, PT_T2(sp)
	\op	s0, PT_S0(sp)
	\op	s1, PT_S1(sp)
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7
	\op	a\n, PT_A0 + 8 * \n(sp)
	.endr
	.irp	n, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
	\op	s\n, PT_S2 + 8 * (\n - 2)(sp)
	.endr
	.irp	n, 3, 4, 5, 6
	\op	t\n, PT_T3 + 8 * (\n - 3)(sp)
	.endr
	.endm

/* status, epc, cause, which stays in s2. DEBUG=1: a trap out of a user access leaves user pages closed. */
	.macro	SAVE_CSRS
#ifdef CONFIG_DEBUG
	li	s1, SR_SUM
	csrrc	s1, sstatus, s1
#else
	csrr	s1, sstatus
#endif
	csrr	s3, sepc
	csrr	s2, scause
	sd	s1, PT_STATUS(sp)
	sd	s3, PT_EPC(sp)
	sd	s2, PT_CAUSE(sp)
	.endm

	.macro	RESTORE_CSRS
	ld	s1, PT_STATUS(sp)
	ld	s2, PT_EPC(sp)
	csrw	sstatus, s1
	csrw	sepc, s2
	.endm

	.text
	.balign	4
	.globl	trap_entry
trap_entry:
	csrrw	tp, sscratch, tp
	beqz	tp, from_kernel

	sd	sp, THREAD_SCRATCH(tp)
	ld	sp, THREAD_KERNEL_SP(tp)
	EACH_REG sd
	ld	t0, THREAD_SCRATCH(tp)
	csrrw	t1, sscratch, zero
	sd	t0, PT_SP(sp)
	sd	t1, PT_TP(sp)
	SAVE_CSRS
	li	s0, 0
	mv	a0, sp
	li	t0, EXC_SYSCALL
	bne	s2, t0, 1f
	call	do_syscall
	j	ret_to_user
1:	csrr	t0, stval
	sd	t0, PT_BADADDR(sp)
	call	do_trap

/* sp = the user's registers. */
ret_to_user:
	csrci	sstatus, SR_SIE
	ld	t0, TASK_TIF_FLAGS(tp)
	bnez	t0, 2f
1:	RESTORE_CSRS
	csrw	sscratch, tp
	EACH_REG ld
	ld	tp, PT_TP(sp)
	ld	sp, PT_SP(sp)
	sret
2:	mv	a0, sp
	call	exit_to_user_mode
	j	1b

from_kernel:
	csrr	tp, sscratch
	csrw	sscratch, zero
	sd	t0, THREAD_SCRATCH(tp)
	ld	t0, TASK_STACK(tp)
	sub	t0, sp, t0
	addi	t0, t0, -PT_SIZE
	srli	t0, t0, STACK_SHIFT
	bnez	t0, no_room
	ld	t0, THREAD_SCRATCH(tp)
	sd	sp, PT_SP - PT_SIZE(sp)
	addi	sp, sp, -PT_SIZE
	EACH_REG sd
	sd	tp, PT_TP(sp)
	SAVE_CSRS
	csrr	t0, stval
	sd	t0, PT_BADADDR(sp)
	mv	a0, sp
	call	do_trap
	csrci	sstatus, SR_SIE
	RESTORE_CSRS
	EACH_REG ld
	ld	sp, PT_SP(sp)
	sret

/* sp is outside the task's stack, or too near its end: report it from the hart's overflow stack. */
no_room:
	csrw	sscratch, sp
	lw	t0, TASK_CPU(tp)
	la	sp, overflow_stacks
	addi	t0, t0, 1
	slli	t0, t0, OVERFLOW_STACK_SHIFT
	add	sp, sp, t0
	addi	sp, sp, -PT_SIZE
	ld	t0, THREAD_SCRATCH(tp)
	EACH_REG sd
	csrrw	t0, sscratch, zero
	sd	t0, PT_SP(sp)
	sd	tp, PT_TP(sp)
	SAVE_CSRS
	csrr	t0, stval
	sd	t0, PT_BADADDR(sp)
	mv	a0, sp
	call	stack_overflow

/* Where the first switch_to() of a new task comes out: a0 = the task before us; s1(s2) if it is a kernel thread. */
	.globl	ret_from_fork
ret_from_fork:
	call	schedule_tail
	beqz	s1, ret_to_user
	mv	a0, s2
	jalr	s1
	call	do_exit

	.globl	return_to_user
return_to_user:
	mv	sp, a0
	j	ret_to_user

	.bss
	.balign	16
overflow_stacks:
	.skip	8 << OVERFLOW_STACK_SHIFT	/* NR_CPUS */
