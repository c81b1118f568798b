#ifndef KERNEL_BLOCK_INTERNAL_H
#define KERNEL_BLOCK_INTERNAL_H

/* Between the files of kernel/block/ only. */
#include "kernel/block/blk.h"

void blk_make_request(struct request_queue *q, struct bio *bio);	/* => may sleep */
void bio_init(void);		/* boot: its pools */
void blk_queue_init(void);	/* boot: the requests' pool */
int bdev_register(struct gendisk *disk);	/* its block_device and page cache. 0 or -ENOMEM */

#endif
