/*
 * boot.S: from the boot loader (multiboot: 32-bit protected mode, paging off, no stack) or a CPU's start-up page to
 * C, with the kernel mapped where it is linked.
 *
 *	_start ────────────► check CPU ──┐
 *	                                 ├► paging on ► high address ► own GDT, stack ► start_kernel / start_secondary
 *	trampoline (16 bit) ─► startup_secondary ┘
 *
 * Owns: the first page tables. They map all of low memory in large pages, twice: at PAGE_OFFSET, and the first
 * ones at 0 for the moment of the switch. Read next: setup.c:setup_arch, pgtable.c:paging_init.
 */
#include <asm/asm-offsets.h>
#include <asm/page.h>
#include <asm/segment.h>

#define PHYS(sym)	((sym) - PAGE_OFFSET)
#define MULTIBOOT_MAGIC	0x1BADB002
#define MULTIBOOT_FLAGS	0x00000003		/* modules on page boundaries; tell us the memory */
#define CR0_BITS	0x8001002b		/* PG, WP, NE, TS, MP, PE: the FPU waits for its first user */
#define COM1		0x3f8

/* CPUID 1 edx: what we cannot do without: FPU PSE TSC MSR CX8 APIC FXSR, and PAE. */
#ifdef CONFIG_PAE
#define CPU_NEEDS	0x01000379
#define CR4_BITS	0x00000030		/* PSE, PAE */
#else
#define CPU_NEEDS	0x01000339
#define CR4_BITS	0x00000010
#endif

	.section .head.text, "ax"
	.balign 4
	.long MULTIBOOT_MAGIC, MULTIBOOT_FLAGS, -(MULTIBOOT_MAGIC + MULTIBOOT_FLAGS)

	.globl phys_start
	.set phys_start, PHYS(_start)
_start:
	cli
	cld
	cmpl $0x2BADB002, %eax
	movl $PHYS(msg_loader), %esi
	jne refuse
	movl %ebx, PHYS(multiboot_info)
	movl $1, %eax
	cpuid
	andl $CPU_NEEDS, %edx
	cmpl $CPU_NEEDS, %edx
	movl $PHYS(msg_cpu), %esi
	jne refuse
	movl $start_kernel_high, %ebp
	jmp paging_on

/* Another CPU, from the trampoline: flat segments, paging off. */
	.globl startup_secondary
startup_secondary:
	movl $start_secondary_high, %ebp

paging_on:
	movl $CR4_BITS, %eax
	movl %eax, %cr4
	movl $PHYS(trampoline_pg_dir), %eax
	movl %eax, %cr3
#ifdef CONFIG_PAE
	movl $0x80000000, %eax
	cpuid
	cmpl $0x80000001, %eax
	jb 1f
	movl $0x80000001, %eax
	cpuid
	btl $20, %edx				/* NX */
	jnc 1f
	movl $0xc0000080, %ecx			/* EFER */
	rdmsr
	btsl $11, %eax
	wrmsr
1:
#endif
	movl $CR0_BITS, %eax
	movl %eax, %cr0
	jmp *%ebp

start_kernel_high:
	movl $init_stack_end, %esp
	call load_boot_gdt
	xorl %ebp, %ebp				/* backtraces end here */
	pushl $0
	call cpu_init
	call start_kernel
	ud2

start_secondary_high:
	movl secondary_stack, %esp
	call load_boot_gdt
	xorl %ebp, %ebp
	pushl secondary_cpu
	call cpu_init
	call start_secondary
	ud2

/* A GDT that C can run on until cpu_init() loads the CPU's own. => eax, ecx lost */
load_boot_gdt:
	popl %ecx
	lgdt boot_gdt_ptr
	ljmp $__KERNEL_CS, $1f
1:	movl $__KERNEL_DS, %eax
	movl %eax, %ss
	movl $__USER_DS, %eax			/* flat as well, and traps need not change it (trap.S) */
	movl %eax, %ds
	movl %eax, %es
	xorl %eax, %eax
	movl %eax, %fs
	movl %eax, %gs
	jmp *%ecx

/* Say why not on the serial line and stop. esi: the text, physical. */
refuse:
	movw $COM1, %dx
1:	lodsb
	testb %al, %al
	jz 2f
	outb %al, %dx
	jmp 1b
2:	hlt
	jmp 2b
msg_loader:	.asciz "Pagoda: wants a multiboot loader\r\n"
#ifdef CONFIG_PAE
msg_cpu:	.asciz "Pagoda: this CPU lacks PAE, PSE, TSC, CX8, APIC or FXSR; without PAE, build with PAE=0\r\n"
#else
msg_cpu:	.asciz "Pagoda: this CPU lacks PSE, TSC, CX8, APIC or FXSR\r\n"
#endif

/* Copied to TRAMPOLINE_BASE, where a CPU starts in real mode. */
	.section .rodata
	.balign 16
	.globl trampoline_start, trampoline_end
#define HERE(label)	(TRAMPOLINE_BASE + (label) - trampoline_start)
	.code16
trampoline_start:
	cli
	cld
	xorw %ax, %ax
	movw %ax, %ds
	lgdtl HERE(2f)
	movl $1, %eax
	movl %eax, %cr0
	ljmpl $8, $HERE(1f)
	.code32
1:	movl $16, %eax
	movl %eax, %ds
	movl %eax, %es
	movl %eax, %ss
	movl $PHYS(startup_secondary), %eax
	jmp *%eax
	.balign 8
2:	.word 3 * 8 - 1
	.long HERE(3f)
	.balign 8
3:	.quad 0, 0x00cf9a000000ffff, 0x00cf92000000ffff
trampoline_end:

	.section .data
	.balign 8
boot_gdt:
	.fill 12, 8, 0
	.quad 0x00cf9a000000ffff		/* __KERNEL_CS */
	.quad 0x00cf92000000ffff		/* __KERNEL_DS */
	.quad 0x00cffa000000ffff		/* __USER_CS */
	.quad 0x00cff2000000ffff		/* __USER_DS */
	.word 0
boot_gdt_ptr:
	.word 16 * 8 - 1
	.long boot_gdt

	.globl multiboot_info, secondary_stack, secondary_cpu
multiboot_info:	.long 0				/* physical address */
secondary_stack: .long 0			/* for the CPU that is being started: smp.c */
secondary_cpu:	.long 0

/*
 * swapper_pg_dir is the kernel's own; trampoline_pg_dir maps address 0 in addition. Large pages, writable, global:
 * 0x1e3 = PSE | GLOBAL | DIRTY | ACCESSED | RW | PRESENT; not global at 0.
 */
	.balign 4096
	.globl swapper_pg_dir, trampoline_pg_dir
#ifdef CONFIG_PAE
	.globl swapper_pmd
swapper_pmd:
	.set i, 0
	.rept 448
	.quad (i << 21) | 0x1e3
	.set i, i + 1
	.endr
	.fill 64, 8, 0
identity_pmd:
	.quad 0x0e3, 0x2000e3, 0x4000e3, 0x6000e3
	.fill 508, 8, 0
swapper_pg_dir:
	.long 0, 0, 0, 0, 0, 0, PHYS(swapper_pmd) + 1, 0
trampoline_pg_dir:
	.long PHYS(identity_pmd) + 1, 0, 0, 0, 0, 0, PHYS(swapper_pmd) + 1, 0
#else
	.macro KERNEL_HALF
	.set i, 0
	.rept 224
	.long (i << 22) | 0x1e3
	.set i, i + 1
	.endr
	.fill 32, 4, 0
	.endm
swapper_pg_dir:
	.fill 768, 4, 0
	KERNEL_HALF
trampoline_pg_dir:
	.long 0x0e3, 0x4000e3
	.fill 766, 4, 0
	KERNEL_HALF
#endif

	.section .bss
	.balign 4096
	.globl init_stack
init_stack:
	.skip 1 << STACK_SHIFT
init_stack_end:
	.section .note.GNU-stack, "", %progbits
