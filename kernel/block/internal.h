#ifndef KERNEL_BLOCK_INTERNAL_H
#define KERNEL_BLOCK_INTERNAL_H

/* Between the files of kernel/block/ only. */
#include "kernel/block/blk.h"

void blk_make_request(struct request_queue *q, struct bio *bio);	/* => may sleep */
int bdev_register(struct gendisk *disk);	/* its block_device and page cache. 0 or -ENOMEM */

#endif
