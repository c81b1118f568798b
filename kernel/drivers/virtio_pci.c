/*
 * virtio_pci.c: virtio devices on PCI, by the capabilities of virtio 1.0.
 *
 *	capability 9 ─► { kind, BAR, offset, length }: common configuration, notify area, ISR byte, device configuration
 *
 * Owns:   the mappings of those four areas, for each device.
 * Read next: virtio.c, pci.c.
 */
#include "kernel/drivers/virtio.h"
#include "kernel/drivers/drivers.h"
#include "kernel/drivers/pci.h"
#include "kernel/uapi/errno.h"
#include "mm/slab.h"
#include "mm/vmalloc.h"
#include <asm/io.h>

#define PCI_VENDOR_VIRTIO	0x1af4
#define PCI_DEVICE_MODERN	0x1040	/* + device kind */
#define PCI_CAP_VENDOR		9

enum { CAP_COMMON = 1, CAP_NOTIFY, CAP_ISR, CAP_DEVICE };

enum {					/* common configuration */
	COMMON_FEATURE_SEL = 0, COMMON_FEATURE = 4, COMMON_DRV_FEATURE_SEL = 8, COMMON_DRV_FEATURE = 12,
	COMMON_STATUS = 20, COMMON_QUEUE_SEL = 22, COMMON_QUEUE_SIZE = 24, COMMON_QUEUE_ENABLE = 28,
	COMMON_QUEUE_NOTIFY_OFF = 30, COMMON_QUEUE_DESC = 32, COMMON_QUEUE_AVAIL = 40, COMMON_QUEUE_USED = 48
};

static u64 pci_get_features(struct virtio_device *vdev)
{
	u64 low;

	writel(0, vdev->regs + COMMON_FEATURE_SEL);
	low = readl(vdev->regs + COMMON_FEATURE);
	writel(1, vdev->regs + COMMON_FEATURE_SEL);
	return low | (u64)readl(vdev->regs + COMMON_FEATURE) << 32;
}

static void pci_set_features(struct virtio_device *vdev, u64 features)
{
	writel(0, vdev->regs + COMMON_DRV_FEATURE_SEL);
	writel((u32)features, vdev->regs + COMMON_DRV_FEATURE);
	writel(1, vdev->regs + COMMON_DRV_FEATURE_SEL);
	writel((u32)(features >> 32), vdev->regs + COMMON_DRV_FEATURE);
}

static u8 pci_get_status(struct virtio_device *vdev)
{
	return readb(vdev->regs + COMMON_STATUS);
}

static void pci_set_status(struct virtio_device *vdev, u8 status)
{
	writeb(status, vdev->regs + COMMON_STATUS);
	while (!status && readb(vdev->regs + COMMON_STATUS))
		cpu_relax();
}

static u8 pci_config_byte(struct virtio_device *vdev, unsigned int offset)
{
	return readb(vdev->config + offset);
}

static unsigned int pci_queue_size(struct virtio_device *vdev, unsigned int index)
{
	writew((u16)index, vdev->regs + COMMON_QUEUE_SEL);
	return readw(vdev->regs + COMMON_QUEUE_SIZE);
}

static void set_address(struct virtio_device *vdev, unsigned int reg, const void *p)
{
	u64 pa = __pa((unsigned long)p);

	writel((u32)pa, vdev->regs + reg);
	writel((u32)(pa >> 32), vdev->regs + reg + 4);
}

static int pci_queue_enable(struct virtqueue *vq)
{
	struct virtio_device *vdev = vq->vdev;

	writew((u16)vq->index, vdev->regs + COMMON_QUEUE_SEL);
	writew((u16)vq->num, vdev->regs + COMMON_QUEUE_SIZE);
	set_address(vdev, COMMON_QUEUE_DESC, vq->desc);
	set_address(vdev, COMMON_QUEUE_AVAIL, vq->avail);
	set_address(vdev, COMMON_QUEUE_USED, vq->used);
	vq->notify_addr = vdev->notify_base + readw(vdev->regs + COMMON_QUEUE_NOTIFY_OFF) * vdev->notify_multiplier;
	writew(1, vdev->regs + COMMON_QUEUE_ENABLE);
	return 0;
}

static void pci_notify(struct virtqueue *vq)
{
	writew((u16)vq->index, vq->notify_addr);
}

static u32 pci_ack_irq(struct virtio_device *vdev)
{
	return readb(vdev->isr);		/* reading clears it */
}

static const struct virtio_transport pci_transport = {
	.get_features = pci_get_features,
	.set_features = pci_set_features,
	.get_status = pci_get_status,
	.set_status = pci_set_status,
	.config_byte = pci_config_byte,
	.queue_size = pci_queue_size,
	.queue_enable = pci_queue_enable,
	.notify = pci_notify,
	.ack_irq = pci_ack_irq,
};

/* Map what the capability at @cap of configuration space tells of. */
static int map_capability(struct virtio_device *vdev, struct pci_dev *pci, unsigned int cap)
{
	u8 kind = pci_read8(pci, cap + 3), bar = pci_read8(pci, cap + 4);
	volatile char **place;
	phys_t base;

	switch (kind) {
	case CAP_COMMON: place = &vdev->regs; break;
	case CAP_NOTIFY: place = &vdev->notify_base; break;
	case CAP_ISR:	 place = &vdev->isr; break;
	case CAP_DEVICE: place = &vdev->config; break;
	default:	 return 0;
	}
	if (*place || bar >= PCI_NUM_BARS || !pci_bar_memory(pci, bar, &base))
		return 0;
	*place = ioremap(base + pci_read32(pci, cap + 8), pci_read32(pci, cap + 12));
	if (kind == CAP_NOTIFY)
		vdev->notify_multiplier = pci_read32(pci, cap + 16);
	return *place ? 0 : -ENOMEM;
}

static int map_all(struct virtio_device *vdev, struct pci_dev *pci)
{
	unsigned int cap = 0;

	while ((cap = pci_find_capability(pci, PCI_CAP_VENDOR, cap)) != 0) {
		int error = map_capability(vdev, pci, cap);

		if (error)
			return error;
	}
	return vdev->regs && vdev->notify_base && vdev->isr ? 0 : -ENODEV;
}

static void unmap_all(struct virtio_device *vdev)
{
	volatile char *areas[] = { vdev->regs, vdev->notify_base, vdev->isr, vdev->config };

	for (unsigned int i = 0; i < ARRAY_SIZE(areas); i++)
		if (areas[i])
			iounmap(areas[i]);
}

/* Older numbering names the kind in the subsystem field. */
static u32 virtio_kind(struct pci_dev *pci)
{
	return pci->device >= PCI_DEVICE_MODERN ? pci->device - PCI_DEVICE_MODERN : pci->subsystem_device;
}

static int virtio_pci_probe(struct device *dev)
{
	struct pci_dev *pci = dev->bus_data;
	struct virtio_device *vdev;
	int error;

	if (pci->vendor != PCI_VENDOR_VIRTIO)
		return -ENODEV;
	vdev = kzalloc(sizeof(*vdev), GFP_KERNEL);
	if (!vdev)
		return -ENOMEM;
	vdev->transport = &pci_transport;
	vdev->irq = pci->irq;
	vdev->id = virtio_kind(pci);
	pci_enable(pci);
	error = map_all(vdev, pci);
	if (!error)
		error = virtio_probe(vdev);
	if (error) {
		unmap_all(vdev);
		kfree(vdev);
	}
	return error;
}

struct device_driver virtio_pci_driver = { .compatible = "pci", .probe = virtio_pci_probe };
