#ifndef KERNEL_SCHED_H
#define KERNEL_SCHED_H

/*
 * Tasks and the scheduler.
 *
 * Lock letters: [rq] the run queue's lock  [tl] tasklist_lock  [s] sighand->siglock  [f] files->file_lock
 *               [a] alloc_lock of the task  [o] only by the task itself
 */
#include "kernel/atomic.h"
#include "kernel/spinlock.h"
#include "kernel/mutex.h"
#include "kernel/wait.h"
#include "kernel/timer.h"
#include "kernel/rcu.h"
#include "kernel/percpu.h"
#include "kernel/smp.h"
#include "kernel/signal.h"
#include "kernel/uapi/resource.h"
#include <asm/processor.h>	/* struct thread_struct, cpu_relax */
#include <asm/current.h>	/* current */

struct mm_struct;
struct files_struct;
struct fs_struct;
struct tty_struct;
struct reclaim_state;
struct backing_dev_info;
struct bio;

#define TASK_RUNNING		0
#define TASK_INTERRUPTIBLE	1
#define TASK_UNINTERRUPTIBLE	2
#define TASK_STOPPED		4
#define TASK_WAKEKILL		8	/* a fatal signal wakes it */
#define TASK_NORMAL		(TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE)
#define TASK_KILLABLE		(TASK_UNINTERRUPTIBLE | TASK_WAKEKILL)
#define TASK_DEAD		64	/* state: schedule() drops it for good */
#define EXIT_ZOMBIE		16	/* exit_state */
#define EXIT_DEAD		32

/* task->flags. Written by the task itself only. */
#define PF_EXITING	0x00000004
#define PF_FORKNOEXEC	0x00000040
#define PF_MEMALLOC	0x00000800	/* may use all memory: it will free some */
#define PF_KSWAPD	0x00040000
#define PF_KTHREAD	0x00200000
#define PF_SWAPWRITE	0x01000000
#define PF_MEMDIE	0x02000000	/* chosen by the OOM killer; also in tif_flags */

/* task->tif_flags: asked by anybody, seen at the way out to user mode. Bits. */
#define TIF_SIGPENDING		0
#define TIF_NEED_RESCHED	1
#define TIF_RESTORE_SIGMASK	2
#define TIF_MEMDIE		3

struct rlimit {
	unsigned long rlim_cur, rlim_max;
};
#define RLIM_INFINITY	(~0UL)

struct signal_struct {			/* one a thread group */
	atomic_t count;
	atomic_t live;			/* threads not yet exiting */
	struct list_head threads;	/* [tl] tasks of the group by thread_group */
	struct sigpending shared_pending; /* [s] */
	int group_exit_code;		/* [s] exit status, or the signal the group is stopping for */
	bool group_exit;		/* [s] everybody is told to go */
	struct task_struct *group_exit_task; /* [s] exec: this thread alone goes on */
	int group_stop_count;		/* [s] threads still to stop */
	bool stop_dequeued;		/* [s] a stop signal was taken and no SIGCONT came since */
	bool stopped;			/* [s] all threads stand still */
	int stop_code;			/* [s] 0: not stopped or already reported */
	bool continued;			/* [s] WCONTINUED to report */
	int cld_notify;			/* [s] CLD_CONTINUED or CLD_STOPPED: the next thread to look tells the parent */
	atomic_t nr_sigqueue;		/* queued siginfos, against RLIMIT_SIGPENDING */
	struct task_struct *leader;
	wait_queue_head_t wait_chldexit; /* wait4 of any thread */
	pid_t pgrp, session;		/* [tl] */
	bool leader_of_session;		/* [tl] */
	struct tty_struct *tty;		/* [s] controlling terminal */
	struct rlimit rlim[RLIM_NLIMITS]; /* [a] of the leader */
	struct timer_list real_timer;	/* ITIMER_REAL */
	u64 it_real_expires, it_real_incr; /* [s] ns; 0: off, once */
	u64 it_virt_left, it_virt_incr, it_prof_left, it_prof_incr; /* [s] ns */
	u64 utime, stime, cutime, cstime; /* [s] ns: of threads that have gone; of waited-for children */
	unsigned long nvcsw, nivcsw, cnvcsw, cnivcsw, min_flt, maj_flt, cmin_flt, cmaj_flt; /* [s] */
	unsigned long inblock, oublock, cinblock, coublock; /* [s] */
	unsigned long maxrss, cmaxrss;	/* [s] pages */
	int oom_adj, oom_score_adj;
};

struct sched_entity_queue;

struct task_struct {
	/* the arch reaches these by offset (asm-offsets), so they stand first */
	void *stack;			/* lowest byte of the kernel stack, STACK_SIZE long, guarded below */
	int cpu;			/* [rq] the CPU it runs on or last ran on */
	unsigned long tif_flags;	/* TIF_*, atomic bits */
	struct thread_struct thread;	/* [o] arch: saved registers, FPU, TLS */

	volatile long state;		/* TASK_*; set by the task itself, or by a waker under pi_lock */
	unsigned int flags;		/* [o] PF_* */
	atomic_t usage;			/* references to this structure */
	int exit_state;			/* [tl] */
	int exit_code, exit_signal;	/* [tl] */

	spinlock_t pi_lock;		/* serialises wake-ups */
	bool on_rq, on_cpu;		/* [rq]; on_cpu: its stack is in use */
	bool migrating;			/* [rq] left its queue to go on on another CPU */
	bool ran_in_user;		/* [rq] where the last tick found it: who pays until the next */
	int static_prio, prio;		/* [rq] 100..139 for nice -20..19; prio below 100: real-time */
	int policy;			/* [rq] SCHED_* */
	u64 vruntime;			/* [rq] ns of CPU time had, divided by weight */
	struct rb_node run_node;	/* [rq] by (prio if real-time, vruntime) */
	u64 sched_stamp;		/* [rq] until when its CPU time is counted */
	u64 slice_start;		/* [rq] when it was last put on a CPU */
	cpumask_t cpus_allowed;		/* [rq] */
	unsigned long nvcsw, nivcsw;	/* [o] */
	unsigned long inblock, oublock;	/* [o] sectors it has had read from a disk; those of pages it made dirty */

	struct mm_struct *mm;		/* NULL: kernel thread. [a] */
	struct mm_struct *active_mm;	/* whose page tables are loaded */

	pid_t pid, tgid;
	struct task_struct *parent;	/* [tl] leader of the group that waits for it */
	struct list_head tasks;		/* [tl] all group leaders */
	struct list_head children, sibling; /* [tl] */
	struct task_struct *group_leader;
	struct list_head thread_group;	/* [tl] in signal->threads */
	struct task_struct *pid_next;	/* [tl] pid hash chain */
	struct completion *vfork_done;	/* [a] of the child: its parent waits, on its stack */
	int __user *set_child_tid, *clear_child_tid;	/* [o] */
	void __user *robust_list;	/* [o] */
	int pdeath_signal;

	uid_t uid, euid, suid, fsuid;	/* [o] */
	gid_t gid, egid, sgid, fsgid;	/* [o] */
	char comm[16];			/* [a] */

	u64 utime, stime;		/* ns; by the tick and the switch */
	u64 start_time;			/* monotonic ns */
	unsigned long min_flt, maj_flt;	/* [o] */

	spinlock_t alloc_lock;		/* mm, files, fs pointers against /proc readers */
	struct fs_struct *fs;		/* [a] */
	struct files_struct *files;	/* [a] */

	struct signal_struct *signal;
	struct sighand_struct *sighand;	/* gone (NULL) once released; [tl] to rely on it */
	sigset_t blocked, real_blocked, saved_sigmask;	/* [s] */
	struct sigpending pending;	/* [s] */
	unsigned long sas_ss_sp;	/* [o] alternate signal stack */
	size_t sas_ss_size;
	struct restart_block {		/* [o] what restart_syscall continues */
		long (*fn)(struct restart_block *);
		u64 expires;
		void __user *rmtp;
		unsigned long args[4];
	} restart_block;

	/* context of memory and I/O paths */
	struct reclaim_state *reclaim_state;	/* [o] slab pages freed by shrinkers */
	struct backing_dev_info *backing_dev_info; /* [o] device we throttle for already */
	struct bio *bio_list;		/* [o] bios submitted from inside a make_request */
	int pagefault_disabled;		/* [o] depth */
	int link_count;			/* [o] symbolic links followed in this walk */
	unsigned long fail_nth;		/* fault injection: this many allocations from now fails; counted down by the task */
	int make_it_fail;		/* fault injection may choose this task; children inherit it */
	int race_slot;			/* [o] DEBUG: race_point() rendezvous */
#ifdef CONFIG_DEBUG
	struct { void *lock; u8 rank; } held_sleeping[8];	/* [o] lockdep */
	int nr_held_sleeping;
	int rcu_depth;			/* [o] */
#endif
	struct rcu_head rcu;
};

#define set_current_state(s)	do { WRITE_ONCE(current->state, (s)); smp_mb(); } while (0)
#define __set_current_state(s)	do { current->state = (s); } while (0)

static inline bool test_tsk_thread_flag(struct task_struct *t, int f) { return test_bit((unsigned)f, &t->tif_flags); }
static inline void set_tsk_thread_flag(struct task_struct *t, int f) { set_bit((unsigned)f, &t->tif_flags); }
static inline void clear_tsk_thread_flag(struct task_struct *t, int f) { clear_bit((unsigned)f, &t->tif_flags); }
#define test_thread_flag(f)	test_tsk_thread_flag(current, f)
#define set_thread_flag(f)	set_tsk_thread_flag(current, f)
#define clear_thread_flag(f)	clear_tsk_thread_flag(current, f)
static inline bool signal_pending(struct task_struct *t) { return test_tsk_thread_flag(t, TIF_SIGPENDING); }
static inline bool fatal_signal_pending(struct task_struct *t)
{
	return signal_pending(t) && sigismember(&t->pending.signal, SIGKILL);
}
static inline bool need_resched(void) { return test_thread_flag(TIF_NEED_RESCHED); }
static inline bool thread_group_leader(struct task_struct *t) { return t->pid == t->tgid; }
#define rlimit(r)	(READ_ONCE(current->signal->rlim[r].rlim_cur))
/* The largest file that this process may make, bytes. */
static inline u64 fsize_limit(void)
{
	unsigned long limit = rlimit(RLIMIT_FSIZE);

	return limit == RLIM_INFINITY ? ~0ULL : limit;
}
#define MAX_RT_PRIO	99		/* users' real-time priorities are 1 … 99; p->prio is 99 - that */
static inline bool rt_task(const struct task_struct *p) { return p->prio < MAX_RT_PRIO; }
#define capable_root()	(current->euid == 0)

extern spinlock_t tasklist_lock;	/* the tree of tasks; taken with interrupts as they are, never in one */
extern struct list_head task_list;	/* [tl] group leaders by ->tasks */
extern struct task_struct init_task;	/* CPU 0's idle, pid 0 */
extern struct task_struct *child_reaper; /* init */
#define for_each_process(p)	list_for_each_entry(p, &task_list, tasks)
#define for_each_thread(p, t)	list_for_each_entry(t, &(p)->signal->threads, thread_group)

/* ---- scheduler (kernel/sched.c) ---- */
void sched_init(void);
struct task_struct *init_idle(int cpu);		/* idle task for a secondary; NULL without memory */
void schedule(void);				/* => no spinlock held, interrupts on; saved state survives */
void io_schedule(void);
long io_schedule_timeout(long timeout);
void yield(void);
void cond_resched(void);
bool wake_up_process(struct task_struct *p);	/* true: it was asleep. => any context */
bool wake_up_state(struct task_struct *p, unsigned int state);
void wake_up_new_task(struct task_struct *p);
void sched_fork(struct task_struct *p);
void scheduler_tick(bool user);			/* => interrupts off */
int set_cpus_allowed(struct task_struct *p, cpumask_t mask);
void set_user_nice(struct task_struct *p, int nice);
void leave_borrowed_mms(void);
void finish_task_switch(struct task_struct *prev);	/* the arch's first-return path calls schedule_tail */
void schedule_tail(struct task_struct *prev);
void cpu_idle(void) __noreturn;
unsigned long nr_running(void), nr_context_switches(void);
extern unsigned long avenrun[3];
struct task_struct *curr_task(int cpu);		/* a hint unless that CPU is stopped */
int task_nice(const struct task_struct *p);
char task_state_char(const struct task_struct *p);	/* R S D T Z X, for /proc. => tasklist_lock held or p == current */
u64 task_cpu_time(struct task_struct *p);	/* ns, up to now */
struct cpu_usage { u64 user, nice, system, idle, iowait; };	/* ns */
void get_cpu_usage(int cpu, struct cpu_usage *usage);
unsigned long nr_iowait(void), nr_uninterruptible(void);
enum system_state { SYSTEM_BOOTING, SYSTEM_RUNNING, SYSTEM_POWER_OFF };
extern enum system_state system_state;

/* ---- processes ---- */
struct task_struct *find_task_by_pid(pid_t pid);	/* => tasklist_lock held */
static inline void get_task_struct(struct task_struct *t) { atomic_inc(&t->usage); }
void put_task_struct(struct task_struct *t);
long do_fork(unsigned long clone_flags, unsigned long stack, struct pt_regs *regs,
	     int __user *parent_tid, int __user *child_tid, unsigned long tls);
/* A kernel thread, running, in no address space. ERR_PTR on failure. */
struct task_struct *kthread_run(int (*fn)(void *), void *arg, const char *namefmt, ...) __printf(3, 4);
/* Not yet running: bind it (set_cpus_allowed), then wake_up_process. */
struct task_struct *kthread_create(int (*fn)(void *), void *arg, const char *namefmt, ...) __printf(3, 4);
void do_exit(long code) __noreturn;
void do_group_exit(int code) __noreturn;
void release_task(struct task_struct *p);
struct __kernel_rusage;
void get_rusage(struct task_struct *p, int who, struct __kernel_rusage *ru);	/* sys.c. => @p is held */
void futex_wake_clear_tid(int __user *uaddr);	/* futex.c: a thread is gone */
void exit_robust_list(struct task_struct *p);	/* futex.c: p is current */
void put_signal(struct signal_struct *sig);
void put_sighand(struct sighand_struct *sighand);
int unshare_sighand(void);			/* exec. 0 or -ENOMEM */
void itimer_init(struct signal_struct *sig);
void itimer_rearm(struct signal_struct *sig);
void mm_release(struct task_struct *p);		/* exit, exec: tells those who wait for this thread to leave its mm */
void exit_mm(void);
/* Would it be, without @ignored? => tasklist_lock held */
bool will_become_orphaned_pgrp(pid_t pgrp, struct task_struct *ignored);
/* CPU time of a whole group, ended threads included. => siglock held */
void thread_group_cputime(struct task_struct *p, u64 *utime, u64 *stime);
int do_execve(const char *filename, const char __user *const __user *argv, const char __user *const __user *envp);
/* The same with strings of the kernel, for the first user program. */
int kernel_execve(const char *filename, const char *const argv[], const char *const envp[]);
void set_task_comm(struct task_struct *t, const char *name);
void *alloc_kernel_stack(void);
void free_kernel_stack(void *stack);		/* => any context */
struct mm_struct *get_task_mm(struct task_struct *t);	/* NULL for kernel threads and the dead; mmput it */
void exit_to_user_mode(struct pt_regs *regs);	/* the arch calls it before it returns to user mode. => interrupts off in and out */
void drop_spare_stacks(void);			/* for the leak check: kept stacks are unmapped by work. => process context */
void fork_init(void);
extern int max_threads;
extern int nr_threads;			/* [tl] */
extern unsigned long total_forks;	/* since boot */

#endif
