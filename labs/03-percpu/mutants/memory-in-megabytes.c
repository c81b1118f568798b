/* Differences become larger than anybody asked for. */
static int calculate_threshold(const struct zone *zone)
{
	int mem = (int)(zone->present_pages >> (20 - PAGE_SHIFT));

	return min(125, 2 * fls((unsigned int)num_online_cpus()) * (1 + fls((unsigned int)mem)));
}
