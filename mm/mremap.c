/*
 * mremap.c: growing, shrinking and moving mappings, by moving page-table entries, never data.
 *
 * Owns:   nothing of its own.
 * Locks:  mmap_sem for write; i_mmap_lock of a file while its entries move, so that truncation sees each of them in the
 *         old place or the new one; both tables' locks, the old one first.
 * Read next: mmap.c:copy_vma.
 */
#include "mm/mm.h"
#include "mm/internal.h"
#include "mm/pagemap.h"
#include "kernel/arch.h"
#include "kernel/syscalls.h"
#include "kernel/uapi/mman.h"

static pmd_t *existing_pmd(struct mm_struct *mm, unsigned long addr)
{
	pgd_t *pgd = pgd_offset(mm, addr);
	pmd_t *pmd;

	if (pgd_none(*pgd))
		return NULL;
	pmd = pmd_offset(pgd, addr);
	return pmd_none(*pmd) ? NULL : pmd;
}

/*
 * Move the entries of [@old, @old_end), which lie in one table, as those from @new on do.
 * => the flush comes before the locks are dropped: nobody may free a page that an old translation still reaches
 */
static void move_ptes(struct vm_area_struct *vma, pmd_t *old_pmd, unsigned long old, unsigned long old_end, pmd_t *new_pmd, unsigned long new)
{
	struct address_space *mapping = vma->vm_file ? vma->vm_file->f_mapping : NULL;
	struct mm_struct *mm = vma->vm_mm;
	unsigned long start = old;
	spinlock_t *old_ptl, *new_ptl;
	pte_t *old_pte, *new_pte, *old_map, *new_map;
	bool moved = false;

	if (mapping)
		spin_lock(&mapping->i_mmap_lock);
	old_map = old_pte = pte_offset_map_lock(mm, old_pmd, old, &old_ptl);
	new_map = new_pte = pte_offset_map_nested(new_pmd, new);
	new_ptl = pte_lockptr(mm, new_pmd);
	if (new_ptl != old_ptl)
		spin_lock_nested(new_ptl);
	for (; old < old_end; old += PAGE_SIZE, new += PAGE_SIZE, old_pte++, new_pte++) {
		if (pte_none(*old_pte))
			continue;
		set_pte_at(mm, new, new_pte, ptep_get_and_clear(mm, old, old_pte));
		moved = true;
	}
	if (moved)
		flush_tlb_range(mm, start, old_end);
	if (new_ptl != old_ptl)
		spin_unlock(new_ptl);
	pte_unmap_nested(new_map);
	pte_unmap_unlock(old_map, old_ptl);
	if (mapping)
		spin_unlock(&mapping->i_mmap_lock);
}

/* Move the entries of [@old, +@len) to @new on. How many bytes were done: all, or up to where a table could not be had. */
static unsigned long move_page_tables(struct vm_area_struct *vma, unsigned long old, unsigned long new, unsigned long len)
{
	unsigned long start = old, end = old + len, next;
	struct mm_struct *mm = vma->vm_mm;

	for (; old < end; new += next - old, old = next) {
		unsigned long new_end = (new + PMD_SIZE) & PMD_MASK;
		pmd_t *old_pmd = existing_pmd(mm, old), *new_pmd;

		cond_resched();
		next = pmd_addr_end(old, end);
		if (!old_pmd)
			continue;
		if (next - old > new_end - new)
			next = old + (new_end - new);
		new_pmd = pmd_alloc(mm, pgd_offset(mm, new), new);
		if (!new_pmd || (!pmd_present(*new_pmd) && __pte_alloc(mm, new_pmd, new)))
			break;
		move_ptes(vma, old_pmd, old, next, new_pmd, new);
	}
	return old - start;
}

/* The pages of [@start, +@len) have moved away: it stays as a mapping, but is not locked any more. */
static void leave_behind(struct mm_struct *mm, unsigned long start, unsigned long len)
{
	struct vm_area_struct *vma, *prev;

	vma = find_vma_prev(mm, start, &prev);
	if (!(vma->vm_flags & VM_LOCKED))
		return;
	if (start > vma->vm_start)
		prev = vma;
	/* without memory for a cut it stays locked, which keeps the next pages that come there */
	if (!vma_isolate(&vma, &prev, start, start + len, vma->vm_flags & ~(VM_LOCKED | VM_LOCKONFAULT))) {
		vma->vm_flags &= ~(VM_LOCKED | VM_LOCKONFAULT);
		mm->locked_vm -= len >> PAGE_SHIFT;
	}
}

/*
 * Move [@old, +@old_len) of @vma to [@new, +@new_len); with @stay the old place remains, empty. @new or -ENOMEM.
 * => @charge was accounted for it
 */
static unsigned long move_vma(struct vm_area_struct *vma, unsigned long old, unsigned long old_len, unsigned long new_len,
			      unsigned long new, long charge, bool stay)
{
	struct mm_struct *mm = vma->vm_mm;
	unsigned long vm_flags = vma->vm_flags, moved, result = new;
	struct vm_area_struct *new_vma = NULL;
	struct file *file = vma->vm_file;

	if (mm->map_count < sysctl_max_map_count - 3)	/* what the cuts below may add */
		new_vma = copy_vma(&vma, new, new_len, vma->vm_pgoff + ((old - vma->vm_start) >> PAGE_SHIFT));
	if (!new_vma) {
		vm_unacct_memory(charge);
		return (unsigned long)-ENOMEM;
	}
	moved = move_page_tables(vma, old, new, old_len);
	vm_stat_account(mm, vm_flags, file, (long)(new_len >> PAGE_SHIFT));
	if (vm_flags & VM_LOCKED)
		mm->locked_vm += new_len >> PAGE_SHIFT;
	if (moved == old_len && stay) {
		leave_behind(mm, old, old_len);
		return new;
	}
	if ((vm_flags & VM_ACCOUNT) && !stay)
		vm_acct_memory((long)(old_len >> PAGE_SHIFT));	/* unmapping the loser takes it back */
	if (moved < old_len) {
		move_page_tables(new_vma, new, old, moved);	/* cannot fail: the tables are there */
		old = new;
		old_len = new_len;
		result = (unsigned long)-ENOMEM;
	}
	do_munmap(mm, old, old_len);		/* if memory fails here both stay, and both are accounted */
	return result;
}

/* May [@addr, +@old_len) become @new_len long, or be there twice (@stay)? The area, and *@charge accounted; ERR_PTR. */
static struct vm_area_struct *vma_to_resize(struct mm_struct *mm, unsigned long addr, unsigned long old_len, unsigned long new_len,
					    bool stay, long *charge)
{
	struct vm_area_struct *vma = find_vma(mm, addr);
	unsigned long grow = stay ? new_len : new_len - old_len;
	pgoff_t pgoff;

	if (!vma || vma->vm_start > addr || old_len > vma->vm_end - addr)
		return ERR_PTR(-EFAULT);
	if (!old_len && !(vma->vm_flags & (VM_SHARED | VM_MAYSHARE)))
		return ERR_PTR(-EINVAL);	/* only what is shared can be had twice */
	if (stay && (vma->vm_flags & (VM_DONTEXPAND | VM_PFNMAP)))
		return ERR_PTR(-EINVAL);
	if (new_len <= old_len && !stay)
		return vma;
	pgoff = vma->vm_pgoff + ((addr - vma->vm_start) >> PAGE_SHIFT);
	if (pgoff + (new_len >> PAGE_SHIFT) < pgoff)
		return ERR_PTR(-EINVAL);
	if (vma->vm_flags & (VM_DONTEXPAND | VM_PFNMAP))
		return ERR_PTR(-EFAULT);
	if (!stay && mlock_future_check(mm, vma->vm_flags, grow))
		return ERR_PTR(-EAGAIN);	/* what stays is locked no more */
	if (!may_expand_vm(mm, vma->vm_flags, grow >> PAGE_SHIFT))
		return ERR_PTR(-ENOMEM);
	if (vma->vm_flags & VM_ACCOUNT) {
		if (vm_enough_memory((long)(grow >> PAGE_SHIFT), capable_root()))
			return ERR_PTR(-ENOMEM);
		*charge = (long)(grow >> PAGE_SHIFT);
	}
	return vma;
}

/* Grow @vma at its end, if there is room. => accounted by vma_to_resize */
static bool grow_in_place(struct vm_area_struct *vma, unsigned long addr, unsigned long old_len, unsigned long new_len)
{
	unsigned long end = addr + new_len, grow = new_len - old_len;
	struct vm_area_struct *next = vma->vm_next;
	struct mm_struct *mm = vma->vm_mm;

	if (vma->vm_end != addr + old_len || end < addr || end > mm->task_size || (next && (next->vm_start < end || next->hole < grow)))
		return false;
	if (!vma_merge(mm, vma, vma->vm_end, end, vma->vm_flags, vma->anon_vma, vma->vm_file, vma->vm_pgoff + vma_pages(vma),
		       vma->vm_policy))
		vma_adjust(vma, vma->vm_start, end, vma->vm_pgoff, NULL);
	vm_stat_account(mm, vma->vm_flags, vma->vm_file, (long)(grow >> PAGE_SHIFT));
	if (vma->vm_flags & VM_LOCKED)
		mm->locked_vm += grow >> PAGE_SHIFT;
	return true;
}

static bool target_is_bad(unsigned long addr, unsigned long old_len, unsigned long new_len, unsigned long new_addr)
{
	return (new_addr & ~PAGE_MASK) || new_len > TASK_SIZE || new_addr > TASK_SIZE - new_len ||
	       (addr + old_len > new_addr && new_addr + new_len > addr);
}

/* => mmap_sem held for write; lengths are whole pages. *@grown: bytes behind @old_len that a locked area must fetch */
static unsigned long do_mremap(struct mm_struct *mm, unsigned long addr, unsigned long old_len, unsigned long new_len,
			       unsigned long flags, unsigned long new_addr, unsigned long *grown)
{
	struct vm_area_struct *vma = find_vma(mm, addr);
	unsigned long map_flags = flags & MREMAP_FIXED ? MAP_FIXED : 0;
	bool stay = flags & MREMAP_DONTUNMAP;
	long charge = 0;
	int error;

	if (!vma || vma->vm_start > addr)
		return (unsigned long)-EFAULT;
	if (flags & MREMAP_FIXED) {
		if (mm->map_count + 2 >= sysctl_max_map_count - 3)
			return (unsigned long)-ENOMEM;
		error = do_munmap(mm, new_addr, new_len);
		if (error)
			return (unsigned long)error;
	}
	if (old_len > new_len) {
		error = do_munmap(mm, addr + new_len, old_len - new_len);
		if (error)
			return (unsigned long)error;
		old_len = new_len;
	}
	if (old_len == new_len && !(flags & (MREMAP_FIXED | MREMAP_DONTUNMAP)))
		return addr;
	vma = vma_to_resize(mm, addr, old_len, new_len, stay, &charge);
	if (IS_ERR(vma))
		return (unsigned long)PTR_ERR(vma);
	if (vma->vm_flags & VM_LOCKED)
		*grown = new_len - old_len;
	if (!(flags & (MREMAP_FIXED | MREMAP_DONTUNMAP)) && grow_in_place(vma, addr, old_len, new_len))
		return addr;
	if (vma->vm_flags & VM_MAYSHARE)
		map_flags |= MAP_SHARED;
	new_addr = !(flags & MREMAP_MAYMOVE) ? (unsigned long)-ENOMEM :
		   get_unmapped_area(vma->vm_file, flags & (MREMAP_FIXED | MREMAP_DONTUNMAP) ? new_addr : 0, new_len,
				     vma->vm_pgoff + ((addr - vma->vm_start) >> PAGE_SHIFT), map_flags);
	if (new_addr & ~PAGE_MASK) {
		vm_unacct_memory(charge);
		return new_addr;
	}
	return move_vma(vma, addr, old_len, new_len, new_addr, charge, stay);
}

long sys_mremap(unsigned long addr, unsigned long old_len, unsigned long new_len, unsigned long flags, unsigned long new_addr)
{
	struct mm_struct *mm = current->mm;
	unsigned long ret, grown = 0;

	if ((flags & ~(unsigned long)(MREMAP_FIXED | MREMAP_MAYMOVE | MREMAP_DONTUNMAP)) || (addr & ~PAGE_MASK))
		return -EINVAL;
	if ((flags & (MREMAP_FIXED | MREMAP_DONTUNMAP)) && !(flags & MREMAP_MAYMOVE))
		return -EINVAL;
	old_len = PAGE_ALIGN(old_len);
	new_len = PAGE_ALIGN(new_len);
	if ((flags & MREMAP_DONTUNMAP) && old_len != new_len)
		return -EINVAL;
	if (!new_len || ((flags & (MREMAP_FIXED | MREMAP_DONTUNMAP)) && target_is_bad(addr, old_len, new_len, new_addr)))
		return -EINVAL;
	down_write(&mm->mmap_sem);
	ret = do_mremap(mm, addr, old_len, new_len, flags, new_addr, &grown);
	up_write(&mm->mmap_sem);
	if (grown && !IS_ERR((void *)ret))
		mm_populate(ret + old_len, grown);
	return (long)ret;
}
