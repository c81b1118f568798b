/*
 * fork.c: making tasks.
 *
 * Owns:   the caches of task, signal and sighand structures, the stock of kernel stacks, the limit of tasks.
 * Locks:  tasklist_lock where the child becomes visible; stack_lock for the stacks that wait for a user.
 * Read next: the arch's copy_thread; mm/mmap.c:dup_mm; exit.c.
 *
 *	copy_process: structure and stack ─► files, fs, signals, mm, registers (each undone in reverse on failure) ─►
 *	pid, parent, lists: visible ─► wake_up_new_task ─► ret_from_fork ─► schedule_tail ─► user mode
 *
 * A kernel thread is made after the pattern of init_task, whoever asks for it, so it inherits nothing of a user.
 */
#include "kernel/arch.h"
#include "kernel/pid.h"
#include "kernel/syscalls.h"
#include "kernel/sched_internal.h"
#include "kernel/lockdep.h"
#include "kernel/lib/string.h"
#include "kernel/fs/fs.h"
#include "kernel/uaccess.h"
#include "kernel/workqueue.h"
#include "kernel/uapi/sched.h"
#include "mm/mm.h"
#include "mm/slab.h"
#include "mm/vmalloc.h"

int max_threads;
struct task_struct *child_reaper = &init_task;

static struct kmem_cache *task_cache, *signal_cache, *sighand_cache;

/* ---- kernel stacks: vmalloc'ed with guard pages; some are kept, since mapping and unmapping cost ---- */

/* A stack that nobody stands on holds its own link. */
struct spare_stack { struct spare_stack *next; };

static DEFINE_SPINLOCK(stack_lock, RANK_IRQ_LEAF);
static struct spare_stack *spare_stacks, *dead_stacks;	/* [stack_lock] to be used again; to be unmapped by the work */
static int nr_spare_stacks, max_spare_stacks = 4;	/* [stack_lock] */

static void free_dead_stacks(struct work_struct *work)
{
	struct spare_stack *s, *next;

	spin_lock_irq(&stack_lock);
	s = dead_stacks;
	dead_stacks = NULL;
	spin_unlock_irq(&stack_lock);
	for (; s; s = next) {
		next = s->next;
		vfree(s);
	}
}

static struct work_struct dead_stack_work = {
	.entry = LIST_HEAD_INIT(dead_stack_work.entry), .func = free_dead_stacks
};

/* STACK_SIZE bytes, guarded on both sides; NULL. => may sleep */
void *alloc_kernel_stack(void)
{
	struct spare_stack *s;
	unsigned long flags;

	spin_lock_irqsave(&stack_lock, flags);
	s = spare_stacks;
	if (s) {
		spare_stacks = s->next;
		nr_spare_stacks--;
	}
	spin_unlock_irqrestore(&stack_lock, flags);
	return s ? s : __vmalloc_area(STACK_SIZE, STACK_SIZE, GFP_KERNEL, PAGE_KERNEL, VM_STACK_AREA);
}

/* => any context; nobody stands on it */
void free_kernel_stack(void *stack)
{
	struct spare_stack *s = stack;
	unsigned long flags;
	bool keep;

	spin_lock_irqsave(&stack_lock, flags);
	keep = nr_spare_stacks < max_spare_stacks;
	if (keep) {
		s->next = spare_stacks;
		spare_stacks = s;
		nr_spare_stacks++;
	} else {
		s->next = dead_stacks;
		dead_stacks = s;
	}
	spin_unlock_irqrestore(&stack_lock, flags);
	if (!keep)
		schedule_work(&dead_stack_work);	/* unmapping is not for any context */
}

/* The stacks that are kept go, too, by work that is queued now. => process context */
void drop_spare_stacks(void)
{
	struct spare_stack *last;

	spin_lock_irq(&stack_lock);
	last = spare_stacks;
	while (last && last->next)
		last = last->next;
	if (last) {
		last->next = dead_stacks;
		dead_stacks = spare_stacks;
	}
	spare_stacks = NULL;
	nr_spare_stacks = 0;
	spin_unlock_irq(&stack_lock);
	schedule_work(&dead_stack_work);
}

/* ---- structures ---- */

/* Stays usable as a lock while its memory is a sighand's at all: see lock_task_sighand. */
static void sighand_ctor(void *obj, struct kmem_cache *cache, unsigned long flags)
{
	struct sighand_struct *sighand = obj;

	spin_lock_init(&sighand->siglock, RANK_SIGHAND);
}

/* Caches, and how many tasks there may be: at most an eighth of memory for their stacks. */
void __init fork_init(void)
{
	task_cache = kmem_cache_create("task_struct", sizeof(struct task_struct), _Alignof(struct task_struct),
				       SLAB_HWCACHE_ALIGN | SLAB_PANIC, NULL, NULL);
	signal_cache = kmem_cache_create("signal_cache", sizeof(struct signal_struct), 0, SLAB_PANIC, NULL, NULL);
	sighand_cache = kmem_cache_create("sighand_cache", sizeof(struct sighand_struct), 0,
					  SLAB_DESTROY_BY_RCU | SLAB_PANIC, sighand_ctor, NULL);
	max_threads = (int)min(totalram_pages / (8 * STACK_SIZE / PAGE_SIZE), (unsigned long)PID_MAX / 2);
	max_threads = max(max_threads, 20);
	max_spare_stacks = min(max_threads / 16 + 2, 32);
	init_task.signal->rlim[RLIMIT_NPROC].rlim_cur = init_task.signal->rlim[RLIMIT_NPROC].rlim_max =
		(unsigned long)max_threads / 2;
	init_task.signal->rlim[RLIMIT_SIGPENDING] = init_task.signal->rlim[RLIMIT_NPROC];
}

static void free_task(struct rcu_head *head)
{
	kmem_cache_free(task_cache, container_of(head, struct task_struct, rcu));
}

/*
 * Drop a reference; the last frees, a grace period later: who woke the task has interrupts off and may not have
 * released its pi_lock yet.
 * => any context; the task runs nowhere then, and its parent has forgotten it
 */
void put_task_struct(struct task_struct *t)
{
	if (!atomic_dec_and_test(&t->usage))
		return;
	ASSERT(t != current && !t->stack);
	exit_thread(t);
	call_rcu(&t->rcu, free_task);
}

/* A copy of @orig with a stack of its own; NULL. */
static struct task_struct *dup_task_struct(struct task_struct *orig)
{
	struct task_struct *p = kmem_cache_alloc(task_cache, GFP_KERNEL);
	void *stack = p ? alloc_kernel_stack() : NULL;

	if (!stack) {
		if (p)
			kmem_cache_free(task_cache, p);
		return NULL;
	}
	*p = *orig;
	p->stack = stack;
	atomic_set(&p->usage, 2);	/* one for who waits for it, one for itself until the last switch */
	return p;
}

static void free_task_early(struct task_struct *p)
{
	free_kernel_stack(p->stack);
	kmem_cache_free(task_cache, p);
}

/* What a child never inherits. */
static void reset_task(struct task_struct *p, unsigned long flags)
{
	p->flags &= ~(PF_MEMALLOC | PF_KSWAPD | PF_SWAPWRITE | PF_MEMDIE | PF_EXITING);
	p->flags |= PF_FORKNOEXEC;
	p->tif_flags = 0;
	p->exit_state = p->exit_code = p->pdeath_signal = 0;
	p->vfork_done = NULL;
	p->robust_list = NULL;
	p->min_flt = p->maj_flt = 0;
	p->reclaim_state = NULL;
	p->backing_dev_info = NULL;
	p->bio_list = NULL;
	p->link_count = p->race_slot = 0;
	p->pagefault_disabled = 0;
	p->fail_nth = 0;
	p->restart_block.fn = NULL;
	if ((flags & (CLONE_VM | CLONE_VFORK)) == CLONE_VM) {	/* the alternate stack is another thread's */
		p->sas_ss_sp = 0;
		p->sas_ss_size = 0;
	}
	lockdep_init_task(p);
	INIT_LIST_HEAD(&p->tasks);
	INIT_LIST_HEAD(&p->children);
	INIT_LIST_HEAD(&p->sibling);
	INIT_LIST_HEAD(&p->thread_group);
	INIT_LIST_HEAD(&p->pending.list);
	sigemptyset(&p->pending.signal);
	spin_lock_init(&p->alloc_lock, RANK_TASK);
}

static int copy_files(unsigned long flags, struct task_struct *p)
{
	int error = 0;

	if (!p->files)
		return 0;
	if (flags & CLONE_FILES) {
		atomic_inc(&p->files->count);
		return 0;
	}
	p->files = dup_files(p->files, &error);
	return p->files ? 0 : error;
}

static int copy_fs(unsigned long flags, struct task_struct *p)
{
	if (!p->fs)
		return 0;
	if (flags & CLONE_FS) {
		atomic_inc(&p->fs->count);
		return 0;
	}
	p->fs = copy_fs_struct(p->fs);
	return p->fs ? 0 : -ENOMEM;
}

static int copy_sighand(unsigned long flags, struct task_struct *p)
{
	struct sighand_struct *old = p->sighand, *new;

	if (flags & CLONE_SIGHAND) {
		atomic_inc(&old->count);
		return 0;
	}
	new = kmem_cache_alloc(sighand_cache, GFP_KERNEL);
	if (!new)
		return -ENOMEM;
	atomic_set(&new->count, 1);
	spin_lock_irq(&old->siglock);
	memcpy(new->action, old->action, sizeof(new->action));
	spin_unlock_irq(&old->siglock);
	p->sighand = new;
	return 0;
}

/* Drop a reference. => any context */
void put_sighand(struct sighand_struct *sighand)
{
	if (atomic_dec_and_test(&sighand->count))
		kmem_cache_free(sighand_cache, sighand);
}

/* exec: handlers of its own for the current task, if another process shares them. 0 or -ENOMEM */
int unshare_sighand(void)
{
	struct sighand_struct *old = current->sighand, *new;

	if (atomic_read(&old->count) == 1)
		return 0;
	new = kmem_cache_alloc(sighand_cache, GFP_KERNEL);
	if (!new)
		return -ENOMEM;
	atomic_set(&new->count, 1);
	spin_lock(&tasklist_lock);
	spin_lock_irq(&old->siglock);
	memcpy(new->action, old->action, sizeof(new->action));
	smp_store_release(&current->sighand, new);
	spin_unlock_irq(&old->siglock);
	spin_unlock(&tasklist_lock);
	put_sighand(old);
	return 0;
}

static int copy_signal(unsigned long flags, struct task_struct *p)
{
	struct signal_struct *old = p->signal, *sig;

	if (flags & CLONE_THREAD) {
		atomic_inc(&old->count);
		atomic_inc(&old->live);
		return 0;
	}
	sig = kmem_cache_zalloc(signal_cache, GFP_KERNEL);
	if (!sig)
		return -ENOMEM;
	atomic_set(&sig->count, 1);
	atomic_set(&sig->live, 1);
	INIT_LIST_HEAD(&sig->threads);
	INIT_LIST_HEAD(&sig->shared_pending.list);
	init_waitqueue_head(&sig->wait_chldexit);
	itimer_init(sig);
	sig->leader = p;
	spin_lock(&p->group_leader->alloc_lock);
	memcpy(sig->rlim, old->rlim, sizeof(sig->rlim));
	spin_unlock(&p->group_leader->alloc_lock);
	sig->oom_adj = old->oom_adj;
	sig->oom_score_adj = old->oom_score_adj;
	p->signal = sig;
	return 0;
}

/* Drop a reference. => any context */
void put_signal(struct signal_struct *sig)
{
	if (atomic_dec_and_test(&sig->count))
		kmem_cache_free(signal_cache, sig);
}

static int copy_mm(unsigned long flags, struct task_struct *p, struct task_struct *orig)
{
	p->mm = p->active_mm = NULL;
	if (!orig->mm)
		return 0;
	if (flags & CLONE_VM) {
		atomic_inc(&orig->mm->mm_users);
		p->mm = orig->mm;
	} else {
		p->mm = dup_mm(orig);
		if (!p->mm)
			return -ENOMEM;
	}
	p->active_mm = p->mm;
	return 0;
}

/* ---- copying ---- */

static int check_flags(unsigned long flags)
{
	if ((flags & CLONE_THREAD) && !(flags & CLONE_SIGHAND))
		return -EINVAL;
	if ((flags & CLONE_SIGHAND) && !(flags & CLONE_VM))
		return -EINVAL;
	if (flags & (CLONE_PIDFD | CLONE_NEWNS))
		return -EINVAL;
	if (flags & 0xfe000000)		/* namespaces and I/O contexts, which we have not */
		return -EINVAL;
	return 0;
}

/* Threads of the caller's user, against RLIMIT_NPROC. Root has no such limit. */
static int check_limits(void)
{
	unsigned long n = 0;
	struct task_struct *p, *t;

	if (nr_threads >= max_threads)
		return -EAGAIN;
	if (current->uid == 0 || capable_root())
		return 0;
	for_each_process(p)
		for_each_thread(p, t)
			n += t->uid == current->uid;
	return n >= rlimit(RLIMIT_NPROC) ? -EAGAIN : 0;
}

static void link_process(struct task_struct *p, unsigned long flags, struct task_struct *orig)
{
	struct task_struct *parent = orig->group_leader;

	p->group_leader = p;
	p->tgid = p->pid;
	if (flags & CLONE_PARENT)
		parent = orig->group_leader->parent;
	p->parent = parent;
	p->exit_signal = (int)(flags & CSIGNAL);
	if (flags & CLONE_PARENT)
		p->exit_signal = orig->group_leader->exit_signal;
	if (p->flags & PF_KTHREAD)
		p->exit_signal = -1;	/* nobody waits for it */
	p->signal->pgrp = orig->signal->pgrp;
	p->signal->session = orig->signal->session;
	p->signal->tty = orig->signal->tty;
	list_add_tail(&p->sibling, &parent->children);
	list_add_tail(&p->tasks, &task_list);
	list_add_tail(&p->thread_group, &p->signal->threads);
}

static void link_thread(struct task_struct *p, struct task_struct *orig)
{
	p->group_leader = orig->group_leader;
	p->tgid = orig->tgid;
	p->parent = orig->group_leader->parent;
	p->exit_signal = -1;
	list_add_tail(&p->thread_group, &p->signal->threads);
}

/*
 * The child becomes visible, or not: a signal to the group that came before must be taken by the parent first, or
 * the child would miss it.
 */
static int publish(struct task_struct *p, unsigned long flags, struct task_struct *orig)
{
	int err;

	spin_lock(&tasklist_lock);
	err = orig == current ? check_limits() : 0;
	spin_lock_irq(&orig->sighand->siglock);
	if (!err && orig == current && orig->mm) {
		recalc_sigpending();
		if (signal_pending(current) || ((flags & CLONE_THREAD) && orig->signal->group_exit))
			err = -ERESTARTNOINTR;
	}
	if (!err) {
		p->pid = alloc_pid();
		if (!p->pid)
			err = -EAGAIN;
	}
	if (!err) {
		if (flags & CLONE_THREAD)
			link_thread(p, orig);
		else
			link_process(p, flags, orig);
		hash_pid(p);
	}
	spin_unlock_irq(&orig->sighand->siglock);
	spin_unlock(&tasklist_lock);
	return err;
}

/* All that the child has of its own or shares; on failure nothing is left. */
static int copy_parts(struct task_struct *p, unsigned long flags, unsigned long stack, struct pt_regs *regs,
		      unsigned long tls, struct task_struct *orig, int (*fn)(void *), void *arg)
{
	int err = copy_files(flags, p);

	if (err)
		return err;
	err = copy_fs(flags, p);
	if (err)
		goto no_fs;
	err = copy_sighand(flags, p);
	if (err)
		goto no_sighand;
	err = copy_signal(flags, p);
	if (err)
		goto no_signal;
	err = copy_mm(flags, p, orig);
	if (err)
		goto no_mm;
	err = copy_thread(flags, stack, p, regs, tls, fn, arg);
	if (!err)
		return 0;
	if (p->mm)
		mmput(p->mm);
no_mm:
	if (flags & CLONE_THREAD)
		atomic_dec(&p->signal->live);
	put_signal(p->signal);
no_signal:
	put_sighand(p->sighand);
no_sighand:
	if (p->fs)
		put_fs_struct(p->fs);
no_fs:
	if (p->files)
		put_files_struct(p->files);
	return err;
}

static void drop_parts(struct task_struct *p, unsigned long flags)
{
	exit_thread(p);
	if (p->mm)
		mmput(p->mm);
	if (flags & CLONE_THREAD)
		atomic_dec(&p->signal->live);
	put_signal(p->signal);
	put_sighand(p->sighand);
	if (p->fs)
		put_fs_struct(p->fs);
	if (p->files)
		put_files_struct(p->files);
}

/*
 * A new task like @orig, visible but not yet running; ERR_PTR. @fn: a kernel thread.
 * => may sleep
 */
static struct task_struct *copy_process(unsigned long flags, unsigned long stack, struct pt_regs *regs,
					int __user *child_tid, unsigned long tls, struct task_struct *orig,
					int (*fn)(void *), void *arg)
{
	struct task_struct *p;
	int err = check_flags(flags);

	if (err)
		return ERR_PTR(err);
	if (READ_ONCE(nr_threads) >= max_threads && orig == current)
		return ERR_PTR(-EAGAIN);	/* cheaply; publish() decides */
	p = dup_task_struct(orig);
	if (!p)
		return ERR_PTR(-ENOMEM);
	reset_task(p, flags);
	p->set_child_tid = flags & CLONE_CHILD_SETTID ? child_tid : NULL;
	p->clear_child_tid = flags & CLONE_CHILD_CLEARTID ? child_tid : NULL;
	err = copy_parts(p, flags, stack, regs, tls, orig, fn, arg);
	if (err)
		goto free;
	sched_fork(p);
	err = publish(p, flags, orig);
	if (!err)
		return p;
	drop_parts(p, flags);
free:
	free_task_early(p);
	return ERR_PTR(err);
}

/* vfork: until the child leaves our memory, or a signal kills us: it may still be using it, but that is its business. */
static void wait_for_vfork_done(struct task_struct *child, struct completion *done)
{
	if (wait_for_completion_killable(done)) {	/* @done goes with our stack */
		spin_lock(&child->alloc_lock);
		child->vfork_done = NULL;
		spin_unlock(&child->alloc_lock);
	}
	put_task_struct(child);
}

/*
 * fork, vfork and clone: the child's pid, or -errno.
 * => @regs: the caller's, from its system call
 */
long do_fork(unsigned long flags, unsigned long stack, struct pt_regs *regs, int __user *parent_tid,
	     int __user *child_tid, unsigned long tls)
{
	struct completion vfork_done;
	struct task_struct *p = copy_process(flags, stack, regs, child_tid, tls, current, NULL, NULL);
	long pid;

	if (IS_ERR(p))
		return PTR_ERR(p);
	pid = p->pid;
	if ((flags & CLONE_PARENT_SETTID) && put_user((int)pid, parent_tid))
		parent_tid = NULL;	/* Linux lets it go, too: the child exists */
	if (flags & CLONE_VFORK) {
		init_completion(&vfork_done);
		p->vfork_done = &vfork_done;
		get_task_struct(p);
	}
	wake_up_new_task(p);
	if (flags & CLONE_VFORK)
		wait_for_vfork_done(p, &vfork_done);
	return pid;
}

/* clone(2); both machines have tls before child_tid. */
long sys_clone(unsigned long flags, unsigned long stack, int __user *parent_tid, unsigned long tls, int __user *child_tid)
{
	return do_fork(flags, stack, task_pt_regs(current), parent_tid, child_tid, tls);
}

/* fork(2) */
long sys_fork(void)
{
	return do_fork(SIGCHLD, 0, task_pt_regs(current), NULL, NULL, 0);
}

/* vfork(2) */
long sys_vfork(void)
{
	return do_fork(CLONE_VFORK | CLONE_VM | SIGCHLD, 0, task_pt_regs(current), NULL, NULL, 0);
}

/* set_tid_address(2) */
long sys_set_tid_address(int __user *tidptr)
{
	current->clear_child_tid = tidptr;
	return current->pid;
}

/* ---- kernel threads ---- */

static struct task_struct *new_kthread(int (*fn)(void *), void *arg, const char *fmt, __builtin_va_list args)
{
	char name[sizeof(current->comm)];
	struct task_struct *p;

	p = copy_process(CLONE_FS | CLONE_FILES, 0, NULL, NULL, 0, &init_task, fn, arg);
	if (IS_ERR(p))
		return p;
	vsnprintf(name, sizeof(name), fmt, args);
	set_task_comm(p, name);
	return p;
}

/* A kernel thread that waits for wake_up_process. ERR_PTR. => may sleep */
struct task_struct *kthread_create(int (*fn)(void *), void *arg, const char *fmt, ...)
{
	__builtin_va_list args;
	struct task_struct *p;

	__builtin_va_start(args, fmt);
	p = new_kthread(fn, arg, fmt, args);
	__builtin_va_end(args);
	return p;
}

/* A kernel thread that runs. ERR_PTR. => may sleep */
struct task_struct *kthread_run(int (*fn)(void *), void *arg, const char *fmt, ...)
{
	__builtin_va_list args;
	struct task_struct *p;

	__builtin_va_start(args, fmt);
	p = new_kthread(fn, arg, fmt, args);
	__builtin_va_end(args);
	if (!IS_ERR(p))
		wake_up_process(p);
	return p;
}

/* The idle task of a secondary CPU: never on a queue, on no list; NULL. => process context */
struct task_struct *__init fork_idle(int cpu)
{
	struct task_struct *p = dup_task_struct(&init_task);

	if (!p)
		return NULL;
	reset_task(p, 0);
	p->mm = NULL;
	sched_fork(p);
	p->state = TASK_RUNNING;
	p->cpu = cpu;
	p->group_leader = p;
	snprintf(p->comm, sizeof(p->comm), "swapper/%d", cpu);
	return p;
}

/* The name that ps shows. => process context */
void set_task_comm(struct task_struct *t, const char *name)
{
	spin_lock(&t->alloc_lock);
	strlcpy(t->comm, name, sizeof(t->comm));
	spin_unlock(&t->alloc_lock);
}

/* @t's address space, held by mmput; NULL. => any process context */
struct mm_struct *get_task_mm(struct task_struct *t)
{
	struct mm_struct *mm;

	spin_lock(&t->alloc_lock);
	mm = t->mm;
	if (mm)
		atomic_inc(&mm->mm_users);
	spin_unlock(&t->alloc_lock);
	return mm;
}
