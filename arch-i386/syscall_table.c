/*
 * syscall_table.c: Linux's system-call numbers of i386, and the functions that serve them.
 *
 * The trap passes six words. A 64-bit argument is two of them, low first, which is how C passes it here: pread64 and
 * its like need no wrapper. A number without a function is sys_ni_syscall: -ENOSYS, counted.
 * Read next: kernel/syscalls.h, trap.S:system_call.
 */
#include "kernel/arch.h"
#include "kernel/fs/fs.h"
#include "kernel/syscalls.h"
#include "kernel/uaccess.h"
#include "kernel/uapi/errno.h"
#include "kernel/uapi/shm.h"
#include <asm/stat.h>
#include <asm/syscalls.h>
#include <asm/unistd.h>

/* select(2) as it first was: its arguments in memory. */
static long sys_old_select(const u32 __user *args)
{
	u32 a[5];

	if (copy_from_user(a, args, sizeof(a)))
		return -EFAULT;
	return sys_select((int)a[0], (unsigned long __user *)a[1], (unsigned long __user *)a[2],
			  (unsigned long __user *)a[3], (struct __kernel_old_timeval __user *)a[4]);
}

/* mmap(2) as it first was: its arguments in memory, the offset in bytes. */
static long sys_mmap_in_memory(const u32 __user *args)
{
	u32 a[6];

	if (copy_from_user(a, args, sizeof(a)))
		return -EFAULT;
	return a[5] & ~PAGE_MASK ? -EINVAL : sys_mmap_pgoff(a[0], a[1], a[2], a[3], a[4], a[5] >> PAGE_SHIFT);
}

/* socket(2) and the rest, by number: there is no network. */
static long sys_socketcall(int call, const unsigned long __user *args)
{
	if (call < 1 || call > 20)
		return -EINVAL;
	return call == 1 ? -EAFNOSUPPORT : -ENOSYS;
}

/* shmctl(2) by ipc(2): whoever does not ask for today's structures would get others, which nobody does any more. */
static long ipc_shmctl(int id, int cmd, void __user *buf)
{
	bool today = cmd & IPC_64;

	cmd &= ~IPC_64;
	if (!today && cmd != IPC_RMID && cmd != SHM_LOCK && cmd != SHM_UNLOCK)
		return -EINVAL;
	return sys_shmctl(id, cmd, buf);
}

/* Shared memory by number; semaphores (1–4) and messages (11–14) are not there. */
static long sys_ipc(unsigned int call, int first, unsigned long second, unsigned long third, void __user *ptr)
{
	unsigned int version = call >> 16;
	long ret;

	switch (call & 0xffff) {
	case SHMAT:
		if (version == 1)
			return -EINVAL;
		ret = sys_shmat(first, ptr, (int)second);
		if (IS_ERR((void *)ret))
			return ret;
		return put_user((unsigned long)ret, (unsigned long __user *)third);
	case SHMDT:
		return sys_shmdt(ptr);
	case SHMGET:
		return sys_shmget(first, second, (int)third);
	case SHMCTL:
		return ipc_shmctl(first, (int)second, ptr);
	case 1: case 2: case 3: case 4:
	case 11: case 12: case 13: case 14:
		return -ENOSYS;
	}
	return -EINVAL;
}

/* See kernel/arch.h. */
int cp_new_stat(const struct kstat *st, void __user *buf)
{
	struct stat64 s = {
		.st_dev = new_encode_dev(st->dev), .__st_ino = (unsigned long)st->ino, .st_ino = st->ino,
		.st_mode = st->mode, .st_nlink = st->nlink, .st_uid = st->uid, .st_gid = st->gid,
		.st_rdev = new_encode_dev(st->rdev), .st_size = st->size, .st_blksize = st->blksize, .st_blocks = st->blocks,
		.st_atime = (unsigned long)st->atime.tv_sec, .st_atime_nsec = (unsigned long)st->atime.tv_nsec,
		.st_mtime = (unsigned long)st->mtime.tv_sec, .st_mtime_nsec = (unsigned int)st->mtime.tv_nsec,
		.st_ctime = (unsigned long)st->ctime.tv_sec, .st_ctime_nsec = (unsigned long)st->ctime.tv_nsec,
	};

	return copy_to_user(buf, &s, sizeof(s)) ? -EFAULT : 0;
}

int cp_old_stat(const struct kstat *st, void __user *buf)
{
	struct stat s = {
		.st_dev = new_encode_dev(st->dev), .st_ino = (unsigned long)st->ino, .st_mode = (unsigned short)st->mode,
		.st_nlink = (unsigned short)st->nlink, .st_uid = (unsigned short)st->uid, .st_gid = (unsigned short)st->gid,
		.st_rdev = new_encode_dev(st->rdev), .st_size = (unsigned long)st->size, .st_blksize = st->blksize,
		.st_blocks = (unsigned long)st->blocks,
		.st_atime = (unsigned long)st->atime.tv_sec, .st_atime_nsec = (unsigned long)st->atime.tv_nsec,
		.st_mtime = (unsigned long)st->mtime.tv_sec, .st_mtime_nsec = (unsigned long)st->mtime.tv_nsec,
		.st_ctime = (unsigned long)st->ctime.tv_sec, .st_ctime_nsec = (unsigned long)st->ctime.tv_nsec,
	};

	if (st->ino >> 32 || st->size > 0x7fffffff || st->nlink > 0xffff)
		return -EOVERFLOW;
	return copy_to_user(buf, &s, sizeof(s)) ? -EFAULT : 0;
}

#define CALL(nr, fn)	[__NR_##nr] = (long (*)(void))(void (*)(void))(fn)
#define SYS(name)	CALL(name, sys_##name)

#pragma GCC diagnostic ignored "-Woverride-init"	/* the first line fills what no other line names */

long (*const sys_call_table[NR_syscalls])(void) = {
	[0 ... NR_syscalls - 1] = sys_ni_syscall,
	SYS(restart_syscall), SYS(exit), SYS(fork), SYS(read), SYS(write), SYS(open), SYS(close), SYS(waitpid), SYS(creat),
	SYS(link), SYS(unlink), SYS(execve), SYS(chdir), CALL(time, sys_time32), SYS(mknod), SYS(chmod), SYS(lseek),
	SYS(getpid), SYS(mount), CALL(umount, sys_oldumount), SYS(setuid), SYS(getuid), CALL(stime, sys_stime32),
	SYS(alarm), SYS(pause), CALL(utime, sys_utime32), SYS(access), SYS(nice), SYS(sync), SYS(kill), SYS(rename),
	SYS(mkdir), SYS(rmdir), SYS(dup), SYS(pipe), SYS(times), SYS(brk), SYS(setgid), SYS(getgid), SYS(geteuid),
	SYS(getegid), CALL(umount2, sys_umount), SYS(ioctl), SYS(fcntl), SYS(setpgid), SYS(umask), SYS(chroot), SYS(dup2),
	SYS(getppid), SYS(getpgrp), SYS(setsid), SYS(sethostname), SYS(setrlimit), CALL(getrlimit, sys_old_getrlimit),
	SYS(getrusage), SYS(gettimeofday), SYS(settimeofday), CALL(select, sys_old_select), SYS(symlink), SYS(readlink),
	SYS(reboot), CALL(mmap, sys_mmap_in_memory), SYS(munmap), SYS(truncate), SYS(ftruncate), SYS(fchmod), SYS(getpriority),
	SYS(setpriority), SYS(statfs), SYS(fstatfs), SYS(socketcall), SYS(syslog), SYS(setitimer), SYS(getitimer), SYS(stat),
	SYS(lstat), SYS(fstat), SYS(wait4), SYS(sysinfo), SYS(ipc), SYS(fsync), SYS(sigreturn), SYS(clone),
	SYS(setdomainname), CALL(uname, sys_newuname), SYS(mprotect), SYS(getpgid), SYS(fchdir), SYS(personality),
	CALL(_llseek, sys_llseek), SYS(getdents), CALL(_newselect, sys_select), SYS(flock), SYS(msync), SYS(readv),
	SYS(writev), SYS(getsid), SYS(fdatasync), SYS(mlock), SYS(munlock), SYS(mlockall), SYS(munlockall),
	SYS(sched_setparam), SYS(sched_getparam), SYS(sched_setscheduler), SYS(sched_getscheduler), SYS(sched_yield),
	SYS(sched_get_priority_max), SYS(sched_get_priority_min), CALL(nanosleep, sys_nanosleep_time32), SYS(mremap),
	SYS(poll), SYS(prctl), SYS(rt_sigreturn), SYS(rt_sigaction), SYS(rt_sigprocmask), SYS(rt_sigpending),
	CALL(rt_sigtimedwait, sys_rt_sigtimedwait_time32), SYS(rt_sigqueueinfo), SYS(rt_sigsuspend), SYS(pread64),
	SYS(pwrite64), SYS(getcwd), SYS(capget), SYS(capset), SYS(sigaltstack), SYS(sendfile), SYS(vfork),
	CALL(ugetrlimit, sys_getrlimit), CALL(mmap2, sys_mmap_pgoff), SYS(truncate64), SYS(ftruncate64), SYS(stat64),
	SYS(lstat64), SYS(fstat64), CALL(lchown32, sys_lchown), CALL(getuid32, sys_getuid), CALL(getgid32, sys_getgid),
	CALL(geteuid32, sys_geteuid), CALL(getegid32, sys_getegid), CALL(setreuid32, sys_setreuid),
	CALL(setregid32, sys_setregid), CALL(getgroups32, sys_getgroups), CALL(setgroups32, sys_setgroups),
	CALL(fchown32, sys_fchown), CALL(setresuid32, sys_setresuid), CALL(getresuid32, sys_getresuid),
	CALL(setresgid32, sys_setresgid), CALL(getresgid32, sys_getresgid), CALL(chown32, sys_chown),
	CALL(setuid32, sys_setuid), CALL(setgid32, sys_setgid), CALL(setfsuid32, sys_setfsuid),
	CALL(setfsgid32, sys_setfsgid), SYS(mincore), SYS(madvise), SYS(getdents64), SYS(fcntl64), SYS(gettid),
	SYS(readahead), SYS(tkill), SYS(sendfile64), CALL(futex, sys_futex_time32), SYS(sched_setaffinity),
	SYS(sched_getaffinity), SYS(set_thread_area), SYS(get_thread_area), SYS(fadvise64), SYS(exit_group),
	SYS(remap_file_pages), SYS(set_tid_address), CALL(clock_settime, sys_clock_settime32),
	CALL(clock_gettime, sys_clock_gettime32), CALL(clock_getres, sys_clock_getres_time32),
	CALL(clock_nanosleep, sys_clock_nanosleep_time32), SYS(statfs64), SYS(fstatfs64), SYS(tgkill),
	CALL(utimes, sys_utimes_time32), SYS(fadvise64_64), SYS(waitid), SYS(openat), SYS(mkdirat), SYS(mknodat),
	SYS(fchownat), SYS(fstatat64), SYS(unlinkat), SYS(renameat), SYS(linkat), SYS(symlinkat), SYS(readlinkat),
	SYS(fchmodat), SYS(faccessat), CALL(pselect6, sys_pselect6_time32), CALL(ppoll, sys_ppoll_time32),
	SYS(set_robust_list), SYS(get_robust_list), SYS(sync_file_range), SYS(getcpu),
	CALL(utimensat, sys_utimensat_time32), SYS(fallocate), SYS(dup3), SYS(pipe2), SYS(preadv), SYS(pwritev),
	SYS(prlimit64), SYS(syncfs), SYS(renameat2), SYS(getrandom), SYS(mlock2), SYS(statx), CALL(clock_gettime64, sys_clock_gettime),
	CALL(clock_settime64, sys_clock_settime), CALL(clock_getres_time64, sys_clock_getres),
	CALL(clock_nanosleep_time64, sys_clock_nanosleep), CALL(utimensat_time64, sys_utimensat),
	CALL(pselect6_time64, sys_pselect6), CALL(ppoll_time64, sys_ppoll), CALL(rt_sigtimedwait_time64, sys_rt_sigtimedwait),
	CALL(futex_time64, sys_futex), SYS(close_range), SYS(faccessat2),
	SYS(memfd_create), SYS(shmget), SYS(shmat), SYS(shmdt), SYS(shmctl),
};
const unsigned int nr_syscalls = NR_syscalls;
