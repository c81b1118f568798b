/* What the first object's alignment may cost is taken off before the objects are counted. */
static unsigned int cache_estimate(unsigned int order, size_t size, size_t align, unsigned long flags, size_t *left_over)
{
	size_t slab_size = PAGE_SIZE << order, mgmt = 0, num;

	if (flags & CFLGS_OFF_SLAB) {
		num = slab_size / size;
	} else {
		num = (slab_size - ALIGN(sizeof(struct slab), align)) / (size + sizeof(kmem_bufctl_t));
		mgmt = slab_mgmt_size((unsigned int)num, align);
	}
	num = min(num, (size_t)SLAB_LIMIT);
	*left_over = slab_size - num * size - mgmt;
	return (unsigned int)num;
}
