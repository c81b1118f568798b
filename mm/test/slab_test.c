/*
 * slab_test.c: object caches, kmalloc, and a storm in which one CPU frees what another allocated.
 */
#include "mm/check.h"
#include "mm/fault_inject.h"
#include "mm/slab_def.h"
#include "kernel/ktest.h"
#include "kernel/lib/string.h"
#include "kernel/timer.h"

#define MANY	1000

static void *objs[MANY];
static int constructed;

static void count_ctor(void *obj, struct kmem_cache *cachep, unsigned long flags)
{
	constructed++;
	*(unsigned long *)obj = 0xc0ffee;
}

/* @n objects into objs[]; fewer only without memory. */
static int fill(struct kmem_cache *cachep, int n)
{
	for (int i = 0; i < n; i++) {
		objs[i] = kmem_cache_alloc(cachep, GFP_KERNEL);
		if (!objs[i])
			return i;
	}
	return n;
}

static void drain(struct kmem_cache *cachep, int n)
{
	for (int i = 0; i < n; i++)
		kmem_cache_free(cachep, objs[i]);
}

static unsigned long slabs_of(struct kmem_cache *cachep)
{
	unsigned long n = 0;
	struct list_head *pos;
	int nid;

	for_each_online_node(nid) {
		list_for_each(pos, &cachep->nodelists[nid]->slabs_full)
			n++;
		list_for_each(pos, &cachep->nodelists[nid]->slabs_partial)
			n++;
		list_for_each(pos, &cachep->nodelists[nid]->slabs_free)
			n++;
	}
	return n;
}

KTEST(slab, objects_are_distinct_and_aligned)
{
	struct kmem_cache *c = kmem_cache_create("ktest-a", 72, 0, SLAB_HWCACHE_ALIGN, NULL, NULL);
	int n;

	if (!EXPECT(t, c))
		return;
	n = fill(c, MANY);
	EXPECT_EQ(t, n, MANY);
	EXPECT_EQ(t, kmem_cache_size(c), 72);
	for (int i = 0; i < n; i++) {
		EXPECT(t, IS_ALIGNED((unsigned long)objs[i], BYTES_PER_WORD));
		memset(objs[i], i & 0xff, 72);
	}
	for (int i = 0; i < n; i++)
		EXPECT(t, !memchr_inv(objs[i], i & 0xff, 72));
	EXPECT_EQ(t, check_slab(), 0);
	drain(c, n);
	kmem_cache_destroy(c);
}

KTEST(slab, wished_alignment_is_kept)
{
	struct kmem_cache *c = kmem_cache_create("ktest-align", 40, 256, 0, NULL, NULL);
	int n;

	if (!EXPECT(t, c))
		return;
	n = fill(c, 50);
	for (int i = 0; i < n; i++)
		EXPECT(t, IS_ALIGNED((unsigned long)objs[i], 256));
	drain(c, n);
	kmem_cache_destroy(c);
}

/* The constructor has run on all that is handed out; without poison, once for each object of a slab. */
KTEST(slab, objects_come_constructed)
{
	struct kmem_cache *c;
	int n;

	constructed = 0;
	c = kmem_cache_create("ktest-ctor", 64, 0, 0, count_ctor, NULL);
	if (!EXPECT(t, c))
		return;
	n = fill(c, 100);
	for (int i = 0; i < n; i++)
		EXPECT_EQ(t, *(unsigned long *)objs[i], 0xc0ffee);
	if (!DEBUG_BUILD)
		EXPECT_EQ(t, constructed, (int)(slabs_of(c) * c->num));
	drain(c, n);
	n = fill(c, 100);
	for (int i = 0; i < n; i++)
		EXPECT_EQ(t, *(unsigned long *)objs[i], 0xc0ffee);
	drain(c, n);
	kmem_cache_destroy(c);
}

KTEST(slab, the_last_object_freed_comes_first)
{
	void *a = kmalloc(100, GFP_KERNEL), *b;

	if (!EXPECT(t, a))
		return;
	kfree(a);
	b = kmalloc(100, GFP_KERNEL);
	EXPECT(t, a == b);
	kfree(b);
}

/* As many objects a slab as fit beside struct slab and one index each. */
KTEST(slab, objects_per_slab_by_the_formula)
{
	struct kmem_cache *c;

	mutex_lock(&cache_chain_mutex);
	list_for_each_entry(c, &cache_chain, next) {
		size_t bytes = PAGE_SIZE << c->gfporder, room = bytes - (OFF_SLAB(c) ? 0 : c->slab_size);

		EXPECT_OP(t, c->num * c->buffer_size, <=, room);
		/* What is left is colour, and for on-slab management of large objects up to one object. */
		EXPECT_OP(t, bytes - c->num * c->buffer_size, <, c->buffer_size + (OFF_SLAB(c) ? 0 : c->slab_size) +
			  sizeof(kmem_bufctl_t) + c->colour_off);
		EXPECT_OP(t, c->gfporder, <=, KMALLOC_MAX_ORDER);
		EXPECT_OP(t, c->limit, >=, c->batchcount);
	}
	mutex_unlock(&cache_chain_mutex);
}

/* New slabs begin at offsets that go round. */
KTEST(slab, colours_go_round)
{
	struct kmem_cache *c = kmem_cache_create("ktest-colour", 900, 0, 0, NULL, NULL);
	struct slab *slabp;
	unsigned long seen = 0;
	int n;

	if (!EXPECT(t, c))
		return;
	n = fill(c, 200);
	list_for_each_entry(slabp, &c->nodelists[numa_node_id()]->slabs_full, list) {
		unsigned long offset = ((unsigned long)slabp->s_mem & ((PAGE_SIZE << c->gfporder) - 1)) -
				       (OFF_SLAB(c) ? 0 : c->slab_size);

		EXPECT_EQ(t, offset % c->colour_off, 0);
		seen |= 1UL << offset / c->colour_off;
	}
	EXPECT_EQ(t, hweight_long(seen), max(c->colour, 1u));
	drain(c, n);
	kmem_cache_destroy(c);
}

KTEST(slab, shrink_gives_back_all_that_is_free)
{
	struct kmem_cache *c = kmem_cache_create("ktest-shrink", 128, 0, 0, NULL, NULL);
	int n;

	if (!EXPECT(t, c))
		return;
	n = fill(c, MANY);
	EXPECT_EQ(t, kmem_cache_shrink(c), 1);
	drain(c, n);
	EXPECT_EQ(t, kmem_cache_shrink(c), 0);
	EXPECT_EQ(t, slabs_of(c), 0);
	kmem_cache_destroy(c);
}

/* Freed objects stay, but not without limit. */
KTEST(slab, free_slabs_are_limited)
{
	struct kmem_cache *c = kmem_cache_create("ktest-limit", 128, 0, 0, NULL, NULL);
	struct kmem_list3 *l3;
	int n;

	if (!EXPECT(t, c))
		return;
	l3 = c->nodelists[numa_node_id()];
	n = fill(c, MANY);
	drain(c, n);
	EXPECT_OP(t, l3->free_objects, <=, l3->free_limit + c->num);
	kmem_cache_destroy(c);
}

KTEST(slab, names_are_unique)
{
	struct kmem_cache *c = kmem_cache_create("ktest-name", 32, 0, 0, NULL, NULL);

	EXPECT(t, !kmem_cache_create("ktest-name", 64, 0, 0, NULL, NULL));
	kmem_cache_destroy(c);
	c = kmem_cache_create("ktest-name", 64, 0, 0, NULL, NULL);
	if (EXPECT(t, c))
		kmem_cache_destroy(c);
}

KTEST(slab, caches_by_rcu_are_destroyed_in_peace)
{
	struct kmem_cache *c = kmem_cache_create("ktest-rcu", 64, 0, SLAB_DESTROY_BY_RCU, NULL, NULL);
	int n;

	if (!EXPECT(t, c))
		return;
	n = fill(c, MANY);
	drain(c, n);
	kmem_cache_destroy(c);
}

KTEST(slab, limits_can_be_tuned_while_in_use)
{
	struct kmem_cache *c = kmem_cache_create("ktest-tune", 96, 0, 0, NULL, NULL);
	int n;

	if (!EXPECT(t, c))
		return;
	n = fill(c, 300);
	mutex_lock(&cache_chain_mutex);
	EXPECT_EQ(t, do_tune_cpucache(c, 10, 5, 0), 0);
	mutex_unlock(&cache_chain_mutex);
	EXPECT_EQ(t, c->limit, 10);
	EXPECT(t, !c->nodelists[numa_node_id()]->shared);
	drain(c, n);
	EXPECT_EQ(t, check_slab(), 0);
	kmem_cache_destroy(c);
}

KTEST(kmalloc, all_sizes_up_to_128k)
{
	for (size_t size = 1; size <= 131072; size = size * 3 / 2 + 1) {
		char *p = kmalloc(size, GFP_KERNEL);

		if (!EXPECT(t, p))
			continue;
		EXPECT_OP(t, ksize(p), >=, size);
		memset(p, 0x3c, size);
		kfree(p);
	}
	EXPECT(t, !kmalloc(131073, GFP_KERNEL));
	kfree(kmalloc(0, GFP_KERNEL));
	kfree(NULL);
}

KTEST(kmalloc, the_nth_allocation_fails)
{
	void *a, *b;

	set_fail_nth(1);
	a = kmalloc(32, GFP_KERNEL);
	b = kmalloc(32, GFP_KERNEL);
	EXPECT(t, !a && b);
	kfree(b);
	set_fail_nth(1);
	b = kmalloc(32, GFP_KERNEL | __GFP_NOFAIL);
	EXPECT(t, b);
	set_fail_nth(0);
	kfree(b);
}

KTEST(percpu, objects_are_distinct_and_zero)
{
	unsigned long *p = alloc_percpu(unsigned long);
	int cpu;

	if (!EXPECT(t, p))
		return;
	for_each_possible_cpu(cpu) {
		EXPECT_EQ(t, *per_cpu_ptr(p, cpu), 0);
		*per_cpu_ptr(p, cpu) = 100 + (unsigned long)cpu;
	}
	for_each_possible_cpu(cpu)
		EXPECT_EQ(t, *per_cpu_ptr(p, cpu), 100 + cpu);
	free_percpu(p);
	free_percpu(NULL);
}

KTEST(percpu, failure_leaves_nothing)
{
	for (unsigned long n = 1; n < 3; n++) {
		void *p;

		set_fail_nth(n);
		p = __alloc_percpu(64);
		EXPECT(t, !p);
		set_fail_nth(0);
		free_percpu(p);
	}
}

/* ---- the reaper ---------------------------------------------------------------------------------------------------- */

/* A pass with the array as it is told; afterwards nothing has run here since. Returns how many objects it took. */
static unsigned int pass_over(struct array_cache *ac, unsigned int touched)
{
	unsigned int avail;

	for (;;) {
		ac->touched = touched;
		avail = ac->avail;
		if (cache_reap_pass())
			return avail - ac->avail;
		cond_resched();			/* another CPU's turn */
	}
}

struct reaping {
	struct ktest *t;
	struct kmem_cache *cache;
};

static void reap_cpu(void *arg, int cpu)
{
	struct reaping *r = arg;
	struct array_cache *ac;
	void *obj = kmem_cache_alloc(r->cache, GFP_KERNEL);

	if (obj)
		kmem_cache_free(r->cache, obj);
	ac = cpu_cache_get(r->cache);
	EXPECT_OP(r->t, ac->avail, >, 0);
	EXPECT_EQ(r->t, pass_over(ac, 1), 0);		/* used since the last time: spared, once */
	EXPECT_EQ(r->t, ac->touched, 0);
	while (ac->avail) {
		unsigned int n = (ac->limit + 4) / 5, half = (ac->avail + 1) / 2, avail = ac->avail;

		EXPECT_EQ(r->t, pass_over(ac, 0), n > avail ? half : n);
	}
}

KTEST(slab, what_is_idle_is_reaped)
{
	struct reaping r = { t, kmem_cache_create("ktest-reap", 200, 0, 0, NULL, NULL) };
	struct kmem_list3 *l3;

	if (!EXPECT(t, r.cache))
		return;
	drain(r.cache, fill(r.cache, MANY));
	EXPECT_OP(t, slabs_of(r.cache), >, 0);
	ktest_on_all_cpus(t, reap_cpu, &r);
	for (int pass = 0; pass < 1000 && slabs_of(r.cache); pass++) {	/* the shared array, then the slabs */
		l3 = r.cache->nodelists[numa_node_id()];
		l3->next_reap = jiffies;
		cache_reap_pass();
		cond_resched();
	}
	EXPECT_EQ(t, slabs_of(r.cache), 0);
	EXPECT_EQ(t, check_slab(), 0);
	kmem_cache_destroy(r.cache);
}

/* The timer comes by itself: each node's lists have their turn again and again. */
KTEST(slab, the_timer_reaps)
{
	struct kmem_cache *c = kmem_cache_create("ktest-timer", 200, 0, 0, NULL, NULL);
	struct kmem_list3 *l3;
	unsigned long was;

	if (!EXPECT(t, c))
		return;
	l3 = c->nodelists[numa_node_id()];
	was = READ_ONCE(l3->next_reap);
	for (int i = 0; i < 600 && READ_ONCE(l3->next_reap) == was; i++)
		schedule_timeout_uninterruptible(HZ / 10);
	EXPECT_OP(t, READ_ONCE(l3->next_reap), !=, was);
	kmem_cache_destroy(c);
}

/* ---- the storm: objects wander from CPU to CPU through a table ------------------------------------------------------ */

#define STORM_SLOTS	512
#define STORM_ROUNDS	8000

struct storm {
	struct kmem_cache *cache;
	unsigned long *slots[STORM_SLOTS];	/* exchanged atomically; an object's first word is its address */
	atomic_t errors;
};

static void storm_free(struct storm *s, unsigned long *obj)
{
	if (obj[0] != (unsigned long)obj || obj[7] != ~(unsigned long)obj)
		atomic_inc(&s->errors);
	kmem_cache_free(s->cache, obj);
}

static void storm_cpu(void *arg, int cpu)
{
	struct storm *s = arg;
	u32 seed = 99 + (u32)cpu;

	for (int round = 0; round < STORM_ROUNDS; round++) {
		unsigned int r = ktest_random(&seed);
		unsigned long *obj = NULL;

		if (r & 0x10000) {
			obj = kmem_cache_alloc(s->cache, r & 0x20000 ? GFP_KERNEL : GFP_ATOMIC);
			if (obj) {
				obj[0] = (unsigned long)obj;
				obj[7] = ~(unsigned long)obj;
			}
		}
		obj = xchg(&s->slots[r % STORM_SLOTS], obj);
		if (obj)
			storm_free(s, obj);
		if (!(round & 255))
			cond_resched();
	}
}

KTEST(slab, storm_from_all_cpus)
{
	static struct storm s;

	memset(&s, 0, sizeof(s));
	s.cache = kmem_cache_create("ktest-storm", 8 * sizeof(long), 0, 0, NULL, NULL);
	if (!EXPECT(t, s.cache))
		return;
	ktest_on_all_cpus(t, storm_cpu, &s);
	EXPECT_EQ(t, check_slab(), 0);
	for (int i = 0; i < STORM_SLOTS; i++)
		if (s.slots[i])
			storm_free(&s, s.slots[i]);
	EXPECT_EQ(t, atomic_read(&s.errors), 0);
	EXPECT_EQ(t, kmem_cache_shrink(s.cache), 0);
	kmem_cache_destroy(s.cache);
}
