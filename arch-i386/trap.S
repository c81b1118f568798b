/*
 * trap.S: every way into the kernel and back.
 *
 * The stack becomes a struct pt_regs: the CPU pushes the upper part (and some error codes), a stub the error code's
 * place and the vector, SAVE_ALL the rest. Then trap_handlers[vector](regs) runs with interrupts off, or, for
 * int $0x80, sys_call_table[eax] with interrupts as they were.
 * In the kernel %ds and %es are the user's flat segment, so that most traps need not load them; %fs is this CPU's.
 * Read next: trap.c.
 */
#include <asm/asm-offsets.h>
#include <asm/segment.h>

#define EFLAGS_AC	0x40000

/* A fault at @insn continues at @fixup. */
	.macro EXTABLE insn, fixup
	.pushsection __ex_table, "a"
	.long \insn, \fixup
	.popsection
	.endm

	.macro SAVE_ALL
	cld
	pushl %fs
	pushl %es
	pushl %ds
	pushl %eax
	pushl %ebp
	pushl %edi
	pushl %esi
	pushl %edx
	pushl %ecx
	pushl %ebx
#ifdef CONFIG_DEBUG
	pushfl					/* user memory is closed again (asm/uaccess.h) */
	andl $~EFLAGS_AC, (%esp)
	popfl
#endif
	movl $__KERNEL_PERCPU, %edx
	movl %edx, %fs
	movl $__USER_DS, %edx
	cmpw %dx, PT_XDS(%esp)
	jne 8f
	cmpw %dx, PT_XES(%esp)
	je 9f
8:	movl %edx, %ds
	movl %edx, %es
9:
	.endm

	.text
/* Exceptions and interrupts: the vector and error code are pushed. */
	.balign 16
common_trap:
	SAVE_ALL
	movl PT_TRAPNO(%esp), %eax
	pushl %esp
	call *trap_handlers(, %eax, 4)
	addl $4, %esp
	testb $3, PT_XCS(%esp)
	jz restore_all

	.globl ret_to_user
ret_to_user:
	cli
	movl %fs:CPU_LOCAL_CURRENT, %ecx
	testl $TIF_WORK_MASK, TASK_TIF_FLAGS(%ecx)
	jnz exit_work
restore_all:
	movl $__USER_DS, %edx
	cmpw %dx, PT_XDS(%esp)
	jne restore_segments
	cmpw %dx, PT_XES(%esp)
	jne restore_segments
	popl %ebx
	popl %ecx
	popl %edx
	popl %esi
	popl %edi
	popl %ebp
	popl %eax
	addl $8, %esp
1:	popl %fs
	addl $8, %esp
2:	iret

/* A selector that is not valid (any more) becomes 0; a return frame that is not valid is the user's #GP. */
3:	movl $0, (%esp)
	jmp 1b
4:	pushl $0
	pushl $13
	jmp common_trap
	EXTABLE 1b, 3b
	EXTABLE 2b, 4b

restore_segments:
	popl %ebx
	popl %ecx
	popl %edx
	popl %esi
	popl %edi
	popl %ebp
	popl %eax
5:	popl %ds
6:	popl %es
	jmp 1b
7:	movl $0, (%esp)
	jmp 5b
8:	movl $0, (%esp)
	jmp 6b
	EXTABLE 5b, 7b
	EXTABLE 6b, 8b

exit_work:
	pushl %esp
	call exit_to_user_mode
	addl $4, %esp
	jmp restore_all

/* int $0x80: number in eax, arguments in ebx ecx edx esi edi ebp. The callee gets copies: it may change them. */
	.globl system_call
	.balign 16
system_call:
	pushl %eax
	pushl $0x80
	SAVE_ALL
	movl PT_EAX(%esp), %eax
	cmpl nr_syscalls, %eax
	jae 1f
	pushl %ebp
	pushl %edi
	pushl %esi
	pushl PT_EDX + 12(%esp)			/* edx, which SAVE_ALL used */
	pushl %ecx
	pushl %ebx
	call *sys_call_table(, %eax, 4)
	addl $24, %esp
	movl %eax, PT_EAX(%esp)
	jmp ret_to_user
1:	call sys_ni_syscall
	movl %eax, PT_EAX(%esp)
	jmp ret_to_user

/* void return_to_user(struct pt_regs *regs): leave as if a trap with these registers were over. */
	.globl return_to_user
return_to_user:
	movl 4(%esp), %esp
	jmp ret_to_user

/* One stub a vector, 16 bytes each; those of the exceptions that come with an error code push none. */
	.globl trap_stubs
	.balign 16
trap_stubs:
	.set vector, 0
	.rept 256
	.balign 16
	.if vector != 8 && (vector < 10 || vector > 14) && vector != 17 && vector != 21
	pushl $0
	.endif
	pushl $vector
	jmp common_trap
	.set vector, vector + 1
	.endr
	.section .note.GNU-stack, "", %progbits
