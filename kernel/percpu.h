#ifndef KERNEL_PERCPU_H
#define KERNEL_PERCPU_H

/*
 * Per-CPU variables. The linker gathers them in [__per_cpu_start, __per_cpu_end); setup_per_cpu_areas()
 * (kernel/percpu.c) gives each CPU a copy. CPU 0 keeps the original, so that early code works and nothing
 * that points into it goes stale: the section is data, not init data.
 * The kernel is not preemptible: a task stays on its CPU until it sleeps, so __get_cpu_var is stable
 * between two sleeps. Against interrupts, disable them.
 */
#include "kernel/types.h"
#include <asm/smp.h>

extern unsigned long __per_cpu_offset[NR_CPUS];
extern char __per_cpu_start[], __per_cpu_end[];

#define DEFINE_PER_CPU(type, name)	__section(".data.percpu") __typeof__(type) per_cpu__##name
#define DECLARE_PER_CPU(type, name)	extern __typeof__(type) per_cpu__##name
#define per_cpu(name, cpu) (*(__typeof__(per_cpu__##name) *) \
	((char *)&per_cpu__##name + __per_cpu_offset[cpu]))
#define __get_cpu_var(name)		per_cpu(name, smp_processor_id())

void setup_per_cpu_areas(void);

/* Dynamic per-CPU objects (mm/allocpercpu.c). */
void *__alloc_percpu(size_t size);
void free_percpu(void *pdata);
struct percpu_data { void *ptrs[NR_CPUS]; };
#define alloc_percpu(type)	((type *)__alloc_percpu(sizeof(type)))
#define __percpu_disguise(p)	((void *)~(unsigned long)(p))	/* so that a use without per_cpu_ptr faults */
#define per_cpu_ptr(p, cpu)	((__typeof__(p))((struct percpu_data *)__percpu_disguise(p))->ptrs[cpu])

#endif
