/* Nobody ever gets the last object. */
static void cache_init_objs(struct kmem_cache *cachep, struct slab *slabp)
{
	for (unsigned int i = 0; i < cachep->num; i++) {
		void *obj = index_to_obj(cachep, slabp, i);

		if (DEBUG_BUILD)
			slab_debug_init_obj(cachep, obj);
		if (cachep->ctor && !(cachep->flags & SLAB_POISON))
			cachep->ctor((char *)obj + cachep->obj_offset, cachep, SLAB_CTOR_CONSTRUCTOR);
		if (DEBUG_BUILD)
			slab_debug_check_new(cachep, obj);
		slab_bufctl(slabp)[i] = i + 1;
	}
	slab_bufctl(slabp)[cachep->num > 1 ? cachep->num - 2 : 0] = BUFCTL_END;
	slabp->free = 0;
}
