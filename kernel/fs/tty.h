#ifndef KERNEL_FS_TTY_H
#define KERNEL_FS_TTY_H

/*
 * Terminals. Input and output meet in the line discipline (n_tty.c):
 *
 *	interrupt ─► tty_insert_flip_string ─► flip ring ─► work thread ─► n_tty_receive ─► read ring ─► read()
 *	                                                                       └ echo ┐
 *	write() ─► n_tty_write (OPOST) ──────────────────────────────────────────────┴─► ops->write ─► device
 *
 * The driver's receive side never loses what it could not hand over: tty_insert_flip_string says how many bytes it
 * took, and ops->unthrottle tells the driver when there is room for the rest.
 *
 * Lock letters: [f] flip_lock (irq-safe)  [l] lock (irq-safe)  [r] read_mutex  [w] write_mutex
 *               [c] constant after creation  [tl] tasklist_lock
 */
#include "kernel/types.h"
#include "kernel/spinlock.h"
#include "kernel/mutex.h"
#include "kernel/wait.h"
#include "kernel/workqueue.h"
#include "kernel/uapi/termios.h"

struct tty_struct;
struct file;
struct task_struct;
struct poll_table;

/* A driver's operations. All but open and close: any context, may not sleep. */
struct tty_operations {
	int (*open)(struct tty_struct *tty);			/* first opener. 0 or -errno; may be NULL */
	void (*close)(struct tty_struct *tty);			/* last one gone; may be NULL */
	int (*write)(struct tty_struct *tty, const u8 *buf, int count);	/* bytes taken; tty_wakeup when there is room again */
	int (*write_room)(struct tty_struct *tty);		/* bytes that write would take now */
	int (*chars_in_buffer)(struct tty_struct *tty);		/* not yet sent; NULL: always 0 */
	void (*unthrottle)(struct tty_struct *tty);		/* hand over the rest now; may be NULL (rest is dropped) */
};

struct tty_driver {
	const char *name;		/* "ttyS": nodes ttyS0, ttyS1 … */
	unsigned int major, minor_start;
	const struct tty_operations *ops;
};

#define TTY_FLIP_SIZE	4096		/* powers of two */
#define N_TTY_BUF_SIZE	4096

struct tty_struct {
	const struct tty_driver *driver;	/* [c] */
	int index;				/* [c] */
	void *driver_data;			/* [c] */
	char name[16];				/* [c] "ttyS0" */
	struct tty_struct *next;		/* [c] all ttys */
	int count;				/* tty_mutex: open files */

	spinlock_t flip_lock;
	u8 *flip;				/* [f] ring of TTY_FLIP_SIZE: bytes [tail, head) */
	unsigned int flip_head, flip_tail;	/* [f] */
	bool flip_cut;				/* [f] the driver has more */
	struct work_struct flip_work;
	struct mutex flip_mutex;		/* one worker at a time takes from the ring */

	spinlock_t lock;
	struct termios termios;			/* [l] */
	struct winsize winsize;			/* [l] */
	pid_t pgrp, session;			/* [l] foreground group; session, 0: none */
	bool stopped;				/* [l] by ^S */
	unsigned long generation;		/* [l] raised by a hangup: files opened before it are dead */
	bool lnext;				/* [l] next byte is literal */
	unsigned int column, canon_column;	/* [l] of the cursor; where the line being typed began */
	/* [l] ring of N_TTY_BUF_SIZE: [read_tail, canon_head) whole lines, [canon_head, read_head) being edited */
	u8 *read_buf;
	unsigned long *read_flags;		/* [l] bit: this byte ends a line */
	unsigned int read_head, read_tail, canon_head;	/* [l] */
	unsigned int canon_lines;		/* [l] whole lines to read */

	struct mutex read_mutex, write_mutex;	/* [r] one reader, [w] one writer at a time */
	wait_queue_head_t read_wait, write_wait;
};

extern const struct termios tty_std_termios;

/* ---- for drivers ---- */
/*
 * A terminal appears: struct, node in /dev, character device. NULL without memory.
 * => process context, boot; vfs_init was called.
 */
struct tty_struct *tty_register(const struct tty_driver *driver, int index, void *driver_data);
/* Input. Returns the bytes taken; less than @n: ops->unthrottle comes when there is room. => any context. */
size_t tty_insert_flip_string(struct tty_struct *tty, const u8 *buf, size_t n);
/* There is room for output again. => any context. */
void tty_wakeup(struct tty_struct *tty);
/* /dev/console is this terminal from now on. */
void tty_set_console(struct tty_struct *tty);

/* ---- tty_io.c, for the kernel ---- */
void tty_init(void);
bool tty_file_dead(struct tty_struct *tty, const struct file *file);	/* hung up since it was opened */
bool tty_signal_ignored(int sig);
int tty_check_change(struct tty_struct *tty);	/* may this (background?) process change it? 0, -EIO, -ERESTARTSYS after SIGTTOU */
void disassociate_ctty(bool on_exit);		/* a session leader ends or gives its terminal up: SIGHUP, SIGCONT */
int is_orphaned_pgrp(pid_t pgrp);		/* exit.c. => tasklist_lock not held */
dev_t tty_devnum(const struct tty_struct *tty);	/* for /proc/pid/stat; 0 for NULL */

/* ---- n_tty.c ---- */
ssize_t n_tty_read(struct tty_struct *tty, struct file *file, char __user *buf, size_t count);
ssize_t n_tty_write(struct tty_struct *tty, struct file *file, const u8 *buf, size_t count);
unsigned int n_tty_poll(struct tty_struct *tty, struct file *file, struct poll_table *wait);
/* Bytes used; less than @n when the ring is full. => process context */
size_t n_tty_receive(struct tty_struct *tty, const u8 *buf, size_t n);
void n_tty_flush_input(struct tty_struct *tty);
void n_tty_set_termios(struct tty_struct *tty, const struct termios *new);
unsigned int n_tty_readable(struct tty_struct *tty);	/* FIONREAD */
void n_tty_drain_flip(struct tty_struct *tty);		/* tty_io.c: go on after the ring was full */

#endif
