/*
 * exit.c: the end of tasks.
 *
 * Owns:   the way from do_exit() to the last schedule(), orphans, and release_task(). Waiting for it is in wait_child.c.
 * Locks:  tasklist_lock for exit_state, parents and lists; siglock inside.
 * Read next: wait_child.c, signal.c (do_notify_parent), sched.c:finish_task_switch for the very last.
 *
 *	runs ─► PF_EXITING ─► gives up mm, files, fs ─► exit_notify:
 *	    a thread:  EXIT_DEAD, released by itself
 *	    a leader:  EXIT_ZOMBIE until its threads are gone and its parent has waited (or wants no zombies) ─► EXIT_DEAD
 *	─► TASK_DEAD: the next task on this CPU frees the stack
 */
#include "kernel/arch.h"
#include "kernel/irq.h"
#include "kernel/pid.h"
#include "kernel/syscalls.h"
#include "kernel/uaccess.h"
#include "kernel/fs/fs.h"
#include "kernel/fs/tty.h"
#include "kernel/uapi/wait.h"
#include "mm/mm.h"

/* ---- process groups without a way back to their shell ---- */

static bool keeps_pgrp(struct task_struct *p, pid_t pgrp, struct task_struct *ignored)
{
	return p != ignored && p->signal->pgrp == pgrp && !p->exit_state && p->parent->pid > 1 &&
	       p->parent->signal->pgrp != pgrp && p->parent->signal->session == p->signal->session;
}

/*
 * Has no member but @ignored a parent in another group of the same session, who could continue it?
 * => tasklist_lock held
 */
bool will_become_orphaned_pgrp(pid_t pgrp, struct task_struct *ignored)
{
	struct task_struct *p;

	assert_held(&tasklist_lock);
	for_each_process(p)
		if (keeps_pgrp(p, pgrp, ignored))
			return false;
	return true;
}

/* => tasklist_lock not held */
int is_orphaned_pgrp(pid_t pgrp)
{
	int orphaned;

	spin_lock(&tasklist_lock);
	orphaned = will_become_orphaned_pgrp(pgrp, NULL);
	spin_unlock(&tasklist_lock);
	return orphaned;
}

static bool has_stopped_jobs(pid_t pgrp)
{
	struct task_struct *p;

	for_each_process(p)
		if (p->signal->pgrp == pgrp && p->signal->stopped)
			return true;
	return false;
}

/* POSIX: stopped processes of a group that nobody could continue are told, and go on. => tasklist_lock held */
static void kill_orphaned_pgrp(pid_t pgrp, struct task_struct *ignored)
{
	if (will_become_orphaned_pgrp(pgrp, ignored) && has_stopped_jobs(pgrp)) {
		__kill_pgrp(pgrp, SIGHUP, 1);
		__kill_pgrp(pgrp, SIGCONT, 1);
	}
}

/* ---- release ---- */

static void sum_up_thread(struct task_struct *p, struct signal_struct *sig)
{
	sig->utime += p->utime;
	sig->stime += p->stime;
	sig->nvcsw += p->nvcsw;
	sig->nivcsw += p->nivcsw;
	sig->min_flt += p->min_flt;
	sig->maj_flt += p->maj_flt;
	sig->inblock += p->inblock;
	sig->oublock += p->oublock;
}

/* Off all lists. True: the leader is a zombie and was only waiting for @p to go. => tasklist_lock held */
static bool unlink_task(struct task_struct *p)
{
	struct sighand_struct *sighand = p->sighand;
	struct signal_struct *sig = p->signal;

	spin_lock_irq(&sighand->siglock);
	if (p == p->group_leader)
		flush_sigqueue(&sig->shared_pending, sig);
	else
		sum_up_thread(p, sig);
	flush_sigqueue(&p->pending, sig);
	list_del_init(&p->thread_group);
	p->sighand = NULL;
	if (sig->group_exit_task)
		wake_up_process(sig->group_exit_task);	/* exec waits until the others are gone */
	spin_unlock_irq(&sighand->siglock);
	put_sighand(sighand);

	unhash_pid(p);
	if (p == p->group_leader) {
		list_del_init(&p->tasks);
		list_del_init(&p->sibling);
		return false;
	}
	return p->group_leader->exit_state == EXIT_ZOMBIE && list_is_singular(&sig->threads);
}

/* The whole group of @leader is gone. True: nobody will wait, so the caller releases it. => tasklist_lock held */
static bool notify_group_end(struct task_struct *leader)
{
	bool unwanted = leader->exit_signal == -1 || parent_wants_no_zombie(leader);

	if (unwanted)
		leader->exit_state = EXIT_DEAD;
	if (leader->exit_signal != -1)
		do_notify_parent(leader, leader->exit_signal);
	return unwanted;
}

/*
 * Forget @p, which is EXIT_DEAD: no list knows it afterwards.
 * => tasklist_lock not held; @p may be the current task itself, on its way out
 */
void release_task(struct task_struct *p)
{
	while (p) {
		struct task_struct *leader = p->group_leader, *next = NULL;
		struct signal_struct *sig = p->signal;

		spin_lock(&tasklist_lock);
		if (unlink_task(p) && notify_group_end(leader))
			next = leader;
		p->signal = NULL;
		spin_unlock(&tasklist_lock);
		put_signal(sig);
		put_task_struct(p);
		p = next;
	}
}

/* ---- the parts of do_exit ---- */

/*
 * The current task leaves its address space, by exit or exec: who waits for that is told.
 * => the mm is still current->mm; may sleep
 */
void mm_release(struct task_struct *p)
{
	exit_robust_list(p);
	if (p->clear_child_tid && p->mm && atomic_read(&p->mm->mm_users) > 1 && !put_user(0, p->clear_child_tid))
		futex_wake_clear_tid(p->clear_child_tid);
	p->clear_child_tid = NULL;
	spin_lock(&p->alloc_lock);
	if (p->vfork_done)
		complete(p->vfork_done);
	p->vfork_done = NULL;
	spin_unlock(&p->alloc_lock);
}

/* The current task lives without user memory from now on. => may sleep */
void exit_mm(void)
{
	struct mm_struct *mm = current->mm;

	mm_release(current);
	if (!mm)
		return;
	spin_lock_irq(&current->sighand->siglock);
	current->signal->maxrss = max(current->signal->maxrss, max(mm->hiwater_rss, get_mm_rss(mm)));
	spin_unlock_irq(&current->sighand->siglock);
	atomic_inc(&mm->mm_count);	/* active_mm: the page tables stay loaded for a while */
	spin_lock(&current->alloc_lock);
	current->mm = NULL;
	spin_unlock(&current->alloc_lock);
	mmput(mm);
}

static void exit_files_and_fs(void)
{
	struct files_struct *files = current->files;
	struct fs_struct *fs = current->fs;

	spin_lock(&current->alloc_lock);
	current->files = NULL;
	current->fs = NULL;
	spin_unlock(&current->alloc_lock);
	if (files)
		put_files_struct(files);
	if (fs)
		put_fs_struct(fs);
}

/* A child's parent died. => tasklist_lock held */
static void reparent(struct task_struct *child, struct task_struct *father, struct list_head *dead)
{
	struct task_struct *t;

	for_each_thread(child, t) {
		t->parent = child_reaper;
		if (t->pdeath_signal)
			group_send_sig_info(t->pdeath_signal, SEND_SIG_PRIV, t);
	}
	if (child->exit_signal != -1)
		child->exit_signal = SIGCHLD;
	list_move_tail(&child->sibling, &child_reaper->children);
	if (child->exit_state == EXIT_ZOMBIE && list_is_singular(&child->signal->threads) && notify_group_end(child))
		list_move(&child->sibling, dead);
	if (child->signal->pgrp != father->signal->pgrp && child->signal->session == father->signal->session)
		kill_orphaned_pgrp(child->signal->pgrp, NULL);
}

/* The last thread of a group goes: its children get a new parent. => tasklist_lock held */
static void exit_group_notify(struct task_struct *leader, struct list_head *dead)
{
	struct task_struct *child, *next;
	struct signal_struct *sig = leader->signal;

	list_for_each_entry_safe(child, next, &leader->children, sibling)
		reparent(child, leader, dead);
	if (leader->parent->signal->pgrp != sig->pgrp && leader->parent->signal->session == sig->session)
		kill_orphaned_pgrp(sig->pgrp, leader);
}

static void exit_notify(bool group_dead)
{
	struct task_struct *p = current, *child, *next;
	LIST_HEAD(dead);
	bool release;

	spin_lock(&tasklist_lock);
	if (group_dead)
		exit_group_notify(p->group_leader, &dead);
	if (p == p->group_leader) {
		p->exit_state = EXIT_ZOMBIE;
		if (p->signal->group_exit_task)
			wake_up_process(p->signal->group_exit_task);
		release = list_is_singular(&p->signal->threads) && notify_group_end(p);
	} else {
		p->exit_state = EXIT_DEAD;
		release = true;
	}
	spin_unlock(&tasklist_lock);

	list_for_each_entry_safe(child, next, &dead, sibling)
		release_task(child);
	if (release)
		release_task(p);
}

static void check_exit(long code)
{
	if (unlikely(in_interrupt()))
		panic("exit in an interrupt");
	if (unlikely(!current->pid))
		panic("the idle task wants to exit");
	if (unlikely(current->flags & PF_EXITING)) {
		printk(KERN_ALERT "pid %d (%s): fault while exiting\n", current->pid, current->comm);
		__set_current_state(TASK_UNINTERRUPTIBLE);
		schedule();
		BUG();
	}
	if (unlikely(current->signal == child_reaper->signal && atomic_read(&current->signal->live) == 1))
		panic("init is gone (status 0x%lx)", current->signal->group_exit ? (long)current->signal->group_exit_code : code);
}

/* The current thread ends with wait status @code. => process context, no lock held */
void do_exit(long code)
{
	struct signal_struct *sig = current->signal;
	bool group_dead;

	check_exit(code);
	if (signal_exiting(current)) {
		spin_lock(&tasklist_lock);
		notify_parent_of_stop(current, CLD_STOPPED);
		spin_unlock(&tasklist_lock);
	}
	current->exit_code = (int)code;
	exit_mm();
	group_dead = atomic_dec_and_test(&sig->live);
	if (group_dead)
		del_timer_sync(&sig->real_timer);
	exit_files_and_fs();
	if (group_dead && sig->leader_of_session)
		disassociate_ctty(true);
	exit_notify(group_dead);
	current->state = TASK_DEAD;
	schedule();
	BUG();
}

/* The whole process ends with wait status @code, unless it is ending already. => as do_exit */
void do_group_exit(int code)
{
	struct signal_struct *sig = current->signal;

	spin_lock_irq(&current->sighand->siglock);
	if (sig->group_exit) {
		code = sig->group_exit_code;
	} else if (sig->group_exit_task) {
		code = 0;		/* exec in another thread: we only make room */
	} else {
		sig->group_exit = true;
		sig->group_exit_code = code;
		zap_other_threads(current);
	}
	spin_unlock_irq(&current->sighand->siglock);
	do_exit(code);
}

/* _exit(2) of one thread */
long sys_exit(int code)
{
	do_exit((code & 0xff) << 8);
}

/* exit_group(2) */
long sys_exit_group(int code)
{
	do_group_exit((code & 0xff) << 8);
}
