#ifndef ASM_CSR_H
#define ASM_CSR_H

/* Supervisor registers: bits, causes, and how C reads and writes them. */

#define SR_SIE		0x00000002	/* sstatus: interrupts on */
#define SR_SPIE		0x00000020	/* as they were before the trap */
#define SR_SPP		0x00000100	/* the trap came from supervisor mode */
#define SR_FS		0x00006000	/* floating-point state */
#define SR_FS_INITIAL	0x00002000
#define SR_FS_CLEAN	0x00004000
#define SR_FS_DIRTY	0x00006000
#define SR_SUM		0x00040000	/* supervisor may touch user pages */

#define SATP_SV39	(8UL << 60)

#define CAUSE_IRQ_FLAG	(1UL << 63)
#define IRQ_S_SOFT	1
#define IRQ_S_TIMER	5
#define IRQ_S_EXT	9
#define IRQ_M_EXT	11

#define EXC_INSN_MISALIGNED	0
#define EXC_INSN_ACCESS		1
#define EXC_INSN_ILLEGAL	2
#define EXC_BREAKPOINT		3
#define EXC_LOAD_MISALIGNED	4
#define EXC_LOAD_ACCESS		5
#define EXC_STORE_MISALIGNED	6
#define EXC_STORE_ACCESS	7
#define EXC_SYSCALL		8
#define EXC_INSN_PAGE_FAULT	12
#define EXC_LOAD_PAGE_FAULT	13
#define EXC_STORE_PAGE_FAULT	15

/* The live sstatus.SUM: always set, but for DEBUG=1, where only asm/uaccess.h sets it. */
#ifdef CONFIG_DEBUG
#define SR_SUM_DEFAULT	0
#else
#define SR_SUM_DEFAULT	SR_SUM
#endif

#ifndef __ASSEMBLY__
#define csr_read(csr) ({						\
	unsigned long _v = 0;						\
	__asm__ __volatile__("csrr %0, " #csr : "=r"(_v) :: "memory");	\
	_v; })
#define csr_write(csr, v) \
	__asm__ __volatile__("csrw " #csr ", %0" :: "rK"((unsigned long)(v)) : "memory")
#define csr_set(csr, v) \
	__asm__ __volatile__("csrs " #csr ", %0" :: "rK"((unsigned long)(v)) : "memory")
#define csr_clear(csr, v) \
	__asm__ __volatile__("csrc " #csr ", %0" :: "rK"((unsigned long)(v)) : "memory")
#define csr_read_clear(csr, v) ({					\
	unsigned long _v = 0;						\
	__asm__ __volatile__("csrrc %0, " #csr ", %1"			\
			     : "=r"(_v) : "rK"((unsigned long)(v)) : "memory"); \
	_v; })
#endif

#endif
