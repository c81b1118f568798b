/*
 * uaccess.S: moving bytes to and from user memory. A fault that cannot be repaired continues at the entry in
 * __ex_table, with the count of what is left still in ecx.
 */
	.macro EXTABLE insn, fixup
	.pushsection __ex_table, "a"
	.long \insn, \fixup
	.popsection
	.endm

/* Open user memory in DEBUG builds: see asm/uaccess.h. */
	.macro USER_BEGIN
#ifdef CONFIG_DEBUG
	pushfl
	orl $0x40000, (%esp)
	popfl
#endif
	.endm
	.macro USER_END
#ifdef CONFIG_DEBUG
	pushfl
	andl $~0x40000, (%esp)
	popfl
#endif
	.endm

	.text
/* unsigned long __copy_user(to, from, n): bytes not copied. Words first, then the odd bytes. */
	.globl __copy_user
__copy_user:
	pushl %edi
	pushl %esi
	movl 12(%esp), %edi
	movl 16(%esp), %esi
	movl 20(%esp), %ecx
	movl %ecx, %edx
	USER_BEGIN
	andl $3, %edx
	shrl $2, %ecx
1:	rep movsl
	movl %edx, %ecx
2:	rep movsb
3:	USER_END
	movl %ecx, %eax
	popl %esi
	popl %edi
	ret
/* The word that faulted may be there in part: go on by bytes until the fault is met again. */
4:	leal (%edx, %ecx, 4), %ecx
	jmp 2b
	EXTABLE 1b, 4b
	EXTABLE 2b, 3b

/* unsigned long __clear_user(to, n): bytes not cleared. */
	.globl __clear_user
__clear_user:
	pushl %edi
	movl 8(%esp), %edi
	movl 12(%esp), %ecx
	movl %ecx, %edx
	USER_BEGIN
	xorl %eax, %eax
	andl $3, %edx
	shrl $2, %ecx
1:	rep stosl
	movl %edx, %ecx
2:	rep stosb
3:	USER_END
	movl %ecx, %eax
	popl %edi
	ret
4:	leal (%edx, %ecx, 4), %ecx
	jmp 2b
	EXTABLE 1b, 4b
	EXTABLE 2b, 3b

/* long __strncpy_from_user(to, from, n) */
	.globl __strncpy_from_user
__strncpy_from_user:
	pushl %edi
	pushl %esi
	movl 12(%esp), %edi
	movl 16(%esp), %esi
	movl 20(%esp), %ecx
	USER_BEGIN
	movl %ecx, %edx
	testl %ecx, %ecx
	jz 2f
1:	lodsb
	stosb
	testb %al, %al
	jz 2f
	decl %ecx
	jnz 1b
2:	subl %ecx, %edx
	movl %edx, %eax
3:	USER_END
	popl %esi
	popl %edi
	ret
4:	movl $-14, %eax				/* -EFAULT */
	jmp 3b
	EXTABLE 1b, 4b

/* long __strnlen_user(s, n) */
	.globl __strnlen_user
__strnlen_user:
	pushl %edi
	movl 8(%esp), %edi
	movl 12(%esp), %ecx
	USER_BEGIN
	movl %ecx, %edx
	incl %edx
	testl %ecx, %ecx
	jz 2f
1:	cmpb $0, (%edi)
	je 2f
	incl %edi
	decl %ecx
	jnz 1b
2:	subl %ecx, %edx				/* n + 1 - what is left: the NUL counted */
	movl %edx, %eax
3:	USER_END
	popl %edi
	ret
4:	xorl %eax, %eax
	jmp 3b
	EXTABLE 1b, 4b
	.section .note.GNU-stack, "", %progbits
