/* The others keep what they counted. */
void refresh_vm_stats(void)
{
	refresh_cpu_vm_stats(smp_processor_id());
}
