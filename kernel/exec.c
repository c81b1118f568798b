/*
 * exec.c: a task becomes another program.
 *
 * Owns:   the steps of execve up to and beyond the point of no return; the end of the other threads.
 * Locks:  tasklist_lock and siglock in de_thread(); the rest works on the current task.
 * Read next: binfmts.h, binfmt_elf.c, binfmt_script.c.
 *
 *	open ─► new mm with a stack ─► strings onto it ─► the format checks the file ─► flush_old_exec:
 *	other threads end ─► old mm goes, new one is loaded ─► handlers, close-on-exec, names ─► the format maps the file
 */
#include "kernel/arch.h"
#include "kernel/binfmts.h"
#include "kernel/pid.h"
#include "kernel/syscalls.h"
#include "kernel/uaccess.h"
#include "kernel/lib/string.h"
#include "kernel/fs/fs.h"
#include "mm/mm.h"
#include "mm/pagemap.h"
#include "mm/slab.h"

/* Where argv and envp come from. */
struct arg_source {
	const char *const *v;		/* pointers and strings of a user, or of the kernel */
	bool kernel;
};

/* ---- strings ---- */

/* Pointer @i of the vector; a NULL vector is an empty one. 0 or -EFAULT */
static int get_arg(const struct arg_source *src, int i, const char **arg)
{
	*arg = NULL;
	if (!src->v)
		return 0;
	if (src->kernel)
		*arg = src->v[i];
	else if (get_user(*arg, (const char __user *const __user *)src->v + i))
		return -EFAULT;
	return 0;
}

/* How many there are; -E2BIG if their pointers alone are too many. */
static int count_args(const struct arg_source *src)
{
	const char *arg;

	for (int i = 0; i < MAX_ARG_STRLEN; i++) {
		int err = get_arg(src, i, &arg);

		if (err)
			return err;
		if (!arg)
			return i;
		if (!(i & 1023) && signal_pending(current) && fatal_signal_pending(current))
			return -ERESTARTNOHAND;
	}
	return -E2BIG;
}

/* May @len more bytes go onto the new stack, beside the pointers? A quarter of the stack's limit, at least ARG_MAX. */
static bool fits(const struct linux_binprm *bprm, size_t len)
{
	unsigned long limit = max(min(rlimit(RLIMIT_STACK) / 4, 6UL << 20), (unsigned long)ARG_MAX);
	unsigned long used = STACK_TOP - bprm->p + (unsigned long)(bprm->argc + bprm->envc) * sizeof(long);

	return len <= MAX_ARG_STRLEN && used + len <= limit;
}

/* @len bytes (NUL included) below bprm->p. */
static int push_bytes(struct linux_binprm *bprm, const char *s, size_t len, bool kernel, char *bounce)
{
	unsigned long pos;

	if (!fits(bprm, len))
		return -E2BIG;
	bprm->p -= len;
	for (pos = bprm->p; len;) {
		size_t n = min_t(size_t, len, PAGE_SIZE);
		int err;

		if (!kernel && copy_from_user(bounce, s, n))
			return -EFAULT;
		err = copy_to_mm(bprm->mm, pos, kernel ? s : bounce, n);
		if (err)
			return err;
		pos += n;
		s += n;
		len -= n;
	}
	/* Another thread may have changed the string since it was measured. */
	return kernel ? 0 : copy_to_mm(bprm->mm, pos - 1, "", 1);
}

/* All strings of a vector, last one first, so that the first stands lowest. */
static int push_strings(struct linux_binprm *bprm, const struct arg_source *src, int n)
{
	char *bounce = (char *)__get_free_page(GFP_KERNEL);
	int err = bounce ? 0 : -ENOMEM;

	while (!err && n-- > 0) {
		const char *s;
		long len;

		err = get_arg(src, n, &s);
		if (err)
			break;
		len = src->kernel ? (long)strlen(s) + 1 : strnlen_user((const char __user *)s, MAX_ARG_STRLEN);
		if (!len) {
			err = -EFAULT;
			break;
		}
		err = push_bytes(bprm, s, (size_t)len, src->kernel, bounce);
		bprm->arg0_len = (size_t)len;
		cond_resched();
	}
	free_page((unsigned long)bounce);
	return err;
}

/* => binfmts.h */
int bprm_push_string(struct linux_binprm *bprm, const char *s)
{
	size_t len = strlen(s) + 1;
	int err = push_bytes(bprm, s, len, true, NULL);

	bprm->arg0_len = len;
	bprm->argc++;
	return err;
}

/* => argc is not 0 */
void bprm_pop_arg0(struct linux_binprm *bprm)
{
	bprm->p += bprm->arg0_len;
	bprm->argc--;
}

/* ---- the file ---- */

/* => binfmts.h; what was executed before may be written again */
int bprm_set_file(struct linux_binprm *bprm, struct file *file)
{
	struct inode *inode = file->f_dentry->d_inode;
	ssize_t n;

	if (bprm->file) {
		allow_write_access(bprm->file);
		fput(bprm->file);
	}
	bprm->file = file;
	bprm->e_uid = current->euid;
	bprm->e_gid = current->egid;
	if (inode->i_mode & S_ISUID)
		bprm->e_uid = inode->i_uid;
	if ((inode->i_mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP))
		bprm->e_gid = inode->i_gid;
	memset(bprm->buf, 0, sizeof(bprm->buf));
	n = kernel_read(file, 0, bprm->buf, sizeof(bprm->buf));
	return n < 0 ? (int)n : 0;
}

/* Load it by whichever format knows it. 0, -ENOEXEC, or why not */
int search_binary_handler(struct linux_binprm *bprm)
{
	int err = load_elf_binary(bprm);

	return err == -ENOEXEC && !bprm->committed ? load_script(bprm) : err;
}

/* ---- the end of the other threads ---- */

/* Are we alone, but for a leader that is only a zombie any more? */
static bool others_are_gone(void)
{
	struct task_struct *leader = current->group_leader;
	struct list_head *threads = &current->signal->threads;
	bool gone;

	spin_lock(&tasklist_lock);
	if (leader == current)
		gone = list_is_singular(threads);
	else	/* two entries, and the leader ended */
		gone = leader->exit_state && threads->next->next->next == threads;
	spin_unlock(&tasklist_lock);
	return gone;
}

/* Pid, place in the lists, children and parent of the old leader become ours; it becomes a thread that has ended. */
static void become_leader(struct task_struct *leader)
{
	struct task_struct *me = current, *child;
	pid_t tid = me->pid;

	unhash_pid(leader);
	unhash_pid(me);
	me->pid = leader->pid;
	leader->pid = tid;
	hash_pid(me);
	hash_pid(leader);

	list_replace(&leader->tasks, &me->tasks);
	INIT_LIST_HEAD(&leader->tasks);
	list_replace(&leader->sibling, &me->sibling);
	INIT_LIST_HEAD(&leader->sibling);
	list_splice_init(&leader->children, &me->children);
	list_for_each_entry(child, &me->children, sibling) {
		struct task_struct *t;

		for_each_thread(child, t)
			t->parent = me;
	}
	me->parent = leader->parent;
	me->start_time = leader->start_time;
	me->group_leader = me;
	leader->group_leader = me;
	leader->exit_state = EXIT_DEAD;
	leader->exit_signal = -1;
	me->signal->leader = me;
	if (child_reaper == leader)
		child_reaper = me;
}

/* Kill all other threads and wait until they are gone. 0, or -EAGAIN if the group is ending already. */
static int de_thread(void)
{
	struct signal_struct *sig = current->signal;
	struct task_struct *leader = NULL;

	spin_lock_irq(&current->sighand->siglock);
	if (sig->group_exit || sig->group_exit_task) {
		spin_unlock_irq(&current->sighand->siglock);
		return -EAGAIN;
	}
	sig->group_exit_task = current;
	zap_other_threads(current);
	spin_unlock_irq(&current->sighand->siglock);
	for (;;) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		if (others_are_gone())
			break;
		schedule();		/* release_task and exit_notify wake us */
	}
	__set_current_state(TASK_RUNNING);

	spin_lock(&tasklist_lock);
	spin_lock_irq(&current->sighand->siglock);
	if (current->group_leader != current) {
		leader = current->group_leader;
		become_leader(leader);
	}
	current->exit_signal = SIGCHLD;
	sig->group_exit_task = NULL;
	spin_unlock_irq(&current->sighand->siglock);
	spin_unlock(&tasklist_lock);
	if (leader)
		release_task(leader);
	return 0;
}

/* ---- the point of no return ---- */

/* The new mm is ours and loaded; the old one loses a user. */
static void exec_mmap(struct mm_struct *mm)
{
	struct task_struct *me = current;
	struct mm_struct *old = me->mm, *active = me->active_mm;

	mm_release(me);
	spin_lock(&me->alloc_lock);
	local_irq_disable();
	me->mm = me->active_mm = mm;
	switch_mm(active, mm, me);
	local_irq_enable();
	spin_unlock(&me->alloc_lock);
	if (old) {
		me->signal->maxrss = max(me->signal->maxrss, max(old->hiwater_rss, get_mm_rss(old)));
		mmput(old);
	} else {
		mmdrop(active);		/* a kernel thread had only borrowed it */
	}
}

static void set_credentials(struct linux_binprm *bprm)
{
	if (bprm->e_uid != current->uid || bprm->e_gid != current->gid)
		current->pdeath_signal = 0;
	current->euid = current->suid = current->fsuid = bprm->e_uid;
	current->egid = current->sgid = current->fsgid = bprm->e_gid;
}

/* => binfmts.h: everything of the old program that a new one does not inherit is gone */
int flush_old_exec(struct linux_binprm *bprm)
{
	const char *base = strrchr(bprm->filename, '/');
	int err = unshare_files();		/* nothing before this: an exec that fails leaves all as it was */

	if (!err)
		err = de_thread();
	if (err)
		return err;
	bprm->committed = true;
	err = unshare_sighand();
	if (err)
		return err;
	get_file(bprm->file);
	deny_write_access(bprm->file);	/* once more, for the mm: cannot fail while we deny it */
	bprm->mm->exe_file = bprm->file;
	set_credentials(bprm);			/* before others can see the new memory: whose it is */
	exec_mmap(bprm->mm);
	bprm->mm = NULL;

	current->flags &= ~(PF_FORKNOEXEC | PF_KTHREAD);
	flush_thread();
	set_task_comm(current, base ? base + 1 : bprm->filename);
	spin_lock_irq(&current->sighand->siglock);
	flush_signal_handlers(current, false);
	spin_unlock_irq(&current->sighand->siglock);
	current->sas_ss_sp = 0;
	current->sas_ss_size = 0;
	current->restart_block.fn = NULL;
	close_on_exec_files(current->files);
	return 0;
}

/* ---- execve ---- */

/* The stack's strings: path, environment, arguments. */
static int fill_stack(struct linux_binprm *bprm, const struct arg_source *argv, const struct arg_source *envp)
{
	int err = bprm->argc = count_args(argv);

	if (err < 0)
		return err;
	err = bprm->envc = count_args(envp);
	if (err < 0)
		return err;
	bprm->p = STACK_TOP - sizeof(long);
	err = setup_arg_pages_vma(bprm->mm, STACK_TOP, 0);
	if (!err)
		err = push_bytes(bprm, bprm->filename, strlen(bprm->filename) + 1, true, NULL);
	bprm->exec = bprm->p;
	if (!err)
		err = push_strings(bprm, envp, bprm->envc);
	if (!err)
		err = push_strings(bprm, argv, bprm->argc);
	if (!err && !bprm->argc)
		err = bprm_push_string(bprm, "");	/* programs rely on argv[0] */
	return err;
}

static int exec_file(struct linux_binprm *bprm, const struct arg_source *argv, const struct arg_source *envp)
{
	struct file *file = open_exec(bprm->filename);
	int err;

	if (IS_ERR(file))
		return (int)PTR_ERR(file);
	err = bprm_set_file(bprm, file);
	if (err)
		return err;
	bprm->mm = mm_alloc();
	if (!bprm->mm)
		return -ENOMEM;
	err = fill_stack(bprm, argv, envp);
	return err ? err : search_binary_handler(bprm);
}

static int do_exec(const char *filename, const struct arg_source *argv, const struct arg_source *envp)
{
	struct linux_binprm *bprm = kzalloc(sizeof(*bprm), GFP_KERNEL);
	int err = bprm ? 0 : -ENOMEM;

	if (!err) {
		bprm->filename = filename;
		strlcpy(bprm->interp, filename, sizeof(bprm->interp));
		err = exec_file(bprm, argv, envp);
		if (err && bprm->committed)
			force_sig(SIGKILL, current);	/* there is nothing to return to */
		if (bprm->file) {
			allow_write_access(bprm->file);
			fput(bprm->file);
		}
		if (bprm->mm)
			mmput(bprm->mm);
	}
	kfree(bprm);
	return err;
}

/* execve with a user's vectors. 0: the registers on the stack's top are the new program's; or -errno */
int do_execve(const char *filename, const char __user *const __user *argv, const char __user *const __user *envp)
{
	struct arg_source a = { (const char *const *)argv, false }, e = { (const char *const *)envp, false };

	return do_exec(filename, &a, &e);
}

/* execve with the kernel's vectors, for a kernel thread that becomes the first program. => return_to_user() after 0 */
int kernel_execve(const char *filename, const char *const argv[], const char *const envp[])
{
	struct arg_source a = { argv, true }, e = { envp, true };

	return do_exec(filename, &a, &e);
}

/* execve(2) */
long sys_execve(const char __user *filename, const char __user *const __user *argv, const char __user *const __user *envp)
{
	char *name = getname(filename);
	int err;

	if (IS_ERR(name))
		return PTR_ERR(name);
	err = do_execve(name, argv, envp);
	putname(name);
	return err;
}
