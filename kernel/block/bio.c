/*
 * bio.c: one transfer between pieces of pages and consecutive sectors.
 *
 * Owns:   the pools that bios and their arrays of pieces come from: a few of each size are always there, so that what
 *         frees memory by writing never waits for memory.
 * Locks:  none; a bio belongs to one owner at a time.
 * Read next: queue.c (what becomes of a submitted bio), kernel/fs/buffer.c (who submits them).
 *
 * As 2.6.20 fs/bio.c, with one piece never crossing a page.
 */
#include "kernel/block/blk.h"
#include "kernel/block/internal.h"
#include "kernel/lib/string.h"
#include "kernel/sched.h"
#include "mm/mempool.h"
#include "mm/mm.h"
#include "mm/slab.h"
#include "kernel/uapi/errno.h"

#define BIO_POOL_SIZE		2	/* of each kind in reserve for each disk: one that is being filled, one in flight */

static const struct { const char *name; unsigned short nr_vecs; } sizes[] = {
	{ "biovec-1", 1 }, { "biovec-4", 4 }, { "biovec-16", 16 }, { "biovec-64", BIO_MAX_PAGES },
};
static mempool_t *bio_pool, *bvec_pools[ARRAY_SIZE(sizes)];

/* => boot, slab is up */
void bio_init(void)
{
	struct kmem_cache *cache = kmem_cache_create("bio", sizeof(struct bio), 0, SLAB_HWCACHE_ALIGN | SLAB_PANIC, NULL, NULL);

	bio_pool = mempool_create_slab_pool(BIO_POOL_SIZE, cache);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		cache = kmem_cache_create(sizes[i].name, sizes[i].nr_vecs * sizeof(struct bio_vec), 0,
					  SLAB_HWCACHE_ALIGN | SLAB_PANIC, NULL, NULL);
		bvec_pools[i] = mempool_create_slab_pool(BIO_POOL_SIZE, cache);
		if (!bvec_pools[i])
			panic("no memory for the pool %s", sizes[i].name);
	}
	if (!bio_pool)
		panic("no memory for the pool bio");
}

/* See internal.h. A pool that shrinks needs no memory. */
int bio_pools_for(int disks)
{
	int nr = BIO_POOL_SIZE * max(disks, 1), error = mempool_resize(bio_pool, nr, GFP_KERNEL);

	for (size_t i = 0; i < ARRAY_SIZE(sizes) && !error; i++)
		error = mempool_resize(bvec_pools[i], nr, GFP_KERNEL);
	return error;
}

static mempool_t *bvec_pool(unsigned int nr_vecs, unsigned short *max_vecs)
{
	size_t i = 0;

	while (sizes[i].nr_vecs < nr_vecs)
		i++;
	*max_vecs = sizes[i].nr_vecs;
	return bvec_pools[i];
}

/*
 * A bio with room for @nr_vecs pieces (at most BIO_MAX_PAGES), one reference.
 * => may sleep iff __GFP_WAIT, and never fails then: writeback must go on to free memory. Else NULL.
 */
struct bio *bio_alloc(gfp_t gfp, unsigned int nr_vecs)
{
	struct bio *bio;

	ASSERT(nr_vecs > 0 && nr_vecs <= BIO_MAX_PAGES);
	bio = mempool_alloc(bio_pool, gfp);
	if (!bio)
		return NULL;
	memset(bio, 0, sizeof(*bio));
	bio->bi_io_vec = mempool_alloc(bvec_pool(nr_vecs, &bio->bi_max_vecs), gfp);
	if (!bio->bi_io_vec) {
		mempool_free(bio, bio_pool);
		return NULL;
	}
	atomic_set(&bio->bi_cnt, 1);
	return bio;
}

/* Drop a reference; the last frees. => any context. */
void bio_put(struct bio *bio)
{
	unsigned short max_vecs;

	if (!atomic_dec_and_test(&bio->bi_cnt))
		return;
	mempool_free(bio->bi_io_vec, bvec_pool(bio->bi_max_vecs, &max_vecs));
	mempool_free(bio, bio_pool);
}

/*
 * Add a piece at the end, joined to the last one where they touch.
 * => returns @len, or 0 when the bio or its device takes no more: submit it and begin another.
 */
int bio_add_page(struct bio *bio, struct page *page, unsigned int len, unsigned int offset)
{
	struct request_queue *q = bio->bi_bdev->bd_disk->queue;
	struct bio_vec *last;

	if ((bio->bi_size + len) >> SECTOR_SHIFT > q->max_sectors)
		return 0;
	if (bio->bi_vcnt) {
		last = &bio->bi_io_vec[bio->bi_vcnt - 1];
		if (last->bv_page == page && last->bv_offset + last->bv_len == offset) {
			last->bv_len += len;
			bio->bi_size += len;
			return (int)len;
		}
	}
	if (bio->bi_vcnt == bio->bi_max_vecs || bio->bi_vcnt >= q->max_segments)
		return 0;
	bio->bi_io_vec[bio->bi_vcnt++] = (struct bio_vec){ page, len, offset };
	bio->bi_size += len;
	return (int)len;
}

/* The transfer is over: tell the submitter. => any context; the caller's hold on the bio ends here. */
void bio_endio(struct bio *bio, int error)
{
	bio->bi_error = error;
	bio->bi_end_io(bio);
}

static bool beyond_device(const struct bio *bio)
{
	sector_t capacity = bio->bi_bdev->bd_disk->capacity, n = bio_sectors(bio);

	return n > capacity || bio->bi_sector > capacity - n;
}

/*
 * Hand @bio to its device; bi_end_io tells how it went, -EIO at once for sectors that the device does not have.
 * => may sleep for room in the queue; the device may wait for more before it starts (blk_run_address_space).
 */
void submit_bio(int rw, struct bio *bio)
{
	might_sleep();
	bio->bi_rw = (unsigned long)rw;
	count_vm_events(rw == WRITE ? PGPGOUT : PGPGIN, (long)bio_sectors(bio));
	if (rw != WRITE)		/* who writes is told when he makes a page dirty */
		current->inblock += (unsigned long)bio_sectors(bio);
	if (beyond_device(bio)) {
		printk(KERN_WARNING "%s: access beyond the end: sector %llu, %llu wanted\n",
		       bio->bi_bdev->bd_disk->disk_name, (unsigned long long)bio->bi_sector,
		       (unsigned long long)bio_sectors(bio));
		bio_endio(bio, -EIO);
		return;
	}
	blk_make_request(bio->bi_bdev->bd_disk->queue, bio);
}
