/*
 * uaccess.S: copies that may fault, and whole pages.
 *
 * A word that faults is tried again byte by byte, so that everything before the bad byte gets done; the byte's own fault ends
 * the call. Read next: include/asm/uaccess.h, fault.c:fixup_exception().
 */
#include <asm/csr.h>

	.macro	USER_BEGIN
#ifdef CONFIG_DEBUG
	li	t6, SR_SUM
	csrs	sstatus, t6
#endif
	.endm

	.macro	USER_END
#ifdef CONFIG_DEBUG
	li	t6, SR_SUM
	csrc	sstatus, t6
#endif
	.endm

/* An instruction, and where to go on if it faults. */
	.macro	TRY fixup, insn:vararg
100:	\insn
	.pushsection __ex_table, "a"
	.balign	8
	.quad	100b, \fixup
	.popsection
	.endm

	.text
/* unsigned long __copy_user(to, from, n): bytes not done. */
	.globl	__copy_user
__copy_user:
	USER_BEGIN
	li	t6, 16
	bltu	a2, t6, 5f
1:	andi	t0, a0, 7		/* stores are aligned; loads are where they fall */
	beqz	t0, 2f
	TRY	9f, lb t0, 0(a1)
	TRY	9f, sb t0, 0(a0)
	addi	a0, a0, 1
	addi	a1, a1, 1
	addi	a2, a2, -1
	j	1b
2:	li	t6, 64
	bltu	a2, t6, 4f
3:	TRY	5f, ld t0, 0(a1)
	TRY	5f, ld t1, 8(a1)
	TRY	5f, ld t2, 16(a1)
	TRY	5f, ld t3, 24(a1)
	TRY	5f, ld t4, 32(a1)
	TRY	5f, ld t5, 40(a1)
	TRY	5f, ld a3, 48(a1)
	TRY	5f, ld a4, 56(a1)
	TRY	5f, sd t0, 0(a0)
	TRY	5f, sd t1, 8(a0)
	TRY	5f, sd t2, 16(a0)
	TRY	5f, sd t3, 24(a0)
	TRY	5f, sd t4, 32(a0)
	TRY	5f, sd t5, 40(a0)
	TRY	5f, sd a3, 48(a0)
	TRY	5f, sd a4, 56(a0)
	addi	a0, a0, 64
	addi	a1, a1, 64
	addi	a2, a2, -64
	bgeu	a2, t6, 3b
4:	li	t6, 8
	bltu	a2, t6, 5f
	TRY	5f, ld t0, 0(a1)
	TRY	5f, sd t0, 0(a0)
	addi	a0, a0, 8
	addi	a1, a1, 8
	addi	a2, a2, -8
	j	4b
5:	beqz	a2, 9f
	TRY	9f, lb t0, 0(a1)
	TRY	9f, sb t0, 0(a0)
	addi	a0, a0, 1
	addi	a1, a1, 1
	addi	a2, a2, -1
	j	5b
9:	USER_END
	mv	a0, a2
	ret

/* unsigned long __clear_user(to, n): bytes not done. */
	.globl	__clear_user
__clear_user:
	USER_BEGIN
	li	t6, 8
1:	beqz	a1, 9f
	andi	t0, a0, 7
	bnez	t0, 2f
	bgeu	a1, t6, 3f
2:	TRY	9f, sb zero, 0(a0)
	addi	a0, a0, 1
	addi	a1, a1, -1
	j	1b
3:	TRY	2b, sd zero, 0(a0)
	addi	a0, a0, 8
	addi	a1, a1, -8
	j	1b
9:	USER_END
	mv	a0, a1
	ret

/* long __strncpy_from_user(to, from, n): length without NUL, n if there is none, -EFAULT. */
	.globl	__strncpy_from_user
__strncpy_from_user:
	USER_BEGIN
	mv	t0, a0
	add	t2, a0, a2
1:	beq	t0, t2, 2f
	TRY	3f, lbu t1, 0(a1)
	sb	t1, 0(t0)
	beqz	t1, 2f
	addi	t0, t0, 1
	addi	a1, a1, 1
	j	1b
2:	USER_END
	sub	a0, t0, a0
	ret
3:	USER_END
	li	a0, -14			/* EFAULT */
	ret

/* long __strnlen_user(s, n): length with NUL, n + 1 if there is none, 0 on a fault. */
	.globl	__strnlen_user
__strnlen_user:
	USER_BEGIN
	mv	t0, a0
	add	t2, a0, a1
1:	beq	t0, t2, 2f
	TRY	3f, lbu t1, 0(t0)
	beqz	t1, 2f
	addi	t0, t0, 1
	j	1b
2:	USER_END
	sub	a0, t0, a0
	addi	a0, a0, 1
	ret
3:	USER_END
	li	a0, 0
	ret

/* void clear_page(page), copy_page(to, from) */
	.globl	clear_page
clear_page:
	li	t0, 4096
	add	t0, a0, t0
1:	.irp	n, 0, 8, 16, 24, 32, 40, 48, 56
	sd	zero, \n(a0)
	.endr
	addi	a0, a0, 64
	bne	a0, t0, 1b
	ret

	.globl	copy_page
copy_page:
	li	t0, 4096
	add	t0, a0, t0
1:	.irp	n, 0, 16, 32, 48
	ld	t1, \n(a1)
	ld	t2, \n + 8(a1)
	sd	t1, \n(a0)
	sd	t2, \n + 8(a0)
	.endr
	addi	a0, a0, 64
	addi	a1, a1, 64
	bne	a0, t0, 1b
	ret
