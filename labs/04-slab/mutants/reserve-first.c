/* It is empty when it is needed. */
void *mempool_alloc(mempool_t *pool, gfp_t gfp)
{
	gfp_t now;
	void *element;

	if (gfp & __GFP_WAIT)
		might_sleep();
	gfp |= __GFP_NOMEMALLOC | __GFP_NORETRY | __GFP_NOWARN;		/* our own reserve comes before the last pages */
	now = gfp & ~(gfp_t)(__GFP_WAIT | __GFP_IO);
	for (;;) {
		element = take_reserved(pool);
		if (!element)
			element = pool->alloc(now, pool->pool_data);
		if (element || !(gfp & __GFP_WAIT))
			return element;
		now = gfp;		/* the next time the allocator may wait, too */
		wait_for_element(pool);
	}
}
