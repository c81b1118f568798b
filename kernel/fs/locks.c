/*
 * locks.c: advisory locks: fcntl's on byte ranges, owned by a process; flock's on whole files, owned by an open file.
 *
 * Owns:   inode->i_flock, a list sorted by nothing; the queue of those who wait for any lock.
 * Locks:  file_lock_lock for all of it: these calls are rare.
 * Read next: file.c (fcntl).
 */
#include "kernel/fs/internal.h"

enum lock_kind { LOCK_POSIX, LOCK_FLOCK };

struct file_lock {
	struct file_lock *next;		/* on the inode */
	enum lock_kind kind;
	void *owner;			/* files_struct, or file */
	pid_t pid;
	int type;			/* F_RDLCK, F_WRLCK */
	loff_t start, end;		/* both inclusive */
	void *waits_for;		/* of a waiting request: the owner it waits for */
	struct file_lock *next_waiter;
};

static DEFINE_SPINLOCK(file_lock_lock, RANK_LEAF);
static struct file_lock *waiters;	/* requests asleep, to find circles */
static DECLARE_WAIT_QUEUE_HEAD(lock_wait);

static bool overlaps(const struct file_lock *a, const struct file_lock *b)
{
	return a->start <= b->end && b->start <= a->end;
}

/* A lock that keeps @want from being granted, or NULL. */
static struct file_lock *find_conflict(struct inode *inode, const struct file_lock *want)
{
	struct file_lock *fl;

	for (fl = inode->i_flock; fl; fl = fl->next)
		if (fl->kind == want->kind && fl->owner != want->owner && overlaps(fl, want) &&
		    (fl->type == F_WRLCK || want->type == F_WRLCK))
			return fl;
	return NULL;
}

/* Would @owner, by waiting for @blocker, wait for itself? Walks who waits for whom. */
static bool would_deadlock(void *owner, void *blocker)
{
	for (int hops = 0; hops < 32; hops++) {
		struct file_lock *w;

		for (w = waiters; w && w->owner != blocker; w = w->next_waiter)
			;
		if (!w)
			return false;
		blocker = w->waits_for;
		if (blocker == owner)
			return true;
	}
	return false;
}

/*
 * Take [start, end] out of all locks of @want's owner; a lock may be cut in two, for which *spare is used.
 * => file_lock_lock held; freed locks are put on *dead
 */
static void carve(struct inode *inode, const struct file_lock *want, struct file_lock **spare, struct file_lock **dead)
{
	struct file_lock **p = &inode->i_flock, *fl, *right;

	while ((fl = *p) != NULL) {
		if (fl->kind != want->kind || fl->owner != want->owner || !overlaps(fl, want)) {
			p = &fl->next;
			continue;
		}
		if (fl->start < want->start && fl->end > want->end) {
			right = *spare;
			*spare = NULL;
			*right = *fl;
			right->start = want->end + 1;
			right->next = fl->next;
			fl->next = right;
			fl->end = want->start - 1;
			return;
		}
		if (fl->start < want->start) {
			fl->end = want->start - 1;
			p = &fl->next;
		} else if (fl->end > want->end) {
			fl->start = want->end + 1;
			p = &fl->next;
		} else {
			*p = fl->next;
			fl->next = *dead;
			*dead = fl;
		}
	}
}

/* @owner gave something up: who waits for it looks again, and until then waits for nobody. => file_lock_lock held */
static void wake_waiters(const void *owner)
{
	for (struct file_lock *w = waiters; w; w = w->next_waiter)
		if (w->waits_for == owner)
			w->waits_for = NULL;
	wake_up_interruptible_all(&lock_wait);
}

static void free_locks(struct file_lock *list)
{
	while (list) {
		struct file_lock *next = list->next;

		kfree(list);
		list = next;
	}
}

/* Wait until @blocker's owner gives something up. => file_lock_lock held in and out, dropped meanwhile */
static int wait_for_lock(struct file_lock *want, struct file_lock *blocker)
{
	struct file_lock **p;
	DEFINE_WAIT(wait);

	if (want->kind == LOCK_POSIX && would_deadlock(want->owner, blocker->owner))
		return -EDEADLK;
	want->waits_for = blocker->owner;
	want->next_waiter = waiters;
	waiters = want;
	prepare_to_wait(&lock_wait, &wait, TASK_INTERRUPTIBLE);
	spin_unlock(&file_lock_lock);
	if (!signal_pending(current))
		schedule();
	finish_wait(&lock_wait, &wait);
	spin_lock(&file_lock_lock);
	for (p = &waiters; *p != want; p = &(*p)->next_waiter)
		;
	*p = want->next_waiter;
	return signal_pending(current) ? -ERESTARTSYS : 0;
}

/* Grant @want (F_UNLCK: release), replacing what its owner had there. 0 or -errno. => may sleep if @wait */
static int set_lock(struct inode *inode, struct file_lock *want, bool wait)
{
	struct file_lock *spare = kmalloc(sizeof(*spare), GFP_KERNEL), *new = kmalloc(sizeof(*new), GFP_KERNEL);
	struct file_lock *dead = NULL, *blocker;
	int ret = spare && new ? 0 : -ENOLCK;

	spin_lock(&file_lock_lock);
	while (!ret && want->type != F_UNLCK && (blocker = find_conflict(inode, want)) != NULL)
		ret = wait ? wait_for_lock(want, blocker) : -EAGAIN;
	if (!ret) {
		carve(inode, want, &spare, &dead);
		if (want->type != F_UNLCK) {
			*new = *want;
			new->next = inode->i_flock;
			inode->i_flock = new;
			new = NULL;
		}
		wake_waiters(want->owner);	/* a lock may have gone, or become weaker */
	}
	spin_unlock(&file_lock_lock);
	kfree(spare);
	kfree(new);
	free_locks(dead);
	return ret;
}

static void release_all(struct inode *inode, enum lock_kind kind, void *owner)
{
	struct file_lock want = { .kind = kind, .owner = owner, .end = LLONG_MAX }, *spare = NULL, *dead = NULL;

	if (!READ_ONCE(inode->i_flock))
		return;
	spin_lock(&file_lock_lock);
	carve(inode, &want, &spare, &dead);	/* whole locks only: nothing is cut in two */
	wake_waiters(owner);
	spin_unlock(&file_lock_lock);
	free_locks(dead);
}

/* POSIX: closing any descriptor of a file drops all of the process's locks on it. */
void locks_remove_posix(struct file *file, void *owner)
{
	release_all(file->f_dentry->d_inode, LOCK_POSIX, owner);
}

void locks_remove_flock(struct file *file)
{
	release_all(file->f_dentry->d_inode, LOCK_FLOCK, file);
}

/* ---- fcntl ----------------------------------------------------------------------------------------------------------- */

/* The user's range, from where l_whence says, into [start, end]. 0, -EINVAL, -EOVERFLOW */
static int import_range(struct file *file, const struct __kernel_flock64 *l, struct file_lock *fl)
{
	loff_t base;

	switch (l->l_whence) {
	case SEEK_SET: base = 0; break;
	case SEEK_CUR: base = file->f_pos; break;
	case SEEK_END: base = i_size_read(file->f_dentry->d_inode); break;
	default: return -EINVAL;
	}
	if (l->l_start > LLONG_MAX - base)
		return -EOVERFLOW;
	fl->start = base + l->l_start;
	fl->end = LLONG_MAX;
	if (l->l_len > 0) {
		if (fl->start > LLONG_MAX - (l->l_len - 1))
			return -EOVERFLOW;
		fl->end = fl->start + l->l_len - 1;
	} else if (l->l_len < 0) {	/* the bytes before */
		fl->end = fl->start - 1;
		fl->start += l->l_len;
	}
	return fl->start < 0 ? -EINVAL : 0;
}

static long get_posix_lock(struct file *file, struct file_lock *want, struct __kernel_flock64 *l)
{
	struct file_lock *fl;

	if (want->type == F_UNLCK)
		return -EINVAL;
	spin_lock(&file_lock_lock);
	fl = find_conflict(file->f_dentry->d_inode, want);
	l->l_type = F_UNLCK;
	if (fl)
		*l = (struct __kernel_flock64){
			.l_type = (short)fl->type, .l_whence = SEEK_SET, .l_start = fl->start,
			.l_len = fl->end == LLONG_MAX ? 0 : fl->end - fl->start + 1, .l_pid = fl->pid,
		};
	spin_unlock(&file_lock_lock);
	return 0;
}

static long set_posix_lock(struct file *file, struct file_lock *want, unsigned int fd, bool wait)
{
	struct file *again;
	long ret;

	if (want->type == F_RDLCK && !(file->f_mode & FMODE_READ))
		return -EBADF;
	if (want->type == F_WRLCK && !(file->f_mode & FMODE_WRITE))
		return -EBADF;
	ret = set_lock(file->f_dentry->d_inode, want, wait);
	if (ret || want->type == F_UNLCK)
		return ret;
	again = fget(fd);	/* closed meanwhile by another thread? Then the lock must not stay. */
	if (again != file)
		locks_remove_posix(file, current->files);
	if (again)
		fput(again);
	return again == file ? 0 : -EBADF;
}

static int get_flock(struct __kernel_flock64 *l, const void __user *arg, bool wide)
{
	struct __kernel_flock narrow;

	if (wide)
		return copy_from_user(l, arg, sizeof(*l)) ? -EFAULT : 0;
	if (copy_from_user(&narrow, arg, sizeof(narrow)))
		return -EFAULT;
	*l = (struct __kernel_flock64){ narrow.l_type, narrow.l_whence, narrow.l_start, narrow.l_len, narrow.l_pid };
	return 0;
}

static int put_flock(const struct __kernel_flock64 *l, void __user *arg, bool wide)
{
	struct __kernel_flock narrow;

	if (wide)
		return copy_to_user(arg, l, sizeof(*l)) ? -EFAULT : 0;
	narrow = (struct __kernel_flock){ l->l_type, l->l_whence, (long)l->l_start, (long)l->l_len, l->l_pid };
	if (narrow.l_start != l->l_start || narrow.l_len != l->l_len)
		return -EOVERFLOW;
	return copy_to_user(arg, &narrow, sizeof(narrow)) ? -EFAULT : 0;
}

/* F_GETLK, F_SETLK, F_SETLKW and their wide forms. => may sleep */
long fcntl_lock(struct file *file, unsigned int fd, unsigned int cmd, unsigned long arg)
{
	bool wide = cmd == F_GETLK64 || cmd == F_SETLK64 || cmd == F_SETLKW64;
	struct file_lock want = { .kind = LOCK_POSIX, .owner = current->files, .pid = current->tgid };
	struct __kernel_flock64 l;
	long ret = get_flock(&l, (const void __user *)arg, wide);

	if (ret)
		return ret;
	if (l.l_type != F_RDLCK && l.l_type != F_WRLCK && l.l_type != F_UNLCK)
		return -EINVAL;
	want.type = l.l_type;
	ret = import_range(file, &l, &want);
	if (ret)
		return ret;
	if (cmd != F_GETLK && cmd != F_GETLK64)
		return set_posix_lock(file, &want, fd, cmd == F_SETLKW || cmd == F_SETLKW64);
	ret = get_posix_lock(file, &want, &l);
	return ret ? ret : put_flock(&l, (void __user *)arg, wide);
}

/* ---- flock ----------------------------------------------------------------------------------------------------------- */

long sys_flock(unsigned int fd, unsigned int cmd)
{
	struct file_lock want = { .kind = LOCK_FLOCK, .pid = current->tgid, .end = LLONG_MAX };
	struct file *file = fget(fd);
	long ret;

	if (!file)
		return -EBADF;
	want.owner = file;
	switch (cmd & ~(unsigned)LOCK_NB) {
	case LOCK_SH: want.type = F_RDLCK; break;
	case LOCK_EX: want.type = F_WRLCK; break;
	case LOCK_UN: want.type = F_UNLCK; break;
	default: want.type = -1;
	}
	ret = want.type < 0 ? -EINVAL : set_lock(file->f_dentry->d_inode, &want, !(cmd & LOCK_NB));
	fput(file);
	return ret;
}
