/*
 * poll.c: waiting for many files at once: poll, ppoll, select, pselect6.
 *
 * Owns:   for each sleeping call, a poll_wqueues: one wait-queue entry for each queue that a file named.
 * Read next: a file's ->poll (pipe.c, n_tty.c): poll_wait, then what is true now.
 *
 * A wake-up may come between looking and sleeping: it sets triggered, and the sleep does not begin.
 */
#include "kernel/fs/internal.h"
#include "kernel/time.h"
#include "kernel/uapi/poll.h"

#define POLL_IN_SET	(POLLRDNORM | POLLRDBAND | POLLIN | POLLHUP | POLLERR)
#define POLL_OUT_SET	(POLLWRBAND | POLLWRNORM | POLLOUT | POLLERR)
#define POLL_EX_SET	(POLLPRI)
#define DEFAULT_POLLMASK (POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM)
#define NEVER		(~0ULL)		/* a deadline */

struct poll_entry {
	struct poll_entry *next;
	struct file *file;		/* a reference: the queue is the file's */
	wait_queue_head_t *queue;
	wait_queue_t wait;
};

struct poll_wqueues {
	struct poll_table table;
	struct task_struct *task;
	struct poll_entry *entries;
	bool triggered;			/* set by wakers */
	int error;
};

static int poll_wake(wait_queue_t *wait, unsigned int mode, int sync, void *key)
{
	struct poll_wqueues *pwq = wait->private;

	WRITE_ONCE(pwq->triggered, true);
	smp_mb();
	return wake_up_state(pwq->task, mode);
}

/* The poll_wait of a call that is going to sleep. => may sleep */
static void poll_enqueue(struct file *file, wait_queue_head_t *q, struct poll_table *p)
{
	struct poll_wqueues *pwq = container_of(p, struct poll_wqueues, table);
	struct poll_entry *entry = kmalloc(sizeof(*entry), GFP_KERNEL);

	if (!entry) {
		pwq->error = -ENOMEM;
		return;
	}
	get_file(file);
	*entry = (struct poll_entry){ .next = pwq->entries, .file = file, .queue = q,
				      .wait = { .private = pwq, .func = poll_wake } };
	INIT_LIST_HEAD(&entry->wait.task_list);
	pwq->entries = entry;
	add_wait_queue(q, &entry->wait);
}

static void poll_init(struct poll_wqueues *pwq)
{
	*pwq = (struct poll_wqueues){ .table.qproc = poll_enqueue, .task = current };
}

static void poll_free(struct poll_wqueues *pwq)
{
	struct poll_entry *entry;

	while ((entry = pwq->entries) != NULL) {
		pwq->entries = entry->next;
		remove_wait_queue(entry->queue, &entry->wait);
		fput(entry->file);
		kfree(entry);
	}
}

/* Sleep until something happened since the last look, or @deadline. False: the deadline came. */
static bool poll_sleep(struct poll_wqueues *pwq, u64 deadline)
{
	bool reached = false;

	set_current_state(TASK_INTERRUPTIBLE);
	if (!READ_ONCE(pwq->triggered)) {
		if (deadline == NEVER)
			schedule();
		else
			reached = schedule_until(deadline);
	}
	__set_current_state(TASK_RUNNING);
	WRITE_ONCE(pwq->triggered, false);
	smp_mb();	/* then look again */
	return !reached;
}

/* What @file is ready for. */
static unsigned int poll_file(struct file *file, struct poll_table *table)
{
	return file->f_op->poll ? file->f_op->poll(file, table) : DEFAULT_POLLMASK;
}

/* Round after round until look(ctx) finds something. Its result; 0 at the deadline; -EINTR. */
static int poll_loop(int (*look)(void *ctx, struct poll_table *table), void *ctx, u64 deadline)
{
	struct poll_wqueues pwq;
	bool in_time = deadline > ktime_get();
	int found;

	poll_init(&pwq);
	if (!in_time)
		pwq.table.qproc = NULL;
	for (;;) {
		found = look(ctx, &pwq.table);
		pwq.table.qproc = NULL;		/* queued once is enough */
		if (found || !in_time)
			break;
		found = pwq.error ? pwq.error : signal_pending(current) ? -EINTR : 0;
		if (found)
			break;
		in_time = poll_sleep(&pwq, deadline);
	}
	poll_free(&pwq);
	return found;
}

/* ---- poll ------------------------------------------------------------------------------------------------------------ */

struct poll_ctx {
	struct pollfd *fds;
	unsigned int nfds;
};

static unsigned int poll_one(struct pollfd *p, struct poll_table *table)
{
	unsigned int wanted = (unsigned short)p->events | POLLERR | POLLHUP, mask = 0;
	struct file *file;

	if (p->fd >= 0) {
		file = fget((unsigned)p->fd);
		mask = POLLNVAL;
		if (file) {
			mask = file->f_mode & FMODE_PATH ? POLLNVAL : poll_file(file, table) & wanted;
			fput(file);
		}
	}
	p->revents = (short)mask;
	return mask;
}

static int poll_look(void *arg, struct poll_table *table)
{
	struct poll_ctx *ctx = arg;
	int found = 0;

	for (unsigned int i = 0; i < ctx->nfds; i++)
		if (poll_one(&ctx->fds[i], table)) {
			found++;
			table->qproc = NULL;	/* it will not sleep */
		}
	return found;
}

static long do_poll(struct pollfd __user *ufds, unsigned int nfds, u64 deadline)
{
	struct pollfd small[16], *fds = small;
	struct poll_ctx ctx;
	long ret;

	if (nfds > rlimit(RLIMIT_NOFILE))
		return -EINVAL;
	if (nfds > ARRAY_SIZE(small))
		fds = kmalloc(nfds * sizeof(*fds), GFP_KERNEL);
	if (!fds)
		return -ENOMEM;
	ret = -EFAULT;
	if (copy_from_user(fds, ufds, nfds * sizeof(*fds)))
		goto out;
	ctx = (struct poll_ctx){ fds, nfds };
	ret = poll_loop(poll_look, &ctx, deadline);
	for (unsigned int i = 0; i < nfds && ret >= 0; i++)
		if (put_user(fds[i].revents, &ufds[i].revents))
			ret = -EFAULT;
out:
	if (fds != small)
		kfree(fds);
	return ret;
}

static long poll_restart(struct restart_block *rb)
{
	u64 deadline = rb->expires;
	long ret = do_poll((struct pollfd __user *)rb->args[0], (unsigned)rb->args[1], deadline);

	return ret == -EINTR ? -ERESTART_RESTARTBLOCK : ret;
}

long sys_poll(struct pollfd __user *fds, unsigned int nfds, int timeout_ms)
{
	u64 deadline = timeout_ms < 0 ? NEVER : timeout_from_ns((u64)timeout_ms * NSEC_PER_MSEC);
	long ret = do_poll(fds, nfds, deadline);

	if (ret != -EINTR)
		return ret;
	current->restart_block = (struct restart_block){
		.fn = poll_restart, .expires = deadline, .args = { (unsigned long)fds, nfds },
	};
	return -ERESTART_RESTARTBLOCK;
}

/* ---- timeouts and signal masks ---------------------------------------------------------------------------------------- */

/* What is left until @deadline, as Linux tells pselect6, ppoll and select. */
static u64 time_left(u64 deadline)
{
	u64 now = ktime_get();

	return deadline > now ? deadline - now : 0;
}

/* The end of ppoll and pselect6: @ret is their result, @mask and @timeout what the user gave. */
static long end_masked(long ret, const sigset_t __user *mask, void __user *timeout, u64 deadline,
		       const struct timespec_abi *abi)
{
	restore_user_sigmask(mask, ret == -EINTR);
	if (timeout)
		abi->put(time_left(deadline), timeout);		/* it may be read-only memory: the result counts more */
	return ret == -EINTR ? -ERESTARTNOHAND : ret;
}

/* See fs.h. */
long do_ppoll(struct pollfd __user *fds, unsigned int nfds, void __user *timeout, const sigset_t __user *mask,
	      size_t sigsetsize, const struct timespec_abi *abi)
{
	u64 deadline;
	long ret = get_timeout(timeout, abi, &deadline);

	if (!ret)
		ret = set_user_sigmask(mask, sigsetsize);
	return ret ? ret : end_masked(do_poll(fds, nfds, deadline), mask, timeout, deadline, abi);
}

long sys_ppoll(struct pollfd __user *fds, unsigned int nfds, const struct __kernel_timespec __user *timeout,
	       const sigset_t __user *mask, size_t sigsetsize)
{
	return do_ppoll(fds, nfds, (void __user *)timeout, mask, sigsetsize, &timespec_wide);
}

/* ---- select ---------------------------------------------------------------------------------------------------------- */

/* Three sets asked for, three found. */
struct select_ctx {
	unsigned int n, words;
	unsigned long *in[3], *out[3];
};

static const unsigned int select_sets[3] = { POLL_IN_SET, POLL_OUT_SET, POLL_EX_SET };

/* Descriptor @fd, asked for in some set. Bits found, or -EBADF */
static int select_one(struct select_ctx *ctx, unsigned int fd, struct poll_table *table)
{
	struct file *file = fget(fd);
	unsigned int mask;
	int found = 0;

	if (!file)
		return -EBADF;
	mask = poll_file(file, table);
	fput(file);
	for (int set = 0; set < 3; set++)
		if (mask & select_sets[set] && test_bit(fd, ctx->in[set])) {
			__set_bit(fd, ctx->out[set]);
			found++;
			table->qproc = NULL;
		}
	return found;
}

static int select_look(void *arg, struct poll_table *table)
{
	struct select_ctx *ctx = arg;
	int found = 0, ret;

	memset(ctx->out[0], 0, 3 * ctx->words * sizeof(long));
	for (unsigned int fd = 0; fd < ctx->n; fd++) {
		if (!test_bit(fd, ctx->in[0]) && !test_bit(fd, ctx->in[1]) && !test_bit(fd, ctx->in[2]))
			continue;
		ret = select_one(ctx, fd, table);
		if (ret < 0)
			return ret;
		found += ret;
	}
	return found;
}

static long do_select(int n, unsigned long __user *const sets[3], u64 deadline)
{
	struct select_ctx ctx;
	unsigned long *bits;
	size_t bytes;
	long ret = 0;

	if (n < 0)
		return -EINVAL;
	ctx.n = min((unsigned)n, READ_ONCE(current->files->max_fds));
	ctx.words = max(BITS_TO_LONGS(ctx.n), 1u);
	bytes = ctx.words * sizeof(long);
	bits = kzalloc(6 * bytes, GFP_KERNEL);
	if (!bits)
		return -ENOMEM;
	for (int i = 0; i < 3; i++) {
		ctx.in[i] = bits + (unsigned)i * ctx.words;
		ctx.out[i] = bits + (3 + (unsigned)i) * ctx.words;
		if (sets[i] && copy_from_user(ctx.in[i], sets[i], BITS_TO_LONGS(ctx.n) * sizeof(long)))
			ret = -EFAULT;
	}
	if (!ret)
		ret = poll_loop(select_look, &ctx, deadline);
	for (int i = 0; i < 3 && ret >= 0; i++)
		if (sets[i] && copy_to_user(sets[i], ctx.out[i], BITS_TO_LONGS(ctx.n) * sizeof(long)))
			ret = -EFAULT;
	kfree(bits);
	return ret;
}

long sys_select(int n, unsigned long __user *in, unsigned long __user *out, unsigned long __user *ex,
		struct __kernel_old_timeval __user *timeout)
{
	unsigned long __user *const sets[3] = { in, out, ex };
	struct __kernel_old_timeval tv;
	u64 deadline = NEVER;
	long ret;

	if (timeout) {
		if (copy_from_user(&tv, timeout, sizeof(tv)))
			return -EFAULT;
		if (tv.tv_sec < 0 || tv.tv_usec < 0)
			return -EINVAL;
		deadline = timeout_from_ns(timespec_to_ns(&(struct __kernel_timespec){
			(s64)tv.tv_sec + tv.tv_usec / 1000000, (s64)(tv.tv_usec % 1000000) * 1000 }));
	}
	ret = do_select(n, sets, deadline);
	if (timeout) {
		tv = ns_to_timeval(time_left(deadline));
		if (copy_to_user(timeout, &tv, sizeof(tv)))
			return ret;	/* cannot be restarted: the time left is not told */
	}
	return ret == -EINTR ? -ERESTARTNOHAND : ret;
}

/* See fs.h: @packed is the address of a mask's pointer and its size. */
long do_pselect6(int n, unsigned long __user *const sets[3], void __user *timeout, const void __user *packed,
		 const struct timespec_abi *abi)
{
	struct { const sigset_t __user *mask; unsigned long size; } sig = { NULL, 0 };
	u64 deadline;
	long ret = get_timeout(timeout, abi, &deadline);

	if (!ret && packed && copy_from_user(&sig, packed, sizeof(sig)))
		ret = -EFAULT;
	if (!ret)
		ret = set_user_sigmask(sig.mask, sig.size);
	return ret ? ret : end_masked(do_select(n, sets, deadline), sig.mask, timeout, deadline, abi);
}

long sys_pselect6(int n, unsigned long __user *in, unsigned long __user *out, unsigned long __user *ex,
		  struct __kernel_timespec __user *timeout, void __user *sig)
{
	return do_pselect6(n, (unsigned long __user *[]){ in, out, ex }, timeout, sig, &timespec_wide);
}
