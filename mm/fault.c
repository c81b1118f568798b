/*
 * fault.c: the portable half of a page fault: whose it is, and what comes of it.
 *
 * Owns:   nothing but the decision.
 * Locks:  takes mmap_sem for read around handle_mm_fault.
 * Read next: memory.c:handle_mm_fault.
 *
 *	user address ── task may sleep? ── area? (stack grows) ── allowed? ── handle_mm_fault ── repeat the access
 *	     │               │ no            │ no MAPERR           │ no ACCERR      │ SIGBUS, out of memory
 *	     ▼               ▼               ▼                     ▼                ▼
 *	from user mode: a signal.  From the kernel: the fixup of a user access, else the kernel dies.
 */
#include "mm/fault.h"
#include "mm/highmem.h"
#include "mm/mm.h"
#include "mm/vmalloc.h"
#include "kernel/arch.h"
#include "kernel/signal.h"

#define OOM_VICTIM_PAUSE	1	/* tick: lets the OOM killer's choice die */

void pagefault_disable(void)
{
	current->pagefault_disabled++;
	barrier();
}

void pagefault_enable(void)
{
	barrier();
	current->pagefault_disabled--;
	ASSERT(current->pagefault_disabled >= 0);
}

/* What lies at the kernel's address @addr, as far as anybody can tell. */
static void describe_address(unsigned long addr, char *buf, size_t size)
{
	struct vm_struct *area = is_vmalloc_addr((void *)addr) ? find_vm_area((void *)addr) : NULL;
	unsigned long start;

	if (addr < PAGE_SIZE) {
		snprintf(buf, size, "NULL pointer");
	} else if (area) {
		start = (unsigned long)area->addr;
		snprintf(buf, size, "%s of area %lx+%lx%s", addr < start || addr >= start + area->size - PAGE_SIZE ?
			 "guard page" : "inside", start, area->size, area->flags & VM_STACK_AREA ? ", a kernel stack" : "");
	} else if (!kmap_describe(addr, buf, size)) {
		snprintf(buf, size, "nothing is mapped there, or not for that");
	}
}

/* A kernel access that nobody expected to fail: name what it hit, and die. */
static void __noreturn kernel_fault(struct pt_regs *regs, unsigned long addr, unsigned int access)
{
	const char *what = access & FAULT_WRITE ? "write to" : access & FAULT_EXEC ? "jump to" : "read of";
	char where[128];

	describe_address(addr, where, sizeof(where));
	printk(KERN_EMERG "kernel %s %lx at pc %lx: %s\n", what, addr, instruction_pointer(regs), where);
	die("page fault", regs);
}

/* The access cannot be repaired. */
static void bad_access(struct pt_regs *regs, unsigned long addr, unsigned int access, int sig, int code)
{
	if (user_mode(regs))
		force_sig_fault(sig, code, (void __user *)addr);
	else if (!fixup_exception(regs))
		kernel_fault(regs, addr, access);
}

static bool access_allowed(const struct vm_area_struct *vma, unsigned int access)
{
	if (access & FAULT_WRITE)
		return vma->vm_flags & VM_WRITE;
	if (access & FAULT_EXEC)
		return vma->vm_flags & VM_EXEC;
	return vma->vm_flags & (VM_READ | VM_WRITE | VM_EXEC);	/* no machine here can write or run, but not read */
}

/*
 * The area for an access to @addr; NULL and *@code if there is none that allows it.
 * => mmap_sem held for read
 */
static struct vm_area_struct *area_for(struct mm_struct *mm, unsigned long addr, unsigned int access, int *code)
{
	struct vm_area_struct *vma = find_extend_vma(mm, addr);

	*code = SEGV_MAPERR;
	if (!vma)
		return NULL;
	*code = SEGV_ACCERR;
	return access_allowed(vma, access) ? vma : NULL;
}

/* No memory for a page. The OOM killer has done what it could: try again, or die if we were chosen. */
static void fault_out_of_memory(struct pt_regs *regs, unsigned long addr, unsigned int access)
{
	if (!user_mode(regs)) {
		bad_access(regs, addr, access, SIGBUS, BUS_ADRERR);
	} else if (fatal_signal_pending(current) || test_thread_flag(TIF_MEMDIE)) {
		return;			/* at the way out to user mode we are gone */
	} else if (current == child_reaper) {
		schedule_timeout_uninterruptible(OOM_VICTIM_PAUSE);
	} else {
		printk(KERN_ERR "VM: killing process %s\n", current->comm);
		force_sig(SIGKILL, current);
	}
}

/* See mm/fault.h. */
void do_page_fault(struct pt_regs *regs, unsigned long addr, unsigned int access)
{
	struct task_struct *tsk = current;
	struct mm_struct *mm = tsk->mm;
	struct vm_area_struct *vma;
	int fault, code = SEGV_MAPERR;

	if (unlikely(addr >= TASK_SIZE || !mm || tsk->pagefault_disabled)) {
		bad_access(regs, addr, access, SIGSEGV, SEGV_MAPERR);
		return;
	}
	if (unlikely(!user_mode(regs) && rwsem_is_locked(&mm->mmap_sem) && !has_fixup(regs)))
		kernel_fault(regs, addr, access);	/* the one who holds it may be ourselves */
	down_read(&mm->mmap_sem);
	vma = area_for(mm, addr, access, &code);
	if (unlikely(!vma)) {
		up_read(&mm->mmap_sem);
		bad_access(regs, addr, access, SIGSEGV, code);
		return;
	}
	fault = handle_mm_fault(mm, vma, addr, access & FAULT_WRITE ? 1 : 0);
	up_read(&mm->mmap_sem);

	switch (fault & ~VM_FAULT_WRITE) {
	case VM_FAULT_MINOR:
		tsk->min_flt++;
		break;
	case VM_FAULT_MAJOR:
		tsk->maj_flt++;
		break;
	case VM_FAULT_SIGBUS:
		bad_access(regs, addr, access, SIGBUS, BUS_ADRERR);
		break;
	default:
		fault_out_of_memory(regs, addr, access);
	}
}
