/*
 * irq.c: local APICs and IO-APICs.
 *
 * Interrupt numbers: an ISA line 0–15 as the PC has always numbered it (the MADT tells to which IO-APIC pin it goes),
 * above that the global system interrupt of the same number. PCI functions say an ISA line. All go to CPU 0.
 *
 * Owns:  the redirection tables.
 * Locks: ioapic_lock: the index and data registers are a pair.
 * Read next: kernel/irq.c, timer.c, smp.c.
 */
#include "kernel/arch.h"
#include "kernel/irq.h"
#include "kernel/printk.h"
#include "kernel/sched.h"
#include "kernel/spinlock.h"
#include "mm/mm.h"
#include <asm/fixmap.h>
#include <asm/io.h>
#include <asm/setup.h>
#include <asm/trap.h>

#define PIC1		0x20
#define PIC2		0xa0
#define IOAPIC_VERSION	1
#define IOAPIC_ENTRY(pin) (0x10 + 2 * (pin))
#define IOAPIC_LOW_ACTIVE 0x02000
#define IOAPIC_LEVEL	0x08000
#define IOAPIC_MASKED	0x10000
#define APIC_ENABLE	0x100
#define CASCADE_IRQ	2	/* the second 8259's line: nothing is there */

static DEFINE_SPINLOCK(ioapic_lock, RANK_IRQ_LEAF);

u32 lapic_read(u32 reg)
{
	return readl((void *)(fix_to_virt(FIX_LAPIC) + reg));
}

void lapic_write(u32 reg, u32 v)
{
	writel(v, (void *)(fix_to_virt(FIX_LAPIC) + reg));
}

/* ---- IO-APIC: select a register, then read or write it. => ioapic_lock held, or boot ---- */
static u32 ioapic_read(int n, u32 reg)
{
	char *base = (char *)fix_to_virt(FIX_IOAPIC + n) + ((unsigned long)ioapics[n].base & ~PAGE_MASK);

	writel(reg, base);
	return readl(base + 0x10);
}

static void ioapic_write(int n, u32 reg, u32 v)
{
	char *base = (char *)fix_to_virt(FIX_IOAPIC + n) + ((unsigned long)ioapics[n].base & ~PAGE_MASK);

	writel(reg, base);
	writel(v, base + 0x10);
}

static struct irq_route irq_to_route(int irq)
{
	return irq < 16 ? isa_routes[irq] : (struct irq_route){ .gsi = (u32)irq, .level = true, .active_low = true };
}

/* The IO-APIC that has the line's pin; -1 for none. */
static int find_ioapic(int irq)
{
	u32 gsi = irq_to_route(irq).gsi;

	for (int n = 0; n < nr_ioapics; n++)
		if (gsi >= ioapics[n].gsi_base && gsi - ioapics[n].gsi_base < ioapics[n].pins)
			return n;
	return -1;
}

bool irq_valid(int irq)
{
	return irq >= 0 && irq < MAX_IRQ && irq != CASCADE_IRQ && find_ioapic(irq) >= 0;
}

static void set_route(int irq, u32 mask)
{
	struct irq_route route = irq_to_route(irq);
	int n = find_ioapic(irq);
	u32 entry = IOAPIC_ENTRY(route.gsi - ioapics[n].gsi_base);
	unsigned long flags;

	spin_lock_irqsave(&ioapic_lock, flags);
	ioapic_write(n, entry, IOAPIC_MASKED);
	ioapic_write(n, entry + 1, cpu_apicid[0] << 24);
	ioapic_write(n, entry, IRQ_VECTOR(irq) | (route.level ? IOAPIC_LEVEL : 0) |
		     (route.active_low ? IOAPIC_LOW_ACTIVE : 0) | mask);
	spin_unlock_irqrestore(&ioapic_lock, flags);
}

/* => irq_valid(irq) */
void irq_unmask(int irq)
{
	set_route(irq, 0);
}

void irq_mask(int irq)
{
	set_route(irq, IOAPIC_MASKED);
}

/* A level-triggered line is quiet by the time of the EOI, or comes again. */
void trap_irq(struct pt_regs *regs)
{
	do_IRQ((int)regs->trapno - NR_EXCEPTIONS, regs);
	lapic_write(LAPIC_EOI, 0);
}

/* An interrupt that was gone before it could be told: no EOI. */
void trap_spurious(struct pt_regs *regs)
{
}

void lapic_init(void)
{
	wrmsr(MSR_APIC_BASE, rdmsr(MSR_APIC_BASE) | 1 << 11);
	lapic_write(LAPIC_TPR, 0);
	lapic_write(LAPIC_LVT_TIMER, LAPIC_MASKED);
	lapic_write(LAPIC_LVT_LINT0, LAPIC_MASKED);	/* the 8259s */
	lapic_write(LAPIC_LVT_LINT1, LAPIC_MASKED);
	lapic_write(LAPIC_LVT_ERROR, LAPIC_MASKED);
	lapic_write(LAPIC_SVR, APIC_ENABLE | SPURIOUS_VECTOR);
	lapic_write(LAPIC_EOI, 0);
}

/* Vectors out of the exceptions' way, all lines masked, for good. */
static void __init disable_8259(void)
{
	static const u8 init[] = { 0x11, 0x20, 0x04, 0x01 }, init2[] = { 0x11, 0x28, 0x02, 0x01 };

	for (int i = 0; i < 4; i++) {
		outb(init[i], PIC1 + !!i);
		outb(init2[i], PIC2 + !!i);
	}
	outb(0xff, PIC1 + 1);
	outb(0xff, PIC2 + 1);
}

void __init init_IRQ(void)
{
	disable_8259();
	set_fixmap_nocache(FIX_LAPIC, lapic_base);
	for (int n = 0; n < nr_ioapics; n++) {
		set_fixmap_nocache(FIX_IOAPIC + n, ioapics[n].base);
		ioapics[n].pins = (ioapic_read(n, IOAPIC_VERSION) >> 16 & 0xff) + 1;
		for (u32 pin = 0; pin < ioapics[n].pins; pin++)
			ioapic_write(n, IOAPIC_ENTRY(pin), IOAPIC_MASKED);
		printk(KERN_INFO "IO-APIC at %llx: interrupts %u to %u\n", (u64)ioapics[n].base, ioapics[n].gsi_base,
		       ioapics[n].gsi_base + ioapics[n].pins - 1);
	}
	lapic_init();
}
