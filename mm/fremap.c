/*
 * fremap.c: remap_file_pages(2), by plain mappings, as Linux does it since 3.16.
 *
 * Owns:   nothing.
 * Locks:  mmap_sem for write.
 * Read next: mmap.c:do_mmap_pgoff.
 */
#include "mm/mm.h"
#include "kernel/fs/fs.h"
#include "kernel/syscalls.h"
#include "kernel/uapi/mman.h"

/* Does the shared mapping at @start go on, in areas of the same file and rights, to @end? The first area, or NULL. */
static struct vm_area_struct *one_mapping(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	struct vm_area_struct *first = find_vma(mm, start), *vma;

	if (!first || first->vm_start > start || !(first->vm_flags & VM_SHARED))
		return NULL;
	for (vma = first; vma->vm_end < end; vma = vma->vm_next)
		if (!vma->vm_next || vma->vm_next->vm_start != vma->vm_end || vma->vm_next->vm_file != first->vm_file ||
		    vma->vm_next->vm_flags != first->vm_flags)
			return NULL;
	return first;
}

/* A part of a shared mapping shows other pages of its file from now on. */
long sys_remap_file_pages(unsigned long start, unsigned long size, unsigned long prot, unsigned long pgoff, unsigned long flags)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	struct file *file;
	unsigned long ret = (unsigned long)-EINVAL;

	start &= PAGE_MASK;
	size &= PAGE_MASK;
	if (prot || start + size <= start || pgoff + (size >> PAGE_SHIFT) < pgoff)
		return -EINVAL;
	down_write(&mm->mmap_sem);
	vma = one_mapping(mm, start, start + size);
	if (vma) {
		prot = (vma->vm_flags & VM_READ ? PROT_READ : 0) | (vma->vm_flags & VM_WRITE ? PROT_WRITE : 0) |
		       (vma->vm_flags & VM_EXEC ? PROT_EXEC : 0);
		flags = MAP_SHARED | MAP_FIXED | (flags & MAP_NONBLOCK) | (vma->vm_flags & VM_LOCKED ? MAP_LOCKED : 0);
		file = vma->vm_file;
		get_file(file);
		ret = do_mmap_pgoff(file, start, size, prot, flags, pgoff);
		fput(file);
	}
	up_write(&mm->mmap_sem);
	if (IS_ERR((void *)ret))
		return (long)ret;
	if (!(flags & MAP_NONBLOCK))
		mm_populate(start, size);
	return 0;
}
