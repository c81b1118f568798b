/*
 * poweroff.c: the end, and the beginning again.
 * An exit code reaches QEMU by its isa-debug-exit device at port 0xf4, whose exit status is (code << 1) | 1; a plain
 * power off is ACPI's S5. Read next: acpi.c.
 */
#include "kernel/arch.h"
#include "kernel/printk.h"
#include <asm/io.h>
#include <asm/setup.h>

#define DEBUG_EXIT_PORT	0xf4
#define DELAY_PORT	0x80	/* about a microsecond */
#define POWER_OFF_POLLS	1000000
#define KBC_STATUS	0x64
#define KBC_BUSY	0x02
#define KBC_RESET	0xfe

static void __noreturn halt(void)
{
	for (;;) {
		local_irq_disable();
		__asm__ __volatile__("hlt");
	}
}

void machine_power_off(int code)
{
	local_irq_disable();
	if (code)
		outb((u8)code, DEBUG_EXIT_PORT);
	acpi_power_off();
	for (int i = 0; i < POWER_OFF_POLLS; i++)
		inb(DELAY_PORT);	/* the machine takes its time */
	printk(KERN_EMERG "The machine does not switch itself off: do it now.\n");
	halt();
}

/* By the firmware's reset register, the keyboard controller, and a triple fault: one of them is there. */
void machine_restart(void)
{
	static const struct { u16 limit; u32 base; } __packed no_idt;

	local_irq_disable();
	acpi_reset();
	for (int i = 0; i < 0x10000 && inb(KBC_STATUS) & KBC_BUSY; i++)
		cpu_relax();
	outb(KBC_RESET, KBC_STATUS);
	__asm__ __volatile__("lidt %0; int3" : : "m"(no_idt));
	halt();
}
