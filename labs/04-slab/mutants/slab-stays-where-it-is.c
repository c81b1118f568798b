/* A slab in use waits among the empty ones. */
static unsigned int take_objects(struct kmem_cache *cachep, struct kmem_list3 *l3, void **out, unsigned int max)
{
	struct slab *slabp;
	unsigned int n = 0;

	assert_held(&l3->list_lock);
	while (n < max && (slabp = slab_to_take_from(l3)) != NULL) {
		while (slabp->inuse < cachep->num && n < max)
			out[n++] = slab_get_obj(cachep, slabp);
		if (slabp->free == BUFCTL_END)
			list_move(&slabp->list, &l3->slabs_full);
	}
	l3->free_objects -= n;
	return n;
}
