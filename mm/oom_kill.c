/*
 * oom_kill.c: when nothing can be reclaimed, one process dies so that the others live.
 *
 * Owns:   the choice.
 * Locks:  tasklist_lock while choosing and killing, so that two CPUs out of memory kill one task, not two.
 * Read next: page_alloc.c:alloc_pages_slow, which calls; fault.c, where the victim leaves.
 */
#include "mm/mm.h"
#include "kernel/sched.h"
#include "kernel/signal.h"

#define OOM_DISABLE	(-17)		/* oom_adj: never this one */
#define OOM_SCORE_ADJ_MIN (-1000)	/* oom_score_adj: the same, as today's programs say it */

static unsigned long isqrt(unsigned long x)
{
	unsigned long root = 0, bit;

	for (bit = 1UL << (BITS_PER_LONG - 2); bit; bit >>= 2) {
		if (x >= root + bit) {
			x -= root + bit;
			root += bit << 1;
		}
		root >>= 1;
	}
	return root;
}

/* @p's memory in pages; 0 when it has none (any more). => may be called with tasklist_lock held */
static unsigned long total_vm_of(struct task_struct *p, struct mm_struct **mmp)
{
	unsigned long pages;

	spin_lock(&p->alloc_lock);
	*mmp = p->mm;
	pages = p->mm ? p->mm->total_vm : 0;
	spin_unlock(&p->alloc_lock);
	return pages;
}

/* Half of each child's memory is counted to the one who made it. */
static unsigned long childrens_points(struct task_struct *p, struct mm_struct *mm)
{
	unsigned long points = 0;
	struct task_struct *child;

	list_for_each_entry(child, &p->children, sibling) {
		struct mm_struct *child_mm;
		unsigned long pages = total_vm_of(child, &child_mm);

		if (child_mm && child_mm != mm)
			points += pages / 2 + 1;
	}
	return points;
}

/*
 * How good it would be to kill @p: its size and its children's, less for what has run long or used much time, for root's,
 * more for the niced; then as the user says by oom_adj. Also /proc/pid/oom_score.
 * => tasklist_lock held
 */
unsigned long badness(struct task_struct *p, u64 uptime_ns)
{
	struct signal_struct *sig = p->signal;
	unsigned long points, cpu_time, run_time;
	struct mm_struct *mm;

	points = total_vm_of(p, &mm);
	if (!mm)
		return 0;
	points += childrens_points(p, mm);
	cpu_time = isqrt((unsigned long)((p->utime + p->stime) / (8 * NSEC_PER_SEC)));
	run_time = isqrt(isqrt((unsigned long)((uptime_ns - p->start_time) / (1024 * NSEC_PER_SEC))));
	if (cpu_time)
		points /= cpu_time;
	if (run_time)
		points /= run_time;
	if (p->static_prio > 120)
		points *= 2;
	if (p->euid == 0 || p->uid == 0)
		points /= 4 * 4;		/* an administrator's, with access to the hardware */
	if (sig->oom_adj > 0)
		points = max(points, 1UL) << sig->oom_adj;
	else
		points >>= -sig->oom_adj;
	return points;
}

static bool is_protected(struct task_struct *p)
{
	return p->signal->oom_adj == OOM_DISABLE || p->signal->oom_score_adj == OOM_SCORE_ADJ_MIN;
}

/* The worst process; NULL: none may be killed; ERR_PTR: one is dying already, wait for its memory. => tasklist_lock held */
static struct task_struct *select_bad_process(unsigned long *worst)
{
	struct task_struct *p, *t, *chosen = NULL;
	u64 uptime = ktime_get();

	*worst = 0;
	for_each_process(p) {
		unsigned long points;
		bool has_mm = false;

		if (p == child_reaper || (p->flags & PF_KTHREAD))
			continue;
		for_each_thread(p, t) {
			has_mm |= t->mm != NULL;
			if (test_tsk_thread_flag(t, TIF_MEMDIE) && t->mm)
				return ERR_PTR(-EAGAIN);
			if ((t->flags & PF_EXITING) && t->mm) {
				if (t != current)
					return ERR_PTR(-EAGAIN);
				*worst = ~0UL;
				return t;
			}
		}
		if (!has_mm || is_protected(p))
			continue;
		points = badness(p, uptime);
		if (points > *worst || !chosen) {
			chosen = p;
			*worst = points;
		}
	}
	return chosen;
}

/* SIGKILL for @victim and everybody who shares its memory; it may use the reserves to get out. => tasklist_lock held */
static void kill_all_of(struct task_struct *victim)
{
	struct mm_struct *mm = victim->mm;
	struct task_struct *p, *t;

	printk(KERN_ERR "Killed process %d (%s)\n", victim->tgid, victim->comm);
	for_each_process(p) {
		if (p->mm != mm && p != victim)
			continue;
		if (p == child_reaper || (p->flags & PF_KTHREAD))
			continue;
		for_each_thread(p, t)
			set_tsk_thread_flag(t, TIF_MEMDIE);
		force_sig(SIGKILL, p);
	}
}

/* A child with memory of its own goes before the one who made it. => tasklist_lock held */
static void oom_kill_process(struct task_struct *p, unsigned long points)
{
	struct task_struct *child;

	printk(KERN_ERR "Out of memory: kill process %d (%s) score %lu or a child\n", p->tgid, p->comm, points);
	list_for_each_entry(child, &p->children, sibling) {
		if (child->mm && child->mm != p->mm && !is_protected(child)) {
			kill_all_of(child);
			return;
		}
	}
	kill_all_of(p);
}

/*
 * No page could be had for a request @gfp of @order, and nothing reclaimed: kill somebody, unless one is dying already.
 * => may sleep: gives the victim a tick
 */
void out_of_memory(gfp_t gfp, int order)
{
	struct task_struct *p;
	unsigned long points;

	spin_lock(&tasklist_lock);
	p = select_bad_process(&points);
	if (p && !IS_ERR(p)) {
		printk(KERN_WARNING "%s invoked oom-killer: gfp_mask=0x%x, order=%d, oomkilladj=%d\n", current->comm, gfp, order,
		       current->signal->oom_adj);
		show_mem();
		oom_kill_process(p, points);
	}
	spin_unlock(&tasklist_lock);
	if (!p)
		panic("Out of memory and no killable processes...");
	if (!test_thread_flag(TIF_MEMDIE))
		schedule_timeout_uninterruptible(1);
}
