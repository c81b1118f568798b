/*
 * acpi.c: the firmware's tables, as far as they are data: CPUs and interrupt controllers (MADT), power off and
 * reset (FADT, and the _S5_ package, found in the DSDT by its shape; we do not run AML).
 *
 *	RSDP ─► RSDT ─┬► APIC (MADT)	local APICs, IO-APICs, ISA lines that are wired differently
 *	              └► FACP (FADT) ─► DSDT
 *
 * Owns: what <asm/setup.h> lists under acpi.c; constant after boot. Tables may lie anywhere: read through a window.
 * Read next: irq.c, smp.c, poweroff.c.
 */
#include "kernel/arch.h"
#include "kernel/lib/string.h"
#include "kernel/printk.h"
#include "kernel/smp.h"
#include <asm/fixmap.h>
#include <asm/io.h>
#include <asm/processor.h>
#include <asm/setup.h>

struct acpi_header {
	char signature[4];
	u32 length;
	u8 revision, checksum;
	char oem[18];
	u32 creator[2];
} __packed;

struct acpi_rsdp {
	char signature[8];
	u8 checksum;
	char oem[6];
	u8 revision;
	u32 rsdt;
} __packed;

struct acpi_fadt {
	struct acpi_header header;
	u32 facs, dsdt;
	u8 model, profile;
	u16 sci_irq;
	u32 smi_cmd;
	u8 acpi_enable, acpi_disable, s4bios, pstate;
	u32 pm1a_event, pm1b_event, pm1a_control, pm1b_control;
	u8 more[44];
	u32 flags;
	u8 reset_space, reset_width, reset_offset, reset_access;
	u64 reset_address;
	u8 reset_value;
} __packed;
#define FADT_RESET	(1 << 10)
#define SPACE_IO	1

struct madt_entry {
	u8 type, length;
	union {
		struct { u8 acpi_id, apic_id; u32 flags; } __packed lapic;
		struct { u8 id, reserved; u32 address, gsi_base; } __packed ioapic;
		struct { u8 bus, irq; u32 gsi; u16 flags; } __packed override;
		struct { u16 reserved; u64 address; } __packed lapic_address;
	};
} __packed;

#define PM1_SLP_EN	(1 << 13)
#define PM1_SCI_EN	1

struct ioapic_info ioapics[MAX_IOAPICS];
int nr_ioapics;
struct irq_route isa_routes[16];
u32 cpu_apicid[NR_CPUS];
phys_t lapic_base = 0xfee00000;		/* unless a table says otherwise */

static struct {
	u16 pm1a, pm1b, smi_cmd;
	u8 enable, reset_value;
	u16 reset_port;
	int sleep_type_a, sleep_type_b;	/* -1: not found */
} power = { .sleep_type_a = -1 };

static bool __init checksum_ok(const void *p, size_t n)
{
	u8 sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += ((const u8 *)p)[i];
	return sum == 0;
}

static const struct acpi_rsdp *__init find_rsdp_in(phys_t start, phys_t end)
{
	for (phys_t p = start; p < end; p += 16) {
		const struct acpi_rsdp *rsdp = __va(p);

		if (!memcmp(rsdp->signature, "RSD PTR ", 8) && checksum_ok(rsdp, sizeof(*rsdp)))
			return rsdp;
	}
	return NULL;
}

/* In the first KiB of the extended BIOS data area, or in the BIOS' ROM. */
static const struct acpi_rsdp *__init find_rsdp(void)
{
	phys_t ebda = (phys_t)*(const u16 *)__va(0x40e) << 4;
	const struct acpi_rsdp *rsdp = NULL;

	if (ebda >= 0x80000 && ebda < 0xa0000)
		rsdp = find_rsdp_in(ebda, ebda + 1024);
	return rsdp ? rsdp : find_rsdp_in(0xe0000, 0x100000);
}

/* A whole table, or NULL if it is too long or damaged. => early_iounmap() when done */
static const void *__init map_table(phys_t phys)
{
	const struct acpi_header *h = early_ioremap(phys, sizeof(*h));
	u32 length = h->length;

	early_iounmap();
	h = length >= sizeof(*h) ? early_ioremap(phys, length) : NULL;
	if (h && checksum_ok(h, length))
		return h;
	printk(KERN_WARNING "ACPI: table at %llx is damaged\n", (u64)phys);
	early_iounmap();
	return NULL;
}

/* ---- MADT ---------------------------------------------------------------------------------------- */

/* CPU 0 is the one we run on, wherever the table has it. */
static void __init add_cpu(u32 apicid)
{
	static int next_cpu = 1;

	if (apicid == cpu_apicid[0])
		return;
	if (next_cpu == NR_CPUS) {
		printk(KERN_WARNING "ACPI: more than %d CPUs\n", NR_CPUS);
		return;
	}
	cpu_apicid[next_cpu] = apicid;
	cpu_set(next_cpu++, &cpu_possible_map);
}

static void __init add_ioapic(u32 address, u32 gsi_base)
{
	if (nr_ioapics < MAX_IOAPICS)
		ioapics[nr_ioapics++] = (struct ioapic_info){ .base = address, .gsi_base = gsi_base };
}

static void __init parse_madt(const struct acpi_header *h)
{
	const u8 *p = (const u8 *)h + sizeof(*h) + 8, *end = (const u8 *)h + h->length;

	lapic_base = *(const u32 *)(h + 1);
	for (; p + 2 <= end && p[1] >= 2; p += p[1]) {
		const struct madt_entry *e = (const struct madt_entry *)p;

		if (e->type == 0 && e->lapic.flags & 1)
			add_cpu(e->lapic.apic_id);
		else if (e->type == 1)
			add_ioapic(e->ioapic.address, e->ioapic.gsi_base);
		else if (e->type == 2 && e->override.irq < 16)
			isa_routes[e->override.irq] = (struct irq_route){
				.gsi = e->override.gsi, .level = (e->override.flags >> 2 & 3) == 3,
				.active_low = (e->override.flags & 3) == 3,
			};
		else if (e->type == 5)
			lapic_base = (phys_t)e->lapic_address.address;
	}
}

/* ---- FADT, DSDT ------------------------------------------------------------------------------------ */

/* One small AML integer; moves on. */
static int __init aml_byte(const u8 **p)
{
	if (**p == 0x0a)		/* BytePrefix */
		++*p;
	return *(*p)++;
}

/* Name (_S5_, Package { SLP_TYPa, SLP_TYPb, … }): 08 "_S5_" 12 length count elements. */
static void __init parse_dsdt(const struct acpi_header *h)
{
	const u8 *p = (const u8 *)(h + 1), *end = (const u8 *)h + h->length - 16;

	for (; p < end; p++) {
		if (memcmp(p, "_S5_\x12", 5))
			continue;
		p += 5;
		p += (*p >> 6) + 2;	/* PkgLength's bytes, NumElements */
		power.sleep_type_a = aml_byte(&p) & 7;
		power.sleep_type_b = aml_byte(&p) & 7;
		return;
	}
}

/* Returns where the DSDT is. */
static phys_t __init parse_fadt(const struct acpi_fadt *f)
{
	power.pm1a = (u16)f->pm1a_control;
	power.pm1b = (u16)f->pm1b_control;
	power.smi_cmd = (u16)f->smi_cmd;
	power.enable = f->acpi_enable;
	if (f->header.length >= sizeof(*f) && f->flags & FADT_RESET && f->reset_space == SPACE_IO) {
		power.reset_port = (u16)f->reset_address;
		power.reset_value = f->reset_value;
	}
	return f->dsdt;
}

/* ---- all --------------------------------------------------------------------------------------------- */

static void __init visit_table(phys_t phys)
{
	const struct acpi_header *h = map_table(phys);
	phys_t dsdt = 0;

	if (!h)
		return;
	if (!memcmp(h->signature, "APIC", 4))
		parse_madt(h);
	else if (!memcmp(h->signature, "FACP", 4))
		dsdt = parse_fadt((const struct acpi_fadt *)h);
	early_iounmap();
	if (dsdt) {
		h = map_table(dsdt);
		if (h)
			parse_dsdt(h);
		early_iounmap();
	}
}

/*
 * Read the tables. Without them: one CPU, and the IO-APIC where every chipset has it.
 * => boot; fixmap works; cpu_possible_map has CPU 0
 */
void __init acpi_init(void)
{
	const struct acpi_rsdp *rsdp = find_rsdp();
	const struct acpi_header *rsdt;
	u32 tables[32], a, b, c, n = 0;

	cpuid(1, &a, &b, &c, &a);
	cpu_apicid[0] = b >> 24;
	for (int irq = 0; irq < 16; irq++)
		isa_routes[irq].gsi = irq;

	rsdt = rsdp ? map_table(rsdp->rsdt) : NULL;
	if (rsdt) {
		n = min((rsdt->length - (u32)sizeof(*rsdt)) / 4, (u32)ARRAY_SIZE(tables));
		memcpy(tables, rsdt + 1, n * 4);
		early_iounmap();
	}
	for (u32 i = 0; i < n; i++)
		visit_table(tables[i]);
	if (!nr_ioapics)
		add_ioapic(0xfec00000, 0);
	printk(KERN_INFO "ACPI: %u tables, %d CPUs, %d IO-APICs\n", n, hweight_long(cpu_possible_map), nr_ioapics);
}

void acpi_power_off(void)
{
	if (!power.pm1a || power.sleep_type_a < 0)
		return;
	if (power.smi_cmd && power.enable && !(inw(power.pm1a) & PM1_SCI_EN))
		outb(power.enable, power.smi_cmd);
	outw((u16)(power.sleep_type_a << 10 | PM1_SLP_EN), power.pm1a);
	if (power.pm1b)
		outw((u16)(power.sleep_type_b << 10 | PM1_SLP_EN), power.pm1b);
}

void acpi_reset(void)
{
	if (power.reset_port)
		outb(power.reset_value, power.reset_port);
}
