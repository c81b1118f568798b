/*
 * fault.c: what a page-fault exception says.
 * Read next: mm/fault.c (what to do about it), kernel/extable.c.
 */
#include "kernel/arch.h"
#include "kernel/sched.h"
#include "kernel/printk.h"
#include "mm/fault.h"
#include <asm/trap.h>
#include <asm/processor.h>

#define PF_PROT		0x01	/* else: not present */
#define PF_WRITE	0x02
#define PF_USER		0x04
#define PF_RSVD		0x08	/* a bit that must be 0 is set in a table */
#define PF_INSTR	0x10

/* => interrupts off, so that cr2 is still this fault's */
void trap_page_fault(struct pt_regs *regs)
{
	unsigned long addr = read_cr2(), error = regs->orig_eax;
	unsigned int access = error & PF_WRITE ? FAULT_WRITE : error & PF_INSTR ? FAULT_EXEC : FAULT_READ;

	current->thread.cr2 = addr;
	current->thread.trapno = regs->trapno;
	current->thread.error_code = error;
	if (unlikely(error & PF_RSVD))
		die("corrupted page table", regs);
	if (unlikely(!(error & PF_USER) && access == FAULT_EXEC))
		die(addr < PAGE_SIZE ? "jump through a NULL pointer" : addr < TASK_SIZE ? "the kernel executes user memory" :
		    "the kernel executes data", regs);
#ifdef CONFIG_DEBUG
	/* SMAP: a kernel access outside user_access_begin/end. */
	if (!(error & PF_USER) && (error & PF_PROT) && addr < TASK_SIZE && cpu_has_smap && !(regs->eflags & X86_EFLAGS_AC))
		die("stray access to user memory", regs);
#endif
	if (regs->eflags & X86_EFLAGS_IF)
		local_irq_enable();
	do_page_fault(regs, addr, access);
}
