#ifndef KERNEL_ARCH_H
#define KERNEL_ARCH_H

/*
 * The contract between the core (kernel/ and mm/) and a machine (arch-i386/, arch-riscv/): every name that the
 * core may use of it, by group, with what must hold after each call. Nothing else crosses the line.
 * Types and inlines come from <asm/…>; functions are declared here.
 */
#include "kernel/types.h"
#include "kernel/bitops.h"
#include "kernel/uapi/signal.h"
#include <asm/ptrace.h>
#include <asm/page.h>
#include <asm/signal.h>
#include <asm/irqflags.h>
#include <asm/barrier.h>

struct task_struct;
struct mm_struct;
struct ksignal;
struct kstat;

/*
 * ---- Boot (setup.c, smp.c) ----------------------------------------------------------------
 * boot.S enters start_kernel() on init_task's stack, with the kernel mapped where it is linked.
 */
/*
 * Firmware facts into the core: add_active_range() for RAM, reserve_early() for what is in use, device_register()
 * for devices, cpu_possible_map; *cmdline_p gets the command line. Then max_low_pfn, arena_check(), setup_bootmem(),
 * the final kernel page tables (paging_init), and free_area_init_nodes() with the machine's zone limits.
 * => interrupts off; an early console works on return, if not before.
 */
void setup_arch(char **cmdline_p);
void trap_init(void);			/* traps of this CPU are taken care of */
void init_IRQ(void);			/* controllers up, all lines masked */
void arch_time_init(void);		/* clock running, this CPU's one-shot timer usable */
/* Start @cpu on @idle's stack; it calls secondary_start_kernel(). 0, or -errno if it did not come up. */
int __cpu_up(int cpu, struct task_struct *idle);
void early_console_write(const char *s, size_t n);	/* polled; any context */
int early_console_read(void);		/* the next byte that came in, -1: none; before a driver takes over */
/* Does not return. @code 0: an orderly end; else QEMU's exit status where the machine can tell it. */
void machine_power_off(int code) __noreturn;
void machine_restart(void) __noreturn;
/* The drivers of this machine, NULL-ended (kernel/drivers/drivers.h): terminals first. */
struct device_driver;
extern struct device_driver *const machine_drivers[];
void machine_devices(void);		/* device_register() what wants memory or time to find: PCI. => process context */
void free_initmem(void);		/* after boot: hands back the init sections, protects text and rodata */

/*
 * ---- CPU --------------------------------------------------------------------------------------
 * <asm/smp.h>: smp_processor_id(). <asm/processor.h>: cpu_relax(), STACK_SIZE, struct thread_struct, TASK_SIZE, STACK_TOP,
 * TASK_UNMAPPED_BASE. <asm/elf.h>: ELF_MACHINE, ELF_ET_DYN_BASE.
 * <asm/current.h>: current. <asm/irqflags.h>: local_irq_{disable,enable,save,restore}(), irqs_disabled().
 * <asm/barrier.h>: mb rmb wmb (devices), smp_mb smp_rmb smp_wmb. <asm/io.h>: read[bwlq]/write[bwlq], ioread8
 * iowrite8 (either kind of register), in[bwl]/out[bwl] where there are ports. <asm/sparsemem.h>: SECTION_SIZE_BITS, MAX_PHYSMEM_BITS.
 */
void cpu_do_idle(void);			/* wait for an interrupt. => called with interrupts off; returns with them on, no wake-up lost */
void arch_send_ipi(cpumask_t mask);	/* each CPU of @mask calls smp_ipi_interrupt() soon. => any context */
u64 arch_clock_ns(void);		/* ns since boot, monotonic, the same on all CPUs */
u64 get_cycles(void);			/* a fast counter, of no unit */
void arch_timer_program(u64 deadline_ns);	/* this CPU gets timer_interrupt() at or after it; ~0: none. => interrupts off */
u64 arch_rtc_seconds(void);		/* seconds since 1970 at boot */
void irq_unmask(int irq);
void irq_mask(int irq);
bool irq_valid(int irq);
/* smp_processor_id() says @cpu from now on, though nothing else changes. => an arena's only (kernel/arena.h) */
void arch_pretend_cpu(int cpu);
/* /proc/cpuinfo's text for @cpu. */
int arch_cpuinfo(char *buf, size_t size, int cpu);
extern const char arch_uts_machine[];	/* "riscv64", "i686" */
extern const char arch_platform[];	/* AT_PLATFORM, "" for none */
unsigned long arch_hwcap(void);

/*
 * ---- Tasks (process.c, switch.S, signal.c) --------------------------------------------------
 * <asm/ptrace.h>: struct pt_regs, user_mode(regs), instruction_pointer(regs), user_stack_pointer(regs), task_pt_regs(task).
 */
/* Save @prev, load @next; returns, later, the task that ran before us. => interrupts off, run queue locked */
struct task_struct *switch_to(struct task_struct *prev, struct task_struct *next);
/*
 * Make @p's first switch_to return to user mode with @regs' copy (child's result 0; stack @usp if not 0; TLS @tls if
 * CLONE_SETTLS), or, for fn != NULL, call fn(arg) as a kernel thread. Both go through schedule_tail() first.
 */
int copy_thread(unsigned long clone_flags, unsigned long usp, struct task_struct *p, struct pt_regs *regs,
		unsigned long tls, int (*fn)(void *), void *arg);
void start_thread(struct pt_regs *regs, unsigned long pc, unsigned long sp);	/* fresh registers for a new program */
void flush_thread(void);		/* exec: TLS and FPU as new */
void exit_thread(struct task_struct *p); /* frees what thread_struct owns */
void return_to_user(struct pt_regs *regs) __noreturn;	/* first program of init: leave through the trap exit path */
/* System calls, for restarting (kernel/signal.c). */
bool syscall_is_active(struct pt_regs *regs);		/* the trap was a system call (not yet marked as done) */
long syscall_result(struct pt_regs *regs);
void syscall_set_result(struct pt_regs *regs, long value);
void syscall_restart(struct pt_regs *regs);		/* run the same call again at return */
void syscall_restart_block(struct pt_regs *regs);	/* run restart_syscall at return */
void syscall_forget(struct pt_regs *regs);		/* a frame is built: never restart it twice */
/* Build the frame for ks->sig and point @regs at the handler. 0 or -EFAULT. */
int setup_rt_frame(struct ksignal *ks, const sigset_t *oldset, struct pt_regs *regs);
/* Maps the page with the return trampoline into a new program. 0 or -errno. => mmap_sem held for write */
int arch_setup_additional_pages(struct mm_struct *mm);
void show_regs(struct pt_regs *regs);
void show_backtrace(struct task_struct *t, struct pt_regs *regs);	/* frame pointers, symbolised; NULL regs: from here */
/*
 * Up to @max addresses within the calls that led to the function of @frame (its __builtin_frame_address(0)), the
 * innermost first; how many. => that function calls others; any context
 */
unsigned int save_stack_trace(const void *frame, unsigned long *pcs, unsigned int max);

/*
 * ---- User access (uaccess.S) -----------------------------------------------------------------
 * kernel/uaccess.h is what the core calls; it takes from <asm/uaccess.h> __{get,put}_user() and from uaccess.S the copies that it
 * declares: each touches user memory by instructions that stand in section __ex_table, as pairs of addresses: the instruction's, and
 * where to go on when it faults (extable.c).
 * <asm/futex.h>: futex_atomic_cmpxchg_inatomic(), with page faults disabled.
 */
bool has_fixup(const struct pt_regs *regs);
bool fixup_exception(struct pt_regs *regs);

/*
 * ---- Page tables (pgtable.c) ------------------------------------------------------------------
 * <asm/page.h>: PAGE_SHIFT PAGE_SIZE PAGE_MASK PAGE_OFFSET PAGE_ALIGN __pa __va, pte_t pmd_t pgd_t pgprot_t __pte, clear_page copy_page.
 * <asm/pgtable.h>: three levels, of which a machine may fold the middle one. Kernel mappings are the same in every pgd.
 *   layout   {PGDIR,PMD}_{SHIFT,SIZE,MASK}, PTRS_PER_{PGD,PMD,PTE}, FIRST_USER_ADDRESS, VMALLOC_{START,END}
 *   walk     pgd_offset pgd_offset_k pmd_offset pte_offset_kernel, of which mm/pgtable.h makes the rest; {pgd,pmd}_{none,present,clear},
 *            pmd_page
 *   tables   pmd_alloc_one pmd_free; {pgd,pmd}_populate pmd_populate_kernel link them
 *   entries  pte_{none,present,user,write,dirty,young,same,page,pfn}; pte_mk{write,dirty,clean,young,old} pte_wrprotect
 *            pte_modify make another; mk_pte pfn_pte; set_pte set_pte_at pte_clear store one
 *   atomic against the CPU, which sets young and dirty: ptep_get_and_clear ptep_set_wrprotect ptep_set_access_flags
 *            ptep_test_and_clear_{young,dirty}
 *   rights   PAGE_NONE, PAGE_{READONLY,COPY,SHARED}[_EXEC], PAGE_KERNEL[_NOCACHE]: COPY may not be written either, until it is copied
 *   swap     __swp_{type,offset,entry,entry_to_pte} __pte_to_swp_entry
 * <asm/highmem.h>: kmap_atomic kunmap_atomic kmap_atomic_slot, a page for this CPU, without sleeping; where high memory is: PKMAP_{ADDR,NR,BASE}
 * LAST_PKMAP LAST_PKMAP_MASK.
 */
pgd_t *pgd_alloc(struct mm_struct *mm);		/* with the kernel's mappings; NULL without memory */
void pgd_free(pgd_t *pgd);
extern pgd_t swapper_pg_dir[];

/*
 * ---- TLB (tlb.c) ---------------------------------------------------------------------------------
 * After each of these returns, no CPU uses an older translation of the range.
 * => interrupts on, no irq-safe lock held (i386 reaches the other CPUs by interrupt).
 * => a change that only adds a permission needs no flush: the fault is repeated.
 */
void flush_tlb_page(struct mm_struct *mm, unsigned long addr);
void flush_tlb_range(struct mm_struct *mm, unsigned long start, unsigned long end);
void flush_tlb_mm(struct mm_struct *mm);
void flush_tlb_kernel_range(unsigned long start, unsigned long end);
void local_flush_tlb_page(unsigned long addr);	/* this CPU, kernel or current user address */
/* Make @next's page tables current on this CPU; keeps both cpu_vm_masks right. => interrupts off */
void switch_mm(struct mm_struct *prev, struct mm_struct *next, struct task_struct *tsk);
/* This CPU stops using @mm's user translations (its idle or a kernel thread borrowed them). => interrupts off */
void leave_mm(struct mm_struct *mm);
/* After code was written through the kernel's mapping. */
void flush_icache_range(unsigned long start, unsigned long end);

/*
 * ---- Faults -----------------------------------------------------------------------------------------
 * The arch decodes and calls do_page_fault(regs, addr, access) of mm/fault.c, interrupts on if they were on before.
 */

/* ---- ABI: this ISA's structures (signal.c, syscall_table.c) ---- */
int cp_new_stat(const struct kstat *st, void __user *buf);	/* struct stat of newfstatat / stat64 */
int cp_old_stat(const struct kstat *st, void __user *buf);	/* the narrow one of i386's first calls, or -EOVERFLOW */
extern long (*const sys_call_table[])(void);
extern const unsigned int nr_syscalls;

#endif
