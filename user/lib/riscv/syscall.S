#include <asm/unistd.h>

# long syscall(long nr, ...): the arguments are where the kernel wants them, one
# register too far. -4095..-1 is an error number: errno is set, -1 returned.

	.globl syscall
syscall:
	mv a7, a0
	mv a0, a1
	mv a1, a2
	mv a2, a3
	mv a3, a4
	mv a4, a5
	mv a5, a6
	ecall
check:
	li t0, -4096
	bgtu a0, t0, 1f
	ret
1:	tail __set_errno

# pid_t vfork(void): the child runs on our stack, so nothing may be pushed here.

	.globl vfork
vfork:
	li a0, 0x4111		# CLONE_VM | CLONE_VFORK | SIGCHLD
	li a1, 0
	li a7, __NR_clone
	ecall
	j check

# int clone(fn, stack, flags, arg, ptid, tls, ctid): the child finds fn and arg on its
# new stack and exits with what fn returns.

	.globl clone
clone:
	andi a1, a1, -16
	addi a1, a1, -16
	sd a0, 0(a1)
	sd a3, 8(a1)
	mv a0, a2
	mv a2, a4
	mv a3, a5
	mv a4, a6
	li a7, __NR_clone
	ecall
	bnez a0, check
	mv fp, zero
	ld t0, 0(sp)
	ld a0, 8(sp)
	jalr t0
	li a7, __NR_exit
	ecall

# int setjmp(jmp_buf), void longjmp(jmp_buf, int): ra, sp, s0-s11, fs0-fs11

	.macro each op, fop
	\op ra, 0(a0)
	\op sp, 8(a0)
	.irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
	\op s\n, 16 + 8 * \n(a0)
	\fop fs\n, 112 + 8 * \n(a0)
	.endr
	.endm

	.globl setjmp
setjmp:
	each sd, fsd
	li a0, 0
	ret

	.globl longjmp
longjmp:
	each ld, fld
	seqz a0, a1
	add a0, a0, a1
	ret
