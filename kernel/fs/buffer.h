#ifndef KERNEL_FS_BUFFER_H
#define KERNEL_FS_BUFFER_H

/*
 * Buffer heads: the state of one block inside a page, for block devices' page cache (metadata) and for files whose
 * block is smaller than a page.
 *
 *	page (PG_private) ──► b_this_page ring of buffer_heads, one a block
 *
 * Lock letters: [b] BH_Lock (bit, sleeps)  [p] mapping->private_lock of the device  [x] atomic bit
 */
#include "kernel/bitops.h"
#include "kernel/fs/fs.h"
#include "kernel/block/blk.h"

enum bh_state_bits { BH_Uptodate, BH_Dirty, BH_Lock, BH_Mapped, BH_New, BH_Async_Read, BH_Async_Write, BH_Write_EIO };

struct buffer_head {
	unsigned long b_state;		/* [x] */
	struct buffer_head *b_this_page;
	struct page *b_page;
	sector_t b_blocknr;
	unsigned int b_size;
	unsigned int b_offset;		/* in the page */
	struct block_device *b_bdev;
	void (*b_end_io)(struct buffer_head *bh, int uptodate);
	struct list_head b_assoc_buffers;	/* [p] on an inode's private_list */
	struct address_space *b_assoc_map;
	atomic_t b_count;
};

#define BUFFER_FNS(bit, name)								\
static inline void set_buffer_##name(struct buffer_head *bh) { set_bit(BH_##bit, &bh->b_state); }	\
static inline void clear_buffer_##name(struct buffer_head *bh) { clear_bit(BH_##bit, &bh->b_state); }	\
static inline bool buffer_##name(const struct buffer_head *bh) { return test_bit(BH_##bit, &bh->b_state); }
BUFFER_FNS(Uptodate, uptodate)
BUFFER_FNS(Dirty, dirty)
BUFFER_FNS(Lock, locked)
BUFFER_FNS(Mapped, mapped)
BUFFER_FNS(New, new)
BUFFER_FNS(Async_Read, async_read)
BUFFER_FNS(Async_Write, async_write)
BUFFER_FNS(Write_EIO, write_io_error)

typedef int (get_block_t)(struct inode *inode, sector_t iblock, struct buffer_head *bh_result, int create);

/* Metadata through the device's page cache. b_data is valid: these pages are never in high memory. */
struct buffer_head *__bread(struct block_device *bdev, sector_t block, unsigned int size);	/* NULL: EIO or memory */
struct buffer_head *__getblk(struct block_device *bdev, sector_t block, unsigned int size);
struct buffer_head *__find_get_block(struct block_device *bdev, sector_t block, unsigned int size);
static inline struct buffer_head *sb_bread(struct super_block *sb, sector_t block) { return __bread(sb->s_bdev, block, (unsigned)sb->s_blocksize); }
static inline struct buffer_head *sb_getblk(struct super_block *sb, sector_t block) { return __getblk(sb->s_bdev, block, (unsigned)sb->s_blocksize); }
char *bh_data(struct buffer_head *bh);
static inline void get_bh(struct buffer_head *bh) { atomic_inc(&bh->b_count); }
void brelse(struct buffer_head *bh);
void bforget(struct buffer_head *bh);			/* no longer metadata: never written again */
void unmap_underlying_metadata(struct block_device *bdev, sector_t block);	/* the block becomes data */
void lock_buffer(struct buffer_head *bh);
void unlock_buffer(struct buffer_head *bh);
void wait_on_buffer(struct buffer_head *bh);
void mark_buffer_dirty(struct buffer_head *bh);
void mark_buffer_dirty_inode(struct buffer_head *bh, struct inode *inode);	/* and fsync of @inode writes it */
int sync_dirty_buffer(struct buffer_head *bh);		/* 0 or -EIO. => may sleep */
int sync_mapping_buffers(struct address_space *mapping);
void invalidate_inode_buffers(struct inode *inode);
void ll_rw_block(int rw, int nr, struct buffer_head *bhs[]);

/* A file's pages, by the filesystem's get_block. */
int block_read_full_page(struct page *page, get_block_t *get_block);
int block_write_full_page(struct page *page, get_block_t *get_block, struct writeback_control *wbc);
int block_prepare_write(struct page *page, unsigned from, unsigned to, get_block_t *get_block);
int generic_commit_write(struct file *file, struct page *page, unsigned from, unsigned to);
int block_truncate_page(struct address_space *mapping, loff_t from, get_block_t *get_block);
void block_invalidatepage(struct page *page, unsigned long offset);
int __set_page_dirty_buffers(struct page *page);
int try_to_free_buffers(struct page *page);
sector_t generic_block_bmap(struct address_space *mapping, sector_t block, get_block_t *get_block);
int mpage_readpages(struct address_space *mapping, struct list_head *pages, unsigned nr_pages, get_block_t *get_block);
int mpage_readpage(struct page *page, get_block_t *get_block);
extern const struct address_space_operations def_blk_aops;
void buffer_init(void);
unsigned long nr_blockdev_pages(void);		/* block_dev.c: pages of all devices' caches, "Buffers" of /proc/meminfo */

#endif
