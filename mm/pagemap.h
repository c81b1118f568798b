#ifndef MM_PAGEMAP_H
#define MM_PAGEMAP_H

/* The page cache (mm/filemap.c, readahead.c, truncate.c). struct address_space stands in kernel/fs/fs.h. */
#include "mm/mm.h"
#include "kernel/fs/fs.h"

#define PAGE_CACHE_SHIFT	PAGE_SHIFT
#define PAGE_CACHE_SIZE		PAGE_SIZE
#define PAGE_CACHE_MASK		PAGE_MASK
#define page_cache_get(page)	get_page(page)
#define page_cache_release(page) put_page(page)

#define AS_EIO		24	/* address_space->flags above the gfp mask: an error to report once */
#define AS_ENOSPC	25
static inline gfp_t mapping_gfp_mask(struct address_space *m) { return (gfp_t)m->flags & 0xffffffu; }
static inline void mapping_set_gfp_mask(struct address_space *m, gfp_t mask) { m->flags = (m->flags & ~0xffffffUL) | mask; }
static inline void mapping_set_error(struct address_space *m, int error)
{
	if (error)
		set_bit(error == -ENOSPC ? AS_ENOSPC : AS_EIO, &m->flags);
}
static inline loff_t page_offset(struct page *page) { return (loff_t)page->index << PAGE_SHIFT; }
static inline pgoff_t linear_page_index(struct vm_area_struct *vma, unsigned long address)
{
	return ((address - vma->vm_start) >> PAGE_SHIFT) + vma->vm_pgoff;
}

/* ---- finding and adding: each returned page is referenced ---- */
struct page *find_get_page(struct address_space *mapping, pgoff_t index);
struct page *find_lock_page(struct address_space *mapping, pgoff_t index);
struct page *find_or_create_page(struct address_space *mapping, pgoff_t index, gfp_t gfp);	/* locked */
struct page *grab_cache_page(struct address_space *mapping, pgoff_t index);			/* locked */
unsigned int find_get_pages(struct address_space *mapping, pgoff_t start, unsigned int nr, struct page **pages);
unsigned int find_get_pages_tag(struct address_space *mapping, pgoff_t *index, int tag, unsigned int nr, struct page **pages);
struct page *page_cache_alloc(struct address_space *mapping);
int add_to_page_cache(struct page *page, struct address_space *mapping, pgoff_t index, gfp_t gfp); /* locks it. 0, -EEXIST, -ENOMEM */
int add_to_page_cache_lru(struct page *page, struct address_space *mapping, pgoff_t index, gfp_t gfp);
void remove_from_page_cache(struct page *page);		/* => page locked; the cache's reference is the caller's now */
void __remove_from_page_cache(struct page *page);	/* => tree_lock held too */
int try_to_release_page(struct page *page, gfp_t gfp);	/* => page locked; 1: PG_private is gone */
struct page *read_cache_page(struct address_space *mapping, pgoff_t index);	/* uptodate or ERR_PTR. => may sleep */

/* ---- page state ---- */
void __lock_page(struct page *page);
static inline void lock_page(struct page *page) { might_sleep(); if (TestSetPageLocked(page)) __lock_page(page); }
static inline bool trylock_page(struct page *page) { return !TestSetPageLocked(page); }
void unlock_page(struct page *page);
void wait_on_page_bit(struct page *page, int bit);
static inline void wait_on_page_locked(struct page *page) { if (PageLocked(page)) wait_on_page_bit(page, PG_locked); }
static inline void wait_on_page_writeback(struct page *page) { if (PageWriteback(page)) wait_on_page_bit(page, PG_writeback); }
void end_page_writeback(struct page *page);	/* => any context */
void set_page_writeback(struct page *page);	/* => page locked */
int test_clear_page_writeback(struct page *page);
int test_set_page_writeback(struct page *page);

/* ---- file operations' generic halves ---- */
ssize_t generic_file_read(struct file *file, char __user *buf, size_t count, loff_t *ppos);
ssize_t generic_file_write(struct file *file, const char __user *buf, size_t count, loff_t *ppos);
int generic_file_mmap(struct file *file, struct vm_area_struct *vma);
struct page *filemap_nopage(struct vm_area_struct *vma, unsigned long address, int *type);
int generic_write_checks(struct file *file, loff_t *pos, size_t *count);	/* => i_mutex held. 0 or -errno */
int remove_suid(struct dentry *dentry);			/* => i_mutex held; may sleep. 0 or -errno */
size_t copy_page_out(struct page *page, unsigned long offset, char *buf, size_t bytes, bool user);
/* Kernel-side reads: exec, readdir of files. Bytes read or -errno. */
ssize_t kernel_read(struct file *file, loff_t pos, void *buf, size_t count);
int filemap_fdatawrite(struct address_space *mapping);
int filemap_fdatawait(struct address_space *mapping);
int filemap_write_and_wait(struct address_space *mapping);
int filemap_flush(struct address_space *mapping);	/* start, do not wait */

/* ---- readahead.c ---- */
pgoff_t page_cache_readahead(struct address_space *mapping, struct file_ra_state *ra, struct file *file, pgoff_t offset, unsigned long req_size);
void handle_ra_miss(struct address_space *mapping, struct file_ra_state *ra, pgoff_t offset);
void file_ra_state_init(struct file_ra_state *ra, struct address_space *mapping);
int do_page_cache_readahead(struct address_space *mapping, struct file *file, pgoff_t offset, unsigned long nr);
int force_page_cache_readahead(struct address_space *mapping, struct file *file, pgoff_t offset, unsigned long nr);
unsigned long max_sane_readahead(unsigned long nr);
int read_cache_pages(struct address_space *mapping, struct list_head *pages, int (*filler)(void *, struct page *), void *data);

/* ---- truncate.c ---- */
void do_invalidatepage(struct page *page, unsigned long offset);
void truncate_inode_pages(struct address_space *mapping, loff_t lstart);
void truncate_inode_pages_range(struct address_space *mapping, loff_t lstart, loff_t lend);
unsigned long invalidate_mapping_pages(struct address_space *mapping, pgoff_t start, pgoff_t end);

/* ---- page-writeback.c ---- */
struct writeback_control {
	struct backing_dev_info *bdi;	/* only this device's, or NULL */
	enum { WB_SYNC_NONE, WB_SYNC_ALL, WB_SYNC_HOLD } sync_mode;
	unsigned long *older_than_this;
	long nr_to_write;		/* counts down */
	long pages_skipped;
	loff_t range_start, range_end;
	unsigned nonblocking:1, encountered_congestion:1, for_kupdate:1, for_reclaim:1, for_writepages:1, range_cyclic:1;
};
int do_writepages(struct address_space *mapping, struct writeback_control *wbc);
int generic_writepages(struct address_space *mapping, struct writeback_control *wbc);
void throttle_vm_writeout(void);		/* reclaim waits while far too much is being written. => may sleep */
void balance_dirty_pages_ratelimited(struct address_space *mapping);
int redirty_page_for_writepage(struct writeback_control *wbc, struct page *page);
extern int dirty_background_ratio, vm_dirty_ratio, dirty_writeback_interval, dirty_expire_interval, nr_pdflush_threads;
void page_writeback_init(void);
void writeback_set_interval(void);		/* dirty_writeback_interval (jiffies) was changed */
void wakeup_pdflush(long nr_pages);
int pdflush_operation(void (*fn)(unsigned long), unsigned long arg0);
void pdflush_init(void);

#endif
