/*
 * futex.c: sleeping on words of user memory.
 *
 * Owns:   the hash of waiters, by what the word is: an address of an mm, or a place in a file that is mapped shared.
 * Locks:  each bucket's lock (RANK_FUTEX). Two: the lower address first. The word is read under it with page faults
 *         disabled; if that fails, everything is dropped, the page brought in, and we begin again.
 * Read next: exit.c:mm_release.
 *
 *	waiter: hash, lock ─► the word still is what the caller saw? ─► on the bucket's list, unlock ─► sleep
 *	waker:  (changed the word) hash, lock ─► off the list, woken
 */
#include "kernel/futex.h"
#include "kernel/sched.h"
#include "kernel/syscalls.h"
#include "kernel/time.h"
#include "kernel/fs/fs.h"
#include "mm/mm.h"
#include "mm/fault.h"
#include "mm/pagemap.h"
#include <asm/futex.h>

#define FUTEX_HASH_BITS	7

/* Equal keys are the same word. */
struct futex_key {
	void *object;			/* mm or inode; referenced while somebody waits */
	unsigned long page;		/* address, or index in the file */
	unsigned int offset;		/* in the page; bit 0: object is an inode */
};
#define KEY_INODE	1u

struct futex_bucket {
	spinlock_t lock;
	struct list_head waiters;	/* [lock] */
};

struct futex_q {
	struct list_head list;		/* [bucket] */
	struct task_struct *task;
	struct futex_bucket *bucket;	/* [bucket] NULL: woken; changed by requeue under both locks */
	struct futex_key key;		/* [bucket] */
	u32 bitset;
};

static struct futex_bucket futex_table[1 << FUTEX_HASH_BITS];

/* => boot */
void __init futex_init(void)
{
	for (int i = 0; i < 1 << FUTEX_HASH_BITS; i++) {
		spin_lock_init(&futex_table[i].lock, RANK_FUTEX);
		INIT_LIST_HEAD(&futex_table[i].waiters);
	}
}

/* ---- keys ---- */

static struct futex_bucket *hash_key(const struct futex_key *key)
{
	unsigned long h = ((unsigned long)key->object >> 4) * 31 + key->page / PAGE_SIZE * 17 + key->page + key->offset / 4;

	return &futex_table[(u32)(h * 0x9e3779b1UL) >> (32 - FUTEX_HASH_BITS)];
}

static bool same_key(const struct futex_key *a, const struct futex_key *b)
{
	return a->object == b->object && a->page == b->page && a->offset == b->offset;
}

/*
 * What the word at @uaddr is. Private words need no look at the areas.
 * => 0 with a reference to the object (put_key), -EINVAL, -EFAULT; may sleep
 */
static int get_key(u32 __user *uaddr, bool shared, struct futex_key *key)
{
	unsigned long addr = (unsigned long)uaddr;
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;

	if (addr % sizeof(u32))
		return -EINVAL;
	if (!access_ok(uaddr, sizeof(u32)))
		return -EFAULT;
	*key = (struct futex_key){ .object = mm, .page = addr & PAGE_MASK, .offset = addr & ~PAGE_MASK };
	if (shared) {
		down_read(&mm->mmap_sem);
		vma = find_vma_intersection(mm, addr, addr + 1);
		if (!vma) {
			up_read(&mm->mmap_sem);
			return -EFAULT;
		}
		if ((vma->vm_flags & VM_MAYSHARE) && vma->vm_file) {
			key->object = vma->vm_file->f_mapping->host;
			key->page = linear_page_index(vma, addr);
			key->offset |= KEY_INODE;
			atomic_inc(&vma->vm_file->f_mapping->host->i_count);
		}
		up_read(&mm->mmap_sem);
	}
	if (!(key->offset & KEY_INODE))
		atomic_inc(&mm->mm_count);
	return 0;
}

/* => may sleep */
static void put_key(struct futex_key *key)
{
	if (key->offset & KEY_INODE)
		iput(key->object);
	else
		mmdrop(key->object);
}

/* => page faults fail: 0 or -EFAULT; any lock may be held */
static int read_word(u32 *val, u32 __user *uaddr)
{
	int err;

	pagefault_disable();
	err = __get_user(*val, uaddr);
	pagefault_enable();
	return err;
}

/* Bring the page of the word in, writable. 0 or -EFAULT. => may sleep */
static int fault_in(u32 __user *uaddr, bool write)
{
	struct mm_struct *mm = current->mm;
	struct page *page;
	int got;

	down_read(&mm->mmap_sem);
	got = get_user_pages(current, mm, (unsigned long)uaddr & PAGE_MASK, 1, write, 0, &page, NULL);
	up_read(&mm->mmap_sem);
	if (got <= 0)
		return -EFAULT;
	put_page(page);
	return 0;
}

/* ---- waking ---- */

/* => bucket locked. The waiter may be gone as soon as its bucket is NULL; the task is held. */
static void wake_waiter(struct futex_q *q)
{
	struct task_struct *task = q->task;

	list_del(&q->list);
	get_task_struct(task);
	smp_store_release(&q->bucket, NULL);
	wake_up_state(task, TASK_NORMAL);
	put_task_struct(task);
}

/* Up to @nr waiters of @key. => bucket locked */
static int wake_bucket(struct futex_bucket *b, const struct futex_key *key, int nr, u32 bitset)
{
	struct futex_q *q, *next;
	int woken = 0;

	list_for_each_entry_safe(q, next, &b->waiters, list) {
		if (woken >= nr)
			break;
		if (!same_key(&q->key, key) || !(q->bitset & bitset))
			continue;
		wake_waiter(q);
		woken++;
	}
	return woken;
}

static long futex_wake(u32 __user *uaddr, bool shared, int nr, u32 bitset)
{
	struct futex_bucket *b;
	struct futex_key key;
	int result = get_key(uaddr, shared, &key);

	if (!bitset)
		return -EINVAL;
	if (result)
		return result;
	b = hash_key(&key);
	spin_lock(&b->lock);
	result = wake_bucket(b, &key, max(nr, 1), bitset);
	spin_unlock(&b->lock);
	put_key(&key);
	return result;
}

/* A thread's tid was cleared at its end: who joins it waits there, privately or not. => may sleep */
void futex_wake_clear_tid(int __user *uaddr)
{
	futex_wake((u32 __user *)uaddr, true, 1, FUTEX_BITSET_MATCH_ANY);
}

/* ---- waiting ---- */

/* Off the list. True: we still were on it, so nobody woke us. */
static bool unqueue(struct futex_q *q)
{
	struct futex_bucket *b;

	while ((b = smp_load_acquire(&q->bucket))) {
		spin_lock(&b->lock);
		if (b == q->bucket) {	/* not requeued meanwhile */
			list_del(&q->list);
			spin_unlock(&b->lock);
			return true;
		}
		spin_unlock(&b->lock);
	}
	return false;
}

/* On the list if the word is @val. 0, -EAGAIN, -EFAULT. => may sleep */
static int queue_if_equal(struct futex_q *q, u32 __user *uaddr, u32 val)
{
	struct futex_bucket *b = hash_key(&q->key);
	u32 seen;

	for (;;) {
		spin_lock(&b->lock);
		if (!read_word(&seen, uaddr))
			break;
		spin_unlock(&b->lock);
		if (fault_in(uaddr, false))
			return -EFAULT;
	}
	if (seen != val) {
		spin_unlock(&b->lock);
		return -EAGAIN;
	}
	q->bucket = b;
	list_add_tail(&q->list, &b->waiters);
	spin_unlock(&b->lock);
	return 0;
}

static void sleep_on_queue(struct futex_q *q, u64 expires)
{
	set_current_state(TASK_INTERRUPTIBLE);
	if (smp_load_acquire(&q->bucket) && !signal_pending(current) && ktime_get() < expires)
		schedule_until(expires);
	__set_current_state(TASK_RUNNING);
}

/* 0, -EAGAIN, -EFAULT, -ETIMEDOUT, or -ERESTARTSYS for a signal. @expires: monotonic ns, ~0 never */
static long futex_wait(u32 __user *uaddr, bool shared, u32 val, u64 expires, u32 bitset)
{
	struct futex_q q = { .task = current, .bitset = bitset };
	struct futex_key key;
	long err;

	if (!bitset)
		return -EINVAL;
	err = get_key(uaddr, shared, &key);
	if (err)
		return err;
	do {
		q.key = key;		/* requeue may have changed it, and the object; ours stays referenced by key */
		err = queue_if_equal(&q, uaddr, val);
		if (err)
			break;
		sleep_on_queue(&q, expires);
		if (!unqueue(&q))
			break;		/* woken: 0 */
		if (ktime_get() >= expires)
			err = -ETIMEDOUT;
		else if (signal_pending(current))
			err = -ERESTARTSYS;
	} while (!err);
	put_key(&key);
	return err;
}

/* Waiting goes on after a signal without a handler, until the same moment. */
static long futex_wait_restart(struct restart_block *rb)
{
	long err = futex_wait((u32 __user *)rb->rmtp, rb->args[0], (u32)rb->args[1], rb->expires, (u32)rb->args[2]);

	return err == -ERESTARTSYS ? -ERESTART_RESTARTBLOCK : err;
}

static long futex_wait_user(u32 __user *uaddr, int op, u32 val, const u64 *timeout, u32 bitset)
{
	struct restart_block *rb = &current->restart_block;
	bool shared = !(op & FUTEX_PRIVATE_FLAG);
	u64 expires = ~0ULL;
	long err;

	if (timeout && (op & FUTEX_CMD_MASK) == FUTEX_WAIT) {
		expires = timeout_from_ns(*timeout);
	} else if (timeout) {		/* WAIT_BITSET: a point in time */
		u64 now = op & FUTEX_CLOCK_REALTIME ? ktime_get_real() : ktime_get();

		expires = timeout_from_ns(*timeout > now ? *timeout - now : 0);
	}
	err = futex_wait(uaddr, shared, val, expires, bitset);
	if (err != -ERESTARTSYS || !timeout)
		return err;
	rb->fn = futex_wait_restart;
	rb->rmtp = uaddr;
	rb->expires = expires;
	rb->args[0] = shared;
	rb->args[1] = val;
	rb->args[2] = bitset;
	return -ERESTART_RESTARTBLOCK;
}

/* ---- two words ---- */

static void lock_buckets(struct futex_bucket *a, struct futex_bucket *b)
{
	if (a > b)
		swap(a, b);
	spin_lock(&a->lock);
	if (a != b)
		spin_lock_nested(&b->lock);
}

static void unlock_buckets(struct futex_bucket *a, struct futex_bucket *b)
{
	spin_unlock(&a->lock);
	if (a != b)
		spin_unlock(&b->lock);
}

static int get_keys(u32 __user *uaddr, u32 __user *uaddr2, bool shared, struct futex_key *key, struct futex_key *key2)
{
	int err = get_key(uaddr, shared, key);

	if (err)
		return err;
	err = get_key(uaddr2, shared, key2);
	if (err)
		put_key(key);
	return err;
}

/* What FUTEX_WAKE_OP's @op (FUTEX_OP_SET …) makes of @old; false: no such operation. */
static bool futex_op_value(int op, int old, int oparg, int *result)
{
	switch (op) {
	case FUTEX_OP_SET:
		*result = oparg;
		return true;
	case FUTEX_OP_ADD:
		*result = (int)((u32)old + (u32)oparg);
		return true;
	case FUTEX_OP_OR:
		*result = old | oparg;
		return true;
	case FUTEX_OP_ANDN:
		*result = old & ~oparg;
		return true;
	case FUTEX_OP_XOR:
		*result = old ^ oparg;
		return true;
	}
	return false;
}

/* Does FUTEX_WAKE_OP's comparison hold? 0, 1 or -ENOSYS. */
static int futex_op_compare(int cmp, int old, int cmparg)
{
	switch (cmp) {
	case FUTEX_OP_CMP_EQ:
		return old == cmparg;
	case FUTEX_OP_CMP_NE:
		return old != cmparg;
	case FUTEX_OP_CMP_LT:
		return old < cmparg;
	case FUTEX_OP_CMP_GE:
		return old >= cmparg;
	case FUTEX_OP_CMP_LE:
		return old <= cmparg;
	case FUTEX_OP_CMP_GT:
		return old > cmparg;
	}
	return -ENOSYS;
}

/*
 * Do the operation that @encoded_op tells, then say whether its comparison held with the old value: 0, 1, -EFAULT or -ENOSYS.
 * => page faults fail; any lock may be held
 */
static int futex_atomic_op(int encoded_op, u32 __user *uaddr)
{
	int op = (encoded_op >> 28) & 7, cmp = (encoded_op >> 24) & 15;
	int oparg = (encoded_op << 8) >> 20, cmparg = (encoded_op << 20) >> 20;
	u32 old, seen;
	int new, err;

	if ((u32)encoded_op >> 28 & FUTEX_OP_OPARG_SHIFT)
		oparg = (int)(1u << (oparg & 31));
	if (get_user(seen, uaddr))
		return -EFAULT;
	do {
		old = seen;
		if (!futex_op_value(op, (int)old, oparg, &new))
			return -ENOSYS;
		err = futex_atomic_cmpxchg_inatomic(&seen, uaddr, old, (u32)new);
		if (err)
			return err;
	} while (seen != old);
	return futex_op_compare(cmp, (int)old, cmparg);
}

/* Wake @nr of the first word, and up to @nr2 of the second if the operation on it says so. */
static long futex_wake_op(u32 __user *uaddr, u32 __user *uaddr2, bool shared, int nr, int nr2, int op)
{
	struct futex_bucket *b, *b2;
	struct futex_key key, key2;
	int err = get_keys(uaddr, uaddr2, shared, &key, &key2), held;

	if (err)
		return err;
	b = hash_key(&key);
	b2 = hash_key(&key2);
	for (;;) {
		lock_buckets(b, b2);
		pagefault_disable();
		held = futex_atomic_op(op, uaddr2);
		pagefault_enable();
		if (held >= 0)
			break;
		unlock_buckets(b, b2);
		err = held == -EFAULT ? fault_in(uaddr2, true) : held;
		if (err)
			goto out;
	}
	err = wake_bucket(b, &key, nr, FUTEX_BITSET_MATCH_ANY);
	if (held)
		err += wake_bucket(b2, &key2, nr2, FUTEX_BITSET_MATCH_ANY);
	unlock_buckets(b, b2);
out:
	put_key(&key2);
	put_key(&key);
	return err;
}

/* A waiter waits for the second word from now on. It keeps its reference to the first: it gives that back itself. */
static void requeue_waiter(struct futex_q *q, struct futex_bucket *to, const struct futex_key *key)
{
	if (q->bucket != to)		/* within one list it would come round for ever */
		list_move_tail(&q->list, &to->waiters);
	q->key = *key;
	smp_store_release(&q->bucket, to);
}

/* Wake @nr of the first word, and move up to @nr2 more to the second; *@cmp: only if the first is that. */
static long futex_requeue(u32 __user *uaddr, u32 __user *uaddr2, bool shared, int nr, int nr2, const u32 *cmp)
{
	struct futex_bucket *b, *b2;
	struct futex_key key, key2;
	struct futex_q *q, *next;
	int done = 0, err;
	u32 seen;

	if (nr < 0 || nr2 < 0)
		return -EINVAL;
	err = get_keys(uaddr, uaddr2, shared, &key, &key2);
	if (err)
		return err;
	b = hash_key(&key);
	b2 = hash_key(&key2);
	for (;;) {
		lock_buckets(b, b2);
		if (!cmp || !read_word(&seen, uaddr))
			break;
		unlock_buckets(b, b2);
		err = fault_in(uaddr, false);
		if (err)
			goto out;
	}
	if (cmp && seen != *cmp) {
		err = -EAGAIN;
	} else {
		list_for_each_entry_safe(q, next, &b->waiters, list) {
			if (!same_key(&q->key, &key))
				continue;
			if (done - nr >= nr2)
				break;
			if (done++ < nr)
				wake_waiter(q);
			else
				requeue_waiter(q, b2, &key2);
		}
		err = done;
	}
	unlock_buckets(b, b2);
out:
	put_key(&key2);
	put_key(&key);
	return err;
}

/* ---- the calls ---- */

/* @timeout: NULL, or ns as the user gave them; @val2: the fourth argument of the other operations. */
static long futex_command(u32 __user *uaddr, int op, u32 val, const u64 *timeout, u32 __user *uaddr2, u32 val2, u32 val3)
{
	bool shared = !(op & FUTEX_PRIVATE_FLAG);
	int cmd = op & FUTEX_CMD_MASK;

	if ((op & FUTEX_CLOCK_REALTIME) && cmd != FUTEX_WAIT_BITSET)
		return -ENOSYS;
	switch (cmd) {
	case FUTEX_WAIT:
		return futex_wait_user(uaddr, op, val, timeout, FUTEX_BITSET_MATCH_ANY);
	case FUTEX_WAIT_BITSET:
		return futex_wait_user(uaddr, op, val, timeout, val3);
	case FUTEX_WAKE:
		return futex_wake(uaddr, shared, (int)val, FUTEX_BITSET_MATCH_ANY);
	case FUTEX_WAKE_BITSET:
		return futex_wake(uaddr, shared, (int)val, val3);
	case FUTEX_REQUEUE:
		return futex_requeue(uaddr, uaddr2, shared, (int)val, (int)val2, NULL);
	case FUTEX_CMP_REQUEUE:
		return futex_requeue(uaddr, uaddr2, shared, (int)val, (int)val2, &val3);
	case FUTEX_WAKE_OP:
		return futex_wake_op(uaddr, uaddr2, shared, (int)val, (int)val2, (int)val3);
	}
	return -ENOSYS;
}

/* See futex.h. */
long do_futex(u32 __user *uaddr, int op, u32 val, const void __user *timeout, u32 __user *uaddr2, u32 val3,
	      const struct timespec_abi *abi)
{
	int cmd = op & FUTEX_CMD_MASK, err;
	u64 ns = 0;

	if (!timeout || (cmd != FUTEX_WAIT && cmd != FUTEX_WAIT_BITSET))
		return futex_command(uaddr, op, val, NULL, uaddr2, (u32)(unsigned long)timeout, val3);
	err = abi->get(timeout, &ns);
	return err ? err : futex_command(uaddr, op, val, &ns, uaddr2, 0, val3);
}

/* futex(2) */
long sys_futex(u32 __user *uaddr, int op, u32 val, const struct __kernel_timespec __user *timeout,
	       u32 __user *uaddr2, u32 val3)
{
	return do_futex(uaddr, op, val, timeout, uaddr2, val3, &timespec_wide);
}

/* ---- robust lists: futexes whose owner died are marked and passed on ---- */

/* The dying owner's word: marked, and one waiter woken. => current dies; may sleep */
static void release_robust(u32 __user *uaddr, pid_t tid)
{
	u32 val, seen;

	if ((unsigned long)uaddr % sizeof(u32) || get_user(val, uaddr))
		return;
	while ((val & FUTEX_TID_MASK) == (u32)tid) {
		int err;

		pagefault_disable();
		err = futex_atomic_cmpxchg_inatomic(&seen, uaddr, val, (val & FUTEX_WAITERS) | FUTEX_OWNER_DIED);
		pagefault_enable();
		if (err) {
			if (fault_in(uaddr, true) || get_user(val, uaddr))
				return;
			continue;
		}
		if (seen == val) {
			if (val & FUTEX_WAITERS)
				futex_wake(uaddr, true, 1, FUTEX_BITSET_MATCH_ANY);
			return;
		}
		val = seen;
	}
}

/* Walk the list of the dying thread, which is user memory and may be anything. => @p is current; may sleep */
void exit_robust_list(struct task_struct *p)
{
	struct robust_list_head __user *head = p->robust_list;
	struct robust_list *entry, *pending;
	long offset;

	p->robust_list = NULL;
	if (!head || !p->mm || get_user(entry, &head->list.next) || get_user(offset, &head->futex_offset) ||
	    get_user(pending, &head->list_op_pending))
		return;
	/* Bit 0 of a pointer marks a priority-inheritance futex: we have none, the bit is only taken off. */
	pending = (struct robust_list *)((unsigned long)pending & ~1UL);
	for (int n = 0; n < ROBUST_LIST_LIMIT; n++) {
		struct robust_list *next;
		int err;

		entry = (struct robust_list *)((unsigned long)entry & ~1UL);
		if (entry == (struct robust_list *)&head->list)
			break;
		err = get_user(next, &((struct robust_list __user *)entry)->next);
		if (entry != pending)
			release_robust((u32 __user *)((char *)entry + offset), p->pid);
		if (err)
			return;
		entry = next;
	}
	if (pending)
		release_robust((u32 __user *)((char *)pending + offset), p->pid);
}

/* set_robust_list(2) */
long sys_set_robust_list(struct robust_list_head __user *head, size_t len)
{
	if (len != sizeof(*head))
		return -EINVAL;
	current->robust_list = head;
	return 0;
}

/* get_robust_list(2) */
long sys_get_robust_list(int pid, struct robust_list_head __user *__user *head, size_t __user *len)
{
	struct robust_list_head __user *list = NULL;
	struct task_struct *p;
	int err = -ESRCH;

	spin_lock(&tasklist_lock);
	p = pid ? find_task_by_pid(pid) : current;
	if (p) {
		err = p == current || capable_root() ? 0 : -EPERM;
		list = p->robust_list;
	}
	spin_unlock(&tasklist_lock);
	if (err)
		return err;
	return put_user(sizeof(*list), len) || put_user(list, head) ? -EFAULT : 0;
}
