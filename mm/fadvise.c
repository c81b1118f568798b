/*
 * fadvise.c: advice about a file, by descriptor.
 *
 * Owns:   the file's ra_pages after advice.
 * Locks:  none.
 * Read next: readahead.c, truncate.c:invalidate_mapping_pages.
 */
#include "mm/pagemap.h"
#include "mm/backing-dev.h"
#include "kernel/syscalls.h"

/* Drop clean pages that lie in the range as a whole. @last: the last byte. */
static void advise_dontneed(struct address_space *mapping, loff_t offset, loff_t last)
{
	pgoff_t start = (pgoff_t)(((u64)offset + PAGE_SIZE - 1) >> PAGE_SHIFT), end = (pgoff_t)(last >> PAGE_SHIFT);

	if (!bdi_write_congested(mapping->backing_dev_info))
		filemap_flush(mapping);
	if ((last & (loff_t)~PAGE_MASK) != (loff_t)~PAGE_MASK && last != i_size_read(mapping->host) - 1) {
		if (!end)
			return;
		end--;
	}
	if (end >= start)
		invalidate_mapping_pages(mapping, start, end);
}

static int do_fadvise(struct file *file, loff_t offset, loff_t len, int advice)
{
	struct address_space *mapping = file->f_mapping;
	struct backing_dev_info *bdi;
	loff_t last = (loff_t)((u64)offset + (u64)len - 1);

	if (S_ISFIFO(file->f_dentry->d_inode->i_mode))
		return -ESPIPE;
	if (!mapping || len < 0 || !mapping->backing_dev_info)
		return -EINVAL;
	if (!len || last < offset)
		last = (loff_t)(~0ULL >> 1);
	bdi = mapping->backing_dev_info;
	switch (advice) {
	case POSIX_FADV_NORMAL:
		file->f_ra.ra_pages = bdi->ra_pages;
		return 0;
	case POSIX_FADV_RANDOM:
		file->f_ra.ra_pages = 0;
		return 0;
	case POSIX_FADV_SEQUENTIAL:
		file->f_ra.ra_pages = bdi->ra_pages * 2;
		return 0;
	case POSIX_FADV_WILLNEED:
		if (mapping->a_ops->readpage)
			force_page_cache_readahead(mapping, file, (pgoff_t)(offset >> PAGE_SHIFT),
						   max_sane_readahead((unsigned long)((last >> PAGE_SHIFT) - (offset >> PAGE_SHIFT)) + 1));
		return 0;
	case POSIX_FADV_DONTNEED:
		advise_dontneed(mapping, offset, last);
		return 0;
	case POSIX_FADV_NOREUSE:
		return 0;
	}
	return -EINVAL;
}

long sys_fadvise64_64(int fd, loff_t offset, loff_t len, int advice)
{
	struct file *file = fget((unsigned int)fd);
	int error;

	if (!file)
		return -EBADF;
	error = do_fadvise(file, offset, len, advice);
	fput(file);
	return error;
}

long sys_fadvise64(int fd, loff_t offset, size_t len, int advice)
{
	return sys_fadvise64_64(fd, offset, (loff_t)len, advice);
}
