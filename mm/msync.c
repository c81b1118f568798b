/*
 * msync.c: mapped files' changes to the disk.
 *
 * Owns:   nothing.
 * Locks:  mmap_sem for read, dropped while a file is written.
 * Read next: page-writeback.c:clear_page_dirty_for_io. Pages that were written through mappings are known to be dirty at
 *         once, by their first write's fault, so there is nothing to look for here.
 */
#include "mm/mm.h"
#include "kernel/fs/fs.h"
#include "kernel/syscalls.h"
#include "kernel/uapi/mman.h"

/* The whole file of each shared mapping in [@start, @end). 0; -ENOMEM for holes, after the rest was done; fsync's errors. */
static int sync_range(struct mm_struct *mm, unsigned long start, unsigned long end, int flags)
{
	struct vm_area_struct *vma;
	int unmapped = 0, error = 0;

	down_read(&mm->mmap_sem);
	while (start < end) {
		struct file *file;

		vma = find_vma(mm, start);
		if (!vma || vma->vm_start >= end) {
			unmapped = -ENOMEM;
			break;
		}
		if (start < vma->vm_start)
			unmapped = -ENOMEM;
		if ((flags & MS_INVALIDATE) && (vma->vm_flags & VM_LOCKED)) {
			error = -EBUSY;
			break;
		}
		start = vma->vm_end;
		file = vma->vm_file;
		if (!(flags & MS_SYNC) || !file || !(vma->vm_flags & VM_SHARED))
			continue;
		get_file(file);
		up_read(&mm->mmap_sem);
		error = vfs_fsync(file, file->f_dentry, 1);
		fput(file);
		if (error || start >= end)
			return error ? error : unmapped;
		down_read(&mm->mmap_sem);	/* areas may have changed: go on by address */
	}
	up_read(&mm->mmap_sem);
	return error ? error : unmapped;
}

long sys_msync(unsigned long start, size_t len, int flags)
{
	unsigned long end = start + PAGE_ALIGN(len);

	if ((flags & ~(MS_ASYNC | MS_INVALIDATE | MS_SYNC)) || (start & ~PAGE_MASK) || (flags & (MS_ASYNC | MS_SYNC)) == (MS_ASYNC | MS_SYNC))
		return -EINVAL;
	if (end < start || (len && !PAGE_ALIGN(len)))
		return -ENOMEM;
	return end == start ? 0 : sync_range(current->mm, start, end, flags);
}
