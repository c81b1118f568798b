/* Nodes are thought to be numbered without gaps. */
pg_data_t *next_online_pgdat(pg_data_t *pgdat)
{
	int nid = pgdat->node_id + 1;

	return nid < MAX_NUMNODES && node_online(nid) ? NODE_DATA(nid) : NULL;
}
