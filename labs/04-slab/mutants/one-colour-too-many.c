/* The last one moves the objects out of the slab. */
static unsigned long next_colour(struct kmem_cache *cachep, struct kmem_list3 *l3)
{
	unsigned int colour;

	spin_lock(&l3->list_lock);
	colour = l3->colour_next++;
	if (l3->colour_next > cachep->colour)
		l3->colour_next = 0;
	spin_unlock(&l3->list_lock);
	return colour * cachep->colour_off;
}
