/*
 * virtio_console.c: the terminal "hvc0": what programs say to the host, apart from the kernel's own messages.
 *
 * Owns:   a ring of receive buffers, given to the device in turn, and a set of transmit buffers.
 * Locks:  rx_lock, outside the terminal's own locks, since it hands input over; tx_lock, inside them. Both irq-safe.
 * Read next: kernel/fs/tty.h (what a terminal's driver must do).
 */
#include "kernel/drivers/virtio.h"
#include "kernel/fs/tty.h"
#include "kernel/lib/string.h"
#include "kernel/uapi/errno.h"
#include "mm/mm.h"
#include "mm/slab.h"

#define HVC_MAJOR	229
#define RX_BUFS		4
#define TX_BUFS		16
#define BUF_SIZE	PAGE_SIZE

struct hvc_buf {
	u8 *bytes;
	u32 len, at;			/* [r] received; handed over so far */
	struct hvc_buf *next;		/* [r] or [t]: of the list it is on */
};

struct hvc {
	spinlock_t rx_lock;		/* [r] */
	struct virtqueue *rx;		/* [r] */
	struct hvc_buf *received, **received_tail;	/* [r] not yet taken by the terminal, oldest first */
	spinlock_t tx_lock;		/* [t] */
	struct virtqueue *tx;		/* [t] */
	struct hvc_buf *free_tx;	/* [t] */
	int nr_free_tx;			/* [t] */
	struct tty_struct *tty;		/* [c] */
	struct hvc_buf bufs[RX_BUFS + TX_BUFS];
};

static int nr_consoles;

static void post_receive(struct hvc *hvc, struct hvc_buf *buf)
{
	struct vq_buf piece = { __pa((unsigned long)buf->bytes), BUF_SIZE };

	virtqueue_add(hvc->rx, &piece, 0, 1, buf);	/* there are fewer buffers than descriptors */
}

static void collect_received(struct hvc *hvc)
{
	struct hvc_buf *buf;
	u32 len;

	while ((buf = virtqueue_get_buf(hvc->rx, &len)) != NULL) {
		buf->len = len;
		buf->at = 0;
		buf->next = NULL;
		*hvc->received_tail = buf;
		hvc->received_tail = &buf->next;
	}
}

/* Hand over what the terminal takes; emptied buffers go back to the device. => rx_lock held */
static void push_received(struct hvc *hvc)
{
	struct hvc_buf *buf;
	bool posted = false;

	assert_held(&hvc->rx_lock);
	while ((buf = hvc->received) != NULL) {
		buf->at += (u32)tty_insert_flip_string(hvc->tty, buf->bytes + buf->at, buf->len - buf->at);
		if (buf->at < buf->len)
			break;
		hvc->received = buf->next;
		if (!hvc->received)
			hvc->received_tail = &hvc->received;
		post_receive(hvc, buf);
		posted = true;
	}
	if (posted)
		virtqueue_kick(hvc->rx);
}

static bool collect_sent(struct hvc *hvc)
{
	struct hvc_buf *buf;
	bool any = false;
	u32 len;

	while ((buf = virtqueue_get_buf(hvc->tx, &len)) != NULL) {
		buf->next = hvc->free_tx;
		hvc->free_tx = buf;
		hvc->nr_free_tx++;
		any = true;
	}
	return any;
}

static void hvc_interrupt(struct virtio_device *vdev)
{
	struct hvc *hvc = vdev->priv;
	bool room;

	spin_lock(&hvc->rx_lock);
	collect_received(hvc);
	push_received(hvc);
	spin_unlock(&hvc->rx_lock);
	spin_lock(&hvc->tx_lock);
	room = collect_sent(hvc);
	spin_unlock(&hvc->tx_lock);
	if (room)
		tty_wakeup(hvc->tty);
}

static void hvc_unthrottle(struct tty_struct *tty)
{
	struct hvc *hvc = tty->driver_data;
	unsigned long flags;

	spin_lock_irqsave(&hvc->rx_lock, flags);
	push_received(hvc);
	spin_unlock_irqrestore(&hvc->rx_lock, flags);
}

static int hvc_write(struct tty_struct *tty, const u8 *bytes, int count)
{
	struct hvc *hvc = tty->driver_data;
	unsigned long flags;
	int done = 0;

	spin_lock_irqsave(&hvc->tx_lock, flags);
	while (done < count && hvc->free_tx) {
		struct hvc_buf *buf = hvc->free_tx;
		u32 n = min((u32)(count - done), (u32)BUF_SIZE);
		struct vq_buf piece = { __pa((unsigned long)buf->bytes), n };

		memcpy(buf->bytes, bytes + done, n);
		virtqueue_add(hvc->tx, &piece, 1, 0, buf);
		hvc->free_tx = buf->next;
		hvc->nr_free_tx--;
		done += (int)n;
	}
	if (done)
		virtqueue_kick(hvc->tx);
	spin_unlock_irqrestore(&hvc->tx_lock, flags);
	return done;
}

static int hvc_write_room(struct tty_struct *tty)
{
	struct hvc *hvc = tty->driver_data;

	return READ_ONCE(hvc->nr_free_tx) * (int)BUF_SIZE;
}

static int hvc_chars_in_buffer(struct tty_struct *tty)
{
	struct hvc *hvc = tty->driver_data;

	return (TX_BUFS - READ_ONCE(hvc->nr_free_tx)) * (int)BUF_SIZE;
}

static const struct tty_operations hvc_ops = {
	.write = hvc_write,
	.write_room = hvc_write_room,
	.chars_in_buffer = hvc_chars_in_buffer,
	.unthrottle = hvc_unthrottle,
};

static const struct tty_driver hvc_driver = {
	.name = "hvc", .major = HVC_MAJOR, .minor_start = 0, .ops = &hvc_ops,
};

static int alloc_buffers(struct hvc *hvc)
{
	for (int i = 0; i < RX_BUFS + TX_BUFS; i++) {
		struct hvc_buf *buf = &hvc->bufs[i];

		buf->bytes = (u8 *)__get_free_page(GFP_KERNEL);
		if (!buf->bytes)
			return -ENOMEM;
		if (i >= RX_BUFS) {
			buf->next = hvc->free_tx;
			hvc->free_tx = buf;
			hvc->nr_free_tx++;
		}
	}
	return 0;
}

static void free_hvc(struct hvc *hvc)
{
	for (int i = 0; i < RX_BUFS + TX_BUFS; i++)
		free_page((unsigned long)hvc->bufs[i].bytes);
	kfree(hvc);
}

/* 0 or -errno. => process context, boot */
int virtio_console_probe(struct virtio_device *vdev)
{
	struct hvc *hvc;
	int error = virtio_negotiate(vdev, 0);

	if (error)
		return error;
	hvc = kzalloc(sizeof(*hvc), GFP_KERNEL);
	if (!hvc)
		return -ENOMEM;
	spin_lock_init(&hvc->rx_lock, RANK_TTY_INPUT);
	spin_lock_init(&hvc->tx_lock, RANK_DEVICE);
	hvc->received_tail = &hvc->received;
	error = alloc_buffers(hvc);
	if (error)
		goto fail;
	error = -ENOMEM;
	hvc->rx = virtqueue_create(vdev, 0);
	hvc->tx = virtqueue_create(vdev, 1);
	if (!hvc->rx || !hvc->tx)
		goto fail;
	hvc->tty = tty_register(&hvc_driver, nr_consoles, hvc);
	if (!hvc->tty)
		goto fail;
	nr_consoles++;
	vdev->priv = hvc;
	vdev->interrupt = hvc_interrupt;
	for (int i = 0; i < RX_BUFS; i++)
		post_receive(hvc, &hvc->bufs[i]);
	error = virtio_start(vdev);
	if (!error)
		virtqueue_kick(hvc->rx);
	return error;			/* the terminal stays in any case: it is registered */
fail:
	free_hvc(hvc);
	return error;
}
