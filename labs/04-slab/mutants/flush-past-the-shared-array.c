/* Other CPUs must dig them out of the slabs again. */
static noinline void cache_flusharray(struct kmem_cache *cachep, struct array_cache *ac)
{
	struct kmem_list3 *l3 = cachep->nodelists[numa_node_id()];
	unsigned int n = ac->batchcount;
	LIST_HEAD(doomed);

	spin_lock(&l3->list_lock);
	free_block(cachep, l3, ac->entry, n, &doomed);
	spin_unlock(&l3->list_lock);
	drop_oldest(ac, n);
	destroy_slabs(cachep, &doomed);
}
