#ifndef KERNEL_BLOCK_INTERNAL_H
#define KERNEL_BLOCK_INTERNAL_H

/* Between the files of kernel/block/ only. */
#include "kernel/block/blk.h"

void blk_make_request(struct request_queue *q, struct bio *bio);	/* => may sleep */
void bio_init(void);		/* boot: its pools */
int bio_pools_for(int disks);	/* boot: so many queues draw on them. 0; -ENOMEM: as large as they were, or larger */
void blk_queue_init(void);	/* boot: the requests' pool */
int bdev_register(struct gendisk *disk);	/* its block_device and page cache. 0 or -ENOMEM */

#endif
