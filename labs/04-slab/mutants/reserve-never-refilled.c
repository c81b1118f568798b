/* After the first bad day there is no reserve. */
void mempool_free(void *element, mempool_t *pool)
{
	if (element)
		pool->free(element, pool->pool_data);
}
