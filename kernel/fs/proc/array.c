/*
 * array.c: what /proc/PID/stat, status, statm and limits say, in Linux's formats.
 *
 * Locks:  tasklist_lock and siglock for a consistent look at a group; held only while numbers are copied.
 * Read next: task_mmu.c (maps), proc(5).
 */
#include "kernel/fs/proc/internal.h"
#include "kernel/fs/tty.h"
#include "kernel/uapi/resource.h"

#define CLOCK_TICKS(ns)	((unsigned long)((ns) / (NSEC_PER_SEC / 100)))	/* USER_HZ is 100 */

static const char *state_name(char c)
{
	switch (c) {
	case 'R': return "R (running)";
	case 'S': return "S (sleeping)";
	case 'D': return "D (disk sleep)";
	case 'T': return "T (stopped)";
	case 'Z': return "Z (zombie)";
	default:  return "X (dead)";
	}
}

/* A copy of what the files show, taken under the locks. */
struct task_view {
	char state;
	pid_t ppid, pgrp, session, tpgid;
	dev_t tty;
	unsigned long min_flt, maj_flt, cmin_flt, cmaj_flt;
	u64 utime, stime, cutime, cstime;
	int threads, queued, exit_code;
	bool waits;			/* of several threads it is not said */
	sigset_t pending, shared, blocked, ignored, caught;
	unsigned long rss_limit, queue_limit;
};

static void view_signals(struct task_view *v, struct task_struct *t)
{
	v->pending = t->pending.signal;
	v->shared = t->signal->shared_pending.signal;
	v->blocked = t->blocked;
	for (int sig = 1; sig < _NSIG; sig++) {
		__sighandler_t handler = t->sighand->action[sig - 1].sa.sa_handler;

		if (handler == SIG_IGN)
			sigaddset(&v->ignored, sig);
		else if (handler != SIG_DFL)
			sigaddset(&v->caught, sig);
	}
}

/* What a whole process used, with the threads that have ended. */
static void view_group(struct task_view *v, struct task_struct *t)
{
	struct task_struct *each;

	v->min_flt = t->signal->min_flt;
	v->maj_flt = t->signal->maj_flt;
	thread_group_cputime(t, &v->utime, &v->stime);
	for_each_thread(t, each) {
		v->min_flt += each->min_flt;
		v->maj_flt += each->maj_flt;
	}
}

static void view_thread(struct task_view *v, struct task_struct *t)
{
	task_cpu_time(t);
	v->min_flt = t->min_flt;
	v->maj_flt = t->maj_flt;
	v->utime = t->utime;
	v->stime = t->stime;
}

/* The same for each thread of a process. */
static void view_shared(struct task_view *v, struct task_struct *t)
{
	struct signal_struct *sig = t->signal;
	struct task_struct *each;

	v->cmin_flt = sig->cmin_flt;
	v->cmaj_flt = sig->cmaj_flt;
	v->cutime = sig->cutime;
	v->cstime = sig->cstime;
	v->queued = atomic_read(&sig->nr_sigqueue);
	v->queue_limit = sig->rlim[RLIMIT_SIGPENDING].rlim_cur;
	for_each_thread(t, each)
		v->threads++;
	if (sig->tty) {
		v->tty = tty_devnum(sig->tty);
		v->tpgid = READ_ONCE(sig->tty->pgrp);
	}
}

static void view_task(struct task_view *v, struct task_struct *t, bool whole)
{
	unsigned long flags;

	memset(v, 0, sizeof(*v));
	v->tpgid = -1;
	spin_lock(&tasklist_lock);
	v->state = task_state_char(t);
	if (t->sighand) {
		v->ppid = t->group_leader->parent ? t->group_leader->parent->tgid : 0;
		v->pgrp = t->signal->pgrp;
		v->session = t->signal->session;
		spin_lock_irqsave(&t->sighand->siglock, flags);
		whole ? view_group(v, t) : view_thread(v, t);
		view_shared(v, t);
		view_signals(v, t);
		v->rss_limit = t->signal->rlim[RLIMIT_RSS].rlim_cur;
		v->exit_code = t->signal->group_exit ? t->signal->group_exit_code :
			       t->signal->stop_code ? t->signal->stop_code : t->exit_code;
		v->waits = v->state != 'R' && (!whole || v->threads < 2);
		spin_unlock_irqrestore(&t->sighand->siglock, flags);
	}
	spin_unlock(&tasklist_lock);
}

/* Signals 1..31 as the four words that stat has had since long ago. */
static unsigned long old_sigset(const sigset_t *set)
{
	unsigned long word = 0;

	for (int sig = 1; sig < 32; sig++)
		if (sigismember(set, sig))
			word |= 1UL << (sig - 1);
	return word;
}

static void stat_memory(struct seq_file *m, struct mm_struct *mm, struct task_view *v, bool look)
{
	seq_printf(m, " %lu %lu %lu %lu %lu %lu 0 0", mm ? mm->total_vm << PAGE_SHIFT : 0, mm ? get_mm_rss(mm) : 0,
		   v->rss_limit, mm ? (look ? mm->start_code : 1) : 0, mm ? (look ? mm->end_code : 1) : 0,
		   mm && look ? mm->start_stack : 0);
	seq_printf(m, " %lu %lu %lu %lu %d 0 0", old_sigset(&v->pending), old_sigset(&v->blocked),
		   old_sigset(&v->ignored), old_sigset(&v->caught), look && v->waits);
}

/* The 52 fields of proc(5). What is not kept is 0. */
static int show_stat(struct seq_file *m, struct task_struct *t, bool whole)
{
	struct mm_struct *mm = get_task_mm(t);
	bool look = proc_may_inspect(t);
	struct task_view v;

	view_task(&v, t, whole);
	seq_printf(m, "%d (%s) %c %d %d %d %u %d %u", t->pid, t->comm, v.state, v.ppid, v.pgrp, v.session,
		   new_encode_dev(v.tty), v.tpgid, t->flags);
	seq_printf(m, " %lu %lu %lu %lu", v.min_flt, v.cmin_flt, v.maj_flt, v.cmaj_flt);
	seq_printf(m, " %lu %lu %lu %lu", CLOCK_TICKS(v.utime), CLOCK_TICKS(v.stime), CLOCK_TICKS(v.cutime),
		   CLOCK_TICKS(v.cstime));
	seq_printf(m, " %d %d %d 0 %llu", t->prio - 100, task_nice(t), v.threads,
		   (unsigned long long)t->start_time / (NSEC_PER_SEC / 100));
	stat_memory(m, mm, &v, look);
	seq_printf(m, " %d %d %d %d 0 0 0", t->exit_signal, t->cpu, rt_task(t) ? MAX_RT_PRIO - t->prio : 0, t->policy);
	if (mm && look)
		seq_printf(m, " %lu %lu %lu %lu %lu %lu %lu", mm->start_data, mm->end_data, mm->start_brk,
			   mm->arg_start, mm->arg_end, mm->env_start, mm->env_end);
	else
		seq_puts(m, " 0 0 0 0 0 0 0");
	seq_printf(m, " %d\n", look ? v.exit_code : 0);
	if (mm)
		mmput(mm);
	return 0;
}

int proc_pid_stat(struct seq_file *m, struct task_struct *t)
{
	return show_stat(m, t, true);
}

int proc_tid_stat(struct seq_file *m, struct task_struct *t)
{
	return show_stat(m, t, false);
}

static void show_sigset(struct seq_file *m, const char *name, const sigset_t *set)
{
	u64 bits = 0;

	for (int sig = 1; sig <= 64; sig++)
		if (sigismember(set, sig))
			bits |= 1ULL << (sig - 1);
	seq_printf(m, "%s:\t%016llx\n", name, (unsigned long long)bits);
}

/* Descriptors that its table has room for. */
static unsigned int fd_size(struct task_struct *t)
{
	struct files_struct *files = get_task_files(t);
	unsigned int n = 0;

	if (files) {
		n = READ_ONCE(files->max_fds);
		put_files_struct(files);
	}
	return n;
}

static void show_identity(struct seq_file *m, struct task_struct *t, const struct task_view *v)
{
	int umask = -1;

	spin_lock(&t->alloc_lock);
	if (t->fs)
		umask = (int)t->fs->umask;
	spin_unlock(&t->alloc_lock);
	seq_printf(m, "Name:\t%s\n", t->comm);
	if (umask >= 0)
		seq_printf(m, "Umask:\t%#04o\n", (unsigned)umask);
	seq_printf(m, "State:\t%s\nTgid:\t%d\nNgid:\t0\nPid:\t%d\nPPid:\t%d\nTracerPid:\t0\n", state_name(v->state), t->tgid, t->pid,
		   v->ppid);
	seq_printf(m, "Uid:\t%u\t%u\t%u\t%u\nGid:\t%u\t%u\t%u\t%u\nFDSize:\t%u\nGroups:\t \nKthread:\t%d\n", t->uid, t->euid,
		   t->suid, t->fsuid, t->gid, t->egid, t->sgid, t->fsgid, fd_size(t), !!(t->flags & PF_KTHREAD));
}

/* Root has them all, others none. */
static void show_capabilities(struct seq_file *m, struct task_struct *t)
{
	static const char *const none = "0000000000000000", *const all = "000001ffffffffff";

	seq_printf(m, "CapInh:\t%s\nCapPrm:\t%s\nCapEff:\t%s\nCapBnd:\t%s\nCapAmb:\t%s\n", none, t->euid && t->uid ? none : all,
		   t->euid ? none : all, all, none);
}

/* "0-2,5" */
static void show_cpu_list(struct seq_file *m, const char *name, unsigned long cpus)
{
	const char *comma = "";

	seq_printf(m, "%s:\t", name);
	for (int first = 0, last; first < BITS_PER_LONG; first = last + 1) {
		for (last = first; last < BITS_PER_LONG && cpus >> last & 1; last++)
			;
		if (last == first)
			continue;
		seq_printf(m, last - first > 1 ? "%s%d-%d" : "%s%d", comma, first, last - 1);
		comma = ",";
	}
	seq_putc(m, '\n');
}

int proc_pid_status(struct seq_file *m, struct task_struct *t)
{
	struct mm_struct *mm = get_task_mm(t);
	struct task_view v;

	view_task(&v, t, true);
	show_identity(m, t, &v);
	if (mm) {
		task_mem_status(m, mm);
		mmput(mm);
	}
	seq_printf(m, "Threads:\t%d\nSigQ:\t%d/%lu\n", v.threads, v.queued, v.queue_limit);
	show_sigset(m, "SigPnd", &v.pending);
	show_sigset(m, "ShdPnd", &v.shared);
	show_sigset(m, "SigBlk", &v.blocked);
	show_sigset(m, "SigIgn", &v.ignored);
	show_sigset(m, "SigCgt", &v.caught);
	show_capabilities(m, t);
	seq_printf(m, "NoNewPrivs:\t0\nCpus_allowed:\t%lx\n", t->cpus_allowed & cpu_possible_map);
	show_cpu_list(m, "Cpus_allowed_list", t->cpus_allowed & cpu_possible_map);
	seq_printf(m, "voluntary_ctxt_switches:\t%lu\nnonvoluntary_ctxt_switches:\t%lu\n", t->nvcsw, t->nivcsw);
	return 0;
}

/* Pages: total, resident, shared, text, library, data and stack, dirty. */
int proc_pid_statm(struct seq_file *m, struct task_struct *t)
{
	struct mm_struct *mm = get_task_mm(t);

	if (!mm) {
		seq_puts(m, "0 0 0 0 0 0 0\n");
		return 0;
	}
	seq_printf(m, "%lu %lu %lu %lu 0 %lu 0\n", mm->total_vm, get_mm_rss(mm), get_mm_counter(mm, file_rss),
		   (PAGE_ALIGN(mm->end_code) - (mm->start_code & PAGE_MASK)) >> PAGE_SHIFT,
		   mm->data_vm + mm->stack_vm);
	mmput(mm);
	return 0;
}

static void show_limit(struct seq_file *m, unsigned long value)
{
	if (value == RLIM_INFINITY)
		seq_printf(m, "%-20s ", "unlimited");
	else
		seq_printf(m, "%-20lu ", value);
}

/* False: it has been waited for since it was found alive. */
static bool get_limits(struct task_struct *t, struct rlimit *lim)
{
	bool alive;

	spin_lock(&tasklist_lock);
	alive = t->signal != NULL;
	if (alive) {
		spin_lock(&t->group_leader->alloc_lock);
		memcpy(lim, t->signal->rlim, sizeof(t->signal->rlim));
		spin_unlock(&t->group_leader->alloc_lock);
	}
	spin_unlock(&tasklist_lock);
	return alive;
}

int proc_pid_limits(struct seq_file *m, struct task_struct *t)
{
	static const struct { const char *name, *unit; } names[RLIM_NLIMITS] = {
		[RLIMIT_CPU] = { "Max cpu time", "seconds" },
		[RLIMIT_FSIZE] = { "Max file size", "bytes" },
		[RLIMIT_DATA] = { "Max data size", "bytes" },
		[RLIMIT_STACK] = { "Max stack size", "bytes" },
		[RLIMIT_CORE] = { "Max core file size", "bytes" },
		[RLIMIT_RSS] = { "Max resident set", "bytes" },
		[RLIMIT_NPROC] = { "Max processes", "processes" },
		[RLIMIT_NOFILE] = { "Max open files", "files" },
		[RLIMIT_MEMLOCK] = { "Max locked memory", "bytes" },
		[RLIMIT_AS] = { "Max address space", "bytes" },
		[RLIMIT_LOCKS] = { "Max file locks", "locks" },
		[RLIMIT_SIGPENDING] = { "Max pending signals", "signals" },
		[RLIMIT_MSGQUEUE] = { "Max msgqueue size", "bytes" },
		[RLIMIT_NICE] = { "Max nice priority", NULL },
		[RLIMIT_RTPRIO] = { "Max realtime priority", NULL },
		[RLIMIT_RTTIME] = { "Max realtime timeout", "us" },
	};

	struct rlimit lim[RLIM_NLIMITS];

	if (!get_limits(t, lim))
		return -ESRCH;
	seq_printf(m, "%-25s %-20s %-20s %-10s\n", "Limit", "Soft Limit", "Hard Limit", "Units");
	for (int i = 0; i < RLIM_NLIMITS; i++) {
		seq_printf(m, "%-25s ", names[i].name);
		show_limit(m, lim[i].rlim_cur);
		show_limit(m, lim[i].rlim_max);
		if (names[i].unit)
			seq_printf(m, "%-10s", names[i].unit);
		seq_putc(m, '\n');
	}
	return 0;
}
