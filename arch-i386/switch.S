/*
 * switch.S: from one task to another, and a task's first steps.
 *
 * A task that is switched out has on its stack, from thread.esp up: edi esi ebx ebp, return address. copy_thread()
 * builds the same for a new one, with ret_from_fork as the return address. Read next: process.c.
 */
#include <asm/asm-offsets.h>

	.text
/* struct task_struct *switch_to(prev, next). => interrupts off */
	.globl switch_to
switch_to:
	movl 4(%esp), %eax
	movl 8(%esp), %edx
	pushl %ebp
	pushl %ebx
	pushl %esi
	pushl %edi
	movl %esp, THREAD_ESP(%eax)
	movl THREAD_ESP(%edx), %esp
	movl %edx, %fs:CPU_LOCAL_CURRENT
	pushl %edx
	pushl %eax
	call __switch_to			/* segments, TSS, FPU */
	popl %eax				/* prev */
	popl %edx
	popl %edi
	popl %esi
	popl %ebx
	popl %ebp
	ret

/* eax: the task before us. ebx: a kernel thread's function, esi its argument; or 0: pt_regs stand above. */
	.globl ret_from_fork
ret_from_fork:
	pushl %eax
	call schedule_tail
	popl %eax
	testl %ebx, %ebx
	jz ret_to_user
	pushl %esi
	call *%ebx
	pushl %eax
	call do_exit
	ud2
	.section .note.GNU-stack, "", %progbits
