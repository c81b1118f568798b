/*
 * setup.c: what the boot loader and the CPU say, told to the core.
 *
 * Owns: the memory map, the command line, cpu_info, the limits of low memory and of the vmalloc window.
 *
 *	0 ─ DMA ─ 16 MiB ─ NORMAL ─ max_low_pfn (896 MiB at most) ─ HIGHMEM ─ max_pfn
 *
 * Boot only, by one CPU; identify_cpu() by each. Read next: acpi.c, pgtable.c:paging_init.
 */
#include "kernel/arch.h"
#include "kernel/arena.h"
#include "kernel/device.h"
#include "kernel/drivers/drivers.h"
#include "kernel/drivers/pci.h"
#include "kernel/lib/string.h"
#include "kernel/printk.h"
#include "kernel/smp.h"
#include "mm/bootmem.h"
#include "mm/mm.h"
#include <asm/highmem.h>
#include <asm/io.h>
#include <asm/processor.h>
#include <asm/setup.h>

#define MIB(pages)	((unsigned long)(pages) >> (20 - PAGE_SHIFT))
#define MAX_LOWMEM	(896UL << 20)	/* what boot.S maps */
#define VMALLOC_RESERVE	(128UL << 20)	/* all above low memory: vmalloc, pkmap, fixmap */
#define VMALLOC_HOLE	(8UL << 20)	/* behind low memory, so that running off its end faults */
#define MIN_LOWMEM	(32UL << 20)	/* that highmem= must leave */
#define MAX_RANGES	32
#define COM1		0x3f8
#define COM1_LSR	(COM1 + 5)
#define LSR_DR		0x01
#define LSR_THRE	0x20

struct multiboot_info {
	u32 flags, mem_lower, mem_upper, boot_device, cmdline, mods[2], syms[4], mmap_length, mmap_addr;
};
#define MBI_CMDLINE	(1 << 2)
#define MBI_MMAP	(1 << 6)

struct multiboot_mmap {
	u32 size;			/* of what follows */
	u64 addr, len;
	u32 type;			/* 1: RAM */
} __packed;

static struct { phys_t start, end; } ram[MAX_RANGES];
static int nr_ram;
static char command_line[512];
unsigned long vmalloc_start;
struct cpu_info cpu_info[NR_CPUS];

/* => polled; the boot loader or reset left the UART in a state that QEMU does not care about */
void early_console_write(const char *s, size_t n)
{
	for (; n; n--, s++) {
		while (!(inb(COM1_LSR) & LSR_THRE))
			cpu_relax();
		outb((u8)*s, COM1);
	}
}

/* See kernel/arch.h. */
int early_console_read(void)
{
	return inb(COM1_LSR) & LSR_DR ? inb(COM1) : -1;
}

/* ---- CPU ------------------------------------------------------------------------------------- */

void identify_cpu(int cpu)
{
	struct cpu_info *c = &cpu_info[cpu];
	u32 a, b, max, max_ext;

	cpuid(0, &max, (u32 *)c->vendor, (u32 *)(c->vendor + 8), (u32 *)(c->vendor + 4));
	cpuid(1, &a, &b, &c->features_ext, &c->features);
	c->stepping = a & 15;
	c->model = (a >> 4 & 15) | (a >> 12 & 0xf0);
	c->family = (a >> 8 & 15) + (a >> 20 & 0xff);
	if (max >= 7)
		cpuid(7, &a, &c->features7, &b, &b);
	cpuid(0x80000000, &max_ext, &b, &b, &b);
	if (max_ext >= 0x80000001)
		cpuid(0x80000001, &a, &b, &b, &c->features_amd);
	for (u32 leaf = 0; max_ext >= 0x80000004 && leaf < 3; leaf++) {
		u32 *name = (u32 *)(c->name + 16 * leaf);

		cpuid(0x80000002 + leaf, name, name + 1, name + 2, name + 3);
	}
}

int arch_cpuinfo(char *buf, size_t size, int cpu)
{
	static const char flags[32][8] = {
		"fpu", "vme", "de", "pse", "tsc", "msr", "pae", "mce", "cx8", "apic", "", "sep", "mtrr", "pge", "mca", "cmov",
		"pat", "pse36", "pn", "clflush", "", "dts", "acpi", "mmx", "fxsr", "sse", "sse2", "ss", "ht", "tm", "ia64", "pbe",
	};
	const struct cpu_info *c = &cpu_info[cpu];
	int n = scnprintf(buf, size, "processor\t: %d\nvendor_id\t: %s\ncpu family\t: %u\nmodel\t\t: %u\n"
			  "model name\t: %s\nstepping\t: %u\ncpu MHz\t\t: %u.%03u\napicid\t\t: %u\nflags\t\t:",
			  cpu, c->vendor, c->family, c->model, c->name, c->stepping, tsc_khz / 1000, tsc_khz % 1000,
			  cpu_apicid[cpu]);

	for (int i = 0; i < 32; i++)
		if (c->features >> i & 1 && flags[i][0])
			n += scnprintf(buf + n, size - n, " %s", flags[i]);
	n += scnprintf(buf + n, size - n, "%s%s%s\n\n", c->features_amd >> 20 & 1 && sizeof(pte_t) == 8 ? " nx" : "",
		       c->features7 >> 7 & 1 ? " smep" : "", c->features7 >> 20 & 1 ? " smap" : "");
	return n;
}

/* ---- command line -------------------------------------------------------------------------------- */

/* The loader puts the kernel's file name in front. */
static void __init copy_command_line(const struct multiboot_info *mbi)
{
	const char *s = mbi->flags & MBI_CMDLINE ? __va(mbi->cmdline) : "";

	while (*s && *s != ' ')
		s++;
	while (*s == ' ')
		s++;
	strlcpy(command_line, s, sizeof(command_line));
}

/* ---- memory ---------------------------------------------------------------------------------------- */

bool phys_is_ram(phys_t start, phys_t end)
{
	for (int i = 0; i < nr_ram; i++)
		if (start >= ram[i].start && end <= ram[i].end)
			return true;
	return false;
}

/* Whole pages of [start, end) below @limit; tells how much was beyond. */
static u64 __init add_ram(u64 start, u64 end, u64 limit)
{
	u64 usable = min(end, limit) & PAGE_MASK;

	start = PAGE_ALIGN(start);
	if (start < usable && nr_ram < MAX_RANGES) {
		ram[nr_ram].start = (phys_t)start;
		ram[nr_ram++].end = (phys_t)usable;
	}
	return end > max(start, limit) ? end - max(start, limit) : 0;
}

static void __init read_memory_map(const struct multiboot_info *mbi)
{
	u64 arch_limit = 1ULL << MAX_PHYSMEM_BITS, limit = min(size_option(command_line, "mem=", arch_limit), arch_limit), lost = 0;

	/* Without -1 a range that ends at 4 GiB would not fit into a 32-bit phys_t. */
	limit = min(limit, (u64)(phys_t)~0ULL & PAGE_MASK);
	if (mbi->flags & MBI_MMAP) {
		const char *p = __va(mbi->mmap_addr), *end = p + mbi->mmap_length;

		while (p < end) {
			const struct multiboot_mmap *m = (const struct multiboot_mmap *)p;

			if (m->type == 1)
				lost += add_ram(m->addr, m->addr + m->len, limit);
			p += m->size + sizeof(m->size);
		}
	} else {
		lost += add_ram(0, (u64)mbi->mem_lower << 10, limit);
		lost += add_ram(1 << 20, (1 << 20) + ((u64)mbi->mem_upper << 10), limit);
	}
	if (lost)
		printk(KERN_WARNING "%llu MiB of memory above %llu MiB are not used%s\n", lost >> 20, limit >> 20,
		       limit + PAGE_SIZE >= arch_limit && arch_limit == 1ULL << 32 ? ": this kernel was built with PAE=0" : "");
	for (int i = 0; i < nr_ram; i++)
		max_pfn = max(max_pfn, (unsigned long)(ram[i].end >> PAGE_SHIFT));
}

/* Where low memory ends, and how much of the rest is high memory: highmem=, vmalloc=. */
static void __init split_memory(void)
{
	unsigned long reserve = (unsigned long)min(max(size_option(command_line, "vmalloc=", VMALLOC_RESERVE), 32ULL << 20), 768ULL << 20);
	unsigned long low = min(-PAGE_OFFSET - ALIGN(reserve, PMD_SIZE), MAX_LOWMEM) >> PAGE_SHIFT;
	u64 high = size_option(command_line, "highmem=", ~0ULL);

	vmalloc_start = -ALIGN(reserve, PMD_SIZE) + VMALLOC_HOLE;
	max_low_pfn = min(max_pfn, low);
	if (high == ~0ULL)
		return;
	high = min(high >> PAGE_SHIFT, (u64)(max_pfn - min(max_pfn, MIN_LOWMEM >> PAGE_SHIFT)));
	max_low_pfn = min(max_pfn - (unsigned long)high, low);
	if (max_pfn > max_low_pfn + high) {
		printk(KERN_WARNING "%lu MiB of memory are neither low memory nor within highmem=\n",
		       MIB(max_pfn - max_low_pfn - (unsigned long)high));
		max_pfn = max_low_pfn + (unsigned long)high;
	}
}

static void __init register_memory(void)
{
	for (int i = 0; i < nr_ram; i++) {
		unsigned long start = (unsigned long)(ram[i].start >> PAGE_SHIFT);
		unsigned long end = min((unsigned long)(ram[i].end >> PAGE_SHIFT), max_pfn);

		printk(KERN_INFO "RAM %09llx-%09llx\n", (u64)ram[i].start, (u64)ram[i].end);
		if (start < end)
			add_active_range(0, start, end);
	}
	reserve_early(0, PAGE_SIZE, "BIOS data");
	reserve_early(TRAMPOLINE_BASE, TRAMPOLINE_BASE + PAGE_SIZE, "CPU start-up");
	reserve_early(__pa(_text), __pa(_end), "kernel");
}

static void __init print_layout(void)
{
	printk(KERN_INFO "%s, NX %s: low memory %lu MiB, high memory %lu MiB\n", PTRS_PER_PMD > 1 ? "PAE" : "classic paging",
	       supported_pte_mask & _PAGE_NX ? "on" : "off", MIB(max_low_pfn), MIB(max_pfn - max_low_pfn));
	printk(KERN_INFO "  fixmap  %08lx-%08lx\n  pkmap   %08lx-%08lx\n  vmalloc %08lx-%08lx\n  low     %08lx-%08lx\n"
	       "  text %08lx rodata %08lx init %08lx data %08lx end %08lx\n", FIXADDR_START, FIXADDR_TOP, PKMAP_BASE,
	       PKMAP_BASE + LAST_PKMAP * PAGE_SIZE, VMALLOC_START, VMALLOC_END, PAGE_OFFSET,
	       PAGE_OFFSET + (max_low_pfn << PAGE_SHIFT), (unsigned long)_text, (unsigned long)_etext,
	       (unsigned long)__init_begin, (unsigned long)__init_end, (unsigned long)_end);
}

/* See kernel/arch.h. */
void __init setup_arch(char **cmdline_p)
{
	static const struct device uart = {
		.compatible = "ns16550a", .base = COM1, .size = 8, .io_ports = true, .irq = 4, .clock_frequency = 1843200,
	};
	const struct multiboot_info *mbi = __va(multiboot_info);
	unsigned long zones[MAX_NR_ZONES] = { 0 };

	identify_cpu(0);
	early_fixmap_init();
	copy_command_line(mbi);
	*cmdline_p = command_line;
	read_memory_map(mbi);
	split_memory();
	register_memory();
	print_layout();
	acpi_init();
	device_register(&uart);

	arena_check(command_line, false);
	setup_bootmem();
	paging_init();
	zones[ZONE_DMA] = min(max_low_pfn, (16UL << 20) >> PAGE_SHIFT);
	zones[ZONE_NORMAL] = max_low_pfn;
	zones[ZONE_HIGHMEM] = max_pfn;
	free_area_init_nodes(zones);
}

struct device_driver *const machine_drivers[] = { &uart8250_driver, &virtio_pci_driver, NULL };

/* See kernel/arch.h. */
void machine_devices(void)
{
	pci_init();
}
