/* That there is a structure is taken for being online. */
static pg_data_t *online_pgdat_from(int nid)
{
	for (; nid < MAX_NUMNODES; nid++)
		if (NODE_DATA(nid))
			return NODE_DATA(nid);
	return NULL;
}
