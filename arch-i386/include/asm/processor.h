#ifndef ASM_PROCESSOR_H
#define ASM_PROCESSOR_H

/* What a thread owns of the CPU, and the layout of its address space. */
#include "kernel/types.h"
#include <asm/page.h>
#include <asm/barrier.h>	/* cpu_relax */
#include <asm/segment.h>
#include <asm/asm-offsets.h>

#define STACK_SIZE		(1UL << STACK_SHIFT)

#define TASK_SIZE		PAGE_OFFSET
#define STACK_TOP		TASK_SIZE
#define TASK_UNMAPPED_BASE	PAGE_ALIGN(TASK_SIZE / 3)

#define FXSAVE_SIZE		512

struct thread_struct {
	unsigned long esp;		/* kernel stack while switched out; switch.S knows that it comes first */
	unsigned long gs;		/* user's, while switched out */
	u64 tls_array[GDT_ENTRY_TLS_ENTRIES]; /* GDT entries 6..8 */
	unsigned long cr2, trapno, error_code; /* of the last fault, for a signal frame */
	bool fpu_live;			/* the CPU that runs us holds our FPU registers */
	bool fpu_valid;			/* we have used the FPU since exec */
	u8 fpu_area[FXSAVE_SIZE + 16];	/* fxsave_area() aligns it */
};

static inline u8 *fxsave_area(struct thread_struct *t)
{
	return (u8 *)ALIGN((unsigned long)t->fpu_area, 16);
}

struct cpu_info {
	u32 family, model, stepping;
	u32 features, features_ext;	/* CPUID 1: edx, ecx */
	u32 features7;			/* CPUID 7: ebx */
	u32 features_amd;		/* CPUID 0x80000001: edx */
	char vendor[13], name[49];
};
extern struct cpu_info cpu_info[NR_CPUS];

#define X86_FEATURE(word, bit)	(cpu_info[0].word & (1u << (bit)))
#define cpu_has_nx		X86_FEATURE(features_amd, 20)
#define cpu_has_pge		X86_FEATURE(features, 13)
#define cpu_has_smep		X86_FEATURE(features7, 7)
#define cpu_has_smap		X86_FEATURE(features7, 20)

static inline void cpuid(u32 leaf, u32 *a, u32 *b, u32 *c, u32 *d)
{
	__asm__ __volatile__("cpuid" : "=a"(*a), "=b"(*b), "=c"(*c), "=d"(*d) : "0"(leaf), "2"(0));
}

static inline unsigned long read_cr2(void) { unsigned long v; __asm__ __volatile__("movl %%cr2,%0" : "=r"(v)); return v; }
static inline unsigned long read_cr3(void) { unsigned long v; __asm__ __volatile__("movl %%cr3,%0" : "=r"(v)); return v; }
static inline unsigned long read_cr4(void) { unsigned long v; __asm__ __volatile__("movl %%cr4,%0" : "=r"(v)); return v; }
static inline unsigned long read_cr0(void) { unsigned long v; __asm__ __volatile__("movl %%cr0,%0" : "=r"(v)); return v; }
static inline void write_cr0(unsigned long v) { __asm__ __volatile__("movl %0,%%cr0" : : "r"(v) : "memory"); }
static inline void write_cr3(unsigned long v) { __asm__ __volatile__("movl %0,%%cr3" : : "r"(v) : "memory"); }
static inline void write_cr4(unsigned long v) { __asm__ __volatile__("movl %0,%%cr4" : : "r"(v) : "memory"); }

static inline u64 rdmsr(u32 msr)
{
	u32 low, high;

	__asm__ __volatile__("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
	return (u64)high << 32 | low;
}

static inline void wrmsr(u32 msr, u64 v)
{
	__asm__ __volatile__("wrmsr" : : "c"(msr), "a"((u32)v), "d"((u32)(v >> 32)) : "memory");
}

#define CR0_TS	(1UL << 3)
#define CR4_PGE	(1UL << 7)
#define CR4_OSFXSR	(1UL << 9)
#define CR4_OSXMMEXCPT	(1UL << 10)
#define CR4_SMEP	(1UL << 20)
#define CR4_SMAP	(1UL << 21)
#define MSR_APIC_BASE	0x1b

static inline void stts(void) { write_cr0(read_cr0() | CR0_TS); }
static inline void clts(void) { __asm__ __volatile__("clts" : : : "memory"); }

#endif
