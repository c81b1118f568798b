/*
 * boot.S: from OpenSBI's jump to start_kernel(), and the same for the harts that come later.
 *
 * The firmware enters in S-mode without paging at 0x80200000: a0 = hart id, a1 = device tree. All code addresses itself
 * relative to pc, so it runs before paging, too.
 *
 * OpenSBI before 1.3 marks a hart as to be started before it notes where (sbi_hsm_hart_start): a hart that leaves the
 * firmware late may arrive here, where the boot hart did, instead of at secondary_entry. So the flag `booted` tells
 * who is the first, and a hart finds its task by its number, since a1 may be as stale as the address.
 *
 *	early_pg_dir: the whole direct map in 1 GiB pages, and this gigabyte at its physical address, for the jump.
 *	It stays, since each hart needs that jump. The boot hart leaves it in paging_init().
 *
 * Read next: setup.c:setup_arch(), pgtable.c:paging_init().
 */
#include <asm/asm-offsets.h>
#include <asm/csr.h>
#include <asm/page.h>

#define EARLY_LEAF	0xcf		/* D A X W R V */

	.section .head.text, "ax"
	.globl	_start
_start:
	csrw	sie, zero
	la	t0, booted
	li	t1, 1
	amoswap.w.aq	t0, t1, (t0)
	bnez	t0, secondary_entry
	mv	s1, a0
	mv	s2, a1

	la	t0, __bss_start
	la	t1, __bss_end
1:	sd	zero, 0(t0)
	addi	t0, t0, 8
	bltu	t0, t1, 1b

	la	t0, early_pg_dir
	li	t1, 256 * 8
	add	t1, t0, t1		/* PAGE_OFFSET's entry */
	li	t2, EARLY_LEAF
	li	t3, 1 << 28		/* from one gigabyte's entry to the next one's */
	li	t4, 128			/* DIRECT_MAP_SIZE */
1:	sd	t2, 0(t1)
	add	t2, t2, t3
	addi	t1, t1, 8
	addi	t4, t4, -1
	bnez	t4, 1b

	la	t1, _start
	srli	t1, t1, 30
	slli	t2, t1, 3
	add	t2, t2, t0
	slli	t1, t1, 28
	ori	t1, t1, EARLY_LEAF
	sd	t1, 0(t2)

	call	relocate
	la	t0, boot_hartid
	sd	s1, 0(t0)
	la	t0, boot_dtb
	sd	s2, 0(t0)
	la	tp, init_task
	call	setup_hart
	tail	start_kernel

/* A hart that __cpu_up() started, after it put the hart's task into secondary_task[]. */
	.text
	.globl	secondary_entry
secondary_entry:
	csrw	sie, zero
	call	relocate
	la	t0, swapper_pg_dir
	li	t1, PAGE_OFFSET
	sub	t0, t0, t1
	call	set_satp
	fence	r, r
	la	t0, cpu_hartid
	la	t1, secondary_task
1:	ld	t2, 0(t0)
	ld	tp, 0(t1)
	addi	t0, t0, 8
	addi	t1, t1, 8
	bne	t2, a0, 1b
	call	setup_hart
	tail	start_secondary

/* Paging on with early_pg_dir; returns to the same place in the direct map. */
relocate:
	la	t0, early_pg_dir
	li	t1, PAGE_OFFSET
	add	ra, ra, t1
/* t0 = physical address of a root table. */
set_satp:
	srli	t0, t0, PAGE_SHIFT
	li	t1, 8			/* Sv39 */
	slli	t1, t1, 60
	or	t0, t0, t1
	sfence.vma
	csrw	satp, t0
	sfence.vma
	ret

/* tp = the task to run as: its stack (with room for user registers at the top), traps, user access. */
setup_hart:
	ld	sp, TASK_STACK(tp)
	li	t0, (1 << STACK_SHIFT) - PT_SIZE
	add	sp, sp, t0
	csrw	sscratch, zero
	la	t0, trap_entry
	csrw	stvec, t0
	li	t0, SR_SUM_DEFAULT
	csrs	sstatus, t0
	li	s0, 0			/* backtraces end here */
	ret

	.data
	.balign	4
booted:
	.word	0

	.bss
	.balign	PAGE_SIZE
early_pg_dir:
	.skip	PAGE_SIZE
	.globl	init_stack
init_stack:
	.skip	1 << STACK_SHIFT
