/*
 * madvise.c: advice about ranges of memory.
 *
 * Owns:   the flags VM_SEQ_READ, VM_RAND_READ, VM_DONTCOPY, VM_WIPEONFORK of areas.
 * Locks:  mmap_sem, for write where flags change, else for read.
 * Read next: memory.c:zap_page_range, readahead.c.
 */
#include "mm/mm.h"
#include "mm/pagemap.h"
#include "kernel/fs/fs.h"
#include "kernel/syscalls.h"
#include "kernel/uapi/mman.h"

/* Advice that is remembered in the area's flags. 0, -EINVAL, -EAGAIN. */
static int advise_behavior(struct vm_area_struct *vma, struct vm_area_struct **prev, unsigned long start, unsigned long end, int advice)
{
	unsigned long flags = vma->vm_flags;

	switch (advice) {
	case MADV_NORMAL:
		flags &= ~(VM_SEQ_READ | VM_RAND_READ);
		break;
	case MADV_SEQUENTIAL:
		flags = (flags & ~VM_RAND_READ) | VM_SEQ_READ;
		break;
	case MADV_RANDOM:
		flags = (flags & ~VM_SEQ_READ) | VM_RAND_READ;
		break;
	case MADV_DONTFORK:
		flags |= VM_DONTCOPY;
		break;
	case MADV_DOFORK:
		if (flags & VM_IO)
			return -EINVAL;
		flags &= ~VM_DONTCOPY;
		break;
	case MADV_WIPEONFORK:
		if (vma->vm_file || (flags & VM_SHARED))
			return -EINVAL;
		flags |= VM_WIPEONFORK;
		break;
	case MADV_KEEPONFORK:
		flags &= ~VM_WIPEONFORK;
		break;
	}
	if (flags != vma->vm_flags && vma_isolate(&vma, prev, start, end, flags))
		return -EAGAIN;
	*prev = vma;
	vma->vm_flags = flags;
	return 0;
}

static int advise_willneed(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	if (!vma->vm_file)
		return 0;		/* what is in memory is there; there is no swap to fetch the rest from */
	if (!vma->vm_file->f_mapping->a_ops->readpage)
		return 0;		/* a file in memory */
	force_page_cache_readahead(vma->vm_file->f_mapping, vma->vm_file, linear_page_index(vma, start),
				   max_sane_readahead((end - start) >> PAGE_SHIFT));
	return 0;
}

/* Private changes are lost; the next touch finds zeroes, or the file's bytes. */
static int advise_dontneed(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	if (vma->vm_flags & (VM_LOCKED | VM_PFNMAP))
		return -EINVAL;
	zap_page_range(vma, start, end - start, NULL);
	return 0;
}

/*
 * The range and its place in the file become a hole: everybody finds zeroes there.
 * => mmap_sem held for read in and out, but dropped in between: a file's i_mutex comes before it
 */
static int advise_remove(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	struct mm_struct *mm = vma->vm_mm;
	struct file *file = vma->vm_file;
	loff_t offset;
	int error;

	if ((vma->vm_flags & VM_LOCKED) || !file)
		return -EINVAL;
	if ((vma->vm_flags & (VM_SHARED | VM_MAYWRITE)) != (VM_SHARED | VM_MAYWRITE))
		return -EACCES;
	offset = (loff_t)linear_page_index(vma, start) << PAGE_SHIFT;
	get_file(file);
	up_read(&mm->mmap_sem);
	error = vfs_fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, (loff_t)(end - start));
	fput(file);
	down_read(&mm->mmap_sem);
	return error;
}

/* Fault everything in, as if it were read or written, and say what hindered it. */
static int advise_populate(struct vm_area_struct *vma, unsigned long start, unsigned long end, int write)
{
	int pages = (int)((end - start) >> PAGE_SHIFT), got = 0;

	if (vma->vm_flags & (VM_IO | VM_PFNMAP))
		return -EINVAL;
	if (!(vma->vm_flags & (write ? VM_WRITE : VM_READ)))
		return -EINVAL;
	while (pages > 0) {
		got = get_user_pages(current, current->mm, start, pages, write, 0, NULL, NULL);
		if (got < 0)
			return got == -ERESTARTSYS ? -EINTR : got;
		pages -= got;
		start += (unsigned long)got << PAGE_SHIFT;
	}
	return 0;
}

static int advise_vma(struct vm_area_struct *vma, struct vm_area_struct **prev, unsigned long start, unsigned long end, int advice)
{
	*prev = vma;
	switch (advice) {
	case MADV_REMOVE:
		*prev = NULL;		/* areas may have changed: go on by address */
		return advise_remove(vma, start, end);
	case MADV_WILLNEED:
		return advise_willneed(vma, start, end);
	case MADV_DONTNEED:
		return advise_dontneed(vma, start, end);
	case MADV_POPULATE_READ:
	case MADV_POPULATE_WRITE:
		return advise_populate(vma, start, end, advice == MADV_POPULATE_WRITE);
	}
	return 0;
}

static bool changes_flags(int advice)
{
	return advice == MADV_NORMAL || advice == MADV_SEQUENTIAL || advice == MADV_RANDOM || advice == MADV_DONTFORK ||
	       advice == MADV_DOFORK || advice == MADV_WIPEONFORK || advice == MADV_KEEPONFORK;
}

static bool is_known(int advice)
{
	return changes_flags(advice) || advice == MADV_WILLNEED || advice == MADV_DONTNEED || advice == MADV_REMOVE ||
	       advice == MADV_POPULATE_READ || advice == MADV_POPULATE_WRITE;
}

/* All areas of [@start, @end); a hole is told at the end, and the rest is done. => mmap_sem held */
static int advise_range(struct mm_struct *mm, unsigned long start, unsigned long end, int advice)
{
	struct vm_area_struct *vma, *prev;
	int unmapped = 0, error;

	vma = find_vma_prev(mm, start, &prev);
	if (vma && start > vma->vm_start)
		prev = vma;
	while (start < end) {
		unsigned long stop;

		if (!vma || vma->vm_start >= end)
			return -ENOMEM;
		if (start < vma->vm_start) {
			unmapped = -ENOMEM;
			start = vma->vm_start;
		}
		stop = min(vma->vm_end, end);
		error = changes_flags(advice) ? advise_behavior(vma, &prev, start, stop, advice)
					      : advise_vma(vma, &prev, start, stop, advice);
		if (error)
			return error;
		start = prev ? max(stop, prev->vm_end) : stop;
		vma = prev ? prev->vm_next : find_vma(mm, start);
	}
	return unmapped;
}

long sys_madvise(unsigned long start, size_t len, int advice)
{
	struct mm_struct *mm = current->mm;
	unsigned long end = start + PAGE_ALIGN(len);
	int error;

	if (!is_known(advice) || (start & ~PAGE_MASK) || (len && !PAGE_ALIGN(len)) || end < start)
		return -EINVAL;
	if (end == start)
		return 0;
	if (changes_flags(advice)) {
		down_write(&mm->mmap_sem);
		error = advise_range(mm, start, end, advice);
		up_write(&mm->mmap_sem);
	} else {
		down_read(&mm->mmap_sem);
		error = advise_range(mm, start, end, advice);
		up_read(&mm->mmap_sem);
	}
	return error;
}
