/*
 * slab_proc.c: /proc/slabinfo, version 2.1; writing "name limit batchcount sharedfactor" tunes a cache.
 *
 * Owns:   nothing.
 * Locks:  cache_chain_mutex, and each list_lock in turn.
 * Read next: slab_def.h.
 */
#include "mm/proc.h"
#include "mm/slab_def.h"
#include "kernel/uaccess.h"
#include "kernel/fs/proc_fs.h"
#include "kernel/lib/string.h"

#define MAX_SLABINFO_WRITE	128

struct slab_counts {
	unsigned long active_objs, num_objs, active_slabs, num_slabs, shared_avail;
};

static void count_list3(struct kmem_cache *cachep, struct kmem_list3 *l3, struct slab_counts *c)
{
	struct slab *slabp;

	spin_lock_irq(&l3->list_lock);
	list_for_each_entry(slabp, &l3->slabs_full, list) {
		c->active_objs += cachep->num;
		c->active_slabs++;
	}
	list_for_each_entry(slabp, &l3->slabs_partial, list) {
		c->active_objs += slabp->inuse;
		c->active_slabs++;
	}
	list_for_each_entry(slabp, &l3->slabs_free, list)
		c->num_slabs++;
	if (l3->shared)
		c->shared_avail += l3->shared->avail;
	spin_unlock_irq(&l3->list_lock);
}

static void show_cache(struct seq_file *m, struct kmem_cache *cachep)
{
	struct slab_counts c = { 0 };
	int nid;

	for_each_online_node(nid)
		count_list3(cachep, cachep->nodelists[nid], &c);
	c.num_slabs += c.active_slabs;
	c.num_objs = c.num_slabs * cachep->num;
	seq_printf(m, "%-17s %6lu %6lu %6u %4u %4d", cachep->name, c.active_objs, c.num_objs, cachep->buffer_size,
		   cachep->num, 1 << cachep->gfporder);
	seq_printf(m, " : tunables %4u %4u %4u", cachep->limit, cachep->batchcount, cachep->shared);
	seq_printf(m, " : slabdata %6lu %6lu %6lu\n", c.active_slabs, c.num_slabs, c.shared_avail);
}

static int slabinfo_show(struct seq_file *m, void *unused)
{
	struct kmem_cache *cachep;

	seq_puts(m, "slabinfo - version: 2.1\n"
		 "# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab>"
		 " : tunables <limit> <batchcount> <sharedfactor> : slabdata <active_slabs> <num_slabs> <sharedavail>\n");
	mutex_lock(&cache_chain_mutex);
	list_for_each_entry(cachep, &cache_chain, next)
		show_cache(m, cachep);
	mutex_unlock(&cache_chain_mutex);
	return 0;
}

/* => cache_chain_mutex held. -EINVAL: no such cache; senseless numbers change nothing and are no error, as in Linux */
static int tune_cache(const char *name, const long *n)
{
	struct kmem_cache *cachep;

	list_for_each_entry(cachep, &cache_chain, next) {
		if (strcmp(cachep->name, name))
			continue;
		if (n[0] < 1 || n[1] < 1 || n[1] > n[0] || n[0] > 4096 || n[2] < 0 || n[2] > 64)
			return 0;
		return do_tune_cpucache(cachep, (unsigned int)n[0], (unsigned int)n[1], (unsigned int)n[2]);
	}
	return -EINVAL;
}

static ssize_t slabinfo_write(struct file *file, const char __user *buffer, size_t count, loff_t *pos)
{
	char line[MAX_SLABINFO_WRITE + 1], *rest;
	long n[3];
	int err;

	if (count > MAX_SLABINFO_WRITE)
		return -EINVAL;
	if (copy_from_user(line, buffer, count))
		return -EFAULT;
	line[count] = '\0';
	rest = strchr(line, ' ');
	if (!rest)
		return -EINVAL;
	*rest++ = '\0';
	for (int i = 0; i < 3; i++) {
		char *start = rest + strspn(rest, " ");

		n[i] = simple_strtol(start, &rest, 10);
		if (rest == start + (*start == '-'))
			return -EINVAL;
	}
	mutex_lock(&cache_chain_mutex);
	err = tune_cache(line, n);
	mutex_unlock(&cache_chain_mutex);
	return err ? err : (ssize_t)count;
}

static int slabinfo_open(struct inode *inode, struct file *file)
{
	return single_open(file, slabinfo_show, NULL);
}

static const struct file_operations slabinfo_fops = {
	.open = slabinfo_open, .read = seq_read, .write = slabinfo_write, .llseek = seq_lseek, .release = seq_release,
};

void slab_proc_init(void)
{
	proc_create("slabinfo", 0644, &slabinfo_fops, NULL);
}
