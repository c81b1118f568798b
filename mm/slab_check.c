/*
 * slab_check.c: what must be true of caches and slabs.
 *
 * Owns:   nothing.
 * Locks:  cache_chain_mutex, and each list_lock in turn.
 * Read next: slab_def.h.
 */
#include "mm/check.h"
#include "mm/slab_def.h"

static int complain(const struct kmem_cache *cachep, const char *what, unsigned long a, unsigned long b)
{
	printk(KERN_ERR "check: slab %s: %s (%lu, %lu)\n", cachep->name, what, a, b);
	return 1;
}

/* A slab's chain of free objects has as many members as there are objects free. */
static int check_one_slab(struct kmem_cache *cachep, struct slab *slabp, unsigned int lowest, unsigned int highest)
{
	unsigned int nr_free = 0;
	int bad = 0;

	for (kmem_bufctl_t i = slabp->free; i != BUFCTL_END; i = slab_bufctl(slabp)[i])
		if (i >= cachep->num || ++nr_free > cachep->num)
			return complain(cachep, "free chain is broken", i, cachep->num);
	if (nr_free + slabp->inuse != cachep->num)
		bad += complain(cachep, "free and used objects do not add up", nr_free, slabp->inuse);
	if (slabp->inuse < lowest || slabp->inuse > highest)
		bad += complain(cachep, "slab on the wrong list", slabp->inuse, highest);
	if (virt_to_cache(slabp->s_mem) != cachep || virt_to_slab(slabp->s_mem) != slabp)
		bad += complain(cachep, "page points elsewhere", (unsigned long)slabp->s_mem, 0);
	return bad;
}

static int check_list(struct kmem_cache *cachep, struct list_head *list, unsigned int lowest, unsigned int highest,
		      unsigned long *nr_free)
{
	struct slab *slabp;
	int bad = 0;

	list_for_each_entry(slabp, list, list) {
		bad += check_one_slab(cachep, slabp, lowest, highest);
		*nr_free += cachep->num - slabp->inuse;
	}
	return bad;
}

static int check_list3(struct kmem_cache *cachep, struct kmem_list3 *l3)
{
	unsigned long nr_free = 0, flags;
	int bad;

	spin_lock_irqsave(&l3->list_lock, flags);
	bad = check_list(cachep, &l3->slabs_full, cachep->num, cachep->num, &nr_free);
	bad += check_list(cachep, &l3->slabs_partial, 1, cachep->num - 1, &nr_free);
	bad += check_list(cachep, &l3->slabs_free, 0, 0, &nr_free);
	if (nr_free != l3->free_objects)
		bad += complain(cachep, "free_objects is wrong", nr_free, l3->free_objects);
	if (l3->shared && l3->shared->avail > l3->shared->limit)
		bad += complain(cachep, "shared array overfull", l3->shared->avail, l3->shared->limit);
	spin_unlock_irqrestore(&l3->list_lock, flags);
	return bad;
}

/* All slabs of all caches. Returns the number of faults. => sleeps */
int check_slab(void)
{
	struct kmem_cache *cachep;
	int bad = 0, nid;

	mutex_lock(&cache_chain_mutex);
	list_for_each_entry(cachep, &cache_chain, next)
		for_each_online_node(nid)
			bad += check_list3(cachep, cachep->nodelists[nid]);
	mutex_unlock(&cache_chain_mutex);
	return bad;
}
