#include <asm/unistd.h>

# long syscall(long nr, ...): -4095..-1 is an error number: errno is set, -1 returned.

	.globl syscall
syscall:
	pushl %ebx
	pushl %esi
	pushl %edi
	pushl %ebp
	movl 20(%esp), %eax
	movl 24(%esp), %ebx
	movl 28(%esp), %ecx
	movl 32(%esp), %edx
	movl 36(%esp), %esi
	movl 40(%esp), %edi
	movl 44(%esp), %ebp
	int $0x80
	popl %ebp
	popl %edi
	popl %esi
	popl %ebx
check:
	cmpl $-4096, %eax
	ja 1f
	ret
1:	pushl %eax
	call __set_errno
	popl %edx
	ret

# pid_t vfork(void): the child runs on our stack and returns first, so the return
# address is kept in a register.

	.globl vfork
vfork:
	popl %edx
	movl $__NR_vfork, %eax
	int $0x80
	pushl %edx
	jmp check

# int clone(fn, stack, flags, arg, ptid, tls, ctid): the child finds fn and arg on its
# new stack and exits with what fn returns.

	.globl clone
clone:
	pushl %ebx
	pushl %esi
	pushl %edi
	movl 20(%esp), %ecx
	andl $-16, %ecx
	subl $16, %ecx
	movl 16(%esp), %eax
	movl %eax, 4(%ecx)
	movl 28(%esp), %eax
	movl %eax, (%ecx)
	movl 24(%esp), %ebx
	movl 32(%esp), %edx
	movl 36(%esp), %esi
	movl 40(%esp), %edi
	movl $__NR_clone, %eax
	int $0x80
	testl %eax, %eax
	jz 1f
	popl %edi
	popl %esi
	popl %ebx
	jmp check
1:	xorl %ebp, %ebp
	call *4(%esp)
	movl %eax, %ebx
	movl $__NR_exit, %eax
	int $0x80

# int setjmp(jmp_buf), void longjmp(jmp_buf, int)

	.globl setjmp
setjmp:
	movl 4(%esp), %eax
	movl %ebx, (%eax)
	movl %esi, 4(%eax)
	movl %edi, 8(%eax)
	movl %ebp, 12(%eax)
	leal 4(%esp), %ecx
	movl %ecx, 16(%eax)
	movl (%esp), %ecx
	movl %ecx, 20(%eax)
	xorl %eax, %eax
	ret

	.globl longjmp
longjmp:
	movl 4(%esp), %edx
	movl 8(%esp), %eax
	testl %eax, %eax
	jnz 1f
	incl %eax
1:	movl (%edx), %ebx
	movl 4(%edx), %esi
	movl 8(%edx), %edi
	movl 12(%edx), %ebp
	movl 16(%edx), %esp
	jmp *20(%edx)
	.section .note.GNU-stack, "", @progbits
