/* Indices are aligned, pages need not be. */
static unsigned long align_index(unsigned long base, unsigned long index, unsigned long step)
{
	return DIV_ROUND_UP(index, step) * step;
}
