/*
 * uart8250.c: the serial terminals "ttyS0", …: 16550 registers, in memory or at ports.
 *
 * Owns:   each port's registers, its transmit ring and the one received byte that the terminal had no room for.
 * Locks:  rx_lock (irq-safe, outside the terminal's locks) makes one CPU the receiver.
 *         port_lock (irq-safe) guards registers and transmit ring; unranked, since printk may come from anywhere.
 * Read next: kernel/fs/tty.h.
 */
#include "kernel/drivers/drivers.h"
#include "kernel/fs/tty.h"
#include "kernel/irq.h"
#include "kernel/printk.h"
#include "kernel/uapi/errno.h"
#include "mm/slab.h"
#include "mm/vmalloc.h"
#include <asm/io.h>

enum { UART_DATA = 0, UART_IER = 1, UART_FCR = 2, UART_LCR = 3, UART_MCR = 4, UART_LSR = 5 };
#define IER_RECEIVE	1
#define IER_TRANSMIT	2
#define FCR_ENABLE	7	/* FIFOs on and empty */
#define LCR_8N1		3
#define MCR_READY	0x0b	/* DTR, RTS, and OUT2, which gates the PC's interrupt line */
#define LSR_DATA	0x01
#define LSR_TX_EMPTY	0x20
#define FIFO_SIZE	16
#define TX_RING		4096	/* a power of two */
#define TTY_MAJOR	4
#define TTYS_MINOR	64

struct uart {
	volatile char *regs;		/* [c] or a port's cookie */
	unsigned int shift;		/* [c] spacing of registers, log2 */
	struct tty_struct *tty;		/* [c] */
	spinlock_t rx_lock;
	int held_byte;			/* [rx] received, not yet taken; -1: none */
	spinlock_t port_lock;
	u8 ier;				/* [port] what the register holds */
	unsigned int tx_head, tx_tail;	/* [port] bytes [tail, head) wait */
	u8 tx[TX_RING];			/* [port] */
};

static struct uart *console_uart;	/* the first */
static int nr_uarts;

static u8 get(struct uart *u, unsigned int reg)
{
	return ioread8(u->regs + (reg << u->shift));
}

static void set(struct uart *u, unsigned int reg, u8 v)
{
	iowrite8(v, u->regs + (reg << u->shift));
}

static void set_ier(struct uart *u, u8 ier)
{
	if (ier != u->ier)
		set(u, UART_IER, u->ier = ier);
}

/* Fill the FIFO if it is empty; ask for an interrupt while more waits. True: bytes went. => port_lock held */
static bool push_transmit(struct uart *u)
{
	bool went = false;

	if (u->tx_head != u->tx_tail && get(u, UART_LSR) & LSR_TX_EMPTY) {
		for (int i = 0; i < FIFO_SIZE && u->tx_head != u->tx_tail; i++)
			set(u, UART_DATA, u->tx[u->tx_tail++ % TX_RING]);
		went = true;
	}
	set_ier(u, u->tx_head != u->tx_tail ? u->ier | IER_TRANSMIT : (u8)(u->ier & ~IER_TRANSMIT));
	return went;
}

static int next_byte(struct uart *u)
{
	int c = u->held_byte;
	unsigned long flags;

	u->held_byte = -1;
	if (c >= 0)
		return c;
	spin_lock_irqsave(&u->port_lock, flags);
	if (get(u, UART_LSR) & LSR_DATA)
		c = get(u, UART_DATA);
	spin_unlock_irqrestore(&u->port_lock, flags);
	return c;
}

static void enable_receive(struct uart *u, bool on)
{
	unsigned long flags;

	spin_lock_irqsave(&u->port_lock, flags);
	set_ier(u, on ? u->ier | IER_RECEIVE : (u8)(u->ier & ~IER_RECEIVE));
	spin_unlock_irqrestore(&u->port_lock, flags);
}

/* Hand over what has come; what finds no room stays in the FIFO, and the line stays quiet until unthrottle. */
static void receive(struct uart *u)
{
	unsigned long flags;
	bool taken = true;
	int c;

	spin_lock_irqsave(&u->rx_lock, flags);
	while (taken && (c = next_byte(u)) >= 0) {
		u8 byte = (u8)c;

		taken = tty_insert_flip_string(u->tty, &byte, 1) == 1;
		if (!taken)
			u->held_byte = c;
	}
	enable_receive(u, taken);
	spin_unlock_irqrestore(&u->rx_lock, flags);
}

static bool uart_interrupt(int irq, void *dev)
{
	struct uart *u = dev;
	bool went;

	(void)irq;
	receive(u);
	spin_lock(&u->port_lock);
	went = push_transmit(u);
	spin_unlock(&u->port_lock);
	if (went)
		tty_wakeup(u->tty);
	return true;
}

static int uart_write(struct tty_struct *tty, const u8 *buf, int count)
{
	struct uart *u = tty->driver_data;
	unsigned long flags;
	int done = 0;

	spin_lock_irqsave(&u->port_lock, flags);
	do {
		while (done < count && u->tx_head - u->tx_tail < TX_RING)
			u->tx[u->tx_head++ % TX_RING] = buf[done++];
	} while (push_transmit(u) && done < count);
	spin_unlock_irqrestore(&u->port_lock, flags);
	return done;
}

static int uart_chars_in_buffer(struct tty_struct *tty)
{
	struct uart *u = tty->driver_data;

	return (int)(READ_ONCE(u->tx_head) - READ_ONCE(u->tx_tail));
}

static int uart_write_room(struct tty_struct *tty)
{
	return TX_RING - uart_chars_in_buffer(tty);
}

static void uart_unthrottle(struct tty_struct *tty)
{
	receive(tty->driver_data);
}

static const struct tty_operations uart_ops = {
	.write = uart_write,
	.write_room = uart_write_room,
	.chars_in_buffer = uart_chars_in_buffer,
	.unthrottle = uart_unthrottle,
};

static const struct tty_driver uart_tty_driver = {
	.name = "ttyS", .major = TTY_MAJOR, .minor_start = TTYS_MINOR, .ops = &uart_ops,
};

static void put_polled(struct uart *u, u8 c)
{
	while (!(get(u, UART_LSR) & LSR_TX_EMPTY))
		cpu_relax();
	set(u, UART_DATA, c);
}

/* The kernel log's way out: polled, behind what programs have written. => any context */
static void uart_console_write(const char *s, size_t n)
{
	struct uart *u = console_uart;
	unsigned long flags;

	spin_lock_irqsave(&u->port_lock, flags);
	while (u->tx_head != u->tx_tail)
		put_polled(u, u->tx[u->tx_tail++ % TX_RING]);
	for (; n; n--, s++) {
		if (*s == '\n')
			put_polled(u, '\r');
		put_polled(u, (u8)*s);
	}
	spin_unlock_irqrestore(&u->port_lock, flags);
}

static void uart_start(struct uart *u)
{
	set(u, UART_IER, 0);
	set(u, UART_LCR, LCR_8N1);
	set(u, UART_FCR, FCR_ENABLE);
	set(u, UART_MCR, MCR_READY);
	enable_receive(u, true);
}

static int uart_probe(struct device *dev)
{
	struct uart *u = kzalloc(sizeof(*u), GFP_KERNEL);
	int error = -ENOMEM;

	if (!u)
		return -ENOMEM;
	spin_lock_init(&u->rx_lock, RANK_TTY_INPUT);
	spin_lock_init(&u->port_lock, RANK_NONE);
	u->held_byte = -1;
	u->shift = dev->reg_shift;
	u->regs = dev->io_ports ? ioport_map((unsigned long)dev->base, 8) : ioremap(dev->base, dev->size);
	if (!u->regs)
		goto fail;
	u->tty = tty_register(&uart_tty_driver, nr_uarts, u);
	if (!u->tty)
		goto fail;
	nr_uarts++;
	error = request_irq(dev->irq, uart_interrupt, u->tty->name, u);
	if (error)
		return error;		/* registered for good: a terminal that only prints */
	if (!console_uart) {
		console_uart = u;
		tty_set_console(u->tty);
		register_console(uart_console_write, false);
	}
	uart_start(u);
	return 0;
fail:
	kfree(u);
	return error;
}

struct device_driver uart8250_driver = { .compatible = "ns16550a", .probe = uart_probe };
