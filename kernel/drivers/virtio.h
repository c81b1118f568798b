#ifndef KERNEL_DRIVERS_VIRTIO_H
#define KERNEL_DRIVERS_VIRTIO_H

/*
 * Virtio 1.0: a device is some queues of buffers, reached through a transport (MMIO or PCI).
 *
 *	driver ─► virtqueue_add ─► virtqueue_kick ─► device
 *	device ─► interrupt ─► virtqueue_get_buf ─► driver
 *
 * Lock letters: [d] the driver's own lock for that queue (virtqueue_* do not lock)  [c] constant after probe
 */
#include "kernel/types.h"
#include "kernel/device.h"

#define VIRTIO_ID_BLOCK		2
#define VIRTIO_ID_CONSOLE	3

#define VIRTIO_STATUS_ACKNOWLEDGE	1
#define VIRTIO_STATUS_DRIVER		2
#define VIRTIO_STATUS_DRIVER_OK		4
#define VIRTIO_STATUS_FEATURES_OK	8
#define VIRTIO_STATUS_FAILED		128

#define VIRTIO_F_VERSION_1	(1ULL << 32)
#define VIRTQUEUE_MAX		128	/* descriptors of a queue that we use */

struct vring_desc {
	u64 addr;
	u32 len;
	u16 flags;	/* VRING_DESC_F_* */
	u16 next;
};
struct vring_avail { u16 flags, idx, ring[]; };
struct vring_used_elem { u32 id, len; };
struct vring_used { u16 flags, idx; struct vring_used_elem ring[]; };

struct virtio_device;

/* A piece of memory that the device reads or writes. */
struct vq_buf {
	u64 addr;
	u32 len;
};

struct virtqueue {
	struct virtio_device *vdev;		/* [c] */
	unsigned int index, num;		/* [c] */
	struct vring_desc *desc;		/* [d] */
	struct vring_avail *avail;		/* [d] */
	struct vring_used *used;		/* written by the device */
	u16 free_head, num_free, last_used;	/* [d] */
	volatile void *notify_addr;		/* [c] PCI: this queue's doorbell */
	void *data[VIRTQUEUE_MAX];		/* [d] by first descriptor: the driver's cookie */
};

struct virtio_transport {
	u64 (*get_features)(struct virtio_device *vdev);
	void (*set_features)(struct virtio_device *vdev, u64 features);
	u8 (*get_status)(struct virtio_device *vdev);
	void (*set_status)(struct virtio_device *vdev, u8 status);	/* 0: reset, done on return */
	u8 (*config_byte)(struct virtio_device *vdev, unsigned int offset);
	unsigned int (*queue_size)(struct virtio_device *vdev, unsigned int index);	/* 0: there is no such queue */
	int (*queue_enable)(struct virtqueue *vq);
	void (*notify)(struct virtqueue *vq);
	u32 (*ack_irq)(struct virtio_device *vdev);			/* why it interrupted; 0: it did not */
};

struct virtio_device {
	u32 id;					/* [c] VIRTIO_ID_* */
	const struct virtio_transport *transport;
	volatile char *regs;			/* [c] MMIO registers, or PCI common configuration */
	volatile char *config;			/* [c] device configuration */
	volatile char *notify_base, *isr;	/* [c] PCI */
	u32 notify_multiplier;			/* [c] PCI */
	int irq;
	u64 features;				/* [c] agreed */
	void *priv;				/* the driver's */
	void (*interrupt)(struct virtio_device *vdev);	/* => hard irq */
	bool started;				/* we have the interrupt */
};

/* ---- transports: found a device ---- */
/* Resets it and gives it to the driver of its kind. 0, -ENODEV when there is none. => process context, boot */
int virtio_probe(struct virtio_device *vdev);

/* ---- drivers ---- */
/* Agree on VERSION_1 and those of @wanted that the device has. 0 or -ENODEV. */
int virtio_negotiate(struct virtio_device *vdev, u64 wanted);
/* NULL: no such queue, or no memory. => may sleep */
struct virtqueue *virtqueue_create(struct virtio_device *vdev, unsigned int index);
/* @vq may be NULL. => the device is stopped */
void virtqueue_free(struct virtqueue *vq);
/* Interrupts on, and the device may go. 0 or -errno */
int virtio_start(struct virtio_device *vdev);
/* A probe fails, started or not: the device lets go of its queues, and no interrupt comes any more. => may sleep */
void virtio_stop(struct virtio_device *vdev);
/* A chain of @out pieces that the device reads, then @in that it writes. 0, -ENOSPC: too few descriptors are free. */
int virtqueue_add(struct virtqueue *vq, const struct vq_buf *bufs, unsigned int out, unsigned int in, void *data);
void virtqueue_kick(struct virtqueue *vq);
/* The cookie of a chain that the device is done with; *len: bytes it wrote. NULL: none. */
void *virtqueue_get_buf(struct virtqueue *vq, u32 *len);
u32 virtio_config32(struct virtio_device *vdev, unsigned int offset);
u64 virtio_config64(struct virtio_device *vdev, unsigned int offset);

int virtio_blk_probe(struct virtio_device *vdev);
int virtio_console_probe(struct virtio_device *vdev);

void drivers_init(void);		/* drivers.c: all drivers meet their devices. => process context */

#endif
