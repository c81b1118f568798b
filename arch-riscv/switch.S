/*
 * switch.S: one kernel stack for another, and the floating-point registers to and from memory.
 * Read next: process.c:switch_to().
 */
#include <asm/asm-offsets.h>
#include <asm/csr.h>

	.macro	EACH_SAVED op, task
	\op	ra, THREAD_RA(\task)
	\op	sp, THREAD_SP(\task)
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
	\op	s\n, THREAD_S0 + 8 * \n(\task)
	.endr
	.endm

	.text
/* struct task_struct *__switch_to(prev, next): what the compiler expects kept over a call; returns prev, later. */
	.globl	__switch_to
__switch_to:
	EACH_SAVED sd, a0
	EACH_SAVED ld, a1
	mv	tp, a1
	/* A reservation of the one before us must not make our store-conditional succeed. */
	addi	t0, tp, THREAD_SCRATCH
	sc.d	t1, zero, (t0)
	ret

	.option	arch, +d
	.macro	EACH_FREG op
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	\op	f\n, 8 * \n(a0)
	.endr
	.irp	n, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	\op	f\n, 8 * \n(a0)
	.endr
	.endm

/* void fpu_save(struct fp_state *) and fpu_restore(const struct fp_state *): the kernel itself computes without FPU. */
	.globl	fpu_save
fpu_save:
	li	t1, SR_FS
	csrs	sstatus, t1
	EACH_FREG fsd
	frcsr	t0
	sw	t0, FSTATE_FCSR(a0)
	csrc	sstatus, t1
	ret

	.globl	fpu_restore
fpu_restore:
	li	t1, SR_FS
	csrs	sstatus, t1
	EACH_FREG fld
	lw	t0, FSTATE_FCSR(a0)
	fscsr	t0
	csrc	sstatus, t1
	ret
