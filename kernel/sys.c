/*
 * sys.c: small system calls about the system and its limits.
 *
 * Owns:   the host's names; the count of unknown system calls.
 * Locks:  uts_lock for the names; the leader's alloc_lock for limits; siglock for usage.
 */
#include "kernel/arch.h"
#include "kernel/sched.h"
#include "kernel/syscalls.h"
#include "kernel/sys.h"
#include "kernel/time.h"
#include "kernel/lib/string.h"
#include "kernel/pid.h"
#include "kernel/uaccess.h"
#include "kernel/fs/fs.h"
#include "kernel/fs/proc_fs.h"
#include "kernel/uapi/prctl.h"
#include "kernel/uapi/reboot.h"
#include "kernel/uapi/sysinfo.h"
#include "mm/mm.h"
#include "mm/swap.h"

/* ---- calls that are not there ---- */

static unsigned long unknown_syscalls;

/* The table's entry for them. */
long sys_ni_syscall(void)
{
	__atomic_fetch_add(&unknown_syscalls, 1, __ATOMIC_RELAXED);
	return -ENOSYS;
}

/* ---- names ---- */

static DEFINE_SPINLOCK(uts_lock, RANK_LEAF);
struct new_utsname system_utsname = {	/* [uts_lock] node and domain name */
	.sysname = "Linux",		/* whose calls we speak: programs ask */
	.nodename = "pagoda",
	.release = UTS_RELEASE,
	.version = UTS_VERSION,
	.domainname = "(none)",
};

/* uname(2) */
long sys_newuname(struct new_utsname __user *name)
{
	struct new_utsname uts;

	spin_lock(&uts_lock);
	uts = system_utsname;
	spin_unlock(&uts_lock);
	strlcpy(uts.machine, arch_uts_machine, sizeof(uts.machine));
	return copy_to_user(name, &uts, sizeof(uts)) ? -EFAULT : 0;
}

static long set_name(char *to, const char __user *name, int len)
{
	char buf[__NEW_UTS_LEN + 1] = "";

	if (!capable_root())
		return -EPERM;
	if (len < 0 || len > __NEW_UTS_LEN)
		return -EINVAL;
	if (copy_from_user(buf, name, (unsigned long)len))
		return -EFAULT;
	spin_lock(&uts_lock);
	memcpy(to, buf, sizeof(buf));
	spin_unlock(&uts_lock);
	return 0;
}

/* sethostname(2) */
long sys_sethostname(const char __user *name, int len) { return set_name(system_utsname.nodename, name, len); }
/* setdomainname(2) */
long sys_setdomainname(const char __user *name, int len) { return set_name(system_utsname.domainname, name, len); }

/* /proc/sys/kernel. */
void __init sys_init(void)
{
	static const struct proc_sys table[] = {
		{ .path = "kernel/unknown_syscalls", .data = &unknown_syscalls, .kind = PROC_SYS_ULONG, .mode = 0444 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if (proc_sys_register(&table[i]))
			printk(KERN_ERR "/proc/sys/%s: no memory\n", table[i].path);
}

/* ---- limits ---- */

static int set_limit(struct task_struct *p, unsigned int resource, const struct rlimit *new)
{
	struct rlimit *limit = &p->signal->rlim[resource];

	if (new->rlim_cur > new->rlim_max)
		return -EINVAL;
	if (new->rlim_max > limit->rlim_max && !capable_root())
		return -EPERM;
	if (resource == RLIMIT_NOFILE && new->rlim_max > (unsigned long)READ_ONCE(sysctl_nr_open))
		return -EPERM;
	*limit = *new;
	return 0;
}

/* May we see and set the limits of @p, as far as ids go? */
static bool is_ours(const struct task_struct *p)
{
	return p->uid == current->uid && p->euid == current->uid && p->suid == current->uid &&
	       p->gid == current->gid && p->egid == current->gid && p->sgid == current->gid;
}

/* Read *@old, then set *@new, of process @pid (0: ours); either may be NULL. 0 or -errno */
static int do_prlimit(pid_t pid, unsigned int resource, const struct rlimit *new, struct rlimit *old)
{
	struct task_struct *p;
	int err = -ESRCH;

	if (resource >= RLIM_NLIMITS)
		return -EINVAL;
	spin_lock(&tasklist_lock);
	p = pid ? find_task_by_pid(pid) : current;
	if (p) {
		err = p->tgid == current->tgid || capable_root() || is_ours(p) ? 0 : -EPERM;
		spin_lock(&p->group_leader->alloc_lock);
		if (!err && old)
			*old = p->signal->rlim[resource];
		if (!err && new)
			err = set_limit(p, resource, new);
		spin_unlock(&p->group_leader->alloc_lock);
	}
	spin_unlock(&tasklist_lock);
	return err;
}

/* getrlimit(2) */
long sys_getrlimit(unsigned int resource, struct __kernel_rlimit __user *urlim)
{
	struct rlimit old;
	int err = do_prlimit(0, resource, NULL, &old);

	return err ? err : copy_to_user(urlim, &old, sizeof(old)) ? -EFAULT : 0;
}

/* i386's first getrlimit: its infinity is the largest positive number. */
long sys_old_getrlimit(unsigned int resource, struct __kernel_rlimit __user *urlim)
{
	struct rlimit old;
	int err = do_prlimit(0, resource, NULL, &old);

	if (err)
		return err;
	old.rlim_cur = min(old.rlim_cur, ~0UL >> 1);
	old.rlim_max = min(old.rlim_max, ~0UL >> 1);
	return copy_to_user(urlim, &old, sizeof(old)) ? -EFAULT : 0;
}

/* setrlimit(2) */
long sys_setrlimit(unsigned int resource, const struct __kernel_rlimit __user *urlim)
{
	struct rlimit new;

	return copy_from_user(&new, urlim, sizeof(new)) ? -EFAULT : do_prlimit(0, resource, &new, NULL);
}

static unsigned long limit_from_64(u64 x) { return x > ~0UL ? RLIM_INFINITY : (unsigned long)x; }
static u64 limit_to_64(unsigned long x) { return x == RLIM_INFINITY ? RLIM64_INFINITY : x; }

/* prlimit64(2) */
long sys_prlimit64(pid_t pid, unsigned int resource, const struct rlimit64 __user *unew, struct rlimit64 __user *uold)
{
	struct rlimit64 r;
	struct rlimit new, old;
	int err;

	if (unew) {
		if (copy_from_user(&r, unew, sizeof(r)))
			return -EFAULT;
		new = (struct rlimit){ limit_from_64(r.rlim_cur), limit_from_64(r.rlim_max) };
	}
	err = do_prlimit(pid, resource, unew ? &new : NULL, uold ? &old : NULL);
	if (err || !uold)
		return err;
	r = (struct rlimit64){ limit_to_64(old.rlim_cur), limit_to_64(old.rlim_max) };
	return copy_to_user(uold, &r, sizeof(r)) ? -EFAULT : 0;
}

/* ---- usage ---- */

static void add_thread_usage(struct task_struct *t, struct __kernel_rusage *ru)
{
	ru->ru_minflt += (long)t->min_flt;
	ru->ru_majflt += (long)t->maj_flt;
	ru->ru_nvcsw += (long)t->nvcsw;
	ru->ru_nivcsw += (long)t->nivcsw;
	ru->ru_inblock += (long)t->inblock;
	ru->ru_oublock += (long)t->oublock;
}

static void group_usage(struct task_struct *p, struct __kernel_rusage *ru, u64 *utime, u64 *stime)
{
	struct signal_struct *sig = p->signal;
	struct task_struct *t;

	thread_group_cputime(p, utime, stime);
	ru->ru_minflt = (long)sig->min_flt;
	ru->ru_majflt = (long)sig->maj_flt;
	ru->ru_nvcsw = (long)sig->nvcsw;
	ru->ru_nivcsw = (long)sig->nivcsw;
	ru->ru_inblock = (long)sig->inblock;
	ru->ru_oublock = (long)sig->oublock;
	ru->ru_maxrss = (long)sig->maxrss;
	for_each_thread(p, t)
		add_thread_usage(t, ru);
}

/* What @p's group (RUSAGE_SELF), its waited-for children, or @p alone (RUSAGE_THREAD) used. => not yet released */
void get_rusage(struct task_struct *p, int who, struct __kernel_rusage *ru)
{
	struct signal_struct *sig = p->signal;
	unsigned long flags;
	u64 utime = 0, stime = 0;

	memset(ru, 0, sizeof(*ru));
	if (!lock_task_sighand(p, &flags))
		return;
	if (who == RUSAGE_THREAD) {
		task_cpu_time(p);
		utime = p->utime;
		stime = p->stime;
		add_thread_usage(p, ru);
	} else if (who == RUSAGE_SELF) {
		group_usage(p, ru, &utime, &stime);
	} else {
		utime = sig->cutime;
		stime = sig->cstime;
		ru->ru_minflt = (long)sig->cmin_flt;
		ru->ru_majflt = (long)sig->cmaj_flt;
		ru->ru_nvcsw = (long)sig->cnvcsw;
		ru->ru_nivcsw = (long)sig->cnivcsw;
		ru->ru_inblock = (long)sig->cinblock;
		ru->ru_oublock = (long)sig->coublock;
		ru->ru_maxrss = (long)sig->cmaxrss;
	}
	unlock_task_sighand(p, &flags);
	ru->ru_utime = ns_to_timeval(utime);
	ru->ru_stime = ns_to_timeval(stime);
	ru->ru_maxrss <<= PAGE_SHIFT - 10;	/* KiB */
}

/* getrusage(2) */
long sys_getrusage(int who, struct __kernel_rusage __user *uru)
{
	struct __kernel_rusage ru;

	if (who != RUSAGE_SELF && who != RUSAGE_CHILDREN && who != RUSAGE_THREAD)
		return -EINVAL;
	get_rusage(current, who, &ru);
	if (who != RUSAGE_CHILDREN && current->mm)
		ru.ru_maxrss = max(ru.ru_maxrss, (long)max(current->mm->hiwater_rss, get_mm_rss(current->mm)) << (PAGE_SHIFT - 10));
	return copy_to_user(uru, &ru, sizeof(ru)) ? -EFAULT : 0;
}

/* In bytes if that fits into the words, since old programs do not look at mem_unit. */
static void units_to_bytes(struct sysinfo *info)
{
	u64 most = (u64)max(info->totalram, info->totalswap) * info->mem_unit;

	if (most > ~0UL || !info->mem_unit)
		return;
	info->totalram *= info->mem_unit;
	info->freeram *= info->mem_unit;
	info->sharedram *= info->mem_unit;
	info->bufferram *= info->mem_unit;
	info->totalswap *= info->mem_unit;
	info->freeswap *= info->mem_unit;
	info->totalhigh *= info->mem_unit;
	info->freehigh *= info->mem_unit;
	info->mem_unit = 1;
}

/* sysinfo(2) */
long sys_sysinfo(struct sysinfo __user *uinfo)
{
	struct sysinfo info;

	memset(&info, 0, sizeof(info));
	si_meminfo(&info);
	info.totalswap = total_swap_pages;
	info.freeswap = (unsigned long)nr_swap_pages;
	units_to_bytes(&info);
	info.uptime = (long)(ktime_get() / NSEC_PER_SEC);
	for (int i = 0; i < 3; i++)
		info.loads[i] = avenrun[i] << (SI_LOAD_SHIFT - 11);
	info.procs = (u16)nr_threads;
	return copy_to_user(uinfo, &info, sizeof(info)) ? -EFAULT : 0;
}

/* ---- prctl and relatives ---- */

static long get_name(char __user *to)
{
	char comm[sizeof(current->comm)];

	spin_lock(&current->alloc_lock);
	memcpy(comm, current->comm, sizeof(comm));
	spin_unlock(&current->alloc_lock);
	return copy_to_user(to, comm, sizeof(comm)) ? -EFAULT : 0;
}

static long set_name_from_user(const char __user *from)
{
	char comm[sizeof(current->comm)] = "";

	if (strncpy_from_user(comm, from, sizeof(comm) - 1) < 0)
		return -EFAULT;
	set_task_comm(current, comm);
	return 0;
}

/* prctl(2) */
long sys_prctl(int option, unsigned long arg2, unsigned long arg3, unsigned long arg4, unsigned long arg5)
{
	switch (option) {
	case PR_SET_PDEATHSIG:
		if (arg2 > _NSIG)
			return -EINVAL;
		current->pdeath_signal = (int)arg2;
		return 0;
	case PR_GET_PDEATHSIG:
		return put_user(current->pdeath_signal, (int __user *)arg2);
	case PR_SET_NAME:
		return set_name_from_user((const char __user *)arg2);
	case PR_GET_NAME:
		return get_name((char __user *)arg2);
	case PR_GET_DUMPABLE:
		return 1;
	case PR_SET_DUMPABLE:
		return arg2 <= 1 ? 0 : -EINVAL;
	case PR_GET_NO_NEW_PRIVS:
		return 0;
	}
	return -EINVAL;
}

/* personality(2): only Linux's own. */
long sys_personality(unsigned int personality)
{
	return personality == 0xffffffff || personality == 0 ? 0 : -EINVAL;
}

struct cap_header { u32 version; int pid; };
#define CAP_VERSION_3	0x20080522

/* capget(2): root has all, others none. */
long sys_capget(void __user *header, void __user *data)
{
	struct cap_header h;
	u32 all = capable_root() ? ~0u : 0, caps[6] = { all, all, 0, all, all, 0 };	/* effective, permitted, inheritable */

	if (copy_from_user(&h, header, sizeof(h)))
		return -EFAULT;
	if (h.version != CAP_VERSION_3) {
		h.version = CAP_VERSION_3;
		if (copy_to_user(header, &h, sizeof(h)))
			return -EFAULT;
		return data ? -EINVAL : 0;
	}
	if (h.pid < 0)
		return -EINVAL;
	return data && copy_to_user(data, caps, sizeof(caps)) ? -EFAULT : 0;
}

/* capset(2): there is nothing that could be changed. */
long sys_capset(void __user *header, const void __user *data)
{
	return -EPERM;
}

/* ---- the end ---- */

/* Files safe, then off, or on again. => process context */
void kernel_power_off(int code)
{
	system_state = SYSTEM_POWER_OFF;
	umount_all();
	machine_power_off(code);
}

/* reboot(2) */
long sys_reboot(int magic1, int magic2, unsigned int cmd, void __user *arg)
{
	if (!capable_root())
		return -EPERM;
	if ((unsigned)magic1 != LINUX_REBOOT_MAGIC1 ||
	    (magic2 != LINUX_REBOOT_MAGIC2 && magic2 != LINUX_REBOOT_MAGIC2A && magic2 != LINUX_REBOOT_MAGIC2B &&
	     magic2 != LINUX_REBOOT_MAGIC2C))
		return -EINVAL;
	switch (cmd) {
	case LINUX_REBOOT_CMD_CAD_ON:
	case LINUX_REBOOT_CMD_CAD_OFF:
		return 0;
	case LINUX_REBOOT_CMD_HALT:
	case LINUX_REBOOT_CMD_POWER_OFF:
		printk(KERN_INFO "Power down.\n");
		kernel_power_off(0);
		break;
	case LINUX_REBOOT_CMD_RESTART:
		printk(KERN_INFO "Restarting system.\n");
		umount_all();
		machine_restart();
	}
	return -EINVAL;
}
