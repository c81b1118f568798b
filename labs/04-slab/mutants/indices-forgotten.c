/* The chain of free objects needs an index for each. */
static unsigned int cache_estimate(unsigned int order, size_t size, size_t align, unsigned long flags, size_t *left_over)
{
	size_t slab_size = PAGE_SIZE << order, mgmt = 0, num;

	if (flags & CFLGS_OFF_SLAB) {
		num = slab_size / size;
	} else {
		num = (slab_size - sizeof(struct slab)) / size;
		mgmt = ALIGN(sizeof(struct slab), align);
	}
	num = min(num, (size_t)SLAB_LIMIT);
	*left_over = slab_size - num * size - mgmt;
	return (unsigned int)num;
}
