/* Their first objects fight for the same cache lines. */
static unsigned long next_colour(struct kmem_cache *cachep, struct kmem_list3 *l3)
{
	unsigned int colour;

	spin_lock(&l3->list_lock);
	colour = 0;
	if (l3->colour_next >= cachep->colour)
		l3->colour_next = 0;
	spin_unlock(&l3->list_lock);
	return colour * cachep->colour_off;
}
