/*
 * System calls about processes and about open files, under their POSIX names. Where the
 * two ISAs differ in which call they have, the wide one of either is taken.
 */
#include <stdarg.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include "user/lib/internal.h"

/* ---- open files --------------------------------------------------------- */

ssize_t read(int fd, void *buf, size_t n) { return sys(read, fd, buf, n); }
ssize_t write(int fd, const void *buf, size_t n) { return sys(write, fd, buf, n); }
ssize_t readv(int fd, const struct iovec *iov, int n) { return sys(readv, fd, iov, n); }
ssize_t writev(int fd, const struct iovec *iov, int n) { return sys(writev, fd, iov, n); }
int close(int fd) { return sys(close, fd); }
int dup(int fd) { return sys(dup, fd); }
int dup3(int fd, int to, int flags) { return sys(dup3, fd, to, flags); }
int pipe(int fd[2]) { return sys(pipe2, fd, 0); }
int pipe2(int fd[2], int flags) { return sys(pipe2, fd, flags); }
int fsync(int fd) { return sys(fsync, fd); }
int fdatasync(int fd) { return sys(fdatasync, fd); }
void sync(void) { sys(sync); }
ssize_t getrandom(void *buf, size_t n, unsigned int flags) { return sys(getrandom, buf, n, flags); }

/* An off_t is one register on RISC-V, two on i386: as a variadic argument it is both. */
ssize_t pread(int fd, void *buf, size_t n, off_t off)
{
	return sys(pread64, fd, buf, n, off);
}

ssize_t pwrite(int fd, const void *buf, size_t n, off_t off)
{
	return sys(pwrite64, fd, buf, n, off);
}

#ifdef __NR__llseek
off_t lseek(int fd, off_t off, int whence)
{
	off_t pos;

	if (sys(_llseek, fd, (long)(off >> 32), (long)off, &pos, whence) < 0)
		return -1;
	return pos;
}

int truncate(const char *path, off_t size) { return sys(truncate64, path, size); }
int ftruncate(int fd, off_t size) { return sys(ftruncate64, fd, size); }
ssize_t sendfile(int out, int in, off_t *off, size_t n) { return sys(sendfile64, out, in, off, n); }
#else
off_t lseek(int fd, off_t off, int whence) { return sys(lseek, fd, off, whence); }
int truncate(const char *path, off_t size) { return sys(truncate, path, size); }
int ftruncate(int fd, off_t size) { return sys(ftruncate, fd, size); }
ssize_t sendfile(int out, int in, off_t *off, size_t n) { return sys(sendfile, out, in, off, n); }
#endif

int fallocate(int fd, int mode, off_t off, off_t len)
{
	return sys(fallocate, fd, mode, off, len);
}

int sync_file_range(int fd, off_t off, off_t len, unsigned int flags)
{
	return sys(sync_file_range, fd, off, len, flags);
}

/* => returns the error number, unlike its neighbours */
int posix_fadvise(int fd, off_t off, off_t len, int advice)
{
#ifdef __NR_fadvise64_64
	return sys(fadvise64_64, fd, off, len, advice) ? errno : 0;
#else
	return sys(fadvise64, fd, off, len, advice) ? errno : 0;
#endif
}

int dup2(int fd, int to)
{
	if (fd != to)
		return dup3(fd, to, 0);
	return fcntl(fd, F_GETFD) < 0 ? -1 : fd;
}

int openat(int dirfd, const char *path, int flags, ...)
{
	va_list ap;
	int mode;

	va_start(ap, flags);
	mode = va_arg(ap, int);
	va_end(ap);
	return sys(openat, dirfd, path, flags | O_LARGEFILE, mode);
}

int open(const char *path, int flags, ...)
{
	va_list ap;
	int mode;

	va_start(ap, flags);
	mode = va_arg(ap, int);
	va_end(ap);
	return openat(AT_FDCWD, path, flags, mode);
}

int creat(const char *path, mode_t mode)
{
	return open(path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

int fcntl(int fd, int cmd, ...)
{
	va_list ap;
	void *arg;

	va_start(ap, cmd);
	arg = va_arg(ap, void *);
	va_end(ap);
#ifdef __NR_fcntl64
	if (cmd >= F_GETLK && cmd <= F_SETLKW)
		cmd += F_GETLK64 - F_GETLK;
	return sys(fcntl64, fd, cmd, arg);
#else
	return sys(fcntl, fd, cmd, arg);
#endif
}

int ioctl(int fd, unsigned long req, ...)
{
	va_list ap;
	void *arg;

	va_start(ap, req);
	arg = va_arg(ap, void *);
	va_end(ap);
	return sys(ioctl, fd, req, arg);
}

/* ---- processes ---------------------------------------------------------- */

pid_t fork(void) { return sys(clone, SIGCHLD, 0, 0, 0, 0); }
pid_t getpid(void) { return sys(getpid); }
pid_t getppid(void) { return sys(getppid); }
pid_t gettid(void) { return sys(gettid); }
pid_t getpgid(pid_t pid) { return sys(getpgid, pid); }
pid_t getpgrp(void) { return getpgid(0); }
int setpgid(pid_t pid, pid_t pgid) { return sys(setpgid, pid, pgid); }
pid_t setsid(void) { return sys(setsid); }
pid_t getsid(pid_t pid) { return sys(getsid, pid); }

/* i386's first calls of these names carry 16-bit ids. */
#ifdef __NR_getuid32
uid_t getuid(void) { return sys(getuid32); }
uid_t geteuid(void) { return sys(geteuid32); }
gid_t getgid(void) { return sys(getgid32); }
gid_t getegid(void) { return sys(getegid32); }
int setuid(uid_t uid) { return sys(setuid32, uid); }
int setgid(gid_t gid) { return sys(setgid32, gid); }
#else
uid_t getuid(void) { return sys(getuid); }
uid_t geteuid(void) { return sys(geteuid); }
gid_t getgid(void) { return sys(getgid); }
gid_t getegid(void) { return sys(getegid); }
int setuid(uid_t uid) { return sys(setuid, uid); }
int setgid(gid_t gid) { return sys(setgid, gid); }
#endif

int execve(const char *path, char *const argv[], char *const envp[])
{
	return sys(execve, path, argv, envp);
}

int execv(const char *path, char *const argv[])
{
	return execve(path, argv, environ);
}

/*
 * Look file up along PATH unless it has a slash. An entry that may not be run does not
 * end the search, but is what the caller learns if nothing better comes.
 */
int execvp(const char *file, char *const argv[])
{
	const char *dir = getenv("PATH"), *end;
	char path[PATH_MAX];
	int err = ENOENT;
	size_t n;

	if (strchr(file, '/'))
		return execv(file, argv);
	for (dir = dir ? dir : "/bin"; *file && dir; dir = *end ? end + 1 : NULL) {
		end = dir + strcspn(dir, ":");
		n = end - dir;
		if (n + strlen(file) + 2 > sizeof(path))
			continue;
		memcpy(path, dir, n);
		if (n)
			path[n++] = '/';
		strcpy(path + n, file);
		execv(path, argv);
		if (errno == EACCES)
			err = EACCES;
		else if (errno != ENOENT && errno != ENOTDIR)
			return -1;
	}
	errno = err;
	return -1;
}

#define MAX_LIST_ARGS	32

/* The arguments of execl, up to the null pointer that ends them. */
static void list_args(char **argv, const char *arg, va_list ap)
{
	int n = 0;

	argv[n] = (char *)arg;
	while (n < MAX_LIST_ARGS && argv[n])
		argv[++n] = va_arg(ap, char *);
	argv[n] = NULL;
}

int execl(const char *path, const char *arg, ...)
{
	char *argv[MAX_LIST_ARGS + 1];
	va_list ap;

	va_start(ap, arg);
	list_args(argv, arg, ap);
	va_end(ap);
	return execv(path, argv);
}

int execlp(const char *file, const char *arg, ...)
{
	char *argv[MAX_LIST_ARGS + 1];
	va_list ap;

	va_start(ap, arg);
	list_args(argv, arg, ap);
	va_end(ap);
	return execvp(file, argv);
}

pid_t wait4(pid_t pid, int *status, int options, struct rusage *ru)
{
	return sys(wait4, pid, status, options, ru);
}

pid_t wait(int *status) { return wait4(-1, status, 0, NULL); }
pid_t wait3(int *status, int options, struct rusage *ru) { return wait4(-1, status, options, ru); }
pid_t waitpid(pid_t pid, int *status, int options) { return wait4(pid, status, options, NULL); }

int waitid(idtype_t type, id_t id, siginfo_t *info, int options)
{
	return sys(waitid, type, id, info, options, NULL);
}

int prlimit(pid_t pid, int res, const struct rlimit *lim, struct rlimit *old)
{
	return sys(prlimit64, pid, res, lim, old);
}

int getrlimit(int res, struct rlimit *lim) { return prlimit(0, res, NULL, lim); }
int setrlimit(int res, const struct rlimit *lim) { return prlimit(0, res, lim, NULL); }
int getrusage(int who, struct rusage *ru) { return sys(getrusage, who, ru); }
clock_t times(struct tms *t) { return sys(times, t); }

/* The kernel answers 20 - nice, so that no answer looks like an error. */
int getpriority(int which, id_t who)
{
	long ret = sys(getpriority, which, who);

	return ret < 0 ? -1 : 20 - ret;
}

int setpriority(int which, id_t who, int prio) { return sys(setpriority, which, who, prio); }

int nice(int inc)
{
	return setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0) + inc) ? -1 :
		getpriority(PRIO_PROCESS, 0);
}

int sched_yield(void) { return sys(sched_yield); }

int sched_setaffinity(pid_t pid, size_t size, const cpu_set_t *set)
{
	return sys(sched_setaffinity, pid, size, set);
}

/* The kernel writes as many bytes as it has CPUs for, and says how many. */
int sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set)
{
	long n = sys(sched_getaffinity, pid, size, set);

	if (n < 0)
		return -1;
	memset((char *)set + n, 0, size - n);
	return 0;
}

int sched_getcpu(void)
{
	unsigned int cpu;

	return sys(getcpu, &cpu, NULL, NULL) ? -1 : cpu;
}

int prctl(int option, ...)
{
	va_list ap;
	long a[4];
	int i;

	va_start(ap, option);
	for (i = 0; i < 4; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	return sys(prctl, option, a[0], a[1], a[2], a[3]);
}

/* ---- memory's end and the whole system ---------------------------------- */

static char *program_end;

int brk(void *end)
{
	program_end = (char *)sys(brk, end);
	if (program_end >= (char *)end)
		return 0;
	errno = ENOMEM;
	return -1;
}

void *sbrk(intptr_t inc)
{
	char *old;

	if (!program_end)
		brk(NULL);
	old = program_end;
	if (inc && brk(old + inc))
		return (void *)-1;
	return old;
}

int uname(struct utsname *u) { return sys(uname, u); }
int sysinfo(struct sysinfo *info) { return sys(sysinfo, info); }
int klogctl(int type, char *buf, int len) { return sys(syslog, type, buf, len); }
int umount2(const char *dir, int flags) { return sys(umount2, dir, flags); }
int umount(const char *dir) { return umount2(dir, 0); }

int mount(const char *dev, const char *dir, const char *type, unsigned long flags,
	  const void *data)
{
	return sys(mount, dev, dir, type, flags, data);
}

int reboot(int cmd)
{
	return sys(reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, cmd, NULL);
}

int gethostname(char *name, size_t n)
{
	struct utsname u;

	if (uname(&u))
		return -1;
	strncpy(name, u.nodename, n);
	return 0;
}

int getpagesize(void) { return PAGE; }

long sysconf(int name)
{
	struct rlimit lim;
	cpu_set_t set;
	int i, n = 0;

	switch (name) {
	case _SC_CLK_TCK:
		return USER_HZ;
	case _SC_PAGESIZE:
		return PAGE;
	case _SC_OPEN_MAX:
		return getrlimit(RLIMIT_NOFILE, &lim) ? -1 : (long)lim.rlim_cur;
	case _SC_NPROCESSORS_CONF:
	case _SC_NPROCESSORS_ONLN:
		if (sched_getaffinity(0, sizeof(set), &set))
			return 1;
		for (i = 0; i < CPU_SETSIZE; i++)
			n += CPU_ISSET(i, &set);
		return n;
	}
	errno = EINVAL;
	return -1;
}
