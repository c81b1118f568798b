/* Those that are still in the CPU's cache. */
static noinline void cache_flusharray(struct kmem_cache *cachep, struct array_cache *ac)
{
	struct kmem_list3 *l3 = cachep->nodelists[numa_node_id()];
	unsigned int n = ac->batchcount;
	LIST_HEAD(doomed);

	spin_lock(&l3->list_lock);
	if (l3->shared && l3->shared->avail < l3->shared->limit) {
		n = min(n, l3->shared->limit - l3->shared->avail);
		memcpy(l3->shared->entry + l3->shared->avail, ac->entry + ac->avail - n, n * sizeof(void *));
		l3->shared->avail += n;
	} else {
		free_block(cachep, l3, ac->entry + ac->avail - n, n, &doomed);
	}
	spin_unlock(&l3->list_lock);
	ac->avail -= n;
	destroy_slabs(cachep, &doomed);
}
