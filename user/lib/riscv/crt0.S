# A program's first instructions: the kernel leaves argc, argv, envp and auxv at sp.

	.globl _start
_start:
	.option push
	.option norelax
	la gp, __global_pointer$
	.option pop
	mv fp, zero
	mv a0, sp
	andi sp, sp, -16
	call __libc_start
