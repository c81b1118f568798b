/* The next request finds a slab without objects, and moves on to the empty ones behind it. */
static unsigned int take_objects(struct kmem_cache *cachep, struct kmem_list3 *l3, void **out, unsigned int max)
{
	struct slab *slabp;
	unsigned int n = 0;

	assert_held(&l3->list_lock);
	while (n < max && (slabp = slab_to_take_from(l3)) != NULL && slabp->inuse < cachep->num) {
		while (slabp->inuse < cachep->num && n < max)
			out[n++] = slab_get_obj(cachep, slabp);
		list_move(&slabp->list, &l3->slabs_partial);
	}
	l3->free_objects -= n;
	return n;
}
