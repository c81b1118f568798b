/*
 * mprotect.c: changing what may be done with mapped memory.
 *
 * Owns:   nothing of its own.
 * Locks:  mmap_sem for write; each table's lock while its entries change.
 * Read next: mmap.c:vma_isolate, memory.c:do_wp_page (a page that becomes writable is made so by its next write).
 */
#include "mm/mm.h"
#include "mm/internal.h"
#include "kernel/arch.h"
#include "kernel/syscalls.h"
#include "kernel/uapi/mman.h"

#define PROT_RIGHTS	(VM_READ | VM_WRITE | VM_EXEC)

/* @dirty_ok: entries that are dirty already need not tell the file again. True: something changed. */
static bool change_pte_range(struct mm_struct *mm, pmd_t *pmd, unsigned long addr, unsigned long end, pgprot_t prot, bool dirty_ok)
{
	bool changed = false;
	spinlock_t *ptl;
	pte_t *map, *pte;

	map = pte = pte_offset_map_lock(mm, pmd, addr, &ptl);
	for (; addr != end; addr += PAGE_SIZE, pte++) {
		pte_t entry;

		if (!pte_present(*pte))
			continue;
		entry = pte_modify(ptep_get_and_clear(mm, addr, pte), prot);
		if (dirty_ok && pte_dirty(entry))
			entry = pte_mkwrite(entry);
		set_pte_at(mm, addr, pte, entry);
		changed = true;
	}
	pte_unmap_unlock(map, ptl);
	return changed;
}

/* Give the entries of [@start, @end) @vma's new protection, and flush. */
static void change_protection(struct vm_area_struct *vma, unsigned long start, unsigned long end, bool dirty_ok)
{
	struct mm_struct *mm = vma->vm_mm;
	unsigned long addr, next;
	bool changed = false;

	for (addr = start; addr != end; addr = next) {
		pgd_t *pgd = pgd_offset(mm, addr);
		pmd_t *pmd;

		next = pgd_addr_end(addr, end);
		if (pgd_none(*pgd))
			continue;
		pmd = pmd_offset(pgd, addr);
		next = pmd_addr_end(addr, end);
		if (!pmd_none(*pmd))
			changed |= change_pte_range(mm, pmd, addr, next, vma->vm_page_prot, dirty_ok);
	}
	if (changed || atomic_read(&mm->gathers))	/* truncation may have emptied an entry here, and not flushed it yet */
		flush_tlb_range(mm, start, end);
}

/*
 * [@start, @end) of @vma gets @newflags. *@prev in: the last area that starts below @start, which may be @vma; out: the one
 * that holds it.
 * => mmap_sem held for write. 0 or -ENOMEM
 */
static int mprotect_fixup(struct vm_area_struct *vma, struct vm_area_struct **prev, unsigned long start, unsigned long end,
			  unsigned long newflags)
{
	struct mm_struct *mm = vma->vm_mm;
	unsigned long oldflags = vma->vm_flags;
	long pages = (long)((end - start) >> PAGE_SHIFT), charged = 0;
	int error;

	if (newflags == oldflags) {
		*prev = vma;
		return 0;
	}
	if (!may_expand_vm(mm, newflags, (unsigned long)pages) && may_expand_vm(mm, oldflags, (unsigned long)pages))
		return -ENOMEM;			/* RLIMIT_DATA: writable private memory counts */
	if ((newflags & VM_WRITE) && !(oldflags & (VM_ACCOUNT | VM_WRITE | VM_SHARED | VM_NORESERVE))) {
		charged = pages;
		if (vm_enough_memory(charged, capable_root()))
			return -ENOMEM;
		newflags |= VM_ACCOUNT;
	}
	error = vma_isolate(&vma, prev, start, end, newflags);
	if (error) {
		vm_unacct_memory(charged);
		return error;
	}
	vma->vm_flags = newflags;
	vma_set_page_prot(vma);
	change_protection(vma, start, end, vma_wants_writenotify(vma));
	vm_stat_account(mm, oldflags, vma->vm_file, -pages);
	vm_stat_account(mm, newflags, vma->vm_file, pages);
	return 0;
}

/* The area where @start lies, for @grows from its very beginning: *@start moves there. NULL and *@error if not so. */
static struct vm_area_struct *first_area(struct mm_struct *mm, unsigned long *start, unsigned long end, unsigned long grows,
					 struct vm_area_struct **prev, int *error)
{
	struct vm_area_struct *vma = find_vma_prev(mm, *start, prev);

	*error = -ENOMEM;
	if (!vma || (grows & PROT_GROWSDOWN ? vma->vm_start >= end : vma->vm_start > *start))
		return NULL;
	if (grows) {
		*error = -EINVAL;
		if ((grows & PROT_GROWSUP) || !(vma->vm_flags & VM_GROWSDOWN))
			return NULL;		/* nothing grows up here */
		*start = vma->vm_start;
	}
	if (*start > vma->vm_start)
		*prev = vma;
	return vma;
}

static int do_mprotect(struct mm_struct *mm, unsigned long start, unsigned long end, unsigned long rights, unsigned long grows)
{
	struct vm_area_struct *vma, *prev;
	int error;

	vma = first_area(mm, &start, end, grows, &prev, &error);
	if (!vma)
		return error;
	for (;;) {
		unsigned long newflags = rights | (vma->vm_flags & ~PROT_RIGHTS);

		if (rights & ~(newflags >> 4))		/* VM_MAY* stand four bits up */
			return -EACCES;
		error = mprotect_fixup(vma, &prev, start, min(vma->vm_end, end), newflags);
		if (error)
			return error;
		start = prev->vm_end;
		if (start >= end)
			return 0;
		vma = prev->vm_next;
		if (!vma || vma->vm_start != start)
			return -ENOMEM;
	}
}

long sys_mprotect(unsigned long start, size_t len, unsigned long prot)
{
	unsigned long grows = prot & (PROT_GROWSDOWN | PROT_GROWSUP), end, rights;
	struct mm_struct *mm = current->mm;
	int error;

	prot &= ~grows;
	if (grows == (PROT_GROWSDOWN | PROT_GROWSUP) || (start & ~PAGE_MASK))
		return -EINVAL;
	if (!len)
		return 0;
	end = start + PAGE_ALIGN(len);
	if (end <= start)
		return -ENOMEM;
	if (prot & ~(unsigned long)(PROT_READ | PROT_WRITE | PROT_EXEC | PROT_SEM))
		return -EINVAL;
	rights = (prot & PROT_READ ? VM_READ : 0) | (prot & PROT_WRITE ? VM_WRITE : 0) | (prot & PROT_EXEC ? VM_EXEC : 0);
	down_write(&mm->mmap_sem);
	error = do_mprotect(mm, start, end, rights, grows);
	up_write(&mm->mmap_sem);
	return error;
}
