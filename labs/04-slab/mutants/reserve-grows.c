/* Elements that nobody needs pile up, as far as there is room. */
void mempool_free(void *element, mempool_t *pool)
{
	unsigned long flags;

	if (!element)
		return;
	smp_mb();		/* who emptied the reserve before he handed us the element: we must see it empty */
	if (READ_ONCE(pool->curr_nr) <= READ_ONCE(pool->min_nr)) {
		spin_lock_irqsave(&pool->lock, flags);
		if (pool->curr_nr <= pool->min_nr) {
			pool->elements[pool->curr_nr++] = element;
			element = NULL;
		}
		spin_unlock_irqrestore(&pool->lock, flags);
		if (!element) {
			wake_up(&pool->wait);
			return;
		}
	}
	pool->free(element, pool->pool_data);
}
