/*
 * mlock.c: memory that stays: fetched now, never unmapped by reclaim.
 *
 * Owns:   VM_LOCKED and VM_LOCKONFAULT of areas, mm->locked_vm, and the lock bits of mm->def_flags.
 * Locks:  mmap_sem for write to mark areas, for read to fetch their pages.
 * Read next: rmap.c:try_to_unmap_one, which says no to a locked area.
 *
 * Locks do not nest: one munlock undoes any number of mlocks. fork and exec do not hand them on.
 */
#include "mm/mm.h"
#include "mm/swap.h"
#include "kernel/syscalls.h"
#include "kernel/uapi/mman.h"

#define LOCK_FLAGS	(VM_LOCKED | VM_LOCKONFAULT)

static bool can_do_mlock(void)
{
	return capable_root() || rlimit(RLIMIT_MEMLOCK);
}

/* [@start, @end) of @vma gets the lock bits @lock. => mmap_sem held for write. 0 or -ENOMEM */
static int mlock_fixup(struct vm_area_struct *vma, struct vm_area_struct **prev, unsigned long start, unsigned long end, unsigned long lock)
{
	unsigned long newflags = (vma->vm_flags & ~LOCK_FLAGS) | lock, pages = (end - start) >> PAGE_SHIFT;
	struct mm_struct *mm = vma->vm_mm;
	int error;

	if (newflags == vma->vm_flags || (vma->vm_flags & (VM_IO | VM_PFNMAP))) {
		*prev = vma;
		return 0;
	}
	if ((vma->vm_flags ^ newflags) & VM_LOCKED)
		pages = newflags & VM_LOCKED ? pages : -pages;
	else
		pages = 0;
	error = vma_isolate(&vma, prev, start, end, newflags);
	if (!error) {
		vma->vm_flags = newflags;
		mm->locked_vm += pages;
	}
	return error;
}

/* The same for all areas of [@start, @end). 0, or -ENOMEM at the first hole. */
static int lock_range(struct mm_struct *mm, unsigned long start, unsigned long end, unsigned long lock)
{
	struct vm_area_struct *vma, *prev;
	int error;

	vma = find_vma_prev(mm, start, &prev);
	if (!vma || vma->vm_start > start)
		return -ENOMEM;
	if (start > vma->vm_start)
		prev = vma;
	for (;;) {
		unsigned long stop = min(vma->vm_end, end);

		error = mlock_fixup(vma, &prev, start, stop, lock);
		if (error)
			return error;
		start = max(prev->vm_end, stop);	/* @vma may have become part of prev, and be gone */
		if (start >= end)
			return 0;
		vma = prev->vm_next;
		if (!vma || vma->vm_start != start)
			return -ENOMEM;
	}
}

/* Pages of the range that are locked already: they count once. */
static unsigned long locked_pages(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	struct vm_area_struct *vma;
	unsigned long n = 0;

	for (vma = find_vma(mm, start); vma && vma->vm_start < end; vma = vma->vm_next)
		if (vma->vm_flags & VM_LOCKED)
			n += (min(vma->vm_end, end) - max(vma->vm_start, start)) >> PAGE_SHIFT;
	return n;
}

/* Fetch the locked range. 0, -ENOMEM: there are pages that cannot be had at all; -EAGAIN: no memory. */
static int fetch_range(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	struct vm_area_struct *vma;
	int error = 0;

	down_read(&mm->mmap_sem);
	for (vma = find_vma(mm, start); vma && vma->vm_start < end && !error; vma = vma->vm_next)
		if ((vma->vm_flags & LOCK_FLAGS) == VM_LOCKED && !(vma->vm_flags & (VM_IO | VM_PFNMAP)))
			error = make_pages_present(max(start, vma->vm_start), min(end, vma->vm_end));
	up_read(&mm->mmap_sem);
	return error == -ENOMEM ? -EAGAIN : error == -EFAULT || error == -1 ? -ENOMEM : error;
}

static long do_mlock(unsigned long start, size_t len, unsigned long lock)
{
	struct mm_struct *mm = current->mm;
	unsigned long end;
	int error = -ENOMEM;

	if (!can_do_mlock())
		return -EPERM;
	len = PAGE_ALIGN(len + (start & ~PAGE_MASK));
	start &= PAGE_MASK;
	end = start + len;
	if (end < start)
		return -EINVAL;
	if (end == start)
		return 0;
	down_write(&mm->mmap_sem);
	if (capable_root() || ((u64)(mm->locked_vm - locked_pages(mm, start, end)) << PAGE_SHIFT) + len <= rlimit(RLIMIT_MEMLOCK))
		error = lock_range(mm, start, end, lock);
	up_write(&mm->mmap_sem);
	return error ? error : fetch_range(mm, start, end);
}

long sys_mlock(unsigned long start, size_t len)
{
	return do_mlock(start, len, VM_LOCKED);
}

long sys_mlock2(unsigned long start, size_t len, int flags)
{
	if (flags & ~MLOCK_ONFAULT)
		return -EINVAL;
	return do_mlock(start, len, flags ? LOCK_FLAGS : VM_LOCKED);
}

long sys_munlock(unsigned long start, size_t len)
{
	struct mm_struct *mm = current->mm;
	unsigned long end;
	int error;

	len = PAGE_ALIGN(len + (start & ~PAGE_MASK));
	start &= PAGE_MASK;
	end = start + len;
	if (end < start)
		return -EINVAL;
	if (end == start)
		return 0;
	down_write(&mm->mmap_sem);
	error = lock_range(mm, start, end, 0);
	up_write(&mm->mmap_sem);
	return error;
}

/* All areas there are, if @current; those to come, by def_flags. Areas that cannot be cut out stay as they are. */
static void lock_all(struct mm_struct *mm, unsigned long lock, unsigned long def_lock, bool now)
{
	struct vm_area_struct *vma, *prev = NULL;

	mm->def_flags = (mm->def_flags & ~LOCK_FLAGS) | def_lock;
	for (vma = now ? mm->mmap : NULL; vma; vma = prev->vm_next)
		mlock_fixup(vma, &prev, vma->vm_start, vma->vm_end, lock);
}

long sys_mlockall(int flags)
{
	unsigned long lock = flags & MCL_ONFAULT ? LOCK_FLAGS : VM_LOCKED;
	struct mm_struct *mm = current->mm;
	int error = 0;

	if (!flags || (flags & ~(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT)) || flags == MCL_ONFAULT)
		return -EINVAL;
	if (!can_do_mlock())
		return -EPERM;
	down_write(&mm->mmap_sem);
	if ((flags & MCL_CURRENT) && !capable_root() && (u64)mm->total_vm << PAGE_SHIFT > rlimit(RLIMIT_MEMLOCK))
		error = -ENOMEM;
	else
		lock_all(mm, lock, flags & MCL_FUTURE ? lock : 0, flags & MCL_CURRENT);
	up_write(&mm->mmap_sem);
	if (!error && (flags & MCL_CURRENT))
		mm_populate(0, mm->task_size);
	return error;
}

long sys_munlockall(void)
{
	struct mm_struct *mm = current->mm;

	down_write(&mm->mmap_sem);
	lock_all(mm, 0, 0, true);
	up_write(&mm->mmap_sem);
	return 0;
}
