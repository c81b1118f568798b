/*
 * virtio_mmio.c: virtio devices whose registers lie in memory (QEMU's RISC-V virt), version 2 of the interface.
 *
 * Owns:   nothing beyond each device's registers.
 * Read next: virtio.c.
 */
#include "kernel/drivers/virtio.h"
#include "kernel/drivers/drivers.h"
#include "kernel/printk.h"
#include "kernel/uapi/errno.h"
#include "mm/slab.h"
#include "mm/vmalloc.h"
#include <asm/io.h>

enum {
	MMIO_MAGIC = 0x00, MMIO_VERSION = 0x04, MMIO_DEVICE_ID = 0x08,
	MMIO_FEATURES = 0x10, MMIO_FEATURES_SEL = 0x14, MMIO_DRV_FEATURES = 0x20, MMIO_DRV_FEATURES_SEL = 0x24,
	MMIO_QUEUE_SEL = 0x30, MMIO_QUEUE_NUM_MAX = 0x34, MMIO_QUEUE_NUM = 0x38, MMIO_QUEUE_READY = 0x44,
	MMIO_QUEUE_NOTIFY = 0x50, MMIO_IRQ_STATUS = 0x60, MMIO_IRQ_ACK = 0x64, MMIO_STATUS = 0x70,
	MMIO_QUEUE_DESC = 0x80, MMIO_QUEUE_AVAIL = 0x90, MMIO_QUEUE_USED = 0xa0, MMIO_CONFIG = 0x100
};
#define MMIO_MAGIC_VALUE	0x74726976	/* "virt" */

static u32 get(struct virtio_device *vdev, unsigned int reg)
{
	return readl(vdev->regs + reg);
}

static void set(struct virtio_device *vdev, unsigned int reg, u32 v)
{
	writel(v, vdev->regs + reg);
}

static u64 mmio_get_features(struct virtio_device *vdev)
{
	u64 low;

	set(vdev, MMIO_FEATURES_SEL, 0);
	low = get(vdev, MMIO_FEATURES);
	set(vdev, MMIO_FEATURES_SEL, 1);
	return low | (u64)get(vdev, MMIO_FEATURES) << 32;
}

static void mmio_set_features(struct virtio_device *vdev, u64 features)
{
	set(vdev, MMIO_DRV_FEATURES_SEL, 0);
	set(vdev, MMIO_DRV_FEATURES, (u32)features);
	set(vdev, MMIO_DRV_FEATURES_SEL, 1);
	set(vdev, MMIO_DRV_FEATURES, (u32)(features >> 32));
}

static u8 mmio_get_status(struct virtio_device *vdev)
{
	return (u8)get(vdev, MMIO_STATUS);
}

static void mmio_set_status(struct virtio_device *vdev, u8 status)
{
	set(vdev, MMIO_STATUS, status);
}

static u8 mmio_config_byte(struct virtio_device *vdev, unsigned int offset)
{
	return readb(vdev->regs + MMIO_CONFIG + offset);
}

static unsigned int mmio_queue_size(struct virtio_device *vdev, unsigned int index)
{
	set(vdev, MMIO_QUEUE_SEL, index);
	return get(vdev, MMIO_QUEUE_READY) ? 0 : get(vdev, MMIO_QUEUE_NUM_MAX);
}

static void set_address(struct virtio_device *vdev, unsigned int reg, const void *p)
{
	u64 pa = __pa((unsigned long)p);

	set(vdev, reg, (u32)pa);
	set(vdev, reg + 4, (u32)(pa >> 32));
}

static int mmio_queue_enable(struct virtqueue *vq)
{
	set(vq->vdev, MMIO_QUEUE_SEL, vq->index);
	set(vq->vdev, MMIO_QUEUE_NUM, vq->num);
	set_address(vq->vdev, MMIO_QUEUE_DESC, vq->desc);
	set_address(vq->vdev, MMIO_QUEUE_AVAIL, vq->avail);
	set_address(vq->vdev, MMIO_QUEUE_USED, vq->used);
	set(vq->vdev, MMIO_QUEUE_READY, 1);
	return 0;
}

static void mmio_notify(struct virtqueue *vq)
{
	set(vq->vdev, MMIO_QUEUE_NOTIFY, vq->index);
}

static u32 mmio_ack_irq(struct virtio_device *vdev)
{
	u32 why = get(vdev, MMIO_IRQ_STATUS);

	if (why)
		set(vdev, MMIO_IRQ_ACK, why);
	return why;
}

static const struct virtio_transport mmio_transport = {
	.get_features = mmio_get_features,
	.set_features = mmio_set_features,
	.get_status = mmio_get_status,
	.set_status = mmio_set_status,
	.config_byte = mmio_config_byte,
	.queue_size = mmio_queue_size,
	.queue_enable = mmio_queue_enable,
	.notify = mmio_notify,
	.ack_irq = mmio_ack_irq,
};

static int mmio_probe(struct device *dev)
{
	struct virtio_device *vdev = kzalloc(sizeof(*vdev), GFP_KERNEL);
	int error = -ENODEV;

	if (!vdev)
		return -ENOMEM;
	vdev->regs = ioremap(dev->base, dev->size);
	if (!vdev->regs) {
		kfree(vdev);
		return -ENOMEM;
	}
	vdev->transport = &mmio_transport;
	vdev->irq = dev->irq;
	vdev->id = get(vdev, MMIO_DEVICE_ID);
	if (get(vdev, MMIO_MAGIC) == MMIO_MAGIC_VALUE && vdev->id) {
		if (get(vdev, MMIO_VERSION) == 2)
			error = virtio_probe(vdev);
		else
			printk(KERN_ERR "virtio: a legacy device: start QEMU with -global virtio-mmio.force-legacy=false\n");
	}
	if (error) {
		iounmap(vdev->regs);
		kfree(vdev);
	}
	return error;
}

struct device_driver virtio_mmio_driver = { .compatible = "virtio,mmio", .probe = mmio_probe };
