/*
 * virtio.c: what all virtio devices share: coming up, and rings of descriptors.
 *
 *	desc[]   chains of pieces, free ones linked by next
 *	avail    driver ─► device: heads of chains to work on
 *	used     device ─► driver: heads of chains that are done
 *
 * Owns:   the rings of each queue.
 * Locks:  none: a queue is guarded by its driver.
 * Read next: virtio_mmio.c, virtio_pci.c (transports), virtio_blk.c (a driver).
 */
#include "kernel/drivers/virtio.h"
#include "kernel/irq.h"
#include "kernel/printk.h"
#include "kernel/uapi/errno.h"
#include "mm/mm.h"
#include "mm/slab.h"

#define VRING_DESC_F_NEXT	1
#define VRING_DESC_F_WRITE	2
#define VRING_USED_F_NO_NOTIFY	1
#define VIRTIO_PCI_ISR_QUEUE	1u

static void add_status(struct virtio_device *vdev, u8 bits)
{
	vdev->transport->set_status(vdev, vdev->transport->get_status(vdev) | bits);
}

int virtio_probe(struct virtio_device *vdev)
{
	int error = -ENODEV;

	vdev->transport->set_status(vdev, 0);
	add_status(vdev, VIRTIO_STATUS_ACKNOWLEDGE);
	if (vdev->id == VIRTIO_ID_BLOCK)
		error = virtio_blk_probe(vdev);
	else if (vdev->id == VIRTIO_ID_CONSOLE)
		error = virtio_console_probe(vdev);
	if (error && error != -ENODEV) {
		printk(KERN_ERR "virtio: device of kind %u does not come up: error %d\n", vdev->id, -error);
		add_status(vdev, VIRTIO_STATUS_FAILED);
	}
	return error;
}

int virtio_negotiate(struct virtio_device *vdev, u64 wanted)
{
	u64 offered = vdev->transport->get_features(vdev);

	add_status(vdev, VIRTIO_STATUS_DRIVER);
	if (!(offered & VIRTIO_F_VERSION_1))
		return -EPROTONOSUPPORT;
	vdev->features = (offered & wanted) | VIRTIO_F_VERSION_1;
	vdev->transport->set_features(vdev, vdev->features);
	add_status(vdev, VIRTIO_STATUS_FEATURES_OK);
	return vdev->transport->get_status(vdev) & VIRTIO_STATUS_FEATURES_OK ? 0 : -EPROTONOSUPPORT;
}

/* Two pages: descriptors and avail in the first, used in the second. */
static int alloc_rings(struct virtqueue *vq)
{
	char *mem = (char *)__get_free_pages(GFP_KERNEL | __GFP_ZERO, 1);

	BUILD_BUG_ON(VIRTQUEUE_MAX * (sizeof(struct vring_desc) + 2) + 8 > PAGE_SIZE);
	if (!mem)
		return -ENOMEM;
	vq->desc = (struct vring_desc *)mem;
	vq->avail = (struct vring_avail *)(mem + vq->num * sizeof(struct vring_desc));
	vq->used = (struct vring_used *)(mem + PAGE_SIZE);
	for (unsigned int i = 0; i < vq->num; i++)
		vq->desc[i].next = (u16)(i + 1);
	vq->num_free = (u16)vq->num;
	return 0;
}

struct virtqueue *virtqueue_create(struct virtio_device *vdev, unsigned int index)
{
	unsigned int size = vdev->transport->queue_size(vdev, index);
	struct virtqueue *vq = size ? kzalloc(sizeof(*vq), GFP_KERNEL) : NULL;

	if (!vq)
		return NULL;
	vq->vdev = vdev;
	vq->index = index;
	vq->num = min(size, (unsigned)VIRTQUEUE_MAX);
	if (alloc_rings(vq))
		goto free;
	if (vdev->transport->queue_enable(vq))
		goto free_rings;
	return vq;
free_rings:
	free_pages((unsigned long)vq->desc, 1);
free:
	kfree(vq);
	return NULL;
}

void virtqueue_free(struct virtqueue *vq)
{
	if (vq)
		free_pages((unsigned long)vq->desc, 1);
	kfree(vq);
}

static bool virtio_irq(int irq, void *dev)
{
	struct virtio_device *vdev = dev;
	u32 why = vdev->transport->ack_irq(vdev);

	(void)irq;
	if (why & VIRTIO_PCI_ISR_QUEUE)
		vdev->interrupt(vdev);
	return why != 0;
}

int virtio_start(struct virtio_device *vdev)
{
	int error = request_irq(vdev->irq, virtio_irq, "virtio", vdev);

	if (error)
		return error;
	vdev->started = true;
	add_status(vdev, VIRTIO_STATUS_DRIVER_OK);
	return 0;
}

void virtio_stop(struct virtio_device *vdev)
{
	vdev->transport->set_status(vdev, 0);
	if (vdev->started)
		free_irq(vdev->irq, vdev);
	vdev->started = false;
}

int virtqueue_add(struct virtqueue *vq, const struct vq_buf *bufs, unsigned int out, unsigned int in, void *data)
{
	unsigned int n = out + in;
	u16 head = vq->free_head, at = head;

	if (n > vq->num_free)
		return -ENOSPC;
	for (unsigned int i = 0; i < n; i++) {
		struct vring_desc *desc = &vq->desc[at];

		desc->addr = bufs[i].addr;
		desc->len = bufs[i].len;
		desc->flags = (u16)((i >= out ? VRING_DESC_F_WRITE : 0) | (i + 1 < n ? VRING_DESC_F_NEXT : 0));
		at = desc->next;
	}
	vq->free_head = at;
	vq->num_free = (u16)(vq->num_free - n);
	vq->data[head] = data;
	vq->avail->ring[vq->avail->idx % vq->num] = head;
	wmb();			/* the device sees the chain before its number */
	WRITE_ONCE(vq->avail->idx, (u16)(vq->avail->idx + 1));
	return 0;
}

void virtqueue_kick(struct virtqueue *vq)
{
	mb();			/* the new index before the question whether anybody watches */
	if (!(READ_ONCE(vq->used->flags) & VRING_USED_F_NO_NOTIFY))
		vq->vdev->transport->notify(vq);
}

static void free_chain(struct virtqueue *vq, u16 head)
{
	u16 last = head;

	vq->num_free++;
	while (vq->desc[last].flags & VRING_DESC_F_NEXT) {
		last = vq->desc[last].next;
		vq->num_free++;
	}
	vq->desc[last].next = vq->free_head;
	vq->free_head = head;
}

void *virtqueue_get_buf(struct virtqueue *vq, u32 *len)
{
	const struct vring_used_elem *elem;
	u16 head;

	if (vq->last_used == READ_ONCE(vq->used->idx))
		return NULL;
	rmb();			/* the entry after its number */
	elem = &vq->used->ring[vq->last_used % vq->num];
	head = (u16)elem->id;
	if (elem->id >= vq->num || !vq->data[head])
		panic("virtio: the device gave back chain %u, which it did not have", elem->id);
	*len = elem->len;
	vq->last_used++;
	free_chain(vq, head);
	return xchg(&vq->data[head], NULL);
}

u32 virtio_config32(struct virtio_device *vdev, unsigned int offset)
{
	u32 v = 0;

	for (unsigned int i = 0; i < 4; i++)
		v |= (u32)vdev->transport->config_byte(vdev, offset + i) << (8 * i);
	return v;
}

u64 virtio_config64(struct virtio_device *vdev, unsigned int offset)
{
	return virtio_config32(vdev, offset) | (u64)virtio_config32(vdev, offset + 4) << 32;
}
