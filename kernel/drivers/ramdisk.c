/*
 * ramdisk.c: "ram0", a disk in memory: for swap and files whose cost shall not follow the host's clock.
 *
 * Made when the command line says ramdisk_size=SIZE. Its pages are taken one by one, from each node in turn, so that no node
 * pays for it alone, and vmap() makes them one stretch.
 *
 * Owns:   its bytes.  Locks: the disk's queue_lock for the queue; the bytes themselves need none (as a real disk's).
 */
#include "kernel/drivers/drivers.h"
#include "kernel/block/blk.h"
#include "kernel/workqueue.h"
#include "kernel/lib/string.h"
#include "kernel/printk.h"
#include "kernel/uapi/errno.h"
#include "mm/highmem.h"
#include "mm/slab.h"
#include "mm/vmalloc.h"

#define RAMDISK_MAJOR	1

unsigned long ramdisk_size;
static struct gendisk ramdisk = { .major = RAMDISK_MAJOR, .disk_name = "ram0" };
static char *ramdisk_bytes;
static struct work_struct ramdisk_work;		/* transfers are done in process context, by the CPU's worker */

static void transfer(struct bio_vec *bv, char *disk, int rw)
{
	char *p = kmap_atomic(bv->bv_page, KM_USER0);

	if (rw == WRITE)
		memcpy(disk, p + bv->bv_offset, bv->bv_len);
	else
		memcpy(p + bv->bv_offset, disk, bv->bv_len);
	kunmap_atomic(p, KM_USER0);
}

static void do_request(struct request_queue *q, struct request *rq)
{
	char *at = ramdisk_bytes + (rq->sector << SECTOR_SHIFT);

	for (struct bio *bio = rq->bio; bio; bio = bio->bi_next)
		for (int i = 0; i < bio->bi_vcnt; i++) {
			transfer(&bio->bi_io_vec[i], at, rq->rw);
			at += bio->bi_io_vec[i].bv_len;
		}
	end_request(q, rq, 0);
}

static void ramdisk_serve(struct work_struct *work)
{
	struct request_queue *q = ramdisk.queue;
	struct request *rq;

	(void)work;
	spin_lock_irq(&q->queue_lock);
	while ((rq = elv_next_request(q)) != NULL) {
		blkdev_dequeue_request(rq);
		spin_unlock_irq(&q->queue_lock);
		do_request(q, rq);
		spin_lock_irq(&q->queue_lock);
	}
	spin_unlock_irq(&q->queue_lock);
}

static void ramdisk_request_fn(struct request_queue *q)
{
	(void)q;
	schedule_work(&ramdisk_work);
}

static void free_disk_pages(struct page **pages, unsigned long nr)
{
	while (nr)
		__free_page(pages[--nr]);
	vfree(pages);
}

/* @nr zeroed pages; NULL: not enough memory, and nobody is killed for it. => the array is vmalloc's, too */
static struct page **alloc_disk_pages(unsigned long nr)
{
	struct page **pages = vmalloc(nr * sizeof(*pages));
	pg_data_t *pgdat = first_online_pgdat();

	for (unsigned long n = 0; pages && n < nr; n++) {
		pages[n] = alloc_pages_node(pgdat->node_id,
					    GFP_KERNEL | __GFP_HIGHMEM | __GFP_ZERO | __GFP_NORETRY | __GFP_NOWARN, 0);
		if (!pages[n]) {
			free_disk_pages(pages, n);
			return NULL;
		}
		pgdat = next_online_pgdat(pgdat);
		if (!pgdat)
			pgdat = first_online_pgdat();
	}
	return pages;
}

void ramdisk_init(void)
{
	unsigned long nr = PAGE_ALIGN(ramdisk_size) >> PAGE_SHIFT;
	struct page **pages;

	if (!ramdisk_size)
		return;
	pages = alloc_disk_pages(nr);
	if (!pages)
		goto fail;
	ramdisk_bytes = vmap(pages, (unsigned int)nr, 0, PAGE_KERNEL);
	ramdisk.queue = ramdisk_bytes ? blk_init_queue(ramdisk_request_fn) : NULL;
	if (!ramdisk.queue)
		goto fail;
	INIT_WORK(&ramdisk_work, ramdisk_serve);
	ramdisk.capacity = (sector_t)nr << (PAGE_SHIFT - SECTOR_SHIFT);
	if (add_disk(&ramdisk))
		goto fail;
	vfree(pages);
	return;
fail:
	printk(KERN_ERR "ramdisk_size=%lu: not enough memory\n", ramdisk_size);
	blk_cleanup_queue(ramdisk.queue);
	vunmap(ramdisk_bytes);
	if (pages)
		free_disk_pages(pages, nr);
}
