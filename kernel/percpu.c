/*
 * percpu.c: each CPU's copy of the per-CPU variables.
 *
 * Owns:   __per_cpu_offset[]: how far a CPU's copy is from the original, which stays CPU 0's.
 */
#include "kernel/percpu.h"
#include "kernel/smp.h"
#include "kernel/lib/string.h"
#include "mm/bootmem.h"

unsigned long __per_cpu_offset[NR_CPUS];

/*
 * Copies for all possible CPUs, on their own nodes.
 * => boot memory works; before any per-CPU variable was changed that others should see as changed
 */
void __init setup_per_cpu_areas(void)
{
	size_t size = (size_t)(__per_cpu_end - __per_cpu_start);
	int cpu;

	for_each_possible_cpu(cpu) {
		char *area;

		if (cpu == 0)
			continue;
		area = __alloc_bootmem_node(NODE_DATA(cpu_to_node(cpu)), size, 64, 0);
		memcpy(area, __per_cpu_start, size);
		__per_cpu_offset[cpu] = (unsigned long)(area - __per_cpu_start);
	}
}
