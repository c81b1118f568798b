/*
 * devmem.c: /dev/mem: the machine's memory by physical address, for who wants to look at frames.
 *
 * Owns:   nothing.
 * Read next: mm/memory.c:remap_pfn_range.
 *
 * It shows the frames that the allocator hands out, and nobody changes them through it: a mapping is read-only, or private and
 * then copied when it is written. What firmware and kernel keep for themselves is refused (EPERM), as Linux does it with
 * CONFIG_STRICT_DEVMEM.
 */
#include "kernel/fs/internal.h"
#include "mm/highmem.h"

static bool is_shown(u64 pfn)
{
	return pfn < max_pfn && pfn_valid((unsigned long)pfn) && !PageReserved(pfn_to_page((unsigned long)pfn));
}

static ssize_t read_mem(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	size_t done = 0;

	while (done < count) {
		unsigned long offset = (unsigned long)*pos & ~PAGE_MASK, left;
		size_t part = min_t(size_t, count - done, PAGE_SIZE - offset);
		struct page *page;

		if (*pos < 0 || !is_shown((u64)*pos >> PAGE_SHIFT))
			return done ? (ssize_t)done : -EPERM;
		page = pfn_to_page((unsigned long)((u64)*pos >> PAGE_SHIFT));
		left = copy_to_user(buf + done, (char *)kmap(page) + offset, part);
		kunmap(page);
		if (left)
			return done ? (ssize_t)done : -EFAULT;
		done += part;
		*pos += (loff_t)part;
		cond_resched();
	}
	return (ssize_t)done;
}

static ssize_t write_mem(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	return -EPERM;
}

static int mmap_mem(struct file *file, struct vm_area_struct *vma)
{
	for (unsigned long i = 0; i < vma_pages(vma); i++)
		if (!is_shown((u64)vma->vm_pgoff + i))
			return -EPERM;
	if (vma->vm_flags & VM_SHARED) {
		if (vma->vm_flags & VM_WRITE)
			return -EPERM;
		vma->vm_flags &= ~VM_MAYWRITE;
	}
	return remap_pfn_range(vma, vma->vm_start, vma->vm_pgoff, vma->vm_end - vma->vm_start, vma->vm_page_prot);
}

static loff_t mem_lseek(struct file *file, loff_t offset, int whence)
{
	if (whence != SEEK_SET && whence != SEEK_CUR)
		return -EINVAL;
	if (whence == SEEK_CUR)
		offset += file->f_pos;
	if (offset < 0)
		return -EOVERFLOW;
	return file->f_pos = offset;
}

const struct file_operations mem_fops = { .llseek = mem_lseek, .read = read_mem, .write = write_mem, .mmap = mmap_mem };
