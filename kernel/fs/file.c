/*
 * file.c: descriptors: getting, copying, closing them, and fcntl.
 *
 * Locks:  files->file_lock for the table. open_fds says which numbers are taken; a taken one whose file is NULL yet
 *         belongs to a thread that is opening it.
 * Read next: file_table.c (the tables), locks.c (fcntl's record locks).
 */
#include "kernel/fs/internal.h"
#include "kernel/uapi/ioctl.h"
#include "mm/shmem.h"

/* Take the lowest free number from @start on. -EMFILE, -ENOMEM. => may sleep */
static int alloc_fd(unsigned int start, bool cloexec)
{
	struct files_struct *files = current->files;
	unsigned long limit = rlimit(RLIMIT_NOFILE);
	unsigned int fd;
	int ret;

	spin_lock(&files->file_lock);
	for (;;) {
		fd = max(start, files->next_fd);
		fd = fd < files->max_fds ? (unsigned)find_next_zero_bit(files->open_fds, files->max_fds, fd) : fd;
		ret = -EMFILE;
		if (fd >= limit)
			break;
		ret = 0;
		if (fd < files->max_fds)
			break;
		ret = expand_files(files, fd);
		if (ret)
			break;
	}
	if (!ret) {
		__set_bit(fd, files->open_fds);
		if (cloexec)
			__set_bit(fd, files->close_on_exec);
		else
			__clear_bit(fd, files->close_on_exec);
		if (start <= files->next_fd)
			files->next_fd = fd + 1;
		ret = (int)fd;
	}
	spin_unlock(&files->file_lock);
	return ret;
}

int get_unused_fd(void)
{
	return alloc_fd(0, false);
}

/* With O_CLOEXEC in @flags the descriptor is closed by exec. */
int get_unused_fd_flags(unsigned int flags)
{
	return alloc_fd(0, flags & O_CLOEXEC);
}

static void __put_unused_fd(struct files_struct *files, unsigned int fd)
{
	__clear_bit(fd, files->open_fds);
	__clear_bit(fd, files->close_on_exec);
	if (fd < files->next_fd)
		files->next_fd = fd;
}

void put_unused_fd(unsigned int fd)
{
	struct files_struct *files = current->files;

	spin_lock(&files->file_lock);
	__put_unused_fd(files, fd);
	spin_unlock(&files->file_lock);
}

/* @fd, taken before, is @file from now on; the table has its reference. */
void fd_install(unsigned int fd, struct file *file)
{
	struct files_struct *files = current->files;

	spin_lock(&files->file_lock);
	ASSERT(!files->fd[fd]);
	files->fd[fd] = file;
	spin_unlock(&files->file_lock);
}

/* One descriptor of @file is closed. Returns flush's error. => eats a reference; may sleep */
int filp_close(struct file *file)
{
	int ret = file->f_op->flush ? file->f_op->flush(file) : 0;

	locks_remove_posix(file, current->files);
	fput(file);
	return ret;
}

/* 0, -EBADF, or flush's error; the descriptor is free in any case. => may sleep */
int close_fd(unsigned int fd)
{
	struct files_struct *files = current->files;
	struct file *file = NULL;

	spin_lock(&files->file_lock);
	if (fd < files->max_fds)
		file = files->fd[fd];
	if (file) {
		files->fd[fd] = NULL;
		__put_unused_fd(files, fd);
	}
	spin_unlock(&files->file_lock);
	return file ? filp_close(file) : -EBADF;
}

long sys_close(unsigned int fd)
{
	int ret = close_fd(fd);

	/* The descriptor is gone: a restarted call would close somebody else's. */
	return ret == -ERESTARTSYS || ret == -ERESTARTNOHAND ? -EINTR : ret;
}

long sys_close_range(unsigned int first, unsigned int last, unsigned int flags)
{
	if (first > last || flags)
		return -EINVAL;
	last = min(last, READ_ONCE(current->files->max_fds) - 1);
	for (unsigned int fd = first; fd <= last && fd >= first; fd++)
		close_fd(fd);
	return 0;
}

static long dup_from(unsigned int fd, unsigned int start, bool cloexec)
{
	struct file *file = fget(fd);
	int new;

	if (!file)
		return -EBADF;
	new = alloc_fd(start, cloexec);
	if (new < 0)
		fput(file);
	else
		fd_install((unsigned)new, file);
	return new;
}

long sys_dup(unsigned int fd)
{
	return dup_from(fd, 0, false);
}

/* Descriptor @new becomes a copy of @old; what it was is closed. => may sleep */
static long do_dup2(unsigned int old, unsigned int new, bool cloexec)
{
	struct files_struct *files = current->files;
	struct file *file, *victim;
	int ret = 0;

	if (new >= rlimit(RLIMIT_NOFILE))
		return -EBADF;
	file = fget(old);
	if (!file)
		return -EBADF;
	spin_lock(&files->file_lock);
	while (!ret && new >= files->max_fds)
		ret = expand_files(files, new);
	if (!ret && !files->fd[new] && test_bit(new, files->open_fds))
		ret = -EBUSY;	/* another thread is just opening it */
	if (ret) {
		spin_unlock(&files->file_lock);
		fput(file);
		return ret == -EMFILE ? -EBADF : ret;
	}
	victim = files->fd[new];
	files->fd[new] = file;
	__set_bit(new, files->open_fds);
	if (cloexec)
		__set_bit(new, files->close_on_exec);
	else
		__clear_bit(new, files->close_on_exec);
	spin_unlock(&files->file_lock);
	if (victim)
		filp_close(victim);
	return new;
}

long sys_dup3(unsigned int old, unsigned int new, int flags)
{
	if (flags & ~O_CLOEXEC || old == new)
		return -EINVAL;
	return do_dup2(old, new, flags & O_CLOEXEC);
}

long sys_dup2(unsigned int old, unsigned int new)
{
	struct file *file;

	if (old != new)
		return do_dup2(old, new, false);
	file = fget(old);
	if (!file)
		return -EBADF;
	fput(file);
	return new;
}

static bool get_close_on_exec(unsigned int fd)
{
	struct files_struct *files = current->files;
	bool set;

	spin_lock(&files->file_lock);
	set = test_bit(fd, files->close_on_exec);
	spin_unlock(&files->file_lock);
	return set;
}

/* => the descriptor is open */
void set_close_on_exec(unsigned int fd, bool set)
{
	struct files_struct *files = current->files;

	spin_lock(&files->file_lock);
	if (files->fd[fd]) {
		if (set)
			__set_bit(fd, files->close_on_exec);
		else
			__clear_bit(fd, files->close_on_exec);
	}
	spin_unlock(&files->file_lock);
}

#define SETFL_MASK (O_APPEND | O_NONBLOCK | O_DIRECT | O_NOATIME | FASYNC)

static long set_flags(struct file *file, unsigned int flags)
{
	if (flags & O_NOATIME && current->fsuid != file->f_dentry->d_inode->i_uid && !capable_root())
		return -EPERM;
	file->f_flags = (flags & SETFL_MASK) | (file->f_flags & ~(unsigned)SETFL_MASK);
	return 0;
}

static long do_fcntl(struct file *file, unsigned int fd, unsigned int cmd, unsigned long arg)
{
	switch (cmd) {
	case F_DUPFD:
	case F_DUPFD_CLOEXEC:
		return arg >= rlimit(RLIMIT_NOFILE) ? -EINVAL : dup_from(fd, (unsigned)arg, cmd == F_DUPFD_CLOEXEC);
	case F_GETFD:
		return get_close_on_exec(fd) ? FD_CLOEXEC : 0;
	case F_SETFD:
		set_close_on_exec(fd, arg & FD_CLOEXEC);
		return 0;
	case F_GETFL:
		return (long)(file->f_flags & ~(unsigned)(O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_CLOEXEC));
	case F_SETFL:
		return set_flags(file, (unsigned)arg);
	case F_GETLK: case F_SETLK: case F_SETLKW:
	case F_GETLK64: case F_SETLK64: case F_SETLKW64:
		return fcntl_lock(file, fd, cmd, arg);
	case F_SETOWN:
		file->f_owner = (pid_t)arg;
		return 0;
	case F_GETOWN:
		return file->f_owner;
	case F_SETPIPE_SZ:
	case F_GETPIPE_SZ:
		return pipe_fcntl(file, cmd, arg);
	case F_ADD_SEALS:
	case F_GET_SEALS:
		return memfd_fcntl(file, cmd, arg);
	default:
		return -EINVAL;
	}
}

long sys_fcntl(unsigned int fd, unsigned int cmd, unsigned long arg)
{
	struct file *file = fget(fd);
	long ret = -EBADF;

	if (!file)
		return -EBADF;
	if (!(file->f_mode & FMODE_PATH) || cmd == F_DUPFD || cmd == F_DUPFD_CLOEXEC || cmd == F_GETFD ||
	    cmd == F_SETFD || cmd == F_GETFL)
		ret = do_fcntl(file, fd, cmd, arg);
	fput(file);
	return ret;
}

long sys_fcntl64(unsigned int fd, unsigned int cmd, unsigned long arg)
{
	return sys_fcntl(fd, cmd, arg);
}
