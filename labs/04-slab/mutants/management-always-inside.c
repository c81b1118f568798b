/* Room is kept for what lies elsewhere. */
static unsigned int cache_estimate(unsigned int order, size_t size, size_t align, unsigned long flags, size_t *left_over)
{
	size_t slab_size = PAGE_SIZE << order, mgmt, num;

	(void)flags;
	num = (slab_size - sizeof(struct slab)) / (size + sizeof(kmem_bufctl_t));
	mgmt = slab_mgmt_size((unsigned int)num, align);
	num = min(num, (size_t)SLAB_LIMIT);
	*left_over = slab_size - num * size - mgmt;
	return (unsigned int)num;
}
