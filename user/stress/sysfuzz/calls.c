/*
 * calls.c: the system calls and the kinds of their arguments, and the making of one call after the other.
 *
 * What would legitimately end the machine or blind the harness is not here: reboot, the log's level, raw disks, time set
 * back (the file system's check would mind), real-time priority for root.
 * Read next: args.c:make_arg() for the letters.
 */
#include "sysfuzz.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define LIST(name, ...)	static const unsigned int __attribute__((unused)) name[] = { __VA_ARGS__, END_FLAGS }

LIST(open_flags, O_RDONLY, O_WRONLY, O_RDWR, O_RDWR | O_CREAT, O_CREAT, O_EXCL, O_TRUNC, O_APPEND, O_NONBLOCK, O_DIRECTORY, O_NOFOLLOW, O_CLOEXEC,
     O_DIRECT, O_SYNC, 010000000 /* O_PATH */, 020200000 /* O_TMPFILE */);
LIST(at_flags, 0, 0, 0x100, 0x200, 0x400, 0x800, 0x1000);
LIST(prot_flags, PROT_NONE, PROT_READ, PROT_WRITE, PROT_READ | PROT_WRITE, PROT_READ | PROT_WRITE, PROT_EXEC, PROT_READ | PROT_EXEC, 0x01000000, 8);
LIST(map_flags, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, MAP_PRIVATE | MAP_ANONYMOUS, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, MAP_SHARED | MAP_FIXED,
     MAP_PRIVATE | MAP_FIXED, MAP_SHARED, 3, MAP_ANONYMOUS, MAP_FIXED, 0x100 /* GROWSDOWN */, 0x2000 /* LOCKED */, 0x4000 /* NORESERVE */,
     0x8000 /* POPULATE */, 0x10000 /* NONBLOCK */, 0x20000 /* STACK */, 0x100000 /* FIXED_NOREPLACE */, 0x40000 /* HUGETLB */);
LIST(remap_flags, 0, MREMAP_MAYMOVE, MREMAP_MAYMOVE, MREMAP_MAYMOVE | MREMAP_FIXED, MREMAP_FIXED, 4, MREMAP_MAYMOVE | 4);
LIST(advice, 0, 1, 2, 3, 4, 4, 4, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 100);
LIST(sync_flags, MS_ASYNC, MS_SYNC, MS_INVALIDATE, 0);
LIST(lock_all, 1, 2, 4, 3);
LIST(lock_on_fault, 0, 1, 2);
LIST(fcntl_commands, F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_GETLK, F_SETLK, F_SETLKW, F_SETOWN, F_GETOWN, 10, 11, 12, 13, 14, 1030, 1031, 1032, 1033,
     1034, 1024, 1025);
LIST(ioctl_commands, 0x5401, 0x5402, 0x5403, 0x5404, 0x540b, 0x540e, 0x540f, 0x5410, 0x5411, 0x5413, 0x5414, 0x541b, 0x5421, 0x5422, 0x5429, 0x5450,
     0x5451, 0x5452, 0x1260, 0x1261, 0x1268, 0x80081272u, 0x80041272u);
LIST(seek_whence, 0, 1, 2, 3, 4);
LIST(flock_ops, 1, 2, 8, 4, 1 | 4, 2 | 4);
LIST(pipe_flags, 0, O_NONBLOCK, O_CLOEXEC, O_DIRECT);
LIST(node_modes, S_IFREG | 0600, S_IFIFO | 0600, S_IFCHR | 0600, S_IFDIR | 0700, S_IFSOCK | 0600, 0600);
LIST(sig_how, SIG_BLOCK, SIG_UNBLOCK, SIG_SETMASK, 3);
LIST(wait_options, WNOHANG, 0, 2, 8, 4, 0x1000000, 0x80000000u, 0x40000000, 0x20000000);
LIST(wait_which, 0, 1, 2, 3);
LIST(futex_ops, 0, 1, 128, 129, 3, 4, 5, 6, 7, 9, 10, 137, 138, 256 | 9, 2);
LIST(clocks, 0, 1, 2, 3, 4, 5, 6, 7, 8, 11);
LIST(absolute, 0, 1);
LIST(resources, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
LIST(rusage_who, 0, 1, 0xffffffffu);
LIST(policies, 0, 1, 2, 3, 5, 0x40000000);
LIST(prio_which, 0, 1, 2);
LIST(prctl_options, 1, 2, 3, 4, 8, 15, 16, 23, 24, 29, 30, 36, 37, 38, 39, 0x53564d41);
LIST(timers, 0, 1, 2);
LIST(random_flags, 0, 1, 2, 4);
LIST(fallocate_modes, 0, 1, 2, 3, 8, 0x10);
LIST(fadvice, 0, 1, 2, 3, 4, 5);
LIST(range_flags, 0, 1, 2, 4);
LIST(mount_flags, 0, 0, 1, 2, 4, 8, 16, 32, 4096, 0x4000);
LIST(umount_flags, 0, 0, 1, 2, 4, 8);
LIST(access_modes, 0, 1, 2, 4);
LIST(rename_flags, 0, 1, 2, 4);
LIST(log_actions, 0, 1, 2, 3, 9, 10);
LIST(memfd_flags, 0, 1, 2, 3, 4);
LIST(statx_mask, 0x7ff, 0xfff, 0, 0x80000000u);
LIST(clone_flags, 17, 0, 0x200 | 17, 0x400 | 17, 0x100000 | 17, 0x200000 | 17, 0x1000000 | 17, 0x4000 | 17, 0x8000 | 17, 0x1000 | 17, 0x800, 0x10000, 0x20000, 0x80000);
LIST(shm_flags, 01600, 0600, 03600, 0, 020000600);
LIST(shm_at_flags, 0, 010000, 020000, 040000, 0100000);
LIST(shm_commands, 0, 1, 2, 3, 11, 12, 13, 14, 15, 256);
LIST(ipc_calls, 21, 22, 23, 24, 21 | 1 << 16, 1, 2, 3, 4, 11, 14, 0, 25);
LIST(barriers, 0, 1, 2, 8, 16);
LIST(close_flags, 2, 4, 0);

/* A loff_t: two words on a machine of 32 bits. */
#if __LONG_WIDTH__ == 32
#define OFF	"oh"
#else
#define OFF	"o"
#endif

#define C(call, kinds, odds)		{ #call, kinds, __NR_##call, NULL, NULL, odds, PLAIN },
#define CF(call, kinds, odds, f)	{ #call, kinds, __NR_##call, f, NULL, odds, PLAIN },
#define CFG(call, kinds, odds, f, g)	{ #call, kinds, __NR_##call, f, g, odds, PLAIN },
#define CT(call, kinds, odds, f)	{ #call, kinds, __NR_##call, f, NULL, odds, TAME },
#define CD(call, kinds, odds)		{ #call, kinds, __NR_##call, NULL, NULL, odds, DEADLY },

const struct call calls[] = {
	/* memory */
#if defined(__NR_mmap2)
	CFG(mmap2, "alGFfo", 9, map_flags, prot_flags)
	C(mmap, "X", 1)
#else
	CFG(mmap, "alGFfo", 9, map_flags, prot_flags)
#endif
	C(munmap, "al", 5)
	CF(mprotect, "alF", 9, prot_flags)
	CF(mremap, "allFa", 9, remap_flags)
	CF(madvise, "alF", 9, advice)
	CF(msync, "alF", 4, sync_flags)
	C(mincore, "alb", 4)
	C(mlock, "al", 4) CF(mlock2, "alF", 4, lock_on_fault)
	C(munlock, "al", 4)
	CF(mlockall, "F", 1, lock_all) C(munlockall, "", 1)
	CF(remap_file_pages, "alhcF", 3, map_flags)
	CD(brk, "a", 1)
	CF(memfd_create, "pF", 2, memfd_flags)
	CF(membarrier, "Fii", 1, barriers)
	CF(process_madvise, "fvcFi", 1, advice)
	C(process_vm_readv, "qvcvcF", 1) C(process_vm_writev, "qvcvcF", 1)
#if defined(__i386__) || defined(__riscv)
	CFG(shmget, "ilF", 1, shm_flags, NULL) CF(shmat, "gaF", 2, shm_at_flags) C(shmdt, "a", 1) CF(shmctl, "gFX", 1, shm_commands)
#endif
#ifdef __NR_ipc
	CF(ipc, "Filiab", 2, ipc_calls)
#endif

	/* files by descriptor */
	C(read, "fbn", 5) C(write, "fbn", 5) C(readv, "fvc", 4) C(writev, "fvc", 4)
	C(pread64, "fbn" OFF, 4) C(pwrite64, "fbn" OFF, 4) C(preadv, "fvcoh", 3) C(pwritev, "fvcoh", 3)
	C(sendfile, "ffXn", 3)
	CF(lseek, "foF", 3, seek_whence)
	C(close, "f", 1) C(dup, "f", 2) CF(dup3, "ffF", 2, pipe_flags) CF(close_range, "iiF", 1, close_flags)
	CF(fcntl, "fFX", 3, fcntl_commands) CF(fcntl, "fFi", 3, fcntl_commands)
	CF(ioctl, "fFX", 3, ioctl_commands) CF(ioctl, "fFi", 1, ioctl_commands)
	CF(flock, "fF", 2, flock_ops)
	CF(pipe2, "bF", 3, pipe_flags)
	C(ftruncate, "fo", 3) CF(fallocate, "fF" OFF OFF, 2, fallocate_modes)
	C(fsync, "f", 1) C(fdatasync, "f", 1) C(syncfs, "f", 1) CF(sync_file_range, "f" OFF OFF "F", 1, range_flags)
	CF(fadvise64, "f" OFF "nF", 2, fadvice) C(readahead, "f" OFF "n", 2)
	C(getdents64, "fbn", 3)
	C(fchmod, "fm", 1) C(fchown, "fuu", 1) C(fchdir, "f", 1) C(fstatfs, "fb", 1)
	C(copy_file_range, "fXfXni", 1) C(splice, "fXfXni", 1)

	/* files by name */
	CF(openat, "dpFm", 9, open_flags)
	C(mkdirat, "dpm", 3) CF(mknodat, "dpFD", 2, node_modes) CF(unlinkat, "dpF", 4, at_flags)
	C(symlinkat, "pdp", 2) CF(linkat, "dpdpF", 2, at_flags) CF(renameat2, "dpdpF", 4, rename_flags)
	CF(faccessat, "dpF", 1, access_modes) CFG(faccessat2, "dpFG", 1, access_modes, at_flags)
	C(readlinkat, "dpbn", 2) CFG(statx, "dpFGb", 2, at_flags, statx_mask)
	C(fchmodat, "dpm", 1) CF(fchownat, "dpuuF", 1, at_flags) CF(utimensat, "dpTF", 1, at_flags)
	C(truncate, "po", 3) C(chdir, "p", 1) C(getcwd, "bn", 1) C(statfs, "pb", 1)
	CT(chroot, "p", 1, NULL)
	CF(mount, "pptFX", 1, mount_flags) CF(umount2, "pF", 1, umount_flags)
	C(umask, "m", 1) C(sync, "", 1)
#ifdef __NR_open
	CF(open, "pFm", 5, open_flags) C(creat, "pm", 1) C(link, "pp", 1) C(unlink, "p", 1) C(rename, "pp", 1) C(mkdir, "pm", 1)
	C(rmdir, "p", 1) C(symlink, "pp", 1) C(readlink, "pbn", 1) CF(access, "pF", 1, access_modes) C(chmod, "pm", 1)
	CF(mknod, "pFD", 1, node_modes) C(stat, "pb", 1) C(lstat, "pb", 1) C(dup2, "ff", 1) C(pipe, "b", 1)
	C(chown, "puu", 1) C(lchown, "puu", 1) C(utime, "pT", 1) C(utimes, "pT", 1)
	C(poll, "PcM", 1) C(alarm, "i", 1) C(getpgrp, "", 1) C(time, "b", 1) C(getdents, "fbn", 1) C(select, "cXXXT", 1) CD(pause, "", 1)
#endif
#ifdef __NR_newfstatat
	CF(newfstatat, "dpbF", 2, at_flags)
#endif
	C(fstat, "fb", 1)
#ifdef __NR_stat64
	C(stat64, "pb", 1) C(lstat64, "pb", 1) C(fstat64, "fb", 1) CF(fstatat64, "dpbF", 1, at_flags) C(statfs64, "pib", 1) C(fstatfs64, "fib", 1)
	C(truncate64, "po" "h", 1) C(ftruncate64, "foh", 1) CF(fcntl64, "fFX", 2, fcntl_commands) C(sendfile64, "ffXn", 1)
	CF(_llseek, "fhobF", 1, seek_whence) C(_newselect, "cXXXT", 1) CF(fadvise64_64, "fohohF", 1, fadvice) C(umount, "p", 1)
	C(chown32, "puu", 1) C(lchown32, "puu", 1) C(fchown32, "fuu", 1) C(socketcall, "iX", 1) C(nice, "i", 1)
	C(waitpid, "qbi", 1) C(ugetrlimit, "ib", 1) C(stime, "e", 0) C(set_thread_area, "X", 1) C(get_thread_area, "X", 1)
	CF(clock_gettime64, "Fb", 1, clocks) CF(clock_getres_time64, "Fb", 1, clocks) CFG(clock_nanosleep_time64, "FGTb", 1, clocks, absolute)
	CF(utimensat_time64, "dpTF", 1, at_flags) C(pselect6_time64, "cXXXTX", 1) C(ppoll_time64, "PcTSz", 1)
	C(rt_sigtimedwait_time64, "SbTz", 1) CF(futex_time64, "wFiTwi", 2, futex_ops)
	C(setreuid32, "uu", 1) C(setregid32, "uu", 1) C(getgroups32, "cb", 1) C(setgroups32, "cX", 1) C(setresuid32, "uuu", 1)
	C(getresuid32, "bbb", 1) C(setresgid32, "uuu", 1) C(getresgid32, "bbb", 1) C(setuid32, "u", 1) C(setgid32, "u", 1)
	CD(sigreturn, "", 1)
#endif

	/* waiting */
	C(ppoll, "PcTSz", 2) C(pselect6, "cXXXTX", 2) C(nanosleep, "Tb", 1) CFG(clock_nanosleep, "FGTb", 1, clocks, absolute)
	CF(futex, "wFiTwi", 4, futex_ops) C(set_robust_list, "Xi", 1) C(get_robust_list, "qbb", 1) C(set_tid_address, "b", 1)
	C(sched_yield, "", 1)

	/* processes */
	CF(clone, "Febbb", 3, clone_flags)
	CT(clone3, "Xi", 1, NULL)
	CF(wait4, "qbFb", 3, wait_options) CFG(waitid, "GqbFb", 2, wait_options, wait_which)
	CD(execve, "xAA", 1) CD(execveat, "dxAAi", 1)
	CD(setpgid, "qq", 1) C(getpgid, "q", 1) C(getsid, "q", 1) CD(setsid, "", 1)
	C(getpid, "", 1) C(getppid, "", 1) C(gettid, "", 1) C(getuid, "", 1) C(geteuid, "", 1) C(getgid, "", 1) C(getegid, "", 1)
	C(setuid, "u", 1) C(setgid, "u", 1) C(setreuid, "uu", 1) C(setregid, "uu", 1) C(setresuid, "uuu", 1) C(setresgid, "uuu", 1)
	C(getresuid, "bbb", 1) C(getresgid, "bbb", 1) C(setfsuid, "u", 1) C(setfsgid, "u", 1) C(getgroups, "cb", 1) C(setgroups, "cX", 1)
	CF(getrlimit, "Fb", 1, resources) CT(setrlimit, "FX", 1, resources) CT(prlimit64, "qFXb", 1, resources)
	CF(getrusage, "Fb", 1, rusage_who) C(times, "b", 1) C(sysinfo, "b", 1) C(uname, "b", 1)
	CF(prctl, "Fbiii", 2, prctl_options) C(personality, "i", 1) C(capget, "Xb", 1) C(capset, "XX", 1)
	CF(getpriority, "Fq", 1, prio_which) CT(setpriority, "Fqi", 1, prio_which)
	CT(sched_setscheduler, "qFX", 1, policies) C(sched_getscheduler, "q", 1) CT(sched_setparam, "qX", 1, NULL) C(sched_getparam, "qb", 1)
	C(sched_setaffinity, "qnb", 1) C(sched_getaffinity, "qnb", 1) C(sched_get_priority_max, "i", 1) C(sched_get_priority_min, "i", 1)
	C(getcpu, "bbb", 1)

	/* signals */
	CD(kill, "qs", 1) CD(tkill, "qs", 1) CD(tgkill, "qqs", 1) CD(rt_sigqueueinfo, "qsX", 1)
	C(rt_sigaction, "skbz", 1) CF(rt_sigprocmask, "FSbz", 2, sig_how) C(rt_sigpending, "bz", 1) CD(rt_sigsuspend, "Sz", 1)
	C(rt_sigtimedwait, "SbTz", 1) CD(sigaltstack, "XX", 1) CD(rt_sigreturn, "", 1) C(restart_syscall, "", 1)
	CF(setitimer, "FTb", 1, timers) CF(getitimer, "Fb", 1, timers)

	/* the rest */
	CF(clock_gettime, "Fb", 1, clocks) CF(clock_getres, "Fb", 1, clocks) C(gettimeofday, "bb", 1)
	CT(clock_settime, "FT", 1, clocks) CT(settimeofday, "TX", 1, NULL)
	C(sethostname, "bn", 1) C(setdomainname, "bn", 1)
	CF(getrandom, "bnF", 1, random_flags) CT(syslog, "Fbn", 1, log_actions)
	C(pidfd_open, "qi", 1) C(openat2, "dpXn", 1) C(rseq, "Xiii", 1)
#ifdef __riscv
	C(riscv_flush_icache, "aai", 1) C(riscv_hwprobe, "Xinii", 1)
#endif
};
const unsigned int nr_calls = sizeof(calls) / sizeof(*calls);

static int is(const struct call *c, const char *name)
{
	return !strcmp(c->name, name);
}

/* A new process goes its own way for some calls; a thread has the stack of another. */
static void in_new_process(void)
{
	static struct progress own;

	progress = &own;
	*rnd += 2654435769u;
	*rnd |= 1;
	fuzz(rnd, below(30), root_child);
	_exit(0);
}

static int thread(void *arg)
{
	char text[32];
	unsigned int i;

	for (i = 0; i < 5; i++) {
		syscall(__NR_sched_yield);
		if (read((int)i, text, 0) < 0)
			continue;
	}
	return 0;
}

/* With a stack of its own and the flags of a thread, or of half a thread. */
static long clone_with_stack(void)
{
	static const int sets[] = {
		CLONE_VM | SIGCHLD, CLONE_VM | CLONE_FILES | CLONE_FS, CLONE_VM | CLONE_SIGHAND | CLONE_THREAD, CLONE_VM | CLONE_VFORK | SIGCHLD,
		CLONE_VM | CLONE_SIGHAND | CLONE_THREAD | CLONE_FILES | CLONE_FS, CLONE_VM | CLONE_SIGHAND | SIGCHLD, CLONE_SIGHAND, CLONE_THREAD,
	};
	static char stacks[4][8192] __attribute__((aligned(16)));

	return clone(thread, stacks[below(4)] + sizeof(stacks[0]), sets[below(sizeof(sets) / sizeof(*sets))], NULL);
}

/* => what the call gave */
static long make_call(const struct call *c, unsigned int index)
{
	const char *kind;
	unsigned int i;
	long ret;

	memset(progress->args, 0, sizeof(progress->args));
	for (i = 0, kind = c->kinds; *kind; kind++, i++)
		progress->args[i] = make_arg(*kind, c);
	progress->call = index;
	if (is(c, "clone")) {
		if (root_child)
			return -1;
		if (one_in(2))
			return clone_with_stack();
		progress->args[0] &= ~(long)CLONE_VM | CLONE_THREAD;	/* two on one stack: nobody's fault but ours */
		progress->args[1] = 0;
	}
	ret = syscall(c->nr, progress->args[0], progress->args[1], progress->args[2], progress->args[3], progress->args[4], progress->args[5]);
	if (is(c, "clone") && ret == 0)
		in_new_process();
	return ret;
}

/* Numbers that the table does not have; reboot is no such number. */
static void unknown_call(void)
{
	static const char kinds[] = "bfinaX";
	long nr = one_in(2) ? (long)below(600) : make_arg('i', NULL);
	unsigned int i;

	for (i = 0; i < nr_calls; i++)
		if (calls[i].nr == nr)
			return;
	if (nr == __NR_reboot || nr == __NR_exit || nr == __NR_exit_group || nr == __NR_clone)
		return;
#ifdef __NR_fork
	if (nr == __NR_fork || nr == __NR_vfork)
		return;
#endif
	syscall(nr, make_arg(kinds[below(6)], NULL), make_arg(kinds[below(6)], NULL), make_arg(kinds[below(6)], NULL),
		make_arg(kinds[below(6)], NULL), make_arg(kinds[below(6)], NULL), make_arg(kinds[below(6)], NULL));
}

/*
 * Make @n calls, told in *progress and *totals.
 * => make_room() was called; may never return: exec, a signal, a wait
 */
void fuzz(uint32_t *state, unsigned long n, int as_root)
{
	unsigned int index;
	long ret;

	rnd = state;
	root_child = as_root;
	while (n > 0) {
		index = below(nr_calls);
		if (below(9) >= calls[index].odds || (calls[index].manner == DEADLY && !one_in(20)) ||
		    (calls[index].manner == TAME && as_root))
			continue;
		if (one_in(50))
			unknown_call();
		if (one_in(50))
			stay_awake();
		if (one_in(5))
			touch_somewhere();
		n--;
		ret = make_call(&calls[index], index);
		progress->calls++;
		progress->good += ret != -1;
		totals->made[index]++;
		totals->good[index] += ret != -1;
	}
}
