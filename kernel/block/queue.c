/*
 * queue.c: requests: bios merged, sorted and handed to a driver.
 *
 *	blk_make_request ─► merged into a waiting request, or a new one ─► plugged: more may come to merge with
 *	blk_run_queue, the unplug timer or UNPLUG_THRESH requests ─► request_fn ─► driver ─► end_request
 *
 * Owns:   the order of requests: one sweep upward by sector, then again from the lowest; each queue's pool that they come from.
 * Locks:  queue->queue_lock, irq-safe. Bio end functions run without it, since they take outer locks.
 * Read next: kernel/drivers/virtio_blk.c (a driver).
 *
 * As 2.6.20 block/ll_rw_blk.c and elevator.c, with one simple elevator.
 */
#include "kernel/block/blk.h"
#include "kernel/block/internal.h"
#include "kernel/fs/fs.h"
#include "kernel/lib/string.h"
#include "kernel/percpu.h"
#include "kernel/sched.h"
#include "mm/mempool.h"
#include "mm/slab.h"

#define QUEUE_MAX_REQUESTS	128
#define UNPLUG_THRESH		4
#define UNPLUG_DELAY		(3 * NSEC_PER_MSEC)
#define CONGESTED_ON		(QUEUE_MAX_REQUESTS * 7 / 8)
#define CONGESTED_OFF		(QUEUE_MAX_REQUESTS * 13 / 16)
#define BLKDEV_MIN_RQ		4	/* requests in reserve for each queue: writeback must go on without memory */

static struct kmem_cache *request_cache;
static int nr_queues;			/* boot: one driver at a time */

/* => boot, slab is up */
void blk_queue_init(void)
{
	request_cache = kmem_cache_create("blkdev_requests", sizeof(struct request), 0, SLAB_PANIC, NULL, NULL);
}

/* This CPU's counters of @disk. => interrupts off */
static struct disk_stats *my_stats(struct gendisk *disk)
{
	return per_cpu_ptr(disk->dkstats, smp_processor_id());
}

static void start_queue(struct request_queue *q)
{
	assert_held(&q->queue_lock);
	q->plugged = false;
	if (!list_empty(&q->queue_head))
		q->request_fn(q);
}

/* Let the driver start what waits. => any context. */
void blk_run_queue(struct request_queue *q)
{
	unsigned long flags;

	spin_lock_irqsave(&q->queue_lock, flags);
	start_queue(q);
	spin_unlock_irqrestore(&q->queue_lock, flags);
}

static void unplug_timeout(struct timer_list *timer)
{
	blk_run_queue(container_of(timer, struct request_queue, unplug_timer));
}

/* Somebody is about to wait for a page of @mapping: its device shall not wait for more work. => any context. */
void blk_run_address_space(struct address_space *mapping)
{
	struct block_device *bdev;

	if (!mapping || !mapping->host)
		return;
	bdev = mapping->host->i_bdev ? mapping->host->i_bdev : mapping->host->i_sb->s_bdev;
	if (bdev && READ_ONCE(bdev->bd_disk->queue->plugged))
		blk_run_queue(bdev->bd_disk->queue);
}

/* A queue whose driver is @request_fn, with generous limits that the driver may lower. NULL without memory. => boot; sleeps */
struct request_queue *blk_init_queue(void (*request_fn)(struct request_queue *q))
{
	struct request_queue *q = kzalloc(sizeof(*q), GFP_KERNEL);

	if (!q)
		return NULL;
	q->rq_pool = mempool_create_slab_pool(BLKDEV_MIN_RQ, request_cache);
	if (!q->rq_pool || bio_pools_for(nr_queues + 1)) {
		if (q->rq_pool)
			mempool_destroy(q->rq_pool);
		kfree(q);
		return NULL;
	}
	nr_queues++;
	spin_lock_init(&q->queue_lock, RANK_QUEUE);
	INIT_LIST_HEAD(&q->queue_head);
	init_waitqueue_head(&q->wait);
	setup_timer(&q->unplug_timer, unplug_timeout);
	q->request_fn = request_fn;
	q->max_sectors = BIO_MAX_PAGES * (PAGE_SIZE >> SECTOR_SHIFT);
	q->max_segments = BIO_MAX_PAGES;
	q->bounce_limit = ~(phys_t)0;
	q->backing_dev_info.ra_pages = VM_MAX_READAHEAD * 1024 / PAGE_SIZE;
	return q;
}

/* See blk.h. */
void blk_cleanup_queue(struct request_queue *q)
{
	if (!q)
		return;
	del_timer_sync(&q->unplug_timer);
	mempool_destroy(q->rq_pool);
	bio_pools_for(--nr_queues);
	kfree(q);
}

static unsigned int request_segments(const struct request *rq)
{
	unsigned int n = 0;

	for (const struct bio *bio = rq->bio; bio; bio = bio->bi_next)
		n += bio->bi_vcnt;
	return n;
}

static bool can_merge(struct request_queue *q, const struct request *rq, const struct bio *bio)
{
	return rq->rw == (int)bio_data_dir(bio) &&
	       rq->nr_sectors + bio_sectors(bio) <= q->max_sectors &&
	       request_segments(rq) + bio->bi_vcnt <= q->max_segments;
}

/* True: a waiting request took @bio at its back or front. */
static bool merge_bio(struct request_queue *q, struct bio *bio)
{
	struct request *rq;

	assert_held(&q->queue_lock);
	list_for_each_entry_reverse(rq, &q->queue_head, queuelist) {
		bool back = rq->sector + rq->nr_sectors == bio->bi_sector;
		bool front = bio->bi_sector + bio_sectors(bio) == rq->sector;

		if (!(back || front) || !can_merge(q, rq, bio))
			continue;
		rq->nr_sectors += bio_sectors(bio);
		if (back) {
			rq->biotail->bi_next = bio;
			rq->biotail = bio;
		} else {
			bio->bi_next = rq->bio;
			rq->bio = bio;
			rq->sector = bio->bi_sector;
		}
		my_stats(bio->bi_bdev->bd_disk)->merges[rq->rw]++;
		return true;
	}
	return false;
}

/* Does @a come before @b in a sweep that stands at @head? */
static bool sweep_before(sector_t head, sector_t a, sector_t b)
{
	if ((a >= head) != (b >= head))
		return a >= head;
	return a < b;
}

/* Sorted into the sweep. A request never passes one that overlaps it: the order of writes to a sector stays. */
static void add_request(struct request_queue *q, struct request *new)
{
	struct list_head *pos = &q->queue_head;
	struct request *rq;

	list_for_each_entry_reverse(rq, &q->queue_head, queuelist) {
		bool apart = new->sector + new->nr_sectors <= rq->sector ||
			     rq->sector + rq->nr_sectors <= new->sector;

		if (!apart || !sweep_before(q->last_sector, new->sector, rq->sector))
			break;
		pos = &rq->queuelist;
	}
	list_add_tail(&new->queuelist, pos);
}

static void plug_or_start(struct request_queue *q)
{
	if (!q->plugged && q->nr_requests == 1) {
		q->plugged = true;
		mod_timer(&q->unplug_timer, ktime_get() + UNPLUG_DELAY);
	} else if (!q->plugged || q->nr_requests >= UNPLUG_THRESH) {
		start_queue(q);
	}
}

static struct request *new_request(struct request_queue *q, struct bio *bio)
{
	struct request *rq = mempool_alloc(q->rq_pool, GFP_NOIO);

	memset(rq, 0, sizeof(*rq));
	rq->sector = bio->bi_sector;
	rq->nr_sectors = bio_sectors(bio);
	rq->rw = (int)bio_data_dir(bio);
	rq->bio = rq->biotail = bio;
	return rq;
}

/*
 * Queue @bio: merged, or as a request of its own.
 * => may sleep while QUEUE_MAX_REQUESTS are waiting or in flight.
 */
void blk_make_request(struct request_queue *q, struct bio *bio)
{
	struct request *rq;
	bool merged;

	bio->bi_next = NULL;
	spin_lock_irq(&q->queue_lock);
	merged = merge_bio(q, bio);
	spin_unlock_irq(&q->queue_lock);
	if (merged)
		return;

	rq = new_request(q, bio);
	spin_lock_irq(&q->queue_lock);
	while (q->nr_requests >= QUEUE_MAX_REQUESTS) {
		start_queue(q);
		spin_unlock_irq(&q->queue_lock);
		wait_event(q->wait, READ_ONCE(q->nr_requests) < QUEUE_MAX_REQUESTS);
		spin_lock_irq(&q->queue_lock);
	}
	if (++q->nr_requests == CONGESTED_ON)
		set_bdi_congested(&q->backing_dev_info, rq->rw);
	add_request(q, rq);
	plug_or_start(q);
	spin_unlock_irq(&q->queue_lock);
}

/* The request to start next; it stays in the queue until blkdev_dequeue_request. => queue_lock held. */
struct request *elv_next_request(struct request_queue *q)
{
	assert_held(&q->queue_lock);
	if (list_empty(&q->queue_head))
		return NULL;
	return list_entry(q->queue_head.next, struct request, queuelist);
}

/* The driver takes @rq: no more merging into it. => queue_lock held. */
void blkdev_dequeue_request(struct request *rq)
{
	struct request_queue *q = rq->bio->bi_bdev->bd_disk->queue;

	assert_held(&q->queue_lock);
	q->last_sector = rq->sector + rq->nr_sectors;
	list_del_init(&rq->queuelist);
}

static void account_done(struct request_queue *q, struct request *rq)
{
	struct gendisk *disk = rq->bio->bi_bdev->bd_disk;
	unsigned long flags;

	spin_lock_irqsave(&q->queue_lock, flags);
	my_stats(disk)->ios[rq->rw]++;
	my_stats(disk)->sectors[rq->rw] += rq->nr_sectors;
	if (--q->nr_requests == CONGESTED_OFF) {
		clear_bdi_congested(&q->backing_dev_info, READ);
		clear_bdi_congested(&q->backing_dev_info, WRITE);
	}
	spin_unlock_irqrestore(&q->queue_lock, flags);
	wake_up(&q->wait);
}

/* @rq is over, all its bios end with @error. => any context, queue_lock not held. */
void end_request(struct request_queue *q, struct request *rq, int error)
{
	struct bio *bio = rq->bio, *next;

	account_done(q, rq);
	for (; bio; bio = next) {
		next = bio->bi_next;
		bio_endio(bio, error);
	}
	mempool_free(rq, q->rq_pool);
}
