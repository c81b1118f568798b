/*
 * ktest.c: runs the kernel's self-tests.
 *
 * Owns:   the table of tests, which the linker gathers from section .ktest.
 * Locks:  none: one test at a time.
 * Read next: ktest.h, mm/test/.
 *
 * What a test leaves behind is told by the bytes of free memory and the number of slab objects in use. A first run may
 * build what stays for good (page tables of the vmalloc window, a CPU's spare radix tree nodes); so a test that leaves
 * something is run again, until every CPU may have had its turn: a leak is what comes each time.
 */
#include "kernel/ktest.h"
#include "kernel/arch.h"
#include "kernel/lib/radix_tree.h"
#include "kernel/lib/string.h"
#include "kernel/sched.h"
#include "mm/check.h"
#include "mm/mm.h"
#include "mm/slab.h"

extern const struct ktest_case *const __ktest_start[], *const __ktest_end[];

#define MAX_CACHES	96

struct balance {
	u64 bytes;			/* free */
	unsigned long objects;
	int nr_caches;
	struct kmem_cache_use caches[MAX_CACHES];
};

static struct balance before, after;

/* A failed expectation: told at once, the test goes on. => any context of the test */
void ktest_fail(struct ktest *t, const char *file, int line, const char *fmt, ...)
{
	char text[200];
	__builtin_va_list args;

	__builtin_va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	__builtin_va_end(args);
	if (__atomic_fetch_add(&t->failures, 1, __ATOMIC_RELAXED) < 10)
		printk("# %s:%d: expected %s\n", file, line, text);
}

/* xorshift: @seed is the state, not 0. */
u32 ktest_random(u32 *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

/* ---- on all CPUs -------------------------------------------------------------------------------------- */

struct cpu_call {
	void (*fn)(void *arg, int cpu);
	void *arg;
	int cpu;
	struct completion done;
};

static int cpu_call_thread(void *p)
{
	struct cpu_call *call = p;

	call->fn(call->arg, call->cpu);
	complete(&call->done);
	return 0;
}

void ktest_on_all_cpus(struct ktest *t, void (*fn)(void *arg, int cpu), void *arg)
{
	struct cpu_call calls[NR_CPUS] = { 0 };
	struct task_struct *p;
	int cpu;

	for_each_online_cpu(cpu) {
		calls[cpu] = (struct cpu_call){ .fn = fn, .arg = arg, .cpu = cpu };
		init_completion(&calls[cpu].done);
		p = kthread_create(cpu_call_thread, &calls[cpu], "ktest/%d", cpu);
		if (IS_ERR(p)) {
			EXPECT(t, !IS_ERR(p));
			calls[cpu].fn = NULL;
			continue;
		}
		set_cpus_allowed(p, cpumask_of(cpu));
		wake_up_process(p);
	}
	for (cpu = 0; cpu < NR_CPUS; cpu++)
		if (calls[cpu].fn)
			wait_for_completion(&calls[cpu].done);
}

bool ktest_sleeper(struct ktest *t, int (*fn)(void *), void *arg)
{
	struct task_struct *p = kthread_create(fn, arg, "ktest/sleeper");
	bool sleeps;

	if (!EXPECT(t, !IS_ERR(p)))
		return false;
	get_task_struct(p);
	wake_up_process(p);
	while (READ_ONCE(p->state) == TASK_RUNNING)
		schedule_timeout_uninterruptible(1);
	sleeps = EXPECT_EQ(t, READ_ONCE(p->state), TASK_UNINTERRUPTIBLE);
	put_task_struct(p);
	return sleeps;
}

/* ---- one test -------------------------------------------------------------------------------------------- */

static void take_stock(struct balance *b)
{
	schedule_timeout_uninterruptible(1);	/* threads that ended are put away by others */
	mm_quiesce();
	b->objects = kmem_cache_shrink_all();
	b->nr_caches = kmem_cache_usage(b->caches, MAX_CACHES);
	synchronize_rcu();			/* slabs whose memory waits for a grace period */
	drain_all_pages();
	b->bytes = (u64)nr_free_pages() * PAGE_SIZE + kmem_cache_slack();
}

static bool less_than_before(void)
{
	return after.bytes < before.bytes || after.objects > before.objects;
}

static void tell_leak(struct ktest *t)
{
	ktest_fail(t, __FILE__, __LINE__, "no leak: %llu bytes free before, %llu after; %lu slab objects, %lu after",
		   (unsigned long long)before.bytes, (unsigned long long)after.bytes, before.objects, after.objects);
	for (int i = 0; i < after.nr_caches; i++)
		for (int j = 0; j < before.nr_caches; j++)
			if (before.caches[j].name == after.caches[i].name &&
			    before.caches[j].objects != after.caches[i].objects)
				printk("# %s: %lu objects before, %lu after\n", after.caches[i].name,
				       before.caches[j].objects, after.caches[i].objects);
}

static void run_checkers(struct ktest *t)
{
	refresh_vm_stats();
	EXPECT_EQ(t, check_page_alloc(), 0);
	EXPECT_EQ(t, check_slab(), 0);
	EXPECT_EQ(t, check_vmalloc(), 0);
	EXPECT_EQ(t, check_vmstat(), 0);
	EXPECT_EQ(t, check_lru(), 0);
	EXPECT_EQ(t, check_all_mms(), 0);
	EXPECT_EQ(t, check_commit(), 0);
	EXPECT_EQ(t, check_rmap(), 0);
	EXPECT_EQ(t, check_account(), 0);
}

/* Run once; true: it left something behind. What stands after one test stands before the next. */
static bool run_once(const struct ktest_case *c, struct ktest *t)
{
	*t = (struct ktest){ .module = c->module, .name = c->name, .seed = 2463534242u };
	before = after;
	c->run(t);
	for (int i = 0; i < 20; i++) {		/* what others do for us may take some ticks */
		take_stock(&after);
		if (!less_than_before())
			return false;
	}
	return true;
}

static bool run_case(const struct ktest_case *c, int number)
{
	int runs = 2 + num_online_cpus();
	struct ktest t;

	while (run_once(c, &t) && !t.failures)
		if (!--runs)
			tell_leak(&t);
	if (c->dies && !t.skipped)
		ktest_fail(&t, __FILE__, __LINE__, "a panic");
	run_checkers(&t);
	printk("%sok %d - %s.%s%s%s\n", t.failures ? "not " : "", number, c->module, c->name, t.skipped ? " # SKIP " : "",
	       t.skipped ? t.skipped : "");
	return !t.failures;
}

static bool matches(const struct ktest_case *c, const char *glob)
{
	char full[80];

	snprintf(full, sizeof(full), "%s.%s", c->module, c->name);
	return c->dies ? !strcmp(glob, full) : glob_match(glob, full);
}

/* Each CPU keeps some radix tree nodes aside for good, from its first use on. */
static void fill_radix_pool(void *arg, int cpu)
{
	radix_tree_preload(GFP_KERNEL);
	radix_tree_preload_end();
}

void ktest_run(const char *glob)
{
	struct ktest none = { .module = "ktest" };
	const struct ktest_case *const *c;
	int planned = 0, done = 0, failed = 0;

	for (c = __ktest_start; c < __ktest_end; c++)
		planned += matches(*c, glob);
	ktest_on_all_cpus(&none, fill_radix_pool, NULL);
	printk("TAP version 13\n");
	printk("1..%d\n", planned);
	take_stock(&after);
	for (c = __ktest_start; c < __ktest_end; c++)
		if (matches(*c, glob))
			failed += !run_case(*c, ++done);
	printk("# %d of %d failed\n", failed, planned);
	machine_power_off(failed || !planned ? KTEST_EXIT_FAILED : 0);
}
