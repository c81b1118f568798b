/*
 * syscall_table.c: Linux's system-call numbers of RISC-V (the generic table), and the functions that serve them.
 *
 * A number without a function here is sys_ni_syscall: -ENOSYS, counted. Read next: kernel/syscalls.h, trap.c:do_syscall().
 */
#include "kernel/arch.h"
#include "kernel/syscalls.h"
#include <asm/trap.h>
#include <asm/unistd.h>

/* Each function has its own arguments; the trap passes six. */
#define CALL(nr, fn)	[__NR_##nr] = (long (*)(void))(void (*)(void))(fn)
#define SYS(name)	CALL(name, sys_##name)

#pragma GCC diagnostic ignored "-Woverride-init"	/* the first line fills what no other line names */

long (*const sys_call_table[NR_syscalls])(void) = {
	[0 ... NR_syscalls - 1] = sys_ni_syscall,
	SYS(getcwd), SYS(dup), SYS(dup3), SYS(fcntl), SYS(ioctl), SYS(flock), SYS(mknodat), SYS(mkdirat),
	SYS(unlinkat), SYS(symlinkat), SYS(linkat), CALL(umount2, sys_umount), SYS(mount), SYS(statfs),
	SYS(fstatfs), SYS(truncate), SYS(ftruncate), SYS(fallocate), SYS(faccessat), SYS(chdir), SYS(fchdir),
	SYS(chroot), SYS(fchmod), SYS(fchmodat), SYS(fchownat), SYS(fchown), SYS(openat), SYS(close),
	SYS(pipe2), SYS(getdents64), SYS(lseek), SYS(read), SYS(write), SYS(readv), SYS(writev), SYS(pread64),
	SYS(pwrite64), SYS(preadv), SYS(pwritev), CALL(sendfile, sys_sendfile64), SYS(pselect6), SYS(ppoll),
	SYS(readlinkat), SYS(newfstatat), CALL(fstat, sys_newfstat), SYS(sync), SYS(fsync), SYS(fdatasync),
	SYS(sync_file_range), SYS(utimensat), SYS(capget), SYS(capset), SYS(personality), SYS(exit),
	SYS(exit_group), SYS(waitid), SYS(set_tid_address), SYS(futex), SYS(set_robust_list),
	SYS(get_robust_list), SYS(nanosleep), SYS(getitimer), SYS(setitimer), SYS(clock_settime),
	SYS(clock_gettime), SYS(clock_getres), SYS(clock_nanosleep), SYS(syslog), SYS(sched_setparam),
	SYS(sched_setscheduler), SYS(sched_getscheduler), SYS(sched_getparam), SYS(sched_setaffinity),
	SYS(sched_getaffinity), SYS(sched_yield), SYS(sched_get_priority_max), SYS(sched_get_priority_min),
	SYS(restart_syscall), SYS(kill), SYS(tkill), SYS(tgkill), SYS(sigaltstack), SYS(rt_sigsuspend),
	SYS(rt_sigaction), SYS(rt_sigprocmask), SYS(rt_sigpending), SYS(rt_sigtimedwait), SYS(rt_sigqueueinfo),
	SYS(rt_sigreturn), SYS(setpriority), SYS(getpriority), SYS(reboot), SYS(setregid), SYS(setgid),
	SYS(setreuid), SYS(setuid), SYS(setresuid), SYS(getresuid), SYS(setresgid), SYS(getresgid),
	SYS(setfsuid), SYS(setfsgid), SYS(times), SYS(setpgid), SYS(getpgid), SYS(getsid), SYS(setsid),
	SYS(getgroups), SYS(setgroups), CALL(uname, sys_newuname), SYS(sethostname), SYS(setdomainname),
	SYS(getrlimit), SYS(setrlimit), SYS(getrusage), SYS(umask), SYS(prctl), SYS(getcpu), SYS(gettimeofday),
	SYS(settimeofday), SYS(getpid), SYS(getppid), SYS(getuid), SYS(geteuid), SYS(getgid), SYS(getegid),
	SYS(gettid), SYS(sysinfo), SYS(readahead), SYS(brk), SYS(munmap), SYS(mremap), SYS(clone), SYS(execve),
	SYS(mmap), SYS(fadvise64), SYS(mprotect), SYS(msync), SYS(mlock), SYS(munlock), SYS(mlockall),
	SYS(munlockall), SYS(mincore), SYS(madvise), SYS(remap_file_pages), SYS(riscv_flush_icache), SYS(wait4),
	SYS(prlimit64), SYS(syncfs), SYS(renameat2), SYS(getrandom), SYS(mlock2), SYS(statx), SYS(close_range),
	SYS(faccessat2),
};
const unsigned int nr_syscalls = NR_syscalls;
