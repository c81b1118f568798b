/* Their slabs must be small, to come back soon. */
static size_t calculate_slab_order(struct kmem_cache *cachep, size_t size, size_t align, unsigned long flags)
{
	size_t left_over = 0, left;
	unsigned int order, num;

	for (order = 0; order <= KMALLOC_MAX_ORDER; order++) {
		num = cache_estimate(order, size, align, flags, &left);
		if (!num)
			continue;
		/* Off-slab management comes from a cache of smaller objects, so that it needs not itself. */
		if (flags & CFLGS_OFF_SLAB && sizeof(struct slab) + num * sizeof(kmem_bufctl_t) > size)
			break;
		cachep->num = num;
		cachep->gfporder = order;
		left_over = left;
		if (order >= slab_break_gfp_order || left * 8 <= PAGE_SIZE << order)
			break;
	}
	return left_over;
}
