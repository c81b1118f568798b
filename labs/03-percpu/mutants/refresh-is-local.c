/* The others keep what they counted. */
void refresh_vm_stats(void)
{
	refresh_this_cpu(NULL);
}
