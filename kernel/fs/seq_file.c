/*
 * seq_file.c: text that is made while it is read.
 *
 * Owns:   a buffer for each open file; it grows until the largest record fits.
 * Locks:  [m] m->lock serialises readers of one open file; records are shown under it, so it comes before mmap_sem.
 * Read next: proc/misc.c (short users), proc/task_mmu.c (one with records).
 *
 * As 2.6.20 fs/seq_file.c; a record that outgrows the buffer is shown again into one twice as large.
 */
#include "kernel/fs/internal.h"
#include "kernel/fs/seq_file.h"

/* The buffer is full: count reaches size, and traverse sees it. */
static bool overflowed(const struct seq_file *m)
{
	return m->count >= m->size;
}

void seq_printf(struct seq_file *m, const char *fmt, ...)
{
	__builtin_va_list args;
	int n;

	if (overflowed(m))
		return;
	__builtin_va_start(args, fmt);
	n = vsnprintf(m->buf + m->count, m->size - m->count, fmt, args);
	__builtin_va_end(args);
	m->count = min(m->count + (size_t)n, m->size);
}

void seq_write(struct seq_file *m, const void *data, size_t n)
{
	if (n >= m->size - min(m->count, m->size)) {
		m->count = m->size;
		return;
	}
	memcpy(m->buf + m->count, data, n);
	m->count += n;
}

void seq_puts(struct seq_file *m, const char *s)
{
	seq_write(m, s, strlen(s));
}

void seq_putc(struct seq_file *m, char c)
{
	seq_write(m, &c, 1);
}

void seq_escape(struct seq_file *m, const char *s, const char *escape)
{
	for (; *s; s++) {
		if (*s == '\\' || strchr(escape, *s))
			seq_printf(m, "\\%03o", (unsigned char)*s);
		else
			seq_putc(m, *s);
	}
}

void seq_path(struct seq_file *m, struct vfsmount *mnt, struct dentry *dentry, const char *escape)
{
	char *page = (char *)__get_free_page(GFP_KERNEL), *name;

	if (!page)
		return;
	name = d_path(dentry, mnt, page, PAGE_SIZE);
	if (!IS_ERR(name))
		seq_escape(m, name, escape);
	free_page((unsigned long)page);
}

int seq_open(struct file *file, const struct seq_operations *op, void *private)
{
	struct seq_file *m = kzalloc(sizeof(*m), GFP_KERNEL);

	if (!m)
		return -ENOMEM;
	mutex_init(&m->lock, RANK_SEQ_FILE);
	m->op = op;
	m->file = file;
	m->private = private;
	file->private_data = m;
	return 0;
}

int seq_release(struct inode *inode, struct file *file)
{
	struct seq_file *m = file->private_data;

	kfree(m->buf);
	kfree(m);
	return 0;
}

/* ---- one record: single_open ------------------------------------------------------------------------------------- */

static void *single_start(struct seq_file *m, loff_t *pos)
{
	return *pos == 0 ? m : NULL;
}

static void *single_next(struct seq_file *m, void *v, loff_t *pos)
{
	++*pos;
	return NULL;
}

static void single_stop(struct seq_file *m, void *v)
{
}

static int single_show_record(struct seq_file *m, void *v)
{
	return m->single_show(m, m->private);
}

static const struct seq_operations single_op = {
	.start = single_start, .next = single_next, .stop = single_stop, .show = single_show_record,
};

int single_open(struct file *file, int (*show)(struct seq_file *m, void *data), void *data)
{
	int error = seq_open(file, &single_op, data);

	if (!error)
		((struct seq_file *)file->private_data)->single_show = show;
	return error;
}

/* ---- reading ------------------------------------------------------------------------------------------------------- */

static int grow(struct seq_file *m, size_t size)
{
	char *buf = kmalloc(size, GFP_KERNEL);

	if (!buf)
		return -ENOMEM;
	kfree(m->buf);
	m->buf = buf;
	m->size = size;
	return 0;
}

/*
 * Records from m->index on into the empty buffer, as many as fit whole. 0, or -errno of a show function.
 * => m->count is 0 at the end of the file, and the size when not even one record fitted
 */
static int fill_buffer(struct seq_file *m)
{
	loff_t pos = m->index;
	void *v = m->op->start(m, &pos);
	int error = 0;

	m->from = m->count = 0;
	while (v) {
		size_t before = m->count;

		if (IS_ERR(v)) {
			error = (int)PTR_ERR(v);
			break;
		}
		error = m->op->show(m, v);
		if (error || overflowed(m)) {
			if (before || error)
				m->count = before;	/* this record comes with the next buffer */
			break;
		}
		v = m->op->next(m, v, &pos);
		m->index = pos;
	}
	m->op->stop(m, v);
	return m->count && !overflowed(m) ? 0 : error;
}

/* As fill_buffer, growing the buffer until a record fits. */
static int next_text(struct seq_file *m)
{
	int error = m->buf ? 0 : grow(m, PAGE_SIZE);

	while (!error) {
		error = fill_buffer(m);
		if (error || !overflowed(m))
			break;
		m->count = 0;
		error = grow(m, m->size * 2);
	}
	return error;
}

/* Back to the beginning, then forward to @offset. */
static int seek_to(struct seq_file *m, loff_t offset)
{
	loff_t at = 0;

	m->index = 0;
	m->from = m->count = 0;
	while (at < offset) {
		int error = next_text(m);

		if (error)
			return error;
		if (!m->count)
			break;				/* behind the end */
		m->from = (size_t)min(offset - at, (loff_t)m->count);
		m->count -= m->from;
		at += (loff_t)m->from;
	}
	m->read_pos = offset;
	return 0;
}

/* What is left in the buffer, to the user. Bytes, or -EFAULT. */
static ssize_t give(struct seq_file *m, char __user *buf, size_t count)
{
	size_t n = min(m->count, count);

	if (copy_to_user(buf, m->buf + m->from, n))
		return -EFAULT;
	m->from += n;
	m->count -= n;
	return (ssize_t)n;
}

ssize_t seq_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	struct seq_file *m = file->private_data;
	ssize_t done = 0, n;
	int error = 0;

	mutex_lock(&m->lock);
	if (*pos != m->read_pos)
		error = seek_to(m, *pos);
	while (!error && (size_t)done < count) {
		if (!m->count) {
			error = next_text(m);
			if (error || !m->count)
				break;
		}
		n = give(m, buf + done, count - (size_t)done);
		if (n < 0)
			error = (int)n;
		else
			done += n;
	}
	*pos += done;
	m->read_pos = *pos;
	mutex_unlock(&m->lock);
	return done ? done : error;
}

loff_t seq_lseek(struct file *file, loff_t offset, int whence)
{
	struct seq_file *m = file->private_data;
	int error = 0;

	if (whence == SEEK_CUR)
		offset = (loff_t)((u64)offset + (u64)file->f_pos);
	else if (whence != SEEK_SET)
		return -EINVAL;
	if (offset < 0)
		return -EINVAL;
	mutex_lock(&m->lock);
	if (offset != m->read_pos)
		error = seek_to(m, offset);
	mutex_unlock(&m->lock);
	if (error)
		return error;
	return file->f_pos = offset;
}
