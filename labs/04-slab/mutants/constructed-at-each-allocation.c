/* What an object kept from its last life is lost, and so is the time. */
static unsigned int take_objects(struct kmem_cache *cachep, struct kmem_list3 *l3, void **out, unsigned int max)
{
	struct slab *slabp;
	unsigned int n = 0;

	assert_held(&l3->list_lock);
	while (n < max && (slabp = slab_to_take_from(l3)) != NULL) {
		while (slabp->inuse < cachep->num && n < max)
		{
			out[n] = slab_get_obj(cachep, slabp);
			if (cachep->ctor)
				cachep->ctor((char *)out[n] + cachep->obj_offset, cachep, SLAB_CTOR_CONSTRUCTOR);
			n++;
		}
		list_move(&slabp->list, slabp->free == BUFCTL_END ? &l3->slabs_full : &l3->slabs_partial);
	}
	l3->free_objects -= n;
	return n;
}
