/*
 * virtio_blk.c: disks "vda", "vdb", ….
 *
 * A request becomes one chain: header, pieces of its bios, status byte. Chains in flight come from a fixed set, so
 * that starting a request needs no memory.
 *
 * Owns:   vblk_slot free list of each disk.
 * Locks:  the disk's queue_lock guards its ring and its slots.
 * Read next: virtio.c (the ring), kernel/block/queue.c (who calls).
 */
#include "kernel/drivers/virtio.h"
#include "kernel/block/blk.h"
#include "kernel/printk.h"
#include "kernel/uapi/errno.h"
#include "mm/mm.h"
#include "mm/slab.h"

#define VIRTIO_BLK_F_SEG_MAX	(1ULL << 2)
#define CONFIG_CAPACITY		0
#define CONFIG_SEG_MAX		12
#define VIRTIO_BLK_T_IN		0
#define VIRTIO_BLK_T_OUT	1
#define VIRTIO_BLK_MAJOR	254
#define VBLK_SLOTS		32
#define VBLK_SEGMENTS		(BIO_MAX_PAGES - 2)

struct vblk_header {
	u32 type, reserved;
	u64 sector;
};

struct vblk_slot {
	struct vblk_header header;
	u8 status;			/* written by the device: 0 is well */
	struct request *rq;
	struct vblk_slot *next_free;	/* [q] */
};

struct vblk {
	struct gendisk disk;
	struct virtqueue *vq;		/* [q] */
	struct vblk_slot *free;		/* [q] */
	struct vblk_slot slots[VBLK_SLOTS];
};

static int nr_disks;

static u64 phys(const void *p)
{
	return __pa((unsigned long)p);
}

static unsigned int fill_pieces(struct request *rq, struct vq_buf *bufs)
{
	unsigned int n = 0;

	for (struct bio *bio = rq->bio; bio; bio = bio->bi_next)
		for (int i = 0; i < bio->bi_vcnt; i++) {
			struct bio_vec *bv = &bio->bi_io_vec[i];

			bufs[n++] = (struct vq_buf){ page_to_phys(bv->bv_page) + bv->bv_offset, bv->bv_len };
		}
	return n;
}

/* False: the ring or the slots are full; a completion will try again. */
static bool start_request(struct vblk *vb, struct request *rq)
{
	struct vq_buf bufs[BIO_MAX_PAGES];
	struct vblk_slot *slot = vb->free;
	unsigned int n, out;

	if (!slot)
		return false;
	slot->header = (struct vblk_header){
		.type = rq->rw == WRITE ? VIRTIO_BLK_T_OUT : VIRTIO_BLK_T_IN,
		.sector = rq->sector,
	};
	bufs[0] = (struct vq_buf){ phys(&slot->header), sizeof(slot->header) };
	n = 1 + fill_pieces(rq, bufs + 1);
	bufs[n] = (struct vq_buf){ phys(&slot->status), 1 };
	out = rq->rw == WRITE ? n : 1;
	if (virtqueue_add(vb->vq, bufs, out, n + 1 - out, slot))
		return false;
	slot->rq = rq;
	vb->free = slot->next_free;
	return true;
}

static void vblk_request_fn(struct request_queue *q)
{
	struct vblk *vb = q->queuedata;
	struct request *rq;
	bool kick = false;

	while ((rq = elv_next_request(q)) != NULL && start_request(vb, rq)) {
		blkdev_dequeue_request(rq);
		kick = true;
	}
	if (kick)
		virtqueue_kick(vb->vq);
}

static void vblk_interrupt(struct virtio_device *vdev)
{
	struct vblk *vb = vdev->priv;
	struct request_queue *q = vb->disk.queue;
	struct request *done[VBLK_SLOTS];
	int errors[VBLK_SLOTS], nr = 0;
	struct vblk_slot *slot;
	u32 len;

	spin_lock(&q->queue_lock);
	while (nr < VBLK_SLOTS && (slot = virtqueue_get_buf(vb->vq, &len)) != NULL) {
		done[nr] = slot->rq;
		errors[nr++] = slot->status ? -EIO : 0;
		slot->next_free = vb->free;
		vb->free = slot;
	}
	vblk_request_fn(q);
	spin_unlock(&q->queue_lock);
	for (int i = 0; i < nr; i++)
		end_request(q, done[i], errors[i]);
}

static void init_slots(struct vblk *vb)
{
	for (int i = 0; i < VBLK_SLOTS; i++) {
		vb->slots[i].next_free = vb->free;
		vb->free = &vb->slots[i];
	}
}

static int init_queue(struct vblk *vb, struct virtio_device *vdev)
{
	struct request_queue *q = blk_init_queue(vblk_request_fn);

	if (!q)
		return -ENOMEM;
	q->queuedata = vb;
	q->max_segments = VBLK_SEGMENTS;
	if (vdev->features & VIRTIO_BLK_F_SEG_MAX)
		q->max_segments = min(q->max_segments, virtio_config32(vdev, CONFIG_SEG_MAX));
	vb->disk.queue = q;
	return 0;
}

/* 0 or -errno. => process context, boot */
int virtio_blk_probe(struct virtio_device *vdev)
{
	struct vblk *vb;
	int error = virtio_negotiate(vdev, VIRTIO_BLK_F_SEG_MAX);

	if (error)
		return error;
	vb = kzalloc(sizeof(*vb), GFP_KERNEL);
	if (!vb)
		return -ENOMEM;
	init_slots(vb);
	vb->disk.major = VIRTIO_BLK_MAJOR;
	vb->disk.minor = nr_disks * 16;		/* as Linux leaves room for partitions */
	snprintf(vb->disk.disk_name, sizeof(vb->disk.disk_name), "vd%c", 'a' + nr_disks);
	vb->disk.capacity = virtio_config64(vdev, CONFIG_CAPACITY);
	vb->vq = virtqueue_create(vdev, 0);
	error = vb->vq ? init_queue(vb, vdev) : -ENOMEM;
	if (error)
		goto fail;
	vdev->priv = vb;
	vdev->interrupt = vblk_interrupt;
	error = virtio_start(vdev);
	if (!error)
		error = add_disk(&vb->disk);
	if (error)
		goto fail;
	nr_disks++;
	return 0;
fail:
	virtio_stop(vdev);
	virtqueue_free(vb->vq);
	blk_cleanup_queue(vb->disk.queue);
	kfree(vb);
	return error;
}
