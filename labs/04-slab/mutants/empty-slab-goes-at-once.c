/* The next object costs a new slab, and all its constructors. */
static void free_block(struct kmem_cache *cachep, struct kmem_list3 *l3, void **objs, unsigned int n,
		       struct list_head *doomed)
{
	assert_held(&l3->list_lock);
	for (; n--; objs++) {
		struct slab *slabp = virt_to_slab(*objs);

		slab_put_obj(cachep, slabp, *objs);
		l3->free_objects++;
		if (slabp->inuse) {
			list_move_tail(&slabp->list, &l3->slabs_partial);
		} else if (l3->free_objects) {
			l3->free_objects -= cachep->num;
			list_move(&slabp->list, doomed);
		} else {
			list_move(&slabp->list, &l3->slabs_free);
		}
	}
}
