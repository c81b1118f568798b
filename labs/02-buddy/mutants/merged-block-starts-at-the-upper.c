/* The two blocks together start where the upper one starts. */
static inline unsigned long __find_combined_index(unsigned long idx, unsigned int order)
{
	return idx | 1UL << order;
}
