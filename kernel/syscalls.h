#ifndef KERNEL_SYSCALLS_H
#define KERNEL_SYSCALLS_H

/*
 * Every system call's function, by the file group that holds it. Both machines' tables name these; a machine's own
 * (sigreturn, set_thread_area …) are declared by its own headers.
 * => each returns its result or a negative errno; pointers are users'; may sleep. Arguments of 64 bits stand
 *    in two words on i386, as Linux has them there.
 */
#include "kernel/types.h"
#include "kernel/uapi/signal.h"

struct iovec;
struct linux_dirent;
struct linux_dirent64;
struct pollfd;
struct statx;
struct statfs;
struct statfs64;
struct new_utsname;
struct sysinfo;
struct rlimit;
struct __kernel_rlimit;
struct rlimit64;
struct __kernel_rusage;
struct __kernel_timespec;
struct __kernel_old_timeval;
struct __kernel_old_itimerval;
struct __kernel_tms;
struct __kernel_sched_param;
struct old_timespec32;
struct old_timeval32;
struct timezone;
struct robust_list_head;
struct sigaction;
struct getcpu_cache;

/* Numbers without a function: -ENOSYS, counted in /proc/sys/kernel/unknown_syscalls. */
long sys_ni_syscall(void);

/* ---- processes: fork.c exit.c exec.c ---- */
long sys_clone(unsigned long flags, unsigned long stack, int __user *parent_tid, unsigned long tls, int __user *child_tid);
long sys_fork(void);
long sys_vfork(void);
long sys_execve(const char __user *filename, const char __user *const __user *argv, const char __user *const __user *envp);
long sys_exit(int code);
long sys_exit_group(int code);
long sys_wait4(pid_t pid, int __user *status, int options, struct __kernel_rusage __user *ru);
long sys_waitpid(pid_t pid, int __user *status, int options);
long sys_waitid(int which, pid_t pid, siginfo_t __user *info, int options, struct __kernel_rusage __user *ru);
long sys_set_tid_address(int __user *tidptr);

/* ---- signal.c, signal_sys.c ---- */
long sys_rt_sigaction(int sig, const struct sigaction __user *act, struct sigaction __user *oact, size_t sigsetsize);
long sys_rt_sigprocmask(int how, const sigset_t __user *set, sigset_t __user *oset, size_t sigsetsize);
long sys_rt_sigpending(sigset_t __user *set, size_t sigsetsize);
long sys_rt_sigsuspend(const sigset_t __user *set, size_t sigsetsize);
long sys_rt_sigtimedwait(const sigset_t __user *set, siginfo_t __user *info, const struct __kernel_timespec __user *timeout, size_t sigsetsize);
long sys_rt_sigqueueinfo(pid_t pid, int sig, siginfo_t __user *info);
long sys_sigaltstack(const stack_t __user *ss, stack_t __user *old);
long sys_kill(pid_t pid, int sig);
long sys_tkill(pid_t pid, int sig);
long sys_tgkill(pid_t tgid, pid_t pid, int sig);
long sys_pause(void);
long sys_restart_syscall(void);

/* ---- futex.c ---- */
long sys_futex(u32 __user *uaddr, int op, u32 val, const struct __kernel_timespec __user *timeout, u32 __user *uaddr2, u32 val3);
long sys_set_robust_list(struct robust_list_head __user *head, size_t len);
long sys_get_robust_list(int pid, struct robust_list_head __user *__user *head, size_t __user *len);

/* ---- sched_sys.c ---- */
long sys_sched_yield(void);
long sys_sched_setaffinity(pid_t pid, unsigned int len, unsigned long __user *mask);
long sys_sched_getaffinity(pid_t pid, unsigned int len, unsigned long __user *mask);
long sys_sched_setscheduler(pid_t pid, int policy, struct __kernel_sched_param __user *param);
long sys_sched_getscheduler(pid_t pid);
long sys_sched_setparam(pid_t pid, struct __kernel_sched_param __user *param);
long sys_sched_getparam(pid_t pid, struct __kernel_sched_param __user *param);
long sys_sched_get_priority_max(int policy);
long sys_sched_get_priority_min(int policy);
long sys_setpriority(int which, int who, int niceval);
long sys_getpriority(int which, int who);
long sys_nice(int increment);
long sys_getcpu(unsigned int __user *cpu, unsigned int __user *node, void __user *unused);

/* ---- time.c, itimer.c; time32.c for i386's old forms ---- */
long sys_clock_gettime(int clock, struct __kernel_timespec __user *tp);
long sys_clock_settime(int clock, const struct __kernel_timespec __user *tp);
long sys_clock_getres(int clock, struct __kernel_timespec __user *tp);
long sys_clock_nanosleep(int clock, int flags, const struct __kernel_timespec __user *req, struct __kernel_timespec __user *rem);
long sys_nanosleep(const struct __kernel_timespec __user *req, struct __kernel_timespec __user *rem);
long sys_gettimeofday(struct __kernel_old_timeval __user *tv, struct timezone __user *tz);
long sys_settimeofday(const struct __kernel_old_timeval __user *tv, const struct timezone __user *tz);
long sys_getitimer(int which, struct __kernel_old_itimerval __user *value);
long sys_setitimer(int which, const struct __kernel_old_itimerval __user *value, struct __kernel_old_itimerval __user *old);
long sys_alarm(unsigned int seconds);
long sys_times(struct __kernel_tms __user *buf);
long sys_clock_gettime32(int clock, struct old_timespec32 __user *tp);
long sys_clock_settime32(int clock, const struct old_timespec32 __user *tp);
long sys_clock_getres_time32(int clock, struct old_timespec32 __user *tp);
long sys_clock_nanosleep_time32(int clock, int flags, const struct old_timespec32 __user *req, struct old_timespec32 __user *rem);
long sys_nanosleep_time32(const struct old_timespec32 __user *req, struct old_timespec32 __user *rem);
long sys_futex_time32(u32 __user *uaddr, int op, u32 val, const struct old_timespec32 __user *timeout, u32 __user *uaddr2, u32 val3);
long sys_rt_sigtimedwait_time32(const sigset_t __user *set, siginfo_t __user *info, const struct old_timespec32 __user *timeout, size_t sigsetsize);
long sys_time32(int __user *tloc);
long sys_stime32(const int __user *tptr);

/* ---- sys.c, cred.c, random.c, printk.c ---- */
long sys_newuname(struct new_utsname __user *name);
long sys_sethostname(const char __user *name, int len);
long sys_setdomainname(const char __user *name, int len);
long sys_getpid(void);
long sys_gettid(void);
long sys_getppid(void);
long sys_getuid(void);
long sys_geteuid(void);
long sys_getgid(void);
long sys_getegid(void);
long sys_setuid(uid_t uid);
long sys_setgid(gid_t gid);
long sys_setreuid(uid_t ruid, uid_t euid);
long sys_setregid(gid_t rgid, gid_t egid);
long sys_setresuid(uid_t ruid, uid_t euid, uid_t suid);
long sys_getresuid(uid_t __user *ruid, uid_t __user *euid, uid_t __user *suid);
long sys_setresgid(gid_t rgid, gid_t egid, gid_t sgid);
long sys_getresgid(gid_t __user *rgid, gid_t __user *egid, gid_t __user *sgid);
long sys_setfsuid(uid_t uid);
long sys_setfsgid(gid_t gid);
long sys_getgroups(int size, gid_t __user *list);
long sys_setgroups(int size, const gid_t __user *list);
long sys_setpgid(pid_t pid, pid_t pgid);
long sys_getpgid(pid_t pid);
long sys_getpgrp(void);
long sys_setsid(void);
long sys_getsid(pid_t pid);
long sys_getrlimit(unsigned int resource, struct __kernel_rlimit __user *rlim);
long sys_old_getrlimit(unsigned int resource, struct __kernel_rlimit __user *rlim);
long sys_setrlimit(unsigned int resource, const struct __kernel_rlimit __user *rlim);
long sys_prlimit64(pid_t pid, unsigned int resource, const struct rlimit64 __user *new, struct rlimit64 __user *old);
long sys_getrusage(int who, struct __kernel_rusage __user *ru);
long sys_sysinfo(struct sysinfo __user *info);
long sys_prctl(int option, unsigned long arg2, unsigned long arg3, unsigned long arg4, unsigned long arg5);
long sys_personality(unsigned int personality);
long sys_capget(void __user *header, void __user *data);
long sys_capset(void __user *header, const void __user *data);
long sys_reboot(int magic1, int magic2, unsigned int cmd, void __user *arg);
long sys_getrandom(char __user *buf, size_t count, unsigned int flags);
long sys_syslog(int type, char __user *buf, int len);

/* ---- kernel/fs/ ---- */
long sys_read(unsigned int fd, char __user *buf, size_t count);
long sys_write(unsigned int fd, const char __user *buf, size_t count);
long sys_readv(unsigned long fd, const struct iovec __user *vec, unsigned long vlen);
long sys_writev(unsigned long fd, const struct iovec __user *vec, unsigned long vlen);
long sys_pread64(unsigned int fd, char __user *buf, size_t count, loff_t pos);
long sys_pwrite64(unsigned int fd, const char __user *buf, size_t count, loff_t pos);
long sys_preadv(unsigned long fd, const struct iovec __user *vec, unsigned long vlen, unsigned long pos_l, unsigned long pos_h);
long sys_pwritev(unsigned long fd, const struct iovec __user *vec, unsigned long vlen, unsigned long pos_l, unsigned long pos_h);
long sys_sendfile(int out, int in, long __user *offset, size_t count);
long sys_sendfile64(int out, int in, loff_t __user *offset, size_t count);
long sys_lseek(unsigned int fd, long offset, unsigned int whence);
long sys_llseek(unsigned int fd, unsigned long high, unsigned long low, loff_t __user *result, unsigned int whence);
long sys_open(const char __user *name, int flags, mode_t mode);
long sys_openat(int dfd, const char __user *name, int flags, mode_t mode);
long sys_creat(const char __user *name, mode_t mode);
long sys_close(unsigned int fd);
long sys_close_range(unsigned int first, unsigned int last, unsigned int flags);
long sys_dup(unsigned int fd);
long sys_dup2(unsigned int old, unsigned int new);
long sys_dup3(unsigned int old, unsigned int new, int flags);
long sys_fcntl(unsigned int fd, unsigned int cmd, unsigned long arg);
long sys_fcntl64(unsigned int fd, unsigned int cmd, unsigned long arg);
long sys_ioctl(unsigned int fd, unsigned int cmd, unsigned long arg);
long sys_flock(unsigned int fd, unsigned int cmd);
long sys_pipe(int __user *fds);
long sys_pipe2(int __user *fds, int flags);
long sys_poll(struct pollfd __user *fds, unsigned int nfds, int timeout_ms);
long sys_ppoll(struct pollfd __user *fds, unsigned int nfds, const struct __kernel_timespec __user *timeout, const sigset_t __user *mask, size_t sigsetsize);
long sys_ppoll_time32(struct pollfd __user *fds, unsigned int nfds, const struct old_timespec32 __user *timeout, const sigset_t __user *mask, size_t sigsetsize);
long sys_select(int n, unsigned long __user *in, unsigned long __user *out, unsigned long __user *ex, struct __kernel_old_timeval __user *timeout);
long sys_pselect6(int n, unsigned long __user *in, unsigned long __user *out, unsigned long __user *ex, struct __kernel_timespec __user *timeout, void __user *sig);
long sys_pselect6_time32(int n, unsigned long __user *in, unsigned long __user *out, unsigned long __user *ex, struct old_timespec32 __user *timeout, void __user *sig);
long sys_getdents(unsigned int fd, struct linux_dirent __user *dirent, unsigned int count);
long sys_getdents64(unsigned int fd, struct linux_dirent64 __user *dirent, unsigned int count);
long sys_stat(const char __user *name, void __user *buf);
long sys_lstat(const char __user *name, void __user *buf);
long sys_newfstat(unsigned int fd, void __user *buf);
long sys_newfstatat(int dfd, const char __user *name, void __user *buf, unsigned int flags);
long sys_fstat(unsigned int fd, void __user *buf);
long sys_stat64(const char __user *name, void __user *buf);
long sys_lstat64(const char __user *name, void __user *buf);
long sys_fstat64(unsigned int fd, void __user *buf);
long sys_fstatat64(int dfd, const char __user *name, void __user *buf, unsigned int flags);
long sys_statx(int dfd, const char __user *name, unsigned int flags, unsigned int mask, struct statx __user *buf);
long sys_statfs(const char __user *name, struct statfs __user *buf);
long sys_fstatfs(unsigned int fd, struct statfs __user *buf);
long sys_statfs64(const char __user *name, size_t size, struct statfs64 __user *buf);
long sys_fstatfs64(unsigned int fd, size_t size, struct statfs64 __user *buf);
long sys_access(const char __user *name, int mode);
long sys_faccessat(int dfd, const char __user *name, int mode);
long sys_faccessat2(int dfd, const char __user *name, int mode, int flags);
long sys_readlink(const char __user *name, char __user *buf, int size);
long sys_readlinkat(int dfd, const char __user *name, char __user *buf, int size);
long sys_getcwd(char __user *buf, unsigned long size);
long sys_chdir(const char __user *name);
long sys_fchdir(unsigned int fd);
long sys_chroot(const char __user *name);
long sys_mkdir(const char __user *name, mode_t mode);
long sys_mkdirat(int dfd, const char __user *name, mode_t mode);
long sys_rmdir(const char __user *name);
long sys_unlink(const char __user *name);
long sys_unlinkat(int dfd, const char __user *name, int flags);
long sys_mknod(const char __user *name, mode_t mode, unsigned int dev);
long sys_mknodat(int dfd, const char __user *name, mode_t mode, unsigned int dev);
long sys_link(const char __user *old, const char __user *new);
long sys_linkat(int olddfd, const char __user *old, int newdfd, const char __user *new, int flags);
long sys_symlink(const char __user *target, const char __user *name);
long sys_symlinkat(const char __user *target, int dfd, const char __user *name);
long sys_rename(const char __user *old, const char __user *new);
long sys_renameat(int olddfd, const char __user *old, int newdfd, const char __user *new);
long sys_renameat2(int olddfd, const char __user *old, int newdfd, const char __user *new, unsigned int flags);
long sys_chmod(const char __user *name, mode_t mode);
long sys_fchmod(unsigned int fd, mode_t mode);
long sys_fchmodat(int dfd, const char __user *name, mode_t mode);
long sys_chown(const char __user *name, uid_t uid, gid_t gid);
long sys_lchown(const char __user *name, uid_t uid, gid_t gid);
long sys_fchown(unsigned int fd, uid_t uid, gid_t gid);
long sys_fchownat(int dfd, const char __user *name, uid_t uid, gid_t gid, int flags);
long sys_utimensat(int dfd, const char __user *name, const struct __kernel_timespec __user *times, int flags);
long sys_utimensat_time32(int dfd, const char __user *name, const struct old_timespec32 __user *times, int flags);
long sys_utime32(const char __user *name, const int __user *times);
long sys_utimes_time32(const char __user *name, const struct old_timeval32 __user *times);
long sys_truncate(const char __user *name, long length);
long sys_ftruncate(unsigned int fd, unsigned long length);
long sys_truncate64(const char __user *name, loff_t length);
long sys_ftruncate64(unsigned int fd, loff_t length);
long sys_fallocate(int fd, int mode, loff_t offset, loff_t len);
long sys_umask(mode_t mask);
long sys_sync(void);
long sys_syncfs(unsigned int fd);
long sys_fsync(unsigned int fd);
long sys_fdatasync(unsigned int fd);
long sys_sync_file_range(int fd, loff_t offset, loff_t nbytes, unsigned int flags);
long sys_mount(const char __user *dev, const char __user *dir, const char __user *type, unsigned long flags, void __user *data);
long sys_umount(const char __user *name, int flags);
long sys_oldumount(const char __user *name);

/* ---- mm/ ---- */
long sys_brk(unsigned long brk);
long sys_mmap(unsigned long addr, unsigned long len, unsigned long prot, unsigned long flags, unsigned long fd, unsigned long offset);
long sys_mmap_pgoff(unsigned long addr, unsigned long len, unsigned long prot, unsigned long flags, unsigned long fd, unsigned long pgoff);
long sys_munmap(unsigned long addr, size_t len);
long sys_mremap(unsigned long addr, unsigned long old_len, unsigned long new_len, unsigned long flags, unsigned long new_addr);
long sys_mprotect(unsigned long start, size_t len, unsigned long prot);
long sys_madvise(unsigned long start, size_t len, int advice);
long sys_mincore(unsigned long start, size_t len, unsigned char __user *vec);
long sys_msync(unsigned long start, size_t len, int flags);
long sys_mlock(unsigned long start, size_t len);
long sys_mlock2(unsigned long start, size_t len, int flags);
long sys_munlock(unsigned long start, size_t len);
long sys_mlockall(int flags);
long sys_munlockall(void);
long sys_remap_file_pages(unsigned long start, unsigned long size, unsigned long prot, unsigned long pgoff, unsigned long flags);
long sys_fadvise64(int fd, loff_t offset, size_t len, int advice);
long sys_fadvise64_64(int fd, loff_t offset, loff_t len, int advice);
long sys_readahead(int fd, loff_t offset, size_t count);
long sys_memfd_create(const char __user *name, unsigned int flags);

/* ---- shm.c ---- */
long sys_shmget(int key, size_t size, int flags);
long sys_shmat(int id, char __user *addr, int flags);
long sys_shmdt(char __user *addr);
long sys_shmctl(int id, int cmd, void __user *buf);

#endif
