/*
 * pid.c: from numbers to tasks.
 *
 * Owns:   the hash of tasks by pid (threads included), the list of processes, and the choice of new pids.
 * Locks:  tasklist_lock, all of it.
 * Read next: fork.c (copy_process), exit.c (release_task).
 *
 * A pid is in use while a task has it, or while it still names a process group or session whose leader is gone.
 */
#include "kernel/pid.h"
#include "mm/bootmem.h"

#define PID_HASH_LIMIT	4096		/* chains */

DEFINE_SPINLOCK(tasklist_lock, RANK_TASKLIST);
LIST_HEAD(task_list);
int nr_threads;				/* [tl] */
unsigned long total_forks;		/* [tl] */

static struct task_struct **pid_hash;	/* [tl] chains by pid_next */
static unsigned int pid_hash_mask;
static pid_t last_pid;			/* [tl] */
static bool pids_wrapped;		/* [tl] until then every new pid is unused */

/* => boot, before mem_init(): nobody has a pid yet */
void pidhash_init(void)
{
	unsigned int shift;

	pid_hash = alloc_large_system_hash("PID", sizeof(*pid_hash), 0, 18, HASH_EARLY, &shift, &pid_hash_mask,
					   PID_HASH_LIMIT);
}

/* The task with this pid, a thread's too; NULL. => tasklist_lock held */
struct task_struct *find_task_by_pid(pid_t pid)
{
	struct task_struct *p;

	assert_held(&tasklist_lock);
	for (p = pid_hash[(unsigned int)pid & pid_hash_mask]; p; p = p->pid_next)
		if (p->pid == pid)
			return p;
	return NULL;
}

/* => tasklist_lock held */
void hash_pid(struct task_struct *p)
{
	struct task_struct **head = &pid_hash[(unsigned int)p->pid & pid_hash_mask];

	p->pid_next = *head;
	*head = p;
	nr_threads++;
	total_forks++;
}

/* => tasklist_lock held; @p is hashed */
void unhash_pid(struct task_struct *p)
{
	struct task_struct **link = &pid_hash[(unsigned int)p->pid & pid_hash_mask];

	while (*link != p)
		link = &(*link)->pid_next;
	*link = p->pid_next;
	nr_threads--;
}

static bool pid_in_use(pid_t pid)
{
	struct task_struct *p;

	if (find_task_by_pid(pid))
		return true;
	for_each_process(p)
		if (p->signal->pgrp == pid || p->signal->session == pid)
			return true;
	return false;
}

/* A pid that nobody has; 0 if there is none. Low ones are left to the first programs. => tasklist_lock held */
pid_t alloc_pid(void)
{
	for (int tries = 0; tries < PID_MAX; tries++) {
		if (++last_pid >= PID_MAX) {
			last_pid = RESERVED_PIDS;
			pids_wrapped = true;
		}
		if (!pids_wrapped || !pid_in_use(last_pid))
			return last_pid;
	}
	return 0;
}

/* Does any process belong to @pgrp in @session? => tasklist_lock held */
bool pgrp_in_session(pid_t pgrp, pid_t session)
{
	struct task_struct *p;

	for_each_process(p)
		if (p->signal->pgrp == pgrp && p->signal->session == session)
			return true;
	return false;
}

/* The number given out last: for /proc/loadavg. */
pid_t last_pid_used(void)
{
	return READ_ONCE(last_pid);
}
