/*
 * poweroff.c: the end. The test device of the `virt' board hands an exit status to whoever started the machine; without it the
 * firmware switches off. Read next: setup.c:visit_device().
 */
#include "kernel/arch.h"
#include <asm/io.h>
#include <asm/sbi.h>
#include <asm/setup.h>

#define FINISHER_PASS	0x5555u
#define FINISHER_FAIL	0x3333u		/* status in the upper half */
#define FINISHER_RESET	0x7777u

static char *finisher;

/* See asm/setup.h. */
void __init sifive_test_found(phys_t base, phys_t size)
{
	finisher = map_io_early(base, size);
}

static void finish(u32 word, unsigned long reset_type, unsigned long reason) __noreturn;
static void finish(u32 word, unsigned long reset_type, unsigned long reason)
{
	if (finisher)
		writel(word, finisher);
	sbi_call(SBI_EXT_SRST, 0, reset_type, reason, 0, 0);
	for (;; )
		cpu_relax();
}

/* See kernel/arch.h. */
void machine_power_off(int code)
{
	finish(code ? FINISHER_FAIL | (u32)code << 16 : FINISHER_PASS, SBI_SRST_SHUTDOWN, code != 0);
}

/* See kernel/arch.h. */
void machine_restart(void)
{
	finish(FINISHER_RESET, SBI_SRST_COLD_REBOOT, 0);
}
