/*
 * filemap.c: the page cache, and reading, writing and mapping files through it.
 *
 * Owns:   mapping->page_tree and nrpages; a page's place in it (mapping, index); page locks and who waits for them.
 * Locks:  tree_lock, irq-safe (writeback ends in interrupts), for the tree; the page lock for what a page is: whoever
 *         wants to rely on page->mapping or change PG_uptodate holds it, and looks again after he got it.
 * Read next: readahead.c, page-writeback.c, truncate.c.
 *
 * A page in the cache is referenced once for it. It is born locked and not uptodate; ->readpage fills it and unlocks it
 * when the disk has answered.
 */
#include "mm/pagemap.h"
#include "kernel/block/blk.h"
#include "mm/internal.h"
#include "mm/swap.h"
#include "mm/highmem.h"
#include "mm/backing-dev.h"
#include "kernel/sched.h"
#include "kernel/fs/buffer.h"
#include "kernel/syscalls.h"
#include "kernel/uaccess.h"

#define MMAP_LOTSAMISS	100	/* so many more misses than hits: reading around a fault does not pay here */

/* ---- waiting for a bit of a page ------------------------------------------------------------------ */

struct page_wait {
	wait_queue_t wait;
	struct page *page;
	int bit;
};

struct page_wake_key {
	struct page *page;
	int bit;
};

/* A zone's queues are shared by hash: pages of the same queue must not wake each other's waiters for nothing. */
static wait_queue_head_t *page_waitqueue(struct page *page)
{
	struct zone *zone = page_zone(page);
	unsigned long hash = page_to_pfn(page) * (BITS_PER_LONG == 64 ? (unsigned long)0x9e3779b97f4a7c15ULL : 0x9e3779b9UL);

	return &zone->wait_table[hash >> ((unsigned long)BITS_PER_LONG - zone->wait_table_bits)];
}

static int page_wake_function(wait_queue_t *wait, unsigned int mode, int sync, void *arg)
{
	struct page_wait *pw = container_of(wait, struct page_wait, wait);
	struct page_wake_key *key = arg;

	if (pw->page != key->page || pw->bit != key->bit || test_bit((unsigned)key->bit, &key->page->flags))
		return 0;
	return autoremove_wake_function(wait, mode, sync, arg);
}

static void wake_up_page(struct page *page, int bit)
{
	wait_queue_head_t *queue = page_waitqueue(page);
	struct page_wake_key key = { page, bit };

	if (waitqueue_active(queue))
		__wake_up(queue, TASK_NORMAL, 1, &key);
}

#define DEFINE_PAGE_WAIT(name, p, b) struct page_wait name = {						\
	.wait = { .private = current, .func = page_wake_function,					\
		  .task_list = LIST_HEAD_INIT((name).wait.task_list) }, .page = (p), .bit = (b) }

/* Sleep until @bit of @page is clear. => the page is referenced; may sleep */
void wait_on_page_bit(struct page *page, int bit)
{
	wait_queue_head_t *queue = page_waitqueue(page);
	DEFINE_PAGE_WAIT(pw, page, bit);

	while (test_bit((unsigned)bit, &page->flags)) {
		prepare_to_wait(queue, &pw.wait, TASK_UNINTERRUPTIBLE);
		if (test_bit((unsigned)bit, &page->flags))
			io_schedule();
	}
	finish_wait(queue, &pw.wait);
}

/* lock_page when somebody has it. => the page is referenced; may sleep */
void __lock_page(struct page *page)
{
	wait_queue_head_t *queue = page_waitqueue(page);
	DEFINE_PAGE_WAIT(pw, page, PG_locked);

	do {
		prepare_to_wait_exclusive(queue, &pw.wait, TASK_UNINTERRUPTIBLE);
		if (PageLocked(page))
			io_schedule();
	} while (TestSetPageLocked(page));
	finish_wait(queue, &pw.wait);
}

/* => any context (the end of a read unlocks in an interrupt) */
void unlock_page(struct page *page)
{
	ASSERT(PageLocked(page));
	clear_bit_unlock(PG_locked, &page->flags);
	smp_mb();		/* a waiter sees the bit clear, or we see the waiter */
	wake_up_page(page, PG_locked);
}

/* The device has written @page. => any context */
void end_page_writeback(struct page *page)
{
	if (!TestClearPageReclaim(page) || rotate_reclaimable_page(page)) {
		if (!test_clear_page_writeback(page))
			BUG();
	}
	smp_mb();
	wake_up_page(page, PG_writeback);
}

/* ---- into the cache and out of it --------------------------------------------------------------------- */

/* A page for @mapping, of the kind it wants; not in the cache yet. NULL without memory. => may sleep */
struct page *page_cache_alloc(struct address_space *mapping)
{
	return alloc_page(mapping_gfp_mask(mapping));
}

/*
 * @page, new, becomes page @index of @mapping, locked. 0, -EEXIST: there is one; -ENOMEM.
 * => may sleep as @gfp says; the cache takes a reference
 */
int add_to_page_cache(struct page *page, struct address_space *mapping, pgoff_t index, gfp_t gfp)
{
	int error = radix_tree_preload(gfp & ~__GFP_HIGHMEM);

	if (error)
		return error;
	spin_lock_irq(&mapping->tree_lock);
	error = radix_tree_insert(&mapping->page_tree, index, page);
	if (!error) {
		get_page(page);
		__SetPageLocked(page);
		page->mapping = mapping;
		page->index = index;
		mapping->nrpages++;
		__inc_zone_page_state(page, NR_FILE_PAGES);
	}
	spin_unlock_irq(&mapping->tree_lock);
	radix_tree_preload_end();
	return error;
}

int add_to_page_cache_lru(struct page *page, struct address_space *mapping, pgoff_t index, gfp_t gfp)
{
	int error = add_to_page_cache(page, mapping, index, gfp);

	if (!error)
		lru_cache_add(page);
	return error;
}

void __remove_from_page_cache(struct page *page)
{
	struct address_space *mapping = page->mapping;

	assert_held(&mapping->tree_lock);
	radix_tree_delete(&mapping->page_tree, page->index);
	page->mapping = NULL;
	mapping->nrpages--;
	__dec_zone_page_state(page, NR_FILE_PAGES);
}

void remove_from_page_cache(struct page *page)
{
	struct address_space *mapping = page->mapping;

	ASSERT(PageLocked(page));
	spin_lock_irq(&mapping->tree_lock);
	__remove_from_page_cache(page);
	spin_unlock_irq(&mapping->tree_lock);
}

/* Can the filesystem's data on @page (PG_private) go? 1: it is gone. => page locked */
int try_to_release_page(struct page *page, gfp_t gfp)
{
	struct address_space *mapping = page->mapping;

	ASSERT(PageLocked(page));
	if (PageWriteback(page))
		return 0;
	if (mapping && mapping->a_ops->releasepage)
		return mapping->a_ops->releasepage(page, gfp);
	return try_to_free_buffers(page);
}

/* ---- finding ------------------------------------------------------------------------------------------- */

struct page *find_get_page(struct address_space *mapping, pgoff_t index)
{
	struct page *page;

	spin_lock_irq(&mapping->tree_lock);
	page = radix_tree_lookup(&mapping->page_tree, index);
	if (page)
		get_page(page);
	spin_unlock_irq(&mapping->tree_lock);
	return page;
}

/* The page, locked, and still @mapping's. NULL: none. => may sleep */
struct page *find_lock_page(struct address_space *mapping, pgoff_t index)
{
	struct page *page;

	while ((page = find_get_page(mapping, index))) {
		lock_page(page);
		if (likely(page->mapping == mapping && page->index == index))
			break;
		unlock_page(page);		/* truncated while we slept */
		put_page(page);
	}
	return page;
}

/* The page, or a new one, locked; it need not be uptodate. NULL without memory. => may sleep as @gfp says */
struct page *find_or_create_page(struct address_space *mapping, pgoff_t index, gfp_t gfp)
{
	struct page *page, *fresh;
	int error;

	while (!(page = find_lock_page(mapping, index))) {
		fresh = alloc_page(gfp);
		if (!fresh)
			return NULL;
		error = add_to_page_cache_lru(fresh, mapping, index, gfp);
		if (!error)
			return fresh;
		put_page(fresh);
		if (error != -EEXIST)
			return NULL;
	}
	return page;
}

struct page *grab_cache_page(struct address_space *mapping, pgoff_t index)
{
	return find_or_create_page(mapping, index, mapping_gfp_mask(mapping));
}

/* Up to @nr pages from @start on, rising, holes left out. How many. */
unsigned int find_get_pages(struct address_space *mapping, pgoff_t start, unsigned int nr, struct page **pages)
{
	unsigned int i, found;

	spin_lock_irq(&mapping->tree_lock);
	found = radix_tree_gang_lookup(&mapping->page_tree, (void **)pages, start, nr);
	for (i = 0; i < found; i++)
		get_page(pages[i]);
	spin_unlock_irq(&mapping->tree_lock);
	return found;
}

/* The same of those with @tag; *@index moves behind the last one found. */
unsigned int find_get_pages_tag(struct address_space *mapping, pgoff_t *index, int tag, unsigned int nr, struct page **pages)
{
	unsigned int i, found;

	spin_lock_irq(&mapping->tree_lock);
	found = radix_tree_gang_lookup_tag(&mapping->page_tree, (void **)pages, *index, nr, (unsigned int)tag);
	for (i = 0; i < found; i++)
		get_page(pages[i]);
	if (found)
		*index = pages[found - 1]->index + 1;
	spin_unlock_irq(&mapping->tree_lock);
	return found;
}

/* ---- getting a page's content ------------------------------------------------------------------------------ */

/* Let the filesystem read the locked @page, and wait. 0 (uptodate), -EIO, or what ->readpage says. => unlocked out */
static int read_locked_page(struct file *file, struct address_space *mapping, struct page *page)
{
	int error;

	ClearPageError(page);
	error = mapping->a_ops->readpage(file, page);
	if (error)
		return error;
	blk_run_address_space(mapping);
	wait_on_page_locked(page);
	return PageUptodate(page) ? 0 : -EIO;
}

/*
 * The content of @page, found in the cache: waits for a read under way, reads if nobody does.
 * 0; AOP_TRUNCATED_PAGE: it is not @mapping's any more; -EIO…
 */
static int make_uptodate(struct file *file, struct address_space *mapping, struct page *page)
{
	int error;

	if (likely(PageUptodate(page)))
		return 0;
	blk_run_address_space(mapping);	/* a read under way may wait for company in the queue */
	lock_page(page);
	if (page->mapping != mapping)
		error = AOP_TRUNCATED_PAGE;
	else if (!PageUptodate(page))
		return read_locked_page(file, mapping, page);
	else
		error = 0;
	unlock_page(page);
	return error;
}

/*
 * Page @index with its content, from the cache or the disk, referenced; ERR_PTR. *@missed: it was not there (may be NULL).
 * => may sleep
 */
static struct page *get_uptodate_page(struct file *file, struct address_space *mapping, pgoff_t index, bool *missed)
{
	struct page *page;
	int error;

	do {
		page = find_get_page(mapping, index);
		if (!page) {
			if (missed)
				*missed = true;
			page = page_cache_alloc(mapping);
			if (!page)
				return ERR_PTR(-ENOMEM);
			error = add_to_page_cache_lru(page, mapping, index, GFP_KERNEL);
			if (!error)
				error = read_locked_page(file, mapping, page);
		} else {
			error = make_uptodate(file, mapping, page);
		}
		if (!error)
			return page;
		put_page(page);
	} while (error == AOP_TRUNCATED_PAGE || error == -EEXIST);
	return ERR_PTR(error);
}

struct page *read_cache_page(struct address_space *mapping, pgoff_t index)
{
	struct page *page = get_uptodate_page(NULL, mapping, index, NULL);

	if (!IS_ERR(page))
		mark_page_accessed(page);
	return page;
}

/* ---- read -------------------------------------------------------------------------------------------------------- */

/* Where the bytes go: to the user, or into the kernel. The number that could not be copied. => may sleep */
size_t copy_page_out(struct page *page, unsigned long offset, char *buf, size_t bytes, bool user)
{
	size_t left = bytes;
	char *kaddr;

	if (user) {
		kaddr = kmap_atomic(page, KM_USER0);
		left = __copy_to_user_inatomic((void __user *)buf, kaddr + offset, bytes);
		kunmap_atomic(kaddr, KM_USER0);
		if (likely(!left))
			return 0;
	}
	kaddr = kmap(page);		/* a fault is needed on the way, or the page stays longer */
	if (user)
		left = __copy_to_user((void __user *)buf, kaddr + offset, bytes);
	else
		left = (memcpy(buf, kaddr + offset, bytes), 0);
	kunmap(page);
	return left;
}

/* How many bytes of page @index lie within the file, from @offset on; 0: none. */
static size_t bytes_in_page(struct inode *inode, pgoff_t index, unsigned long offset)
{
	loff_t size = i_size_read(inode), left = size - ((loff_t)index << PAGE_SHIFT);

	if ((u64)index > (u64)size >> PAGE_SHIFT)	/* so far behind, perhaps, that its offset is no loff_t */
		return 0;
	return left <= (loff_t)offset ? 0 : (size_t)min_t(loff_t, left, PAGE_SIZE) - offset;
}

/*
 * Read @count bytes of a file through the cache, with readahead. Bytes done, or -errno if there are none.
 * => may sleep. The size is asked again after each page was read: it may have been truncated meanwhile.
 */
static ssize_t do_generic_mapping_read(struct file *file, loff_t *ppos, char *buf, size_t count, bool user)
{
	struct address_space *mapping = file->f_mapping;
	struct file_ra_state *ra = &file->f_ra;
	loff_t pos = *ppos;
	pgoff_t last = (pgoff_t)(((u64)pos + count + PAGE_SIZE - 1) >> PAGE_SHIFT), accessed = ra->prev_page;
	pgoff_t next = (pgoff_t)(pos >> PAGE_SHIFT);
	size_t done = 0;
	int error = 0;

	while (done < count) {
		pgoff_t index = (pgoff_t)(pos >> PAGE_SHIFT);
		unsigned long offset = (unsigned long)pos & ~PAGE_MASK;
		size_t bytes = bytes_in_page(mapping->host, index, offset), left;
		bool missed = false;
		struct page *page;

		if (!bytes)
			break;
		cond_resched();
		if (index == next)
			next = page_cache_readahead(mapping, ra, file, index, last - index);
		page = get_uptodate_page(file, mapping, index, &missed);
		if (missed)
			handle_ra_miss(mapping, ra, index);
		if (IS_ERR(page)) {
			error = (int)PTR_ERR(page);
			if (error == -EIO)
				ra->size /= 4;
			break;
		}
		if (index != accessed)		/* small reads of one page count once */
			mark_page_accessed(page);
		accessed = index;
		bytes = min(bytes_in_page(mapping->host, index, offset), count - done);
		left = copy_page_out(page, offset, buf + done, bytes, user);
		put_page(page);
		done += bytes - left;
		pos += (loff_t)(bytes - left);
		if (left) {
			error = -EFAULT;
			break;
		}
		if (!bytes)
			break;
	}
	*ppos = pos;
	return done ? (ssize_t)done : error;
}

ssize_t generic_file_read(struct file *file, char __user *buf, size_t count, loff_t *ppos)
{
	ssize_t ret;

	if (!count)
		return 0;
	if (!access_ok(buf, count))
		return -EFAULT;
	ret = do_generic_mapping_read(file, ppos, (char *)buf, count, true);
	touch_atime(file->f_vfsmnt, file->f_dentry);
	return ret;
}

ssize_t kernel_read(struct file *file, loff_t pos, void *buf, size_t count)
{
	if (file->f_op->kernel_read)
		return file->f_op->kernel_read(file, buf, count, &pos);
	return do_generic_mapping_read(file, &pos, buf, count, false);
}

/* ---- write --------------------------------------------------------------------------------------------------------- */

/* Where a write begins and how much of it limits allow. 0 or -errno. => i_mutex held */
int generic_write_checks(struct file *file, loff_t *pos, size_t *count)
{
	struct inode *inode = file->f_mapping->host;
	u64 limit = inode->i_sb->s_maxbytes, fsize = fsize_limit();

	if (*pos < 0)
		return -EINVAL;
	if (file->f_flags & O_APPEND)
		*pos = i_size_read(inode);
	if ((u64)*pos >= fsize && *count) {
		send_sig(SIGXFSZ, current, 0);
		return -EFBIG;
	}
	if (sizeof(long) == 4 && !(file->f_flags & O_LARGEFILE))
		limit = min_t(u64, limit, 0x7fffffff);
	if ((u64)*pos >= limit && *count)
		return -EFBIG;
	limit = min(limit, fsize);
	*count = (size_t)min_t(u64, *count, limit - (u64)*pos);
	return 0;
}

/* Who writes to a program without being root takes its special rights away. => i_mutex held */
int remove_suid(struct dentry *dentry)
{
	mode_t mode = dentry->d_inode->i_mode, kill = mode & S_ISUID;
	struct iattr attr = { .ia_valid = ATTR_MODE | ATTR_FORCE };

	if ((mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP))
		kill |= S_ISGID;
	if (likely(!kill) || capable_root())
		return 0;
	attr.ia_mode = mode & ~kill;
	return notify_change(dentry, &attr);
}

/* Touch the source, so that copying from it under the page lock need not fault. How much of it is there. => may sleep */
static size_t fault_in_readable(const char __user *buf, size_t bytes)
{
	size_t to_boundary = PAGE_SIZE - ((unsigned long)buf & ~PAGE_MASK);
	char c;

	(void)c;
	if (get_user(c, buf))
		return 0;
	return bytes > to_boundary && get_user(c, buf + bytes - 1) ? to_boundary : bytes;
}

/*
 * @bytes at @offset of the locked, prepared @page from the user. Less than all only when the source was unmapped since it was
 * touched: the rest is zeroed then, so that nothing older shows in a new block. The bytes copied.
 */
static size_t copy_in(struct page *page, unsigned long offset, const char __user *buf, size_t bytes)
{
	char *kaddr = kmap_atomic(page, KM_USER0);
	size_t left = __copy_from_user_inatomic(kaddr + offset, buf, bytes);

	if (unlikely(left) && !PageUptodate(page))
		memset(kaddr + offset + bytes - left, 0, left);
	kunmap_atomic(kaddr, KM_USER0);
	return bytes - left;
}

/* Write up to the end of one page. The bytes done (0: try again) or -errno. => i_mutex held; may sleep */
static ssize_t write_one_piece(struct file *file, loff_t pos, const char __user *buf, size_t bytes)
{
	struct address_space *mapping = file->f_mapping;
	unsigned long offset = (unsigned long)pos & ~PAGE_MASK;
	struct page *page;
	unsigned int to;
	size_t copied;
	int error;

	bytes = fault_in_readable(buf, bytes);
	if (!bytes)
		return -EFAULT;
	to = (unsigned int)(offset + bytes);
	page = grab_cache_page(mapping, (pgoff_t)(pos >> PAGE_SHIFT));
	if (!page)
		return -ENOMEM;
	error = mapping->a_ops->prepare_write(file, page, (unsigned int)offset, to);
	if (error == AOP_TRUNCATED_PAGE) {	/* it was unlocked */
		put_page(page);
		return 0;
	}
	if (error) {
		unlock_page(page);
		put_page(page);
		if (pos + (loff_t)bytes > i_size_read(mapping->host))	/* give back blocks beyond the end */
			vmtruncate(mapping->host, i_size_read(mapping->host));
		return error;
	}
	copied = copy_in(page, offset, buf, bytes);
	error = mapping->a_ops->commit_write(file, page, (unsigned int)offset, to);
	unlock_page(page);
	mark_page_accessed(page);
	put_page(page);
	return error ? error : (ssize_t)copied;
}

static ssize_t generic_file_buffered_write(struct file *file, const char __user *buf, size_t count, loff_t *ppos)
{
	struct address_space *mapping = file->f_mapping;
	loff_t pos = *ppos, old_size = i_size_read(mapping->host);
	size_t done = 0;
	ssize_t ret = 0;

	while (done < count) {
		size_t bytes = min_t(size_t, PAGE_SIZE - ((unsigned long)pos & ~PAGE_MASK), count - done);

		ret = write_one_piece(file, pos, buf + done, bytes);
		if (ret < 0)
			break;
		done += (size_t)ret;
		pos += ret;
		balance_dirty_pages_ratelimited(mapping);
		cond_resched();
	}
	if (ret == -EFAULT && i_size_read(mapping->host) > max(pos, old_size))	/* a piece was prepared that never came */
		vmtruncate(mapping->host, max(pos, old_size));
	*ppos = pos;
	return done ? (ssize_t)done : ret;
}

/* write(2) of a regular file. Bytes done or -errno. => may sleep; takes i_mutex */
ssize_t generic_file_write(struct file *file, const char __user *buf, size_t count, loff_t *ppos)
{
	struct address_space *mapping = file->f_mapping;
	struct inode *inode = mapping->host;
	loff_t pos = *ppos;
	ssize_t ret;

	if (!access_ok(buf, count))
		return -EFAULT;
	mutex_lock(&inode->i_mutex);
	current->backing_dev_info = mapping->backing_dev_info;	/* we may write to this device even if it is congested */
	ret = generic_write_checks(file, &pos, &count);
	if (!ret && count) {
		ret = remove_suid(file->f_dentry);
		if (!ret) {
			file_update_time(file);
			ret = generic_file_buffered_write(file, buf, count, &pos);
		}
	}
	current->backing_dev_info = NULL;
	mutex_unlock(&inode->i_mutex);
	if (ret > 0) {
		*ppos = pos;
		if (file->f_flags & O_DSYNC) {
			int error = vfs_fsync(file, file->f_dentry, !(file->f_flags & __O_SYNC));

			if (error)
				return error;
		}
	}
	return ret;
}

/* ---- mmap ------------------------------------------------------------------------------------------------------------ */

/* Readahead for a fault that found nothing: as many pages before it as behind. */
static void read_around(struct file *file, struct vm_area_struct *vma, pgoff_t index)
{
	struct file_ra_state *ra = &file->f_ra;
	unsigned long pages = max_sane_readahead(ra->ra_pages);
	pgoff_t start;

	if (VM_RandomReadHint(vma) || ra->mmap_miss > ra->mmap_hit + MMAP_LOTSAMISS || !pages)
		return;
	start = index > pages / 2 ? index - pages / 2 : 0;
	do_page_cache_readahead(file->f_mapping, file, start, pages);
}

/*
 * The page of the file at @address of @vma, with its content; by reading around it if it is not in memory.
 * => mmap_sem held for read; may sleep. NOPAGE_SIGBUS: behind the end, or it cannot be read
 */
struct page *filemap_nopage(struct vm_area_struct *vma, unsigned long address, int *type)
{
	struct file *file = vma->vm_file;
	struct address_space *mapping = file->f_mapping;
	struct file_ra_state *ra = &file->f_ra;
	pgoff_t index = linear_page_index(vma, address);
	bool missed = false;
	struct page *page;

	if (!bytes_in_page(mapping->host, index, 0))
		return NOPAGE_SIGBUS;
	if (VM_SequentialReadHint(vma))
		page_cache_readahead(mapping, ra, file, index, 1);
	page = find_get_page(mapping, index);
	if (page && PageUptodate(page)) {
		ra->mmap_hit++;
		*type = VM_FAULT_MINOR;
	} else {
		*type = VM_FAULT_MAJOR;
		count_vm_event(PGMAJFAULT);
		if (page) {
			put_page(page);		/* being read: wait for it below */
		} else {
			ra->mmap_miss++;
			if (VM_SequentialReadHint(vma))
				handle_ra_miss(mapping, ra, index);
			else
				read_around(file, vma, index);
		}
		page = get_uptodate_page(file, mapping, index, &missed);
		if (IS_ERR(page))
			return PTR_ERR(page) == -ENOMEM ? NOPAGE_OOM : NOPAGE_SIGBUS;
	}
	if (!bytes_in_page(mapping->host, index, 0)) {	/* truncated meanwhile */
		put_page(page);
		return NOPAGE_SIGBUS;
	}
	mark_page_accessed(page);
	return page;
}

static const struct vm_operations_struct generic_file_vm_ops = {
	.nopage = filemap_nopage,
};

int generic_file_mmap(struct file *file, struct vm_area_struct *vma)
{
	if (!file->f_mapping->a_ops->readpage)
		return -ENOEXEC;
	touch_atime(file->f_vfsmnt, file->f_dentry);
	vma->vm_ops = &generic_file_vm_ops;
	return 0;
}

/* ---- writing out and waiting ------------------------------------------------------------------------------------------- */

static int fdatawrite_range(struct address_space *mapping, int sync_mode)
{
	struct writeback_control wbc;

	if (!bdi_cap_writeback_dirty(mapping->backing_dev_info))
		return 0;
	wbc = (struct writeback_control){
		.sync_mode = sync_mode,
		.nr_to_write = (long)mapping->nrpages * 2,
		.range_end = (loff_t)(~0ULL >> 1),
	};
	return do_writepages(mapping, &wbc);
}

/* Start to write all dirty pages. 0 or -errno. => may sleep */
int filemap_fdatawrite(struct address_space *mapping)
{
	return fdatawrite_range(mapping, WB_SYNC_ALL);
}

int filemap_flush(struct address_space *mapping)
{
	return fdatawrite_range(mapping, WB_SYNC_NONE);
}

/* Wait for all pages under writeback. 0, or -EIO if one of them has an error. */
static int wait_on_pages(struct address_space *mapping)
{
	struct pagevec pvec;
	pgoff_t index = 0;
	int error = 0;

	pagevec_init(&pvec, 0);
	blk_run_address_space(mapping);
	while (pagevec_lookup_tag(&pvec, mapping, &index, PAGECACHE_TAG_WRITEBACK, PAGEVEC_SIZE)) {
		for (unsigned long i = 0; i < pvec.nr; i++) {
			wait_on_page_writeback(pvec.pages[i]);
			if (PageError(pvec.pages[i]))
				error = -EIO;
		}
		pagevec_release(&pvec);
		cond_resched();
	}
	return error;
}

/* Wait until all writes under way have ended; an error that one of them, or an earlier one, had is told now, and only once. */
int filemap_fdatawait(struct address_space *mapping)
{
	int error = radix_tree_tagged(&mapping->page_tree, PAGECACHE_TAG_WRITEBACK) ? wait_on_pages(mapping) : 0;

	if (test_and_clear_bit(AS_ENOSPC, &mapping->flags))
		error = -ENOSPC;
	if (test_and_clear_bit(AS_EIO, &mapping->flags))
		error = -EIO;
	return error;
}

int filemap_write_and_wait(struct address_space *mapping)
{
	int error = 0, error2;

	if (!mapping->nrpages)
		return 0;
	error = filemap_fdatawrite(mapping);
	if (error == -EIO)		/* the device is dead: nothing to wait for */
		return error;
	error2 = filemap_fdatawait(mapping);
	return error ? error : error2;
}

/* ---- readahead(2) -------------------------------------------------------------------------------------------------------- */

long sys_readahead(int fd, loff_t offset, size_t count)
{
	struct file *file = fget((unsigned int)fd);
	struct address_space *mapping;
	long ret = -EINVAL;

	if (!file)
		return -EBADF;
	mapping = file->f_mapping;
	if (!(file->f_mode & FMODE_READ)) {
		ret = -EBADF;
	} else if (mapping && mapping->a_ops->readpage && S_ISREG(mapping->host->i_mode) && offset >= 0) {
		pgoff_t start = (pgoff_t)(offset >> PAGE_SHIFT), end = (pgoff_t)(((u64)offset + count - 1) >> PAGE_SHIFT);

		ret = count ? force_page_cache_readahead(mapping, file, start, max_sane_readahead(end - start + 1)) : 0;
		ret = min(ret, 0L);
	}
	fput(file);
	return ret;
}
