/*
 * timer.c: the clock (the `time' register, one for all harts), each hart's one-shot timer, the wall clock at boot.
 *
 * Owns: the conversion between ticks and nanoseconds. The timer is the hart's own stimecmp (Sstc) or the firmware's.
 * Locks: none; constant after boot. Read next: kernel/timer.c.
 */
#include "kernel/arch.h"
#include "kernel/printk.h"
#include "kernel/timer.h"
#include <asm/io.h>
#include <asm/sbi.h>
#include <asm/setup.h>

static u64 boot_ticks;
static u64 ns_per_tick;		/* 32.32 fixed point */
static bool have_sstc;
static char *rtc;

#define GOLDFISH_TIME_LOW	0	/* latches the high word */
#define GOLDFISH_TIME_HIGH	4

static u64 ticks_to_ns(u64 ticks)
{
	return (u64)((unsigned __int128)ticks * ns_per_tick >> 32);
}

static u64 ns_to_ticks(u64 ns)
{
	return ns / NSEC_PER_SEC * timebase_frequency + ns % NSEC_PER_SEC * timebase_frequency / NSEC_PER_SEC;
}

/* See kernel/arch.h, as all below but for goldfish_rtc_found. */
u64 get_cycles(void)
{
	return csr_read(time);
}

u64 arch_clock_ns(void)
{
	return ticks_to_ns(csr_read(time) - boot_ticks);
}

void __init arch_time_init(void)
{
	if (!timebase_frequency)
		panic("device tree: no timebase-frequency");
	boot_ticks = csr_read(time);
	ns_per_tick = ((u64)NSEC_PER_SEC << 32) / timebase_frequency;
	have_sstc = isa_has("sstc");
	arch_timer_program(~0ULL);
}

/* The interrupt's enable bit was taken back when it came (trap.c). A tick late rather than early. */
void arch_timer_program(u64 deadline_ns)
{
	u64 ticks = ~0ULL;

	if (deadline_ns != ~0ULL)
		ticks = boot_ticks + ns_to_ticks(deadline_ns) + 1;
	if (have_sstc)
		csr_write(0x14d, ticks);	/* stimecmp, which the assembler does not know */
	else
		sbi_call(SBI_EXT_TIME, 0, ticks, 0, 0, 0);
	csr_set(sie, 1UL << IRQ_S_TIMER);
}

/* See asm/setup.h. */
void __init goldfish_rtc_found(phys_t base, phys_t size)
{
	rtc = map_io_early(base, size);
}

u64 arch_rtc_seconds(void)
{
	u64 ns;

	if (!rtc)
		return 0;
	ns = readl(rtc + GOLDFISH_TIME_LOW);
	ns |= (u64)readl(rtc + GOLDFISH_TIME_HIGH) << 32;
	return ns / NSEC_PER_SEC;
}
