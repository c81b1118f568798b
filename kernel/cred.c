/*
 * cred.c: who a task is: user and group ids, process groups, sessions.
 *
 * Owns:   the uid and gid fields of the current task; pgrp and session of processes.
 * Locks:  ids are the task's own; groups and sessions under tasklist_lock.
 *
 * There are no capabilities: an effective uid of 0 may do everything. No supplementary groups either.
 */
#include "kernel/pid.h"
#include "kernel/syscalls.h"
#include "kernel/uaccess.h"
#include "kernel/uapi/errno.h"
#include "kernel/uapi/limits.h"

#define KEEP	((uid_t)-1)		/* in set*uid calls: leave it */

/* getpid(2) */
long sys_getpid(void) { return current->tgid; }
/* gettid(2) */
long sys_gettid(void) { return current->pid; }
/* getuid(2) */
long sys_getuid(void) { return current->uid; }
/* geteuid(2) */
long sys_geteuid(void) { return current->euid; }
/* getgid(2) */
long sys_getgid(void) { return current->gid; }
/* getegid(2) */
long sys_getegid(void) { return current->egid; }

/* getppid(2) */
long sys_getppid(void)
{
	long pid;

	spin_lock(&tasklist_lock);
	pid = current->group_leader->parent->tgid;
	spin_unlock(&tasklist_lock);
	return pid;
}

static bool is_own_uid(uid_t id)
{
	return id == current->uid || id == current->euid || id == current->suid;
}

static bool is_own_gid(gid_t id)
{
	return id == current->gid || id == current->egid || id == current->sgid;
}

/* setuid(2): root changes all, others go back to their real or saved one. */
long sys_setuid(uid_t uid)
{
	if (capable_root())
		current->uid = current->suid = uid;
	else if (uid != current->uid && uid != current->suid)
		return -EPERM;
	current->euid = current->fsuid = uid;
	return 0;
}

/* setgid(2) */
long sys_setgid(gid_t gid)
{
	if (capable_root())
		current->gid = current->sgid = gid;
	else if (gid != current->gid && gid != current->sgid)
		return -EPERM;
	current->egid = current->fsgid = gid;
	return 0;
}

/* setresuid(2) */
long sys_setresuid(uid_t ruid, uid_t euid, uid_t suid)
{
	if (!capable_root() && ((ruid != KEEP && !is_own_uid(ruid)) || (euid != KEEP && !is_own_uid(euid)) ||
				(suid != KEEP && !is_own_uid(suid))))
		return -EPERM;
	if (ruid != KEEP)
		current->uid = ruid;
	if (euid != KEEP)
		current->euid = euid;
	if (suid != KEEP)
		current->suid = suid;
	current->fsuid = current->euid;
	return 0;
}

/* setresgid(2) */
long sys_setresgid(gid_t rgid, gid_t egid, gid_t sgid)
{
	if (!capable_root() && ((rgid != KEEP && !is_own_gid(rgid)) || (egid != KEEP && !is_own_gid(egid)) ||
				(sgid != KEEP && !is_own_gid(sgid))))
		return -EPERM;
	if (rgid != KEEP)
		current->gid = rgid;
	if (egid != KEEP)
		current->egid = egid;
	if (sgid != KEEP)
		current->sgid = sgid;
	current->fsgid = current->egid;
	return 0;
}

/* setreuid(2): the saved id follows the effective one if the real one was set, or the effective one left it. */
long sys_setreuid(uid_t ruid, uid_t euid)
{
	uid_t old = current->uid, suid = current->suid;

	if (!capable_root() && ruid != KEEP && ruid != current->uid && ruid != current->euid)
		return -EPERM;
	if (!capable_root() && euid != KEEP && !is_own_uid(euid))
		return -EPERM;
	if (ruid != KEEP || (euid != KEEP && euid != old))
		suid = euid != KEEP ? euid : current->euid;
	if (ruid != KEEP)
		current->uid = ruid;
	if (euid != KEEP)
		current->euid = euid;
	current->suid = suid;
	current->fsuid = current->euid;
	return 0;
}

/* setregid(2) */
long sys_setregid(gid_t rgid, gid_t egid)
{
	gid_t old = current->gid, sgid = current->sgid;

	if (!capable_root() && rgid != KEEP && rgid != current->gid && rgid != current->egid)
		return -EPERM;
	if (!capable_root() && egid != KEEP && !is_own_gid(egid))
		return -EPERM;
	if (rgid != KEEP || (egid != KEEP && egid != old))
		sgid = egid != KEEP ? egid : current->egid;
	if (rgid != KEEP)
		current->gid = rgid;
	if (egid != KEEP)
		current->egid = egid;
	current->sgid = sgid;
	current->fsgid = current->egid;
	return 0;
}

/* getresuid(2) */
long sys_getresuid(uid_t __user *ruid, uid_t __user *euid, uid_t __user *suid)
{
	return put_user(current->uid, ruid) || put_user(current->euid, euid) || put_user(current->suid, suid) ? -EFAULT : 0;
}

/* getresgid(2) */
long sys_getresgid(gid_t __user *rgid, gid_t __user *egid, gid_t __user *sgid)
{
	return put_user(current->gid, rgid) || put_user(current->egid, egid) || put_user(current->sgid, sgid) ? -EFAULT : 0;
}

/* setfsuid(2): the old one; it never fails. */
long sys_setfsuid(uid_t uid)
{
	uid_t old = current->fsuid;

	if (capable_root() || is_own_uid(uid) || uid == old)
		current->fsuid = uid;
	return old;
}

/* setfsgid(2) */
long sys_setfsgid(gid_t gid)
{
	gid_t old = current->fsgid;

	if (capable_root() || is_own_gid(gid) || gid == old)
		current->fsgid = gid;
	return old;
}

/* getgroups(2): none. */
long sys_getgroups(int size, gid_t __user *list)
{
	return size < 0 ? -EINVAL : 0;
}

/* setgroups(2): only the empty set can be had, but root's programs set theirs without need. */
long sys_setgroups(int size, const gid_t __user *list)
{
	gid_t gid __unused;

	if (!capable_root())
		return -EPERM;
	if (size < 0 || size > NGROUPS_MAX)
		return -EINVAL;
	for (int i = 0; i < size; i++)
		if (get_user(gid, list + i))
			return -EFAULT;
	return 0;
}

/* ---- process groups and sessions ---- */

/* Who may be moved where; see setpgid(2). => tasklist_lock held */
static int check_setpgid(struct task_struct *p, pid_t pgid)
{
	struct task_struct *me = current->group_leader;

	if (!p || p != p->group_leader)
		return p ? -EINVAL : -ESRCH;
	if (p->parent == me && p != me) {
		if (p->signal->session != me->signal->session)
			return -EPERM;
		if (!(p->flags & PF_FORKNOEXEC))
			return -EACCES;
	} else if (p != me) {
		return -ESRCH;
	}
	if (p->signal->leader_of_session)
		return -EPERM;
	return pgid != p->pid && !pgrp_in_session(pgid, me->signal->session) ? -EPERM : 0;
}

/* setpgid(2) */
long sys_setpgid(pid_t pid, pid_t pgid)
{
	struct task_struct *p;
	int err;

	if (!pid)
		pid = current->tgid;
	if (!pgid)
		pgid = pid;
	if (pgid < 0)
		return -EINVAL;
	spin_lock(&tasklist_lock);
	p = find_task_by_pid(pid);
	err = check_setpgid(p, pgid);
	if (!err)
		p->signal->pgrp = pgid;
	spin_unlock(&tasklist_lock);
	return err;
}

/* The group or session of a process; 0: ours. */
static long get_group(pid_t pid, bool session)
{
	struct task_struct *p;
	long id = -ESRCH;

	spin_lock(&tasklist_lock);
	p = pid ? find_task_by_pid(pid) : current;
	if (p)
		id = session ? p->signal->session : p->signal->pgrp;
	spin_unlock(&tasklist_lock);
	return id;
}

/* getpgid(2) */
long sys_getpgid(pid_t pid) { return get_group(pid, false); }
/* getpgrp(2) */
long sys_getpgrp(void) { return get_group(0, false); }
/* getsid(2) */
long sys_getsid(pid_t pid) { return get_group(pid, true); }

/* setsid(2): a session and a group of our own, without a terminal. */
long sys_setsid(void)
{
	struct signal_struct *sig = current->signal;
	struct task_struct *p;
	long err = current->tgid;

	spin_lock(&tasklist_lock);
	if (sig->leader_of_session)
		err = -EPERM;
	for_each_process(p)
		if (p->signal->pgrp == current->tgid)
			err = -EPERM;
	if (err > 0) {
		spin_lock_irq(&current->sighand->siglock);
		sig->leader_of_session = true;
		sig->tty = NULL;
		sig->session = sig->pgrp = current->tgid;
		spin_unlock_irq(&current->sighand->siglock);
	}
	spin_unlock(&tasklist_lock);
	return err;
}
