#ifndef ASM_SETUP_H
#define ASM_SETUP_H

/* Between the files of arch-i386/ only: what the firmware told, and the order of boot. */
#include "kernel/types.h"
#include <asm/page.h>

extern char _text[], _etext[], _erodata[], __init_begin[], __init_text_end[], __init_end[], _end[];	/* kernel.ld */

/* setup.c */
extern u32 multiboot_info;		/* physical */
bool phys_is_ram(phys_t start, phys_t end);
void identify_cpu(int cpu);

/* pgtable.c */
void early_fixmap_init(void);
void paging_init(void);

/* acpi.c: tables, read once at boot; what is left is below. */
#define MAX_IOAPICS	4	/* FIX_IOAPIC has room for them */
struct ioapic_info {
	phys_t base;
	u32 gsi_base, pins;		/* pins: irq.c asks the chip */
};
struct irq_route {			/* an ISA line, or a gsi of the same number */
	u32 gsi;
	bool level, active_low;
};
extern struct ioapic_info ioapics[MAX_IOAPICS];
extern int nr_ioapics;
extern struct irq_route isa_routes[16];
extern u32 cpu_apicid[NR_CPUS];
extern phys_t lapic_base;
void acpi_init(void);			/* CPUs into cpu_possible_map, the interrupt controllers, power off */
void acpi_power_off(void);		/* returns if the machine does not do it */
void acpi_reset(void);			/* the same */

/* irq.c, timer.c, smp.c */
u32 lapic_read(u32 reg);
void lapic_write(u32 reg, u32 v);
void lapic_init(void);			/* this CPU's, ready for interrupts */
void lapic_timer_init(void);		/* this CPU's timer: vector set, not armed */
void delay_us(unsigned long us);	/* => after arch_time_init */
extern u32 tsc_khz;

#define LAPIC_TPR	0x080
#define LAPIC_EOI	0x0b0
#define LAPIC_SVR	0x0f0
#define LAPIC_ICR	0x300
#define LAPIC_ICR_HIGH	0x310
#define LAPIC_LVT_TIMER	0x320
#define LAPIC_LVT_LINT0	0x350
#define LAPIC_LVT_LINT1	0x360
#define LAPIC_LVT_ERROR	0x370
#define LAPIC_TIMER_INIT 0x380
#define LAPIC_TIMER_NOW	0x390
#define LAPIC_TIMER_DIV	0x3e0
#define LAPIC_MASKED	0x10000

#endif
