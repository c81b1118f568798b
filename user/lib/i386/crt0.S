# A program's first instructions: the kernel leaves argc, argv, envp and auxv at esp.

	.globl _start
_start:
	xorl %ebp, %ebp
	movl %esp, %eax
	andl $-16, %esp
	subl $12, %esp
	pushl %eax
	call __libc_start
	.section .note.GNU-stack, "", @progbits
