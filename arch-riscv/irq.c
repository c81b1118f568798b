/*
 * irq.c: device interrupts through the platform's interrupt controllers (PLIC), of which a NUMA machine has one a socket.
 *
 * Owns: the controllers, and the numbering of lines: irq = index into irq_lines, given out as devices are found; 0 is none.
 * Each line goes to one CPU, the lowest that its controller serves: a line that all harts see wakes them all, and one
 * gets it. A line is masked by priority 0, so that no enable bits are shared between CPUs.
 * Locks: none. irq_lines is constant after boot; priorities are words of their own. Read next: kernel/irq.c, trap.c.
 */
#include "arch-riscv/fdt.h"
#include "kernel/arch.h"
#include "kernel/irq.h"
#include "kernel/smp.h"
#include <asm/io.h>
#include <asm/sbi.h>
#include <asm/setup.h>

#define MAX_PLICS		8
#define PLIC_LINES		128
#define PLIC_PRIORITY(line)	(4UL * (line))
#define PLIC_ENABLE(ctx, line)	(0x2000UL + 0x80 * (ctx) + 4 * ((line) / 32))
#define PLIC_THRESHOLD(ctx)	(0x200000UL + 0x1000 * (ctx))
#define PLIC_CLAIM(ctx)		(0x200004UL + 0x1000 * (ctx))

static struct plic {
	u32 phandle;
	char *regs;
	int context[NR_CPUS];		/* a CPU's supervisor context here, or -1 */
	int machine_context[NR_CPUS];	/* and its machine context: see irq_init_cpu */
	u8 irq_of[PLIC_LINES];		/* our number of each line */
} plics[MAX_PLICS];
static int nr_plics;

static struct irq_line {
	struct plic *plic;
	u32 hwirq;
} irq_lines[NR_IRQS];
static int nr_irq_lines = 1;

/* Contexts come in the order of interrupts-extended: (hart's controller, its line) each. */
static void read_contexts(struct plic *plic, const struct fdt_node *node)
{
	u32 intc, line;

	for (int cpu = 0; cpu < NR_CPUS; cpu++)
		plic->context[cpu] = plic->machine_context[cpu] = -1;
	for (int i = 0; fdt_cell(node, "interrupts-extended", 2 * i, &intc) &&
	     fdt_cell(node, "interrupts-extended", 2 * i + 1, &line); i++) {
		int cpu = intc_to_cpu(intc);

		if (cpu >= 0 && line == IRQ_S_EXT)
			plic->context[cpu] = i;
		if (cpu >= 0 && line == IRQ_M_EXT)
			plic->machine_context[cpu] = i;
	}
}

static void visit_plic(const struct fdt_node *node)
{
	struct plic *plic = &plics[nr_plics];
	phys_t base, size;

	if (!fdt_is_compatible(node, "riscv,plic0") && !fdt_is_compatible(node, "sifive,plic-1.0.0"))
		return;
	if (nr_plics == MAX_PLICS || !fdt_reg(node, 0, &base, &size))
		return;
	plic->phandle = node->phandle;
	plic->regs = map_io_early(base, size);
	read_contexts(plic, node);
	nr_plics++;
}

/* See asm/setup.h. */
void __init plic_scan(void)
{
	fdt_walk(visit_plic);
}

/* See asm/setup.h. */
int __init irq_create_mapping(u32 phandle, u32 hwirq)
{
	for (int i = 0; i < nr_plics; i++) {
		struct plic *plic = &plics[i];

		if (plic->phandle != phandle || hwirq == 0 || hwirq >= PLIC_LINES)
			continue;
		if (!plic->irq_of[hwirq]) {
			if (nr_irq_lines == NR_IRQS)
				return 0;
			irq_lines[nr_irq_lines] = (struct irq_line){ plic, hwirq };
			plic->irq_of[hwirq] = (u8)nr_irq_lines++;
		}
		return plic->irq_of[hwirq];
	}
	return 0;
}

/* The CPU that takes @plic's interrupts, or -1: it serves no hart of ours. */
static int plic_target(const struct plic *plic)
{
	int cpu;

	for_each_possible_cpu(cpu)
		if (plic->context[cpu] >= 0)
			return cpu;
	return -1;
}

static void enable_context(struct plic *plic, int ctx, bool enable)
{
	if (ctx < 0)
		return;
	for (u32 line = 0; line < PLIC_LINES; line += 32)
		writel(enable ? ~0u : 0, plic->regs + PLIC_ENABLE(ctx, line));
	writel(0, plic->regs + PLIC_THRESHOLD(ctx));
}

/*
 * This CPU's contexts: all lines of the controllers that it is the target of. Masked ones have priority 0.
 * QEMU before 8.0 wires the second controller's machine-mode outputs to the harts' supervisor interrupt and its supervisor-mode
 * outputs to nothing. So machine contexts there are enabled, too; elsewhere the firmware keeps that interrupt off.
 * => on each CPU as it comes up: the firmware clears a hart's contexts when it starts the hart
 */
void irq_init_cpu(void)
{
	int cpu = smp_processor_id();

	for (int i = 0; i < nr_plics; i++) {
		bool enable = cpu == plic_target(&plics[i]);

		enable_context(&plics[i], plics[i].context[cpu], enable);
		if (nr_plics > 1)
			enable_context(&plics[i], plics[i].machine_context[cpu], enable);
	}
}

/* See kernel/arch.h. */
void __init init_IRQ(void)
{
	for (int i = 0; i < nr_plics; i++)
		for (u32 line = 1; line < PLIC_LINES; line++)
			writel(0, plics[i].regs + PLIC_PRIORITY(line));
	irq_init_cpu();
}

/* See kernel/arch.h, as the next two. */
bool irq_valid(int irq)
{
	return irq > 0 && irq < nr_irq_lines;
}

void irq_unmask(int irq)
{
	writel(1, irq_lines[irq].plic->regs + PLIC_PRIORITY(irq_lines[irq].hwirq));
}

void irq_mask(int irq)
{
	writel(0, irq_lines[irq].plic->regs + PLIC_PRIORITY(irq_lines[irq].hwirq));
}

/* Claim and handle until nothing is pending. => interrupts off; from the external interrupt's trap */
void handle_external_interrupt(struct pt_regs *regs)
{
	int cpu = smp_processor_id();

	for (int i = 0; i < nr_plics; i++) {
		struct plic *plic = &plics[i];
		int ctx = plic->context[cpu];
		u32 line;

		while (ctx >= 0 && (line = readl(plic->regs + PLIC_CLAIM(ctx)))) {
			if (line < PLIC_LINES && plic->irq_of[line])
				do_IRQ(plic->irq_of[line], regs);
			writel(line, plic->regs + PLIC_CLAIM(ctx));
		}
	}
}
