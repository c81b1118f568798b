/*
 * tty_io.c: terminals as files, controlling terminals, hangup, ioctls.
 *
 * Owns:   the list of terminals (they never go), which one is the console, and each one's way from interrupt to line
 *         discipline (the flip ring).
 * Locks:  flip_lock for the ring, tty_mutex for opening, tty->lock for session and group; siglock for signal->tty.
 * Read next: n_tty.c (what happens to the bytes), tty.h (the picture).
 */
#include "kernel/fs/internal.h"
#include "kernel/fs/tty.h"
#include "kernel/pid.h"
#include "kernel/uapi/ioctl.h"
#include "kernel/uapi/poll.h"

#define TTYAUX_MAJOR	5
#define TTY_DEV		MKDEV(TTYAUX_MAJOR, 0)
#define CONSOLE_DEV	MKDEV(TTYAUX_MAJOR, 1)
#define FLIP(n)		((n) & (TTY_FLIP_SIZE - 1))

const struct termios tty_std_termios = {
	.c_iflag = ICRNL | IXON,
	.c_oflag = OPOST | ONLCR,
	.c_cflag = B115200 | CS8 | CREAD | HUPCL,
	.c_lflag = ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN,
	.c_cc = { [VINTR] = 3, [VQUIT] = 28, [VERASE] = 127, [VKILL] = 21, [VEOF] = 4, [VMIN] = 1, [VSTART] = 17,
		  [VSTOP] = 19, [VSUSP] = 26, [VREPRINT] = 18, [VDISCARD] = 15, [VWERASE] = 23, [VLNEXT] = 22 },
};

static DEFINE_MUTEX(tty_mutex, RANK_MUTEX_LEAF);
static struct tty_struct *ttys;			/* newest first; only grows, at boot */
static struct tty_struct *console_tty;

/* ---- from the driver ------------------------------------------------------------------------------------------------- */

static unsigned int flip_peek(struct tty_struct *tty, u8 *chunk, unsigned int max)
{
	unsigned int n;

	spin_lock_irq(&tty->flip_lock);
	n = min(max, tty->flip_head - tty->flip_tail);
	for (unsigned int i = 0; i < n; i++)
		chunk[i] = tty->flip[FLIP(tty->flip_tail + i)];
	spin_unlock_irq(&tty->flip_lock);
	return n;
}

/* What came in goes to the line discipline, as far as there is room; then the driver may bring more. */
static void flip_to_ldisc(struct work_struct *work)
{
	struct tty_struct *tty = container_of(work, struct tty_struct, flip_work);
	unsigned int n, used;
	u8 chunk[128];
	bool cut;

	mutex_lock(&tty->flip_mutex);
	do {
		n = flip_peek(tty, chunk, sizeof(chunk));
		used = (unsigned)n_tty_receive(tty, chunk, n);
		spin_lock_irq(&tty->flip_lock);
		tty->flip_tail += used;
		cut = used && tty->flip_cut;
		if (cut)
			tty->flip_cut = false;
		spin_unlock_irq(&tty->flip_lock);
		if (cut && tty->driver->ops->unthrottle)
			tty->driver->ops->unthrottle(tty);
	} while (n && used == n);
	mutex_unlock(&tty->flip_mutex);
}

/* The ring has room again: go on where it was full. => any context */
void n_tty_drain_flip(struct tty_struct *tty)
{
	if (READ_ONCE(tty->flip_head) != READ_ONCE(tty->flip_tail))
		schedule_work(&tty->flip_work);
}

size_t tty_insert_flip_string(struct tty_struct *tty, const u8 *buf, size_t n)
{
	unsigned long flags;
	size_t done;

	spin_lock_irqsave(&tty->flip_lock, flags);
	for (done = 0; done < n && tty->flip_head - tty->flip_tail < TTY_FLIP_SIZE; done++)
		tty->flip[FLIP(tty->flip_head++)] = buf[done];
	if (done < n)
		tty->flip_cut = true;
	spin_unlock_irqrestore(&tty->flip_lock, flags);
	schedule_work(&tty->flip_work);
	return done;
}

void tty_wakeup(struct tty_struct *tty)
{
	wake_up_interruptible(&tty->write_wait);
}

/* ---- sessions and jobs ----------------------------------------------------------------------------------------------- */

bool tty_file_dead(struct tty_struct *tty, const struct file *file)
{
	return file->f_version && file->f_version != READ_ONCE(tty->generation);
}

/* Would the current process not notice @sig? */
bool tty_signal_ignored(int sig)
{
	return sigismember(&current->blocked, sig) ||
	       current->sighand->action[sig - 1].sa.sa_handler == SIG_IGN;
}

int tty_check_change(struct tty_struct *tty)
{
	pid_t pgrp = current->signal->pgrp;

	if (current->signal->tty != tty || READ_ONCE(tty->pgrp) <= 0 || READ_ONCE(tty->pgrp) == pgrp)
		return 0;
	if (tty_signal_ignored(SIGTTOU))
		return 0;
	if (is_orphaned_pgrp(pgrp))
		return -EIO;
	kill_pgrp(pgrp, SIGTTOU, 1);
	return -ERESTARTSYS;
}

static void set_signal_tty(struct task_struct *p, struct tty_struct *tty)
{
	spin_lock_irq(&p->sighand->siglock);
	p->signal->tty = tty;
	spin_unlock_irq(&p->sighand->siglock);
}

/* No process of @session has a controlling terminal any more. */
static void session_clear_tty(pid_t session)
{
	struct task_struct *p;

	spin_lock(&tasklist_lock);
	for_each_process(p)
		if (p->signal->session == session && p->sighand)
			set_signal_tty(p, NULL);
	spin_unlock(&tasklist_lock);
}

/* The current process, a session leader, gets @tty for its session. */
static void set_controlling_tty(struct tty_struct *tty)
{
	spin_lock_irq(&tty->lock);
	tty->session = current->signal->session;
	tty->pgrp = current->signal->pgrp;
	spin_unlock_irq(&tty->lock);
	set_signal_tty(current, tty);
}

/* Files opened before are dead: reads end, writes fail. Those of the console stay. */
static void tty_hangup(struct tty_struct *tty)
{
	spin_lock_irq(&tty->lock);
	tty->generation++;
	tty->termios = tty_std_termios;
	tty->stopped = false;
	spin_unlock_irq(&tty->lock);
	n_tty_flush_input(tty);
	wake_up_interruptible_all(&tty->read_wait);
	wake_up_interruptible_all(&tty->write_wait);
}

void disassociate_ctty(bool on_exit)
{
	struct tty_struct *tty = current->signal->tty;
	pid_t pgrp, session = current->signal->session;

	if (!tty)
		return;
	spin_lock_irq(&tty->lock);
	pgrp = tty->pgrp;
	tty->pgrp = 0;
	tty->session = 0;
	spin_unlock_irq(&tty->lock);
	if (on_exit)
		tty_hangup(tty);
	if (pgrp > 0) {
		kill_pgrp(pgrp, SIGHUP, 1);
		kill_pgrp(pgrp, SIGCONT, 1);
	}
	session_clear_tty(session);
}

dev_t tty_devnum(const struct tty_struct *tty)
{
	return tty ? MKDEV(tty->driver->major, tty->driver->minor_start + (unsigned)tty->index) : 0;
}

static int tiocsctty(struct tty_struct *tty, unsigned long steal)
{
	struct signal_struct *sig = current->signal;
	pid_t owner = READ_ONCE(tty->session);

	if (sig->leader_of_session && sig->session == owner && sig->tty == tty)
		return 0;
	if (!sig->leader_of_session || sig->tty)
		return -EPERM;
	if (owner > 0) {
		if (steal != 1 || !capable_root())
			return -EPERM;
		session_clear_tty(owner);
	}
	set_controlling_tty(tty);
	return 0;
}

static int tiocnotty(struct tty_struct *tty)
{
	if (current->signal->tty != tty)
		return -ENOTTY;
	if (current->signal->leader_of_session)
		disassociate_ctty(false);
	else
		set_signal_tty(current, NULL);
	return 0;
}

static pid_t session_of_pgrp(pid_t pgrp)
{
	struct task_struct *p;
	pid_t session = -1;

	spin_lock(&tasklist_lock);
	for_each_process(p)
		if (p->signal->pgrp == pgrp) {
			session = p->signal->session;
			break;
		}
	spin_unlock(&tasklist_lock);
	return session;
}

static int tiocspgrp(struct tty_struct *tty, pid_t __user *arg)
{
	int ret = tty_check_change(tty);
	pid_t pgrp;

	if (ret)
		return ret == -EIO ? -ENOTTY : ret;
	if (current->signal->tty != tty || tty->session != current->signal->session)
		return -ENOTTY;
	if (get_user(pgrp, arg))
		return -EFAULT;
	if (pgrp < 0)
		return -EINVAL;
	if (session_of_pgrp(pgrp) != current->signal->session)
		return session_of_pgrp(pgrp) < 0 ? -ESRCH : -EPERM;
	spin_lock_irq(&tty->lock);
	tty->pgrp = pgrp;
	spin_unlock_irq(&tty->lock);
	return 0;
}

/* ---- ioctl ----------------------------------------------------------------------------------------------------------- */

/* Until all output has left. 0 or -ERESTARTSYS. => may sleep; drivers wake writers when they get room, too */
static int wait_until_sent(struct tty_struct *tty)
{
	const struct tty_operations *ops = tty->driver->ops;

	if (!ops->chars_in_buffer)
		return 0;
	return wait_event_interruptible(tty->write_wait, ops->chars_in_buffer(tty) == 0);
}

static int set_termios(struct tty_struct *tty, const struct termios __user *arg, bool drain, bool flush)
{
	struct termios new;
	int ret = tty_check_change(tty);

	if (!ret && copy_from_user(&new, arg, sizeof(new)))
		ret = -EFAULT;
	if (!ret && drain)
		ret = wait_until_sent(tty);
	if (ret)
		return ret;
	if (flush)
		n_tty_flush_input(tty);
	n_tty_set_termios(tty, &new);
	return 0;
}

static int get_termios(struct tty_struct *tty, struct termios __user *arg)
{
	struct termios copy;

	spin_lock_irq(&tty->lock);
	copy = tty->termios;
	spin_unlock_irq(&tty->lock);
	return copy_to_user(arg, &copy, sizeof(copy)) ? -EFAULT : 0;
}

static int get_winsize(struct tty_struct *tty, struct winsize __user *arg)
{
	struct winsize copy;

	spin_lock_irq(&tty->lock);
	copy = tty->winsize;
	spin_unlock_irq(&tty->lock);
	return copy_to_user(arg, &copy, sizeof(copy)) ? -EFAULT : 0;
}

static int set_winsize(struct tty_struct *tty, const struct winsize __user *arg)
{
	struct winsize new;
	pid_t pgrp = 0;

	if (copy_from_user(&new, arg, sizeof(new)))
		return -EFAULT;
	spin_lock_irq(&tty->lock);
	if (memcmp(&new, &tty->winsize, sizeof(new)))
		pgrp = tty->pgrp;
	tty->winsize = new;
	spin_unlock_irq(&tty->lock);
	if (pgrp > 0)
		kill_pgrp(pgrp, SIGWINCH, 1);
	return 0;
}

static int tty_flush(struct tty_struct *tty, unsigned long queue)
{
	if (queue > TCIOFLUSH)
		return -EINVAL;
	if (queue != TCOFLUSH)
		n_tty_flush_input(tty);
	return 0;	/* output is the driver's already */
}

static int tty_flow(struct tty_struct *tty, unsigned long action)
{
	if (action > TCION)
		return -EINVAL;
	if (action == TCIOFF || action == TCION)
		return 0;
	spin_lock_irq(&tty->lock);
	tty->stopped = action == TCOOFF;
	spin_unlock_irq(&tty->lock);
	if (action == TCOON)
		tty_wakeup(tty);
	return 0;
}

static long tty_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct tty_struct *tty = file->private_data;
	void __user *p = (void __user *)arg;
	int ret;

	if (tty_file_dead(tty, file))
		return cmd == TIOCSPGRP ? -ENOTTY : -EIO;
	switch (cmd) {
	case TCGETS:
		return get_termios(tty, p);
	case TCSETS: case TCSETSW: case TCSETSF:
		return set_termios(tty, p, cmd != TCSETS, cmd == TCSETSF);
	case TIOCGWINSZ:
		return get_winsize(tty, p);
	case TIOCSWINSZ:
		return set_winsize(tty, p);
	case TIOCGPGRP:
		return current->signal->tty != tty ? -ENOTTY : put_user(READ_ONCE(tty->pgrp), (pid_t __user *)p);
	case TIOCSPGRP:
		return tiocspgrp(tty, p);
	case TIOCGSID:
		return current->signal->tty != tty ? -ENOTTY : put_user(READ_ONCE(tty->session), (pid_t __user *)p);
	case TIOCSCTTY:
		return tiocsctty(tty, arg);
	case TIOCNOTTY:
		return tiocnotty(tty);
	case FIONREAD:
		return put_user((int)n_tty_readable(tty), (int __user *)p);
	case TIOCOUTQ:
		ret = tty->driver->ops->chars_in_buffer ? tty->driver->ops->chars_in_buffer(tty) : 0;
		return put_user(ret, (int __user *)p);
	case TCFLSH: case TCXONC: case TCSBRK: case TCSBRKP:
		ret = tty_check_change(tty);
		if (ret)
			return ret;
		return cmd == TCFLSH ? tty_flush(tty, arg) : cmd == TCXONC ? tty_flow(tty, arg) : wait_until_sent(tty);
	default:
		return -ENOTTY;
	}
}

/* ---- files ----------------------------------------------------------------------------------------------------------- */

static struct tty_struct *find_tty(dev_t dev)
{
	struct tty_struct *tty = smp_load_acquire(&ttys);

	if (dev == TTY_DEV)
		return current->signal->tty;
	if (dev == CONSOLE_DEV)
		return console_tty;
	while (tty && tty_devnum(tty) != dev)
		tty = tty->next;
	return tty;
}

static int tty_open(struct inode *inode, struct file *file)
{
	struct tty_struct *tty = find_tty(inode->i_rdev);
	struct signal_struct *sig = current->signal;
	int ret = 0;

	if (!tty)
		return inode->i_rdev == TTY_DEV ? -ENXIO : -ENODEV;
	mutex_lock(&tty_mutex);
	if (!tty->count && tty->driver->ops->open)
		ret = tty->driver->ops->open(tty);
	if (!ret)
		tty->count++;
	mutex_unlock(&tty_mutex);
	if (ret)
		return ret;
	file->private_data = tty;
	/* The console outlives sessions: a hangup does not reach its files. */
	file->f_version = inode->i_rdev == CONSOLE_DEV ? 0 : READ_ONCE(tty->generation);
	if (!(file->f_flags & O_NOCTTY) && inode->i_rdev != CONSOLE_DEV && sig->leader_of_session && !sig->tty &&
	    !READ_ONCE(tty->session))
		set_controlling_tty(tty);
	return 0;
}

static int tty_release(struct inode *inode, struct file *file)
{
	struct tty_struct *tty = file->private_data;

	mutex_lock(&tty_mutex);
	if (!--tty->count && tty->driver->ops->close)
		tty->driver->ops->close(tty);
	mutex_unlock(&tty_mutex);
	return 0;
}

static ssize_t tty_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	struct tty_struct *tty = file->private_data;

	return count && !tty_file_dead(tty, file) ? n_tty_read(tty, file, buf, count) : 0;
}

/* From kernel memory; the job control of the background is done. */
static ssize_t tty_kernel_write(struct file *file, const char *buf, size_t count, loff_t *pos)
{
	struct tty_struct *tty = file->private_data;
	int ret = 0;

	if (tty_file_dead(tty, file))
		return -EIO;
	if (READ_ONCE(tty->termios.c_lflag) & TOSTOP)
		ret = tty_check_change(tty);
	return ret ? ret : n_tty_write(tty, file, (const u8 *)buf, count);
}

static ssize_t tty_write(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	u8 small[128], *chunk = small;
	size_t size = sizeof(small), done = 0, n;
	ssize_t ret = 0;

	if (count > sizeof(small)) {
		chunk = (u8 *)__get_free_page(GFP_KERNEL);
		size = PAGE_SIZE;
	}
	if (!chunk)
		return -ENOMEM;
	while (done < count) {
		n = min(count - done, size);
		ret = copy_from_user(chunk, buf + done, n) ? -EFAULT : tty_kernel_write(file, (char *)chunk, n, pos);
		if (ret < 0)
			break;
		done += (size_t)ret;
		if ((size_t)ret < n)
			break;
		cond_resched();
	}
	if (chunk != small)
		free_page((unsigned long)chunk);
	return done ? (ssize_t)done : ret;
}

static unsigned int tty_poll(struct file *file, struct poll_table *wait)
{
	return n_tty_poll(file->private_data, file, wait);
}

static const struct file_operations tty_fops = {
	.llseek = no_llseek, .read = tty_read, .write = tty_write, .kernel_write = tty_kernel_write, .poll = tty_poll,
	.ioctl = tty_ioctl, .open = tty_open, .release = tty_release,
};

/* ---- coming into being ----------------------------------------------------------------------------------------------- */

static struct tty_struct *alloc_tty(const struct tty_driver *driver, int index, void *driver_data)
{
	struct tty_struct *tty = kzalloc(sizeof(*tty), GFP_KERNEL);

	if (!tty)
		return NULL;
	tty->flip = kmalloc(TTY_FLIP_SIZE, GFP_KERNEL);
	tty->read_buf = kmalloc(N_TTY_BUF_SIZE, GFP_KERNEL);
	tty->read_flags = kzalloc(N_TTY_BUF_SIZE / 8, GFP_KERNEL);
	if (!tty->flip || !tty->read_buf || !tty->read_flags) {
		kfree(tty->flip);
		kfree(tty->read_buf);
		kfree(tty->read_flags);
		kfree(tty);
		return NULL;
	}
	tty->driver = driver;
	tty->index = index;
	tty->driver_data = driver_data;
	snprintf(tty->name, sizeof(tty->name), "%s%d", driver->name, index);
	spin_lock_init(&tty->flip_lock, RANK_TTY);
	spin_lock_init(&tty->lock, RANK_TTY);
	mutex_init(&tty->flip_mutex, RANK_TTY_READ);
	mutex_init(&tty->read_mutex, RANK_TTY_READ);
	mutex_init(&tty->write_mutex, RANK_TTY_READ);
	init_waitqueue_head(&tty->read_wait);
	init_waitqueue_head(&tty->write_wait);
	INIT_WORK(&tty->flip_work, flip_to_ldisc);
	tty->termios = tty_std_termios;
	tty->generation = 1;
	return tty;
}

struct tty_struct *tty_register(const struct tty_driver *driver, int index, void *driver_data)
{
	struct tty_struct *tty = alloc_tty(driver, index, driver_data);
	struct char_device *cdev = kzalloc(sizeof(*cdev), GFP_KERNEL);

	if (!tty || !cdev) {
		kfree(cdev);
		return NULL;	/* boot goes on without it */
	}
	*cdev = (struct char_device){ .first = tty_devnum(tty), .count = 1, .name = tty->name, .fops = &tty_fops, .mode = 0620 };
	if (register_chrdev(cdev))
		printk(KERN_ERR "tty: no node for %s\n", tty->name);
	mutex_lock(&tty_mutex);
	tty->next = ttys;
	smp_store_release(&ttys, tty);
	mutex_unlock(&tty_mutex);
	return tty;
}

void tty_set_console(struct tty_struct *tty)
{
	console_tty = tty;
}

static struct char_device aux_devices[] = {
	{ .first = TTY_DEV, .count = 1, .name = "tty", .fops = &tty_fops, .mode = 0666 },
	{ .first = CONSOLE_DEV, .count = 1, .name = "console", .fops = &tty_fops, .mode = 0600 },
};

/* => boot, before drivers */
void tty_init(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(aux_devices); i++)
		if (register_chrdev(&aux_devices[i]))
			panic("no memory for /dev/%s", aux_devices[i].name);
}
