/*
 * System calls about names and attributes of files, mappings, directories, terminals,
 * poll.
 */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <termios.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include "user/lib/internal.h"

int link(const char *from, const char *to) { return sys(linkat, AT_FDCWD, from, AT_FDCWD, to, 0); }
int symlink(const char *target, const char *path) { return sys(symlinkat, target, AT_FDCWD, path); }
int unlinkat(int dirfd, const char *path, int flags) { return sys(unlinkat, dirfd, path, flags); }
int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }
int rmdir(const char *path) { return unlinkat(AT_FDCWD, path, AT_REMOVEDIR); }
int chdir(const char *path) { return sys(chdir, path); }
int fchdir(int fd) { return sys(fchdir, fd); }
int chroot(const char *path) { return sys(chroot, path); }
int mkdirat(int dirfd, const char *path, mode_t mode) { return sys(mkdirat, dirfd, path, mode); }
int mkdir(const char *path, mode_t mode) { return mkdirat(AT_FDCWD, path, mode); }
int mkfifo(const char *path, mode_t mode) { return mknod(path, mode | S_IFIFO, 0); }
int chmod(const char *path, mode_t mode) { return sys(fchmodat, AT_FDCWD, path, mode); }
int fchmod(int fd, mode_t mode) { return sys(fchmod, fd, mode); }
mode_t umask(mode_t mask) { return sys(umask, mask); }

ssize_t readlink(const char *path, char *buf, size_t n)
{
	return sys(readlinkat, AT_FDCWD, path, buf, n);
}

int rename(const char *from, const char *to)
{
	return sys(renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int remove(const char *path)
{
	int ret = unlink(path);

	return ret && (errno == EISDIR || errno == EPERM) ? rmdir(path) : ret;
}

int mknod(const char *path, mode_t mode, dev_t dev)
{
	return sys(mknodat, AT_FDCWD, path, mode, (unsigned int)dev);
}

int faccessat(int dirfd, const char *path, int mode, int flags)
{
	return sys(faccessat, dirfd, path, mode);
}

int access(const char *path, int mode) { return faccessat(AT_FDCWD, path, mode, 0); }

int chown(const char *path, uid_t uid, gid_t gid)
{
	return sys(fchownat, AT_FDCWD, path, uid, gid, 0);
}

int lchown(const char *path, uid_t uid, gid_t gid)
{
	return sys(fchownat, AT_FDCWD, path, uid, gid, AT_SYMLINK_NOFOLLOW);
}

int fchown(int fd, uid_t uid, gid_t gid)
{
#ifdef __NR_fchown32
	return sys(fchown32, fd, uid, gid);
#else
	return sys(fchown, fd, uid, gid);
#endif
}

/* => buf may be NULL: then the answer is the caller's to free */
char *getcwd(char *buf, size_t size)
{
	char tmp[PATH_MAX];

	if (buf)
		return sys(getcwd, buf, size) < 0 ? NULL : buf;
	return sys(getcwd, tmp, sizeof(tmp)) < 0 ? NULL : strdup(tmp);
}

/* By asking /proc what an open file is called, so that the kernel resolves the links. */
char *realpath(const char *path, char *out)
{
	char link[32], tmp[PATH_MAX];
	int fd = open(path, O_PATH | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return NULL;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, tmp, sizeof(tmp) - 1);
	close(fd);
	if (n < 0)
		return NULL;
	tmp[n] = 0;
	return out ? strcpy(out, tmp) : strdup(tmp);
}

/* ---- attributes --------------------------------------------------------- */

int statx(int dirfd, const char *path, int flags, unsigned int mask, struct statx *stx)
{
	return sys(statx, dirfd, path, flags, mask, stx);
}

static struct timespec stamp(const struct statx_timestamp *t)
{
	return (struct timespec){ t->tv_sec, t->tv_nsec };
}

int fstatat(int dirfd, const char *path, struct stat *st, int flags)
{
	struct statx x;

	if (statx(dirfd, path, flags, STATX_BASIC_STATS, &x))
		return -1;
	*st = (struct stat){
		.st_dev = makedev(x.stx_dev_major, x.stx_dev_minor),
		.st_ino = x.stx_ino,
		.st_mode = x.stx_mode,
		.st_nlink = x.stx_nlink,
		.st_uid = x.stx_uid,
		.st_gid = x.stx_gid,
		.st_rdev = makedev(x.stx_rdev_major, x.stx_rdev_minor),
		.st_size = x.stx_size,
		.st_blksize = x.stx_blksize,
		.st_blocks = x.stx_blocks,
		.st_atim = stamp(&x.stx_atime),
		.st_mtim = stamp(&x.stx_mtime),
		.st_ctim = stamp(&x.stx_ctime),
	};
	return 0;
}

int stat(const char *path, struct stat *st) { return fstatat(AT_FDCWD, path, st, 0); }
int lstat(const char *path, struct stat *st) { return fstatat(AT_FDCWD, path, st, AT_SYMLINK_NOFOLLOW); }
int fstat(int fd, struct stat *st) { return fstatat(fd, "", st, AT_EMPTY_PATH); }

int utimensat(int dirfd, const char *path, const struct timespec ts[2], int flags)
{
#ifdef __NR_utimensat_time64
	return sys(utimensat_time64, dirfd, path, ts, flags);
#else
	return sys(utimensat, dirfd, path, ts, flags);
#endif
}

int futimens(int fd, const struct timespec ts[2]) { return utimensat(fd, NULL, ts, 0); }

#ifdef __NR_statfs64
int statfs(const char *path, struct statfs *sf) { return sys(statfs64, path, sizeof(*sf), sf); }
int fstatfs(int fd, struct statfs *sf) { return sys(fstatfs64, fd, sizeof(*sf), sf); }
#else
int statfs(const char *path, struct statfs *sf) { return sys(statfs, path, sf); }
int fstatfs(int fd, struct statfs *sf) { return sys(fstatfs, fd, sf); }
#endif

/* ---- mappings ----------------------------------------------------------- */

void *mmap(void *addr, size_t len, int prot, int flags, int fd, off_t off)
{
#ifdef __NR_mmap2
	if (off & (PAGE - 1)) {
		errno = EINVAL;
		return MAP_FAILED;
	}
	return (void *)sys(mmap2, addr, len, prot, flags, fd, (long)(off / PAGE));
#else
	return (void *)sys(mmap, addr, len, prot, flags, fd, off);
#endif
}

void *mremap(void *addr, size_t old, size_t new, int flags, ...)
{
	va_list ap;
	void *to;

	va_start(ap, flags);
	to = va_arg(ap, void *);
	va_end(ap);
	return (void *)sys(mremap, addr, old, new, flags, to);
}

int munmap(void *addr, size_t len) { return sys(munmap, addr, len); }
int mprotect(void *addr, size_t len, int prot) { return sys(mprotect, addr, len, prot); }
int msync(void *addr, size_t len, int flags) { return sys(msync, addr, len, flags); }
int madvise(void *addr, size_t len, int advice) { return sys(madvise, addr, len, advice); }
int mincore(void *addr, size_t len, unsigned char *vec) { return sys(mincore, addr, len, vec); }
int mlock(const void *addr, size_t len) { return sys(mlock, addr, len); }
int mlock2(const void *addr, size_t len, unsigned int flags) { return sys(mlock2, addr, len, flags); }
int remap_file_pages(void *addr, size_t size, int prot, size_t pgoff, int flags) { return sys(remap_file_pages, addr, size, prot, pgoff, flags); }
int munlock(const void *addr, size_t len) { return sys(munlock, addr, len); }
int mlockall(int flags) { return sys(mlockall, flags); }
int munlockall(void) { return sys(munlockall); }
int memfd_create(const char *name, unsigned int flags) { return sys(memfd_create, name, flags); }

/* ---- directories -------------------------------------------------------- */

struct __dir {
	int fd;
	int pos, end;
	char buf[4096] __attribute__((aligned(8)));
};

DIR *fdopendir(int fd)
{
	DIR *d = calloc(1, sizeof(*d));

	if (d)
		d->fd = fd;
	return d;
}

DIR *opendir(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d;

	if (fd < 0)
		return NULL;
	d = fdopendir(fd);
	if (!d)
		close(fd);
	return d;
}

struct dirent *readdir(DIR *d)
{
	struct dirent *e;

	if (d->pos == d->end) {
		d->pos = 0;
		d->end = sys(getdents64, d->fd, d->buf, sizeof(d->buf));
		if (d->end <= 0) {
			d->end = 0;
			return NULL;
		}
	}
	e = (struct dirent *)(d->buf + d->pos);
	d->pos += e->d_reclen;
	return e;
}

void rewinddir(DIR *d)
{
	lseek(d->fd, 0, SEEK_SET);
	d->pos = d->end = 0;
}

int dirfd(DIR *d)
{
	return d->fd;
}

int closedir(DIR *d)
{
	int fd = d->fd;

	free(d);
	return close(fd);
}

/* ---- terminals and poll ------------------------------------------------- */

int tcgetattr(int fd, struct termios *t) { return ioctl(fd, TCGETS, t); }
int tcflush(int fd, int queue) { return ioctl(fd, TCFLSH, (long)queue); }
int tcsetpgrp(int fd, pid_t pgrp) { return ioctl(fd, TIOCSPGRP, &pgrp); }

int tcsetattr(int fd, int when, const struct termios *t)
{
	return ioctl(fd, TCSETS + when, t);
}

pid_t tcgetpgrp(int fd)
{
	pid_t pgrp;

	return ioctl(fd, TIOCGPGRP, &pgrp) ? -1 : pgrp;
}

int isatty(int fd)
{
	struct termios t;

	return tcgetattr(fd, &t) == 0;
}

void cfmakeraw(struct termios *t)
{
	t->c_iflag &= ~(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
	t->c_oflag &= ~OPOST;
	t->c_lflag &= ~(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
	t->c_cflag = (t->c_cflag & ~(CSIZE | PARENB)) | CS8;
	t->c_cc[VMIN] = 1;
	t->c_cc[VTIME] = 0;
}

/* The kernel writes the time left back: the caller's timeout must stay as it is. */
int ppoll(struct pollfd *fds, nfds_t n, const struct timespec *ts, const sigset_t *mask)
{
	struct timespec t;

	if (ts)
		t = *ts;
#ifdef __NR_ppoll_time64
	return sys(ppoll_time64, fds, n, ts ? &t : NULL, mask, sizeof(*mask));
#else
	return sys(ppoll, fds, n, ts ? &t : NULL, mask, sizeof(*mask));
#endif
}

int poll(struct pollfd *fds, nfds_t n, int timeout)
{
	struct timespec ts = { timeout / 1000, timeout % 1000 * 1000000L };

	return ppoll(fds, n, timeout < 0 ? NULL : &ts, NULL);
}
