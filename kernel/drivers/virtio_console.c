/*
 * virtio_console.c: the terminal "hvc0": what programs say to the host, apart from the kernel's own messages.
 *
 * Owns:   a ring of receive buffers, given to the device in turn, and a set of transmit buffers; the device's control
 *         queues, if it has several ports. We use the first port that it tells of.
 * Locks:  rx_lock, outside the terminal's own locks, since it hands input over; tx_lock, inside them. Both irq-safe.
 * Read next: kernel/fs/tty.h (what a terminal's driver must do).
 *
 * QEMU throws output away when nobody takes it at once, unless it goes to a port that is no console ("virtserialport"):
 * then we keep the buffers, and writers wait. Such ports need the control queues:
 *
 *	we: DEVICE_READY ─► device: PORT_ADD n ─► we: PORT_READY n, PORT_OPEN n ─► data flows
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

#define VIRTIO_CONSOLE_F_MULTIPORT	(1ULL << 1)
#define CONTROL_RX	2		/* queues */
#define CONTROL_TX	3
#define MAX_PORTS	2		/* we look at the first two only */
#define CONTROL_BUFS	8
#define CONTROL_SIZE	64

struct control_msg {
	u32 port;
	u16 event, value;
};
enum { DEVICE_READY, PORT_ADD, PORT_REMOVE, PORT_READY, CONSOLE_PORT, RESIZE, PORT_OPEN, PORT_NAME };

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
	struct virtqueue *port_rx[MAX_PORTS], *port_tx[MAX_PORTS];	/* [c] */
	struct virtqueue *control_rx, *control_tx;	/* [r]; NULL: one port, which needs no control */
	struct control_msg said[3];			/* [r] each is sent once */
	int nr_said;					/* [r] */
	u8 heard[CONTROL_BUFS][CONTROL_SIZE];		/* [r] the device's; its messages may have a tail */
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

/* ---- ports --------------------------------------------------------------------------------------------------- */

/* => rx_lock held; the queue has more room than we have to say */
static void say(struct hvc *hvc, u32 port, u16 event)
{
	struct control_msg *msg = &hvc->said[hvc->nr_said++];
	struct vq_buf piece = { __pa((unsigned long)msg), sizeof(*msg) };

	*msg = (struct control_msg){ port, event, 1 };
	virtqueue_add(hvc->control_tx, &piece, 1, 0, msg);
	virtqueue_kick(hvc->control_tx);
}

static void post_control(struct hvc *hvc, u8 *buf)
{
	struct vq_buf piece = { __pa((unsigned long)buf), CONTROL_SIZE };

	virtqueue_add(hvc->control_rx, &piece, 0, 1, buf);
}

/* This is our port: data may come and go. => rx_lock held */
static void attach_port(struct hvc *hvc, u32 port)
{
	spin_lock(&hvc->tx_lock);
	hvc->tx = hvc->port_tx[port];
	for (int i = RX_BUFS; i < RX_BUFS + TX_BUFS; i++) {
		hvc->bufs[i].next = hvc->free_tx;
		hvc->free_tx = &hvc->bufs[i];
		hvc->nr_free_tx++;
	}
	spin_unlock(&hvc->tx_lock);
	hvc->rx = hvc->port_rx[port];
	for (int i = 0; i < RX_BUFS; i++)
		post_receive(hvc, &hvc->bufs[i]);
}

/* => rx_lock held. True: a port was attached */
static bool handle_control(struct hvc *hvc)
{
	struct virtqueue *vq = hvc->control_rx;
	bool attached = false;
	u8 *buf;
	u32 len;

	while (vq && (buf = virtqueue_get_buf(vq, &len)) != NULL) {
		struct control_msg *msg = (struct control_msg *)buf;

		if (len >= sizeof(*msg) && msg->event == PORT_ADD && msg->port < MAX_PORTS && !hvc->rx) {
			attach_port(hvc, msg->port);
			say(hvc, msg->port, PORT_READY);
			say(hvc, msg->port, PORT_OPEN);
			virtqueue_kick(hvc->rx);
			attached = true;
		}
		post_control(hvc, buf);
		virtqueue_kick(vq);
	}
	return attached;
}

static void hvc_interrupt(struct virtio_device *vdev)
{
	struct hvc *hvc = vdev->priv;
	bool room;

	spin_lock(&hvc->rx_lock);
	room = handle_control(hvc);
	if (hvc->rx) {
		collect_received(hvc);
		push_received(hvc);
	}
	spin_unlock(&hvc->rx_lock);
	spin_lock(&hvc->tx_lock);
	if (hvc->tx)
		room |= collect_sent(hvc);
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
	spin_unlock_irqrestore(&hvc->rx_lock, flags);	/* something was received, so there is a port */
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
	}
	return 0;
}

/* All queues, before the device may go. 0 or -ENOMEM */
static int create_queues(struct hvc *hvc, struct virtio_device *vdev)
{
	bool multiport = vdev->features & VIRTIO_CONSOLE_F_MULTIPORT;

	for (unsigned int port = 0; port < (multiport ? MAX_PORTS : 1); port++) {
		unsigned int first = port ? 2 * port + 2 : 0;	/* the control queues stand between port 0's and the others' */

		hvc->port_rx[port] = virtqueue_create(vdev, first);
		hvc->port_tx[port] = virtqueue_create(vdev, first + 1);
		if (!hvc->port_rx[port] || !hvc->port_tx[port])
			return -ENOMEM;
	}
	if (!multiport)
		return 0;
	hvc->control_rx = virtqueue_create(vdev, CONTROL_RX);
	hvc->control_tx = virtqueue_create(vdev, CONTROL_TX);
	return hvc->control_rx && hvc->control_tx ? 0 : -ENOMEM;
}

/* The device runs: ask for its ports, or take the only one. */
static void start_ports(struct hvc *hvc)
{
	unsigned long flags;

	spin_lock_irqsave(&hvc->rx_lock, flags);
	if (hvc->control_rx) {
		for (int i = 0; i < CONTROL_BUFS; i++)
			post_control(hvc, hvc->heard[i]);
		virtqueue_kick(hvc->control_rx);
		say(hvc, 0, DEVICE_READY);
	} else {
		attach_port(hvc, 0);
		virtqueue_kick(hvc->rx);
	}
	spin_unlock_irqrestore(&hvc->rx_lock, flags);
}

/* => the device is stopped */
static void free_hvc(struct hvc *hvc)
{
	for (int port = 0; port < MAX_PORTS; port++) {
		virtqueue_free(hvc->port_rx[port]);
		virtqueue_free(hvc->port_tx[port]);
	}
	virtqueue_free(hvc->control_rx);
	virtqueue_free(hvc->control_tx);
	for (int i = 0; i < RX_BUFS + TX_BUFS; i++)
		free_page((unsigned long)hvc->bufs[i].bytes);
	kfree(hvc);
}

/* 0 or -errno. => process context, boot */
int virtio_console_probe(struct virtio_device *vdev)
{
	struct hvc *hvc;
	int error = virtio_negotiate(vdev, VIRTIO_CONSOLE_F_MULTIPORT);

	if (error)
		return error;
	hvc = kzalloc(sizeof(*hvc), GFP_KERNEL);
	if (!hvc)
		return -ENOMEM;
	spin_lock_init(&hvc->rx_lock, RANK_TTY_INPUT);
	spin_lock_init(&hvc->tx_lock, RANK_DEVICE);
	hvc->received_tail = &hvc->received;
	error = alloc_buffers(hvc);
	if (!error)
		error = create_queues(hvc, vdev);
	if (error)
		goto fail;
	vdev->priv = hvc;
	vdev->interrupt = hvc_interrupt;
	error = virtio_start(vdev);	/* it has nothing to interrupt for before start_ports() */
	if (error)
		goto fail;
	error = -ENOMEM;
	hvc->tty = tty_register(&hvc_driver, nr_consoles, hvc);	/* for ever: nothing may fail behind it */
	if (!hvc->tty)
		goto fail;
	nr_consoles++;
	start_ports(hvc);
	return 0;
fail:
	virtio_stop(vdev);
	free_hvc(hvc);
	return error;
}
