/* It waits, and eats up the last pages, while the reserve lies there. */
void *mempool_alloc(mempool_t *pool, gfp_t gfp)
{
	gfp_t now;
	void *element;

	if (gfp & __GFP_WAIT)
		might_sleep();
	now = gfp;
	for (;;) {
		element = pool->alloc(now, pool->pool_data);
		if (!element)
			element = take_reserved(pool);
		if (element || !(gfp & __GFP_WAIT))
			return element;
		now = gfp;		/* the next time the allocator may wait, too */
		wait_for_element(pool);
	}
}
