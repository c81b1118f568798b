/*
 * fault.c: page faults, as Sv39 reports them, for mm/fault.c.
 *
 * Here stay the faults that no vma can repair: the kernel executes a user page, touches user memory outside
 * asm/uaccess.h (seen with DEBUG=1), or has kept an old translation of its own map. Read next: mm/fault.c, kernel/extable.c.
 */
#include "kernel/arch.h"
#include "mm/fault.h"
#include "mm/mm.h"
#include <asm/tlbflush.h>
#include <asm/trap.h>

static unsigned int access_of(unsigned long cause)
{
	if (cause == EXC_INSN_PAGE_FAULT)
		return FAULT_EXEC;
	return cause == EXC_STORE_PAGE_FAULT ? FAULT_WRITE : FAULT_READ;
}

/* The kernel's own map allows this access after all: an entry was added, and this hart still remembered that there was none. */
static bool stale_kernel_translation(unsigned long addr, unsigned int access)
{
	pgd_t *pgd = pgd_offset_k(addr);
	unsigned long entry;
	pmd_t *pmd;

	if (addr < PAGE_OFFSET || !pgd_present(*pgd))
		return false;
	entry = pgd_val(*pgd);
	if (!pgd_leaf(*pgd)) {
		pmd = pmd_offset(pgd, addr);
		entry = pmd_val(*pmd);
		if (pmd_present(*pmd) && !pmd_leaf(*pmd))
			entry = pte_val(*pte_offset_kernel(pmd, addr));
	}
	if (!(entry & _PAGE_PRESENT))
		return false;
	return entry & (access == FAULT_EXEC ? _PAGE_EXEC : access == FAULT_WRITE ? _PAGE_WRITE : _PAGE_READ);
}

/* See asm/trap.h. */
void handle_page_fault(struct pt_regs *regs)
{
	unsigned long addr = regs->badaddr;
	unsigned int access = access_of(regs->cause);

	if (!user_mode(regs)) {
		if (stale_kernel_translation(addr, access)) {
			local_flush_tlb_page(addr);
			return;
		}
		if (addr < TASK_SIZE && access == FAULT_EXEC)
			die(addr < PAGE_SIZE ? "jump through a NULL pointer" : "the kernel executes user memory", regs);
		if (addr < TASK_SIZE && !(regs->status & SR_SUM))
			die(addr < PAGE_SIZE ? "NULL pointer" : "user memory touched outside a user access", regs);
	}
	if (regs->status & SR_SPIE)
		local_irq_enable();
	do_page_fault(regs, addr, access);
}
