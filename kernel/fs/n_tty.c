/*
 * n_tty.c: the line discipline: what happens to bytes between a terminal and a program.
 *
 * Owns:   the read ring, the line being edited, the cursor's column.
 * Locks:  tty->lock for these; read_mutex and write_mutex let one reader and one writer in at a time. Signals are
 *         sent after tty->lock is dropped (tasklist_lock comes before it).
 * Read next: tty_io.c (files, job control), tty.h (the picture).
 *
 * An end-of-file typed is a byte 0 with its bit in read_flags: it ends a line and is not handed out.
 */
#include "kernel/fs/internal.h"
#include "kernel/fs/tty.h"
#include "kernel/pid.h"
#include "kernel/timer.h"
#include "kernel/uapi/poll.h"

#define RING(n)		((n) & (N_TTY_BUF_SIZE - 1))
#define I_FLAG(tty, f)	((tty)->termios.c_iflag & (f))
#define O_FLAG(tty, f)	((tty)->termios.c_oflag & (f))
#define L_FLAG(tty, f)	((tty)->termios.c_lflag & (f))
#define TABDLY		014000		/* c_oflag: tabs become blanks */

/* Is @c the special character @which? One set to 0 is switched off. */
static bool is_char(const struct tty_struct *tty, u8 c, int which)
{
	return c && tty->termios.c_cc[which] == c;
}

static bool is_control(u8 c)
{
	return c < ' ' || c == 0x7f;
}

static bool is_continuation(const struct tty_struct *tty, u8 c)
{
	return I_FLAG(tty, IUTF8) && (c & 0xc0) == 0x80;
}

/* ---- output ---------------------------------------------------------------------------------------------------------- */

/* @c as it goes out, at most 8 bytes; moves the column. => tty->lock held */
static int expand_output(struct tty_struct *tty, u8 c, u8 *out)
{
	int n = 0, blanks;

	if (!O_FLAG(tty, OPOST)) {
		out[0] = c;
		return 1;
	}
	switch (c) {
	case '\n':
		if (O_FLAG(tty, ONLCR))
			out[n++] = '\r';
		if (O_FLAG(tty, ONLCR | ONLRET))
			tty->column = 0;
		break;
	case '\r':
		if (O_FLAG(tty, ONOCR) && !tty->column)
			return 0;
		if (O_FLAG(tty, OCRNL))
			c = '\n';
		if (!O_FLAG(tty, OCRNL) || O_FLAG(tty, ONLRET))
			tty->column = 0;
		break;
	case '\t':
		blanks = 8 - (int)(tty->column & 7);
		tty->column += (unsigned)blanks;
		if (O_FLAG(tty, TABDLY) == TABDLY) {
			memset(out, ' ', (size_t)blanks);
			return blanks;
		}
		break;
	case '\b':
		tty->column -= tty->column > 0;
		break;
	default:
		if (O_FLAG(tty, OLCUC))
			c = (u8)toupper(c);
		if (!is_control(c) && !is_continuation(tty, c))
			tty->column++;
	}
	out[n++] = c;
	return n;
}

/* As much of @buf as the driver takes now. Bytes of @buf used. */
static size_t output_some(struct tty_struct *tty, const u8 *buf, size_t count)
{
	const struct tty_operations *ops = tty->driver->ops;
	u8 out[256];
	size_t used = 0;
	int n = 0, room;

	spin_lock_irq(&tty->lock);
	if (tty->stopped) {
		;
	} else if (!O_FLAG(tty, OPOST)) {
		used = (size_t)ops->write(tty, buf, (int)count);
	} else {
		room = min_t(int, ops->write_room(tty), (int)sizeof(out));
		while (used < count && n + 8 <= room)
			n += expand_output(tty, buf[used++], out + n);
		if (n)
			ops->write(tty, out, n);
	}
	spin_unlock_irq(&tty->lock);
	return used;
}

/* Write all of @count bytes, or what goes at once with O_NONBLOCK. Bytes, or -errno. => may sleep */
ssize_t n_tty_write(struct tty_struct *tty, struct file *file, const u8 *buf, size_t count)
{
	DEFINE_WAIT(wait);
	size_t done = 0;
	ssize_t ret = 0;

	if (mutex_lock_interruptible(&tty->write_mutex))
		return -ERESTARTSYS;
	while (done < count) {
		size_t n;

		prepare_to_wait(&tty->write_wait, &wait, TASK_INTERRUPTIBLE);
		ret = tty_file_dead(tty, file) ? -EIO : signal_pending(current) ? -ERESTARTSYS : 0;
		if (ret)
			break;
		n = output_some(tty, buf + done, count - done);
		done += n;
		if (n)
			continue;
		ret = file->f_flags & O_NONBLOCK ? -EAGAIN : 0;
		if (ret)
			break;
		schedule();
	}
	finish_wait(&tty->write_wait, &wait);
	mutex_unlock(&tty->write_mutex);
	return done ? (ssize_t)done : ret;
}

/* ---- echo ------------------------------------------------------------------------------------------------------------ */

/* What the terminal shows of its own input; lost if the driver has no room. => tty->lock held */
static void put_echo(struct tty_struct *tty, const char *text, int n)
{
	const struct tty_operations *ops = tty->driver->ops;
	u8 out[64];
	int len = 0;

	for (int i = 0; i < n && len + 8 <= (int)sizeof(out); i++)
		len += expand_output(tty, (u8)text[i], out + len);
	if (ops->write_room(tty) >= len)
		ops->write(tty, out, len);
}

static void put_echo_char(struct tty_struct *tty, u8 c)
{
	char text[2] = { (char)c };

	put_echo(tty, text, 1);
}

/* Control characters as ^X. */
static void echo_char(struct tty_struct *tty, u8 c)
{
	char text[2] = { '^', (char)(c ^ 0x40) };

	if (L_FLAG(tty, ECHOCTL) && is_control(c) && c != '\t' && c != '\n')
		put_echo(tty, text, 2);
	else
		put_echo_char(tty, c);
}

/* Columns that the bytes [from, read_head) of the line take on the screen, which begin at canon_column. */
static unsigned int column_after(const struct tty_struct *tty)
{
	unsigned int column = tty->canon_column;

	for (unsigned int i = tty->canon_head; i != tty->read_head; i++) {
		u8 c = tty->read_buf[RING(i)];

		if (c == '\t')
			column = (column | 7) + 1;
		else if (is_control(c))
			column += L_FLAG(tty, ECHOCTL) ? 2 : 0;
		else if (!is_continuation(tty, c))
			column++;
	}
	return column;
}

/* Make the screen fit the line, whose end was cut off. */
static void wipe_to_column(struct tty_struct *tty, unsigned int before)
{
	unsigned int after = column_after(tty);

	while (before-- > after)
		put_echo(tty, "\b \b", 3);
}

/* Cut one character, or trailing blanks and a word, or all, off the line being edited. */
static void erase(struct tty_struct *tty, int what)
{
	unsigned int before = column_after(tty);
	bool in_word = false;

	if (tty->read_head == tty->canon_head)
		return;
	while (tty->read_head != tty->canon_head) {
		u8 c = tty->read_buf[RING(tty->read_head - 1)];

		if (what == VWERASE) {
			if (in_word && !isalnum(c) && c != '_')
				break;
			in_word |= isalnum(c) || c == '_';
		}
		tty->read_head--;
		if (what == VERASE && !is_continuation(tty, c))
			break;
	}
	if (!L_FLAG(tty, ECHO))
		return;
	if (what != VKILL ? L_FLAG(tty, ECHOE) : L_FLAG(tty, ECHOKE) && L_FLAG(tty, ECHOE)) {
		wipe_to_column(tty, before);
		return;
	}
	echo_char(tty, tty->termios.c_cc[what]);
	if (what == VKILL && L_FLAG(tty, ECHOK))
		put_echo(tty, "\n", 1);
}

/* ---- input ----------------------------------------------------------------------------------------------------------- */

static unsigned int ring_used(const struct tty_struct *tty)
{
	return tty->read_head - tty->read_tail;
}

/* => there is room */
static void put_byte(struct tty_struct *tty, u8 c, bool ends_line)
{
	unsigned int at = RING(tty->read_head);

	ASSERT_OP(ring_used(tty), <, N_TTY_BUF_SIZE);
	tty->read_buf[at] = c;
	if (ends_line)
		__set_bit(at, tty->read_flags);
	else
		__clear_bit(at, tty->read_flags);
	tty->read_head++;
}

static void end_line(struct tty_struct *tty, u8 c)
{
	put_byte(tty, c, true);
	tty->canon_head = tty->read_head;
	tty->canon_lines++;
	wake_up_interruptible(&tty->read_wait);
}

static void flush_ring(struct tty_struct *tty)
{
	assert_held(&tty->lock);
	tty->read_head = tty->read_tail = tty->canon_head = 0;
	tty->canon_lines = 0;
	tty->lnext = false;
}

/* The signal that @c stands for, or 0. Its input is flushed, unless NOFLSH. */
static int input_signal(struct tty_struct *tty, u8 c)
{
	int sig;

	if (!L_FLAG(tty, ISIG))
		return 0;
	if (is_char(tty, c, VINTR))
		sig = SIGINT;
	else if (is_char(tty, c, VQUIT))
		sig = SIGQUIT;
	else if (is_char(tty, c, VSUSP))
		sig = SIGTSTP;
	else
		return 0;
	if (!L_FLAG(tty, NOFLSH))
		flush_ring(tty);
	if (L_FLAG(tty, ECHO))
		echo_char(tty, c);
	return sig;
}

/* ^S and ^Q. True: it was one of them. */
static bool input_flow(struct tty_struct *tty, u8 c)
{
	if (!I_FLAG(tty, IXON))
		return false;
	if (is_char(tty, c, VSTOP)) {
		tty->stopped = true;
		return true;
	}
	if (!is_char(tty, c, VSTART) && !(tty->stopped && I_FLAG(tty, IXANY)))
		return false;
	if (tty->stopped) {
		tty->stopped = false;
		wake_up_interruptible(&tty->write_wait);
	}
	return is_char(tty, c, VSTART);
}

static void reprint_line(struct tty_struct *tty)
{
	echo_char(tty, tty->termios.c_cc[VREPRINT]);
	put_echo(tty, "\n", 1);
	for (unsigned int i = tty->canon_head; i != tty->read_head; i++)
		echo_char(tty, tty->read_buf[RING(i)]);
}

/* Editing and line ends. True: @c was one of these. */
static bool input_canonical(struct tty_struct *tty, u8 c)
{
	bool extended = L_FLAG(tty, IEXTEN);

	if (is_char(tty, c, VERASE)) {
		erase(tty, VERASE);
	} else if (is_char(tty, c, VKILL)) {
		erase(tty, VKILL);
	} else if (extended && is_char(tty, c, VWERASE)) {
		erase(tty, VWERASE);
	} else if (extended && is_char(tty, c, VLNEXT)) {
		tty->lnext = true;
		if (L_FLAG(tty, ECHO) && L_FLAG(tty, ECHOCTL))
			put_echo(tty, "^\b", 2);
	} else if (extended && L_FLAG(tty, ECHO) && is_char(tty, c, VREPRINT)) {
		reprint_line(tty);
	} else if (c == '\n') {
		if (L_FLAG(tty, ECHO | ECHONL))
			put_echo(tty, "\n", 1);
		end_line(tty, c);
	} else if (is_char(tty, c, VEOF)) {
		end_line(tty, 0);
	} else if (is_char(tty, c, VEOL) || (extended && is_char(tty, c, VEOL2))) {
		if (L_FLAG(tty, ECHO))
			echo_char(tty, c);
		end_line(tty, c);
	} else {
		return false;
	}
	return true;
}

static void input_plain(struct tty_struct *tty, u8 c)
{
	bool canon = L_FLAG(tty, ICANON);

	if (canon && ring_used(tty) >= N_TTY_BUF_SIZE - 1)
		return;		/* the last place is the line's end's */
	if (L_FLAG(tty, ECHO)) {
		if (tty->read_head == tty->canon_head)
			tty->canon_column = tty->column;
		if (c == '\n')
			put_echo(tty, "\n", 1);
		else
			echo_char(tty, c);
	}
	put_byte(tty, c, false);
	if (!canon)
		wake_up_interruptible(&tty->read_wait);
}

/* One byte from the terminal. Returns a signal to send to the foreground, or 0. => tty->lock held; room for a byte */
static int receive_byte(struct tty_struct *tty, u8 c)
{
	int sig;

	if (I_FLAG(tty, ISTRIP))
		c &= 0x7f;
	if (tty->lnext) {
		tty->lnext = false;
		input_plain(tty, c);
		return 0;
	}
	if (input_flow(tty, c))
		return 0;
	sig = input_signal(tty, c);
	if (sig)
		return sig;
	if (c == '\r') {
		if (I_FLAG(tty, IGNCR))
			return 0;
		if (I_FLAG(tty, ICRNL))
			c = '\n';
	} else if (c == '\n' && I_FLAG(tty, INLCR)) {
		c = '\r';
	}
	if (!L_FLAG(tty, ICANON) || !input_canonical(tty, c))
		input_plain(tty, c);
	return 0;
}

/* Full for now: a reader must come first. A line longer than the ring goes on, without its middle. */
static bool ring_full(const struct tty_struct *tty)
{
	if (L_FLAG(tty, ICANON) && !tty->canon_lines)
		return false;
	return ring_used(tty) >= N_TTY_BUF_SIZE - (L_FLAG(tty, ICANON) ? 1 : 0);
}

/* See tty.h. => the flip work only: one at a time */
size_t n_tty_receive(struct tty_struct *tty, const u8 *buf, size_t n)
{
	size_t used = 0;
	pid_t pgrp;
	int sig;

	while (used < n) {
		sig = 0;
		spin_lock_irq(&tty->lock);
		while (used < n && !sig && !ring_full(tty))
			sig = receive_byte(tty, buf[used++]);
		pgrp = tty->pgrp;
		spin_unlock_irq(&tty->lock);
		if (!sig)
			break;
		if (pgrp > 0)
			kill_pgrp(pgrp, sig, 1);
	}
	return used;
}

void n_tty_flush_input(struct tty_struct *tty)
{
	spin_lock_irq(&tty->lock);
	flush_ring(tty);
	spin_unlock_irq(&tty->lock);
	n_tty_drain_flip(tty);
}

/* A change of ICANON makes all that is there a line being edited, or readable bytes. */
void n_tty_set_termios(struct tty_struct *tty, const struct termios *new)
{
	spin_lock_irq(&tty->lock);
	if ((tty->termios.c_lflag ^ new->c_lflag) & ICANON) {
		memset(tty->read_flags, 0, N_TTY_BUF_SIZE / 8);
		tty->canon_head = tty->read_tail;
		tty->canon_lines = 0;
		tty->lnext = false;
	}
	tty->termios = *new;
	if (!(new->c_iflag & IXON) && tty->stopped) {
		tty->stopped = false;
		wake_up_interruptible(&tty->write_wait);
	}
	spin_unlock_irq(&tty->lock);
	wake_up_interruptible(&tty->read_wait);
}

/* ---- reading --------------------------------------------------------------------------------------------------------- */

/* Bytes that read() would hand out now. => tty->lock held */
static unsigned int readable(const struct tty_struct *tty)
{
	unsigned int n;

	if (!L_FLAG(tty, ICANON))
		return ring_used(tty);
	n = tty->canon_head - tty->read_tail;
	for (unsigned int i = tty->read_tail; i != tty->canon_head; i++)
		if (!tty->read_buf[RING(i)] && test_bit(RING(i), tty->read_flags))
			n--;
	return n;
}

unsigned int n_tty_readable(struct tty_struct *tty)
{
	unsigned int n;

	spin_lock_irq(&tty->lock);
	n = readable(tty);
	spin_unlock_irq(&tty->lock);
	return n;
}

/* Up to @max bytes of the first line; *end: that was the line's last. A typed end-of-file behind them goes too. */
static size_t take_line(struct tty_struct *tty, u8 *out, size_t max, bool *end)
{
	size_t n = 0;

	while (tty->read_tail != tty->canon_head) {
		unsigned int at = RING(tty->read_tail);
		bool ends = test_bit(at, tty->read_flags), eof = ends && !tty->read_buf[at];

		if (n == max && !eof)
			return n;
		tty->read_tail++;
		if (!eof)
			out[n++] = tty->read_buf[at];
		if (ends) {
			tty->canon_lines--;
			*end = true;
			return n;
		}
	}
	return n;
}

static size_t take_raw(struct tty_struct *tty, u8 *out, size_t max)
{
	size_t n = 0;

	while (n < max && tty->read_tail != tty->read_head)
		out[n++] = tty->read_buf[RING(tty->read_tail++)];
	tty->canon_head = tty->read_tail;
	return n;
}

/* Move what can be read now to the user. *end: a line ended. Bytes or -EFAULT. => may sleep */
static ssize_t copy_input(struct tty_struct *tty, char __user *buf, size_t count, bool *end)
{
	u8 chunk[256];
	size_t done = 0, n, max;

	do {
		max = min(count - done, sizeof(chunk));
		spin_lock_irq(&tty->lock);
		n = L_FLAG(tty, ICANON) ? (tty->canon_lines ? take_line(tty, chunk, max, end) : 0)
					: take_raw(tty, chunk, max);
		spin_unlock_irq(&tty->lock);
		if (n && copy_to_user(buf + done, chunk, n))
			return -EFAULT;
		done += n;
	} while (n && n == max && !*end && done < count);
	if (done || *end)
		n_tty_drain_flip(tty);
	return (ssize_t)done;
}

/* Reading from the background: 0 for the foreground, -EIO, or -ERESTARTSYS after a SIGTTIN. */
static int check_foreground(struct tty_struct *tty)
{
	pid_t pgrp = current->signal->pgrp;

	if (current->signal->tty != tty || READ_ONCE(tty->pgrp) <= 0 || READ_ONCE(tty->pgrp) == pgrp)
		return 0;
	if (tty_signal_ignored(SIGTTIN) || is_orphaned_pgrp(pgrp))
		return -EIO;
	kill_pgrp(pgrp, SIGTTIN, 1);
	return -ERESTARTSYS;
}

/* How long to wait for the next byte (jiffies), when @done have come; 0: not at all. Raw mode's MIN and TIME. */
static long read_timeout(struct tty_struct *tty, size_t done, size_t *minimum)
{
	long time;
	unsigned int min;

	spin_lock_irq(&tty->lock);
	time = tty->termios.c_cc[VTIME] * (HZ / 10);
	min = tty->termios.c_cc[VMIN];
	if (L_FLAG(tty, ICANON)) {
		time = 0;
		min = 1;
	}
	spin_unlock_irq(&tty->lock);
	*minimum = min ? min : 1;
	if (!min)
		return time;
	return time && done ? time : MAX_SCHEDULE_TIMEOUT;
}

/* Wait for what MIN and TIME (or a line) ask, and take it. => read_mutex held; may sleep */
static ssize_t wait_and_copy(struct tty_struct *tty, struct file *file, char __user *buf, size_t count)
{
	DEFINE_WAIT(wait);
	size_t done = 0, minimum;
	bool end = false;
	ssize_t n, ret = 0;
	long timeout;

	for (;;) {
		prepare_to_wait(&tty->read_wait, &wait, TASK_INTERRUPTIBLE);
		if (tty_file_dead(tty, file))
			break;
		ret = check_foreground(tty);
		if (ret)
			break;
		__set_current_state(TASK_RUNNING);	/* copying may sleep; a byte that comes now is seen below */
		n = copy_input(tty, buf + done, count - done, &end);
		if (n < 0) {
			ret = n;
			break;
		}
		done += (size_t)n;
		timeout = read_timeout(tty, done, &minimum);
		if (end || done >= count || done >= minimum || !timeout)
			break;
		ret = file->f_flags & O_NONBLOCK ? -EAGAIN : signal_pending(current) ? -ERESTARTSYS : 0;
		if (ret)
			break;
		prepare_to_wait(&tty->read_wait, &wait, TASK_INTERRUPTIBLE);
		if (n_tty_readable(tty) || READ_ONCE(tty->canon_lines))
			continue;
		if (!schedule_timeout(timeout))
			break;
	}
	finish_wait(&tty->read_wait, &wait);
	return done || end ? (ssize_t)done : ret;
}

/* A line, or raw bytes. 0: end of file, or hung up. => may sleep */
ssize_t n_tty_read(struct tty_struct *tty, struct file *file, char __user *buf, size_t count)
{
	ssize_t ret;

	if (file->f_flags & O_NONBLOCK) {
		if (!mutex_trylock(&tty->read_mutex))
			return -EAGAIN;
	} else if (mutex_lock_interruptible(&tty->read_mutex)) {
		return -ERESTARTSYS;
	}
	ret = wait_and_copy(tty, file, buf, count);
	mutex_unlock(&tty->read_mutex);
	return ret;
}

unsigned int n_tty_poll(struct tty_struct *tty, struct file *file, struct poll_table *wait)
{
	unsigned int mask = 0;

	poll_wait(file, &tty->read_wait, wait);
	poll_wait(file, &tty->write_wait, wait);
	if (tty_file_dead(tty, file))
		return POLLIN | POLLOUT | POLLERR | POLLHUP | POLLRDNORM | POLLWRNORM;
	if (n_tty_readable(tty) || READ_ONCE(tty->canon_lines))
		mask |= POLLIN | POLLRDNORM;
	if (!READ_ONCE(tty->stopped) && tty->driver->ops->write_room(tty) > 0)
		mask |= POLLOUT | POLLWRNORM;
	return mask;
}
