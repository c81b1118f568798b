#ifndef KERNEL_BLOCK_BLK_H
#define KERNEL_BLOCK_BLK_H

/*
 * Block devices: a bio is one transfer of some page pieces to consecutive sectors.
 *
 *	submit_bio ─► queue->make_request (plug, merge) ─► driver's request_fn ─► hard irq ─► bio_endio ─► bi_end_io
 *
 * Lock letters: [q] queue->queue_lock (irq-safe)  [bd] bdev_lock  [c] constant after creation
 */
#include "kernel/types.h"
#include "kernel/atomic.h"
#include "kernel/spinlock.h"
#include "kernel/mutex.h"
#include "kernel/lib/list.h"
#include "kernel/wait.h"
#include "kernel/timer.h"
#include "mm/backing-dev.h"
#include "mm/gfp.h"

struct page;
struct inode;
struct address_space;
struct file_operations;
struct super_block;
struct bio;
struct request_queue;
struct gendisk;
struct mempool;

#define READ	0
#define WRITE	1
#define SECTOR_SHIFT	9
#define BIO_MAX_PAGES	64

struct bio_vec {
	struct page *bv_page;
	unsigned int bv_len, bv_offset;
};

struct block_device {
	dev_t bd_dev;			/* [c] */
	struct inode *bd_inode;		/* [c] its page cache; i_size is the device's */
	struct gendisk *bd_disk;	/* [c] */
	unsigned int bd_block_size;	/* of buffers in its page cache */
	int bd_openers;			/* [bd] */
	struct super_block *bd_super;	/* [bd] mounted on it: exclusive */
	struct list_head bd_list;	/* [bd] */
};

struct bio {
	sector_t bi_sector;
	struct bio *bi_next;		/* [q] in a request */
	struct block_device *bi_bdev;
	unsigned long bi_rw;		/* READ or WRITE */
	unsigned short bi_vcnt;		/* pieces filled */
	unsigned short bi_max_vecs;
	unsigned int bi_size;		/* bytes left */
	int bi_error;			/* 0 or -errno, set before bi_end_io */
	void (*bi_end_io)(struct bio *bio);	/* => perhaps in hard irq; owns a reference no more after bio_put */
	void *bi_private;		/* the submitter's */
	atomic_t bi_cnt;
	struct bio_vec *bi_io_vec;	/* room for bi_max_vecs */
};
#define bio_data_dir(bio)	((bio)->bi_rw & 1)
#define bio_sectors(bio)	((bio)->bi_size >> SECTOR_SHIFT)

struct request {
	struct list_head queuelist;	/* [q] */
	sector_t sector;
	unsigned long nr_sectors;
	int rw;
	struct bio *bio, *biotail;	/* in sector order */
	void *special;			/* the driver's */
};

struct request_queue {
	spinlock_t queue_lock;
	struct list_head queue_head;	/* [q] waiting requests, elevator order */
	unsigned int nr_requests;	/* [q] waiting or in flight */
	void (*request_fn)(struct request_queue *q);	/* => queue_lock held, interrupts off: start what can be */
	void *queuedata;
	struct mempool *rq_pool;	/* [c] its requests: some are always there, whatever other disks do */
	struct timer_list unplug_timer;	/* plugged, and nobody waits yet: start soon anyway */
	bool plugged;			/* [q] gathering for merging */
	sector_t last_sector;		/* [q] where the head is: end of the last request handed out */
	unsigned int max_sectors, max_segments;		/* [c] of one request */
	phys_t bounce_limit;		/* [c] highest address the device reaches */
	struct backing_dev_info backing_dev_info;
	struct wait_queue_head wait;	/* for room: nr_requests under the limit */
};

struct disk_stats {
	unsigned long ios[2], sectors[2], merges[2];	/* by READ and WRITE: /proc/diskstats */
};

struct gendisk {
	int major, minor;
	char disk_name[16];		/* "vda", "ram0" */
	sector_t capacity;
	struct request_queue *queue;
	void *private_data;
	struct disk_stats *dkstats;	/* each CPU's own, of alloc_percpu(); changed with interrupts off */
	struct list_head list;
};

/* bio.c */
struct bio *bio_alloc(gfp_t gfp, unsigned int nr_vecs);	/* from a mempool when __GFP_WAIT: never NULL then */
void bio_put(struct bio *bio);
int bio_add_page(struct bio *bio, struct page *page, unsigned int len, unsigned int offset);	/* bytes taken: len or 0 (full) */
void bio_endio(struct bio *bio, int error);
/* => may sleep (a full queue). The bio's end function tells how it went; beyond the end of the device: -EIO. */
void submit_bio(int rw, struct bio *bio);

/* queue.c */
struct request_queue *blk_init_queue(void (*request_fn)(struct request_queue *q));
void blk_cleanup_queue(struct request_queue *q);		/* => boot; nothing is in it, or ever comes; NULL is fine */
struct request *elv_next_request(struct request_queue *q);	/* => queue_lock held; stays first until dequeued */
void blkdev_dequeue_request(struct request *rq);		/* => queue_lock held */
/* All bios of @rq end with @error, @rq is gone. => queue_lock NOT held (bio end functions take outer locks); any context */
void end_request(struct request_queue *q, struct request *rq, int error);
void blk_run_queue(struct request_queue *q);			/* unplug */
void blk_run_address_space(struct address_space *mapping);	/* before waiting for a page of it */

/* genhd.c / block_dev.c */
int add_disk(struct gendisk *disk);			/* the device appears, in /dev too */
struct block_device *bdget_disk_by_name(const char *name);	/* "vda" or "/dev/vda"; NULL */
struct block_device *bdget(dev_t dev);			/* NULL: no such device */
int bd_claim(struct block_device *bdev, struct super_block *sb);	/* 0 or -EBUSY */
void bd_release(struct block_device *bdev);
int set_blocksize(struct block_device *bdev, unsigned int size);	/* 0 or -EINVAL; drops cached pages */
int sync_blockdev(struct block_device *bdev);
void invalidate_bdev(struct block_device *bdev);
extern const struct file_operations def_blk_fops;
void block_init(void);
int diskstats_text(char *buf, size_t size);	/* /proc/diskstats */
int partitions_text(char *buf, size_t size);	/* /proc/partitions */
int disk_names(char *buf, size_t size);		/* " vda vdb": for messages */

#endif
