/*
 * setup.c: what the device tree says, told to the core.
 *
 * Owns: the tables of RAM and of memory that is not ours, the CPUs' hart ids, the command line.
 *
 *	boot.S ─► start_kernel ─► setup_arch:  cpus, memory, reservations, chosen, devices ─► bootmem ─► paging_init ─► zones
 *
 * Boot only, by one CPU. Read next: fdt.c, pgtable.c:paging_init(), irq.c.
 */
#include "arch-riscv/fdt.h"
#include "kernel/arch.h"
#include "kernel/arena.h"
#include "kernel/drivers/drivers.h"
#include "kernel/lib/string.h"
#include "kernel/printk.h"
#include "kernel/smp.h"
#include "mm/bootmem.h"
#include "mm/mm.h"
#include <asm/sbi.h>
#include <asm/setup.h>

#define MIN_LOWMEM	(32UL << 20)	/* that highmem= must leave */

unsigned long boot_hartid, boot_dtb;	/* boot.S */

struct phys_range ram[MAX_RANGES], nomap[MAX_RANGES];
int nr_ram, nr_nomap;
u32 timebase_frequency;
const char *cpu_isa[NR_CPUS];
unsigned long cpu_hartid[NR_CPUS];
static u32 cpu_intc[NR_CPUS];		/* phandle of the hart's own interrupt controller */
static int nr_cpus_found;
static u64 mem_left = ~0ULL;		/* of mem= */
static char command_line[512];

const char arch_uts_machine[] = "riscv64";
const char arch_platform[] = "";

/* By the firmware: polled, and usable before anything else is. */
void early_console_write(const char *s, size_t n)
{
	for (; n; n--)
		sbi_call(SBI_EXT_PUTCHAR, 0, (unsigned char)*s++, 0, 0, 0);
}

/* See kernel/arch.h. */
int early_console_read(void)
{
	return (int)sbi_call(SBI_EXT_GETCHAR, 0, 0, 0, 0, 0);
}

/* See asm/smp.h. */
int hartid_to_cpu(unsigned long hartid)
{
	for (int cpu = 0; cpu < nr_cpus_found; cpu++)
		if (cpu_hartid[cpu] == hartid)
			return cpu;
	return -1;
}

/* See asm/setup.h. */
int intc_to_cpu(u32 phandle)
{
	for (int cpu = 0; cpu < nr_cpus_found; cpu++)
		if (cpu_intc[cpu] == phandle)
			return cpu;
	return -1;
}

/* See asm/setup.h. */
bool isa_has(const char *extension)
{
	for (int cpu = 0; cpu < nr_cpus_found; cpu++)
		if (!cpu_isa[cpu] || !strstr(cpu_isa[cpu], extension))
			return false;
	return true;
}

/* AT_HWCAP: a bit for each single-letter extension, as Linux has it. */
unsigned long arch_hwcap(void)
{
	unsigned long caps = 0;
	const char *isa = cpu_isa[0] ? cpu_isa[0] : "";

	if (!strncmp(isa, "rv64", 4))
		isa += 4;
	for (; islower(*isa) && *isa != 'z' && *isa != 's' && *isa != 'x'; isa++)
		if (strchr("imafdcv", *isa))
			caps |= 1UL << (*isa - 'a');
	return caps;
}

/* See kernel/arch.h. */
int arch_cpuinfo(char *buf, size_t size, int cpu)
{
	return scnprintf(buf, size, "processor\t: %d\nhart\t\t: %lu\nisa\t\t: %s\nmmu\t\t: sv39\n\n",
			 cpu, cpu_hartid[cpu], cpu_isa[cpu] ? cpu_isa[cpu] : "rv64");
}

/* ---- cpus: CPU 0 is the hart that booted ---- */
static bool is_cpu(const struct fdt_node *node, phys_t *hart)
{
	phys_t none;

	return fdt_child_of(node, "cpus") && !strcmp(fdt_string(node, "device_type"), "cpu") && fdt_available(node) &&
	       fdt_reg(node, 0, hart, &none);
}

/* What must come first: who we are, and how a panic ends. */
static void visit_early(const struct fdt_node *node)
{
	phys_t base, size;

	if (is_cpu(node, &base) && base == boot_hartid)
		cpu_hartid[nr_cpus_found++] = boot_hartid;
	if (fdt_is_compatible(node, "sifive,test0") && fdt_reg(node, 0, &base, &size))
		sifive_test_found(base, size);
}

static void visit_cpu(const struct fdt_node *node)
{
	phys_t hart;
	u32 nid = 0;
	int cpu;

	if (!strcmp(node->name, "cpus"))
		fdt_cell(node, "timebase-frequency", 0, &timebase_frequency);
	if (node->parent && is_cpu(node->parent, &hart) && !strcmp(node->name, "interrupt-controller")) {
		cpu = hartid_to_cpu(hart);
		if (cpu >= 0)
			cpu_intc[cpu] = node->phandle;
	}
	if (!is_cpu(node, &hart))
		return;
	cpu = hartid_to_cpu(hart);
	if (cpu < 0) {
		if (nr_cpus_found == NR_CPUS)
			return;
		cpu = nr_cpus_found++;
		cpu_hartid[cpu] = hart;
	}
	cpu_isa[cpu] = fdt_string(node, "riscv,isa");
	cpu_possible_map |= cpumask_of(cpu);
	if (fdt_cell(node, "numa-node-id", 0, &nid))
		numa_set_cpu_node(cpu, (int)nid);
}

/* ---- memory ---- */
static void add_range(struct phys_range *table, int *nr, phys_t start, phys_t end)
{
	if (*nr == MAX_RANGES)
		panic("device tree: more than %d ranges of memory", MAX_RANGES);
	table[(*nr)++] = (struct phys_range){ start, end };
}

static void visit_memory(const struct fdt_node *node)
{
	phys_t base, size;
	u32 nid = 0;

	if (strcmp(fdt_string(node, "device_type"), "memory"))
		return;
	fdt_cell(node, "numa-node-id", 0, &nid);
	for (int i = 0; fdt_reg(node, i, &base, &size); i++) {
		phys_t start = PAGE_ALIGN(base), end = min(base + size, (phys_t)DIRECT_MAP_SIZE) & PAGE_MASK;

		if (start >= end || !mem_left)
			continue;
		end = start + min(end - start, mem_left & PAGE_MASK);
		mem_left -= end - start;
		add_range(ram, &nr_ram, start, end);
		add_active_range(nid, start >> PAGE_SHIFT, end >> PAGE_SHIFT);
		max_pfn = max(max_pfn, (unsigned long)(end >> PAGE_SHIFT));
	}
}

static void visit_reserved_memory(const struct fdt_node *node)
{
	phys_t base, size;
	int len;

	if (!fdt_child_of(node, "reserved-memory"))
		return;
	for (int i = 0; fdt_reg(node, i, &base, &size); i++) {
		reserve_early(base, base + size, "firmware");
		if (fdt_prop(node, "no-map", &len))
			add_range(nomap, &nr_nomap, base & PAGE_MASK, PAGE_ALIGN(base + size));
	}
}

static void reserve_what_is_used(void)
{
	phys_t base, size;

	reserve_early(__pa(_text), __pa(_end), "kernel");
	reserve_early(boot_dtb, boot_dtb + fdt_size(), "device tree");
	map_io_early(boot_dtb, fdt_size());	/* we keep its strings, even when mem= cuts it off */
	for (int i = 0; fdt_reserved(i, &base, &size); i++)
		reserve_early(base, base + size, "firmware");
	fdt_walk(visit_reserved_memory);
}

/* ---- chosen ---- */
static void visit_chosen(const struct fdt_node *node)
{
	if (node->parent && !node->parent->parent && !strcmp(node->name, "chosen"))
		strlcpy(command_line, fdt_string(node, "bootargs"), sizeof(command_line));
}

/*
 * Where the direct map ends. In a build with high memory (RVHIGHMEM=1) that is halfway, or where highmem=SIZE says,
 * though not before the kernel has room to live; else it is the end of memory.
 */
static void __init split_memory(void)
{
	bool has_highmem = is_highmem_idx(ZONE_HIGHMEM);
	unsigned long first = (unsigned long)(ram[0].start >> PAGE_SHIFT);
	u64 high = size_option(command_line, "highmem=", has_highmem ? (u64)(max_pfn - first) << PAGE_SHIFT >> 1 : 0);

	if (high && !has_highmem) {
		printk(KERN_WARNING "highmem= is for a kernel that was built with RVHIGHMEM=1\n");
		high = 0;
	}
	high = min(high >> PAGE_SHIFT, (u64)(max_pfn - min(max_pfn, first + (MIN_LOWMEM >> PAGE_SHIFT))));
	max_low_pfn = max_pfn - (unsigned long)high;
}

/* ---- devices ---- */
static void visit_device(const struct fdt_node *node)
{
	const char *compatible = fdt_string(node, "compatible");
	struct device dev = { .compatible = compatible };
	phys_t base, size;
	u32 hwirq;

	if (!*compatible || !fdt_available(node) || fdt_child_of(node, "reserved-memory") ||
	    !fdt_reg(node, 0, &base, &size) || !size)
		return;
	if (fdt_is_compatible(node, "google,goldfish-rtc"))
		goldfish_rtc_found(base, size);
	dev.base = base;
	dev.size = size;
	if (fdt_cell(node, "interrupts", 0, &hwirq))
		dev.irq = irq_create_mapping(node->interrupt_parent, hwirq);
	fdt_cell(node, "clock-frequency", 0, &dev.clock_frequency);
	fdt_cell(node, "reg-shift", 0, &dev.reg_shift);
	device_register(&dev);
}

struct device_driver *const machine_drivers[] = { &uart8250_driver, &virtio_mmio_driver, NULL };

/* See kernel/arch.h. The device tree told everything. */
void machine_devices(void)
{
}

/* See kernel/arch.h. */
void setup_arch(char **cmdline_p)
{
	unsigned long zones[MAX_NR_ZONES] = { 0 };

	if (!fdt_open(__va(boot_dtb)))
		panic("no device tree at %lx", boot_dtb);
	fdt_walk(visit_early);
	fdt_walk(visit_cpu);
	fdt_walk(visit_chosen);
	mem_left = size_option(command_line, "mem=", mem_left);
	fdt_walk(visit_memory);
	split_memory();
	reserve_what_is_used();
	*cmdline_p = command_line;

	plic_scan();
	fdt_walk(visit_device);

	arena_check(command_line, false);
	setup_bootmem();
	paging_init();
	zones[ZONE_DMA32] = min(max_low_pfn, 1UL << (32 - PAGE_SHIFT));
	zones[ZONE_NORMAL] = max_low_pfn;
	zones[ZONE_HIGHMEM] = is_highmem_idx(ZONE_HIGHMEM) ? max_pfn : 0;
	free_area_init_nodes(zones);
}
