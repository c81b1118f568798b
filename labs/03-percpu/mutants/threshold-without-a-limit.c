/* On a large machine the byte becomes negative. */
static int calculate_threshold(const struct zone *zone)
{
	int mem = (int)(zone->present_pages >> (27 - PAGE_SHIFT));

	return 2 * fls((unsigned int)num_online_cpus()) * (1 + fls((unsigned int)mem));
}
