/*
 * timer.c: the clock (TSC) and each CPU's one-shot timer (local APIC), both measured against the PIT; the CMOS clock.
 *
 * Owns:  tsc_khz and the factors below, constant after boot; cpu_local.timer_deadline, its own CPU's.
 * Locks: none.
 *
 * The TSCs of all CPUs run together (QEMU, and every PC with a constant TSC), so the clock is one for all.
 * Read next: kernel/timer.c.
 */
#include "kernel/arch.h"
#include "kernel/irq.h"
#include "kernel/printk.h"
#include "kernel/sched.h"
#include "kernel/timer.h"
#include <asm/io.h>
#include <asm/setup.h>
#include <asm/trap.h>

#define PIT_HZ		1193182U
#define PIT_CHANNEL2	0x42
#define PIT_COMMAND	0x43
#define PIT_GATE	0x61
#define PIT_OUTPUT	0x20		/* of PIT_GATE: channel 2 has counted to its end */
#define CALIBRATE_TICKS	5500U		/* 4.6 ms */
#define MAX_CALIBRATIONS 1000		/* a host that is that busy lets nothing run */
#define NS_SHIFT	22		/* TSC to ns: from 1 MHz up; a quarter of a microsecond off in a second */
#define CMOS_INDEX	0x70
#define CMOS_DATA	0x71
#define LAPIC_DIV_16	3

u32 tsc_khz;
static u32 tsc_to_ns;			/* ns << NS_SHIFT in a tick */
static u64 tsc_at_boot;
static u32 ns_to_lapic;			/* ticks << 32 in a ns */
static u64 rtc_seconds;

u64 get_cycles(void)
{
	u64 tsc;

	__asm__ __volatile__("rdtsc" : "=A"(tsc));
	return tsc;
}

/* 64 × 32 bits, in two halves, so that nothing overflows for centuries. */
u64 arch_clock_ns(void)
{
	u64 t = get_cycles() - tsc_at_boot;

	return ((t >> 32) * tsc_to_ns << (32 - NS_SHIFT)) + ((t & 0xffffffff) * tsc_to_ns >> NS_SHIFT);
}

/* => busy waits; interrupts as you like */
void delay_us(unsigned long us)
{
	u64 end = arch_clock_ns() + us * 1000ULL;

	while (arch_clock_ns() < end)
		cpu_relax();
}

/* ---- calibration ---- */
struct sample { u64 tsc; u32 lapic; u16 pit; };

/* All three clocks at once: the tightest of a few tries, since the host may take the CPU away at any time. */
static struct sample __init take_sample(void)
{
	struct sample best = { 0 };
	u64 width = ~0ULL;

	for (int i = 0; i < 8; i++) {
		struct sample s;
		u64 before = get_cycles(), after;

		outb(0x80, PIT_COMMAND);		/* latch channel 2 */
		s.lapic = lapic_read(LAPIC_TIMER_NOW);
		after = get_cycles();
		s.pit = inb(PIT_CHANNEL2);
		s.pit |= inb(PIT_CHANNEL2) << 8;
		s.tsc = before + (after - before) / 2;
		if (after - before < width) {
			width = after - before;
			best = s;
		}
	}
	return best;
}

/*
 * Two samples, at least CALIBRATE_TICKS apart. False: the counter ran out meanwhile, which its output tells, so that
 * the host kept the CPU from us for longer than it can count (55 ms).
 */
static bool __init measure(struct sample *first, struct sample *last)
{
	outb(0xb0, PIT_COMMAND);			/* channel 2, two bytes, mode 0: output high at the end */
	outb(0xff, PIT_CHANNEL2);
	outb(0xff, PIT_CHANNEL2);
	lapic_write(LAPIC_TIMER_INIT, ~0u);
	*first = take_sample();
	do
		*last = take_sample();
	while ((u16)(first->pit - last->pit) < CALIBRATE_TICKS);
	return !(inb(PIT_GATE) & PIT_OUTPUT);
}

static void __init calibrate(void)
{
	struct sample a, b;
	u32 ticks, lapic_khz;
	int tries = MAX_CALIBRATIONS;

	outb((inb(PIT_GATE) & ~2) | 1, PIT_GATE);	/* counting, speaker off */
	lapic_write(LAPIC_TIMER_DIV, LAPIC_DIV_16);
	while (!measure(&a, &b))
		if (!--tries)
			panic("the clocks cannot be measured: the timer runs out before we look at it");
	lapic_write(LAPIC_TIMER_INIT, 0);

	ticks = (u16)(a.pit - b.pit);
	tsc_khz = (u32)((b.tsc - a.tsc) * PIT_HZ / ((u64)ticks * 1000));
	lapic_khz = (u32)((u64)(a.lapic - b.lapic) * PIT_HZ / ((u64)ticks * 1000));
	tsc_to_ns = (u32)((1000000ULL << NS_SHIFT) / tsc_khz);
	ns_to_lapic = (u32)(((u64)lapic_khz << 32) / 1000000);
	printk(KERN_INFO "TSC %u.%03u MHz, local APIC timer %u.%03u MHz\n", tsc_khz / 1000, tsc_khz % 1000,
	       lapic_khz / 1000, lapic_khz % 1000);
}

/* ---- one-shot ---- */

/* Short of the deadline by the counter's width or a rounding, arm again; the core hears of the real end only. */
static void arm(u64 deadline)
{
	u64 now = arch_clock_ns(), left = deadline > now ? deadline - now : 0;
	u32 count = (u32)((u64)(u32)min(left, 0xffffffffULL) * ns_to_lapic >> 32);

	lapic_write(LAPIC_TIMER_INIT, count + 1);
}

void arch_timer_program(u64 deadline_ns)
{
	cpu_local[smp_processor_id()].timer_deadline = deadline_ns;
	if (deadline_ns == ~0ULL)
		lapic_write(LAPIC_TIMER_INIT, 0);
	else
		arm(deadline_ns);
}

/* The core hears only of a deadline that has been reached. */
void trap_timer(struct pt_regs *regs)
{
	struct cpu_local *c = &cpu_local[smp_processor_id()];

	lapic_write(LAPIC_EOI, 0);
	if (c->timer_deadline == ~0ULL)
		return;
	if (arch_clock_ns() < c->timer_deadline) {
		arm(c->timer_deadline);
		return;
	}
	c->timer_deadline = ~0ULL;
	timer_interrupt(regs);
}

void lapic_timer_init(void)
{
	cpu_local[smp_processor_id()].timer_deadline = ~0ULL;
	lapic_write(LAPIC_TIMER_DIV, LAPIC_DIV_16);
	lapic_write(LAPIC_LVT_TIMER, TIMER_VECTOR);
}

/* ---- CMOS clock ---- */
static u8 cmos_read(u8 reg)
{
	outb(reg, CMOS_INDEX);
	return inb(CMOS_DATA);
}

static unsigned int cmos_number(u8 reg, bool binary)
{
	u8 v = cmos_read(reg);

	return binary ? v : (v >> 4) * 10 + (v & 15);
}

/* Days since 1970 of a date in the Gregorian calendar; the year begins in March here, so that leap days end it. */
static u32 __init days_from_date(u32 year, u32 month, u32 day)
{
	if (month <= 2) {
		year--;
		month += 12;
	}
	return year * 365 + year / 4 - year / 100 + year / 400 + (153 * month - 457) / 5 + day - 719469;
}

/* => the clock does not change while we read: not within its update, and twice the same second */
static u64 __init read_rtc(void)
{
	u32 sec, min, hour, day, month, year;
	bool binary = cmos_read(0x0b) & 4;

	do {
		while (cmos_read(0x0a) & 0x80)
			cpu_relax();
		sec = cmos_number(0, binary);
		min = cmos_number(2, binary);
		hour = cmos_number(4, binary);
		day = cmos_number(7, binary);
		month = cmos_number(8, binary);
		year = cmos_number(9, binary);
	} while (sec != cmos_number(0, binary));
	year += year < 70 ? 2000 : 1900;
	return ((days_from_date(year, month, day) * 24ULL + hour) * 60 + min) * 60 + sec;
}

u64 arch_rtc_seconds(void)
{
	return rtc_seconds;
}

void __init arch_time_init(void)
{
	tsc_at_boot = get_cycles();
	calibrate();
	rtc_seconds = read_rtc();
	lapic_timer_init();
}
