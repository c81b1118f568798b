/*
 * allocpercpu.c: per-CPU objects made at run time.
 *
 * Owns:   nothing.
 * Locks:  none.
 * Read next: kernel/percpu.h (per_cpu_ptr, and the static kind).
 *
 * The pointer that callers hold is turned inside out, so that a use without per_cpu_ptr() faults at once.
 */
#include "mm/slab.h"
#include "kernel/percpu.h"
#include "kernel/smp.h"

/*
 * A zeroed object of @size bytes for each possible CPU, or NULL.
 * => sleeps
 */
void *__alloc_percpu(size_t size)
{
	struct percpu_data *pdata = kzalloc(sizeof(*pdata), GFP_KERNEL);
	int cpu;

	if (!pdata)
		return NULL;
	for_each_possible_cpu(cpu) {
		pdata->ptrs[cpu] = kzalloc(size, GFP_KERNEL);
		if (!pdata->ptrs[cpu]) {
			free_percpu(__percpu_disguise(pdata));
			return NULL;
		}
	}
	return __percpu_disguise(pdata);
}

/* => @p came from __alloc_percpu, or is NULL; no CPU uses it any more */
void free_percpu(void *p)
{
	struct percpu_data *pdata = __percpu_disguise(p);
	int cpu;

	if (!p)
		return;
	for_each_possible_cpu(cpu)
		kfree(pdata->ptrs[cpu]);
	kfree(pdata);
}
