/*
 * ioctl.c: the ioctls that mean the same for every file; the others are the file's own.
 */
#include "kernel/fs/internal.h"
#include "kernel/uapi/ioctl.h"

static long set_nonblock(struct file *file, const int __user *arg)
{
	int on;

	if (get_user(on, arg))
		return -EFAULT;
	if (on)
		file->f_flags |= O_NONBLOCK;
	else
		file->f_flags &= ~(unsigned)O_NONBLOCK;
	return 0;
}

/* FIONREAD of a regular file: what is left of it. */
static long bytes_left(struct file *file, int __user *arg)
{
	return put_user((int)(i_size_read(file->f_dentry->d_inode) - file->f_pos), arg);
}

long sys_ioctl(unsigned int fd, unsigned int cmd, unsigned long arg)
{
	struct file *file = fget(fd);
	long ret = 0;

	if (!file)
		return -EBADF;
	if (file->f_mode & FMODE_PATH)
		ret = -EBADF;
	else if (cmd == FIOCLEX || cmd == FIONCLEX)
		set_close_on_exec(fd, cmd == FIOCLEX);
	else if (cmd == FIONBIO)
		ret = set_nonblock(file, (const int __user *)arg);
	else if (cmd == FIONREAD && S_ISREG(file->f_dentry->d_inode->i_mode))
		ret = bytes_left(file, (int __user *)arg);
	else
		ret = file->f_op->ioctl ? file->f_op->ioctl(file, cmd, arg) : -ENOTTY;
	fput(file);
	return ret;
}
