/* The books promise objects that are gone. */
static unsigned int take_objects(struct kmem_cache *cachep, struct kmem_list3 *l3, void **out, unsigned int max)
{
	struct slab *slabp;
	unsigned int n = 0;

	assert_held(&l3->list_lock);
	while (n < max && (slabp = slab_to_take_from(l3)) != NULL) {
		while (slabp->inuse < cachep->num && n < max)
			out[n++] = slab_get_obj(cachep, slabp);
		list_move(&slabp->list, slabp->free == BUFCTL_END ? &l3->slabs_full : &l3->slabs_partial);
	}
	return n;
}
