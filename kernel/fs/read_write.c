/*
 * read_write.c: moving bytes and positions: read, write, their vectors, lseek, sendfile.
 *
 * Locks:  f_pos_lock around calls that use the file's own position, for files that have a fixed one (FMODE_ATOMIC_POS);
 *         a terminal or pipe has none, so its readers do not keep its writers out.
 * Read next: mm/filemap.c (generic_file_read and _write), pipe.c.
 */
#include "kernel/fs/internal.h"
#include "kernel/uapi/uio.h"
#include "mm/highmem.h"

#define MAX_RW_COUNT	(0x7fffffffUL & PAGE_MASK)	/* most bytes of one call, as Linux's */

/* ---- position ------------------------------------------------------------------------------------------------------ */

loff_t no_llseek(struct file *file, loff_t offset, int whence)
{
	return -ESPIPE;
}

/* By the inode's size. SEEK_DATA and SEEK_HOLE take the file as one piece of data. */
loff_t generic_file_llseek(struct file *file, loff_t offset, int whence)
{
	struct inode *inode = file->f_mapping->host;
	loff_t size = i_size_read(inode);

	switch (whence) {
	case SEEK_SET:
		break;
	case SEEK_CUR:
		offset = (loff_t)((u64)offset + (u64)file->f_pos);	/* too far is negative */
		break;
	case SEEK_END:
		offset = (loff_t)((u64)offset + (u64)size);
		break;
	case SEEK_DATA:
	case SEEK_HOLE:
		if (offset < 0 || offset >= size)
			return -ENXIO;
		offset = whence == SEEK_HOLE ? size : offset;
		break;
	default:
		return -EINVAL;
	}
	if (offset < 0 || (u64)offset > inode->i_sb->s_maxbytes)
		return -EINVAL;
	if (offset != file->f_pos) {
		file->f_pos = offset;
		file->f_version = 0;
	}
	return offset;
}

/* The open file with its position locked, or NULL. */
static struct file *fget_pos(unsigned int fd)
{
	struct file *file = fget(fd);

	if (file && file->f_mode & FMODE_ATOMIC_POS)
		mutex_lock(&file->f_pos_lock);
	return file;
}

static void fput_pos(struct file *file)
{
	if (file->f_mode & FMODE_ATOMIC_POS)
		mutex_unlock(&file->f_pos_lock);
	fput(file);
}

static loff_t vfs_llseek(struct file *file, loff_t offset, int whence)
{
	if (file->f_mode & FMODE_PATH)
		return -EBADF;
	if (!(file->f_mode & FMODE_LSEEK) || !file->f_op->llseek)
		return -ESPIPE;
	return file->f_op->llseek(file, offset, whence);
}

long sys_lseek(unsigned int fd, long offset, unsigned int whence)
{
	struct file *file = fget_pos(fd);
	loff_t pos;

	if (!file)
		return -EBADF;
	pos = vfs_llseek(file, offset, (int)whence);
	fput_pos(file);
	return pos != (long)pos ? -EOVERFLOW : (long)pos;
}

long sys_llseek(unsigned int fd, unsigned long high, unsigned long low, loff_t __user *result, unsigned int whence)
{
	struct file *file = fget_pos(fd);
	loff_t pos;

	if (!file)
		return -EBADF;
	pos = vfs_llseek(file, (loff_t)((u64)high << 32 | (u32)low), (int)whence);
	fput_pos(file);
	if (pos < 0)
		return (long)pos;
	return copy_to_user(result, &pos, sizeof(pos)) ? -EFAULT : 0;
}

/* ---- read and write --------------------------------------------------------------------------------------------------- */

static bool has_read(const struct file *file)
{
	return file->f_mode & FMODE_READ;
}

static bool has_write(const struct file *file)
{
	return file->f_mode & FMODE_WRITE;
}

/* Is [*pos, + *count) a place that can be? Cuts *count to what one call moves. */
static int rw_verify_area(const loff_t *pos, size_t *count)
{
	if ((ssize_t)*count < 0)
		return -EINVAL;
	if (*pos < 0)
		return -EINVAL;
	*count = min_t(size_t, *count, MAX_RW_COUNT);
	if (*pos > LLONG_MAX - (loff_t)*count)
		*count = (size_t)(LLONG_MAX - *pos);
	return 0;
}

/* Bytes read, or -errno. => may sleep; @pos is moved */
ssize_t vfs_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	int ret;

	if (!has_read(file))
		return -EBADF;
	if (!file->f_op->read)
		return -EINVAL;
	if (!access_ok(buf, count))
		return -EFAULT;
	ret = rw_verify_area(pos, &count);
	return ret ? ret : file->f_op->read(file, buf, count, pos);
}

/* Writing to a regular file changes its filesystem, which may have become read-only since it was opened. */
static int start_write(const struct file *file)
{
	struct inode *inode = file->f_mapping->host;
	int ret;

	if (!S_ISREG(inode->i_mode))
		return 0;
	ret = sb_start_write(inode->i_sb);
	if (!ret && IS_RDONLY(inode)) {
		sb_end_write(inode->i_sb);
		ret = -EROFS;
	}
	return ret;
}

static void end_write(const struct file *file)
{
	if (S_ISREG(file->f_mapping->host->i_mode))
		sb_end_write(file->f_mapping->host->i_sb);
}

ssize_t vfs_write(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	ssize_t done;
	int ret;

	if (!has_write(file))
		return -EBADF;
	if (!file->f_op->write)
		return -EINVAL;
	if (!access_ok(buf, count))
		return -EFAULT;
	ret = rw_verify_area(pos, &count);
	if (!ret)
		ret = start_write(file);
	if (ret)
		return ret;
	done = file->f_op->write(file, buf, count, pos);
	end_write(file);
	return done;
}

long sys_read(unsigned int fd, char __user *buf, size_t count)
{
	struct file *file = fget_pos(fd);
	long ret;

	if (!file)
		return -EBADF;
	ret = vfs_read(file, buf, count, &file->f_pos);
	fput_pos(file);
	return ret;
}

long sys_write(unsigned int fd, const char __user *buf, size_t count)
{
	struct file *file = fget_pos(fd);
	long ret;

	if (!file)
		return -EBADF;
	ret = vfs_write(file, buf, count, &file->f_pos);
	fput_pos(file);
	return ret;
}

/* The open file, if it can be read and written at a position of the caller's: ERR_PTR. Pipes, terminals and sockets cannot. */
static struct file *fget_at(unsigned int fd, loff_t pos)
{
	struct file *file;
	int err;

	if (pos < 0)
		return ERR_PTR(-EINVAL);
	file = fget(fd);
	if (!file)
		return ERR_PTR(-EBADF);
	if (file->f_mode & FMODE_PREAD && file->f_op->llseek && file->f_op->llseek != no_llseek)
		return file;
	err = file->f_mode & FMODE_PATH ? -EBADF : -ESPIPE;
	fput(file);
	return ERR_PTR(err);
}

long sys_pread64(unsigned int fd, char __user *buf, size_t count, loff_t pos)
{
	struct file *file = fget_at(fd, pos);
	long ret;

	if (IS_ERR(file))
		return PTR_ERR(file);
	ret = vfs_read(file, buf, count, &pos);
	fput(file);
	return ret;
}

long sys_pwrite64(unsigned int fd, const char __user *buf, size_t count, loff_t pos)
{
	struct file *file = fget_at(fd, pos);
	long ret;

	if (IS_ERR(file))
		return PTR_ERR(file);
	ret = vfs_write(file, buf, count, &pos);
	fput(file);
	return ret;
}

/* ---- vectors ------------------------------------------------------------------------------------------------------------ */

/* A checked copy of the user's vector; at most MAX_RW_COUNT bytes in all. @fast is used if it is long enough. ERR_PTR */
static struct iovec *import_iovec(const struct iovec __user *uvec, unsigned long nr, struct iovec *fast)
{
	struct iovec *vec = fast;
	size_t total = 0;
	long ret = -EFAULT;

	if (nr > UIO_MAXIOV)
		return ERR_PTR(-EINVAL);
	if (nr > UIO_FASTIOV)
		vec = kmalloc(nr * sizeof(*vec), GFP_KERNEL);
	if (!vec)
		return ERR_PTR(-ENOMEM);
	if (copy_from_user(vec, uvec, nr * sizeof(*vec)))
		goto fail;
	for (unsigned long i = 0; i < nr; i++) {
		ret = -EINVAL;
		if ((ssize_t)vec[i].iov_len < 0)
			goto fail;
		ret = -EFAULT;
		if (!access_ok(vec[i].iov_base, vec[i].iov_len))
			goto fail;
		vec[i].iov_len = min_t(size_t, vec[i].iov_len, MAX_RW_COUNT - total);
		total += vec[i].iov_len;
	}
	return vec;
fail:
	if (vec != fast)
		kfree(vec);
	return ERR_PTR(ret);
}

/* Piece by piece, until one is not moved whole. */
static long do_vector(struct file *file, const struct iovec __user *uvec, unsigned long nr, loff_t *pos, bool write)
{
	struct iovec fast[UIO_FASTIOV], *vec;
	long done = 0, ret = 0;

	if (!(write ? has_write(file) : has_read(file)))
		return -EBADF;
	vec = import_iovec(uvec, nr, fast);
	if (IS_ERR(vec))
		return PTR_ERR(vec);
	for (unsigned long i = 0; i < nr; i++) {
		if (!vec[i].iov_len)
			continue;
		ret = write ? vfs_write(file, vec[i].iov_base, vec[i].iov_len, pos)
			    : vfs_read(file, vec[i].iov_base, vec[i].iov_len, pos);
		if (ret > 0)
			done += ret;
		if (ret != (long)vec[i].iov_len)
			break;
	}
	if (vec != fast)
		kfree(vec);
	return done ? done : ret;
}

static long rw_vector(unsigned int fd, const struct iovec __user *vec, unsigned long nr, bool write)
{
	struct file *file = fget_pos(fd);
	long ret;

	if (!file)
		return -EBADF;
	ret = do_vector(file, vec, nr, &file->f_pos, write);
	fput_pos(file);
	return ret;
}

long sys_readv(unsigned long fd, const struct iovec __user *vec, unsigned long nr)
{
	return rw_vector((unsigned)fd, vec, nr, false);
}

long sys_writev(unsigned long fd, const struct iovec __user *vec, unsigned long nr)
{
	return rw_vector((unsigned)fd, vec, nr, true);
}

/* The position comes in two words; where a long has 64 bits the low one has it all. */
static loff_t pos_from_words(unsigned long low, unsigned long high)
{
	return BITS_PER_LONG == 64 ? (loff_t)low : (loff_t)((u64)high << 32 | low);
}

static long prw_vector(unsigned int fd, const struct iovec __user *vec, unsigned long nr, loff_t pos, bool write)
{
	struct file *file = fget_at(fd, pos);
	long ret;

	if (IS_ERR(file))
		return PTR_ERR(file);
	ret = do_vector(file, vec, nr, &pos, write);
	fput(file);
	return ret;
}

long sys_preadv(unsigned long fd, const struct iovec __user *vec, unsigned long nr, unsigned long low, unsigned long high)
{
	return prw_vector((unsigned)fd, vec, nr, pos_from_words(low, high), false);
}

long sys_pwritev(unsigned long fd, const struct iovec __user *vec, unsigned long nr, unsigned long low, unsigned long high)
{
	return prw_vector((unsigned)fd, vec, nr, pos_from_words(low, high), true);
}

/* ---- file to file --------------------------------------------------------------------------------------------------------- */

/* One page's worth into the page cache. Bytes, or -errno. => i_mutex held */
static ssize_t cache_write(struct file *file, const char *buf, size_t count, loff_t pos)
{
	struct address_space *mapping = file->f_mapping;
	unsigned int offset = (unsigned)(pos & ~PAGE_MASK);
	struct page *page;
	char *to;
	int ret;

	count = min_t(size_t, count, PAGE_SIZE - offset);
	do {	/* AOP_TRUNCATED_PAGE: the page was dropped and unlocked; take a new one */
		page = grab_cache_page(mapping, (pgoff_t)(pos >> PAGE_SHIFT));
		if (!page)
			return -ENOMEM;
		ret = mapping->a_ops->prepare_write(file, page, offset, offset + (unsigned)count);
		if (!ret) {
			to = kmap_atomic(page, KM_USER0);
			memcpy(to + offset, buf, count);
			kunmap_atomic(to, KM_USER0);
			ret = mapping->a_ops->commit_write(file, page, offset, offset + (unsigned)count);
		}
		if (ret != AOP_TRUNCATED_PAGE)
			unlock_page(page);
		page_cache_release(page);
	} while (ret == AOP_TRUNCATED_PAGE);
	if (ret < 0 && pos + (loff_t)count > mapping->host->i_size)
		vmtruncate(mapping->host, mapping->host->i_size);	/* blocks set aside beyond the end */
	return ret < 0 ? ret : (ssize_t)count;
}

/* See fs.h. Bytes, or -errno. => opened for writing; may sleep */
ssize_t kernel_write(struct file *file, const char *buf, size_t count, loff_t *pos)
{
	struct inode *inode = file->f_mapping->host;
	ssize_t done = 0, ret = 0;

	if (file->f_op->kernel_write)
		return file->f_op->kernel_write(file, buf, count, pos);
	if (!file->f_mapping->a_ops->prepare_write || S_ISBLK(inode->i_mode))
		return -EINVAL;
	mutex_lock(&inode->i_mutex);
	if ((u64)*pos + count > min_t(u64, inode->i_sb->s_maxbytes, fsize_limit()))
		ret = -EFBIG;
	else
		file_update_time(file);
	while (!ret && (size_t)done < count) {
		ssize_t n = cache_write(file, buf + done, count - (size_t)done, *pos);

		if (n < 0) {
			ret = n;
			break;
		}
		*pos += n;
		done += n;
	}
	mutex_unlock(&inode->i_mutex);
	balance_dirty_pages_ratelimited(file->f_mapping);
	return done ? done : ret;
}

/* Bytes of the page cache into @buf, from *pos on: 0 at the end of the file, or -errno. */
static ssize_t read_piece(struct file *in, char *buf, size_t n, loff_t pos)
{
	loff_t size = i_size_read(in->f_mapping->host);

	if (pos >= size)
		return 0;
	return kernel_read(in, pos, buf, min_t(u64, n, (u64)(size - pos)));
}

/* By way of a page of the kernel's. Moves *pos by what arrived. Bytes, or -errno. */
static ssize_t copy_through(struct file *out, struct file *in, loff_t *pos, size_t count)
{
	char *page = (char *)__get_free_page(GFP_KERNEL);
	ssize_t n, done = 0, ret = 0;

	if (!page)
		return -ENOMEM;
	while ((size_t)done < count) {
		n = ret = read_piece(in, page, min_t(size_t, count - (size_t)done, PAGE_SIZE), *pos);
		if (ret > 0)
			ret = kernel_write(out, page, (size_t)n, &out->f_pos);
		if (ret <= 0)
			break;
		*pos += ret;
		done += ret;
		if (ret < n || signal_pending(current))
			break;
	}
	free_page((unsigned long)page);
	return done ? done : ret;
}

static ssize_t do_sendfile(int out_fd, int in_fd, loff_t *ppos, size_t count)
{
	struct file *in = fget((unsigned)in_fd), *out = NULL;
	ssize_t ret = -EBADF;
	loff_t pos;

	if (!in || !has_read(in))
		goto out;
	out = fget_pos((unsigned)out_fd);
	if (!out || !has_write(out))
		goto out;
	ret = -EINVAL;
	if (!S_ISREG(in->f_dentry->d_inode->i_mode) && !S_ISBLK(in->f_dentry->d_inode->i_mode))
		goto out;
	if ((!in->f_mapping->a_ops->readpage && !in->f_op->kernel_read) || out->f_flags & O_APPEND)
		goto out;
	pos = ppos ? *ppos : in->f_pos;
	ret = rw_verify_area(&pos, &count);
	if (!ret)
		ret = start_write(out);
	if (ret)
		goto out;
	ret = copy_through(out, in, &pos, count);
	end_write(out);
	if (ppos)
		*ppos = pos;
	else
		in->f_pos = pos;
out:
	if (out)
		fput_pos(out);
	if (in)
		fput(in);
	return ret;
}

long sys_sendfile64(int out_fd, int in_fd, loff_t __user *offset, size_t count)
{
	loff_t pos;
	long ret;

	if (!offset)
		return do_sendfile(out_fd, in_fd, NULL, count);
	if (copy_from_user(&pos, offset, sizeof(pos)))
		return -EFAULT;
	ret = do_sendfile(out_fd, in_fd, &pos, count);
	return copy_to_user(offset, &pos, sizeof(pos)) ? -EFAULT : ret;
}

/* i386's first sendfile: a 32-bit offset. */
long sys_sendfile(int out_fd, int in_fd, long __user *offset, size_t count)
{
	long off;
	loff_t pos;
	long ret;

	if (!offset)
		return do_sendfile(out_fd, in_fd, NULL, count);
	if (get_user(off, offset))
		return -EFAULT;
	pos = off;
	ret = do_sendfile(out_fd, in_fd, &pos, count);
	return put_user((long)pos, offset) ? -EFAULT : ret;
}
