/*
 * init_task.c: the first task, pid 0: what start_kernel() runs as, then CPU 0's idle task, and the pattern of every
 * kernel thread.
 *
 * Owns:   init_task and what it points at. Its stack is the machine's (boot.S).
 * Read next: fork.c.
 */
#include "kernel/sched.h"
#include "kernel/fs/fs.h"
#include "mm/mm.h"
#include "kernel/uapi/sched.h"

extern char init_stack[];		/* STACK_SIZE bytes */

static struct sighand_struct init_sighand = {
	.count = ATOMIC_INIT(1),
	.siglock = SPIN_LOCK_UNLOCKED(RANK_SIGHAND),
};

static struct signal_struct init_signal = {
	.count = ATOMIC_INIT(1),
	.live = ATOMIC_INIT(1),
	.threads = LIST_HEAD_INIT(init_signal.threads),
	.shared_pending = { .list = LIST_HEAD_INIT(init_signal.shared_pending.list) },
	.leader = &init_task,
	.wait_chldexit = { .lock = SPIN_LOCK_UNLOCKED(RANK_WAITQUEUE),
			   .task_list = LIST_HEAD_INIT(init_signal.wait_chldexit.task_list) },
	.rlim = {
		[RLIMIT_CPU] = { RLIM_INFINITY, RLIM_INFINITY },
		[RLIMIT_FSIZE] = { RLIM_INFINITY, RLIM_INFINITY },
		[RLIMIT_DATA] = { RLIM_INFINITY, RLIM_INFINITY },
		[RLIMIT_STACK] = { 8 << 20, RLIM_INFINITY },
		[RLIMIT_CORE] = { 0, RLIM_INFINITY },
		[RLIMIT_RSS] = { RLIM_INFINITY, RLIM_INFINITY },
		[RLIMIT_NPROC] = { 0, 0 },		/* fork_init() */
		[RLIMIT_NOFILE] = { 1024, 4096 },
		[RLIMIT_MEMLOCK] = { 8 << 20, 8 << 20 },
		[RLIMIT_AS] = { RLIM_INFINITY, RLIM_INFINITY },
		[RLIMIT_LOCKS] = { RLIM_INFINITY, RLIM_INFINITY },
		[RLIMIT_SIGPENDING] = { 0, 0 },		/* fork_init() */
		[RLIMIT_MSGQUEUE] = { 819200, 819200 },
		[RLIMIT_NICE] = { 0, 0 },
		[RLIMIT_RTPRIO] = { 0, 0 },
		[RLIMIT_RTTIME] = { RLIM_INFINITY, RLIM_INFINITY },
	},
};

struct task_struct init_task = {
	.stack = init_stack,
	.flags = PF_KTHREAD,
	.usage = ATOMIC_INIT(2),
	.pi_lock = SPIN_LOCK_UNLOCKED(RANK_PI),
	.on_cpu = true,
	.static_prio = 120,
	.prio = 120,
	.cpus_allowed = ~0UL,
	.active_mm = &init_mm,
	.parent = &init_task,
	.tasks = LIST_HEAD_INIT(init_task.tasks),
	.children = LIST_HEAD_INIT(init_task.children),
	.sibling = LIST_HEAD_INIT(init_task.sibling),
	.group_leader = &init_task,
	.thread_group = LIST_HEAD_INIT(init_task.thread_group),
	.comm = "swapper",
	.alloc_lock = SPIN_LOCK_UNLOCKED(RANK_TASK),
	.fs = &init_fs,
	.files = &init_files,
	.signal = &init_signal,
	.sighand = &init_sighand,
	.pending = { .list = LIST_HEAD_INIT(init_task.pending.list) },
};
