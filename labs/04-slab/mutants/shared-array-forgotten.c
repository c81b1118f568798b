/* What other CPUs left there is never used. */
static void refill_array(struct kmem_cache *cachep, struct array_cache *ac, struct kmem_list3 *l3)
{
	unsigned int batch = ac->batchcount;

	(void)transfer_objects;
	if (!ac->touched)
		batch = min(batch, (unsigned int)BATCHREFILL_LIMIT);
	spin_lock(&l3->list_lock);
	ac->avail += take_objects(cachep, l3, ac->entry + ac->avail, min(batch, ac->limit - ac->avail));
	spin_unlock(&l3->list_lock);
}
