/*
 * shmem.c: memory that is shared by having an inode: pages that live in the cache of a file without a disk.
 *
 * Owns:   the inodes behind MAP_SHARED | MAP_ANONYMOUS, their pages, and what was promised for them.
 * Locks:  those of the page cache.
 * Read next: filemap.c (the cache), mmap.c:attach_backing (who asks for such a file).
 *
 * A page is made, zeroed and uptodate, when it is first touched, and is never dropped before its file: reclaim sees by
 * BDI_CAP_NO_WRITEBACK that memory is its only place.
 */
#include "mm/shmem.h"
#include "mm/pagemap.h"
#include "mm/swap.h"
#include "mm/backing-dev.h"

static struct backing_dev_info shmem_backing_dev_info = {
	.capabilities = BDI_CAP_NO_ACCT_DIRTY | BDI_CAP_NO_WRITEBACK,
};

static struct super_block *shmem_sb;	/* of all of them; NULL: there was none yet */

/* inode->i_private: was the whole size promised at once (VM_ACCOUNT), or is each page, as it comes? */
static bool charged_whole(const struct inode *inode)
{
	return inode->i_private != NULL;
}

static int shmem_set_page_dirty(struct page *page)
{
	return !TestSetPageDirty(page);
}

static const struct address_space_operations shmem_aops = {
	.set_page_dirty = shmem_set_page_dirty,
};

/* Enter a new page at @index. 0 (referenced and unlocked), -EEXIST, -ENOMEM. */
static int shmem_new_page(struct inode *inode, pgoff_t index, struct page **pagep)
{
	struct address_space *mapping = inode->i_mapping;
	long charge = charged_whole(inode) ? 0 : 1;
	int error = -ENOMEM;
	struct page *page;

	if (charge && vm_enough_memory(charge, capable_root()))
		return -ENOMEM;
	page = alloc_page(mapping_gfp_mask(mapping) | __GFP_ZERO);
	if (page) {
		__SetPageUptodate(page);
		error = add_to_page_cache_lru(page, mapping, index, GFP_KERNEL);
	}
	if (!error) {
		unlock_page(page);
		*pagep = page;
		return 0;
	}
	if (page)
		put_page(page);
	vm_unacct_memory(charge);
	return error;
}

static struct page *shmem_nopage(struct vm_area_struct *vma, unsigned long address, int *type)
{
	struct inode *inode = vma->vm_file->f_mapping->host;
	pgoff_t index = linear_page_index(vma, address);
	struct page *page;
	int error;

	do {
		if (((loff_t)index << PAGE_SHIFT) >= i_size_read(inode))
			return NOPAGE_SIGBUS;
		error = 0;
		page = find_get_page(inode->i_mapping, index);
		if (!page)
			error = shmem_new_page(inode, index, &page);
	} while (error == -EEXIST);
	if (error)
		return NOPAGE_OOM;
	mark_page_accessed(page);
	*type = VM_FAULT_MINOR;
	return page;
}

static const struct vm_operations_struct shmem_vm_ops = {
	.nopage = shmem_nopage,
};

static int shmem_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_ops = &shmem_vm_ops;
	return 0;
}

/* The last user has gone: nothing is promised any more. The inode drops its pages. */
static int shmem_release(struct inode *inode, struct file *file)
{
	if (charged_whole(inode))
		vm_unacct_memory((long)(PAGE_ALIGN((u64)i_size_read(inode)) >> PAGE_SHIFT));
	else
		vm_unacct_memory((long)inode->i_mapping->nrpages);
	return 0;
}

/* madvise(MADV_REMOVE) */
static void shmem_truncate_range(struct inode *inode, loff_t from, loff_t last)
{
	unsigned long before = inode->i_mapping->nrpages;

	truncate_inode_pages_range(inode->i_mapping, from, last);
	if (!charged_whole(inode))
		vm_unacct_memory((long)(before - inode->i_mapping->nrpages));
}

static const struct inode_operations shmem_inode_operations = {
	.truncate_range = shmem_truncate_range,
};

static int shmem_fsync(struct file *file, struct dentry *dentry, int datasync)
{
	return 0;
}

static const struct file_operations shmem_file_operations = {
	.mmap = shmem_mmap,
	.release = shmem_release,
	.fsync = shmem_fsync,
};

struct file *shmem_file_setup(const char *name, loff_t size, unsigned long vm_flags)
{
	long charge = vm_flags & VM_ACCOUNT ? (long)(PAGE_ALIGN((u64)size) >> PAGE_SHIFT) : 0;
	struct inode *inode;
	struct file *file;

	if (size < 0)
		return ERR_PTR(-EINVAL);
	if (charge && vm_enough_memory(charge, capable_root()))
		return ERR_PTR(-ENOMEM);
	inode = new_anon_inode(S_IFREG | 0777);
	if (!inode) {
		vm_unacct_memory(charge);
		return ERR_PTR(-ENOMEM);
	}
	inode->i_nlink = 0;
	inode->i_private = charge ? inode : NULL;
	inode->i_op = &shmem_inode_operations;
	inode->i_mapping->a_ops = &shmem_aops;
	shmem_sb = inode->i_sb;
	inode->i_mapping->backing_dev_info = &shmem_backing_dev_info;
	mapping_set_gfp_mask(inode->i_mapping, GFP_HIGHUSER);
	i_size_write(inode, size);
	file = alloc_file_anon(inode, name, O_RDWR, &shmem_file_operations);
	if (IS_ERR(file))
		vm_unacct_memory(charge);
	return file;
}

int shmem_zero_setup(struct vm_area_struct *vma)
{
	struct file *file = shmem_file_setup("dev/zero", (loff_t)(vma->vm_end - vma->vm_start),
					     vma->vm_flags & VM_NORESERVE ? 0 : VM_ACCOUNT);

	if (IS_ERR(file))
		return (int)PTR_ERR(file);
	vma->vm_file = file;
	vma->vm_ops = &shmem_vm_ops;
	return 0;
}

static void add_accounted(struct inode *inode, void *sum)
{
	if (inode->i_mapping->a_ops != &shmem_aops || !atomic_read(&inode->i_count))
		return;
	*(long *)sum += charged_whole(inode) ? (long)(PAGE_ALIGN((u64)i_size_read(inode)) >> PAGE_SHIFT)
					     : (long)inode->i_mapping->nrpages;
}

long shmem_accounted_pages(void)
{
	long sum = 0;

	if (shmem_sb)
		for_each_inode_of(shmem_sb, add_accounted, &sum);
	return sum;
}
