/*
 * user_mm.c: the file of the tests: pages come from a formula and go nowhere, and all that is counted.
 */
#include "mm/test/user_mm.h"
#include "mm/highmem.h"
#include "kernel/uapi/errno.h"

static struct test_file *test_file_of(struct address_space *mapping)
{
	return mapping->host->i_private;
}

static int test_readpage(struct file *file, struct page *page)
{
	struct test_file *tf = test_file_of(page->mapping);
	u8 *kaddr;

	if (tf->fail_reads) {
		tf->fail_reads--;
		SetPageError(page);
		unlock_page(page);
		return 0;
	}
	kaddr = kmap_atomic(page, KM_USER0);
	for (unsigned long i = 0; i < PAGE_SIZE; i++)
		kaddr[i] = (u8)(page->index + i);
	kunmap_atomic(kaddr, KM_USER0);
	if (!tf->reads++ || page->index != tf->last_read + 1)
		tf->first_read = page->index;
	tf->last_read = page->index;
	SetPageUptodate(page);
	unlock_page(page);
	return 0;
}

static int test_writepage(struct page *page, struct writeback_control *wbc)
{
	struct test_file *tf = test_file_of(page->mapping);

	tf->writes++;
	set_page_writeback(page);
	unlock_page(page);
	if (tf->fail_writes) {
		tf->fail_writes--;
		mapping_set_error(page->mapping, -EIO);
	}
	end_page_writeback(page);
	return 0;
}

static int test_set_page_dirty(struct page *page)
{
	struct test_file *tf = test_file_of(page->mapping);
	void (*dirtied)(struct test_file *tf) = tf->dirtied;

	tf->dirtied = NULL;
	if (dirtied)
		dirtied(tf);
	return __set_page_dirty_nobuffers(page);
}

static int test_prepare_write(struct file *file, struct page *page, unsigned from, unsigned to)
{
	if (!PageUptodate(page) && to - from < PAGE_SIZE)
		memclear_highpage_flush(page, 0, PAGE_SIZE);
	return 0;
}

static int test_commit_write(struct file *file, struct page *page, unsigned from, unsigned to)
{
	loff_t end = page_offset(page) + to;

	SetPageUptodate(page);
	set_page_dirty(page);
	if (end > i_size_read(page->mapping->host))
		i_size_write(page->mapping->host, end);
	return 0;
}

static int test_fsync(struct file *file, struct dentry *dentry, int datasync)
{
	return 0;
}

static const struct address_space_operations test_aops = {
	.readpage = test_readpage,
	.writepage = test_writepage,
	.set_page_dirty = test_set_page_dirty,
	.prepare_write = test_prepare_write,
	.commit_write = test_commit_write,
};

static const struct file_operations test_file_ops = {
	.read = generic_file_read,
	.write = generic_file_write,
	.mmap = generic_file_mmap,
	.fsync = test_fsync,
};

static const struct inode_operations test_inode_ops;

bool test_file_open(struct ktest *t, struct test_file *tf, unsigned long pages)
{
	*tf = (struct test_file){ .bdi = { .ra_pages = 32 } };
	tf->inode = new_anon_inode(S_IFREG | 0600);
	if (!EXPECT(t, tf->inode))
		return false;
	tf->mapping = tf->inode->i_mapping;
	tf->mapping->a_ops = &test_aops;
	tf->mapping->backing_dev_info = &tf->bdi;
	mapping_set_gfp_mask(tf->mapping, GFP_HIGHUSER);
	tf->inode->i_op = &test_inode_ops;
	tf->inode->i_private = tf;
	tf->inode->i_nlink = 0;
	i_size_write(tf->inode, (loff_t)pages << PAGE_SHIFT);
	tf->file = alloc_file_anon(tf->inode, "ktest", O_RDWR | O_LARGEFILE, &test_file_ops);
	return EXPECT(t, !IS_ERR(tf->file));
}

void test_file_close(struct test_file *tf)
{
	fput(tf->file);
}
