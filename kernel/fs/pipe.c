/*
 * pipe.c: pipes and FIFOs: a ring of pages between writers and readers.
 *
 * Owns:   pipe_inode_info, hung on the inode of a pipe or of a FIFO that is open.
 * Locks:  the inode's i_mutex for all of it; waiters sleep on ->wait without it.
 * Read next: read_write.c.
 *
 *	bufs[curbuf] … nrbufs of them hold bytes [offset, offset + len) of a page; writers append at the end
 */
#include "kernel/fs/internal.h"
#include "kernel/uapi/poll.h"
#include "kernel/uapi/ioctl.h"
#include "mm/highmem.h"

#define PIPE_BUFFERS	16

struct pipe_buffer {
	struct page *page;
	unsigned int offset, len;
};

struct pipe_inode_info {
	wait_queue_head_t wait;		/* readers, writers, openers of a FIFO */
	unsigned int nrbufs, curbuf;	/* [i] */
	struct pipe_buffer bufs[PIPE_BUFFERS];	/* [i] */
	unsigned int readers, writers;	/* [i] open files */
	unsigned int r_counter, w_counter;	/* [i] opens ever: FIFO openers wait for one that comes */
	unsigned int waiting_writers;	/* [i] */
	struct page *spare;		/* [i] to save an allocation */
};

/* A source or target of bytes: user memory, or the kernel's own. */
typedef unsigned long (*copy_fn)(void *to, const void *from, unsigned long n);

static unsigned long copy_in_user(void *to, const void *from, unsigned long n)
{
	return copy_from_user(to, from, n);
}

static unsigned long copy_in_kernel(void *to, const void *from, unsigned long n)
{
	memcpy(to, from, n);
	return 0;
}

static struct pipe_inode_info *alloc_pipe_info(void)
{
	struct pipe_inode_info *pipe = kzalloc(sizeof(*pipe), GFP_KERNEL);

	if (pipe) {
		init_waitqueue_head(&pipe->wait);
		pipe->r_counter = pipe->w_counter = 1;
	}
	return pipe;
}

/* => i_mutex held, or nobody else can reach it */
static void free_pipe_info(struct inode *inode)
{
	struct pipe_inode_info *pipe = inode->i_pipe;

	for (unsigned int i = 0; i < pipe->nrbufs; i++)
		__free_page(pipe->bufs[(pipe->curbuf + i) % PIPE_BUFFERS].page);
	if (pipe->spare)
		__free_page(pipe->spare);
	kfree(pipe);
	inode->i_pipe = NULL;
}

/* Sleep until something changes. => i_mutex held in and out, dropped meanwhile. 0 or -ERESTARTSYS */
static int pipe_wait(struct inode *inode)
{
	struct pipe_inode_info *pipe = inode->i_pipe;
	DEFINE_WAIT(wait);

	prepare_to_wait(&pipe->wait, &wait, TASK_INTERRUPTIBLE);
	if (!signal_pending(current)) {
		mutex_unlock(&inode->i_mutex);
		schedule();
		mutex_lock(&inode->i_mutex);
	}
	finish_wait(&pipe->wait, &wait);
	return signal_pending(current) ? -ERESTARTSYS : 0;
}

/* ---- read ------------------------------------------------------------------------------------------------------------ */

/* Take up to @count bytes of the oldest buffer. Bytes, or -EFAULT. => i_mutex held; nrbufs > 0 */
static ssize_t take_bytes(struct pipe_inode_info *pipe, char __user *to, size_t count)
{
	struct pipe_buffer *buf = &pipe->bufs[pipe->curbuf];
	unsigned int n = (unsigned)min_t(size_t, count, buf->len);
	char *from = kmap(buf->page);
	unsigned long left = copy_to_user(to, from + buf->offset, n);

	kunmap(buf->page);
	if (left)
		return -EFAULT;
	buf->offset += n;
	buf->len -= n;
	if (!buf->len) {
		if (pipe->spare)
			__free_page(buf->page);
		else
			pipe->spare = buf->page;
		buf->page = NULL;
		pipe->curbuf = (pipe->curbuf + 1) % PIPE_BUFFERS;
		pipe->nrbufs--;
	}
	return n;
}

/* What is there, at least one byte; 0: no writer is left. */
static ssize_t pipe_read(struct file *file, char __user *to, size_t count, loff_t *pos)
{
	struct inode *inode = file->f_dentry->d_inode;
	struct pipe_inode_info *pipe = inode->i_pipe;
	ssize_t n, done = 0, ret = 0;
	bool was_full;

	if (!count)
		return 0;
	mutex_lock(&inode->i_mutex);
	was_full = pipe->nrbufs == PIPE_BUFFERS;
	while (!ret) {
		while (pipe->nrbufs && (size_t)done < count) {
			n = take_bytes(pipe, to + done, count - (size_t)done);
			if (n < 0) {
				ret = n;
				break;
			}
			done += n;
		}
		if (done || ret || !pipe->writers)
			break;
		if (file->f_flags & O_NONBLOCK)
			ret = -EAGAIN;
		else
			ret = pipe_wait(inode);
		was_full |= pipe->nrbufs == PIPE_BUFFERS;
	}
	if (done && (was_full || pipe->waiting_writers))
		wake_up_interruptible_all(&pipe->wait);
	mutex_unlock(&inode->i_mutex);
	if (done)
		touch_atime(file->f_vfsmnt, file->f_dentry);
	return done ? done : ret;
}

/* ---- write ----------------------------------------------------------------------------------------------------------- */

static unsigned int room_in_last(const struct pipe_inode_info *pipe)
{
	const struct pipe_buffer *last = &pipe->bufs[(pipe->curbuf + pipe->nrbufs - 1) % PIPE_BUFFERS];

	return pipe->nrbufs ? (unsigned)PAGE_SIZE - last->offset - last->len : 0;
}

static size_t room_in_pipe(const struct pipe_inode_info *pipe)
{
	return room_in_last(pipe) + (PIPE_BUFFERS - pipe->nrbufs) * PAGE_SIZE;
}

/* The place for @count more bytes or some of them: a new page, or behind what the last one has. NULL without memory. */
static struct pipe_buffer *writable_buffer(struct pipe_inode_info *pipe, size_t count)
{
	struct pipe_buffer *buf;

	if (room_in_last(pipe) && (room_in_last(pipe) >= count || pipe->nrbufs == PIPE_BUFFERS))
		return &pipe->bufs[(pipe->curbuf + pipe->nrbufs - 1) % PIPE_BUFFERS];
	buf = &pipe->bufs[(pipe->curbuf + pipe->nrbufs) % PIPE_BUFFERS];
	if (!pipe->spare)
		pipe->spare = alloc_page(GFP_HIGHUSER);
	if (!pipe->spare)
		return NULL;
	*buf = (struct pipe_buffer){ .page = pipe->spare };
	return buf;
}

/* Append up to @count bytes. Bytes, or -errno. => i_mutex held; there is room */
static ssize_t append_bytes(struct pipe_inode_info *pipe, const char *from, size_t count, copy_fn copy)
{
	struct pipe_buffer *buf = writable_buffer(pipe, count);
	unsigned int end, n;
	unsigned long left;
	char *to;

	if (!buf)
		return -ENOMEM;
	end = buf->offset + buf->len;
	n = (unsigned)min_t(size_t, count, PAGE_SIZE - end);
	to = kmap(buf->page);
	left = copy(to + end, from, n);
	kunmap(buf->page);
	if (left)
		return -EFAULT;
	if (buf->page == pipe->spare) {
		pipe->spare = NULL;
		pipe->nrbufs++;
	}
	buf->len += n;
	return n;
}

static int no_readers(void)
{
	send_sig(SIGPIPE, current, 0);
	return -EPIPE;
}

/* All of it, or as much as there is room for (O_NONBLOCK); up to PIPE_BUF bytes stay together. */
static ssize_t do_pipe_write(struct file *file, const char *from, size_t count, copy_fn copy)
{
	struct inode *inode = file->f_dentry->d_inode;
	struct pipe_inode_info *pipe = inode->i_pipe;
	size_t together = count <= PIPE_BUF ? count : 1;
	ssize_t n, done = 0, ret = 0;

	if (!count)
		return 0;
	mutex_lock(&inode->i_mutex);
	while ((size_t)done < count) {
		if (!pipe->readers) {
			ret = no_readers();
			break;
		}
		if (room_in_pipe(pipe) >= (done ? 1 : together)) {
			n = append_bytes(pipe, from + done, count - (size_t)done, copy);
			if (n < 0) {
				ret = n;
				break;
			}
			done += n;
			continue;
		}
		if (file->f_flags & O_NONBLOCK) {
			ret = -EAGAIN;
			break;
		}
		wake_up_interruptible_all(&pipe->wait);
		pipe->waiting_writers++;
		ret = pipe_wait(inode);
		pipe->waiting_writers--;
		if (ret)
			break;
	}
	if (done)
		wake_up_interruptible_all(&pipe->wait);
	mutex_unlock(&inode->i_mutex);
	if (done)
		file_update_time(file);
	return done ? done : ret;
}

static ssize_t pipe_write(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	return do_pipe_write(file, buf, count, copy_in_user);
}

static ssize_t pipe_kernel_write(struct file *file, const char *buf, size_t count, loff_t *pos)
{
	return do_pipe_write(file, buf, count, copy_in_kernel);
}

/* ---- the other operations -------------------------------------------------------------------------------------------- */

static unsigned int pipe_poll(struct file *file, struct poll_table *wait)
{
	struct pipe_inode_info *pipe = file->f_dentry->d_inode->i_pipe;
	unsigned int mask = 0;

	poll_wait(file, &pipe->wait, wait);
	if (file->f_mode & FMODE_READ) {
		mask = READ_ONCE(pipe->nrbufs) ? POLLIN | POLLRDNORM : 0;
		if (!READ_ONCE(pipe->writers) && file->f_version != pipe->w_counter)
			mask |= POLLHUP;
	}
	if (file->f_mode & FMODE_WRITE) {
		mask |= READ_ONCE(pipe->nrbufs) < PIPE_BUFFERS ? POLLOUT | POLLWRNORM : 0;
		if (!READ_ONCE(pipe->readers))
			mask |= POLLERR;
	}
	return mask;
}

static long pipe_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct inode *inode = file->f_dentry->d_inode;
	struct pipe_inode_info *pipe = inode->i_pipe;
	int bytes = 0;

	if (cmd != FIONREAD)
		return -ENOTTY;
	mutex_lock(&inode->i_mutex);
	for (unsigned int i = 0; i < pipe->nrbufs; i++)
		bytes += (int)pipe->bufs[(pipe->curbuf + i) % PIPE_BUFFERS].len;
	mutex_unlock(&inode->i_mutex);
	return put_user(bytes, (int __user *)arg);
}

static void count_ends(struct pipe_inode_info *pipe, const struct file *file, int by)
{
	if (file->f_mode & FMODE_READ)
		pipe->readers += (unsigned)by;
	if (file->f_mode & FMODE_WRITE)
		pipe->writers += (unsigned)by;
}

static int pipe_release(struct inode *inode, struct file *file)
{
	struct pipe_inode_info *pipe = inode->i_pipe;

	mutex_lock(&inode->i_mutex);
	count_ends(pipe, file, -1);
	if (!pipe->readers && !pipe->writers)
		free_pipe_info(inode);
	else
		wake_up_interruptible_all(&pipe->wait);
	mutex_unlock(&inode->i_mutex);
	return 0;
}

/* Writing to a read end and the like never gets here: f_mode says what an end can do. */
static const struct file_operations pipe_fops = {
	.llseek = no_llseek, .read = pipe_read, .write = pipe_write, .kernel_write = pipe_kernel_write,
	.poll = pipe_poll, .ioctl = pipe_ioctl, .release = pipe_release,
};

/* F_GETPIPE_SZ; F_SETPIPE_SZ accepts what the pipe holds already. */
long pipe_fcntl(struct file *file, unsigned int cmd, unsigned long arg)
{
	if (file->f_op != &pipe_fops)
		return -EBADF;
	if (cmd == F_SETPIPE_SZ && arg > PIPE_BUFFERS * PAGE_SIZE)
		return -EPERM;
	return PIPE_BUFFERS * PAGE_SIZE;
}

/* ---- FIFOs ------------------------------------------------------------------------------------------------------------ */

/* Sleep until an opener of the other side came, even if it has gone again. => i_mutex held in and out */
static int wait_for_partner(struct inode *inode, const unsigned int *counter)
{
	unsigned int seen = *counter;
	int ret = 0;

	while (seen == *counter && !ret)
		ret = pipe_wait(inode);
	return seen != *counter ? 0 : ret;
}

/* What an open still has to wait for, or its error. => i_mutex held; our end is counted */
static int fifo_wait(struct inode *inode, struct file *file)
{
	struct pipe_inode_info *pipe = inode->i_pipe;
	bool nonblock = file->f_flags & O_NONBLOCK;

	switch (file->f_mode & (FMODE_READ | FMODE_WRITE)) {
	case FMODE_READ:
		if (pipe->writers)
			return 0;
		if (!nonblock)
			return wait_for_partner(inode, &pipe->w_counter);
		file->f_version = pipe->w_counter;	/* POLLHUP only after a writer was there */
		return 0;
	case FMODE_WRITE:
		if (pipe->readers)
			return 0;
		return nonblock ? -ENXIO : wait_for_partner(inode, &pipe->r_counter);
	case FMODE_READ | FMODE_WRITE:
		return 0;
	default:
		return -EINVAL;		/* access mode 3: an end of neither kind, which nobody would count */
	}
}

static int fifo_open(struct inode *inode, struct file *file)
{
	struct pipe_inode_info *pipe;
	int ret = 0;

	mutex_lock(&inode->i_mutex);
	if (!inode->i_pipe)
		inode->i_pipe = alloc_pipe_info();
	pipe = inode->i_pipe;
	if (!pipe) {
		mutex_unlock(&inode->i_mutex);
		return -ENOMEM;
	}
	file->f_op = &pipe_fops;
	file->f_version = 0;
	count_ends(pipe, file, 1);
	if (file->f_mode & FMODE_READ)
		pipe->r_counter++;
	if (file->f_mode & FMODE_WRITE)
		pipe->w_counter++;
	wake_up_interruptible_all(&pipe->wait);
	ret = fifo_wait(inode, file);
	if (ret) {
		count_ends(pipe, file, -1);
		wake_up_interruptible_all(&pipe->wait);
		if (!pipe->readers && !pipe->writers)
			free_pipe_info(inode);
	}
	mutex_unlock(&inode->i_mutex);
	return ret;
}

const struct file_operations def_fifo_fops = { .open = fifo_open };

/* ---- pipe(2) ----------------------------------------------------------------------------------------------------------- */

/* Both ends, read first. 0 or -errno, and nothing is left over. */
static int create_pipe_files(struct file *ends[2], unsigned int flags)
{
	struct inode *inode = new_anon_inode(S_IFIFO | 0600);
	char name[24];

	if (!inode)
		return -ENFILE;
	inode->i_pipe = alloc_pipe_info();
	if (!inode->i_pipe) {
		iput(inode);
		return -ENOMEM;
	}
	snprintf(name, sizeof(name), "pipe:[%lu]", inode->i_ino);
	atomic_inc(&inode->i_count);	/* two files, two references */
	ends[0] = alloc_file_anon(inode, name, O_RDONLY | flags, &pipe_fops);
	if (IS_ERR(ends[0])) {
		free_pipe_info(inode);
		iput(inode);
		return (int)PTR_ERR(ends[0]);
	}
	inode->i_pipe->readers = 1;
	ends[1] = alloc_file_anon(inode, name, O_WRONLY | flags, &pipe_fops);
	if (IS_ERR(ends[1])) {
		fput(ends[0]);
		return (int)PTR_ERR(ends[1]);
	}
	inode->i_pipe->writers = 1;
	return 0;
}

long sys_pipe2(int __user *ufds, int flags)
{
	struct file *ends[2] = { NULL, NULL };
	int fds[2], ret;

	if (flags & ~(O_CLOEXEC | O_NONBLOCK | O_DIRECT))
		return -EINVAL;
	ret = create_pipe_files(ends, (unsigned)flags & O_NONBLOCK);
	if (ret)
		return ret;
	fds[0] = ret = get_unused_fd_flags((unsigned)flags);
	if (ret < 0)
		goto fail;
	fds[1] = ret = get_unused_fd_flags((unsigned)flags);
	if (ret < 0)
		goto fail_fd0;
	ret = -EFAULT;
	if (copy_to_user(ufds, fds, sizeof(fds)))
		goto fail_fd1;
	fd_install((unsigned)fds[0], ends[0]);
	fd_install((unsigned)fds[1], ends[1]);
	return 0;

fail_fd1:
	put_unused_fd((unsigned)fds[1]);
fail_fd0:
	put_unused_fd((unsigned)fds[0]);
fail:
	fput(ends[0]);
	fput(ends[1]);
	return ret;
}

long sys_pipe(int __user *fds)
{
	return sys_pipe2(fds, 0);
}
