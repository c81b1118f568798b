/*
 * readdir.c: getdents: from a filesystem's filldir calls to the user's buffer.
 *
 * Locks:  the directory's i_mutex around ->readdir, f_pos_lock around the call.
 * Read next: libfs.c, kernel/fs/ext2/dir.c (who calls filldir).
 *
 * A record's d_off is where the next one is, so it is filled in when that one comes.
 */
#include "kernel/fs/internal.h"
#include "kernel/uapi/dirent.h"

struct getdents_ctx {
	char __user *at;		/* where the next record goes */
	char __user *previous;		/* the last one written, or NULL */
	size_t left;
	int error;
};

/* The directory's names through @fill. 0 or -errno */
static int vfs_readdir(struct file *file, filldir_t fill, void *ctx)
{
	struct inode *inode = file->f_dentry->d_inode;
	int ret;

	if (!file->f_op->readdir)
		return -ENOTDIR;
	mutex_lock(&inode->i_mutex);
	ret = inode->i_nlink ? file->f_op->readdir(file, ctx, fill) : -ENOENT;
	mutex_unlock(&inode->i_mutex);
	if (!ret)
		touch_atime(file->f_vfsmnt, file->f_dentry);
	return ret;
}

/* Room for a record of @size bytes at ctx->at? Else ctx->error says what read so far means. */
static bool has_room(struct getdents_ctx *ctx, size_t size)
{
	ctx->error = -EINVAL;	/* only if this is the first one */
	return size <= ctx->left;
}

static void advance(struct getdents_ctx *ctx, size_t size)
{
	ctx->previous = ctx->at;
	ctx->at += size;
	ctx->left -= size;
}

static int fill64(void *arg, const char *name, int len, loff_t offset, u64 ino, unsigned int type)
{
	struct getdents_ctx *ctx = arg;
	struct linux_dirent64 __user *prev = (struct linux_dirent64 __user *)ctx->previous;
	size_t size = ALIGN(offsetof(struct linux_dirent64, d_name) + (size_t)len + 1, sizeof(u64));
	struct linux_dirent64 head = { .d_ino = ino, .d_reclen = (unsigned short)size, .d_type = (unsigned char)type };

	if (!has_room(ctx, size))
		return -EINVAL;
	ctx->error = -EFAULT;
	if (prev && copy_to_user(&prev->d_off, &offset, sizeof(offset)))
		return -EFAULT;
	if (copy_to_user(ctx->at, &head, offsetof(struct linux_dirent64, d_name)) ||
	    copy_to_user(ctx->at + offsetof(struct linux_dirent64, d_name), name, (size_t)len) ||
	    clear_user(ctx->at + offsetof(struct linux_dirent64, d_name) + len,
		       size - offsetof(struct linux_dirent64, d_name) - (size_t)len))
		return -EFAULT;
	advance(ctx, size);
	return 0;
}

/* The old record: words, and the type in its last byte. */
static int fill_old(void *arg, const char *name, int len, loff_t offset, u64 ino, unsigned int type)
{
	struct getdents_ctx *ctx = arg;
	struct linux_dirent __user *prev = (struct linux_dirent __user *)ctx->previous;
	size_t size = ALIGN(offsetof(struct linux_dirent, d_name) + (size_t)len + 2, sizeof(long));
	struct linux_dirent head = { .d_ino = (unsigned long)ino, .d_reclen = (unsigned short)size };

	if (!has_room(ctx, size))
		return -EINVAL;
	ctx->error = -EFAULT;
	if (prev && put_user((unsigned long)offset, &prev->d_off))
		return -EFAULT;
	if (copy_to_user(ctx->at, &head, offsetof(struct linux_dirent, d_name)) ||
	    copy_to_user(ctx->at + offsetof(struct linux_dirent, d_name), name, (size_t)len) ||
	    clear_user(ctx->at + offsetof(struct linux_dirent, d_name) + len, 1) ||
	    put_user((char)type, ctx->at + size - 1))
		return -EFAULT;
	advance(ctx, size);
	return 0;
}

static long do_getdents(unsigned int fd, char __user *buf, unsigned int count, filldir_t fill, bool wide)
{
	struct getdents_ctx ctx = { .at = buf, .left = count };
	struct file *file = fget(fd);
	loff_t next;
	long ret;

	if (!file)
		return -EBADF;
	mutex_lock(&file->f_pos_lock);
	ret = vfs_readdir(file, fill, &ctx);
	next = file->f_pos;
	mutex_unlock(&file->f_pos_lock);
	fput(file);
	if (!ctx.previous)
		return ret ? ret : ctx.error;
	if (wide)
		ret = copy_to_user(&((struct linux_dirent64 __user *)ctx.previous)->d_off, &next, sizeof(next)) ? -EFAULT : 0;
	else
		ret = put_user((unsigned long)next, &((struct linux_dirent __user *)ctx.previous)->d_off);
	return ret ? -EFAULT : (long)(count - ctx.left);
}

long sys_getdents64(unsigned int fd, struct linux_dirent64 __user *dirent, unsigned int count)
{
	return do_getdents(fd, (char __user *)dirent, count, fill64, true);
}

long sys_getdents(unsigned int fd, struct linux_dirent __user *dirent, unsigned int count)
{
	return do_getdents(fd, (char __user *)dirent, count, fill_old, false);
}
