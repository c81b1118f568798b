#ifndef ASM_SETUP_H
#define ASM_SETUP_H

/* What the files of this arch tell each other at boot. */
#include "kernel/types.h"

extern char _text[], _etext[], _erodata[], __init_begin[], __init_text_end[], __init_end[], _end[];

/* A stretch of physical memory: RAM, or part of it that is not ours to map. */
struct phys_range { phys_t start, end; };
#define MAX_RANGES	16

/* setup.c. Constant after setup_arch(). */
extern struct phys_range ram[MAX_RANGES], nomap[MAX_RANGES];
extern int nr_ram, nr_nomap;
extern u32 timebase_frequency;
extern const char *cpu_isa[];		/* riscv,isa of each CPU */
bool isa_has(const char *extension);	/* all CPUs have the multi-letter extension, as Sstc */

/* pgtable.c */
void paging_init(void);		/* => bootmem up. The final kernel mappings, and onto them */
/* Registers that this arch drives itself, before vmalloc stands: @base has its place in the direct map. => before paging_init */
void *map_io_early(phys_t base, phys_t size);

/* irq.c */
void plic_scan(void);		/* note each interrupt controller. => CPUs known */
/* Our number for line @hwirq of the controller @phandle; 0: none. => boot, after plic_scan */
int irq_create_mapping(u32 phandle, u32 hwirq);
void irq_init_cpu(void);
void handle_external_interrupt(struct pt_regs *regs);
/* The CPU whose hart has the interrupt controller @phandle, or -1. */
int intc_to_cpu(u32 phandle);

/* timer.c, poweroff.c: a device that setup.c found. */
void goldfish_rtc_found(phys_t base, phys_t size);
void sifive_test_found(phys_t base, phys_t size);

#endif
