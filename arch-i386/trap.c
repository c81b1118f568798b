/*
 * trap.c: each CPU's descriptor tables, and what to do about exceptions.
 *
 * Owns:  the IDT, one GDT and TSS a CPU, trap_handlers[].
 * Locks: none; tables are written at boot, a GDT and TSS later by their own CPU only.
 * Read next: trap.S (how we get here), fault.c (page faults).
 *
 * A stack overflow faults on the guard page, and again when the CPU pushes that fault's frame: the double fault.
 * Its gate is a task gate, so that the handler has a stack of its own.
 */
#include "kernel/arch.h"
#include "kernel/sched.h"
#include "kernel/printk.h"
#include <asm/desc.h>
#include <asm/trap.h>
#include <asm/processor.h>

#define GATE_INTERRUPT	0x8e	/* interrupts off in the handler */
#define GATE_TRAP_USER	0xef	/* interrupts as they were; user mode may use int n */
#define GATE_INT_USER	0xee
#define GATE_TASK	0x85
#define TRAP_STUB_SIZE	16
#define DF_STACK_SIZE	4096

u64 cpu_gdt[NR_CPUS][GDT_ENTRIES] __aligned(64);
struct tss cpu_tss[NR_CPUS] __aligned(128);	/* never across a page: the CPU reads it by physical address */
static struct tss df_tss[NR_CPUS] __aligned(128);
static u8 df_stack[NR_CPUS][DF_STACK_SIZE] __aligned(16);
static u64 idt[256] __aligned(64);
struct cpu_local cpu_local[NR_CPUS] = { [0] = { .task = &init_task, .timer_deadline = ~0ULL } };

struct exception {
	const char *name;
	u8 sig, code;			/* sig 0: never the user's fault */
};

static const struct exception exceptions[NR_EXCEPTIONS] = {
	[0] = { "divide error", SIGFPE, FPE_INTDIV },
	[1] = { "debug", SIGTRAP, TRAP_TRACE },
	[2] = { "NMI", 0, 0 },
	[3] = { "breakpoint", SIGTRAP, 0 },
	[4] = { "overflow", SIGSEGV, 0 },
	[5] = { "bounds", SIGSEGV, 0 },
	[6] = { "invalid opcode", SIGILL, ILL_ILLOPN },
	[7] = { "no FPU", 0, 0 },
	[8] = { "double fault", 0, 0 },
	[10] = { "invalid TSS", SIGSEGV, 0 },
	[11] = { "segment not present", SIGBUS, 0 },
	[12] = { "stack segment", SIGBUS, 0 },
	[13] = { "general protection", SIGSEGV, 0 },
	[16] = { "floating point", SIGFPE, 0 },
	[17] = { "alignment check", SIGBUS, BUS_ADRALN },
	[18] = { "machine check", 0, 0 },
	[19] = { "SIMD floating point", SIGFPE, 0 },
};

static void send_fault(struct pt_regs *regs, int sig, int code, unsigned long addr)
{
	current->thread.trapno = regs->trapno;
	current->thread.error_code = regs->orig_eax;
	if (code)
		force_sig_fault(sig, code, (void __user *)addr);
	else
		force_sig(sig, current);
}

/* What an exception that is not a page fault means: a signal, a fixup, or the end. */
static void trap_exception(struct pt_regs *regs)
{
	const struct exception *e = &exceptions[regs->trapno];
	int code = e->code;

	if (!user_mode(regs)) {
		if (!fixup_exception(regs))
			die(e->name ? e->name : "unknown exception", regs);
		return;
	}
	local_irq_enable();
	if (!e->sig)
		die(e->name ? e->name : "unknown exception", regs);
	if (regs->trapno == 16 || regs->trapno == 19)
		code = fpu_fault_code(regs->trapno == 19);
	send_fault(regs, e->sig, code, regs->eip);
}

/* First use of the FPU since the task came to this CPU (or ever). */
static void trap_no_fpu(struct pt_regs *regs)
{
	if (!user_mode(regs))
		die("FPU used in the kernel", regs);
	fpu_load();
}

static void trap_unknown(struct pt_regs *regs)
{
	printk(KERN_WARNING "CPU%d: unexpected interrupt %ld\n", smp_processor_id(), regs->trapno);
}

void (*const trap_handlers[256])(struct pt_regs *regs) = {
	[0 ... 6] = trap_exception,
	[7] = trap_no_fpu,
	[8 ... 13] = trap_exception,
	[14] = trap_page_fault,
	[15 ... NR_EXCEPTIONS - 1] = trap_exception,
	[IRQ_VECTOR(0) ... IRQ_VECTOR(MAX_IRQ - 1)] = trap_irq,
	[SYSCALL_TRAP ... TIMER_VECTOR - 1] = trap_unknown,
	[TIMER_VECTOR] = trap_timer,
	[IPI_VECTOR] = trap_ipi,
	[IPI_VECTOR + 1 ... SPURIOUS_VECTOR - 1] = trap_unknown,
	[SPURIOUS_VECTOR] = trap_spurious,
};

/* The double fault's task: what the CPU was doing is in its TSS. */
static void __noreturn double_fault(void)
{
	const struct tss *t = &cpu_tss[smp_processor_id()];
	unsigned long low = (unsigned long)current->stack;
	struct pt_regs regs = {
		.ebx = t->ebx, .ecx = t->ecx, .edx = t->edx, .esi = t->esi, .edi = t->edi, .ebp = t->ebp, .eax = t->eax,
		.xds = t->ds, .xes = t->es, .xfs = t->fs, .trapno = 8, .eip = t->eip, .xcs = t->cs,
		.eflags = t->eflags, .esp = t->esp, .xss = t->ss,
	};

	if (t->esp < low + 64 && t->esp + PAGE_SIZE >= low)
		die("kernel stack overflow", &regs);
	die("double fault", &regs);
}

static void __init init_idt(void)
{
	for (int v = 0; v < 256; v++)
		idt[v] = make_gate(__KERNEL_CS, (u32)trap_stubs + v * TRAP_STUB_SIZE, GATE_INTERRUPT);
	idt[3] = make_gate(__KERNEL_CS, (u32)trap_stubs + 3 * TRAP_STUB_SIZE, GATE_INT_USER);
	idt[4] = make_gate(__KERNEL_CS, (u32)trap_stubs + 4 * TRAP_STUB_SIZE, GATE_INT_USER);
	idt[8] = make_gate(__DOUBLEFAULT_TSS, 0, GATE_TASK);
	idt[SYSCALL_TRAP] = make_gate(__KERNEL_CS, (u32)system_call, GATE_TRAP_USER);
}

static void init_tss(int cpu)
{
	cpu_tss[cpu] = (struct tss){ .ss0 = __KERNEL_DS, .io_bitmap_base = sizeof(struct tss) };
	df_tss[cpu] = (struct tss){
		.cr3 = (u32)__pa(swapper_pg_dir), .eip = (u32)double_fault, .eflags = 2,
		.esp = (u32)df_stack[cpu] + DF_STACK_SIZE - 4,
		.cs = __KERNEL_CS, .ss = __KERNEL_DS, .ds = __USER_DS, .es = __USER_DS, .fs = __KERNEL_PERCPU,
		.io_bitmap_base = sizeof(struct tss),
	};
}

/*
 * Tables of this CPU: from here on traps work, and so do smp_processor_id() and current.
 * => called by boot.S on a flat boot GDT, once a CPU; cpu_local[cpu].task is set
 */
void cpu_init(int cpu)
{
	u64 *gdt = cpu_gdt[cpu];
	struct desc_ptr gdtr = { sizeof(cpu_gdt[0]) - 1, (u32)gdt }, idtr = { sizeof(idt) - 1, (u32)idt };

	if (cpu == 0)
		init_idt();
	write_cr3(__pa(swapper_pg_dir));
	init_tss(cpu);
	cpu_local[cpu].cpu = cpu;
	gdt[__KERNEL_CS / 8] = make_desc(0, 0xfffff, 0x9b, 0xc);
	gdt[__KERNEL_DS / 8] = make_desc(0, 0xfffff, 0x93, 0xc);
	gdt[__USER_CS / 8] = make_desc(0, 0xfffff, 0xfb, 0xc);
	gdt[__USER_DS / 8] = make_desc(0, 0xfffff, 0xf3, 0xc);
	gdt[__KERNEL_PERCPU / 8] = make_desc((u32)&cpu_local[cpu], sizeof(cpu_local[0]) - 1, 0x93, 0x4);
	gdt[__TSS / 8] = make_desc((u32)&cpu_tss[cpu], sizeof(struct tss) - 1, 0x89, 0);
	gdt[__DOUBLEFAULT_TSS / 8] = make_desc((u32)&df_tss[cpu], sizeof(struct tss) - 1, 0x89, 0);

	/* No LDT: what the CPU begins with is one at address 0, where a program could write its own descriptors. */
	__asm__ __volatile__("lgdt %0; lidt %1; ltr %w2; lldt %w4; movl %3,%%fs"
			     : : "m"(gdtr), "m"(idtr), "r"(__TSS), "r"(__KERNEL_PERCPU), "r"(0) : "memory");
}

/* => this CPU's tables stand since cpu_init(); what is left is what the CPU offers on top */
void trap_init(void)
{
	unsigned long cr4 = read_cr4() | CR4_OSFXSR | CR4_OSXMMEXCPT;

	if (cpu_has_pge)
		cr4 |= CR4_PGE;
	if (cpu_has_smep)
		cr4 |= CR4_SMEP;
#ifdef CONFIG_DEBUG
	if (cpu_has_smap)
		cr4 |= CR4_SMAP;
#endif
	write_cr4(cr4);
	cpu_tss[smp_processor_id()].esp0 = (u32)current->stack + STACK_SIZE;
}

void show_regs(struct pt_regs *regs)
{
	bool esp_pushed = user_mode(regs) || regs->trapno == 8;	/* a double fault's are from the TSS */

	printk(KERN_EMERG "CPU%d %s[%d] trap %ld error %lx cr2 %08lx cr3 %08lx\n", smp_processor_id(), current->comm,
	       current->pid, regs->trapno, regs->orig_eax, read_cr2(), read_cr3());
	printk(KERN_EMERG "eip %04lx:%08lx eflags %08lx esp %04lx:%08lx\n", regs->xcs & 0xffff, regs->eip, regs->eflags,
	       esp_pushed ? regs->xss & 0xffff : __KERNEL_DS, esp_pushed ? regs->esp : (unsigned long)&regs->esp);
	printk(KERN_EMERG "eax %08lx ebx %08lx ecx %08lx edx %08lx\n", regs->eax, regs->ebx, regs->ecx, regs->edx);
	printk(KERN_EMERG "esi %08lx edi %08lx ebp %08lx ds %04lx es %04lx fs %04lx\n", regs->esi, regs->edi,
	       regs->ebp, regs->xds & 0xffff, regs->xes & 0xffff, regs->xfs & 0xffff);
}
